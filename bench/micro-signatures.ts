/** Cost of verifying one signed GET, and of decoding signed and unsigned chunks: `node bench/micro-signatures.ts`. */

import { openPayload } from '../src/dialects/authn/open-payload.ts';
import { createSigV4Verifier } from '../src/dialects/authn/sigv4.ts';
import { IndependentSigner, type SignedRequest } from '../test/support/independent-signer.ts';
import { exampleKey, exampleTime } from '../test/support/published-signatures.ts';
import { wireRequest } from '../test/support/wire-request.ts';

const signer = new IndependentSigner(exampleKey, exampleTime);
const verifier = createSigV4Verifier({
  credentials: {
    findAccessKey: async (accessKeyId) => ({
      accessKeyId,
      secret: exampleKey.secret,
      recordVersion: 1,
      principal: { kind: 'anonymous' },
    }),
  },
  skewSecondsMax: 900,
  signingKeysMax: 10,
  publicAddresses: [],
});
const rules = {
  service: 's3',
  region: () => ({ kind: 'ok' }) as const,
  presignSecondsMax: 604_800,
};

function arrived(signed: SignedRequest, pieceBytes = 65_536) {
  const pieces: Buffer[] = [];
  for (let start = 0; start < signed.body.length; start += pieceBytes) {
    pieces.push(signed.body.subarray(start, start + pieceBytes));
  }
  const headers = Object.entries({ host: signed.host, ...signed.headers });
  return wireRequest({ method: signed.method, target: signed.target, headers, pieces, at: exampleTime });
}

async function best(count: number, run: () => Promise<void>): Promise<number> {
  let seconds = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const startedAt = process.hrtime.bigint();
    for (let index = 0; index < count; index++) await run();
    seconds = Math.min(seconds, Number(process.hrtime.bigint() - startedAt) / 1e9 / count);
  }
  return seconds;
}

const get = { method: 'GET', host: 'localhost:9000', path: '/bucket/folder/object.txt' };
const userAgent = {
  'amz-sdk-request': 'attempt=1; max=3',
  'x-amz-user-agent': 'bench/1',
  range: 'bytes=0-9',
};
const byHeader = arrived(signer.byHeader({ ...get, headers: userAgent }));
const byQuery = arrived(signer.byQuery(get, 3600));
for (const [name, request, place] of [
  ['GET signed by header', byHeader, 'header'],
  ['GET signed by query', byQuery, 'query'],
] as const) {
  const seconds = await best(20_000, async () => {
    await verifier.verify(request, place, () => rules);
  });
  process.stdout.write(`${name.padEnd(24)} ${(seconds * 1e6).toFixed(1)} us\n`);
}

const body = Buffer.alloc(64 * 1024 * 1024, 'storehouse');
for (const isSigned of [true, false]) {
  const put = { method: 'PUT', host: 'localhost:9000', path: '/bucket/object', body };
  const signed = signer.byChunks(put, { chunkBytes: 65_536, isSigned, trailers: [] });
  const seconds = await best(1, async () => {
    const request = arrived(signed);
    const { payload } = await verifier.verify(request, 'header', () => rules);
    const { source } = openPayload(request, payload);
    while ((await source.read()) !== null);
  });
  const name = isSigned ? 'signed chunks of 64 KiB' : 'unsigned chunks of 64 KiB';
  process.stdout.write(`${name.padEnd(24)} ${(body.length / seconds / 1e9).toFixed(2)} GB/s\n`);
}
