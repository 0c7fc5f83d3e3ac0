/** A case of the corpus as the question that the product answers. */
import { type AclPermission, aclOf, encodeAcl, type Grant } from '../../src/identity/acl.ts';
import type { Action } from '../../src/identity/actions.ts';
import { type AccessQuestion, evaluateAccess } from '../../src/identity/evaluate-access.ts';
import type { Grants } from '../../src/identity/grants.ts';
import { policyActions } from '../../src/identity/policy-actions.ts';
import { compilePolicy } from '../../src/identity/policy-cache.ts';
import type { Principal } from '../../src/identity/principal.ts';
import type { PublicAccessSwitch } from '../../src/identity/public-access-block.ts';
import {
  accounts,
  BUCKET,
  type DecisionCase,
  type DecisionGroup,
  type ListedGrant,
  type Person,
  people,
} from './decision-cases.ts';

type Situation = Omit<DecisionGroup, 'about' | 'cases'>;

export function decide(situation: Situation, question: Omit<DecisionCase, 'expected'>): 'allow' | 'deny' {
  return evaluateAccess(questionOf(situation, question)).allowed ? 'allow' : 'deny';
}

export function questionOf(situation: Situation, question: Omit<DecisionCase, 'expected'>): AccessQuestion {
  const { who, key, object, request = {} } = question;
  if (!(who in people)) throw new Error(`nobody is called ${who}`);
  const person = people[who];
  const { publicAccessBlock } = situation;
  const acl = listOf(situation.objectAcl);
  const owner = object === 'foreign' ? accounts.third : accounts.owner;
  const action = actionOf(question.action);
  return {
    principal: principalOf(person, grantsOf(situation)),
    action,
    resource: {
      account: accounts.owner,
      bucket: BUCKET,
      ...(key !== undefined && { key }),
      bucketAcl: listOf(situation.bucketAcl),
      bucketPolicy: textOf(situation.bucketPolicy),
      ...(publicAccessBlock !== undefined && {
        publicAccessBlock: new Set(publicAccessBlock as readonly PublicAccessSwitch[]),
      }),
      mayHoldForeignObjects: object === 'foreign',
      ...(key !== undefined && {
        object: object === 'absent' ? { kind: 'absent' } : { kind: 'present', account: owner, acl },
      }),
    },
    request: new Map(Object.entries(request)),
  };
}

const textOf = (document: unknown) => (document === undefined ? undefined : JSON.stringify(document));

function actionOf(name: string): Action {
  const comparable = name.toLowerCase();
  const found = policyActions.find(
    (known) =>
      known.comparable === comparable && known.action !== undefined && known.action !== 'bucket:head',
  );
  if (found?.action === undefined) throw new Error(`no action is called ${name}`);
  return found.action;
}

function grantsOf({ identityPolicies, sessionPolicy }: Situation): Grants | undefined {
  if (identityPolicies === undefined && sessionPolicy === undefined) return undefined;
  const compiled = (document: unknown) => compilePolicy(JSON.stringify(document), 'aws');
  return {
    policies: (identityPolicies ?? []).map((document, index) => ({
      id: `policy-${index}`,
      name: '',
      language: 'aws',
      via: 'group:all-of-them',
      policy: compiled(document),
      document: JSON.stringify(document),
    })),
    ...(sessionPolicy !== undefined && {
      sessionPolicy: {
        language: 'aws',
        policy: compiled(sessionPolicy),
        document: JSON.stringify(sessionPolicy),
      },
    }),
  };
}

function principalOf(person: Person | undefined, grants: Grants | undefined): Principal {
  if (person === undefined) return { kind: 'anonymous' };
  const { name, role } = person;
  const account = { id: person.account, name: 'an account', enabled: true, createdAtMicros: 0 };
  const granted = grants === undefined ? {} : { grants };
  const times = { createdAtMicros: 0, modifiedAtMicros: 0 };
  const named = { id: name, accountId: account.id, name, description: '' };
  switch (role) {
    case 'service':
      return {
        kind: 'service',
        account,
        service: { ...named, ...times, enabled: true, locked: false },
        ...granted,
      };
    case 'session': {
      const session = {
        id: 's',
        name: 'night',
        issuedAtMicros: 0,
        expiresAtMicros: Number.MAX_SAFE_INTEGER,
        source: 'somebody',
      };
      const assumed = { ...named, ...times, trustPolicy: '{}', maxSessionSeconds: 3600 };
      return { kind: 'role-session', account, role: assumed, session, ...granted };
    }
    default:
      return {
        kind: 'user',
        account,
        user: {
          id: `${name}-${account.id}`.slice(0, 32),
          accountId: account.id,
          name,
          displayName: '',
          email: '',
          isRoot: role === 'root',
          role: role === 'root' ? 'admin' : role,
          enabled: true,
          createdAtMicros: 0,
        },
        isServerAdmin: false,
        ...granted,
      };
  }
}

function listOf(list: readonly ListedGrant[] | undefined): string | undefined {
  if (list === undefined) return undefined;
  const grants = list.map(([permission, grantee]): Grant => {
    const to =
      grantee === 'all'
        ? ({ kind: 'group', group: 'all-users' } as const)
        : grantee === 'auth'
          ? ({ kind: 'group', group: 'authenticated-users' } as const)
          : ({ kind: 'account', account: grantee } as const);
    return { grantee: to, permission: permission as AclPermission };
  });
  return encodeAcl(aclOf(grants), '0'.repeat(32)) ?? undefined;
}
