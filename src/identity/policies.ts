/**
 * Policy documents in the AWS JSON policy language (IAM User Guide, "IAM JSON policy reference"; versions 2012-10-17 and
 * 2008-10-17, which knows no variables): from text to statements that can be asked quickly.
 *
 * A document is checked as a whole before it is stored, and what is refused says why and where. The rules are those that S3
 * has for bucket policies: who is named in every statement, only S3's actions, and only the bucket itself and what is in it. An
 * identity's policies name no principal, and may name whatever other services call theirs.
 *
 * Differences from AWS: principals are not looked up, so a policy may name an account that does not exist yet; whether a
 * condition's key can occur with the statement's actions is not checked.
 */
import type { Action } from './actions.ts';
import { type PolicyAction, policyActions, type ResourceKind } from './policy-actions.ts';
import { EXISTING_TAG_PREFIX, isConditionKey } from './policy-condition-keys.ts';
import { type PolicyCondition, readConditions } from './policy-conditions.ts';
import { faultIn, PolicyError, type PolicyPlace } from './policy-error.ts';
import { compilePattern, matchesPattern, type Pattern, PatternSyntaxError } from './policy-patterns.ts';
import { type PolicyPrincipals, readPrincipals } from './policy-principals.ts';

/** "Bucket policies are limited to 20 KB in size": Amazon S3 User Guide, "Bucket policies for Amazon S3". */
export const POLICY_BYTES_MAX = 20 * 1024;

export interface PolicyStatement {
  /** From 0. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** Undefined in an identity's policies. */
  readonly principals: PolicyPrincipals | undefined;
  readonly actions: ReadonlySet<Action>;
  readonly resources: { readonly not: boolean; readonly patterns: readonly Pattern[] };
  readonly conditions: readonly PolicyCondition[];
}

export interface Policy {
  readonly statements: readonly PolicyStatement[];
  /** It asks for the tags of the object that is there: `s3:ExistingObjectTag/{key}`, in a condition or a variable. */
  readonly readsObjectTags?: boolean;
  /** A condition asks for the resource group that a bucket's service instance is in. */
  readonly readsResourceGroup?: boolean;
}

/** `bucket`: its own policy; with a name, one that is about to be stored for that bucket. */
export type PolicyKind =
  | { readonly kind: 'bucket'; readonly bucket?: string }
  | { readonly kind: 'identity' };

const DOCUMENT_ELEMENTS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/** Throws `PolicyError`. */
export function parsePolicy(text: string, kind: PolicyKind): Policy {
  if (Buffer.byteLength(text) > POLICY_BYTES_MAX) {
    throw new PolicyError(`Policy exceeds the maximum allowed document size: ${POLICY_BYTES_MAX} bytes`);
  }
  const document = readJson(text);
  for (const name of Object.keys(document)) {
    if (!DOCUMENT_ELEMENTS.has(name)) throw new PolicyError(`Unknown field ${JSON.stringify(name)}`, name);
  }
  const version = document['Version'] ?? '2008-10-17';
  if (version !== '2012-10-17' && version !== '2008-10-17') {
    throw new PolicyError('The policy must contain a valid version string: 2012-10-17 or 2008-10-17');
  }
  if (document['Id'] !== undefined && typeof document['Id'] !== 'string') {
    throw new PolicyError('Invalid policy syntax: Id is no text');
  }
  const statements = document['Statement'];
  if (statements === undefined) throw new PolicyError('Missing required field Statement');
  const list: readonly unknown[] = Array.isArray(statements) ? statements : [statements];
  if (list.length === 0) throw new PolicyError('Could not parse the policy: Statement is empty!');
  const read = list.map((statement, index) =>
    readStatement(statement, index, kind, version === '2012-10-17'),
  );
  if (kind.kind === 'identity') refuseRepeatedSids(read);
  // Of the document as read, since JSON can spell a letter in two ways.
  const readsObjectTags = JSON.stringify(document).toLowerCase().includes(EXISTING_TAG_PREFIX);
  return { statements: read, readsObjectTags };
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  if (!text.startsWith('{')) {
    throw new PolicyError("Policies must be valid JSON and the first byte must be '{'");
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new PolicyError('This policy contains invalid Json');
  }
  if (isDeeperThan(DEPTH_MAX, document)) throw new PolicyError('Invalid policy syntax: nested too deeply');
  return document as Readonly<Record<string, unknown>>;
}

/** Statement, Condition, operator, key and a list of values need six. */
const DEPTH_MAX = 16;

function isDeeperThan(depthMax: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depthMax === 0 || Object.values(value).some((inner) => isDeeperThan(depthMax - 1, inner));
}

/** IAM's rule; S3 takes them. */
function refuseRepeatedSids(statements: readonly PolicyStatement[]): void {
  const seen = new Set<string>();
  for (const { sid } of statements) {
    if (sid === undefined) continue;
    if (seen.has(sid)) throw new PolicyError('Statement IDs (SID) in a single policy must be unique', sid);
    seen.add(sid);
  }
}

function readStatement(value: unknown, index: number, kind: PolicyKind, variables: boolean): PolicyStatement {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw faultIn({ index, sid: undefined }, 'Invalid policy syntax', value);
  }
  const statement = value as Readonly<Record<string, unknown>>;
  const sid = statement['Sid'];
  if (sid !== undefined && typeof sid !== 'string') {
    throw faultIn({ index, sid: undefined }, 'Invalid policy syntax', { Sid: sid });
  }
  const place: PolicyPlace = { index, sid: sid === '' ? undefined : sid };
  for (const name of Object.keys(statement)) {
    if (!STATEMENT_ELEMENTS.has(name)) throw faultIn(place, 'Unknown field', name);
  }
  const effect = statement['Effect'];
  if (effect === undefined) throw faultIn(place, 'Missing required field Effect');
  if (effect !== 'Allow' && effect !== 'Deny') throw faultIn(place, 'Invalid effect', effect);
  const principals = readWho(statement, place, effect, kind);
  const actions = readActions(statement, place, kind);
  const resources = readResources(statement, place, kind, variables);
  if (kind.kind === 'bucket') refuseIdleActions(actions, resources, place);
  const conditions = readConditions(statement['Condition'], place, variables);
  const covered = actions.covered.flatMap(({ action }) => action ?? []);
  return { ...place, effect, principals, actions: new Set(covered), resources, conditions };
}

/** One of two elements that exclude each other, one of which must be there. */
function either(
  statement: Readonly<Record<string, unknown>>,
  name: 'Principal' | 'Action' | 'Resource',
  place: PolicyPlace,
): { readonly not: boolean; readonly value: unknown } {
  const value = statement[name];
  const opposite = statement[`Not${name}`];
  if (value === undefined && opposite === undefined) throw faultIn(place, `Missing required field ${name}`);
  if (value !== undefined && opposite !== undefined) {
    throw faultIn(place, `Statement contains both ${name} and Not${name}`);
  }
  return { not: value === undefined, value: value ?? opposite };
}

function readWho(
  statement: Readonly<Record<string, unknown>>,
  place: PolicyPlace,
  effect: PolicyStatement['effect'],
  { kind }: PolicyKind,
): PolicyPrincipals | undefined {
  if (kind === 'identity') {
    const named = ['Principal', 'NotPrincipal'].find((name) => statement[name] !== undefined);
    if (named !== undefined) throw faultIn(place, 'Policy document should not specify a principal', named);
    return undefined;
  }
  const { not, value } = either(statement, 'Principal', place);
  if (not && effect === 'Allow') throw faultIn(place, 'Allow with NotPrincipal is not allowed');
  return readPrincipals(not ? 'NotPrincipal' : 'Principal', value, place);
}

interface ActionElement {
  readonly not: boolean;
  /** What each pattern stands for. */
  readonly named: readonly { readonly text: string; readonly actions: readonly PolicyAction[] }[];
  /** What the statement is about. */
  readonly covered: readonly PolicyAction[];
}

function readActions(
  statement: Readonly<Record<string, unknown>>,
  place: PolicyPlace,
  { kind }: PolicyKind,
): ActionElement {
  const { not, value } = either(statement, 'Action', place);
  const fault = 'Policy has invalid action';
  const named = textsOf(value, place, fault).map((text) => {
    const actions = actionsNamed(text);
    if (actions.length === 0 && (kind === 'bucket' || !OTHER_SERVICE.test(text))) {
      throw faultIn(place, fault, text);
    }
    return { text, actions };
  });
  const all = new Set(named.flatMap(({ actions }) => actions));
  const covered = policyActions.filter((action) => all.has(action) !== not);
  return { not, named, covered };
}

const OTHER_SERVICE = /^(?!s3:)[a-z0-9-]+:[A-Za-z0-9*?]+$/;

function actionsNamed(text: string): readonly PolicyAction[] {
  const pattern = compilePattern(text.toLowerCase(), { wildcards: true, variables: false });
  return policyActions.filter(({ comparable }) => matchesPattern(pattern, comparable, nothing));
}

function readResources(
  statement: Readonly<Record<string, unknown>>,
  place: PolicyPlace,
  kind: PolicyKind,
  variables: boolean,
): PolicyStatement['resources'] {
  const { not, value } = either(statement, 'Resource', place);
  const fault = 'Policy has invalid resource';
  const patterns = textsOf(value, place, fault).flatMap((text) => {
    const [, path] = text === '*' ? [text, text] : (RESOURCE.exec(text) ?? []);
    if (path === undefined) {
      if (kind.kind === 'identity' && OTHER_RESOURCE.test(text)) return [];
      throw faultIn(place, fault, text);
    }
    const pattern = readPattern(path, place, fault, variables);
    const [name = ''] = path.split('/');
    const isOfBucket =
      kind.kind !== 'bucket' || kind.bucket === undefined || mayName(name, kind.bucket, variables);
    if (!isOfBucket) throw faultIn(place, fault, text);
    return [pattern];
  });
  return { not, patterns };
}

/** What stands behind `arn:aws:s3:::`. */
const RESOURCE = /^arn:(?:aws[a-z-]*|\*):s3:\*?:\*?:(.+)$/s;
const OTHER_RESOURCE = /^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+$/s;

/** Whether the first part of a resource can be that bucket. A star in it may also reach beyond the slash. */
function mayName(name: string, bucket: string, variables: boolean): boolean {
  const pattern = compilePattern(name, { wildcards: true, variables });
  return pattern.variables.length > 0 || matchesPattern(pattern, bucket, nothing);
}

function readPattern(text: string, place: PolicyPlace, fault: string, variables: boolean): Pattern {
  try {
    const pattern = compilePattern(text, { wildcards: true, variables });
    const stranger = pattern.variables.find((key) => !isConditionKey(key));
    if (stranger !== undefined) throw faultIn(place, 'Policy has an invalid variable', stranger);
    return pattern;
  } catch (error) {
    if (error instanceof PatternSyntaxError) throw faultIn(place, fault, text);
    throw error;
  }
}

/** S3 refuses a statement with an action that none of its resources can be the object of. */
function refuseIdleActions(
  { named, not }: ActionElement,
  resources: PolicyStatement['resources'],
  place: PolicyPlace,
): void {
  if (not || resources.not) return;
  const kinds = new Set(resources.patterns.flatMap((pattern) => kindsOf(pattern)));
  const idle = named.find(({ actions }) => !actions.some(({ resource }) => kinds.has(resource)));
  if (idle === undefined) return;
  throw faultIn(place, 'Action does not apply to any resource(s) in statement', idle.text);
}

function kindsOf({ source, variables }: Pattern): readonly ResourceKind[] {
  if (source.includes('/')) return ['object'];
  return source.includes('*') || variables.length > 0 ? ['bucket', 'object'] : ['bucket'];
}

function textsOf(value: unknown, place: PolicyPlace, fault: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw faultIn(place, fault, value);
  return list.map((text) => {
    if (typeof text !== 'string' || text === '') throw faultIn(place, fault, text);
    return text;
  });
}

const nothing = () => undefined;
