/** Reading small objects by bearer token, against the same by Signature Version 4: what a token costs beside a signature. */
import { randomBytes } from 'node:crypto';
import { type BenchServer, BUCKET, ROOT_API_KEY, withServer } from './bench-servers.ts';
import { runLoad } from './load-generator.ts';
import { measureTurns, TURNS } from './measure.ts';
import { type Row, ratioOf } from './row.ts';
import { HOST, sendAll } from './send-requests.ts';

const BYTES = 4096;
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;

/** One server stands for both sides; the load differs. */
export const bearerRow: Row = {
  name: 'get-4k-bearer',
  run: (settings) =>
    withServer(settings.workers, async (server) => {
      const authorization = `Bearer ${await tokenOf(server)}`;
      const paths = Array.from({ length: settings.objects }, (_, index) => `/${BUCKET}/objects/${index}`);
      const body = randomBytes(BYTES);
      const puts = paths.map((path) => server.sign({ method: 'PUT', path, headers: {}, body }));
      await sendAll(server.port, puts);
      const { host } = server.signer;
      const byToken = paths.map((path) => ({ method: 'GET', path, headers: { host, authorization } }));
      const bySignature = paths.map((path) => server.sign({ method: 'GET', path, headers: {} }));
      const ours = { port: server.port, pid: server.pid };
      const floor = { port: server.port, pid: server.pid };
      const pair = await measureTurns(ours, floor, (side, turn) =>
        runLoad({
          host: HOST,
          port: side.port,
          connections: CONNECTIONS,
          seconds: turn < 0 ? WARM_UP_SECONDS : Math.max(1, Math.round(settings.seconds / TURNS)),
          expectedStatus: 200,
          requests: side === ours ? byToken : bySignature,
        }),
      );
      const title = 'GET 4 KiB, 32 connections, by bearer token, against the same signed';
      return { name: 'get-4k-bearer', title, target: 0.9, ...ratioOf(pair) };
    }),
};

async function tokenOf({ controlPort }: BenchServer): Promise<string> {
  const answer = await fetch(`http://${HOST}:${controlPort}/identity/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
      apikey: ROOT_API_KEY,
    }),
  });
  const { access_token: token } = (await answer.json()) as { readonly access_token?: string };
  if (token === undefined) throw new Error(`no token: ${answer.status}`);
  return token;
}
