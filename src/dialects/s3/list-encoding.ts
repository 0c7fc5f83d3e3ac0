/**
 * `encoding-type=url` of listings: names are percent-encoded, because XML 1.0 cannot show every character of a key.
 *
 * Every byte but the unreserved ones and `/` is encoded, a space as `%20`. AWS writes `+` for a space; both kinds of
 * decoders that clients use (a form's and a path's) read `%20` alike, while `+` comes out of one of them as a plus.
 */
import { encodeStrictPath } from '../../lib/percent-encoding.ts';
import { escapeXml } from '../../lib/xml-writer.ts';
import { invalidArgument } from './s3-errors.ts';

export interface ListEncoding {
  /** Shown as `EncodingType`; undefined when names are shown as they are. */
  readonly type: 'url' | undefined;
  /** A name as character data, ready to be written between two tags. */
  show(name: string): string;
}

const AS_IS: ListEncoding = { type: undefined, show: escapeXml };
const URL_ENCODED: ListEncoding = { type: 'url', show: encodeStrictPath };

/** From the `encoding-type` parameter. An empty one counts as absent, as at AWS. Throws InvalidArgument. */
export function chooseListEncoding(encodingType: string | undefined): ListEncoding {
  if (encodingType === undefined || encodingType === '') return AS_IS;
  if (encodingType.toLowerCase() === 'url') return URL_ENCODED;
  throw invalidArgument('encoding-type', encodingType, 'Invalid Encoding Method specified in Request');
}
