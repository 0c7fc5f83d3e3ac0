// A full disk: writes are refused in words, deletes and reads go on, and writes do again when there is room.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { assertS3Error, connectS3 } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

const MIB = 1024 * 1024;
/** The reserve takes 256 MiB of it, the ballast 64. */
const DISK_MIB = 420;
const RESERVE_BYTES = 256 * MIB;
const Bucket = 'bucket';

const large = Buffer.alloc(8 * MIB, 1);
const small = Buffer.alloc(1000, 2);

/** A small file system in memory; undefined, with the test skipped, where none may be mounted. */
function mountSmallDisk(t: TestContext): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-full-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder]);
  if (status === 0) return folder;
  rmSync(folder, { recursive: true });
  t.skip('skipped: no right to mount a small file system');
  return undefined;
}

function put(s3: S3Client, Key: string, Body: Buffer): Promise<unknown> {
  return s3.send(new PutObjectCommand({ Bucket, Key, Body }));
}

/** Until a write is refused. Answers how many were not. */
async function fill(s3: S3Client): Promise<number> {
  for (let count = 0; ; count += 1) {
    assert.ok(count * large.length < DISK_MIB * MIB, 'the disk is full and writes are not refused');
    try {
      await put(s3, `large-${count}`, large);
    } catch (error) {
      await assertS3Error(Promise.reject(error), { code: 'InsufficientStorage', status: 507 });
      return count;
    }
  }
}

async function untilWritable(s3: S3Client): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await put(s3, 'again', large);
      return;
    } catch (error) {
      assert.ok(tries < 60, `no room after a minute: ${String(error)}`);
      await sleep(500);
    }
  }
}

async function live(s3: S3Client, server: ServerProcess, disk: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }));
  await put(s3, 'small', small);
  const count = await fill(s3);
  assert.ok(count >= 5, `only ${count} objects had room`);
  // The refused object may have been the one that reached into the reserve, and it is gone again.
  const { bavail: left, bsize: unit } = statfsSync(disk);
  const room = left * unit - RESERVE_BYTES;
  if (room > -MIB) writeFileSync(join(disk, 'of-somebody'), Buffer.alloc(room + MIB));
  // The other worker believes its last look for a second.
  await sleep(1_100);
  await assertS3Error(put(s3, 'small-2', small), { code: 'InsufficientStorage', status: 507 });
  // Others fill the rest to the last block.
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'of-others'), Buffer.alloc(bavail * bsize - 4096));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'large-0' }));
  assert.ok(large.equals(Buffer.from(await Body!.transformToByteArray())));
  for (let index = 1; index < count; index += 1) {
    await s3.send(new DeleteObjectCommand({ Bucket, Key: `large-${index}` }));
  }
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'small' }));
  rmSync(join(disk, 'of-others'));
  rmSync(join(disk, 'of-somebody'), { force: true });
  await untilWritable(s3);
  const { code, stdout } = await runGotgan(['check', '--data-dir', server.dataDirectory]);
  assert.equal(code, 0, stdout);
}

test('writes stop at the reserve with 507, deletes and reads go on, writes go on when there is room', async (t) => {
  const disk = mountSmallDisk(t);
  if (disk === undefined) return;
  let server: ServerProcess | undefined;
  let s3: S3Client | undefined;
  try {
    server = await startServer({ dataDirectory: join(disk, 'data'), workers: 2 });
    s3 = connectS3(server);
    await live(s3, server, disk);
  } finally {
    s3?.destroy();
    await server?.dispose();
    spawnSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  }
});
