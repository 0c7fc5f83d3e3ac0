// Buckets as IBM Cloud Object Storage shows them: owned by service instances, listed from every place, with storage classes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { defaultInstances, type InstanceDirectory } from '../../src/identity/service-instances.ts';
import { exchangeSigned, type RawResponse } from '../support/raw-http.ts';
import {
  ACCOUNT,
  type InProcessS3,
  PAIR_INSTANCE,
  type Signatory,
  serveS3,
} from '../support/s3-in-process.ts';

const HOST = 's3.us-south.cos.example';
const DEFAULT_GUID = '84c9e9a5-1aea-402e-9538-9c08ac562ac5';
const SECOND_GUID = PAIR_INSTANCE;
const crnOf = (guid: string) => `crn:v1:bluemix:public:cloud-object-storage:global:a/${ACCOUNT}:${guid}::`;

/** The owner has two, the other account its default one. */
const instances: InstanceDirectory = {
  ...defaultInstances,
  async find(account, guid) {
    return (await this.list(account, 10)).find((instance) => instance.guid === guid);
  },
  async list(account) {
    const own = [{ guid: defaultInstances.defaultOf(account), account, resourceGroup: 'group' }];
    return account === ACCOUNT ? [...own, { guid: SECOND_GUID, account, resourceGroup: 'group' }] : own;
  },
};

let s3: InProcessS3;

before(async () => {
  s3 = await serveS3({
    instances,
    dialect: {
      domains: [HOST],
      flavourHosts: [{ host: HOST, flavour: 'ibm' }],
      regionAliases: ['us-east-1', 'us-south'],
      otherPlaceNames: ['US1', 'us-east'],
      ibmNames: new Map([['KR1', 'us-south']]),
    },
  });
});

after(async () => {
  await s3.stop();
  assert.deepEqual(s3.bugs, []);
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly instance?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly location?: string;
  readonly as?: Signatory;
  readonly host?: string;
}

function send({ as, host = HOST, instance, location, headers, ...request }: Sent): Promise<RawResponse> {
  const xml = `<CreateBucketConfiguration><LocationConstraint>${location}</LocationConstraint></CreateBucketConfiguration>`;
  const signed = s3.signer(as).byHeader({
    ...request,
    host,
    headers: { ...headers, ...(instance !== undefined && { 'ibm-service-instance-id': instance }) },
    ...(location !== undefined && { body: Buffer.from(xml) }),
  });
  return exchangeSigned(s3.url, signed);
}

const create = (name: string, more: Omit<Sent, 'method' | 'path'> = {}) =>
  send({ method: 'PUT', path: `/${name}`, ...more });
const locationOf = async (name: string) =>
  (await send({ method: 'GET', path: `/${name}`, query: [['location', '']] })).element('LocationConstraint');
const codeOf = async (answer: Promise<RawResponse>) => (await answer).element('Code');
const namesIn = ({ body }: RawResponse) =>
  [...body.toString().matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name]) => name);

describe('locations with storage classes', () => {
  test('are shown as they were asked for, and standard without', async () => {
    const answer = await create('with-class', { instance: DEFAULT_GUID, location: 'us-south-smart' });
    assert.deepEqual([answer.status, answer.body.length, answer.headers.has('location')], [200, 0, false]);
    await create('with-underscore', { instance: DEFAULT_GUID, location: 'us-south-onerate_active' });
    await create('without', { instance: DEFAULT_GUID });
    await create('without-class', { instance: DEFAULT_GUID, location: 'us-south' });
    assert.equal(await locationOf('with-class'), 'us-south-smart');
    assert.equal(await locationOf('with-underscore'), 'us-south-onerate_active');
    assert.equal(await locationOf('without'), 'us-south-standard');
    assert.equal(await locationOf('without-class'), 'us-south-standard');
  });

  test('of other places and unknown ones are refused by one code', async () => {
    for (const location of ['us-east-standard', 'eu-de-standard', 'us-south-gold', 'standard', '-smart']) {
      const code = await codeOf(create('elsewhere', { instance: DEFAULT_GUID, location }));
      assert.equal(code, 'InvalidLocationConstraint', location);
    }
    assert.equal(
      await codeOf(create('plain', { host: s3.host, location: 'us-south-smart' })),
      'InvalidLocationConstraint',
    );
  });
});

describe('the service instance of a call', () => {
  test('is named by GUID or CRN, and a bucket stays in it', async () => {
    assert.equal((await create('second-1', { instance: crnOf(SECOND_GUID) })).status, 200);
    assert.equal((await create('second-2', { instance: SECOND_GUID.toUpperCase() })).status, 200);
    const listed = await send({ method: 'GET', path: '/', instance: crnOf(SECOND_GUID) });
    assert.deepEqual(namesIn(listed), ['second-1', 'second-2']);
    const [first] = listed.body.toString().split('<Buckets>');
    assert.equal(
      first,
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
        '<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        `<Owner><ID>${SECOND_GUID}</ID><DisplayName>${SECOND_GUID}</DisplayName></Owner>`,
    );
    const others = namesIn(await send({ method: 'GET', path: '/', instance: DEFAULT_GUID }));
    assert.ok(others.includes('without') && !others.includes('second-1'), others.join());
  });

  test('has all buckets that came through other doors in the default one, and hides none from them', async () => {
    await create('from-aws', { host: s3.host });
    const listed = await send({ method: 'GET', path: '/', instance: DEFAULT_GUID });
    assert.ok(namesIn(listed).includes('from-aws'));
    const plain = namesIn(await send({ method: 'GET', path: '/', host: s3.host }));
    for (const name of ['from-aws', 'second-1', 'without']) assert.ok(plain.includes(name), name);
  });

  test('owns objects, whoever wrote them', async () => {
    await send({ method: 'PUT', path: '/second-1/key' });
    const listed = await send({ method: 'GET', path: '/second-1' });
    assert.match(
      listed.body.toString(),
      new RegExp(`<Owner><ID>${SECOND_GUID}</ID><DisplayName>${SECOND_GUID}</DisplayName></Owner>`),
    );
    const started = await send({ method: 'POST', path: '/second-1/part', query: [['uploads', '']] });
    const uploadId = started.element('UploadId') ?? '';
    const parts = await send({ method: 'GET', path: '/second-1/part', query: [['uploadId', uploadId]] });
    assert.equal(parts.element('DisplayName'), SECOND_GUID);
  });

  test('has to be named when there are several, and one is enough', async () => {
    const several = await send({ method: 'GET', path: '/' });
    assert.equal(several.status, 400);
    assert.equal(several.element('Code'), 'InvalidArgument');
    assert.equal(several.body.includes('<Resource>'), false);
    const one = await send({ method: 'GET', path: '/', as: 'other' });
    assert.equal(one.element('ID'), defaultInstances.defaultOf('b'.repeat(32)));
  });

  test('is refused as malformed, or as none of the caller', async () => {
    const malformed = [
      '',
      'x',
      `crn:v1:bluemix:public:cloud-object-storage:global:a/${ACCOUNT}:${DEFAULT_GUID}`,
    ];
    for (const instance of [
      ...malformed,
      crnOf('no-guid'),
      crnOf(DEFAULT_GUID).replace('cloud-object', 'x'),
    ]) {
      assert.equal(await codeOf(send({ method: 'GET', path: '/', instance })), 'InvalidArgument', instance);
    }
    const unknown = DEFAULT_GUID.replace('8', '9');
    for (const instance of [
      unknown,
      crnOf(unknown),
      `ServiceId-${DEFAULT_GUID}`,
      `iam-ServiceId-${unknown}`,
    ]) {
      const answer = await send({ method: 'GET', path: '/', instance });
      assert.deepEqual([answer.status, answer.element('Code')], [403, 'AccessDenied'], instance);
      assert.equal(answer.element('Resource'), '');
    }
    assert.equal(
      await codeOf(send({ method: 'GET', path: '/', instance: SECOND_GUID, as: 'other' })),
      'AccessDenied',
    );
  });

  test('is that of the resource key behind a pair, which acts in no other', async () => {
    const as = 'ibm-pair-of-instance';
    assert.equal((await send({ method: 'GET', path: '/', as })).element('ID'), SECOND_GUID);
    assert.equal((await create('by-pair', { as, host: s3.host })).status, 200);
    assert.ok(namesIn(await send({ method: 'GET', path: '/', instance: SECOND_GUID })).includes('by-pair'));
    assert.equal((await send({ method: 'GET', path: '/', instance: crnOf(SECOND_GUID), as })).status, 200);
    assert.equal(
      await codeOf(send({ method: 'GET', path: '/', instance: DEFAULT_GUID, as })),
      'AccessDenied',
    );
  });

  test('is not looked at where a bucket is named', async () => {
    assert.equal((await send({ method: 'GET', path: '/without', instance: 'nonsense' })).status, 200);
  });
});

describe('ListBucketsExtended', () => {
  test('shows the location of every bucket, and pages by marker', async () => {
    const page = async (...query: readonly (readonly [string, string])[]) =>
      send({ method: 'GET', path: '/', query: [['extended', ''], ...query], instance: DEFAULT_GUID });
    const whole = await page(['prefix', 'with-']);
    const shown = whole.body.toString().replaceAll(/<CreationDate>[^<]*</g, '<CreationDate>TIME<');
    const bucket = (name: string, location: string) =>
      `<Bucket><Name>${name}</Name><CreationDate>TIME</CreationDate>` +
      `<LocationConstraint>${location}</LocationConstraint><CreationTemplateId></CreationTemplateId></Bucket>`;
    assert.equal(
      shown.slice(shown.indexOf('<Owner>')),
      `<Owner><ID>${DEFAULT_GUID}</ID><DisplayName>${DEFAULT_GUID}</DisplayName></Owner>` +
        '<IsTruncated>false</IsTruncated><MaxKeys>1000</MaxKeys><Prefix>with-</Prefix><Marker></Marker><Buckets>' +
        bucket('with-class', 'us-south-smart') +
        bucket('with-underscore', 'us-south-onerate_active') +
        '</Buckets></ListAllMyBucketsResult>',
    );
    const found: (string | undefined)[] = [];
    let marker = '';
    for (let isTruncated = true; isTruncated; ) {
      const answer = await page(['max-keys', '2'], ['marker', marker]);
      found.push(...namesIn(answer));
      isTruncated = answer.element('IsTruncated') === 'true';
      assert.equal(answer.element('NextMarker'), isTruncated ? found.at(-1) : undefined);
      marker = answer.element('NextMarker') ?? '';
    }
    assert.deepEqual(found, namesIn(await page()));
    assert.ok(found.length >= 5, found.join());
  });
});

describe('what IBM does not know', () => {
  test('names that it keeps, lists it does not have, keys it has no service for', async () => {
    assert.equal(await codeOf(create('cosv1-bucket', { instance: DEFAULT_GUID })), 'InvalidBucketName');
    assert.equal(await codeOf(create('account-bucket', { instance: DEFAULT_GUID })), 'InvalidBucketName');
    const withHeader = (name: string, value: string) =>
      codeOf(create('with-header', { instance: DEFAULT_GUID, headers: { [name]: value } }));
    assert.equal(await withHeader('x-amz-acl', 'authenticated-read'), 'InvalidArgument');
    assert.equal(await withHeader('x-amz-grant-read', `id="${ACCOUNT}"`), 'NotImplemented');
    assert.equal(await withHeader('ibm-sse-kp-encryption-algorithm', 'AES256'), 'NotImplemented');
  });

  test('HeadBucket tells no region', async () => {
    const { headers, status } = await send({ method: 'HEAD', path: '/without' });
    assert.deepEqual([status, headers.has('x-amz-bucket-region')], [200, false]);
  });
});
