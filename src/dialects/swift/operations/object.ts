/** Objects (nhn-openstack.md, section 8). Copies stand beside, in `copy.ts`. */

import type { LinkTarget } from '../../../core/composition/composition-documents.ts';
import { CoreError } from '../../../core/core-errors.ts';
import type { Bucket, ObjectMetadata, ObjectVersion } from '../../../core/model.ts';
import type { BodyInput, ObjectStore, WriteConditions } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireHeaders, WireRequest, WireResponse } from '../../kernel/wire.ts';
import { checkConditions, decodeWriteConditions } from '../conditions.ts';
import { decodeExpiry } from '../expiry-headers.ts';
import { hasSegments, mayReadOf } from '../large-objects.ts';
import { contentLocation, locationOf, pushLink } from '../link-headers.ts';
import { decodeLink, linkMetadata, locatedError, showsLink } from '../links.ts';
import { decodeObjectBody } from '../object-body.ts';
import { openContent } from '../object-content.ts';
import { createdHeaders, objectHeaders, shownEtag, swiftEtag } from '../object-headers.ts';
import { decodeObjectMetadata, replaceObjectMetadata } from '../object-metadata.ts';
import { headPart, partNumberOf, readPart } from '../object-parts.ts';
import { sendContent } from '../send-content.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { SwiftError } from '../swift-errors.ts';
import { swiftLimits } from '../swift-limits.ts';
import { addressedVersion, currentVersionId, versionHeaders, writtenVersion } from '../version-ids.ts';
import { serveWebSite } from '../web-pages.ts';

export const getObject = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  name: 'GetObject',
  summary: 'Answers an object, or ranges of its bytes.',
  route: { method: 'GET', resource: 'object' },
  permissions: [{ action: 'object:read', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(services, _input, call) {
    if (call.isForWebSite) return serveWebSite(services, call);
    const { store, entropy } = services;
    const { bucket, key, request } = call;
    const options = {
      mayRead: mayReadOf(call),
      asStored: await showsLink(store, call),
      ...addressedVersion(call),
    };
    try {
      const { version, content } = await openContent(store, bucket, key, options);
      const part = hasSegments(version) ? partNumberOf(call) : undefined;
      if (part !== undefined) return await readPart(store, call, content, part);
      return await sendContent(content, request, entropy);
    } catch (error) {
      throw await locatedError(store, call, error);
    }
  },
  encode: (response) => response,
});

export const headObject = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  name: 'HeadObject',
  summary: 'Tells what GetObject would answer, without the bytes.',
  route: { method: 'HEAD', resource: 'object' },
  permissions: [{ action: 'object:read', on: 'object', or: 'object:read-attributes' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(services, _input, call) {
    if (call.isForWebSite) return serveWebSite(services, call);
    const { store } = services;
    const { bucket, key, request } = call;
    const asked = {
      bucket,
      key,
      conditions: {},
      mayRead: mayReadOf(call),
      asStored: await showsLink(store, call),
      ...addressedVersion(call),
    };
    try {
      const found = await store.headObject(asked);
      const { version } = found;
      const part = hasSegments(version) ? partNumberOf(call) : undefined;
      if (part !== undefined) return await headPart(store, call, version, part);
      const { lastModifiedMicros } = version;
      const validators = { etag: swiftEtag(version), lastModifiedMicros };
      checkConditions(request.headers, validators, shownEtag(version, bucket));
      const headers = [...objectHeaders(version, bucket), ...contentLocation(found, bucket)];
      return { status: 200, headers, body: null, contentLength: version.size };
    } catch (error) {
      throw await locatedError(store, call, error);
    }
  },
  encode: (response) => response,
});

interface PutInput {
  readonly metadata: ObjectMetadata;
  readonly body: BodyInput;
  readonly conditions: WriteConditions;
  /** What the object is to stand for. */
  readonly link: LinkTarget | undefined;
  readonly expiresAtMicros?: number;
}

function expiryIn(request: WireRequest): { readonly expiresAtMicros?: number } {
  const expiresAtMicros = decodeExpiry(request);
  return expiresAtMicros === undefined ? {} : { expiresAtMicros };
}

export const putObject = defineOperation<SwiftCall, SwiftServices, PutInput, ObjectVersion>({
  name: 'PutObject',
  summary: 'Stores an object.',
  route: { method: 'PUT', resource: 'object' },
  permissions: [{ action: 'object:write', on: 'object' }],
  body: { kind: 'stream' },
  mutates: true,
  decode(call) {
    const { request, key } = call;
    return {
      metadata: decodeObjectMetadata(request.headers, key),
      body: decodeObjectBody(request),
      conditions: decodeWriteConditions(request.headers),
      link: decodeLink(call),
      ...expiryIn(request),
    };
  },
  async run({ store }, { link, ...input }, call) {
    const { bucket, key } = call;
    const metadata =
      link === undefined ? input.metadata : await linkMetadata(store, call, input.metadata, link);
    const bytesMax = swiftLimits.objectBytesMax;
    return store.putObject({ bucket, key, owner: bucket.account, bytesMax, ...input, metadata });
  },
  encode: (version, { bucket }) => ({
    status: 201,
    headers: [...createdHeaders(version, bucket), ...writtenVersion(version)],
    body: null,
  }),
});

export const updateObject = defineOperation<SwiftCall, SwiftServices, undefined, ObjectVersion>({
  name: 'UpdateObject',
  summary: 'Replaces the metadata of an object.',
  route: { method: 'POST', resource: 'object' },
  permissions: [{ action: 'object:write', on: 'object' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run({ store }, _input, { bucket, key, request, query }) {
    if (request.headers.has('x-symlink-target')) {
      throw new SwiftError(400, 'A PUT request is required to set a symlink target');
    }
    if (query.has('version-id')) throw new SwiftError(400, 'version-id is not allowed in POST requests');
    const retainUntil = decodeRetainUntil(request.headers);
    const expiresAtMicros = decodeExpiry(request) ?? null;
    if (retainUntil !== undefined) {
      const until = { kind: 'at', micros: retainUntil * 1_000_000 } as const;
      const retention = { mode: 'compliance', until } as const;
      const change = { kind: 'retention', retention, bypassGovernance: false } as const;
      await extend(store, bucket, key, change);
    }
    return store.updateObject({
      bucket,
      key,
      expiresAtMicros,
      metadata: ({ metadata }) => replaceObjectMetadata(request.headers, metadata),
    });
  },
  // A link has taken the metadata itself; its target is somewhere else.
  encode(version, { bucket }) {
    if (version.composition !== 'link') return { status: 202, headers: [], body: null };
    const headers = locationOf(version);
    pushLink(headers, version, bucket);
    return { status: 307, headers, body: null };
  },
});

export const deleteObject = defineOperation<SwiftCall, SwiftServices, undefined, readonly string[]>({
  name: 'DeleteObject',
  summary: 'Removes an object that is there.',
  route: { method: 'DELETE', resource: 'object' },
  permissions: [{ action: 'object:delete', on: 'object' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run({ store }, _input, call) {
    const { bucket, key, request } = call;
    if (!/^\d*$/.test(request.headers.get('x-if-delete-at') ?? '')) {
      throw new SwiftError(400, 'Bad X-If-Delete-At header value');
    }
    const addressed = addressedVersion(call);
    const deleted = await store.deleteObject({ bucket, key, conditions: {}, ...addressed });
    // Unlike S3, what is not there cannot be removed.
    if (!deleted.existed) throw new SwiftError(404, undefined, versionHeaders(deleted, bucket));
    if (addressed.versionId === undefined) return versionHeaders(deleted, bucket);
    return [
      ...versionHeaders(deleted, bucket),
      'X-Object-Current-Version-Id',
      await currentVersionId(store, call),
    ];
  },
  encode: (headers) => ({ status: 204, headers, body: null }),
});

/** Epoch seconds (nhn-openstack.md, section 20). Throws 400. */
function decodeRetainUntil(headers: WireHeaders): number | undefined {
  const value = headers.get('x-object-worm-retain-until');
  if (value === undefined || value === '') return undefined;
  if (!/^\d{1,11}$/.test(value)) {
    throw new SwiftError(400, 'X-Object-Worm-Retain-Until must be a number of seconds');
  }
  return Number(value);
}

/** Later only. Throws 400. */
async function extend(
  store: ObjectStore,
  bucket: Bucket,
  key: string,
  change: Parameters<ObjectStore['protectObject']>[0]['change'],
): Promise<void> {
  try {
    await store.protectObject({ bucket, key, change });
  } catch (error) {
    if (!(error instanceof CoreError && error.code === 'ObjectProtected')) throw error;
    throw new SwiftError(400, 'X-Object-Worm-Retain-Until can only be moved to a later time');
  }
}
