/**
 * Which parameters of a query a Signature Version 2 covers: every one by which operations are told apart, so that nobody
 * can turn a signed request into another one, and those that AWS's list has besides ("Signing and authenticating REST
 * requests", CanonicalizedResource). Clients that do not sign some of the former are refused there (docs/adr/0004). Conditions
 * of a listing (`prefix`, `max-keys` …) are not covered; that is how Version 2 is.
 */
import { operations } from './operation-table.ts';

/** They choose between forms of one reading, and no client signs them. */
const neverSigned: readonly string[] = ['list-type', 'x-id', 'id'];

const alsoSigned: readonly string[] = [
  'partNumber',
  'versionId',
  'select-type',
  'storageClass',
  'defaultObjectAcl',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
];

const routed = operations
  .flatMap(({ route }) => route.query ?? [])
  .map((wanted) => wanted.split('=')[0] ?? wanted)
  .filter((name) => !neverSigned.includes(name));

const signed: ReadonlySet<string> = new Set([...routed, ...alsoSigned]);

export function isSignedParameter(name: string): boolean {
  return signed.has(name);
}
