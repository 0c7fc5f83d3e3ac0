/**
 * What LocationConstraint says of a bucket: its place, or at IBM the place's name there and a storage class behind the last dash,
 * `us-south-smart` (ibm-cos.md, section 9.5). All classes are stored alike here; the one that was asked for is shown again.
 */
import type { Bucket, Place } from '../../core/model.ts';
import type { S3Services } from './s3-call.ts';
import { S3Error } from './s3-errors.ts';
import type { S3Flavour } from './s3-flavours.ts';

/** The bucket's document with the class that its creator asked for; absent: `standard`. */
const CLASS_DOCUMENT = 'storage-class';
const DEFAULT_CLASS = 'standard';
const classes: ReadonlySet<string> = new Set([
  'standard',
  'vault',
  'cold',
  'smart',
  'onerate_active',
  'flex',
]);

export interface AskedLocation {
  readonly documents: Bucket['documents'];
}

/** `text`: empty when the request names none. Throws InvalidLocationConstraint and IllegalLocationConstraintException. */
export function readLocation(
  text: string,
  place: Place,
  flavour: S3Flavour,
  services: Pick<S3Services, 'isNameOfPlace' | 'isNameOfOtherPlace'>,
): AskedLocation {
  const { region, storageClass } =
    flavour.location === 'place-and-class' ? splitClass(text) : { region: text };
  if (region !== '' && !services.isNameOfPlace(region, place)) {
    throw services.isNameOfOtherPlace(region)
      ? new S3Error('IllegalLocationConstraintException', {}, illegalLocation(text))
      : new S3Error('InvalidLocationConstraint', { LocationConstraint: text });
  }
  return { documents: storageClass === undefined ? {} : { [CLASS_DOCUMENT]: storageClass } };
}

/** `us-south` alone is what no client of IBM's sends, and can only mean the default class. */
function splitClass(text: string): { readonly region: string; readonly storageClass?: string } {
  const dash = text.lastIndexOf('-');
  const storageClass = text.slice(dash + 1).toLowerCase();
  if (dash <= 0 || !classes.has(storageClass)) return { region: text };
  return { region: text.slice(0, dash), storageClass };
}

export function ibmLocationOf({ place, documents }: Bucket, services: Pick<S3Services, 'ibmNameOf'>): string {
  return `${services.ibmNameOf(place)}-${documents[CLASS_DOCUMENT] ?? DEFAULT_CLASS}`;
}

function illegalLocation(location: string): string {
  return `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`;
}
