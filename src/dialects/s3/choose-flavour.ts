/**
 * Which flavour a request is answered in (design, section 5). Twice: before anything is looked up, by host name, then by what only
 * clients of IBM send; and again when the key pair is known, by where that was made. A host name is the operator's word
 * and final; the rest is a client's.
 */
import type { KeyFlavour } from '../../identity/credentials.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { withoutPort } from './addressing.ts';
import type { S3FlavourName } from './s3-flavours.ts';

export interface FlavourHost {
  /** Lower case, without port. Bucket names may stand before it. */
  readonly host: string;
  readonly flavour: S3FlavourName;
}

export interface ChosenFlavour {
  readonly flavour: S3FlavourName;
  /** A key pair made through another cloud's interface changes nothing any more. */
  readonly isFinal: boolean;
}

const BEARER = /^bearer(?: |$)/i;

const OF_IBM: ChosenFlavour = { flavour: 'ibm', isFinal: true };
const UNSAID: ChosenFlavour = { flavour: 'nhn', isFinal: false };

/** `hosts`: one below another comes first. */
export function flavourOfRequest({ headers }: WireRequest, hosts: readonly FlavourHost[]): ChosenFlavour {
  const host = headers.get('host');
  if (host !== undefined && hosts.length > 0) {
    const name = withoutPort(host).toLowerCase();
    const found = hosts.find((each) => name === each.host || name.endsWith(`.${each.host}`));
    if (found !== undefined) return { flavour: found.flavour, isFinal: true };
  }
  const isIbm = headers.has('ibm-service-instance-id') || BEARER.test(headers.get('authorization') ?? '');
  return isIbm ? OF_IBM : UNSAID;
}

/** Found, but not proven yet: its flavour decides how a failure is told, too. */
export function flavourOfKey(chosen: ChosenFlavour, key: KeyFlavour | undefined): S3FlavourName {
  return chosen.isFinal || key === undefined ? chosen.flavour : key;
}
