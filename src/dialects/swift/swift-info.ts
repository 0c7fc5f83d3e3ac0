/**
 * What `/info` tells clients this server can do (nhn-openstack.md, section 21.5). A feature that is not there has no key; what is there
 * works.
 */
import { storagePolicies } from './container-settings.ts';
import { extractionLimits } from './extract-archive.ts';
import { FAILED_REMOVALS_MAX } from './remove-names.ts';
import { swiftLimits } from './swift-limits.ts';
import type { WriteRates } from './write-limiter.ts';

interface InfoSettings {
  readonly rates: WriteRates;
  readonly tempUrlDigests: readonly string[];
}

/** The release whose behaviour is followed. */
const SWIFT_VERSION = '2.38.0';

export function swiftInfo({ tempUrlDigests, rates }: InfoSettings): Record<string, unknown> {
  return {
    swift: {
      version: SWIFT_VERSION,
      account_autocreate: true,
      account_listing_limit: swiftLimits.listingItemsMax,
      container_listing_limit: swiftLimits.listingItemsMax,
      max_account_name_length: swiftLimits.accountNameBytesMax,
      max_container_name_length: swiftLimits.containerNameBytesMax,
      max_object_name_length: swiftLimits.objectNameBytesMax,
      max_file_size: swiftLimits.objectBytesMax,
      max_header_size: swiftLimits.headerValueBytesMax,
      max_meta_count: swiftLimits.metadataItemsMax,
      max_meta_name_length: swiftLimits.metadataNameBytesMax,
      max_meta_overall_size: swiftLimits.metadataBytesMax,
      max_meta_value_length: swiftLimits.metadataValueBytesMax,
      extra_header_count: 0,
      allow_account_management: false,
      allow_open_expired: false,
      valid_api_versions: ['v1', 'v1.0'],
      policies: storagePolicies.map((name, index) =>
        index === 0 ? { name, aliases: name, default: true } : { name, aliases: name },
      ),
    },
    slo: {
      max_manifest_segments: swiftLimits.segmentsMax,
      max_manifest_size: swiftLimits.manifestBytesMax,
      min_segment_size: 1,
      yield_frequency: 10,
      allow_async_delete: true,
    },
    dlo: { max_segments: swiftLimits.listingItemsMax },
    bulk_upload: {
      max_containers_per_extraction: extractionLimits.containersMax,
      max_failed_extractions: extractionLimits.failuresMax,
    },
    bulk_delete: {
      max_deletes_per_request: swiftLimits.bulkDeletesMax,
      max_failed_deletes: FAILED_REMOVALS_MAX,
    },
    tempurl: {
      methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
      incoming_remove_headers: ['x-timestamp', 'x-open-expired'],
      incoming_allow_headers: [],
      outgoing_remove_headers: ['x-object-meta-*'],
      outgoing_allow_headers: ['x-object-meta-public-*'],
      allowed_digests: [...tempUrlDigests].sort(),
    },
    versioned_writes: { allowed_flags: ['x-versions-location', 'x-history-location'] },
    symlink: { symloop_max: 2, static_links: true },
    object_versioning: {},
    staticweb: {},
    formpost: { allowed_digests: [...tempUrlDigests].sort() },
    ...rateInfo(rates),
    copy: { object_post_as_copy: false },
    container_quotas: {},
    account_quotas: {},
    keystoneauth: {},
    tempauth: { account_acls: false },
  };
}

/** As OpenStack shows it; a container's rate is that of containers from 0 objects on. */
function rateInfo({ accountPerSecond, containerPerSecond, delaySecondsMax }: WriteRates): object {
  if (accountPerSecond === 0 && containerPerSecond === 0) return {};
  return {
    ratelimit: {
      account_ratelimit: accountPerSecond,
      container_ratelimits: containerPerSecond === 0 ? [] : [[0, containerPerSecond]],
      max_sleep_time_seconds: delaySecondsMax,
    },
  };
}
