import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openCore } from '../../test/support/open-core.ts';
import type { InlineBody } from './body-records.ts';
import { CommitDraft } from './commit-draft.ts';
import { deleteInlineBody, inlineBodyKeys, putInlineBody, readInlineBody } from './inline-bodies.ts';
import { bodyIdOfCommit, rangeOfBucket, space } from './metadata-keys.ts';

const BUCKET = 7;
/** The engine of the tests puts up to 16 bytes into rows of 6. */
const bodies = fc.uint8Array({ minLength: 1, maxLength: 16 }).map((bytes) => Buffer.from(bytes));

async function stored(core: ReturnType<typeof openCore>, bytes: Buffer): Promise<InlineBody> {
  const { metadata } = core.context;
  const draft = new CommitDraft(metadata.newCommitId());
  const body = putInlineBody(core.context, draft, BUCKET, bodyIdOfCommit(draft.id), { bytes, crc32: 0 });
  assert.equal(await metadata.commit(draft), 'committed');
  metadata.refresh();
  return body;
}

test('bytes are read as they were put, in rows that are no longer than the engine likes', async () => {
  await fc.assert(
    fc.asyncProperty(bodies, fc.constantFrom(0, 0.5), async (bytes, asyncReads) => {
      const core = openCore({ faults: { seed: 1, asyncReads } });
      const body = await stored(core, bytes);
      assert.deepEqual(await readInlineBody(core.context, BUCKET, body), bytes);
      const lengths = core.storage.rows().map(({ value }) => value.length);
      assert.equal(lengths.length, body.rowCount);
      assert.ok(lengths.every((length) => length > 0 && length <= core.engine.inlineRowBytes));
    }),
  );
});

test('without any one of its rows a body is not there; deleting it leaves none', async () => {
  await fc.assert(
    fc.asyncProperty(bodies, fc.nat(), async (bytes, number) => {
      const core = openCore();
      const { metadata } = core.context;
      const body = await stored(core, bytes);
      const keys = inlineBodyKeys(BUCKET, body);
      const less = new CommitDraft(metadata.newCommitId());
      less.delete(keys[number % keys.length]!);
      await metadata.commit(less);
      metadata.refresh();
      assert.equal(await readInlineBody(core.context, BUCKET, body), undefined);
      const rest = new CommitDraft(metadata.newCommitId());
      deleteInlineBody(rest, BUCKET, body);
      await metadata.commit(rest);
      metadata.refresh();
      assert.deepEqual(await metadata.scan(rangeOfBucket(space.body, BUCKET), 9), []);
    }),
  );
});
