/**
 * The resource configuration of buckets (ibm-cos.md, section 9.8), by which firewalls and quotas are set. No firewall holds for it, so
 * that whoever has shut themselves out can undo that.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CoreError } from '../../../core/core-errors.ts';
import type { Bucket } from '../../../core/model.ts';
import type { ObjectStore } from '../../../core/object-store.ts';
import { quotaDocument, quotaOf } from '../../../core/quotas.ts';
import type { Action } from '../../../identity/actions.ts';
import { encodeFirewall, FIREWALL_DOCUMENT } from '../../../identity/bucket-firewall.ts';
import { bucketCrn, instanceCrn } from '../../../identity/ibm-crn.ts';
import { defaultInstanceOf } from '../../../identity/ibm-ids.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import {
  firewallDocument,
  firewallIn,
  partIn,
  patchFirewall,
  patchFlags,
  SETTINGS_DOCUMENT,
  settingsIn,
} from '../bucket-settings.ts';
import { type ConfiguredBucket, findConfiguredBucket } from '../configured-bucket.ts';
import { tagOf } from '../entity-tags.ts';
import type { IbmCall, IbmServices } from '../ibm-call.ts';
import { IbmError, invalid } from '../ibm-errors.ts';
import { BODY_BYTES_MAX, type JsonObject, memberOf, parseJson } from '../read-json.ts';
import { jsonResponse } from '../render-json.ts';

/** Versions that are counted for one answer; of a bucket with more, nothing is said about older ones. Ours. */
const VERSIONS_COUNTED_MAX = 100_000;
const VERSIONS_PER_PAGE = 1000;
const ATTEMPTS_MAX = 5;
const JSON_TYPES = /^application\/(?:merge-patch\+)?json(?:;|$)/i;
const ACTIVITY_SWITCHES = ['read_data_events', 'write_data_events', 'management_events'];
const METRICS_SWITCHES = ['usage_metrics_enabled', 'request_metrics_enabled'];
const INSTANCE_DOCUMENT = 'service-instance';

export const getBucketConfiguration = defineOperation({
  name: 'GetBucketConfiguration',
  summary: 'Shows what a bucket holds, and its firewall and quota.',
  route: { method: 'GET', resource: '/v1/b/{bucket}' },
  permissions: [{ action: 'bucket:read-basic', on: 'record' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const found = await findConfiguredBucket(services, call);
    found.demand('bucket:read-basic');
    const document = await configurationOf(services.store, found);
    return { document, version: found.bucket.recordVersion };
  },
  encode: ({ document, version }) => jsonResponse(200, document, ['ETag', tagOf(version)]),
});

export const updateBucketConfiguration = defineOperation({
  name: 'UpdateBucketConfiguration',
  summary: 'Changes the firewall, the quota, and what is told of a bucket, by a merge patch.',
  route: { method: 'PATCH', resource: '/v1/b/{bucket}' },
  permissions: [
    { action: 'bucket:write-firewall', on: 'record' },
    { action: 'bucket:write-activity-tracking', on: 'record' },
    { action: 'bucket:write-metrics-monitoring', on: 'record' },
    { action: 'bucket:write-quota', on: 'record' },
  ],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode({ request: { headers } }: IbmCall): JsonObject {
    if (JSON_TYPES.test(headers.get('content-type') ?? '')) return {};
    throw new IbmError(
      'unsupported-type',
      'The body has to be application/merge-patch+json or application/json.',
    );
  },
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, patch, call) {
    const wanted = call.request.headers.get('if-match')?.trim();
    for (let attempt = 1; ; attempt += 1) {
      const found = await findConfiguredBucket(services, call);
      const { bucket } = found;
      demandAll(found, patch);
      if (wanted !== undefined && wanted !== '*' && unquoted(wanted) !== tagOf(bucket.recordVersion))
        throw stale();
      const documents = patchedDocuments(bucket, patch, services.clock.nowMicros());
      try {
        await services.store.updateBucket(bucket, { documents, ifRecordVersion: bucket.recordVersion });
        return;
      } catch (error) {
        if (!(error instanceof CoreError && error.code === 'PreconditionFailed')) throw error;
        if (wanted !== undefined && wanted !== '*') throw stale();
        if (attempt === ATTEMPTS_MAX)
          throw new IbmError('unavailable', 'Others are changing the bucket: try again.');
      }
    }
  },
  encode: () => ({ status: 204, headers: [], body: null }),
});

/** An empty patch changes nothing, for whoever may look. */
function demandAll({ demand }: ConfiguredBucket, patch: JsonObject): void {
  demand('bucket:read-basic');
  for (const [name, action] of actions) if (memberOf(patch, name) !== undefined) demand(action);
}

const actions: readonly (readonly [string, Action])[] = [
  ['firewall', 'bucket:write-firewall'],
  ['activity_tracking', 'bucket:write-activity-tracking'],
  ['metrics_monitoring', 'bucket:write-metrics-monitoring'],
  ['hard_quota', 'bucket:write-quota'],
];

function patchedDocuments(
  { documents }: Bucket,
  patch: JsonObject,
  nowMicros: number,
): Record<string, string | null> {
  const settings = settingsIn(documents);
  const firewall = partIn(patch, 'firewall');
  const activity = partIn(patch, 'activity_tracking');
  const metrics = partIn(patch, 'metrics_monitoring');
  const { activityTracking: activityBefore, metricsMonitoring: metricsBefore } = settings;
  const activityTracking =
    activity === undefined
      ? activityBefore
      : patchFlags(activityBefore, activity, ACTIVITY_SWITCHES, 'activity_tracker_crn');
  const metricsMonitoring =
    metrics === undefined
      ? metricsBefore
      : patchFlags(metricsBefore, metrics, METRICS_SWITCHES, 'metrics_monitoring_crn');
  const changed: Record<string, string | null> = {
    [SETTINGS_DOCUMENT]: JSON.stringify({ updatedAtMicros: nowMicros, activityTracking, metricsMonitoring }),
  };
  if (firewall !== undefined) {
    const patched = patchFirewall(firewallIn(documents), firewall);
    changed[FIREWALL_DOCUMENT] = patched === undefined ? null : encodeFirewall(patched);
  }
  const hardQuota = bytesIn(patch, 'hard_quota');
  if (hardQuota === undefined) return changed;
  const { bytes: _replaced, ...others } = quotaOf({ documents }) ?? {};
  return { ...changed, ...quotaDocument(hardQuota === 0 ? others : { ...others, bytes: hardQuota }) };
}

/** 0, and null, are no quota (ibm-cos-sdk-config, `hard_quota`). Undefined: the patch does not say. */
function bytesIn(patch: JsonObject, name: string): number | undefined {
  const value = memberOf(patch, name);
  if (value === undefined) return undefined;
  if (value === null) return 0;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(`"${name}" must be a number of bytes.`);
}

async function configurationOf(
  store: Pick<ObjectStore, 'bucketUsage' | 'listVersions'>,
  { bucket, may }: ConfiguredBucket,
): Promise<object> {
  const { account, name, documents, createdAtMicros } = bucket;
  const instance = documents[INSTANCE_DOCUMENT] ?? defaultInstanceOf(account);
  const { updatedAtMicros = createdAtMicros, activityTracking, metricsMonitoring } = settingsIn(documents);
  const { objects, bytes } = await store.bucketUsage(bucket);
  const older = await countOlder(store, bucket);
  const firewall = firewallIn(documents);
  const { bytes: hardQuota } = quotaOf(bucket) ?? {};
  return {
    name,
    crn: bucketCrn(account, instance, name),
    service_instance_id: instance,
    service_instance_crn: instanceCrn(account, instance),
    time_created: shownTime(createdAtMicros),
    time_updated: shownTime(updatedAtMicros),
    object_count: objects,
    bytes_used: bytes - (older?.noncurrent_bytes_used ?? 0),
    ...older,
    ...(hardQuota !== undefined && { hard_quota: hardQuota }),
    ...(firewall !== undefined && may('bucket:read-firewall') && { firewall: firewallDocument(firewall) }),
    ...(activityTracking !== undefined && { activity_tracking: activityTracking }),
    ...(metricsMonitoring !== undefined && { metrics_monitoring: metricsMonitoring }),
  };
}

interface OlderVersions {
  readonly noncurrent_object_count: number;
  readonly noncurrent_bytes_used: number;
  readonly delete_marker_count: number;
}

/** Undefined when there are too many to count. */
async function countOlder(
  store: Pick<ObjectStore, 'listVersions'>,
  bucket: Bucket,
): Promise<OlderVersions | undefined> {
  const counts = { noncurrent_object_count: 0, noncurrent_bytes_used: 0, delete_marker_count: 0 };
  if (bucket.versioning === 'unversioned') return counts;
  let query: Parameters<ObjectStore['listVersions']>[1] = {
    prefix: '',
    delimiter: '',
    keyMarker: '',
    versionIdMarker: '',
    limit: VERSIONS_PER_PAGE,
  };
  for (let seen = 0; seen < VERSIONS_COUNTED_MAX; ) {
    const page = await store.listVersions(bucket, query);
    for (const { isDeleteMarker, isLatest, size } of page.versions) {
      if (isDeleteMarker) counts.delete_marker_count += 1;
      else if (!isLatest) {
        counts.noncurrent_object_count += 1;
        counts.noncurrent_bytes_used += size;
      }
    }
    const { nextKeyMarker, nextVersionIdMarker = '' } = page;
    if (!page.isTruncated || nextKeyMarker === undefined) return counts;
    query = { ...query, keyMarker: nextKeyMarker, versionIdMarker: nextVersionIdMarker };
    seen += page.versions.length;
    await nextTurn();
  }
  return undefined;
}

function shownTime(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString();
}

function unquoted(tag: string): string {
  return tag.replace(/^(?:W\/)?"(.*)"$/, '$1');
}

function stale(): IbmError {
  return new IbmError(
    'precondition-failed',
    'The bucket has been changed since: If-Match names an older state.',
  );
}
