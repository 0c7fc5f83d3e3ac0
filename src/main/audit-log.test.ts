import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { wireRequest } from '../../test/support/wire-request.ts';
import type { Call } from '../dialects/kernel/dialect.ts';
import { createAuditLog } from './audit-log.ts';
import { createLogger } from './create-logger.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'gotgan-audit-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function callAt(minute: number, remoteAddress = '192.0.2.1', target: Record<string, string> = {}): Call {
  const request = { ...wireRequest({ at: new Date(minute * 60_000) }), remoteAddress };
  return { request, requestId: 'req-1', audit: { target } };
}

const open = () => createAuditLog(folder, createLogger('silent', 'test'));
const lines = () =>
  readFileSync(join(folder, 'audit.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the audit log', () => {
  it('has a line for what it is told, for its owner only, wherever the file has gone', () => {
    const audit = open();
    audit.record('keystone', 'CreateTokenV2', callAt(0, '192.0.2.1', { user: 'a\nb' }), 200, undefined);
    assert.deepEqual(lines(), [
      {
        time: '1970-01-01T00:00:00.000Z',
        requestId: 'req-1',
        api: 'keystone',
        operation: 'CreateTokenV2',
        outcome: 'success',
        status: 200,
        remote: '192.0.2.1',
        target: { user: 'a\nb' },
      },
    ]);
    assert.equal(statSync(join(folder, 'audit.log')).mode & 0o777, 0o600);
    renameSync(join(folder, 'audit.log'), join(folder, 'audit.log.1'));
    audit.record('keystone', 'CreateTokenV2', callAt(0), 200, undefined);
    assert.equal(lines().length, 1);
    const { audit: _, ...unaudited } = callAt(0);
    audit.record('s3', 'GetObject', unaudited, 200, undefined);
    assert.equal(lines().length, 1, 'and nothing else');
  });

  it('bounds what one source can make it write by being refused, and says what it left out', () => {
    rmSync(join(folder, 'audit.log'), { force: true });
    const audit = open();
    const long = { user: 'x'.repeat(60_000) };
    for (let index = 0; index < 1000; index += 1) {
      audit.record('keystone', 'CreateTokenV2', callAt(1, '192.0.2.1', long), 401, undefined);
    }
    assert.equal(lines().length, 120);
    assert.ok(statSync(join(folder, 'audit.log')).size < 120 * 500);
    audit.record('keystone', 'CreateTokenV2', callAt(1, '192.0.2.2'), 401, undefined);
    assert.deepEqual([lines().length, lines().at(-1).leftOut], [121, 880]);
    audit.record('keystone', 'CreateTokenV2', callAt(1), 200, undefined);
    assert.deepEqual([lines().length, lines().at(-1).leftOut], [122, undefined], 'successes always');
    audit.record('keystone', 'CreateTokenV2', callAt(2), 401, undefined);
    assert.equal(lines().length, 123);
  });
});
