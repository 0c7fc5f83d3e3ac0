/** Copies: the body shared with the source where nothing of it is left out, streamed where a range is asked for. */

import type { WantedSegment } from '../../core/composition/make-segment-list.ts';
import type { ObjectVersion } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { PutSegmentListInput } from '../../core/operations/put-segment-list.ts';
import { encodeStrictPath } from '../../lib/percent-encoding.ts';
import { accountNameOf, checkNames } from './addressing.ts';
import { decideOnNamed } from './authorise-call.ts';
import { selectSpans } from './byte-ranges.ts';
import { allowsRange, checkConditions } from './conditions.ts';
import type { NamedObject } from './copy-headers.ts';
import { lastModifiedHeader } from './dates.ts';
import { decodeExpiry } from './expiry-headers.ts';
import { failuresOf, hasSegments, mayReadOf } from './large-objects.ts';
import { pushMetadata } from './metadata-headers.ts';
import { openContent } from './object-content.ts';
import { createdHeaders } from './object-headers.ts';
import { copyObjectMetadata, isTrue } from './object-metadata.ts';
import { findPart, type PartOwner, partNumberOf } from './object-parts.ts';
import type { CopyTarget, SwiftCall, SwiftServices } from './swift-call.ts';
import { SwiftError } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';
import { swiftVersionId, writtenVersion } from './version-ids.ts';
import { renderReport } from './work-report.ts';

export interface FinishedCopy {
  readonly source: CopyTarget & { readonly version: ObjectVersion };
  readonly target: CopyTarget;
  readonly version: ObjectVersion;
}

/** Where a copy goes, when the caller may write there. Throws 401, 403 and 404. */
export async function findDestination(
  store: ObjectStore,
  call: SwiftCall,
  named: NamedObject,
): Promise<CopyTarget> {
  const { container, key, account = call.account } = named;
  checkNames(container, key);
  const { decision, bucket } = await decideOnNamed(store, call, 'object:write', { account, container, key });
  if (!decision.allowed || bucket === undefined) throw new SwiftError(call.refusal);
  return { bucket, key };
}

/**
 * Throws 304, 412, 413, 416 and what reading and writing throw. Conditions and ranges are about the source, which is looked at before
 * the target is looked for.
 */
export async function copyObject(
  { store }: SwiftServices,
  call: SwiftCall,
  from: CopyTarget,
  findTarget: () => Promise<CopyTarget>,
): Promise<FinishedCopy> {
  const { headers, body } = call.request;
  if (body.contentLength !== 0) throw new SwiftError(400, 'Copy requests require a zero byte body');
  const asStored =
    from.asStored === true ||
    call.query.get('multipart-manifest') === 'get' ||
    (await isLinkItself(store, call, from));
  const mayRead = mayReadOf(call);
  const addressed = from.versionId === undefined ? {} : { versionId: from.versionId };
  const options = { asStored, mayRead, ...addressed };
  const { version: source, content } = await openContent(store, from.bucket, from.key, options);
  checkConditions(headers, content, content.shownEtag);
  if (source.size > swiftLimits.objectBytesMax) throw new SwiftError(413);
  const expiresAtMicros = decodeExpiry(call.request);
  const to = await findTarget();
  const isFresh = isTrue(headers.get('x-fresh-metadata'));
  const metadata = (found: ObjectVersion) => copyObjectMetadata(headers, found.metadata, isFresh);
  const range = allowsRange(headers, content) ? headers.get('range') : undefined;
  const part = hasSegments(source) && !asStored ? partNumberOf(call) : undefined;
  const span =
    part === undefined
      ? selectSpans(range, source.size, [])?.[0]
      : await findPart(store, call, partOf(from), {
          size: content.size,
          shown: content.headers,
          number: part,
        });
  const ends = { bucket: to.bucket, key: to.key, owner: to.bucket.account, conditions: {} };
  let version: ObjectVersion;
  if (span === undefined && asStored && isForeignManifest(source, from, to)) {
    version = await remakeManifest(store, call, from, { ...ends, metadata: metadata(source) });
  } else if (span === undefined) {
    version = await store.copyObject({
      ...ends,
      source: { bucket: from.bucket, key: from.key, ...addressed },
      asStored,
      mayRead,
      sourceConditions: {},
      metadata,
      changesSomething: true,
      expiresAtMicros: (found) => expiresAtMicros ?? found.expiresAtMicros,
    });
  } else {
    const opened = await content.open(span.start, span.end);
    const size = span.end - span.start + 1;
    try {
      const sent = { source: opened, size, expected: {} };
      const expiry = expiresAtMicros ?? source.expiresAtMicros;
      version = await store.putObject({
        ...ends,
        metadata: metadata(source),
        body: sent,
        ...(expiry !== undefined && { expiresAtMicros: expiry }),
      });
    } finally {
      await opened.close();
    }
  }
  return { source: { ...from, version: source }, target: to, version };
}

function partOf({ bucket, key, versionId }: CopyTarget): PartOwner {
  return { bucket, key, ...(versionId !== undefined && { versionId }) };
}

/** In another account the names of segments mean others. */
function isForeignManifest({ composition }: ObjectVersion, from: CopyTarget, to: CopyTarget): boolean {
  return composition === 'segments' && from.bucket.account !== to.bucket.account;
}

/** The list is put there as if its writer had sent it. Throws 400 with what is wrong with it there. */
async function remakeManifest(
  store: ObjectStore,
  call: SwiftCall,
  { bucket, key, versionId }: CopyTarget,
  to: Omit<PutSegmentListInput, 'segments' | 'mayRead'>,
): Promise<ObjectVersion> {
  const list = await store.readSegmentList({ bucket, key, ...(versionId !== undefined && { versionId }) });
  const segments = (list?.segments ?? []).map((segment): WantedSegment => {
    if (segment.kind === 'data') return segment;
    const { bucket: name, key: named, etagMd5: etag, size, range } = segment;
    const wanted = { kind: 'object', bucket: name, key: named, etag, size } as const;
    return range === undefined ? wanted : { ...wanted, range: { kind: 'from', ...range } };
  });
  const result = await store.putSegmentList({ ...to, segments, mayRead: mayReadOf(call) });
  if (result.kind === 'stored') return result.version;
  const failures = failuresOf(result.problems, call.refusal, false);
  throw new SwiftError(400, renderReport({ members: {}, failures }, 'text/plain', 'upload'));
}

async function isLinkItself(store: ObjectStore, { query }: SwiftCall, source: CopyTarget): Promise<boolean> {
  if (query.get('symlink') !== 'get') return false;
  const { version } = await store.headObject({ ...partOf(source), conditions: {}, asStored: true });
  return version.composition === 'link';
}

export function copiedHeaders({ source, target, version }: FinishedCopy): string[] {
  const { bucket, key } = source;
  const headers = createdHeaders(version, target.bucket);
  headers.push('X-Copied-From', encodeStrictPath(`${bucket.name}/${key}`));
  headers.push('X-Copied-From-Account', accountNameOf(bucket.account));
  headers.push('X-Copied-From-Last-Modified', lastModifiedHeader(source.version.lastModifiedMicros));
  headers.push(...writtenVersion(version));
  if (source.versionId !== undefined) {
    headers.push('X-Copied-From-Version-Id', swiftVersionId(source.versionId));
  }
  pushMetadata(headers, version.metadata.user, 'object');
  return headers;
}
