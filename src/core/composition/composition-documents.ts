/**
 * The documents among an object's metadata by which it takes its bytes from elsewhere. Being metadata, they come and go with it;
 * a record says which of them it has (`composition`), so that reading an ordinary object costs no look into its metadata.
 */
import type { VersionRecord } from '../metadata-records.ts';
import type { AccountId, Composition, ObjectMetadata } from '../model.ts';

const PREFIX_DOCUMENT = 'segment-prefix';
const LINK_DOCUMENT = 'link';

/** All objects of a bucket of the same account and place whose names begin with a prefix. */
export interface PrefixComposition {
  readonly bucket: string;
  readonly prefix: string;
  /** As the client has written both, where that is to be shown. */
  readonly shown?: string;
}

/** Another object of the same place, maybe of another account. */
export interface LinkTarget {
  readonly account: AccountId;
  readonly bucket: string;
  readonly key: string;
  /** The link holds only while the target has this ETag, without quotes. */
  readonly etag?: string;
  /** Size of the target when the link was made, where that was looked up. */
  readonly bytes?: number;
  /** Likewise, of a target in several pieces. */
  readonly joinedMd5?: string;
}

/** For the `documents` of an object that is put or updated. */
export function prefixDocument(composition: PrefixComposition): Record<string, string> {
  return { [PREFIX_DOCUMENT]: JSON.stringify(composition) };
}

export function prefixOf({ documents }: ObjectMetadata): PrefixComposition | undefined {
  const text = documents[PREFIX_DOCUMENT];
  return text === undefined ? undefined : (JSON.parse(text) as PrefixComposition);
}

/** For the `documents` of an object that is put. */
export function linkDocument(target: LinkTarget): Record<string, string> {
  return { [LINK_DOCUMENT]: JSON.stringify(target) };
}

export function linkOf({ documents }: ObjectMetadata): LinkTarget | undefined {
  const text = documents[LINK_DOCUMENT];
  return text === undefined ? undefined : (JSON.parse(text) as LinkTarget);
}

/** For metadata that is replaced by what says nothing of a prefix. */
export function withoutPrefix(metadata: ObjectMetadata): ObjectMetadata {
  const { [PREFIX_DOCUMENT]: _prefix, ...documents } = metadata.documents;
  return { ...metadata, documents };
}

/** For an object that has its bytes itself. */
export function withoutComposition(metadata: ObjectMetadata): ObjectMetadata {
  const { [PREFIX_DOCUMENT]: _prefix, [LINK_DOCUMENT]: _link, ...documents } = metadata.documents;
  return { ...metadata, documents };
}

/** What a record with this metadata must say about its composition. A list of segments is one whatever its metadata is. */
export function compositionFor(
  stored: Composition | undefined,
  { documents }: ObjectMetadata,
): Composition | undefined {
  if (stored === 'segments') return stored;
  if (documents[LINK_DOCUMENT] !== undefined) return 'link';
  return documents[PREFIX_DOCUMENT] === undefined ? undefined : 'prefix';
}

/** The record with what its metadata says about its composition. */
export function withComposition(record: VersionRecord): VersionRecord {
  const composition = compositionFor(record.composition, record.metadata);
  if (composition === record.composition) return record;
  const { composition: _former, ...rest } = record;
  return composition === undefined ? rest : { ...rest, composition };
}
