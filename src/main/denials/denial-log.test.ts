import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pino } from 'pino';
import { DenialLog } from './denial-log.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const limits = {
  bytesMax: 40_000,
  secondsMax: 1000,
  segmentBytesMax: 4000,
  segmentSecondsMax: 100,
  perSecondMax: 20,
  perSecondOfAllMax: 1000,
  lineBytesMax: 2000,
} as never;

function openLogs(workers: number) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'gotgan-denials-'));
  folders.push(dataDirectory);
  const clock = {
    micros: Date.now() * 1000,
    nowMicros() {
      this.micros += 1;
      return this.micros;
    },
  };
  const log = pino({ level: 'silent' });
  const logs = Array.from(
    { length: workers },
    (_, epoch) => new DenialLog({ dataDirectory, clock, log, epoch, limits }),
  );
  const folder = join(dataDirectory, 'denials');
  const segments = () => readdirSync(folder).map((name) => join(folder, name));
  return { logs, clock, segments };
}

const line = (id: string, atMicros: number, more: object = {}) => ({ id, atMicros, ...more });
const everything = {
  beforeMicros: Number.MAX_SAFE_INTEGER,
  sinceMicros: 0,
  mayMatch: () => true,
  matches: () => true,
};

describe('log of denials', () => {
  test('shows every worker what any of them has written', async () => {
    const { logs } = openLogs(3);
    const [first, second, third] = logs as [DenialLog, DenialLog, DenialLog];
    await Promise.all([first.append(line('a', 1)), first.append(line('b', 3)), second.append(line('c', 2))]);
    assert.equal((await third.find('b'))?.['atMicros'], 3);
    assert.equal(await third.find('d'), undefined);
    assert.equal(await third.find('"'), undefined);
    const ids = (await third.list({ ...everything, limit: 9 })).map(({ id }) => id);
    assert.deepEqual(ids, ['b', 'c', 'a']);
    assert.deepEqual(
      (await third.list({ ...everything, limit: 1, beforeMicros: 3 })).map(({ id }) => id),
      ['c'],
    );
    assert.deepEqual((await third.list({ ...everything, limit: 9, sinceMicros: 2 })).length, 2);
  });

  test('keeps within its bytes, the newest of them', async () => {
    const { logs, segments } = openLogs(2);
    for (let turn = 0; turn < 400; turn += 1) {
      await logs[turn % 2]!.append(line(`id-${turn}`, turn, { more: 'x'.repeat(300) }));
      const bytes = segments().reduce((sum, path) => sum + statSync(path).size, 0);
      assert.ok(bytes <= 40_000 + 8000, `${bytes} bytes`);
    }
    assert.equal(await logs[0]!.find('id-0'), undefined);
    assert.equal((await logs[0]!.find('id-399'))?.['atMicros'], 399);
    const kept = await logs[0]!.list({ ...everything, limit: 1000 });
    assert.ok(kept.length > 60, String(kept.length));
  });

  test('forgets what is too old, and goes on in another file', async () => {
    const { logs, clock, segments } = openLogs(2);
    const [first, second] = logs as [DenialLog, DenialLog];
    await first.append(line('old', 1));
    for (const path of segments()) utimesSync(path, Date.now() / 1000, Date.now() / 1000 - 2000);
    second.makeRoom();
    assert.equal(await first.find('old'), undefined);
    assert.deepEqual(segments(), []);
    await first.append(line('new', 2));
    assert.equal((await second.find('new'))?.['id'], 'new');
    clock.micros += 101e6;
    await first.append(line('newer', 3));
    assert.equal(segments().length, 2);
  });

  test('reads over lines that a power cut has torn', async () => {
    const { logs, segments } = openLogs(1);
    const [log] = logs as [DenialLog];
    await log.append(line('whole', 1));
    appendFileSync(segments()[0]!, '{"id":"torn","atMicros":2,"more":"');
    assert.equal(await log.find('torn'), undefined);
    await log.append(line('after', 3));
    const ids = (await log.list({ ...everything, limit: 9 })).map(({ id }) => id);
    assert.ok(ids.includes('whole'));
    assert.equal(statSync(segments()[0]!).mode & 0o777, 0o600);
  });
});
