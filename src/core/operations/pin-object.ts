/** Reading one version in several pieces, as answers with several ranges need it. */
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { shownFacts } from '../metadata-records.ts';
import type { FoundObject, GetObjectInput } from '../object-store.ts';
import type { OpenBody } from '../read-body.ts';
import { findSelected, openSelected, type Selected, toFoundObject } from './get-object.ts';

export type PinObjectInput = Omit<GetObjectInput, 'conditions' | 'range' | 'partNumber'>;

export interface PinnedObject extends FoundObject {
  /** Bytes `start` to `end`, inclusive. Throws StoredDataCorrupt. */
  read(start: number, end: number): Promise<OpenBody>;
}

/** Throws what `headObject` throws. Blobs stay readable while the request runs; inline bytes are taken along. */
export async function pinObject(context: CoreContext, input: PinObjectInput): Promise<PinnedObject> {
  const query = { ...input, conditions: {} };
  for (let look = 0; look < 2; look++) {
    // A body that is not there has been replaced since its record was read. Look again once, at the newest state.
    if (look > 0) context.metadata.refresh();
    const found = await findSelected(context, query);
    const shown = toFoundObject(query, found);
    const { record } = found.object;
    if (found.reading !== undefined || record.body.kind !== 'inline') {
      return { ...shown, read: (start, end) => openSpan(context, found, start, end) };
    }
    const opened = await openSelected(context, found);
    if (opened?.bytes !== undefined) {
      const { bytes } = opened;
      return { ...shown, read: async (start, end) => sourceOf(bytes.subarray(start, end + 1)) };
    }
    if (opened !== undefined && shownFacts(record).size === 0) {
      return { ...shown, read: async () => sourceOf(NO_BYTES) };
    }
  }
  throw new CoreError('StoredDataCorrupt', { key: input.key });
}

const NO_BYTES = Buffer.alloc(0);

async function openSpan(
  context: CoreContext,
  found: Selected,
  start: number,
  end: number,
): Promise<OpenBody> {
  const opened = await openSelected(context, { ...found, selected: { start, end } });
  if (opened === undefined) throw new CoreError('StoredDataCorrupt', { key: found.object.key });
  return opened;
}

function sourceOf(bytes: Buffer): OpenBody {
  let rest: Buffer | null = bytes.length === 0 ? null : bytes;
  return {
    bytes,
    async read() {
      const chunk = rest;
      rest = null;
      return chunk;
    },
    async close() {
      rest = null;
    },
  };
}
