/** One part or segment of a large object by its number (nhn-openstack.md, section 10.2). */
import { CoreError, type CoreErrorDetails } from '../../core/core-errors.ts';
import type { Bucket, ObjectVersion, VersionId } from '../../core/model.ts';
import type { FoundObject, ObjectStore } from '../../core/object-store.ts';
import { bodyOfOpened } from '../kernel/opened-body.ts';
import type { WireResponse } from '../kernel/wire.ts';
import { checkConditions } from './conditions.ts';
import { mayReadOf } from './large-objects.ts';
import { objectHeaders, shownEtag, swiftEtag } from './object-headers.ts';
import type { Content } from './send-content.ts';
import type { SwiftCall } from './swift-call.ts';
import { SwiftError } from './swift-errors.ts';
import { addressedVersion } from './version-ids.ts';

/** `part-number=N`, counted from 1. Throws 400. */
export function partNumberOf({ query }: Pick<SwiftCall, 'query'>): number | undefined {
  const text = query.get('part-number');
  if (text === undefined) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number < 1) throw new SwiftError(400, 'Part number must be an integer greater than 0');
  return number;
}

/** Throws 304, 412 and 416. */
export async function readPart(
  store: ObjectStore,
  call: SwiftCall,
  content: Content,
  partNumber: number,
): Promise<WireResponse> {
  checkConditions(call.request.headers, content, content.shownEtag);
  const { start, end, headers } = await findPart(store, call, partOwner(call), {
    size: content.size,
    shown: content.headers,
    number: partNumber,
  });
  const opened = await content.open(start, end);
  const body = bodyOfOpened(opened, end - start + 1);
  return { status: 206, headers: [...content.headers, ...headers], body };
}

/** Throws 304, 412 and 416. */
export async function headPart(
  store: ObjectStore,
  call: SwiftCall,
  version: ObjectVersion,
  partNumber: number,
): Promise<WireResponse> {
  const { lastModifiedMicros } = version;
  const validators = { etag: swiftEtag(version), lastModifiedMicros };
  checkConditions(call.request.headers, validators, shownEtag(version, call.bucket));
  const shown = objectHeaders(version, call.bucket);
  const wanted = { size: version.size, shown, number: partNumber };
  let part: FoundPart;
  try {
    part = await findPart(store, call, partOwner(call), wanted);
  } catch (error) {
    if (!(error instanceof SwiftError && error.status === 416)) throw error;
    // Without a body there is nothing to say how long it would have been.
    return { status: 416, headers: error.headers, body: null, contentLength: 0 };
  }
  const { start, end, headers } = part;
  return {
    status: 206,
    headers: [...objectHeaders(version, call.bucket), ...headers],
    body: null,
    contentLength: end - start + 1,
  };
}

/** What the part is of. */
export interface PartOwner {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId?: VersionId;
}

function partOwner(call: SwiftCall): PartOwner {
  return { bucket: call.bucket, key: call.key, ...addressedVersion(call) };
}

export interface FoundPart {
  readonly start: number;
  readonly end: number;
  readonly headers: readonly string[];
}

/** Throws 416, which shows what has no such part. */
export async function findPart(
  store: ObjectStore,
  call: SwiftCall,
  object: PartOwner,
  {
    size,
    shown,
    number,
  }: { readonly size: number; readonly shown: readonly string[]; readonly number: number },
): Promise<FoundPart> {
  let found: FoundObject;
  try {
    const mayRead = mayReadOf(call);
    found = await store.headObject({ ...object, partNumber: number, conditions: {}, mayRead });
  } catch (error) {
    if (!(error instanceof CoreError && error.code === 'InvalidPartNumberForObject')) throw error;
    const { partCount } = error.details as CoreErrorDetails['InvalidPartNumberForObject'];
    throw new SwiftError(416, 'The requested part number is not satisfiable', [
      ...withoutType(shown),
      'Content-Range',
      `bytes */${size}`,
      'X-Parts-Count',
      `${partCount}`,
    ]);
  }
  const { selected = { start: 0, end: size - 1 }, version } = found;
  const { start, end } = selected;
  const count = found.segmentCount ?? version.partCount ?? 1;
  const headers = ['Content-Range', `bytes ${start}-${end}/${size}`, 'X-Parts-Count', `${count}`];
  return { start, end, headers };
}

/** The type is that of the message. */
function withoutType(headers: readonly string[]): string[] {
  const rest: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== 'Content-Type') rest.push(headers[index]!, headers[index + 1]!);
  }
  return rest;
}
