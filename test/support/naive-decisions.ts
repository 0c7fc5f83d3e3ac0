/**
 * Decides access by reading the documents again for every question, written from the rules and not from `evaluate-access`: only
 * the names of actions, plain JSON and recursion. For expectations, so it shares nothing with what it is to judge.
 */
import {
  accounts,
  BUCKET,
  type DecisionCase,
  type DecisionGroup,
  type Person,
  people,
} from './decision-cases.ts';

type Json = Readonly<Record<string, unknown>>;
type Situation = Omit<DecisionGroup, 'about' | 'cases'>;
type Question = Omit<DecisionCase, 'expected'>;

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** `*` and `?` by trying everything. */
export function naiveWildcard(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const [first] = pattern;
  const rest = pattern.slice(1);
  if (first === '*')
    return naiveWildcard(rest, text) || (text !== '' && naiveWildcard(pattern, text.slice(1)));
  return text !== '' && (first === '?' || first === text[0]) && naiveWildcard(rest, text.slice(1));
}

/** Undefined when a variable stands for nothing. Values of variables must not contain wildcards here. */
function fill(text: string, values: Json): string | undefined {
  let missing = false;
  const filled = text.replace(/\$\{([^}]*)\}/g, (_, key: string) => {
    const value = values[key.toLowerCase()];
    if (typeof value !== 'string') missing = true;
    return String(value);
  });
  return missing ? undefined : filled;
}

function bits(address: string): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
}

function compare(operator: string, wanted: string, asked: string): boolean {
  switch (operator) {
    case 'StringEquals':
      return wanted === asked;
    case 'StringEqualsIgnoreCase':
      return wanted.toLowerCase() === asked.toLowerCase();
    case 'StringLike':
      return naiveWildcard(wanted, asked);
    case 'NumericEquals':
      return Number(asked) === Number(wanted);
    case 'NumericLessThan':
      return Number(asked) < Number(wanted);
    case 'NumericLessThanEquals':
      return Number(asked) <= Number(wanted);
    case 'NumericGreaterThan':
      return Number(asked) > Number(wanted);
    case 'NumericGreaterThanEquals':
      return Number(asked) >= Number(wanted);
    case 'DateLessThan':
      return Date.parse(asked) < Date.parse(wanted);
    case 'DateGreaterThan':
      return Date.parse(asked) > Date.parse(wanted);
    case 'Bool':
      return wanted.toLowerCase() === asked.toLowerCase();
    case 'IpAddress': {
      const [network = '', length = '32'] = wanted.split('/');
      return bits(network).slice(0, Number(length)) === bits(asked).slice(0, Number(length));
    }
    case 'ArnLike':
    case 'ArnEquals': {
      const parts = asked.split(':');
      return wanted.split(':').every((part, index) => naiveWildcard(part, parts[index] ?? ''));
    }
    default:
      throw new Error(`the naive evaluator does not know ${operator}`);
  }
}

const opposites: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  NotIpAddress: 'IpAddress',
  ArnNotLike: 'ArnLike',
  ArnNotEquals: 'ArnEquals',
};

function holds(name: string, key: string, wanted: unknown, values: Json): boolean {
  const asked = values[key.toLowerCase()];
  const texts = listOf(wanted).map(String);
  if (name === 'Null') return texts.includes(String(asked === undefined));
  const operator = name.replace(/IfExists$/, '');
  const positive = opposites[operator];
  if (asked === undefined) return name !== operator || positive !== undefined;
  const one = (text: string) => {
    const filled = fill(text, values);
    return filled !== undefined && compare(positive ?? operator, filled, String(asked));
  };
  return positive === undefined ? texts.some(one) : !texts.some(one);
}

interface Asked {
  readonly person: Person | undefined;
  readonly action: string;
  readonly resource: string;
  readonly values: Json;
}

const owners: readonly (Person['role'] | undefined)[] = ['root', 'operator'];

function isPerson(who: unknown, { person }: Asked): boolean {
  const ownsAccount = (account: string) => owners.includes(person?.role) && person?.account === account;
  if (who === '*') return true;
  return Object.entries(who as Json).some(([kind, names]) =>
    listOf(names).some((name) => {
      if (name === '*') return true;
      const text = String(name);
      if (kind === 'CanonicalUser' || /^[0-9a-f]{32}$/.test(text)) return ownsAccount(text);
      const [, account = '', rest = ''] = /^arn:aws:(?:iam|sts)::([^:]*):(.*)$/.exec(text) ?? [];
      if (rest === 'root') return ownsAccount(account);
      return person !== undefined && person.account === account && pathsOf(person).includes(rest);
    }),
  );
}

function pathsOf({ name, role }: Person): readonly string[] {
  if (role === 'service') return [`service/${name}`];
  return role === 'session' ? [`role/${name}`, `assumed-role/${name}/night`] : [`user/${name}`];
}

const namesAccount = (who: unknown, person: Person | undefined) =>
  typeof who === 'object' &&
  Object.entries(who as Json).some(([, names]) =>
    listOf(names).some(
      (name) =>
        person !== undefined && [person.account, `arn:aws:iam::${person.account}:root`].includes(`${name}`),
    ),
  );

/** `passed on`: given to the account, and not to the caller itself. */
function matches(statement: Json, asked: Asked): 'yes' | 'passed on' | 'no' {
  const covers = (positive: string, test: (pattern: string) => boolean) => {
    const list = statement[positive];
    if (list !== undefined) return listOf(list).some((pattern) => test(`${pattern}`));
    return !listOf(statement[`Not${positive}`]).some((pattern) => test(`${pattern}`));
  };
  const action = (pattern: string) => naiveWildcard(pattern.toLowerCase(), asked.action.toLowerCase());
  const resource = (pattern: string) => {
    const filled = fill(pattern, asked.values);
    return filled !== undefined && naiveWildcard(filled, `arn:aws:s3:::${asked.resource}`);
  };
  if (!covers('Action', action) || !covers('Resource', resource)) return 'no';
  for (const [operator, tests] of Object.entries((statement['Condition'] ?? {}) as Json)) {
    for (const [key, wanted] of Object.entries(tests as Json)) {
      if (!holds(operator, key, wanted, asked.values)) return 'no';
    }
  }
  if (statement['NotPrincipal'] !== undefined)
    return isPerson(statement['NotPrincipal'], asked) ? 'no' : 'yes';
  const who = statement['Principal'];
  if (who === undefined || isPerson(who, asked)) return 'yes';
  return namesAccount(who, asked.person) ? 'passed on' : 'no';
}

const statementsOf = (document: unknown, effect: string) =>
  document === undefined
    ? []
    : listOf((document as Json)['Statement']).filter((one) => (one as Json)['Effect'] === effect);

const saysNo = (document: unknown, asked: Asked) =>
  statementsOf(document, 'Deny').some((one) => matches(one as Json, asked) !== 'no');
const saysYes = (document: unknown, asked: Asked) =>
  statementsOf(document, 'Allow').map((one) => matches(one as Json, asked));

/** Of the conditions that are generated, these two tell who or where one must be. */
const isPublic = (document: unknown) =>
  statementsOf(document, 'Allow').some((one) => {
    const { Principal, Condition } = one as Json;
    const isAll = Principal === '*' || listOf((Principal as Json | undefined)?.['AWS']).includes('*');
    const { IpAddress, StringEquals } = (Condition ?? {}) as Readonly<Record<string, Json | undefined>>;
    return isAll && IpAddress === undefined && StringEquals?.['aws:PrincipalAccount'] === undefined;
  });

const objectRights: Readonly<Record<string, string>> = {
  's3:GetObject': 'READ',
  's3:GetObjectVersion': 'READ',
  's3:GetObjectAcl': 'READ_ACP',
  's3:PutObjectAcl': 'WRITE_ACP',
};
const bucketRights: Readonly<Record<string, string>> = {
  's3:ListBucket': 'READ',
  's3:PutObject': 'WRITE',
  's3:DeleteObject': 'WRITE',
  's3:GetBucketAcl': 'READ_ACP',
  's3:PutBucketAcl': 'WRITE_ACP',
};

function whoIs({ account, name, role }: Person): Json {
  const isUser = role === 'operator' || role === 'member';
  return {
    'aws:principalaccount': account,
    ...(isUser && { 'aws:username': name }),
    'aws:principaltype': { root: 'Account', session: 'AssumedRole' }[role as string] ?? 'User',
    'aws:principalarn': `arn:aws:iam::${account}:${role === 'root' ? 'root' : pathsOf({ account, name, role })[0]}`,
  };
}

export function naiveDecision(situation: Situation, question: Question): 'allow' | 'deny' {
  const person = people[question.who];
  const { action, key, object } = question;
  const values = {
    ...question.request,
    ...(person !== undefined && whoIs(person)),
  };
  const resource = key === undefined ? BUCKET : `${BUCKET}/${key}`;
  const asked: Asked = { person, action, resource, values };
  const isOfOwner = person?.account === accounts.owner;
  const isRepair = person?.role === 'root' && isOfOwner && /^s3:(?:Get|Put|Delete)BucketPolicy$/.test(action);
  const own = person === undefined ? [] : (situation.identityPolicies ?? []);
  const sessionPolicy = person === undefined ? undefined : situation.sessionPolicy;
  if ([...own, sessionPolicy].some((document) => saysNo(document, asked))) return 'deny';
  if (!isRepair && saysNo(situation.bucketPolicy, asked)) return 'deny';
  if (sessionPolicy !== undefined && !saysYes(sessionPolicy, asked).includes('yes')) return 'deny';
  const identityAllows = own.some((document) => saysYes(document, asked).includes('yes'));
  if (identityAllows && isOfOwner) return 'allow';
  const actsFor = (account: string) => owners.includes(person?.role) && person?.account === account;
  const objectRight = objectRights[action];
  const objectOwner = object === 'foreign' ? accounts.third : accounts.owner;
  if (object !== 'absent' && actsFor(objectRight === undefined ? accounts.owner : objectOwner))
    return 'allow';
  if (object === 'absent' && actsFor(accounts.owner)) return 'allow';
  if (person?.role === 'session' && !isOfOwner && !identityAllows) return absentOrDeny(situation, question);
  const isOut = situation.publicAccessBlock?.includes('RestrictPublicBuckets') === true && !isOfOwner;
  const isItsToGive = objectRight === undefined || object === undefined;
  if (isItsToGive && !(isOut && isPublic(situation.bucketPolicy))) {
    const given = saysYes(situation.bucketPolicy, asked);
    if (given.includes('yes') || (given.includes('passed on') && identityAllows)) return 'allow';
  }
  const ignoresGroups = situation.publicAccessBlock?.includes('IgnorePublicAcls') === true;
  const isGranted = (list: Situation['bucketAcl'], right: string | undefined) =>
    (list ?? []).some(([permission, grantee]) => {
      if (right === undefined || (permission !== right && permission !== 'FULL_CONTROL')) return false;
      if (grantee === 'all') return !ignoresGroups;
      if (grantee === 'auth') return !ignoresGroups && person !== undefined;
      return actsFor(grantee) || (person?.account === grantee && identityAllows);
    });
  if (object !== 'absent' && isGranted(situation.objectAcl, objectRight)) return 'allow';
  if (isGranted(situation.bucketAcl, bucketRights[action])) return 'allow';
  return absentOrDeny(situation, question);
}

/** Whoever would find the key in a listing may know that it is not there. */
function absentOrDeny(situation: Situation, { who, action, key = '', object, request }: Question) {
  if (object !== 'absent' || objectRights[action] === undefined) return 'deny';
  const listing = { ...request, 's3:prefix': key };
  return naiveDecision(situation, { who, action: 's3:ListBucket', request: listing });
}
