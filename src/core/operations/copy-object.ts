/**
 * CopyObject: one commit whatever the size. The copy shares the body of its source by one more reference, written in the
 * commit that checks that the source still is what was read; inline bytes are duplicated.
 *
 * A composed object has no bytes of its own: copied as it is stored, its list is shared like any body; otherwise the bytes of its
 * segments are read and become one plain object.
 *
 * Known deviation: no bytes are rewritten, so the copy of a multipart object keeps its ETag with `-N`, its part boundaries
 * and its composite checksum, where S3 makes a plain object with an MD5 ETag.
 */
import { archiveReplaced } from '../archive-versions.ts';
import { type Body, bodyIdOf } from '../body-records.ts';
import type { CommitDraft } from '../commit-draft.ts';
import { withoutComposition } from '../composition/composition-documents.ts';
import { assertCopySize, digestSource, findCopySource } from '../copy-source.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import type { FoundVersion } from '../find-version.ts';
import { putInlineBody, readInlineBody } from '../inline-bodies.ts';
import { liveHead, placeVersion, readKeyState } from '../key-state.ts';
import { bodyIdOfCommit } from '../metadata-keys.ts';
import { toObjectVersion } from '../metadata-records.ts';
import type { Bucket, Checksum, ObjectVersion } from '../model.ts';
import { assertKey } from '../names.ts';
import type { BodyInput, CopyObjectInput } from '../object-store.ts';
import { checkWriteConditions } from '../preconditions.ts';
import { commitBelowBucket } from '../retry-commit.ts';
import { assertUploadName } from '../upload-names.ts';
import { getObject } from './get-object.ts';
import { putObject } from './put-object.ts';

const LOOKS_MAX = 16;

/** A checksum computed from the bytes of one body. */
interface ComputedChecksum {
  readonly body: string | undefined;
  readonly checksum: Checksum;
}

export async function copyObject(context: CoreContext, input: CopyObjectInput): Promise<ObjectVersion> {
  const { bucket, key } = input;
  assertKey(key, context.settings.keyBytesMax);
  assertUploadName(bucket, key);
  assertKey(input.source.key, context.settings.keyBytesMax);
  let computed: ComputedChecksum | undefined;
  for (let look = 0; look < LOOKS_MAX; look++) {
    if (look > 0) context.metadata.refresh();
    const found = await findSource(context, input);
    if (isToBeFlattened(input, found)) return flatten(context, input);
    if (needsChecksum(input, found, computed)) {
      computed = await computeChecksum(context, input, found);
      if (computed === undefined) continue;
    }
    const version = await context.keyQueue.run(bucket.id, key, () => commitCopy(context, input, computed));
    if (version !== undefined) return version;
  }
  throw new CoreError('TooMuchContention', { key });
}

async function findSource(context: CoreContext, input: CopyObjectInput): Promise<FoundVersion> {
  const { source, bucket, key } = input;
  const found = await findCopySource(context, source, input.sourceConditions);
  const isOntoItself = source.bucket.id === bucket.id && source.key === key && source.versionId === undefined;
  if (isOntoItself && !input.changesSomething) throw new CoreError('CopyOntoItself', { key });
  assertCopySize(found.record.size, context.settings.objectBytesMax);
  return found;
}

function isToBeFlattened({ asStored }: CopyObjectInput, { record }: FoundVersion): boolean {
  return record.composition !== undefined && asStored !== true;
}

async function flatten(context: CoreContext, input: CopyObjectInput): Promise<ObjectVersion> {
  const { bucket, key, owner, checksumAlgorithm: algorithm, mayRead } = input;
  const opened = await getObject(context, {
    ...input.source,
    conditions: {},
    ...(mayRead === undefined ? undefined : { mayRead }),
  });
  try {
    const { version } = opened;
    assertCopySize(version.size, context.settings.objectBytesMax);
    const source = { ...version, metadata: withoutComposition(version.metadata) };
    const body: BodyInput = {
      source: opened.body,
      size: version.size,
      expected: {},
      ...(algorithm === undefined ? undefined : { trailingChecksum: { algorithm, value: () => undefined } }),
    };
    const expiresAtMicros = input.expiresAtMicros?.(source);
    return await putObject(context, {
      bucket,
      key,
      owner,
      metadata: input.metadata(source),
      body,
      conditions: input.conditions,
      ...(expiresAtMicros === undefined ? undefined : { expiresAtMicros }),
    });
  } finally {
    await opened.body.close();
  }
}

function needsChecksum(
  input: CopyObjectInput,
  found: FoundVersion,
  computed: ComputedChecksum | undefined,
): boolean {
  const { checksumAlgorithm } = input;
  if (checksumAlgorithm === undefined || checksumAlgorithm === found.record.checksum?.algorithm) return false;
  return computed === undefined || computed.body !== bodyIdOf(found.record.body);
}

/** The one thing for which a copy reads bytes. Undefined: the source has been replaced meanwhile. */
async function computeChecksum(
  context: CoreContext,
  input: CopyObjectInput,
  found: FoundVersion,
): Promise<ComputedChecksum | undefined> {
  const algorithm = input.checksumAlgorithm!;
  const { size, body } = found.record;
  const digests = await digestSource(context, input.source, found, 0, size - 1, [algorithm]);
  if (digests === undefined) return undefined;
  const checksum: Checksum = { algorithm, type: 'FULL_OBJECT', value: digests[0]!.toString('base64') };
  return { body: bodyIdOf(body), checksum };
}

/** Undefined: the source is not what was read any more, look again. */
function commitCopy(
  context: CoreContext,
  input: CopyObjectInput,
  computed: ComputedChecksum | undefined,
): Promise<ObjectVersion | undefined> {
  const { key } = input;
  return commitBelowBucket(context, input.bucket, key, async (draft, bucket) => {
    const found = await findSource(context, input);
    if (isToBeFlattened(input, found) || needsChecksum(input, found, computed)) return undefined;
    const state = await readKeyState(context, bucket, key);
    const head = liveHead(context, state);
    checkWriteConditions(input.conditions, key, head?.record);
    await archiveReplaced(context, draft, bucket, key, head);
    const body = await shareBody(context, draft, input, bucket, found);
    if (body === undefined) return undefined;
    const source = found.record;
    const isKept = computed === undefined || input.checksumAlgorithm === source.checksum?.algorithm;
    const checksum = isKept ? source.checksum : computed.checksum;
    const shown = toObjectVersion(input.source.key, source, found.isLatest);
    const expiresAtMicros = input.expiresAtMicros?.(shown);
    const record = placeVersion(context, draft, bucket, key, state, {
      isDeleteMarker: false,
      size: source.size,
      etagMd5: source.etagMd5,
      ...(source.partCount === undefined ? undefined : { partCount: source.partCount }),
      ...(checksum === undefined ? undefined : { checksum }),
      ...(source.composition === undefined ? undefined : { composition: source.composition }),
      ...(source.segmented === undefined ? undefined : { segmented: source.segmented }),
      owner: input.owner,
      metadata: input.metadata(shown),
      protectionRequest: input.protection?.(shown),
      ...(expiresAtMicros === undefined ? undefined : { expiresAtMicros }),
      body,
    });
    return toObjectVersion(key, record, true);
  });
}

/** The body for the copy; the commit then checks that the source has not changed. Undefined: its bytes are gone. */
async function shareBody(
  context: CoreContext,
  draft: CommitDraft,
  input: CopyObjectInput,
  bucket: Bucket,
  found: FoundVersion,
): Promise<Body | undefined> {
  const { body } = found.record;
  // Also when the source is the destination's head, which is checked anyway: that may have been read later than this.
  draft.check(found.storedUnder, { version: found.recordVersion });
  if (body.kind !== 'inline') return body;
  const bytes = await readInlineBody(context, input.source.bucket.id, body);
  if (bytes === undefined) return undefined;
  return putInlineBody(context, draft, bucket.id, bodyIdOfCommit(draft.id), { bytes, crc32: body.crc32 });
}
