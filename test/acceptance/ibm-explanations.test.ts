/**
 * T17 of ibm-cos.md, section 13: one case for each of the ten causes of 12.3 and for the second line, with the code that explains it, the
 * repair where a policy is one, and `allowedNow`. And the two fixtures of the source notes (T15, T16) with their explanations.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { askAdmin } from '../support/ask-admin.ts';
import { disposeWithoutSecrets } from '../support/assert-no-secrets.ts';
import { bearerS3 } from '../support/bearer-s3.ts';
import {
  accessTokenFor,
  addIbmAccount,
  type IbmAccount,
  type IbmClients,
  ibmClients,
} from '../support/ibm-world.ts';
import { IndependentSigner } from '../support/independent-signer.ts';
import { exchangeSigned } from '../support/raw-http.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const role = (name: string) => `crn:v1:bluemix:public:iam::::serviceRole:${name}`;
const cosRole = (name: string) => `crn:v1:bluemix:public:cloud-object-storage::::serviceRole:${name}`;
const VIEWER = 'crn:v1:bluemix:public:iam::::role:Viewer';
const [B1, B2, B3, B4, B5] = ['b1-explained', 'b2-explained', 'b3-explained', 'b4-explained', 'b5-explained'];

let server: ServerProcess;
let account: IbmAccount;
let other: IbmAccount;
let owner: IbmClients;
let guid: string;
before(async () => {
  server = await startServer({
    workers: 2,
    env: { GOTGAN_IAM_ACCESS_TOKEN_SECONDS: '60', GOTGAN_LOG_LEVEL: 'trace' },
  });
  account = await addIbmAccount(server, 'a-explained');
  other = await addIbmAccount(server, 'b-explained');
  owner = ibmClients(server, account.owner.apiKey);
  guid = (await owner.resources.listResourceInstances({})).result.resources[0]?.guid ?? '';
  const s3 = bearerS3(server, await accessTokenFor(server, account.owner.apiKey));
  for (const Bucket of [B1, B2, B3, B4, B5]) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  }
});
after(() => disposeWithoutSecrets(server));

interface Service {
  readonly iamId: string;
  readonly apiKey: string;
}

let made = 0;
async function addService(): Promise<Service> {
  made += 1;
  const { result } = await owner.identity.createServiceId({
    accountId: account.id,
    name: `service ${made}`,
    apikey: { name: 'k' },
  });
  return { iamId: result.iam_id ?? '', apiKey: result.apikey?.apikey ?? '' };
}

const base = () => [
  { name: 'accountId', value: account.id },
  { name: 'serviceName', value: 'cloud-object-storage' },
  { name: 'serviceInstance', value: guid },
];
const bucket = (name: string, type = 'bucket') => [
  ...base(),
  { name: 'resourceType', value: type },
  { name: 'resource', value: name },
];

async function grant(
  iamId: string,
  attributes: object[],
  roleId = role('Reader'),
  subject = 'iam_id',
): Promise<string> {
  const { result } = await owner.policies.createPolicy({
    type: 'access',
    subjects: [{ attributes: [{ name: subject, value: iamId }] }],
    roles: [{ role_id: roleId }],
    resources: [{ attributes: attributes as never }],
  });
  return result.id ?? '';
}

interface Asked {
  readonly status: number;
  readonly requestId: string;
}

async function askWith(
  token: string | undefined,
  path: string,
  method = 'GET',
  headers: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const response = await fetch(new URL(path, server.storageUrl), {
    method,
    headers: {
      Connection: 'close',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  await response.arrayBuffer();
  return { status: response.status, requestId: response.headers.get('x-amz-request-id') ?? '' };
}

const askAs = async (
  service: Service,
  path: string,
  method = 'GET',
  headers: Readonly<Record<string, string>> = {},
) => askWith(await accessTokenFor(server, service.apiKey), path, method, headers);

interface Explained {
  readonly candidates: readonly {
    readonly code: string;
    readonly wording: string;
    readonly evidence?: Record<string, unknown>;
    readonly repair?: object;
  }[];
  readonly allowedNow?: boolean;
}

async function explain({ requestId }: Asked): Promise<Explained> {
  const { denial } = await askAdmin(server, 'GET', `/denials/${requestId}`);
  return { candidates: denial.candidates ?? [], allowedNow: denial.allowedNow };
}

/** Posts the proposed policy as it is. */
async function apply(repair: object | undefined): Promise<void> {
  assert.ok(repair, 'a repair is proposed');
  const response = await fetch(new URL('/v2/policies', server.controlUrl), {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${await accessTokenFor(server, account.owner.apiKey)}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(repair),
  });
  assert.equal(response.status, 201, await response.text());
}

/** The call is refused for that cause, what is proposed repairs it, and the explanation knows that afterwards. */
async function expectRepaired(
  service: Service,
  code: string,
  wording: RegExp,
  path = `/${B1}`,
  method = 'GET',
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const refused = await askAs(service, path, method, headers);
  assert.equal(refused.status, 403);
  const { candidates, allowedNow } = await explain(refused);
  assert.equal(candidates[0]?.code, code);
  assert.match(candidates[0]?.wording ?? '', wording);
  assert.equal(allowedNow, false);
  await apply(candidates[0]?.repair);
  assert.equal((await askAs(service, path, method, headers)).status, 200);
  assert.equal((await explain(refused)).allowedNow, true);
}

describe('1: policy-target-mismatch', () => {
  test('T15: the ID of the instance where the bucket belongs', async () => {
    const service = await addService();
    const id = await grant(service.iamId, bucket(guid));
    const refused = await askAs(service, `/${B1}`);
    const { candidates } = await explain(refused);
    assert.equal(
      candidates[0]?.wording,
      `Policy ${id} names ${guid} as resource, which is the ID of the instance. For object storage it has to be the bucket ` +
        `name. Set resourceType to bucket and resource to ${B1}. The role Reader would then allow bucket.get.`,
    );
    await expectRepaired(service, 'policy-target-mismatch', /the ID of the instance/);
  });

  for (const [what, target, wording] of [
    [
      'a CRN',
      () => bucket(`crn:v1:bluemix:public:cloud-object-storage:global:a/x:${guid}:bucket:${B1}`),
      /a full CRN/,
    ],
    ['another bucket', () => bucket(B2), /the name of another bucket/],
    ['other letters', () => bucket(B1.toUpperCase()), /with regard to case/],
    ['something behind it', () => bucket(`${B1}/*`), /with something behind it/],
    ['a slip', () => bucket('b1-explaned'), /a letter or two/],
    ['another type', () => bucket(B1, 'object'), /resourceType is not bucket|Set resourceType to bucket/],
  ] as const) {
    test(what, async () => {
      const service = await addService();
      await grant(service.iamId, target());
      await expectRepaired(service, 'policy-target-mismatch', wording);
    });
  }
});

test('2: platform-role-only', async () => {
  const service = await addService();
  await grant(service.iamId, bucket(B1), VIEWER);
  await expectRepaired(
    service,
    'platform-role-only',
    /Viewer is a platform role.*bucket\.get needs at least Content Reader/s,
  );
});

test('3: role-lacks-action', async () => {
  const service = await addService();
  await grant(service.iamId, bucket(B1), cosRole('ObjectReader'));
  await expectRepaired(
    service,
    'role-lacks-action',
    /has Object Reader.*bucket\.get is in Manager, Writer, Reader, Content Reader/s,
  );
});

test('4: list-needs-instance', async () => {
  const service = await addService();
  await grant(service.iamId, bucket(B1));
  await expectRepaired(
    service,
    'list-needs-instance',
    /a right on the whole instance.*1 bucket/s,
    '/',
    'GET',
    {
      'ibm-service-instance-id': guid,
    },
  );
});

describe('5: wrong-instance', () => {
  test('another instance in the policy', async () => {
    const service = await addService();
    const attributes = bucket(B1).map((attribute) =>
      attribute.name === 'serviceInstance'
        ? { ...attribute, value: '123e4567-e89b-42d3-a456-426614174000' }
        : attribute,
    );
    await grant(service.iamId, attributes);
    await expectRepaired(service, 'wrong-instance', /lives in instance .* is for 123e4567/);
  });

  test('a CRN in the policy', async () => {
    const service = await addService();
    const crn = `crn:v1:bluemix:public:cloud-object-storage:global:a/${account.id}:${guid}::`;
    const attributes = bucket(B1).map((attribute) =>
      attribute.name === 'serviceInstance' ? { ...attribute, value: crn } : attribute,
    );
    await grant(service.iamId, attributes);
    await expectRepaired(service, 'wrong-instance', /has a CRN in serviceInstance; write the GUID/);
  });

  test('a service ID in the header', async () => {
    const refused = await askAs(account.owner, '/', 'GET', {
      'ibm-service-instance-id': 'ServiceId-123e4567-e89b-42d3-a456-426614174000',
    });
    assert.equal(refused.status, 403);
    const { candidates } = await explain(refused);
    assert.equal(candidates[0]?.code, 'wrong-instance');
    assert.match(candidates[0]?.wording ?? '', /is a service ID, expected is the instance GUID or CRN/);
  });

  test('no header where one is needed', async () => {
    const service = await addService();
    const refused = await askAs(service, '/');
    assert.equal(refused.status, 400);
    assert.equal((await explain(refused)).candidates[0]?.code, 'missing-instance-header');
  });
});

describe('6: wrong-subject', () => {
  test('T16: the user has it, the service ID has not', async () => {
    const service = await addService();
    await grant(account.owner.iamId, bucket(B3));
    await expectRepaired(service, 'wrong-subject', new RegExp(`exists for ${account.owner.iamId}`), `/${B3}`);
  });

  test('a group has it that the service ID is not in', async () => {
    const service = await addService();
    const group = await owner.groups.createAccessGroup({ accountId: account.id, name: 'Readers of b2' });
    await grant(group.result.id ?? '', bucket(B4), role('Reader'), 'access_group_id');
    await expectRepaired(service, 'wrong-subject', /the access group/, `/${B4}`);
  });
});

test('7: wrong-account', async () => {
  const refused = await askAs(other.owner, `/${B1}`);
  assert.equal(refused.status, 403);
  const { candidates } = await explain(refused);
  assert.equal(candidates[0]?.code, 'wrong-account');
  assert.match(candidates[0]?.wording ?? '', /belongs to account .* Make the API key inside the account/);
});

describe('8: credential-not-usable', () => {
  const subCodeOf = async (asked: Asked) => {
    const [cause] = (await explain(asked)).candidates;
    return [cause?.code, cause?.evidence?.['subCode']];
  };

  test('placeholders, nonsense, and API keys that were taken back', async () => {
    assert.deepEqual(await subCodeOf(await askWith('None', `/${B1}`)), [
      'credential-not-usable',
      'token-placeholder',
    ]);
    assert.deepEqual(await subCodeOf(await askWith('a.b.c', `/${B1}`)), [
      'credential-not-usable',
      'token-malformed',
    ]);
    const service = await addService();
    const token = await accessTokenFor(server, service.apiKey);
    const { result } = await owner.identity.getApiKeysDetails({ iamApiKey: service.apiKey });
    await owner.identity.disableApiKey({ id: result.id ?? '' });
    assert.deepEqual(await subCodeOf(await askWith(token, `/${B1}`)), [
      'credential-not-usable',
      'token-key-revoked',
    ]);
  });

  test('an ended token, with the time of its end', async () => {
    const short = await startServer({ env: { GOTGAN_IAM_ACCESS_TOKEN_SECONDS: '3' } });
    try {
      const somebody = await addIbmAccount(short, 'short');
      const token = await accessTokenFor(short, somebody.owner.apiKey);
      await pause(4000);
      const response = await fetch(new URL('/any', short.storageUrl), {
        headers: { Authorization: `Bearer ${token}` },
      });
      const { denial } = await askAdmin(short, 'GET', `/denials/${response.headers.get('x-amz-request-id')}`);
      assert.equal(denial.candidates[0].evidence.subCode, 'token-expired');
      assert.match(denial.candidates[0].wording, /The token ended at \d{4}-.*, 0 minutes before the request/);
    } finally {
      await short.dispose();
    }
  });

  const signed = async (accessKeyId: string, secret: string, at = new Date()): Promise<Asked> => {
    const signer = new IndependentSigner({ accessKeyId, secret, region: 'us-south', service: 's3' }, at);
    const request = signer.byHeader({
      method: 'GET',
      host: new URL(server.storageUrl).host,
      path: `/${B1}`,
      body: Buffer.alloc(0),
    });
    const { status, headers } = await exchangeSigned(server.storageUrl, request);
    return { status, requestId: headers.get('x-amz-request-id') ?? '' };
  };

  test('HMAC keys that are none, or wrong, and clocks', async () => {
    assert.deepEqual(await subCodeOf(await signed(account.owner.apiKey, 'x')), [
      'credential-not-usable',
      'hmac-looks-like-apikey',
    ]);
    assert.deepEqual(await subCodeOf(await signed('0'.repeat(32), 'x')), [
      'credential-not-usable',
      'hmac-unknown-key',
    ]);
    const { result } = await owner.resources.createResourceKey({
      name: 'hmac',
      source: guid,
      role: 'Reader',
      parameters: { HMAC: true } as never,
    });
    const keys = (result.credentials as unknown as { cos_hmac_keys: Record<string, string> }).cos_hmac_keys;
    const [id = '', secret = ''] = [keys['access_key_id'], keys['secret_access_key']];
    assert.equal((await signed(id, secret)).status, 200);
    assert.deepEqual(await subCodeOf(await signed(id, 'wrong')), ['credential-not-usable', 'hmac-signature']);
    const late = new Date(Date.now() - 20 * 60_000);
    assert.deepEqual(await subCodeOf(await signed(id, secret, late)), [
      'credential-not-usable',
      'clock-skew',
    ]);
    await owner.resources.deleteResourceKey({ id: result.guid ?? '' });
  });
});

test('9: no-policy, with the last one that was deleted, and a credential without a role', async () => {
  const service = await addService();
  const id = await grant(service.iamId, bucket(B1));
  await owner.policies.deletePolicy({ policyId: id });
  await expectRepaired(service, 'no-policy', new RegExp(`deleted at .* by ${account.owner.iamId}`));
  const { result } = await owner.resources.createResourceKey({
    name: 'roleless',
    source: guid,
    role: 'NONE',
  });
  const apiKey = (result.credentials as unknown as { apikey: string }).apikey;
  const refused = await askAs({ iamId: '', apiKey }, `/${B1}`);
  assert.match((await explain(refused)).candidates[0]?.wording ?? '', /created with role None/);
});

test('10: not-effective-yet', async () => {
  const service = await addService();
  const refused = await askAs(service, `/${B1}`);
  const id = await grant(service.iamId, bucket(B1));
  const { candidates, allowedNow } = await explain(refused);
  assert.deepEqual([candidates[0]?.code, allowedNow], ['not-effective-yet', true]);
  assert.match(candidates[0]?.wording ?? '', new RegExp(`policy ${id}, created at .*, allows it now`));
});

describe('second line', () => {
  test('condition-false names the leaf', async () => {
    const service = await addService();
    const rule = (conditions: object[]) => ({ operator: 'or', conditions });
    await owner.policies.createV2Policy({
      type: 'access',
      subject: { attributes: [{ key: 'iam_id', operator: 'stringEquals', value: service.iamId }] },
      resource: {
        attributes: bucket(B1).map(({ name, value }) => ({ key: name, operator: 'stringEquals', value })),
      },
      control: { grant: { roles: [{ role_id: role('Reader') }] } },
      pattern: 'attribute-based-condition:resource:literal-and-wildcard',
      rule: rule([{ key: '{{resource.attributes.path}}', operator: 'stringMatch', value: 'folder/*' }]),
    } as never);
    const refused = await askAs(service, `/${B1}/k`);
    const { candidates } = await explain(refused);
    assert.equal(candidates[0]?.code, 'condition-false');
    assert.match(candidates[0]?.wording ?? '', /path is "k", and stringMatch "folder\/\*" is asked for/);
    await expectRepaired(service, 'condition-false', /has no path: .*stringExists false/s);
  });

  test('anonymous-denied', async () => {
    const response = await fetch(new URL(`/${B1}`, server.storageUrl), {
      headers: { 'ibm-service-instance-id': guid },
    });
    const asked = { status: response.status, requestId: response.headers.get('x-amz-request-id') ?? '' };
    assert.equal((await explain(asked)).candidates[0]?.code, 'anonymous-denied');
  });

  test('hmac-other-identity', async () => {
    await grant(account.owner.iamId, bucket(B5));
    const { result } = await owner.resources.createResourceKey({
      name: 'pair',
      source: guid,
      role: 'NONE',
      parameters: { HMAC: true } as never,
    });
    const keys = (result.credentials as unknown as { cos_hmac_keys: Record<string, string> }).cos_hmac_keys;
    const signer = new IndependentSigner(
      {
        accessKeyId: keys['access_key_id'] ?? '',
        secret: keys['secret_access_key'] ?? '',
        region: 'x',
        service: 's3',
      },
      new Date(),
    );
    const request = signer.byHeader({
      method: 'GET',
      host: new URL(server.storageUrl).host,
      path: `/${B5}`,
      body: Buffer.alloc(0),
    });
    const { status, headers } = await exchangeSigned(server.storageUrl, request);
    assert.equal(status, 403);
    const asked = { status, requestId: headers.get('x-amz-request-id') ?? '' };
    const codes = (await explain(asked)).candidates.map(({ code }) => code);
    assert.deepEqual(
      codes,
      ['no-policy', 'hmac-other-identity'],
      'made without a role, and somebody else has the right',
    );
  });

  test('copy-source-denied', async () => {
    const service = await addService();
    await grant(service.iamId, bucket(B1), role('Writer'));
    await grant(service.iamId, bucket(B2), cosRole('ContentReader'));
    await expectRepaired(
      service,
      'copy-source-denied',
      /may not read the source of the copy, b2-explained/,
      `/${B1}/copy`,
      'PUT',
      {
        'x-amz-copy-source': `/${B2}/k`,
      },
    );
  });

  test('network-blocked, with what policies would have said', async () => {
    const token = await accessTokenFor(server, account.owner.apiKey);
    const patch = (allowed: string[]) =>
      fetch(new URL(`/v1/b/${B2}`, server.controlUrl), {
        method: 'PATCH',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/merge-patch+json' },
        body: JSON.stringify({ firewall: { allowed_ip: allowed } }),
      });
    assert.equal((await patch(['192.0.2.0/24'])).status, 204);
    const refused = await askWith(token, `/${B2}`);
    assert.equal(refused.status, 403);
    const [cause] = (await explain(refused)).candidates;
    assert.equal(cause?.code, 'network-blocked');
    assert.match(cause?.wording ?? '', /keeps out 127\.0\.0\.1.*Policies alone would have allowed/s);
    assert.equal((await patch([])).status, 204);
  });
});

test('the control plane’s own denials are explained by their Transaction-Id', async () => {
  const service = await addService();
  const ask = async (token: string) => {
    const response = await fetch(new URL('/v2/groups', server.controlUrl), {
      headers: { Connection: 'close', Authorization: `Bearer ${token}` },
    });
    await response.arrayBuffer();
    return { status: response.status, requestId: response.headers.get('transaction-id') ?? '' };
  };
  const forbidden = await ask(await accessTokenFor(server, service.apiKey));
  assert.equal(forbidden.status, 403);
  const { denial } = await askAdmin(server, 'GET', `/denials/${forbidden.requestId}`);
  assert.deepEqual(
    [denial.cause, denial.action.core, denial.principal.kind],
    ['not-administrator', 'iam:read-group', 'service'],
  );
  const placeholder = await ask('undefined');
  assert.equal(placeholder.status, 401);
  const [cause] = (await explain(placeholder)).candidates;
  assert.equal(cause?.evidence?.['subCode'], 'token-placeholder');
});

test('whoever was refused in another account learns nothing of it', async () => {
  const refused = await askAs(other.owner, `/${B1}`);
  // Nobody of the other account administers the server, and the admin API knows their key pairs only.
  const made = await askAdmin(server, 'POST', `/accounts/${other.id}/users/owner/keys`, {});
  const signer = new IndependentSigner(
    { accessKeyId: made.key.accessKey, secret: made.key.secretKey, region: 'KR1', service: 'gotgan' },
    new Date(),
  );
  const request = signer.byHeader({
    method: 'GET',
    host: new URL(server.controlUrl).host,
    path: `/admin/v1/denials/${refused.requestId}`,
    body: Buffer.alloc(0),
  });
  const { status, body } = await exchangeSigned(server.controlUrl, request);
  const { denial } = JSON.parse(body.toString());
  assert.equal(status, 200, 'that it was refused');
  assert.equal(denial.candidates, undefined);
  assert.ok(!body.toString().includes(account.owner.iamId));
});
