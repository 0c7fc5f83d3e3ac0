/** Lifecycle rules as a form holds them: what is left empty is not in the rule. */
import { isCode } from '../api/api-error.ts';
import { childrenOf, childText, elementsOf, escapeXml, textOf } from '../api/read-xml.ts';
import { sendRequest } from '../api/send-request.ts';
import { type BucketAddress, bucketPath } from './s3-address.ts';
import { readXmlAt, type TagPairs, writeXml } from './s3-configuration.ts';

export type Expiry = 'never' | 'days' | 'date' | 'markers';

export interface LifecycleRule {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly prefix: string;
  readonly tags: TagPairs;
  /** Bytes. */
  readonly sizeAbove: string;
  readonly sizeBelow: string;
  readonly expiry: Expiry;
  readonly days: string;
  /** `2027-01-31`. */
  readonly date: string;
  readonly olderDays: string;
  /** Noncurrent versions that stay. */
  readonly olderKept: string;
  readonly abortDays: string;
}

export const newRule: LifecycleRule = {
  id: '',
  isEnabled: true,
  prefix: '',
  tags: [],
  sizeAbove: '',
  sizeBelow: '',
  expiry: 'days',
  days: '30',
  date: '',
  olderDays: '',
  olderKept: '',
  abortDays: '',
};

export async function readLifecycle(address: BucketAddress): Promise<readonly LifecycleRule[]> {
  try {
    return elementsOf(await readXmlAt(bucketPath(address, { lifecycle: '' })), 'Rule').map(ruleOf);
  } catch (error) {
    if (isCode(error, 'NoSuchLifecycleConfiguration')) return [];
    throw error;
  }
}

/** None removes the configuration. */
export async function writeLifecycle(address: BucketAddress, rules: readonly LifecycleRule[]): Promise<void> {
  const path = bucketPath(address, { lifecycle: '' });
  if (rules.length === 0) await sendRequest(path, { method: 'DELETE' });
  else
    await writeXml(path, `<LifecycleConfiguration>${rules.map(ruleXml).join('')}</LifecycleConfiguration>`);
}

function ruleOf(element: Element): LifecycleRule {
  const [expiration] = childrenOf(element, 'Expiration');
  const [days, date] = expiration ? [childText(expiration, 'Days'), childText(expiration, 'Date')] : ['', ''];
  return {
    id: childText(element, 'ID'),
    isEnabled: childText(element, 'Status') === 'Enabled',
    prefix: textOf(element, 'Prefix'),
    tags: elementsOf(element, 'Tag').map((tag) => [childText(tag, 'Key'), childText(tag, 'Value')]),
    sizeAbove: textOf(element, 'ObjectSizeGreaterThan'),
    sizeBelow: textOf(element, 'ObjectSizeLessThan'),
    expiry: expiration === undefined ? 'never' : days !== '' ? 'days' : date !== '' ? 'date' : 'markers',
    days,
    date: date.slice(0, 'yyyy-mm-dd'.length),
    olderDays: textOf(element, 'NoncurrentDays'),
    olderKept: textOf(element, 'NewerNoncurrentVersions'),
    abortDays: textOf(element, 'DaysAfterInitiation'),
  };
}

function ruleXml(rule: LifecycleRule): string {
  const { id, isEnabled, expiry, days, date, olderDays, olderKept, abortDays } = rule;
  const expiration = {
    never: '',
    days: part('Days', days.trim()),
    date: part('Date', `${date}T00:00:00Z`),
    markers: part('ExpiredObjectDeleteMarker', 'true'),
  }[expiry];
  const older =
    optionalPart('NoncurrentDays', olderDays) + optionalPart('NewerNoncurrentVersions', olderKept);
  return part(
    'Rule',
    optionalText('ID', id) +
      part('Filter', filterXml(rule)) +
      part('Status', isEnabled ? 'Enabled' : 'Disabled') +
      (expiration === '' ? '' : part('Expiration', expiration)) +
      (older === '' ? '' : part('NoncurrentVersionExpiration', older)) +
      (abortDays.trim() === ''
        ? ''
        : part('AbortIncompleteMultipartUpload', part('DaysAfterInitiation', abortDays.trim()))),
  );
}

/** Several conditions stand in `And`. */
function filterXml({ prefix, tags, sizeAbove, sizeBelow }: LifecycleRule): string {
  const parts = [
    optionalText('Prefix', prefix),
    ...tags.map(([key, value]) => part('Tag', text('Key', key) + text('Value', value))),
    optionalPart('ObjectSizeGreaterThan', sizeAbove),
    optionalPart('ObjectSizeLessThan', sizeBelow),
  ].filter((xml) => xml !== '');
  if (parts.length === 0) return part('Prefix', '');
  return parts.length === 1 ? parts.join('') : part('And', parts.join(''));
}

function part(name: string, xml: string): string {
  return `<${name}>${xml}</${name}>`;
}

function text(name: string, value: string): string {
  return part(name, escapeXml(value));
}

function optionalText(name: string, value: string): string {
  return value === '' ? '' : text(name, value);
}

function optionalPart(name: string, value: string): string {
  return optionalText(name, value.trim());
}
