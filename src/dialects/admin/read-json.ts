/**
 * Strict reading of JSON bodies: an object with known members of known types, and nothing else. The few kinds of members
 * that this API has need no schema library.
 */
import { AdminError } from './admin-errors.ts';

/** The longest body of this API is a policy of 20 KiB with its white space. */
export const BODY_BYTES_MAX = 64 * 1024;

/** `document`: an object of any members. */
export type MemberKind =
  | 'text'
  | 'switch'
  | 'document'
  | 'optional text'
  | 'optional switch'
  | 'optional number'
  | 'optional texts'
  | 'optional document';

interface MemberTypes {
  readonly text: string;
  readonly switch: boolean;
  readonly number: number;
  readonly texts: readonly string[];
  readonly document: object;
}

type MemberValue<K extends MemberKind> = K extends keyof MemberTypes
  ? MemberTypes[K]
  : K extends `optional ${infer T extends keyof MemberTypes}`
    ? MemberTypes[T]
    : never;

export type Shape = Readonly<Record<string, MemberKind>>;
type OptionalIn<S extends Shape> = { [N in keyof S]: S[N] extends `optional ${string}` ? N : never }[keyof S];

export type Members<S extends Shape> = {
  readonly [N in Exclude<keyof S, OptionalIn<S>>]: MemberValue<S[N]>;
} & { readonly [N in OptionalIn<S>]?: MemberValue<S[N]> };

/** Throws AdminError InvalidRequest with a sentence that names the member. */
export function readJson<const S extends Shape>(body: Buffer, shape: S): Members<S> {
  const value = parse(body);
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(shape, name)) throw invalid(`${name} is not a member of this request`);
  }
  for (const [name, kind] of Object.entries(shape)) {
    const member = value[name];
    const type = kind.replace('optional ', '') as keyof MemberTypes;
    if (kind !== type && member === undefined) continue;
    if (!typeTests[type](member)) {
      throw invalid(`${name} must be ${typeNames[type]}${kind === type ? '' : ', or left out'}`);
    }
  }
  return value as Members<S>;
}

const typeNames: Readonly<Record<keyof MemberTypes, string>> = {
  text: 'a string',
  switch: 'true or false',
  number: 'a number',
  texts: 'a list of strings',
  document: 'a JSON object',
};

const typeTests: Readonly<Record<keyof MemberTypes, (member: unknown) => boolean>> = {
  text: (member) => typeof member === 'string',
  switch: (member) => typeof member === 'boolean',
  number: (member) => typeof member === 'number',
  texts: (member) => Array.isArray(member) && member.every((text) => typeof text === 'string'),
  document: (member) => typeof member === 'object' && member !== null && !Array.isArray(member),
};

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
