/** Versions of objects (nhn-openstack.md, section 19.3), which S3 sees as its own. */
import type { ObjectVersion } from '../../../core/model.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import { formatListingDate } from '../dates.ts';
import { listVersions, type VersionsParameters } from '../list-versions.ts';
import { chooseListingFormat } from '../listing-format.ts';
import { decodeListingParameters } from '../listing-parameters.ts';
import { createdHeaders } from '../object-headers.ts';
import { type ListingRow, renderListing } from '../render-listing.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { SwiftError } from '../swift-errors.ts';
import { addressedVersion, canonicalVersionId, swiftVersionId, writtenVersion } from '../version-ids.ts';
import { containerHeaders, listContainerObjects } from './container.ts';

/** Anything else wants them, as in Swift. */
const SWITCHED_OFF: ReadonlySet<string> = new Set(['false', '0', 'no', 'off', 'f', 'n']);
const MARKER_TYPE = 'application/x-deleted;swift_versions_deleted=1';

export const listObjectVersions = defineOperation<
  SwiftCall,
  SwiftServices,
  VersionsParameters | undefined,
  WireResponse
>({
  name: 'ListObjectVersions',
  summary: 'Lists every version of the objects of a container, the newest of a name first.',
  route: { method: 'GET', resource: 'container', query: ['versions'] },
  permissions: [{ action: 'bucket:list-objects', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode(call) {
    const { query, request } = call;
    if (SWITCHED_OFF.has((query.get('versions') ?? '').toLowerCase())) return undefined;
    const accept = query.has('format') || request.headers.has('accept');
    if (accept && chooseListingFormat(query, request.headers).type !== 'application/json') {
      throw new SwiftError(406, 'Versions are listed as JSON only');
    }
    return decodeVersions(call);
  },
  async run(services, parameters, call) {
    // `versions=false` is the ordinary listing.
    if (parameters === undefined) {
      const input = listContainerObjects.decode(call);
      return listContainerObjects.encode(await listContainerObjects.run(services, input, call), call);
    }
    const { store } = services;
    const listed = await listVersions(store, call.bucket, parameters);
    const rows = listed.map(
      (item): ListingRow =>
        typeof item === 'string'
          ? { kind: 'subdir', name: item }
          : { kind: 'item', name: item.key, members: membersOf(item) },
    );
    const shape = { root: 'container', item: 'object', name: call.containerName } as const;
    const format = {
      type: 'application/json',
      headers: ['Content-Type', 'application/json; charset=utf-8'],
    } as const;
    return renderListing(rows, shape, format, containerHeaders(call, await store.bucketUsage(call.bucket)));
  },
  encode: (response) => response,
});

/** Throws 400 and 412. */
function decodeVersions({ query }: SwiftCall): VersionsParameters {
  const parameters = decodeListingParameters(query);
  const versionMarker = query.get('version_marker') ?? '';
  if (versionMarker !== '' && parameters.marker === '') {
    throw new SwiftError(400, 'version_marker must be used with marker');
  }
  const canonical = versionMarker === 'null' ? versionMarker : canonicalVersionId(versionMarker);
  if (versionMarker !== '' && canonical === undefined) throw new SwiftError(400, 'Invalid version_marker');
  return { ...parameters, versionMarker: canonical ?? '' };
}

function membersOf(version: ObjectVersion): Record<string, string | number | boolean> {
  const { isDeleteMarker, stored, etagMd5, joinedMd5, metadata } = version;
  return {
    hash: stored?.etagMd5 ?? etagMd5,
    bytes: version.size,
    content_type: isDeleteMarker ? MARKER_TYPE : metadata.system.contentType,
    last_modified: formatListingDate(version.lastModifiedMicros),
    version_id: swiftVersionId(version.versionId),
    is_latest: version.isLatest,
    ...(joinedMd5 !== undefined && { slo_etag: `"${joinedMd5}"` }),
  };
}

export const restoreObjectVersion = defineOperation<SwiftCall, SwiftServices, undefined, ObjectVersion>({
  name: 'RestoreObjectVersion',
  summary: 'Makes an older version the current one again, as a copy on top.',
  route: { method: 'PUT', resource: 'object', query: ['version-id'] },
  permissions: [
    { action: 'object:read', on: 'object' },
    { action: 'object:write', on: 'object' },
  ],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run({ store }, _input, call) {
    const { bucket, key, request } = call;
    if (request.body.contentLength !== 0) {
      throw new SwiftError(400, 'PUT requests with a version-id require a zero byte body');
    }
    const addressed = addressedVersion(call);
    if (addressed.versionId === undefined || addressed.versionId === 'null') {
      throw new SwiftError(400, 'Invalid version-id parameter');
    }
    return store.copyObject({
      source: { bucket, key, ...addressed },
      sourceConditions: {},
      bucket,
      key,
      owner: bucket.account,
      metadata: ({ metadata }) => metadata,
      changesSomething: true,
      conditions: {},
      asStored: true,
      expiresAtMicros: ({ expiresAtMicros }) => expiresAtMicros,
    });
  },
  encode: (version, { bucket }) => ({
    status: 201,
    headers: [...createdHeaders(version, bucket), ...writtenVersion(version)],
    body: null,
  }),
});
