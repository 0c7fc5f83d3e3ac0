// What the console computes by itself, against what others compute.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { applyPatch } from '../../console/src/denials/apply-patch.ts';
import { parseMetrics, ratesBetween, totalsOf } from '../../console/src/operations/read-metrics.ts';
import { crc32Base64 } from '../../console/src/s3/crc32.ts';

it('CRC-32 is that of zlib, for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const expected = Buffer.alloc(4);
      expected.writeUInt32BE(crc32(text));
      assert.equal(crc32Base64(text), expected.toString('base64'));
    }),
  );
});

it('a patch adds, replaces and removes, and leaves what it was given as it was', () => {
  const document = { Statement: [{ Action: ['a'], Effect: 'Allow', Condition: { 'x/y': '1' } }] };
  const before = structuredClone(document);
  const patched = applyPatch(document, [
    { op: 'add', path: '/Statement/0/Action/-', value: 'b' },
    { op: 'replace', path: '/Statement/0/Effect', value: 'Deny' },
    { op: 'remove', path: '/Statement/0/Condition/x~1y' },
    { op: 'add', path: '/Statement/-', value: { Effect: 'Allow' } },
  ]);
  assert.deepEqual(patched, {
    Statement: [{ Action: ['a', 'b'], Effect: 'Deny', Condition: {} }, { Effect: 'Allow' }],
  });
  assert.deepEqual(document, before);
});

it('a patch for another document is refused, not half made', () => {
  for (const path of ['/Statement/3/Effect', '/Statement/0/Nothing', '/Other/Effect', '/Statement/9']) {
    assert.throws(() =>
      applyPatch({ Statement: [{ Effect: 'Allow' }] }, [{ op: 'replace', path, value: 1 }]),
    );
  }
});

const metrics = (requests: number, denied: number, fast: number, slow: number): string => `# HELP x y
gotgan_requests_total{dialect="s3",operation="GetObject",status="200"} ${requests}
gotgan_requests_total{dialect="s3",operation="PutObject",status="403"} ${denied}
gotgan_requests_total{dialect="console",operation="GetConsoleFile",status="200"} 999
gotgan_request_duration_seconds_bucket{le="0.01",dialect="s3",operation="GetObject"} ${fast}
gotgan_request_duration_seconds_bucket{le="0.1",dialect="s3",operation="GetObject"} ${fast + slow}
gotgan_request_duration_seconds_bucket{le="+Inf",dialect="s3",operation="GetObject"} ${fast + slow}
gotgan_sent_bytes_total{dialect="s3",operation="GetObject"} ${requests * 1000}
gotgan_requests_running 2
`;

it('rates are what happened between two looks, without the page itself', () => {
  const before = totalsOf(parseMetrics(metrics(100, 1, 50, 50)), 0);
  const after = totalsOf(parseMetrics(metrics(150, 2, 90, 60)), 10_000);
  const rates = ratesBetween(before, after);
  assert.deepEqual(
    [rates.okPerSecond, rates.refusedPerSecond, rates.deniedPerMinute, rates.bytesOutPerSecond],
    [5, 0.1, 6, 5000],
  );
  // Of 50 requests 40 took at most 10 ms: half of them 6.25 ms, as Prometheus interpolates.
  assert.ok(Math.abs((rates.medianMillis ?? 0) - 6.25) < 1e-9);
  assert.ok((rates.slowMillis ?? 0) > 90 && (rates.slowMillis ?? 0) <= 100);
});

it('a counter that went back, as after a restart, is no negative rate', () => {
  const before = totalsOf(parseMetrics(metrics(100, 10, 50, 50)), 0);
  const after = totalsOf(parseMetrics(metrics(3, 0, 1, 0)), 1000);
  const rates = ratesBetween(before, after);
  assert.ok(Object.values(rates).every((value) => value === undefined || value >= 0));
});
