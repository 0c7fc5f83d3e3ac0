/** What GetBucketLifecycleConfiguration shows, and the header that tells when an object expires. */
import {
  firstExpiry,
  type LifecycleFilter,
  type LifecycleRule,
  lifecycleOf,
  lifecycleTextOf,
} from '../../core/lifecycle/lifecycle-rules.ts';
import type { ObjectVersion } from '../../core/model.ts';
import { formatHttpDate } from '../../lib/http-date.ts';
import { formatIsoDate } from '../../lib/iso-date.ts';
import { encodeStrict } from '../../lib/percent-encoding.ts';
import { element, optionalElement, parent } from '../../lib/xml-writer.ts';
import type { S3Call } from './s3-call.ts';

/** The content of the document. */
export function lifecycleXml(rules: readonly LifecycleRule[]): string {
  return rules.map((rule) => parent('Rule', ruleXml(rule))).join('');
}

function ruleXml({ id, isEnabled, filter, expiration, noncurrent, abortUploadDays }: LifecycleRule): string {
  let xml = element('ID', id) + filterXml(filter) + element('Status', isEnabled ? 'Enabled' : 'Disabled');
  if (expiration?.kind === 'days') xml += parent('Expiration', element('Days', `${expiration.days}`));
  if (expiration?.kind === 'date') {
    xml += parent('Expiration', element('Date', formatIsoDate(expiration.micros / 1000)));
  }
  if (expiration?.kind === 'delete-markers') {
    xml += parent('Expiration', element('ExpiredObjectDeleteMarker', 'true'));
  }
  if (noncurrent !== undefined) {
    const { days, newerVersions } = noncurrent;
    const newer = newerVersions === undefined ? undefined : `${newerVersions}`;
    xml += parent(
      'NoncurrentVersionExpiration',
      element('NoncurrentDays', `${days}`) + optionalElement('NewerNoncurrentVersions', newer),
    );
  }
  if (abortUploadDays !== undefined) {
    xml += parent('AbortIncompleteMultipartUpload', element('DaysAfterInitiation', `${abortUploadDays}`));
  }
  return xml;
}

function filterXml({ prefix, tags, sizeGreaterThan, sizeLessThan, form }: LifecycleFilter): string {
  if (form === 'prefix') return element('Prefix', prefix ?? '');
  const number = (value: number | undefined) => (value === undefined ? undefined : `${value}`);
  const parts =
    optionalElement('Prefix', prefix) +
    tags.map(([key, value]) => parent('Tag', element('Key', key) + element('Value', value))).join('') +
    optionalElement('ObjectSizeGreaterThan', number(sizeGreaterThan)) +
    optionalElement('ObjectSizeLessThan', number(sizeLessThan));
  return parent('Filter', form === 'and' ? parent('And', parts) : parts);
}

/**
 * Of writes, GET and HEAD: the rule by which a current object expires first (Amazon S3 API Reference, "GetObject"), or the moment
 * that was set through Swift (nhn-openstack.md, section 18).
 */
export function pushExpiration(
  headers: string[],
  version: ObjectVersion,
  { bucket, key, lifecycleDayMicros }: Pick<S3Call, 'bucket' | 'key' | 'lifecycleDayMicros'>,
): void {
  const { expiresAtMicros } = version;
  if (!version.isLatest || (expiresAtMicros === undefined && lifecycleTextOf(bucket) === undefined)) return;
  const { size, metadata, sequence: createdAtMicros } = version;
  const byRule = firstExpiry(
    lifecycleOf(bucket),
    key,
    { size, metadata, createdAtMicros },
    lifecycleDayMicros,
  );
  const own = expiresAtMicros === undefined ? undefined : { ruleId: 'X-Delete-At', micros: expiresAtMicros };
  const first = own !== undefined && own.micros <= (byRule?.micros ?? own.micros) ? own : byRule;
  if (first === undefined) return;
  const date = formatHttpDate(first.micros);
  headers.push('x-amz-expiration', `expiry-date="${date}", rule-id="${encodeStrict(first.ruleId)}"`);
}
