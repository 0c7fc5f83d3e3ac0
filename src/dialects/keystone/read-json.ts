/**
 * JSON bodies as Keystone takes them: members it does not know are ignored, what it needs is named when it is missing, and neither
 * size nor depth of a document is the client's to choose.
 */
import { KeystoneError } from './keystone-errors.ts';

/** As upstream's `max_request_body_size`. */
export const BODY_BYTES_MAX = 114_688;
/** The deepest request there is has six levels. */
const DEPTH_MAX = 32;

/** Characters (spec 3.0; e-mail addresses are user names here). */
export const lengths = { id: 64, name: 64, user: 255, password: 4096, token: 8192 } as const;

export type JsonObject = Readonly<Record<string, unknown>>;

/** Throws KeystoneError 400. */
export function parseJson(body: Buffer): JsonObject {
  if (isDeep(body)) throw invalid('The body is nested too deeply.');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw invalid('The body is not JSON.');
  }
  if (!isObject(value)) throw invalid('The body must be a JSON object.');
  return value;
}

/** Throws KeystoneError 400 when it is missing or no object. `where` names the object it is expected in. */
export function objectIn(object: JsonObject, name: string, where: string): JsonObject {
  const value = memberOf(object, name);
  if (value === undefined) throw missing(name, where);
  if (!isObject(value)) throw invalid(`"${name}" in ${where} must be an object.`);
  return value;
}

export function textIn(object: JsonObject, name: string, where: string, lengthMax: number): string {
  const value = optionalTextIn(object, name, where, lengthMax);
  if (value === undefined || value === '') throw missing(name, where);
  return value;
}

export function optionalTextIn(
  object: JsonObject,
  name: string,
  where: string,
  lengthMax: number,
): string | undefined {
  const value = memberOf(object, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(`"${name}" in ${where} must be a string.`);
  if (value.length > lengthMax)
    throw invalid(`"${name}" in ${where} may have at most ${lengthMax} characters.`);
  return value;
}

/** Only what the client has sent: never what objects inherit. */
export function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function missing(name: string, where: string): KeystoneError {
  return invalid(`The request has no "${name}" in ${where}, where it is needed.`);
}

export function invalid(sentence: string): KeystoneError {
  return new KeystoneError(400, sentence);
}

function isDeep(body: Buffer): boolean {
  let depth = 0;
  let isText = false;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index];
    if (isText) {
      if (byte === 0x5c) index += 1;
      else if (byte === 0x22) isText = false;
    } else if (byte === 0x22) isText = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > DEPTH_MAX) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return false;
}
