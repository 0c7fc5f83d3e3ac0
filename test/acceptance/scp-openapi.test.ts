// What all services of Samsung Cloud Platform have in common: where they are, how requests are signed, versions, errors, languages
// (build specification scp.md, sections 2 and 9). The server runs in this process, with a clock that the test moves.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ClockedServer, startClockedServer } from '../support/clocked-server.ts';
import { askScp, assertScpError, type ScpAnswer, type ScpAsking, scpHeaders } from '../support/scp-client.ts';

const TODAY = new Date('2026-11-21T00:00:00Z');
const BASE = 'e.example.test';

let server: ClockedServer;
before(async () => {
  server = await startClockedServer(TODAY, { GOTGAN_SCP_BASE_DOMAIN: BASE });
});
after(async () => {
  assert.deepEqual(server.bugs, []);
  await server.stop();
});

const keyOfRoot = ({ root: { accessKeyId, secretKey } }: ClockedServer) => ({ accessKeyId, secretKey });

type Asking = Partial<ScpAsking> & { readonly unsigned?: boolean };

function ask(method: string, path: string, asking: Asking = {}, to = server): Promise<ScpAnswer> {
  const { unsigned = false, ...rest } = asking;
  const own = { accessKeyId: to.root.accessKeyId, secretKey: to.root.secretKey };
  return askScp(to.controlUrl, method, path, {
    nowMillis: to.clock.millis,
    ...(unsigned ? {} : { key: own }),
    ...rest,
  });
}

describe('where the services are', () => {
  it('by host name, or below /scp, with and without final slash', async () => {
    for (const path of ['/v1/products/VPC', '/v1/products/VPC/']) {
      const answer = await ask('GET', path, { host: `product.${BASE}` });
      assert.deepEqual([answer.status, answer.json?.product_id], [200, 'VPC'], answer.text);
    }
    for (const path of ['/scp/product/v1/products/VPC', '/scp/product/v1/products/VPC/']) {
      const answer = await ask('GET', path);
      assert.deepEqual([answer.status, answer.json?.product_id], [200, 'VPC'], answer.text);
    }
    assert.equal(
      (await ask('GET', '/v1/products/VPC', { host: `PRODUCT.${BASE.toUpperCase()}` })).status,
      200,
    );
  });

  it('another host or path is nothing of theirs', async () => {
    assertScpError(await ask('GET', '/v1/products', { host: `sts.${BASE}` }), 404, 'NotFound');
    assertScpError(await ask('GET', '/scp/product/v2/products'), 404, 'NotFound');
    assertScpError(await ask('GET', '/scp/product/v1/products/VPC/x'), 404, 'NotFound');
    assert.equal((await ask('GET', '/scp/billing/v1')).json.errors, undefined);
    assert.equal(
      (await ask('GET', '/v1/products/VPC', { host: `other.${BASE}` })).json?.product_id,
      undefined,
    );
  });

  it('a method that a resource does not take is 405 with Allow', async () => {
    for (const method of ['POST', 'DELETE', 'OPTIONS']) {
      const answer = await ask(method, '/scp/product/v1/products');
      assertScpError(answer, 405, 'MethodNotAllowed');
      assert.equal(answer.headers.allow, 'GET');
    }
    const head = await ask('HEAD', '/scp/product/v1/products');
    assert.deepEqual([head.status, head.text, head.headers.allow], [405, '', 'GET']);
  });
});

describe('discovery: ListProductVersions, ListStsVersions, ListIamVersions', () => {
  it('needs no signature and names what can be called', async () => {
    const sts = await ask('GET', '/', { host: `sts.${BASE}`, unsigned: true });
    const port = new URL(server.controlUrl).port;
    const links = [{ href: `http://sts.${BASE}:${port}/v1`, rel: 'self' }];
    assert.equal(sts.status, 200);
    assert.deepEqual(sts.json, {
      versions: [
        { id: 'v1.1', links, not_before: '', status: 'CURRENT' },
        { id: 'v1.0', links, not_before: '2026-05-31', status: 'DEPRECATED' },
      ],
    });
    for (const path of ['/scp/product', '/scp/product/']) {
      const product = await ask('GET', path, { unsigned: true });
      assert.deepEqual(product.json.versions, [
        {
          id: 'v1.0',
          links: [{ href: `${server.controlUrl}/scp/product/v1`, rel: 'self' }],
          not_before: '',
          status: 'CURRENT',
        },
      ]);
    }
    const iam = await ask('GET', '/scp/iam/', { unsigned: true });
    assert.deepEqual(
      iam.json.versions.map(({ id }: { id: string }) => id),
      ['v1.4'],
    );
    // A version that cannot be is not looked at here.
    const asked = await ask('GET', '/scp/iam', { unsigned: true, headers: { 'Scp-Api-Version': '!' } });
    assert.equal(asked.status, 200);
  });

  it('leaves out what is past its day when the calendar is enforced', async () => {
    const strict = await startClockedServer(TODAY, { GOTGAN_SCP_VERSIONS_ENFORCE_NOT_BEFORE: 'on' });
    try {
      const ids = async (): Promise<unknown> =>
        (await ask('GET', '/scp/sts', { unsigned: true }, strict)).json.versions.map(
          ({ id, status }: { id: string; status: string }) => `${id} ${status}`,
        );
      assert.deepEqual(await ids(), ['v1.1 CURRENT']);
      strict.clock.millis = Date.parse('2026-04-15T00:00:00Z');
      assert.deepEqual(await ids(), ['v1.1 CURRENT', 'v1.0 DEPRECATED']);
    } finally {
      await strict.stop();
    }
  });
});

describe('signatures', () => {
  it('nothing, half of it, or the wrong one is 401 in both forms', async () => {
    assertScpError(await ask('GET', '/scp/product/v1/products', { unsigned: true }), 401, 'Unauthorized');
    const wrong: readonly (readonly [string, string])[] = [
      ['Scp-Signature', 'A'.repeat(43).concat('=')],
      ['Scp-Timestamp', '1'],
      ['Scp-ClientType', 'user-api'],
      ['Scp-Accesskey', 'f'.repeat(32)],
      ['Scp-AccountId', 'f'.repeat(32)],
    ];
    for (const [name, value] of wrong) {
      const answer = await ask('GET', '/scp/product/v1/products', { headers: { [name]: value } });
      assertScpError(answer, 401, 'Unauthorized', /not signed by a valid access key/);
    }
    const texts = new Set<string>();
    for (const [name, value] of wrong) {
      const answer = await ask('GET', '/scp/product/v1/products', { headers: { [name]: value } });
      texts.add(answer.json.message);
    }
    assert.equal(texts.size, 1, 'nobody learns what was wrong');
  });

  it('hold for 15 minutes to either side', async () => {
    const at = async (seconds: number) =>
      (await ask('GET', '/scp/product/v1/products', { nowMillis: server.clock.millis + seconds * 1000 }))
        .status;
    assert.deepEqual([await at(-899), await at(899), await at(-901), await at(901)], [200, 200, 401, 401]);
  });

  it('take an account of the key, also an empty one', async () => {
    for (const accountId of ['', server.root.accountId]) {
      assert.equal((await ask('GET', '/scp/product/v1/products', { accountId })).status, 200, accountId);
    }
  });

  it('cover the query as it is sent', async () => {
    const signed = await ask('GET', '/scp/product/v1/products?display_name=Object%20Storage&limit=10');
    assert.deepEqual(
      signed.json.products.map(({ product_id }: { product_id: string }) => product_id),
      ['OBJECTSTORAGE'],
    );
  });
});

describe('versions', () => {
  const asked = (version: string | undefined, path = '/scp/product/v1/products/VPC') =>
    ask('GET', path, { headers: { 'Scp-Api-Version': version } });

  it('are chosen by Scp-Api-Version and told in every answer', async () => {
    for (const version of [undefined, '', 'product 1.0', 'PRODUCT  1.0', 'iam 1.4, product 1.0', 'sts 1.1']) {
      const answer = await asked(version);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.headers['scp-api-version'], 'product 1.0');
      assert.equal(answer.headers.vary, 'Scp-Api-Version, Accept-Language');
      assert.equal(answer.headers['deprecation'], undefined);
    }
  });

  it('that are malformed are 400, that are not there 406 with what is', async () => {
    for (const version of ['product one', '1.0', 'product 1.0, product 1.0'])
      assertScpError(await asked(version), 400, 'InvalidApiVersion');
    for (const version of ['product 1.1', 'product 2.0']) {
      const answer = await asked(version);
      assertScpError(answer, 406, 'UnsupportedApiVersion');
      const [{ min_version, max_version }] = answer.json.errors;
      assert.deepEqual([min_version, max_version], ['1.0', '1.0']);
    }
  });

  it('are looked at behind the signature', async () => {
    const answer = await ask('GET', '/scp/product/v1/products', {
      unsigned: true,
      headers: { 'Scp-Api-Version': 'product one' },
    });
    assertScpError(answer, 401, 'Unauthorized');
  });
});

describe('what the operator decides', () => {
  const sts = (to: ClockedServer, version: string, asking: Asking = {}) =>
    ask(
      'POST',
      '/scp/sts/v1/assume-role',
      { headers: { 'Scp-Api-Version': version }, body: {}, ...asking },
      to,
    );

  it('versions end on their day when the calendar is enforced', async () => {
    const strict = await startClockedServer(TODAY, { GOTGAN_SCP_VERSIONS_ENFORCE_NOT_BEFORE: 'on' });
    try {
      const answer = await sts(strict, 'sts 1.0');
      assertScpError(answer, 406, 'UnsupportedApiVersion');
      assert.deepEqual(
        [answer.json.errors[0].min_version, answer.json.errors[0].max_version],
        ['1.1', '1.1'],
      );
      const at = async (date: string) => {
        strict.clock.millis = Date.parse(date);
        const { status, headers } = await sts(strict, 'sts 1.0');
        return [status, headers['deprecation'], headers['sunset']];
      };
      // A body without members: what is wrong is told by the version that was asked for.
      const ending = [400, 'true', 'Sun, 31 May 2026 00:00:00 GMT'];
      assert.deepEqual(await at('2026-04-15T00:00:00Z'), ending);
      assert.deepEqual(await at('2026-05-30T23:59:59Z'), ending);
      assert.deepEqual(await at('2026-05-31T00:00:00Z'), [406, undefined, undefined]);
      assert.deepEqual((await sts(strict, 'sts 1.2')).status, 406);
      assert.deepEqual((await sts(strict, 'iam 1.4')).headers['scp-api-version'], 'sts 1.1');
    } finally {
      await strict.stop();
    }
  });

  it('a planned version can be made the current one', async () => {
    const moved = await startClockedServer(TODAY, { GOTGAN_SCP_VERSIONS: 'sts-1.2=current' });
    try {
      const answer = await sts(moved, '');
      assert.deepEqual([answer.status, answer.headers['scp-api-version']], [400, 'sts 1.2']);
    } finally {
      await moved.stop();
    }
  });

  it('a signature is taken once where that is asked for', async () => {
    const once = await startClockedServer(TODAY, { GOTGAN_SCP_SIGNATURE_REPLAY_CACHE: 'on' });
    try {
      const first = await ask('GET', '/scp/product/v1/products', {}, once);
      assert.equal(first.status, 200);
      assertScpError(await ask('GET', '/scp/product/v1/products', {}, once), 401, 'Unauthorized');
      once.clock.millis += 1;
      assert.equal((await ask('GET', '/scp/product/v1/products', {}, once)).status, 200);
    } finally {
      await once.stop();
    }
  });

  it('a trusted proxy says by which scheme and host it was asked', async () => {
    const behind = await startClockedServer(TODAY, {
      GOTGAN_TRUSTED_PROXIES: '127.0.0.1',
      GOTGAN_SCP_BASE_DOMAIN: BASE,
    });
    try {
      const url = `https://product.${BASE}/v1/products/VPC`;
      const signed = scpHeaders('GET', url, keyOfRoot(behind), behind.clock.millis);
      const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': `product.${BASE}` };
      const asking = { unsigned: true, headers: { ...signed, ...forwarded } };
      assert.equal((await ask('GET', '/v1/products/VPC', asking, behind)).status, 200);
      const named = await ask('GET', '/v1/products/VPC', { ...asking, host: 'inner.example.test' }, behind);
      assert.equal(named.status, 200);
      // Nobody else may say so.
      const own = scpHeaders('GET', url, keyOfRoot(server), server.clock.millis);
      const stranger = { unsigned: true, host: `product.${BASE}`, headers: { ...own, ...forwarded } };
      assertScpError(await ask('GET', '/v1/products/VPC', stranger), 401, 'Unauthorized');
    } finally {
      await behind.stop();
    }
  });
});

describe('errors', () => {
  it('speak Korean to who asks for it; titles stay English', async () => {
    const path = '/scp/product/v1/products/NOTHING';
    const korean = await ask('GET', path, { headers: { 'Accept-Language': 'ko-KR' } });
    assertScpError(korean, 404, 'NotFound', /상품을 찾을 수 없습니다/);
    assert.equal(korean.headers['content-language'], 'ko-KR');
    const english = await ask('GET', path, { headers: { 'Accept-Language': 'de' } });
    assertScpError(english, 404, 'NotFound', /There is no such product/);
    assert.equal(english.headers['content-language'], 'en-US');
  });

  it('keep the id of the caller that began it', async () => {
    const id = 'req-0a1b2c3d-0000-4000-8000-00000000000f';
    const path = '/scp/product/v1/products/NOTHING';
    const kept = await ask('GET', path, { headers: { 'X-Openstack-Request-Id': id } });
    assert.equal(kept.json.errors[0].global_request_id, id);
    const foreign = await ask('GET', path, { headers: { 'X-Openstack-Request-Id': 'req-<script>' } });
    assert.match(foreign.json.errors[0].global_request_id, /^req-[0-9a-f-]{36}$/);
  });

  it('of a path that cannot be decoded are 400', async () => {
    assertScpError(await ask('GET', '/scp/product/v1/products/%E0%A4%A'), 400, 'ValidationError');
    assertScpError(await ask('GET', '/scp/product/v1/products?a=%zz'), 400, 'ValidationError');
  });
});
