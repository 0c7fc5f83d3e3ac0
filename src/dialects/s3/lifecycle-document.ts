/**
 * The LifecycleConfiguration document (Amazon S3 API Reference, "PutBucketLifecycleConfiguration"; Amazon S3 User Guide,
 * "Lifecycle configuration elements"): up to 1,000 rules, each with a filter and at least one action. There is one storage class
 * here, so that a transition is refused, never ignored: who asks for a cheaper class must not believe to be in it.
 */
import type {
  LifecycleExpiration,
  LifecycleFilter,
  LifecycleRule,
} from '../../core/lifecycle/lifecycle-rules.ts';
import { digestOf } from '../../lib/digests.ts';
import { parseIsoDate } from './object-lock.ts';
import {
  many,
  optional,
  readXml,
  required,
  xmlBoolean,
  xmlInteger,
  xmlObject,
  xmlText,
  xmlToken,
} from './parse-xml.ts';
import { S3Error } from './s3-errors.ts';
import { checkTags } from './tag-set.ts';

/** 1,000 rules with ids, prefixes and tags at their longest would be more; AWS names no limit. Ours. */
export const LIFECYCLE_BODY_BYTES_MAX = 2 * 1024 * 1024;

const RULES_MAX = 1000;
const ID_UNITS_MAX = 255;
const NEWER_VERSIONS_MAX = 100;
const DAY_MICROS = 86_400_000_000;

const tag = xmlObject({ Key: required(xmlText), Value: required(xmlText) });
const transitions = many(
  xmlObject({
    Date: optional(xmlToken),
    Days: optional(xmlInteger),
    NoncurrentDays: optional(xmlInteger),
    NewerNoncurrentVersions: optional(xmlInteger),
    StorageClass: required(xmlToken),
  }),
);

const filterParts = {
  Prefix: optional(xmlText),
  ObjectSizeGreaterThan: optional(xmlInteger),
  ObjectSizeLessThan: optional(xmlInteger),
};

const configuration = xmlObject({
  Rule: many(
    xmlObject({
      ID: optional(xmlText),
      Status: required(xmlToken),
      Prefix: optional(xmlText),
      Filter: optional(
        xmlObject({
          ...filterParts,
          Tag: optional(tag),
          And: optional(xmlObject({ ...filterParts, Tag: many(tag) })),
        }),
      ),
      Expiration: optional(
        xmlObject({
          Date: optional(xmlToken),
          Days: optional(xmlInteger),
          ExpiredObjectDeleteMarker: optional(xmlBoolean),
        }),
      ),
      NoncurrentVersionExpiration: optional(
        xmlObject({
          NoncurrentDays: optional(xmlInteger),
          NewerNoncurrentVersions: optional(xmlInteger),
        }),
      ),
      AbortIncompleteMultipartUpload: optional(xmlObject({ DaysAfterInitiation: required(xmlInteger) })),
      Transition: transitions,
      NoncurrentVersionTransition: transitions,
    }),
  ),
});

type RuleElement = ReturnType<typeof configuration>['Rule'][number];

/** Throws MissingRequestBodyError, MalformedXML, InvalidArgument, InvalidRequest, InvalidTag and NotImplemented. */
export function readLifecycleDocument(body: Buffer): readonly LifecycleRule[] {
  if (body.length === 0) throw new S3Error('MissingRequestBodyError');
  const { Rule: elements } = readXml(body, 'LifecycleConfiguration', configuration);
  if (elements.length === 0 || elements.length > RULES_MAX) throw new S3Error('MalformedXML');
  const rules = elements.map(readRule);
  if (new Set(rules.map(({ id }) => id)).size < rules.length) {
    throw argument('Rule ID must be unique. Found same ID for more than one rule');
  }
  return rules;
}

function readRule(element: RuleElement, index: number): LifecycleRule {
  const { ID: id = '', Status: status } = element;
  if (id.length > ID_UNITS_MAX)
    throw argument(`ID length should not exceed allowed limit of ${ID_UNITS_MAX}`);
  if (status !== 'Enabled' && status !== 'Disabled') throw new S3Error('MalformedXML');
  if ((element.Prefix === undefined) === (element.Filter === undefined)) throw new S3Error('MalformedXML');
  checkTransitions(element);
  const unnamed = { isEnabled: status === 'Enabled', filter: readFilter(element), ...readActions(element) };
  const rule: LifecycleRule = { id: id === '' ? nameFor(unnamed, index) : id, ...unnamed };
  checkCombination(rule);
  return rule;
}

/** A rule without an id gets one; the same rule the same one, so that setting rules again changes nothing. */
function nameFor(rule: object, index: number): string {
  return digestOf('SHA256', Buffer.from(`${index} ${JSON.stringify(rule)}`)).toString('base64url');
}

function readFilter({ Prefix, Filter }: RuleElement): LifecycleFilter {
  if (Filter === undefined) return { prefix: Prefix ?? '', tags: [], form: 'prefix' };
  const { And, Tag, ...alone } = Filter;
  const named = [Tag, And, ...Object.values(alone)].filter((part) => part !== undefined);
  if (named.length > 1) throw new S3Error('MalformedXML');
  const parts = And ?? alone;
  const tags = And === undefined ? (Tag === undefined ? [] : [Tag]) : And.Tag;
  if (And !== undefined && countOf(And) < 2) throw new S3Error('MalformedXML');
  const checked = checkTags(
    tags.map(({ Key: key, Value: value }) => ({ key, value })),
    'object',
  );
  const { Prefix: prefix, ObjectSizeGreaterThan: sizeGreaterThan, ObjectSizeLessThan: sizeLessThan } = parts;
  if ((sizeGreaterThan ?? 0) < 0 || (sizeLessThan ?? 1) < 1) {
    throw argument('ObjectSizeGreaterThan and ObjectSizeLessThan must not be negative');
  }
  if (sizeGreaterThan !== undefined && sizeLessThan !== undefined && sizeLessThan <= sizeGreaterThan) {
    throw argument('ObjectSizeLessThan must be greater than ObjectSizeGreaterThan');
  }
  return {
    ...(prefix !== undefined && { prefix }),
    tags: checked.map(({ key, value }) => [key, value] as const),
    ...(sizeGreaterThan !== undefined && { sizeGreaterThan }),
    ...(sizeLessThan !== undefined && { sizeLessThan }),
    form: And === undefined ? 'filter' : 'and',
  };
}

function countOf({ Tag, ...parts }: { readonly Tag: readonly unknown[] } & Record<string, unknown>): number {
  return Tag.length + Object.values(parts).filter((part) => part !== undefined).length;
}

function readActions(
  element: RuleElement,
): Pick<LifecycleRule, 'expiration' | 'noncurrent' | 'abortUploadDays'> {
  const { Expiration, NoncurrentVersionExpiration: older, AbortIncompleteMultipartUpload: abort } = element;
  const expiration = Expiration === undefined ? undefined : readExpiration(Expiration);
  if (older !== undefined) {
    const { NoncurrentDays: days, NewerNoncurrentVersions: newer = 1 } = older;
    if (days === undefined) throw new S3Error('MalformedXML');
    positive(days, 'NoncurrentDays', 'NoncurrentVersionExpiration');
    if (newer < 1 || newer > NEWER_VERSIONS_MAX) {
      throw argument(`'NewerNoncurrentVersions' must be between 1 and ${NEWER_VERSIONS_MAX}`);
    }
  }
  if (abort !== undefined) {
    positive(abort.DaysAfterInitiation, 'DaysAfterInitiation', 'AbortIncompleteMultipartUpload');
  }
  const newerVersions = older?.NewerNoncurrentVersions;
  return {
    ...(expiration !== undefined && { expiration }),
    ...(older?.NoncurrentDays !== undefined && {
      noncurrent: { days: older.NoncurrentDays, ...(newerVersions !== undefined && { newerVersions }) },
    }),
    ...(abort !== undefined && { abortUploadDays: abort.DaysAfterInitiation }),
  };
}

function readExpiration(element: NonNullable<RuleElement['Expiration']>): LifecycleExpiration {
  const { Date: date, Days: days, ExpiredObjectDeleteMarker: ofMarkers } = element;
  if ([date, days, ofMarkers].filter((part) => part !== undefined).length !== 1)
    throw new S3Error('MalformedXML');
  if (days !== undefined) {
    positive(days, 'Days', 'Expiration');
    return { kind: 'days', days };
  }
  if (date !== undefined) return { kind: 'date', micros: midnightOf(date) };
  if (ofMarkers !== true) throw new S3Error('MalformedXML');
  return { kind: 'delete-markers' };
}

function midnightOf(text: string): number {
  const micros = parseIsoDate(text);
  if (micros === undefined) throw argument("'Date' must be in ISO 8601 format");
  if (micros % DAY_MICROS !== 0) throw argument("'Date' must be at midnight GMT");
  return micros;
}

function positive(days: number, name: string, action: string): void {
  if (days > 0) return;
  throw argument(`'${name}' for ${action} action must be a positive integer`);
}

/** What is wrong in a transition is said first, as the form of the document is. */
function checkTransitions({ Transition, NoncurrentVersionTransition }: RuleElement): void {
  for (const { Date: date } of Transition) if (date !== undefined) midnightOf(date);
  if (Transition.length === 0 && NoncurrentVersionTransition.length === 0) return;
  throw new S3Error('NotImplemented', {
    AdditionalMessage: 'There is no storage class but STANDARD: transitions are not implemented.',
  });
}

function checkCombination({ filter, expiration, noncurrent, abortUploadDays }: LifecycleRule): void {
  if (expiration === undefined && noncurrent === undefined && abortUploadDays === undefined) {
    throw new S3Error('InvalidRequest', {}, 'At least one action needs to be specified in a rule');
  }
  const isByContent =
    filter.tags.length > 0 || filter.sizeGreaterThan !== undefined || filter.sizeLessThan !== undefined;
  if (!isByContent) return;
  const refused = [
    abortUploadDays === undefined ? undefined : 'AbortIncompleteMultipartUpload',
    expiration?.kind === 'delete-markers' ? 'ExpiredObjectDeleteMarker' : undefined,
  ].find((name) => name !== undefined);
  if (refused === undefined) return;
  const what = filter.tags.length > 0 ? 'Tags' : 'Object Size';
  throw new S3Error('InvalidRequest', {}, `${refused} cannot be specified with ${what}.`);
}

function argument(message: string): S3Error {
  return new S3Error('InvalidArgument', {}, message);
}
