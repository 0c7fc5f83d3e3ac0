import {
  type MadeSegmentList,
  makeSegmentList,
  type WantedSegment,
} from '../composition/make-segment-list.ts';
import { encodeSegmentList, joinedMd5Of, lengthOfSegment } from '../composition/segment-list.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import type { ObjectVersion } from '../model.ts';
import type { MayRead, PutObjectInput } from '../object-store.ts';
import { putObject } from './put-object.ts';

export interface PutSegmentListInput extends Omit<PutObjectInput, 'body' | 'segmented'> {
  readonly segments: readonly WantedSegment[];
  /** Of the whole, without quotes: BadDigest when it differs. */
  readonly expectedMd5?: string;
  readonly mayRead: MayRead;
}

/** `problems`: nothing was stored. */
export type PutSegmentListResult =
  | { readonly kind: 'stored'; readonly version: ObjectVersion }
  | { readonly kind: 'problems'; readonly problems: MadeSegmentList['problems'] };

/** Makes an object of ranges of other objects. What is stored is the list; the bytes stay where they are. */
export async function putSegmentList(
  context: CoreContext,
  { segments: wanted, expectedMd5, mayRead, ...target }: PutSegmentListInput,
): Promise<PutSegmentListResult> {
  const { segments, problems } = await makeSegmentList(context, target.bucket, wanted, mayRead);
  if (problems.length > 0) return { kind: 'problems', problems };
  const joinedMd5 = joinedMd5Of(segments);
  if (expectedMd5 !== undefined && expectedMd5 !== joinedMd5) {
    throw new CoreError('BadDigest', { algorithm: 'MD5', expected: expectedMd5, calculated: joinedMd5 });
  }
  let size = 0;
  for (const segment of segments) size += lengthOfSegment(segment);
  let list: Buffer | null = encodeSegmentList(segments);
  const source = {
    async read() {
      const chunk = list;
      list = null;
      return chunk;
    },
  };
  const body = { source, size: list.length, expected: {} };
  const version = await putObject(context, { ...target, body, segmented: { size, joinedMd5 } });
  return { kind: 'stored', version };
}
