/**
 * Cost of deciding about one GET, without and with a policy of 20 statements, in process; and, with `--server`, the server's CPU
 * per unsigned and signed GET of 4 KiB: `node bench/micro-policies.ts --server`.
 */
import { connect } from 'node:net';
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type AccessQuestion, evaluateAccess, needsObjectFacts } from '../src/identity/evaluate-access.ts';
import type { Principal } from '../src/identity/principal.ts';
import { connectS3 } from '../test/support/s3-client.ts';
import { type ServerProcess, startServer } from '../test/support/server-process.ts';
import { cpuSeconds, processTree } from './process-cpu.ts';
import { signHeaders } from './sign-headers.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);

/** 19 that are about other accounts, folders, networks and actions, then the one that allows. */
function twentyStatements(bucket: string): string {
  const objects = `arn:aws:s3:::${bucket}`;
  const others = Array.from({ length: 19 }, (_, index) => ({
    Sid: `Rule${index}`,
    Effect: index % 4 === 0 ? 'Deny' : 'Allow',
    Principal: index % 3 === 0 ? '*' : { AWS: `arn:aws:iam::${index.toString(16).padStart(32, '0')}:root` },
    Action: index % 2 === 0 ? ['s3:GetObject', 's3:GetObjectVersion'] : ['s3:PutObject', 's3:DeleteObject'],
    Resource: [`${objects}/team-${index}/*`, `${objects}/*/shared-${index}/*.csv`],
    ...(index % 5 === 0 && { Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }),
  }));
  const last = { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: `${objects}/*` };
  const list = { ...last, Action: 's3:ListBucket', Resource: objects };
  return JSON.stringify({ Version: '2012-10-17', Statement: [...others.slice(0, 18), last, list] });
}

function userOf(account: string): Principal {
  const dates = { enabled: true, createdAtMicros: 0 };
  return {
    kind: 'user',
    account: { id: account, name: 'an account', ...dates },
    user: { id: account, accountId: account, name: 'u', displayName: '', email: '', isRoot: false, ...dates },
    isServerAdmin: false,
  };
}

function microseconds(question: AccessQuestion): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 10; round++) {
    const startedAt = process.hrtime.bigint();
    for (let index = 0; index < 20_000; index++) {
      needsObjectFacts(question);
      if (!evaluateAccess(question).allowed) throw new Error('denied');
    }
    best = Math.min(best, Number(process.hrtime.bigint() - startedAt) / 1e3 / 20_000);
  }
  return best;
}

const policy = twentyStatements('photos');
for (const [who, principal] of [
  ['owner', userOf(A)],
  ['other account', userOf(B)],
  ['nobody', { kind: 'anonymous' } as const],
] as const) {
  const resource = { account: A, bucket: 'photos', key: 'some/key.jpg' };
  const request = new Map([['aws:sourceip', '192.0.2.7']]);
  const object = {
    kind: 'present',
    account: A,
    acl: '{"v":1,"g":[["R","all"]]}',
  } as const;
  const without = microseconds({
    principal,
    action: 'object:read',
    resource: { ...resource, object },
    request,
  });
  const withPolicy = microseconds({
    principal,
    action: 'object:read',
    resource: { ...resource, bucketPolicy: policy },
    request,
  });
  console.log(
    `${who.padEnd(14)} ${without.toFixed(2)} us without, ${withPolicy.toFixed(2)} us with 20 statements`,
  );
}

const REQUESTS = 30_000;
const IN_FLIGHT = 32;

/** Server CPU per request in microseconds: one connection, pipelined. */
async function serverMicros(server: ServerProcess, head: string): Promise<number> {
  const { hostname, port } = new URL(server.storageUrl);
  const socket = connect(Number(port), hostname);
  const began = cpuSeconds(processTree(server.pid));
  let answered = 0;
  let sent = 0;
  await new Promise<void>((resolve, reject) => {
    const send = () => {
      while (sent < REQUESTS && sent - answered < IN_FLIGHT) {
        socket.write(head);
        sent += 1;
      }
    };
    socket.on('connect', send).on('error', reject);
    socket.on('data', (chunk) => {
      for (let at = chunk.indexOf('HTTP/1.1 '); at >= 0; at = chunk.indexOf('HTTP/1.1 ', at + 1)) {
        if (chunk.toString('latin1', at + 9, at + 12) !== '200')
          reject(new Error(chunk.toString('latin1', at, at + 200)));
        answered += 1;
      }
      if (answered >= REQUESTS) resolve();
      else send();
    });
  });
  socket.destroy();
  return ((cpuSeconds(processTree(server.pid)) - began) * 1e6) / REQUESTS;
}

if (process.argv.includes('--server')) {
  const server = await startServer();
  const s3 = connectS3(server);
  for (const Bucket of ['listed', 'ruled']) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'key', Body: Buffer.alloc(4096), ACL: 'public-read' }));
  }
  await s3.send(new PutBucketPolicyCommand({ Bucket: 'ruled', Policy: twentyStatements('ruled') }));
  const { host } = new URL(server.storageUrl);
  const signer = { host, accessKey: server.accessKey, secretKey: server.secretKey, region: 'KR1' };
  const unsigned = (path: string) => `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
  const signed = (path: string) => {
    const { headers } = signHeaders({ method: 'GET', path, headers: {} }, signer);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  };
  for (const [name, make] of [
    ['unsigned', unsigned],
    ['signed', signed],
  ] as const) {
    const rounds: (readonly [number, number])[] = [];
    for (let round = 0; round < 5; round++) {
      rounds.push([
        await serverMicros(server, make('/listed/key')),
        await serverMicros(server, make('/ruled/key')),
      ]);
    }
    const without = Math.min(...rounds.map(([micros]) => micros));
    const ruled = Math.min(...rounds.map(([, micros]) => micros));
    const more = (ruled / without - 1) * 100;
    console.log(
      `${name} GET: ${without.toFixed(1)} us by list, ${ruled.toFixed(1)} us by policy (${more.toFixed(1)}%)`,
    );
  }
  s3.destroy();
  await server.dispose();
}
