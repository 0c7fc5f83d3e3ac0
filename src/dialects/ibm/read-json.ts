/**
 * JSON bodies as the control plane takes them: members it does not know are ignored, what it needs is named when it is missing, and
 * neither size nor depth of a document is the client's to choose.
 */
import { invalid } from './ibm-errors.ts';

/** A policy with a rule of ten conditions has 4 KB. Ours. */
export const BODY_BYTES_MAX = 65_536;
/** The deepest there is, a rule of a policy, has seven levels; stored parameters are the client's. */
const DEPTH_MAX = 32;
const TEXT_LENGTH_MAX = 4096;

export type JsonObject = Readonly<Record<string, unknown>>;

/** Throws IbmError. An empty body is an empty object. */
export function parseJson(body: Buffer): JsonObject {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw invalid('The body is not JSON.');
  }
  if (!isObject(value)) throw invalid('The body must be a JSON object.');
  if (isDeeperThan(DEPTH_MAX, value)) throw invalid('The body is nested too deeply.');
  return value;
}

/** Throws IbmError when it is missing or empty. */
export function textIn(object: JsonObject, name: string, lengthMax?: number): string {
  const value = optionalTextIn(object, name, lengthMax);
  if (value === undefined || value === '') throw invalid(`The body has no "${name}", where it is needed.`);
  return value;
}

/** `null` counts as absent. */
export function optionalTextIn(
  object: JsonObject,
  name: string,
  lengthMax: number = TEXT_LENGTH_MAX,
): string | undefined {
  const value = memberOf(object, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(`"${name}" must be a string.`);
  if (value.length > lengthMax) throw invalid(`"${name}" may have at most ${lengthMax} characters.`);
  return value;
}

/** Clients send booleans as such and as text. */
export function flagIn(object: JsonObject, name: string): boolean | undefined {
  const value = memberOf(object, name);
  if (value === undefined || value === null) return undefined;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw invalid(`"${name}" must be true or false.`);
}

export function optionalObjectIn(object: JsonObject, name: string): JsonObject | undefined {
  const value = memberOf(object, name);
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw invalid(`"${name}" must be an object.`);
  return value;
}

export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = optionalObjectIn(object, name);
  if (value === undefined) throw invalid(`The body has no "${name}", where it is needed.`);
  return value;
}

/** An absent list is an empty one. */
function listIn(object: JsonObject, name: string, lengthMax: number): readonly unknown[] {
  const value = memberOf(object, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(`"${name}" must be a list.`);
  if (value.length > lengthMax) throw invalid(`"${name}" may have at most ${lengthMax} members.`);
  return value;
}

export function objectsIn(object: JsonObject, name: string, lengthMax: number): readonly JsonObject[] {
  return listIn(object, name, lengthMax).map((item) => {
    if (!isObject(item)) throw invalid(`"${name}" must be a list of objects.`);
    return item;
  });
}

export function textsIn(object: JsonObject, name: string, lengthMax: number): readonly string[] {
  return listIn(object, name, lengthMax).map((item) => {
    if (typeof item !== 'string') throw invalid(`"${name}" must be a list of strings.`);
    return item;
  });
}

/** Only what the client has sent: never what objects inherit. */
export function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDeeperThan(depthMax: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depthMax === 0 || Object.values(value).some((inner) => isDeeperThan(depthMax - 1, inner));
}
