/**
 * Policy documents of Samsung Cloud Platform, as far as policies of identities, of buckets and of trust are alike (build specification
 * scp.md, section 5.3): version `2024-07-01`, statements with lists of actions and resources, an effect that must be said.
 */
import type { Action } from './actions.ts';
import { type PolicyCondition, readConditions } from './policy-conditions.ts';
import { faultIn, PolicyError, type PolicyPlace } from './policy-error.ts';
import { compilePattern, matchesPattern } from './policy-patterns.ts';
import { scpPolicyActions } from './scp-actions.ts';

const SCP_POLICY_VERSION = '2024-07-01';
/** As in the other language, which S3 has a figure for. */
const DOCUMENT_BYTES_MAX = 20 * 1024;
const DEPTH_MAX = 16;

const STATEMENT_MEMBERS = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'Principal',
  'Condition',
]);

type Members = Readonly<Record<string, unknown>>;

export interface ScpStatement {
  readonly place: PolicyPlace;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: ReadonlySet<Action>;
  /** As written. Undefined: left out. */
  readonly resources: readonly string[] | undefined;
  /** As written. Undefined: left out. */
  readonly principal: unknown;
  readonly conditions: readonly PolicyCondition[];
}

/** Whether a document says that it is of this language. Anything else is for another reader to judge. */
export function isScpPolicy(text: string): boolean {
  return text.includes(SCP_POLICY_VERSION) && /"Version"\s*:\s*"2024-07-01"/.test(text);
}

/** Throws `PolicyError`. */
export function readScpStatements(text: string): readonly ScpStatement[] {
  if (Buffer.byteLength(text) > DOCUMENT_BYTES_MAX) {
    throw new PolicyError(`Policy exceeds the maximum allowed document size: ${DOCUMENT_BYTES_MAX} bytes`);
  }
  const document = parse(text);
  for (const name of Object.keys(document)) {
    if (name !== 'Version' && name !== 'Statement') {
      throw new PolicyError(`Unknown field ${JSON.stringify(name)}`, name);
    }
  }
  if (document['Version'] !== SCP_POLICY_VERSION) {
    throw new PolicyError(`The policy must have the version ${SCP_POLICY_VERSION}`);
  }
  const statements = document['Statement'];
  if (!Array.isArray(statements) || statements.length === 0) {
    throw new PolicyError('Statement must be a list of at least one statement');
  }
  return statements.map((statement: unknown, index) => readStatement(statement, index));
}

function parse(text: string): Members {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new PolicyError('This policy is not valid JSON');
  }
  if (!isObject(document)) throw new PolicyError('The policy must be a JSON object');
  if (isDeeperThan(DEPTH_MAX, document)) throw new PolicyError('The policy is nested too deeply');
  return document;
}

function isDeeperThan(depthMax: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depthMax === 0 || Object.values(value).some((inner) => isDeeperThan(depthMax - 1, inner));
}

function readStatement(value: unknown, index: number): ScpStatement {
  if (!isObject(value)) throw faultIn({ index, sid: undefined }, 'A statement must be an object', value);
  const sid = value['Sid'] ?? undefined;
  if (sid !== undefined && typeof sid !== 'string') {
    throw faultIn({ index, sid: undefined }, 'Sid must be a text', sid);
  }
  const place: PolicyPlace = { index, sid: sid === '' ? undefined : sid };
  for (const name of Object.keys(value)) {
    if (!STATEMENT_MEMBERS.has(name)) throw faultIn(place, 'Unknown field', name);
  }
  const effect = value['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw faultIn(place, 'Effect must be Allow or Deny', effect);
  const resources = value['Resource'] ?? undefined;
  return {
    place,
    effect,
    actions: readActions(value, place),
    resources: resources === undefined ? undefined : listOf(resources, 'Resource', place),
    principal: value['Principal'] ?? undefined,
    conditions: readConditions(translateKeys(value['Condition'] ?? undefined), place, false),
  };
}

function readActions(statement: Members, place: PolicyPlace): ReadonlySet<Action> {
  const [named, excluded] = [statement['Action'] ?? undefined, statement['NotAction'] ?? undefined];
  if ((named === undefined) === (excluded === undefined)) {
    throw faultIn(place, 'A statement needs either Action or NotAction');
  }
  const texts = listOf(named ?? excluded, named === undefined ? 'NotAction' : 'Action', place);
  const found = new Set(texts.flatMap((text) => actionsNamed(text, place)));
  if (excluded === undefined) return found;
  return new Set(scpPolicyActions.flatMap(({ actions }) => actions).filter((action) => !found.has(action)));
}

const ACTION = /^(?:\*|[a-z0-9*?-]{1,64}:[A-Za-z0-9*?]{1,128})$/;
/** Of which every action is known: a misspelt one is refused. Other services of the platform are none here, and may be named. */
const OWN_SERVICES: ReadonlySet<string> = new Set(['object-store', 'sts', 'product']);

function actionsNamed(text: string, place: PolicyPlace): readonly Action[] {
  const comparable = text.toLowerCase().replace(/^scp-/, '');
  if (!ACTION.test(comparable)) throw faultIn(place, 'Invalid action', text);
  const pattern = compilePattern(comparable, { wildcards: true, variables: false });
  const found = scpPolicyActions.filter((each) => matchesPattern(pattern, each.comparable, () => undefined));
  const service = comparable.slice(0, comparable.indexOf(':'));
  if (found.length === 0 && OWN_SERVICES.has(service)) throw faultIn(place, 'Unknown action', text);
  return found.flatMap(({ actions }) => actions);
}

const KEY_PREFIXES: readonly (readonly [RegExp, string])[] = [
  // The region has another name in each cloud.
  [/^scp:(?!requestedregion$)/i, 'aws:'],
  [/^(?:scp-)?object-store:/i, 's3:'],
];

/** What a request says of itself has one name in this server, whichever language asks. */
function translateKeys(block: unknown): unknown {
  if (!isObject(block)) return block;
  return Object.fromEntries(
    Object.entries(block).map(([operator, tests]) => [operator, isObject(tests) ? renameKeys(tests) : tests]),
  );
}

function renameKeys(tests: Members): Members {
  const rename = (key: string) =>
    KEY_PREFIXES.reduce((name, [prefix, ours]) => name.replace(prefix, ours), key);
  return Object.fromEntries(Object.entries(tests).map(([key, values]) => [rename(key), values]));
}

export function listOf(value: unknown, name: string, place: PolicyPlace): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw faultIn(place, `${name} must be a list that is not empty`, value);
  }
  return value.map((text: unknown) => {
    if (typeof text !== 'string' || text === '') throw faultIn(place, `${name} must hold texts`, text);
    return text;
  });
}

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
