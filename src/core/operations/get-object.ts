import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { type FoundVersion, findVersion } from '../find-version.ts';
import { toObjectVersion } from '../metadata-records.ts';
import { assertKey } from '../names.ts';
import type { FoundObject, GetObjectInput, OpenedObject } from '../object-store.ts';
import { checkReadConditions } from '../preconditions.ts';
import { openBody } from '../read-body.ts';
import { type ByteSelection, selectPart, selectRange } from '../select-bytes.ts';

/** The version and the bytes that were asked for, without opening them: one point read for a current version. */
export async function headObject(context: CoreContext, input: GetObjectInput): Promise<FoundObject> {
  const { found, selected } = await findSelected(context, input);
  return toFoundObject(input, found, selected);
}

/** As `headObject`, with the bytes opened: one more point read when they are inline. */
export async function getObject(context: CoreContext, input: GetObjectInput): Promise<OpenedObject> {
  for (let look = 0; look < 2; look++) {
    // A body that is not there has been replaced since its record was read. Look again once, at the newest state.
    if (look > 0) context.metadata.refresh();
    const { found, selected } = await findSelected(context, input);
    const { size, body } = found.record;
    const target = { bucket: input.bucket.id, key: input.key, size, body };
    const opened = await openBody(context, target, selected?.start ?? 0, selected?.end ?? size - 1);
    if (opened !== undefined) return { ...toFoundObject(input, found, selected), body: opened };
  }
  throw new CoreError('StoredDataCorrupt', { key: input.key });
}

interface Selected {
  readonly found: FoundVersion;
  readonly selected: ByteSelection | undefined;
}

async function findSelected(context: CoreContext, input: GetObjectInput): Promise<Selected> {
  const { bucket, key, versionId, conditions, range, partNumber } = input;
  assertKey(key, context.settings.keyBytesMax);
  const found = await findVersion(context, bucket, key, versionId);
  checkReadConditions(conditions, found.record);
  if (range !== undefined) return { found, selected: selectRange(range, found.record.size) };
  if (partNumber === undefined) return { found, selected: undefined };
  return { found, selected: await selectPart(context, found.record, partNumber) };
}

function toFoundObject(
  input: GetObjectInput,
  found: FoundVersion,
  selected: ByteSelection | undefined,
): FoundObject {
  const version = toObjectVersion(input.key, found.record, found.isLatest);
  return selected === undefined ? { version } : { version, selected };
}
