/**
 * Strict reading of JSON bodies: an object with known members of known types, and nothing else. The three kinds of members
 * that this API has need no schema library.
 */
import { AdminError } from './admin-errors.ts';

/** The longest body of this API is a few names. */
export const BODY_BYTES_MAX = 64 * 1024;

type MemberKind = 'text' | 'optional text' | 'switch';

type MemberValue<K extends MemberKind> = K extends 'text'
  ? string
  : K extends 'switch'
    ? boolean
    : string | undefined;

type Members<S extends Readonly<Record<string, MemberKind>>> = { readonly [N in keyof S]: MemberValue<S[N]> };

/** Throws AdminError InvalidRequest with a sentence that names the member. */
export function readJson<const S extends Readonly<Record<string, MemberKind>>>(
  body: Buffer,
  shape: S,
): Members<S> {
  const value = parse(body);
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(shape, name)) throw invalid(`${name} is not a member of this request`);
  }
  for (const [name, kind] of Object.entries(shape)) {
    const member = value[name];
    if (kind === 'switch' && typeof member !== 'boolean') throw invalid(`${name} must be true or false`);
    if (kind === 'text' && typeof member !== 'string') throw invalid(`${name} must be a string`);
    if (kind === 'optional text' && member !== undefined && typeof member !== 'string') {
      throw invalid(`${name} must be a string, or left out`);
    }
  }
  return value as Members<S>;
}

function parse(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw invalid('the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('the body must be a JSON object');
  return { ...value };
}

function invalid(reason: string): AdminError {
  return new AdminError(400, 'InvalidRequest', `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`);
}
