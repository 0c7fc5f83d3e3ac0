/** Making a static large object (nhn-openstack.md, section 10.1). */
import type { WantedSegment } from '../../../core/composition/make-segment-list.ts';
import { CoreError } from '../../../core/core-errors.ts';
import type { ObjectMetadata, ObjectVersion } from '../../../core/model.ts';
import type { WriteConditions } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import { decodeWriteConditions, unquote } from '../conditions.ts';
import { lastModifiedHeader } from '../dates.ts';
import { decodeExpiry } from '../expiry-headers.ts';
import { failuresOf, mayReadOf } from '../large-objects.ts';
import type { ListingType } from '../listing-format.ts';
import { decodeObjectMetadata, isTrue } from '../object-metadata.ts';
import { parseSegmentManifest } from '../segment-manifest.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { toSwiftError } from '../swift-error-maps.ts';
import { reasonOf, SwiftError, type SwiftStatus, statusLine } from '../swift-errors.ts';
import { swiftLimits } from '../swift-limits.ts';
import { writtenVersion } from '../version-ids.ts';
import { chooseReportType, keepAlive, type ReportedFailure, renderReport } from '../work-report.ts';

interface Input {
  readonly metadata: ObjectMetadata;
  readonly conditions: WriteConditions;
  readonly expectedMd5: string | undefined;
  readonly expiresAtMicros: number | undefined;
  readonly segments: readonly WantedSegment[];
  readonly reportType: ListingType;
  readonly isHeartbeat: boolean;
}

type Outcome =
  | { readonly kind: 'stored'; readonly version: ObjectVersion }
  | { readonly kind: 'problems'; readonly failures: readonly ReportedFailure[] };

export const putSegmentManifest = defineOperation<SwiftCall, SwiftServices, Input, WireResponse>({
  name: 'PutSegmentManifest',
  summary: 'Makes a static large object: the list of segments that it consists of.',
  route: { method: 'PUT', resource: 'object', query: ['multipart-manifest=put'] },
  permissions: [{ action: 'object:write', on: 'object' }],
  body: { kind: 'buffered', bytesMax: swiftLimits.manifestBytesMax },
  mutates: true,

  decode({ request, query, key }) {
    const { headers } = request;
    if (headers.has('x-copy-from')) {
      throw new SwiftError(405, 'Multipart Manifest PUTs cannot be COPY requests');
    }
    if (!headers.has('content-length') && !headers.has('transfer-encoding')) throw new SwiftError(411);
    const etag = headers.get('etag');
    return {
      metadata: decodeObjectMetadata(headers, key),
      conditions: decodeWriteConditions(headers),
      expectedMd5: etag === undefined || etag === '' ? undefined : unquote(etag.trim()).toLowerCase(),
      expiresAtMicros: decodeExpiry(request),
      segments: [],
      reportType: chooseReportType(headers) ?? 'text/plain',
      isHeartbeat: isTrue(query.get('heartbeat')),
    };
  },
  decodeBody: (body, input, { containerName: container, key }) => ({
    ...input,
    segments: parseSegmentManifest(body, { container, key }),
  }),

  async run(services, input, call) {
    if (!input.isHeartbeat) return answer(await put(services, input, call), input);
    const { reportType } = input;
    const work = put(services, input, call).then(
      (outcome) => report(outcome, input),
      (error: unknown) => reportError(error, input),
    );
    return {
      status: 202,
      headers: ['Content-Type', reportType],
      body: keepAlive(work, reportType, { isEager: true }),
    };
  },
  encode: (response) => response,
});

async function put({ store }: SwiftServices, input: Input, call: SwiftCall): Promise<Outcome> {
  const { bucket, key } = call;
  const { metadata, conditions, segments, expectedMd5, expiresAtMicros } = input;
  const result = await store.putSegmentList({
    bucket,
    key,
    owner: bucket.account,
    metadata,
    conditions,
    segments,
    mayRead: mayReadOf(call),
    ...(expectedMd5 !== undefined && { expectedMd5 }),
    ...(expiresAtMicros !== undefined && { expiresAtMicros }),
  });
  if (result.kind === 'stored') return result;
  return { kind: 'problems', failures: failuresOf(result.problems, call.refusal, call.isOwner) };
}

function answer(outcome: Outcome, { reportType }: Input): WireResponse {
  if (outcome.kind === 'problems') {
    const body = renderReport({ members: {}, failures: outcome.failures }, reportType, 'upload');
    return { status: 400, headers: ['Content-Type', reportType], body };
  }
  const { etagMd5, lastModifiedMicros } = outcome.version;
  const headers = ['Etag', `"${etagMd5}"`, 'Last-Modified', lastModifiedHeader(lastModifiedMicros)];
  return { status: 201, headers: [...headers, ...writtenVersion(outcome.version)], body: null };
}

function report(outcome: Outcome, { reportType }: Input): string {
  if (outcome.kind === 'problems') {
    const members = { 'Response Status': statusLine(400), 'Response Body': reasonOf(400) };
    return renderReport({ members, failures: outcome.failures }, reportType, 'upload');
  }
  const { etagMd5, lastModifiedMicros } = outcome.version;
  const members = {
    'Response Status': '201 Created',
    'Response Body': '',
    Etag: `"${etagMd5}"`,
    'Last Modified': lastModifiedHeader(lastModifiedMicros),
  };
  return renderReport({ members, failures: [] }, reportType, 'upload');
}

function reportError(error: unknown, { reportType }: Input): string {
  if (!(error instanceof CoreError || error instanceof SwiftError)) throw error;
  const { status, text }: { status: SwiftStatus; text: string | undefined } = toSwiftError(error);
  const members = { 'Response Status': statusLine(status), 'Response Body': text ?? reasonOf(status) };
  return renderReport({ members, failures: [] }, reportType, 'upload');
}
