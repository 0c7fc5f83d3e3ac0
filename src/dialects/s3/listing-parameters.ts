/**
 * Query parameters of the listings, read as AWS reads them: page sizes above the ceiling are lowered to it, an empty
 * delimiter is none, and what cannot be meant is InvalidArgument with the parameter's name and value.
 *
 * Continuation tokens are opaque to clients: the name to go on after, with a checksum in which the kind of listing is
 * mixed, so that a mistyped or foreign token is refused rather than taken for a name.
 */
import { crc32 } from 'node:zlib';
import type { QueryParameters } from '../kernel/query-parameters.ts';
import { invalidArgument } from './s3-errors.ts';

/** Rows in one page of any listing but that of buckets. */
export const PAGE_ROWS_MAX = 1000;
const INTEGER_MAX = 2_147_483_647;

/** A whole number of 0 or more; undefined when the parameter is absent or empty. */
export function readCount(query: QueryParameters, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) {
    throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
  }
  const value = Number(text);
  if (value < 0 || value > INTEGER_MAX) {
    throw invalidArgument(name, text, `Argument ${name} must be an integer between 0 and ${INTEGER_MAX}`);
  }
  return value;
}

/** Rows wanted in one page: `max-keys`, `max-parts`, `max-uploads`. */
export function readPageLimit(query: QueryParameters, name: string): number {
  return Math.min(readCount(query, name) ?? PAGE_ROWS_MAX, PAGE_ROWS_MAX);
}

export function readFlag(query: QueryParameters, name: string): boolean {
  const text = query.get(name)?.toLowerCase();
  if (text === undefined || text === '' || text === 'false') return false;
  if (text === 'true') return true;
  throw invalidArgument(name, text, `Argument ${name} must be true or false`);
}

export type TokenKind = 'objects' | 'buckets';

const CHECKSUM_BYTES = 4;
const seeds: Readonly<Record<TokenKind, number>> = { objects: 0x6f626a73, buckets: 0x62636b74 };

export function encodeContinuationToken(kind: TokenKind, name: string): string {
  const bytes = Buffer.from(name);
  const checksum = Buffer.allocUnsafe(CHECKSUM_BYTES);
  checksum.writeUInt32BE(crc32(bytes, seeds[kind]));
  return Buffer.concat([checksum, bytes]).toString('base64url');
}

/** The name that the token was made of. Throws InvalidArgument. */
export function decodeContinuationToken(kind: TokenKind, token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const name = bytes.subarray(CHECKSUM_BYTES);
  const isOurs =
    bytes.length > CHECKSUM_BYTES &&
    bytes.toString('base64url') === token &&
    bytes.readUInt32BE(0) === crc32(name, seeds[kind]);
  if (!isOurs) {
    throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
  }
  return name.toString();
}
