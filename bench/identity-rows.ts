/**
 * What identities cost: policies beside a read, a denial beside an answer, tokens by themselves, and a flood of refusals beside the
 * reads of others. One server stands for both sides; the load differs.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentityStore } from '../src/identity/identity-store.ts';
import { createMasterKey } from '../src/identity/master-key.ts';
import { systemClock } from '../src/lib/clock.ts';
import { createSystemEntropy } from '../src/lib/entropy.ts';
import { openDataDirectory } from '../src/storage/embedded/data-directory.ts';
import { openEmbeddedEngine } from '../src/storage/embedded/embedded-engine.ts';
import { type BenchServer, BUCKET, withServer } from './bench-servers.ts';
import { type LoadResult, type PreparedRequest, runLoad } from './load-generator.ts';
import { measureTurns, TURNS } from './measure.ts';
import { type BenchSettings, type Row, ratioOf } from './row.ts';
import { HOST, sendAll } from './send-requests.ts';
import { signHeaders } from './sign-headers.ts';

const BYTES = 4096;
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;
const POLICIES = 20;
/** What somebody sends who tries every door, from one place. */
const REFUSALS_PER_MINUTE = 50_000;
const TOKENS = 1000;

interface Load {
  readonly requests: readonly PreparedRequest[];
  readonly expectedStatus: number;
}

/** Of one pair of loads on one server, the second being what the first is compared with. */
function comparison(
  name: string,
  title: string,
  target: number,
  prepare: (server: BenchServer, paths: readonly string[]) => Promise<readonly [Load, Load]>,
): Row {
  return {
    name,
    run: (settings) =>
      withServer(settings.workers, async (server) => {
        const paths = await fill(server, settings);
        const [first, second] = await prepare(server, paths);
        const [ours, floor] = [sideOf(server), sideOf(server)];
        const pair = await measureTurns(ours, floor, (side, turn) =>
          runLoad({
            host: HOST,
            port: side.port,
            connections: CONNECTIONS,
            seconds: turn < 0 ? WARM_UP_SECONDS : Math.max(1, Math.round(settings.seconds / TURNS)),
            ...(side === ours ? first : second),
          }),
        );
        return { name, title, target, ...ratioOf(pair) };
      }),
  };
}

const sideOf = ({ port, pid }: BenchServer) => ({ port, pid });

async function fill(server: BenchServer, { objects }: BenchSettings): Promise<readonly string[]> {
  const paths = Array.from({ length: objects }, (_, index) => `/${BUCKET}/objects/${index}`);
  const body = randomBytes(BYTES);
  await sendAll(
    server.port,
    paths.map((path) => server.sign({ method: 'PUT', path, headers: {}, body })),
  );
  return paths;
}

const reads = (
  server: BenchServer,
  paths: readonly string[],
  pair: { readonly accessKey: string; readonly secretKey: string } = server.signer,
): PreparedRequest[] =>
  paths.map((path) => signHeaders({ method: 'GET', path, headers: {} }, { ...server.signer, ...pair }));

/** By the command line tool. */
function gotgan({ controlPort, signer }: BenchServer, ...words: readonly string[]): Record<string, string> {
  const args = ['bin/gotgan.js', ...words, '--json', '--endpoint', `http://${HOST}:${controlPort}`];
  const env = { ...process.env, GOTGAN_ACCESS_KEY: signer.accessKey, GOTGAN_SECRET_KEY: signer.secretKey };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`gotgan ${words.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

function addUser(server: BenchServer, name: string, role: string) {
  gotgan(server, 'user', 'add', name, '--role', role);
  const { accessKey = '', secretKey = '' } = gotgan(server, 'key', 'add', '--user', name);
  return { accessKey, secretKey };
}

const withPolicies = comparison(
  'get-4k-policies',
  `GET 4 KiB, 32 connections, signed by a user with ${POLICIES} policies, against one with none`,
  0.9,
  async (server, paths) => {
    const folder = mkdtempSync(join(tmpdir(), 'gotgan-bench-'));
    const [governed, plain] = [addUser(server, 'governed', 'operator'), addUser(server, 'plain', 'operator')];
    for (let index = 0; index < POLICIES; index += 1) {
      const Resource = [`arn:aws:s3:::bucket-${index}/*`, `arn:aws:s3:::bucket-${index}`];
      const statement = {
        Sid: `S${index}`,
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource,
      };
      const file = join(folder, `${index}.json`);
      writeFileSync(file, JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
      gotgan(server, 'policy', 'add', `policy-${index}`, file, '--attach', 'user:governed');
    }
    rmSync(folder, { recursive: true });
    return [
      { requests: reads(server, paths, governed), expectedStatus: 200 },
      { requests: reads(server, paths, plain), expectedStatus: 200 },
    ];
  },
);

const denied = comparison(
  'denied-signed',
  'GET 4 KiB that is denied, 32 connections, signed, against the same allowed',
  0.5,
  async (server, paths) => [
    { requests: reads(server, paths, addUser(server, 'nobody', 'member')), expectedStatus: 403 },
    { requests: reads(server, paths), expectedStatus: 200 },
  ],
);

/** In this process, as a worker does it. */
const tokens: Row = {
  name: 'tokens',
  async run({ seconds }) {
    const folder = mkdtempSync(join(tmpdir(), 'gotgan-bench-'));
    const entropy = createSystemEntropy();
    const { path } = await openDataDirectory({ path: join(folder, 'data'), entropy, reserveBytes: 0 });
    const fail = (failure: Error) => {
      throw failure;
    };
    const engine = await openEmbeddedEngine({ dataDirectory: path, clock: systemClock, onFailure: fail });
    const masterKey = createMasterKey(new Map([[1, randomBytes(32)]]), entropy);
    const parts = { metadata: engine.metadata, masterKey, clock: systemClock, entropy };
    const identity = createIdentityStore({ ...parts, announceFailedLogin: () => undefined });
    const { rootUser } = await identity.createAccount({ name: 'bench' });
    const values = await Promise.all(
      Array.from({ length: TOKENS }, () =>
        identity.issueToken({
          userId: rootUser.id,
          isScoped: true,
          methods: ['password'],
          expiresAtMicros: systemClock.nowMicros() + 3.6e9,
          proven: { user: 0, account: 0 },
        }),
      ),
    );
    const begun = process.cpuUsage();
    const end = performance.now() + seconds * 1000;
    let count = 0;
    let errors = 0;
    while (performance.now() < end) {
      engine.metadata.refresh();
      const found = await identity.findToken(values[count % TOKENS]!.value);
      if (found === undefined) errors += 1;
      count += 1;
    }
    const { user, system } = process.cpuUsage(begun);
    await engine.close();
    rmSync(folder, { recursive: true });
    return {
      kind: 'figure',
      name: 'tokens',
      title: 'a token validated by one worker',
      // 20,000 a second.
      target: 50,
      figure: (user + system) / count,
      unit: 'us of CPU',
      errors,
      details: `${Math.round((count * 1e6) / (user + system))} a second of one core`,
    };
  },
};

const refusals: Row = {
  name: 'refusals',
  run: (settings) =>
    withServer(settings.workers, async (server) => {
      const paths = await fill(server, settings);
      const read = (): Promise<LoadResult> =>
        runLoad({
          host: HOST,
          port: server.port,
          connections: 8,
          seconds: settings.seconds,
          requests: reads(server, paths),
          expectedStatus: 200,
        });
      const alone = await read();
      const [beside, { sent, failed }] = await Promise.all([read(), knock(server, paths, settings.seconds)]);
      return {
        kind: 'figure',
        name: 'refusals',
        title: `p99 of GET 4 KiB beside ${REFUSALS_PER_MINUTE} anonymous 403s in a minute, against without`,
        target: 1.5,
        figure: beside.p99Ms / alone.p99Ms,
        unit: 'times',
        errors: alone.errors + beside.errors + failed,
        details: `${beside.p99Ms} ms against ${alone.p99Ms} ms, ${sent} refusals in ${settings.seconds} s`,
      };
    }),
};

/** At the pace of the row, not as fast as it goes. */
async function knock(server: BenchServer, paths: readonly string[], seconds: number) {
  const TICKS_PER_SECOND = 20;
  const perTick = Math.round(REFUSALS_PER_MINUTE / 60 / TICKS_PER_SECOND);
  let [sent, failed] = [0, 0];
  const running: Promise<void>[] = [];
  for (let tick = 0; tick < seconds * TICKS_PER_SECOND; tick += 1) {
    for (let index = 0; index < perTick; index += 1) {
      const path = paths[(tick * perTick + index) % paths.length]!;
      running.push(
        fetch(`http://${HOST}:${server.port}${path}`).then(async (response) => {
          await response.arrayBuffer();
          sent += 1;
          if (response.status !== 403) failed += 1;
        }),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1000 / TICKS_PER_SECOND));
  }
  await Promise.all(running);
  return { sent, failed };
}

export const identityRows: readonly Row[] = [withPolicies, denied, tokens, refusals];
