/**
 * Tags of objects and buckets: read from documents and from `x-amz-tagging`, kept as the document `tagging` of what they
 * are on, shown in the order of their keys (a set has none).
 *
 * Limits and characters: Amazon S3 User Guide, "Categorizing your objects using tags", and "Using cost allocation S3 bucket
 * tags". Each tag is judged before their number is, as AWS does. Lengths are in UTF-16 units.
 */
import { TAGGING_DOCUMENT, tagPairsOf } from '../../core/object-tags.ts';
import { decodeFormComponent, PercentEncodingError } from '../../lib/percent-encoding.ts';
import { element, parent } from '../../lib/xml-writer.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { many, readXml, required, xmlObject, xmlText } from './parse-xml.ts';
import type { S3Call } from './s3-call.ts';
import { invalidArgument, S3Error } from './s3-errors.ts';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export type TagSet = readonly Tag[];

export type TaggedThing = 'object' | 'bucket';

/** 50 tags at their longest, in XML with references for every character. */
export const TAGGING_BODY_BYTES_MAX = 512 * 1024;

const TAGGING_HEADER = 'x-amz-tagging';
const KEY_UNITS_MAX = 128;
const VALUE_UNITS_MAX = 256;
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const countLimits: Readonly<Record<TaggedThing, { readonly max: number; readonly message: string }>> = {
  object: { max: 10, message: 'Object tags cannot be greater than 10' },
  bucket: { max: 50, message: 'Bucket tag count cannot be greater than 50' },
};

export const tagElements = many(xmlObject({ Key: required(xmlText), Value: required(xmlText) }));

const tagging = xmlObject({ TagSet: required(xmlObject({ Tag: tagElements })) });

/** Throws MissingRequestBodyError, MalformedXML, and as `checkTags`. */
export function readTagDocument(body: Buffer, thing: TaggedThing): TagSet {
  if (body.length === 0) throw new S3Error('MissingRequestBodyError');
  const { TagSet } = readXml(body, 'Tagging', tagging);
  return checkTags(
    TagSet.Tag.map(({ Key: key, Value: value }) => ({ key, value })),
    thing,
  );
}

/**
 * Of a request that makes an object; none when it asks for none. Throws InvalidArgument,
 * and as `checkTags`.
 */
export function readTagHeader({ request }: { readonly request: Pick<WireRequest, 'headers'> }): TagSet {
  const text = request.headers.get(TAGGING_HEADER);
  if (text === undefined || text === '') return [];
  const tags = text.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    const [key, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    return { key: decodeOrRefuse(key, text), value: decodeOrRefuse(value, text) };
  });
  if (hasRepeatedKeys(tags)) throw malformedHeader(text);
  return checkTags(tags, 'object');
}

function decodeOrRefuse(encoded: string, header: string): string {
  try {
    return decodeFormComponent(encoded);
  } catch (error) {
    if (error instanceof PercentEncodingError) throw malformedHeader(header);
    throw error;
  }
}

function malformedHeader(text: string): S3Error {
  return invalidArgument(
    TAGGING_HEADER,
    text,
    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
  );
}

/** Making an object with tags takes the permission to set them, too (Amazon S3 API Reference, "PutObject"). Throws AccessDenied. */
export function confirmTagging(call: Pick<S3Call, 'decideOn' | 'key'>, tags: TagSet): void {
  if (tags.length === 0) return;
  if (!call.decideOn('object:write-tagging', call.key, undefined).allowed) throw new S3Error('AccessDenied');
}

/** The tags in order. Throws InvalidTag, and BadRequest when there are too many. */
export function checkTags(tags: TagSet, thing: TaggedThing): TagSet {
  for (const { key, value } of tags) {
    if (key === '' || key.length > KEY_UNITS_MAX || !ALLOWED.test(key)) {
      throw new S3Error('InvalidTag', { TagKey: key }, 'The TagKey you have provided is invalid');
    }
    if (value.length > VALUE_UNITS_MAX || !ALLOWED.test(value)) {
      const message = 'The TagValue you have provided is invalid';
      throw new S3Error('InvalidTag', { TagKey: key, TagValue: value }, message);
    }
    if (key.toLowerCase().startsWith('aws:')) {
      throw new S3Error('InvalidTag', { TagKey: key }, 'System tags cannot be added/updated by requester');
    }
  }
  if (hasRepeatedKeys(tags)) {
    throw new S3Error('InvalidTag', {}, 'Cannot provide multiple Tags with the same key');
  }
  const { max, message } = countLimits[thing];
  if (tags.length > max) throw new S3Error('BadRequest', {}, message);
  return tags.toSorted((left, right) => (left.key < right.key ? -1 : 1));
}

function hasRepeatedKeys(tags: TagSet): boolean {
  return new Set(tags.map(({ key }) => key)).size < tags.length;
}

/** What to store; null when there is nothing to store. */
export function encodeTagSet(tags: TagSet): string | null {
  return tags.length === 0 ? null : JSON.stringify(tags.map(({ key, value }) => [key, value]));
}

/** As a part of what an object or bucket is made with. */
export function tagDocuments(tags: TagSet): Readonly<Record<string, string>> {
  const document = encodeTagSet(tags);
  return document === null ? {} : { [TAGGING_DOCUMENT]: document };
}

export function tagsOf(documents: Readonly<Record<string, string>>): TagSet {
  return tagPairsOf(documents).map(([key, value]) => ({ key, value }));
}

/** Value by key, as conditions ask for it. */
export function tagRecord(tags: TagSet): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

/** The content of a `Tagging` document. */
export function tagSetXml(tags: TagSet): string {
  const rows = tags.map(({ key, value }) => parent('Tag', element('Key', key) + element('Value', value)));
  return `<TagSet>${rows.join('')}</TagSet>`;
}
