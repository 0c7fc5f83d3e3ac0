/**
 * One request, made from the operation table: its method, the parameters that route to it, others and headers at random, the
 * body it expects, and a proof. Most are signed correctly, so that they get past the door.
 */
import { createHash } from 'node:crypto';
import { operations } from '../../src/dialects/s3/operation-table.ts';
import {
  IndependentSigner,
  type SignedRequest,
  type SigningIdentity,
  type UnsignedRequest,
} from '../support/independent-signer.ts';
import { IndependentSignerV2 } from '../support/independent-signer-v2.ts';
import { headOf } from '../support/raw-http.ts';
import { Random } from './random.ts';
import { type KnownUpload, randomBody } from './random-body.ts';
import {
  randomBucket,
  randomHeaderName,
  randomHeaderValue,
  randomKey,
  randomParameterName,
  randomText,
} from './wire-values.ts';

export interface FuzzRequest {
  readonly operation: string;
  readonly bytes: Buffer;
  readonly isToHead: boolean;
  /** Whole and well-framed: it must be answered. */
  readonly isWhole: boolean;
  readonly bucket: string;
  readonly key: string;
  readonly upload: KnownUpload | undefined;
  readonly partNumber: number;
}

export interface FuzzWorld {
  readonly host: string;
  readonly identity: SigningIdentity;
  /** Of the account that signs. */
  readonly ownerId: string;
  readonly uploads: readonly KnownUpload[];
}

type Pair = [string, string];

const routed = [...new Set(operations.flatMap(({ route }) => route.query ?? []))].map(
  (wanted) => wanted.split('=')[0] ?? wanted,
);
/** What most clients do most: drawn more often, so that there is something for the others to meet. */
const usual = operations.filter(({ name }) =>
  [
    'PutObject',
    'GetObject',
    'CreateMultipartUpload',
    'UploadPart',
    'CompleteMultipartUpload',
    'CopyObject',
  ].includes(name),
);
const implemented = operations.filter(({ summary }) => !summary.startsWith('Not implemented'));

export function randomRequest(seed: number, index: number, world: FuzzWorld, now: Date): FuzzRequest {
  const random = new Random(seed, index);
  const operation = random.pick(random.chance(40) ? usual : random.chance(95) ? implemented : operations);
  const { route } = operation;
  const upload =
    world.uploads.length > 0 && random.chance(80)
      ? world.uploads[random.below(world.uploads.length)]
      : undefined;
  const isOfUpload = route.query?.includes('uploadId') === true && upload !== undefined;
  const bucket = isOfUpload ? upload.bucket : randomBucket(random);
  const key = isOfUpload ? upload.key : randomKey(random);
  const partNumber = random.chance(60) ? 1 : random.chance(80) ? 2 : random.below(20_000);
  const query = randomQuery(random, route.query ?? [], upload, partNumber);
  const headers = randomHeaders(random, route.headers ?? []);
  const mayHaveBody = operation.body.kind !== 'none' || random.chance(3);
  const body = mayHaveBody ? randomBody(random, operation.name, upload, world.ownerId) : Buffer.alloc(0);
  if (operation.name === 'DeleteObjects' && random.chance(80)) {
    headers['content-md5'] = createHash('md5').update(body).digest('base64');
  }
  const method = random.chance(99) ? route.method : random.pick(['GET', 'PUT', 'POST', 'PATCH', 'BREW']);
  const unsigned: UnsignedRequest = {
    method,
    host: world.host,
    path: pathOf(route.resource, bucket, key),
    query,
    headers,
    body,
  };
  const signed = proven(random, unsigned, world.identity, now);
  const framed = Buffer.concat([Buffer.from(headOf(signed)), signed.body]);
  const isMangled = random.chance(4);
  return {
    operation: operation.name,
    bytes: isMangled ? mangle(random, framed) : framed,
    isToHead: method === 'HEAD',
    isWhole: !isMangled,
    bucket,
    key,
    upload: isOfUpload ? upload : undefined,
    partNumber,
  };
}

function pathOf(resource: string, bucket: string, key: string): string {
  if (resource === 'service') return '/';
  return resource === 'bucket' ? `/${bucket}` : `/${bucket}/${key}`;
}

function randomQuery(
  random: Random,
  wanted: readonly string[],
  upload: KnownUpload | undefined,
  partNumber: number,
): Pair[] {
  const query = wanted.map((name): Pair => {
    const equals = name.indexOf('=');
    if (equals >= 0) return [name.slice(0, equals), name.slice(equals + 1)];
    if (name === 'uploadId') return [name, upload?.uploadId ?? randomText(random)];
    return [name, random.chance(95) ? '' : randomText(random)];
  });
  if (wanted.includes('uploadId') && random.chance(70)) query.push(['partNumber', String(partNumber)]);
  for (let count = random.size(5); count > 0; count -= 1) {
    query.push([randomParameterName(random, routed), randomText(random)]);
  }
  return query;
}

function randomHeaders(random: Random, wanted: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let count = random.size(6); count > 0; count -= 1) {
    headers[randomHeaderName(random)] = randomHeaderValue(random);
  }
  if (random.chance(5)) headers['x-amz-object-attributes'] = 'ETag,Checksum,ObjectParts,ObjectSize';
  for (const name of wanted) {
    headers[name] = random.chance(80)
      ? `/${randomBucket(random)}/${encodeURIComponent(randomKey(random))}`
      : randomHeaderValue(random);
  }
  return headers;
}

function proven(
  random: Random,
  request: UnsignedRequest,
  identity: SigningIdentity,
  now: Date,
): SignedRequest {
  const regionPool = ['KR1', 'kr1', 'us-east-1', 'nowhere'];
  const region = random.chance(98) ? 'KR1' : random.pick(regionPool);
  const secret = random.chance(97) ? identity.secret : 'wrong';
  const accessKeyId = random.chance(99) ? identity.accessKeyId : 'nobody';
  const time = random.chance(98) ? now : new Date(now.getTime() + 1000 * (random.below(4000) - 2000));
  const signer = new IndependentSigner({ accessKeyId, secret, region }, time);
  const kind = random.below(100);
  if (kind < 55) return signer.byHeader(request, random.chance(40) ? 'UNSIGNED-PAYLOAD' : undefined);
  if (kind < 58) return signer.byHeader(request, randomHeaderValue(random));
  if (kind < 75) return chunked(random, signer, request);
  if (kind < 83) return signer.byQuery(request, random.pick([60, 0, 604_800, 604_801]));
  const subresources = [...routed, 'versionId', 'partNumber', 'response-content-type', 'response-expires'];
  const v2 = new IndependentSignerV2({ accessKeyId, secret }, time);
  if (kind < 89) return v2.byHeader({ ...request, subresources });
  if (kind < 93) return v2.byQuery({ ...request, subresources }, 60);
  const anonymous = signer.byQuery(request, 60);
  return { ...anonymous, target: anonymous.target.replace(/[?&]X-Amz-Algorithm.*/, '') };
}

function chunked(random: Random, signer: IndependentSigner, request: UnsignedRequest): SignedRequest {
  const isSigned = random.chance(60);
  const trailers: Pair[] | undefined =
    isSigned && random.chance(50)
      ? undefined
      : random.chance(30)
        ? []
        : [
            [
              `x-amz-checksum-${random.pick(['crc32', 'sha1', 'nothing'])}`,
              random.pick(['AAAAAA==', 'x', '']),
            ],
          ];
  return signer.byChunks(request, {
    chunkBytes: random.pick([8192, 65_536, 100]),
    isSigned,
    ...(trailers === undefined ? {} : { trailers }),
  });
}

/** Bytes changed, left out, put in twice, or an end too early. */
function mangle(random: Random, bytes: Buffer): Buffer {
  const at = random.below(random.chance(80) ? Math.min(bytes.length, 600) : bytes.length);
  const rest = bytes.subarray(at);
  const [before, length] = [bytes.subarray(0, at), random.below(12)];
  switch (random.below(5)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, rest.subarray(length)]);
    case 2:
      return Buffer.concat([before, random.bytes(length), rest.subarray(length)]);
    case 3:
      return Buffer.concat([before, rest.subarray(0, length), rest]);
    default:
      return Buffer.concat([
        before,
        Buffer.from(random.pick(['\r\n', '\n', ':', '\0', ' ', '%', '\r\n\r\n'])),
        rest,
      ]);
  }
}
