/** The manifest of a large object itself (nhn-openstack.md, sections 10.2 and 11). Of any other object it is the object. */
import { createHash } from 'node:crypto';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import { checkConditions } from '../conditions.ts';
import { manifestOfParts, mayReadOf, rawManifest } from '../large-objects.ts';
import { openContent } from '../object-content.ts';
import { type Content, sendContent } from '../send-content.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { addressedVersion } from '../version-ids.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

export const getSegmentManifest = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  name: 'GetSegmentManifest',
  summary: 'Answers the manifest of a large object, as it is stored or as it could be put again.',
  route: { method: 'GET', resource: 'object', query: ['multipart-manifest=get'] },
  permissions: [{ action: 'object:read', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(services, _input, call) {
    return sendContent(await openManifest(services, call), call.request, services.entropy);
  },
  encode: (response) => response,
});

export const headSegmentManifest = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  name: 'HeadSegmentManifest',
  summary: 'Tells what GetSegmentManifest would answer, without the bytes.',
  route: { method: 'HEAD', resource: 'object', query: ['multipart-manifest=get'] },
  permissions: [{ action: 'object:read', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(services, _input, call) {
    const content = await openManifest(services, call);
    checkConditions(call.request.headers, content, content.shownEtag);
    return { status: 200, headers: content.headers, body: null, contentLength: content.size };
  },
  encode: (response) => response,
});

async function openManifest({ store }: SwiftServices, call: SwiftCall): Promise<Content> {
  const { bucket, key, query } = call;
  const { version, content, linkedTo } = await openContent(store, bucket, key, {
    asStored: 'behind-links',
    mayRead: mayReadOf(call),
    ...addressedVersion(call),
  });
  if (version.partCount !== undefined) {
    return replaced(content, await manifestOfParts(store, linkedTo?.bucket ?? bucket, version), JSON_TYPE);
  }
  if (version.composition !== 'segments') return content;
  if (query.get('format') !== 'raw') return withHeader(content, 'Content-Type', JSON_TYPE);
  const at = linkedTo ?? { bucket, key };
  const list = await store.readSegmentList({ ...at, versionId: version.versionId });
  // Not the type of a manifest: a copy that is made of this keeps the type of the object.
  return list === undefined ? content : replaced(content, rawManifest(list.segments), content.contentType);
}

function replaced(content: Content, text: string, contentType: string): Content {
  const bytes = Buffer.from(text);
  const etag = createHash('md5').update(bytes).digest('hex');
  const typed = withHeader(withHeader(content, 'Content-Type', contentType), 'Etag', etag);
  return {
    ...typed,
    size: bytes.length,
    etag,
    shownEtag: etag,
    async open(start, end) {
      let rest: Buffer | null = bytes.subarray(start, end + 1);
      return {
        bytes: rest,
        async read() {
          const chunk = rest;
          rest = null;
          return chunk;
        },
        async close() {
          rest = null;
        },
      };
    },
  };
}

function withHeader(content: Content, name: string, value: string): Content {
  const headers = [...content.headers];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name) headers[index + 1] = value;
  }
  return { ...content, headers, ...(name === 'Content-Type' && { contentType: value }) };
}
