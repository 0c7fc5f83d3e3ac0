/** Object lock of buckets, and retentions and legal holds of objects. */
import { isCode } from '../api/api-error.ts';
import { parseXml, textOf } from '../api/read-xml.ts';
import { sendRequest } from '../api/send-request.ts';
import { type BucketAddress, bucketPath, type ObjectAddress, objectPath } from './s3-address.ts';
import { readXmlAt, writeXml } from './s3-configuration.ts';

/** `` for none. */
export type LockMode = '' | 'GOVERNANCE' | 'COMPLIANCE';

export interface BucketLock {
  readonly isOn: boolean;
  /** Of new objects that name none. */
  readonly mode: LockMode;
  readonly count: string;
  readonly unit: 'Days' | 'Years';
}

export async function readBucketLock(address: BucketAddress): Promise<BucketLock> {
  try {
    const document = await readXmlAt(bucketPath(address, { 'object-lock': '' }));
    const years = textOf(document, 'Years');
    return {
      isOn: true,
      mode: modeIn(document),
      count: years === '' ? textOf(document, 'Days') : years,
      unit: years === '' ? 'Days' : 'Years',
    };
  } catch (error) {
    if (isCode(error, 'ObjectLockConfigurationNotFoundError')) {
      return { isOn: false, mode: '', count: '', unit: 'Days' };
    }
    throw error;
  }
}

export async function writeBucketLock(
  address: BucketAddress,
  { mode, count, unit }: BucketLock,
): Promise<void> {
  const retention = `<Mode>${mode}</Mode><${unit}>${Number(count)}</${unit}>`;
  const rule = mode === '' ? '' : `<Rule><DefaultRetention>${retention}</DefaultRetention></Rule>`;
  const body = `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}</ObjectLockConfiguration>`;
  await writeXml(bucketPath(address, { 'object-lock': '' }), body);
}

export interface ObjectRetention {
  readonly mode: LockMode;
  /** ISO 8601; `` for none. */
  readonly until: string;
}

export interface ObjectLock extends ObjectRetention {
  readonly isHeld: boolean;
}

/** Undefined: the bucket has no object lock. */
export async function readObjectLock(address: ObjectAddress): Promise<ObjectLock | undefined> {
  try {
    const retention = await readPart(objectPath(address, { retention: '' }));
    const hold = await readPart(objectPath(address, { 'legal-hold': '' }));
    return {
      mode: retention === undefined ? '' : modeIn(retention),
      until: retention === undefined ? '' : textOf(retention, 'RetainUntilDate'),
      isHeld: hold !== undefined && textOf(hold, 'Status') === 'ON',
    };
  } catch (error) {
    if (isCode(error, 'InvalidRequest')) return undefined;
    throw error;
  }
}

async function readPart(path: string): Promise<Document | undefined> {
  try {
    return parseXml(await (await sendRequest(path)).text());
  } catch (error) {
    if (isCode(error, 'NoSuchObjectLockConfiguration')) return undefined;
    throw error;
  }
}

/** No mode takes it away. `bypass`: also what governance keeps, for who may. */
export async function writeRetention(
  address: ObjectAddress,
  { mode, until }: ObjectRetention,
  bypass: boolean,
): Promise<void> {
  const date = mode === '' ? '' : new Date(until).toISOString();
  const body =
    mode === ''
      ? '<Retention/>'
      : `<Retention><Mode>${mode}</Mode><RetainUntilDate>${date}</RetainUntilDate></Retention>`;
  const headers: Record<string, string> = bypass ? { 'x-amz-bypass-governance-retention': 'true' } : {};
  await writeXml(objectPath(address, { retention: '' }), body, headers);
}

export async function writeLegalHold(address: ObjectAddress, isHeld: boolean): Promise<void> {
  const body = `<LegalHold><Status>${isHeld ? 'ON' : 'OFF'}</Status></LegalHold>`;
  await writeXml(objectPath(address, { 'legal-hold': '' }), body);
}

function modeIn(document: Document): LockMode {
  const mode = textOf(document, 'Mode');
  return mode === 'GOVERNANCE' || mode === 'COMPLIANCE' ? mode : '';
}
