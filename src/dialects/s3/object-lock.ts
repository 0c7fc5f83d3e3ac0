/**
 * S3 object lock on the wire: `x-amz-object-lock-*` headers, and the documents of retentions and of a bucket's default. What a
 * lock means stands in the core (`protection.ts`).
 *
 * Amazon S3 API Reference, "PutObject", "PutObjectRetention", "PutObjectLockConfiguration"; Amazon S3 User Guide, "Locking
 * objects with Object Lock". Dates are ISO 8601 and shown to the millisecond.
 */
import type {
  BucketLock,
  ObjectVersion,
  Protection,
  RetainUntil,
  Retention,
  VersionId,
} from '../../core/model.ts';
import type { ProtectionRequest, RetentionRequest } from '../../core/protection.ts';
import { formatIsoDate } from '../../lib/iso-date.ts';
import { element, parent } from '../../lib/xml-writer.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { declaredChecksum } from './checksum-headers.ts';
import { optional, readXml, required, xmlInteger, xmlObject, xmlToken } from './parse-xml.ts';
import type { S3Call } from './s3-call.ts';
import { invalidArgument, S3Error } from './s3-errors.ts';

const MODE_HEADER = 'x-amz-object-lock-mode';
const UNTIL_HEADER = 'x-amz-object-lock-retain-until-date';
const HOLD_HEADER = 'x-amz-object-lock-legal-hold';
const BYPASS_HEADER = 'x-amz-bypass-governance-retention';
/** A hundred years, as NHN bounds it (nhn-openstack.md, section 20). */
const DAYS_MAX = 36_500;
const YEARS_MAX = 100;
/** What a retention without end is shown as where only a date can be. */
const FAR_DATE = '9999-12-31T23:59:59.000Z';
const ISO_DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

type S3Mode = 'GOVERNANCE' | 'COMPLIANCE';

const modes: Readonly<Record<S3Mode, 'governance' | 'compliance'>> = {
  GOVERNANCE: 'governance',
  COMPLIANCE: 'compliance',
};

function modeOf(text: string): 'governance' | 'compliance' | undefined {
  return text === 'GOVERNANCE' || text === 'COMPLIANCE' ? modes[text] : undefined;
}

/** Microseconds; undefined for what is no date in ISO 8601. */
export function parseIsoDate(text: string): number | undefined {
  const millis = ISO_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(millis) ? millis * 1000 : undefined;
}

function dateOf(until: RetainUntil): string {
  return typeof until === 'number' ? formatIsoDate(Math.floor(until / 1000)) : FAR_DATE;
}

/** As a part of what an object is made with. Throws InvalidArgument. */
export function readLock({ request }: Pick<S3Call, 'request'>): { readonly protection?: ProtectionRequest } {
  const protection = readLockHeaders(request.headers);
  return protection === undefined ? {} : { protection };
}

/** Of a request that makes an object; undefined when it asks for no lock. Throws InvalidArgument. */
function readLockHeaders(headers: WireHeaders): ProtectionRequest | undefined {
  const retention = readRetentionHeaders(headers.get(MODE_HEADER), headers.get(UNTIL_HEADER));
  const hold = headers.get(HOLD_HEADER);
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
    throw invalidArgument(HOLD_HEADER, hold, 'Legal Hold must be either of ON or OFF');
  }
  if (retention === undefined && hold === undefined) return undefined;
  return {
    ...(retention !== undefined && { retention }),
    ...(hold !== undefined && { legalHold: hold === 'ON' }),
  };
}

function readRetentionHeaders(
  mode: string | undefined,
  until: string | undefined,
): RetentionRequest | undefined {
  if (mode === undefined && until === undefined) return undefined;
  if (mode === undefined || until === undefined) {
    throw invalidArgument(
      mode === undefined ? MODE_HEADER : UNTIL_HEADER,
      '',
      `${UNTIL_HEADER} and ${MODE_HEADER} must both be supplied`,
    );
  }
  const known = modeOf(mode);
  if (known === undefined) throw invalidArgument(MODE_HEADER, mode, 'Unknown wormMode directive.');
  const micros = parseIsoDate(until);
  if (micros === undefined) {
    throw invalidArgument(UNTIL_HEADER, until, 'The retain until date must be provided in ISO 8601 format');
  }
  return { mode: known, until: { kind: 'at', micros } };
}

/**
 * A body that will be locked must be proven to be what was meant (Amazon S3 API Reference, "PutObject", Content-MD5). Containers
 * made by Swift, which have no versions, do not ask for it. Throws InvalidRequest.
 */
export function confirmLockedBody(call: S3Call, asked: ProtectionRequest | undefined): void {
  const { lock, versioning } = call.bucket;
  const isByDefault =
    lock?.kind === 'object-lock' && lock.default !== undefined && versioning !== 'unversioned';
  if (asked === undefined && !isByDefault) return;
  const { headers } = call.request;
  if (headers.has('content-md5') || declaredChecksum(headers, call.body.trailerNames) !== undefined) return;
  const message =
    'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters';
  throw new S3Error('InvalidRequest', {}, message);
}

/**
 * Making a locked object takes a bucket with object lock and the permissions to lock one (the same, "PutObject",
 * permissions). Throws AccessDenied and InvalidRequest.
 */
export function confirmLocking(
  call: Pick<S3Call, 'decideOn' | 'key' | 'bucket'>,
  asked: ProtectionRequest | undefined,
): void {
  if (asked === undefined) return;
  if (asked.retention !== undefined) confirm(call, 'object:write-retention');
  if (asked.legalHold !== undefined) confirm(call, 'object:write-legal-hold');
  confirmObjectLock(call.bucket);
}

function confirm(
  call: Pick<S3Call, 'decideOn' | 'key'>,
  action: 'object:write-retention' | 'object:write-legal-hold',
): void {
  if (!call.decideOn(action, call.key, undefined).allowed) throw new S3Error('AccessDenied');
}

/** Whether governance is to be bypassed: asked for, and allowed. Who may not is refused by the lock alone. */
export function bypassesGovernance(
  call: Pick<S3Call, 'request' | 'decideOn'>,
  key: string,
  versionId: VersionId | undefined,
): boolean {
  if (call.request.headers.get(BYPASS_HEADER)?.toLowerCase() !== 'true') return false;
  return call.decideOn('object:bypass-governance', key, versionId).allowed;
}

/** Of GET and HEAD, to those who may read the lock itself (the same, "GetObject"). */
export function pushLockHeaders(headers: string[], { protection }: ObjectVersion, call: S3Call): void {
  if (protection === undefined) return;
  const { retention, legalHold } = protection;
  const versionId = call.query.get('versionId');
  if (retention !== undefined && call.decideOn('object:read-retention', call.key, versionId).allowed) {
    headers.push(MODE_HEADER, shownMode(retention), UNTIL_HEADER, dateOf(retention.until));
  }
  if (legalHold !== undefined && call.decideOn('object:read-legal-hold', call.key, versionId).allowed) {
    headers.push(HOLD_HEADER, shownHold(legalHold));
  }
}

function shownMode({ mode }: Retention): S3Mode {
  return mode === 'governance' ? 'GOVERNANCE' : 'COMPLIANCE';
}

function shownHold(isOn: boolean): 'ON' | 'OFF' {
  return isOn ? 'ON' : 'OFF';
}

/** Locks of single versions exist in buckets with object lock only. Throws InvalidRequest. */
export function confirmObjectLock({ lock }: { readonly lock?: BucketLock }): void {
  if (lock?.kind === 'object-lock') return;
  throw new S3Error('InvalidRequest', {}, 'Bucket is missing Object Lock Configuration');
}

/** What the version has of it. Throws NoSuchObjectLockConfiguration. */
export function presentLock<T>(part: (protection: Protection) => T | undefined, version: ObjectVersion): T {
  const found = version.protection === undefined ? undefined : part(version.protection);
  if (found === undefined) throw new S3Error('NoSuchObjectLockConfiguration', { Key: version.key });
  return found;
}

const retentionDocument = xmlObject({ Mode: optional(xmlToken), RetainUntilDate: optional(xmlToken) });

/** Null for an empty document, which takes the retention away. Throws MalformedXML and MissingRequestBodyError. */
export function readRetentionDocument(body: Buffer): RetentionRequest | null {
  if (body.length === 0) throw new S3Error('MissingRequestBodyError');
  const { Mode: text, RetainUntilDate: date } = readXml(body, 'Retention', retentionDocument);
  if (text === undefined && date === undefined) return null;
  const mode = modeOf(text ?? '');
  const micros = parseIsoDate(date ?? '');
  if (mode === undefined || micros === undefined) throw new S3Error('MalformedXML');
  return { mode, until: { kind: 'at', micros } };
}

export function retentionXml(retention: Retention): string {
  return element('Mode', shownMode(retention)) + element('RetainUntilDate', dateOf(retention.until));
}

const legalHoldDocument = xmlObject({ Status: required(xmlToken) });

/** Whether it is to be on. Throws MalformedXML and MissingRequestBodyError. */
export function readLegalHoldDocument(body: Buffer): boolean {
  if (body.length === 0) throw new S3Error('MissingRequestBodyError');
  const { Status: status } = readXml(body, 'LegalHold', legalHoldDocument);
  if (status !== 'ON' && status !== 'OFF') throw new S3Error('MalformedXML');
  return status === 'ON';
}

export function legalHoldXml(isOn: boolean): string {
  return element('Status', shownHold(isOn));
}

const lockDocument = xmlObject({
  ObjectLockEnabled: required(xmlToken),
  Rule: optional(
    xmlObject({
      DefaultRetention: required(
        xmlObject({ Mode: required(xmlToken), Days: optional(xmlInteger), Years: optional(xmlInteger) }),
      ),
    }),
  ),
});

/** Throws MalformedXML, MissingRequestBodyError, InvalidRetentionPeriod and InvalidArgument. */
export function readLockDocument(body: Buffer): BucketLock {
  if (body.length === 0) throw new S3Error('MissingRequestBodyError');
  const { ObjectLockEnabled: enabled, Rule: rule } = readXml(body, 'ObjectLockConfiguration', lockDocument);
  if (enabled !== 'Enabled') throw new S3Error('MalformedXML');
  if (rule === undefined) return { kind: 'object-lock' };
  const { Mode, Days: days, Years: years } = rule.DefaultRetention;
  const mode = modeOf(Mode);
  if (mode === undefined || (days === undefined) === (years === undefined)) throw new S3Error('MalformedXML');
  const [unit, count, max] =
    days === undefined ? (['years', years ?? 0, YEARS_MAX] as const) : (['days', days, DAYS_MAX] as const);
  if (count <= 0) throw new S3Error('InvalidRetentionPeriod');
  if (count > max) {
    const name = unit === 'days' ? 'Days' : 'Years';
    throw invalidArgument(name, `${count}`, 'Default retention period is too large');
  }
  return { kind: 'object-lock', default: { mode, unit, count } };
}

/** A default of no days, as a WORM container of Swift may have it, is none here. */
export function lockXml({ default: rule }: Extract<BucketLock, { readonly kind: 'object-lock' }>): string {
  const enabled = element('ObjectLockEnabled', 'Enabled');
  if (rule === undefined || rule.count === 0) return enabled;
  const { mode, unit, count } = rule;
  const period = element(unit === 'days' ? 'Days' : 'Years', `${count}`);
  const shown = element('Mode', mode === 'governance' ? 'GOVERNANCE' : 'COMPLIANCE') + period;
  return enabled + parent('Rule', parent('DefaultRetention', shown));
}
