/** Forms, as the token service takes them. Empty fields count as absent: the SDK for object storage sends several. */
import { PercentEncodingError } from '../../lib/percent-encoding.ts';
import { parseQuery } from '../kernel/query-parameters.ts';
import type { IbmCall } from './ibm-call.ts';
import { IbmError, invalid } from './ibm-errors.ts';

/** A refresh token, an access token and a few words have less. Ours. */
export const FORM_BYTES_MAX = 32_768;

export type Form = ReadonlyMap<string, string>;

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Throws IbmError for a body that is announced as something else. */
export function demandForm({ request }: Pick<IbmCall, 'request'>): void {
  const sent = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (sent === FORM_TYPE) return;
  throw new IbmError('unsupported-type', `The body must be of the type ${FORM_TYPE}.`);
}

export function parseForm(body: Buffer): Form {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return new Map([...parseQuery(text).entries()].filter(([, value]) => value !== ''));
  } catch (error) {
    if (error instanceof PercentEncodingError || error instanceof TypeError) {
      throw invalid('The body is no form of valid percent-encoded UTF-8.');
    }
    throw error;
  }
}
