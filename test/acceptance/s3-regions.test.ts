// KR1, KR2, JP1 and US1 in one process: each by an address or a host name of its own, and none sees the buckets of another.
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { after, before, describe, test } from 'node:test';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { assertNoFailures, assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const DOMAIN = 'gotgan.test';
/** KR1 answers for every host that is not named, KR2 at an address of its own, JP1 and US1 by their names below the domain. */
const REGIONS = `KR1,KR2=127.0.0.1:0,JP1=jp1.${DOMAIN};ibm=jp-tok,US1=us1.${DOMAIN};ibm=us-south;scp=us-west9`;
const regions = ['KR1', 'KR2', 'JP1', 'US1'] as const;
type Region = (typeof regions)[number];

/** All names lead to the server under test, whatever the machine's resolver says of them. */
const httpAgent = new Agent({
  keepAlive: true,
  lookup: (_name, options, callback) => {
    if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  },
});

function endpointOf(server: ServerProcess, region: Region): string {
  if (region === 'KR1') return server.storageUrl;
  if (region === 'KR2') return server.regionUrl('KR2');
  return `http://${region.toLowerCase()}.${DOMAIN}:${new URL(server.storageUrl).port}`;
}

const clients = new Set<S3Client>();

function connect(server: ServerProcess, region: Region, options: S3ClientConfig = {}): S3Client {
  const endpoint = endpointOf(server, region);
  const client = connectS3(server, { endpoint, region, requestHandler: { httpAgent }, ...options });
  clients.add(client);
  return client;
}

async function startRegions(bucketNames: 'global' | 'account') {
  const env = { GOTGAN_REGIONS: REGIONS, GOTGAN_DOMAIN: DOMAIN, GOTGAN_BUCKET_NAMES: bucketNames };
  const server = await startServer({ env });
  const at = Object.fromEntries(regions.map((region) => [region, connect(server, region)]));
  return { server, at: at as Record<Region, S3Client> };
}

let server: ServerProcess;
let at: Record<Region, S3Client>;
before(async () => {
  ({ server, at } = await startRegions('global'));
});
after(async () => {
  for (const client of clients) client.destroy();
  httpAgent.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

async function namesAt(client: S3Client): Promise<(string | undefined)[]> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  return Buckets.map(({ Name }) => Name);
}

describe('a bucket', () => {
  for (const region of regions) {
    test(`of ${region} is there, and nowhere else`, async () => {
      const here = at[region];
      const Bucket = newBucketName(`of-${region.toLowerCase()}`);
      const CreateBucketConfiguration = { LocationConstraint: region.toLowerCase() as 'EU' };
      await here.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
      await here.send(new PutObjectCommand({ Bucket, Key: 'a/key', Body: `in ${region}` }));

      const location = await here.send(new GetBucketLocationCommand({ Bucket }));
      assert.equal(location.LocationConstraint, region);
      assert.equal((await here.send(new HeadBucketCommand({ Bucket }))).BucketRegion, region);
      assert.ok((await namesAt(here)).includes(Bucket));

      for (const other of regions.filter((name) => name !== region)) {
        const there = at[other];
        const absent = { code: 'NoSuchBucket', status: 404, fields: { BucketName: Bucket } };
        await assertS3Error(there.send(new ListObjectsV2Command({ Bucket })), absent);
        await assertS3Error(there.send(new GetObjectCommand({ Bucket, Key: 'a/key' })), absent);
        await assertS3Error(there.send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'b' })), absent);
        await assertS3Error(there.send(new DeleteBucketCommand({ Bucket })), absent);
        await assertS3Error(there.send(new GetBucketLocationCommand({ Bucket })), absent);
        await assertS3Error(there.send(new HeadBucketCommand({ Bucket })), { code: 'NotFound', status: 404 });
        assert.ok(!(await namesAt(there)).includes(Bucket), `${other} lists a bucket of ${region}`);
      }
    });
  }

  test('is no source of a copy in another place', async () => {
    const [from, to] = [newBucketName('from'), newBucketName('to')];
    await at.KR1.send(new CreateBucketCommand({ Bucket: from }));
    await at.KR1.send(new PutObjectCommand({ Bucket: from, Key: 'k', Body: 'x' }));
    await at.JP1.send(new CreateBucketCommand({ Bucket: to }));
    await assertS3Error(
      at.JP1.send(new CopyObjectCommand({ Bucket: to, Key: 'k', CopySource: `${from}/k` })),
      { code: 'NoSuchBucket', status: 404 },
    );
  });

  test('of a taken name is refused in every place when names are global', async () => {
    const Bucket = newBucketName('taken');
    await at.KR2.send(new CreateBucketCommand({ Bucket }));
    for (const region of regions) {
      await assertS3Error(at[region].send(new CreateBucketCommand({ Bucket })), {
        code: 'BucketAlreadyOwnedByYou',
        status: 409,
      });
    }
  });
});

describe('the region of a signature', () => {
  test('is the name of the place or an alias, in any case', async () => {
    const accepted: readonly (readonly [Region, string])[] = [
      ['KR1', 'kr1'],
      ['KR1', 'us-east-1'],
      ['KR2', 'kR2'],
      ['JP1', 'jp1'],
      ['JP1', 'JP-Tok'],
      ['JP1', 'us-east-1'],
      ['US1', 'us-south'],
      ['US1', 'us-west9'],
    ];
    for (const [place, region] of accepted) await namesAt(connect(server, place, { region }));
  });

  test('of another place is refused, and the right one told', async () => {
    const refused: readonly (readonly [Region, string])[] = [
      ['KR1', 'KR2'],
      ['KR2', 'KR1'],
      ['JP1', 'us1'],
      ['US1', 'jp-tok'],
      ['US1', 'eu-west-1'],
      // An alias of every place by default, but here it is what IBM calls US1.
      ['KR1', 'us-south'],
    ];
    for (const [place, region] of refused) {
      await assertS3Error(namesAt(connect(server, place, { region })), {
        code: 'AuthorizationHeaderMalformed',
        status: 400,
        message: `The authorization header is malformed; the region '${region}' is wrong; expecting '${place}'`,
        fields: { Region: place },
      });
    }
  });

  test('of a link is checked too', async () => {
    const Bucket = newBucketName('linked');
    await at.KR2.send(new CreateBucketCommand({ Bucket }));
    await at.KR2.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'linked' }));
    const right = await getSignedUrl(at.KR2, new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.equal(await (await fetch(right)).text(), 'linked');
    const wrong = connect(server, 'KR2', { region: 'KR1' });
    const answer = await fetch(await getSignedUrl(wrong, new GetObjectCommand({ Bucket, Key: 'k' })));
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /<Code>AuthorizationQueryParametersError<.*<Region>KR2</s);
  });
});

describe('LocationConstraint', () => {
  const create = (client: S3Client, location: string) =>
    client.send(
      new CreateBucketCommand({
        Bucket: newBucketName('located'),
        CreateBucketConfiguration: { LocationConstraint: location as 'EU' },
      }),
    );

  test('may be any name of the place', async () => {
    for (const location of ['US1', 'us1', 'us-south', 'us-west9', 'us-east-1'])
      await create(at.US1, location);
    await create(at.KR1, 'us-east-1');
  });

  test('of another served place is illegal at this address', async () => {
    for (const location of ['JP1', 'jp-tok', 'us-south', 'kr2']) {
      await assertS3Error(create(at.KR1, location), {
        code: 'IllegalLocationConstraintException',
        status: 400,
        message:
          `The ${location} location constraint is incompatible for the region specific endpoint ` +
          'this request was sent to.',
      });
    }
  });

  test('of a place that is not served is invalid', async () => {
    await assertS3Error(create(at.JP1, 'mars-1'), { code: 'InvalidLocationConstraint', status: 400 });
  });
});

describe('buckets as host names', () => {
  test('stand below the name of a place, and below the domain at every address', async () => {
    for (const region of regions) {
      const Bucket = newBucketName(`hosted-${region.toLowerCase()}`);
      await at[region].send(new CreateBucketCommand({ Bucket }));
      const port = new URL(endpointOf(server, region)).port;
      const domain = region.startsWith('KR') ? DOMAIN : `${region.toLowerCase()}.${DOMAIN}`;
      const hosted = connect(server, region, {
        endpoint: `http://${domain}:${port}`,
        forcePathStyle: false,
      });
      await hosted.send(new PutObjectCommand({ Bucket, Key: 'k', Body: region }));
      const { Body } = await at[region].send(new GetObjectCommand({ Bucket, Key: 'k' }));
      assert.equal(await Body?.transformToString(), region);
    }
  });

  test('the name of a place is no bucket of the domain that it lies below', async () => {
    const Bucket = 'jp1';
    await at.KR1.send(new CreateBucketCommand({ Bucket }));
    await at.JP1.send(new ListBucketsCommand({}));
    const { port } = new URL(server.storageUrl);
    const hosted = connect(server, 'KR1', { endpoint: `http://${DOMAIN}:${port}`, forcePathStyle: false });
    // `jp1.gotgan.test` is the place: what looks like the bucket's address is its service.
    await assertS3Error(hosted.send(new ListObjectsV2Command({ Bucket })), {
      code: 'AuthorizationHeaderMalformed',
      status: 400,
    });
  });
});

describe('ListBuckets', () => {
  test('takes the place as bucket-region and refuses others', async () => {
    const Bucket = newBucketName('listed');
    await at.JP1.send(new CreateBucketCommand({ Bucket }));
    const { Buckets = [] } = await at.JP1.send(
      new ListBucketsCommand({ BucketRegion: 'JP1', Prefix: Bucket }),
    );
    assert.deepEqual(
      Buckets.map(({ Name, BucketRegion }) => [Name, BucketRegion]),
      [[Bucket, 'JP1']],
    );
    await assertS3Error(at.JP1.send(new ListBucketsCommand({ BucketRegion: 'KR1' })), {
      code: 'InvalidArgument',
      status: 400,
    });
  });
});

describe('when each account has names of its own', () => {
  test('one name may be used in two places, for two buckets', async () => {
    const second = await startRegions('account');
    try {
      const Bucket = 'same-name';
      for (const region of regions) {
        await second.at[region].send(new CreateBucketCommand({ Bucket }));
        await second.at[region].send(new PutObjectCommand({ Bucket, Key: 'where', Body: region }));
      }
      for (const region of regions) {
        const { Body } = await second.at[region].send(new GetObjectCommand({ Bucket, Key: 'where' }));
        assert.equal(await Body?.transformToString(), region);
        assert.deepEqual(await namesAt(second.at[region]), [Bucket]);
      }
      await assertS3Error(second.at.JP1.send(new CreateBucketCommand({ Bucket })), {
        code: 'BucketAlreadyOwnedByYou',
        status: 409,
      });
    } finally {
      await second.server.dispose();
    }
    assertNoFailures(second.server);
  });
});
