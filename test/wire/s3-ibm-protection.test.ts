// Protection of IBM Cloud Object Storage: policies of buckets, retention in headers, legal holds by name, extensions.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { exchangeSigned, type RawResponse } from '../support/raw-http.ts';
import { type InProcessS3, NOW_MICROS, serveS3 } from '../support/s3-in-process.ts';

const DAY_SECONDS = 86_400;
const iso = (seconds: number) => new Date(NOW_MICROS / 1000 + seconds * 1000).toISOString();

let nowMicros = NOW_MICROS;
let s3: InProcessS3;

before(async () => {
  s3 = await serveS3({ clock: { nowMicros: () => nowMicros } });
  await send('PUT', '/kept');
  await send('PUT', '/open');
  assert.equal((await protect('kept', configurationOf(1, 2, 10, true))).status, 200);
});

after(async () => {
  await s3.stop();
  assert.deepEqual(s3.bugs, []);
});

type Headers = Readonly<Record<string, string>>;

function send(method: string, target: string, headers: Headers = {}, body = ''): Promise<RawResponse> {
  const [path = '', query = ''] = target.split('?');
  const pairs = query === '' ? [] : query.split('&').map((pair) => pair.split('='));
  const signed = s3.signer('ibm-pair').byHeader({
    method,
    path,
    host: s3.host,
    headers,
    query: pairs.map(([name = '', value = '']) => [name, value] as const),
    body: Buffer.from(body),
  });
  return exchangeSigned(s3.url, signed);
}

const md5 = (text: string) => createHash('md5').update(text).digest('base64');

function configurationOf(
  minimum: number,
  standard: number,
  maximum: number,
  permanent: boolean,
  status = 'Retention',
) {
  const days = (name: string, count: number) => `<${name}><Days>${count}</Days></${name}>`;
  return (
    `<ProtectionConfiguration><Status>${status}</Status>${days('MinimumRetention', minimum)}` +
    `${days('DefaultRetention', standard)}${days('MaximumRetention', maximum)}` +
    `<EnablePermanentRetention>${permanent}</EnablePermanentRetention></ProtectionConfiguration>`
  );
}

const protect = (bucket: string, xml: string) =>
  send('PUT', `/${bucket}?protection`, { 'content-md5': md5(xml) }, xml);
const put = (key: string, headers: Headers = {}) => send('PUT', `/kept/${key}`, headers, key);
const codeOf = async (answer: Promise<RawResponse>) => {
  const { status, element } = await answer;
  return [status, element('Code')];
};
const retentionOf = async (key: string) => {
  const { headers } = await send('HEAD', `/kept/${key}`);
  return ['retention-period', 'retention-expiration-date', 'retention-legal-hold-count'].map((name) =>
    headers.get(name),
  );
};

describe('the protection of a bucket', () => {
  test('is shown as it was set, and as disabled where there is none', async () => {
    const shown = await send('GET', '/kept?protection');
    assert.equal(
      shown.body.toString(),
      `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${configurationOf(1, 2, 10, true)}`,
    );
    assert.equal((await send('GET', '/open?protection')).element('Status'), 'Disabled');
  });

  test('needs a digest, sense, and an empty bucket', async () => {
    const xml = configurationOf(1, 2, 10, false);
    assert.deepEqual(await codeOf(send('PUT', '/open?protection', {}, xml)), [400, 'InvalidRequest']);
    const wrong = [configurationOf(3, 2, 10, false), configurationOf(0, 11, 10, false)];
    wrong.push(
      configurationOf(0, 0, 36_136, false),
      configurationOf(-1, 2, 3, false),
      configurationOf(1, 2, 3, true, 'Disabled'),
    );
    for (const asked of wrong)
      assert.deepEqual(await codeOf(protect('open', asked)), [400, 'InvalidArgument'], asked);
    assert.deepEqual(await codeOf(protect('open', '<ProtectionConfiguration/>')), [400, 'MalformedXML']);
    await send('PUT', '/open/key');
    assert.deepEqual(await codeOf(protect('open', xml)), [409, 'InvalidBucketState']);
  });

  test('is changed and never taken away', async () => {
    assert.equal((await protect('kept', configurationOf(0, 1, 36_135, true))).status, 200);
    assert.deepEqual(await codeOf(protect('kept', configurationOf(0, 1, 5, false))), [
      409,
      'InvalidBucketState',
    ]);
    assert.equal((await protect('kept', configurationOf(1, 2, 10, true))).status, 200);
    const versioning = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    assert.deepEqual(await codeOf(send('PUT', '/kept?versioning', {}, versioning)), [
      409,
      'InvalidBucketState',
    ]);
  });
});

describe('the retention of an object', () => {
  test('is the default, a period, a date, or without end', async () => {
    const days = (count: number) => [`${count * DAY_SECONDS}`, iso(count * DAY_SECONDS), '0'];
    await put('default');
    assert.deepEqual(await retentionOf('default'), days(2));
    await put('period', { 'retention-period': `${3 * DAY_SECONDS}` });
    assert.deepEqual(await retentionOf('period'), days(3));
    await put('date', { 'retention-expiration-date': iso(4 * DAY_SECONDS) });
    assert.deepEqual(await retentionOf('date'), days(4));
    await put('indefinite', { 'retention-period': '-1' });
    assert.deepEqual(await retentionOf('indefinite'), ['-1', undefined, '0']);
    await put('permanent', { 'retention-period': '-2', 'retention-legal-hold-id': 'court-1' });
    assert.deepEqual(await retentionOf('permanent'), ['-2', undefined, '1']);
    const got = await send('GET', '/kept/date');
    assert.deepEqual([got.body.toString(), got.headers.get('retention-legal-hold-count')], ['date', '0']);
  });

  test('is refused where it makes no sense', async () => {
    const wrong: readonly Headers[] = [
      { 'retention-period': `${DAY_SECONDS - 1}` },
      { 'retention-period': `${10 * DAY_SECONDS + 1}` },
      { 'retention-period': '-3' },
      { 'retention-period': 'long' },
      { 'retention-expiration-date': 'tomorrow' },
      { 'retention-expiration-date': '2020-02-30T00:00:00' },
      { 'retention-period': '172800', 'retention-expiration-date': iso(172_800) },
      { 'retention-legal-hold-id': 'a b' },
      { 'retention-legal-hold-id': 'x'.repeat(65) },
    ];
    for (const headers of wrong) {
      assert.deepEqual(
        await codeOf(put('wrong', headers)),
        [400, 'InvalidArgument'],
        JSON.stringify(headers),
      );
    }
    const elsewhere = send('PUT', '/open/key', { 'retention-period': '10' });
    assert.deepEqual(await codeOf(elsewhere), [400, 'InvalidRequest']);
  });

  test('keeps the object from being replaced and deleted until it ends', async () => {
    await put('fixed', { 'retention-period': `${DAY_SECONDS}` });
    assert.deepEqual(await codeOf(put('fixed')), [403, 'AccessDenied']);
    assert.deepEqual(await codeOf(send('DELETE', '/kept/fixed')), [403, 'AccessDenied']);
    const several = '<Delete><Object><Key>fixed</Key></Object></Delete>';
    const answer = await send('POST', '/kept?delete', { 'content-md5': md5(several) }, several);
    assert.deepEqual([answer.status, answer.element('Code')], [200, 'AccessDenied']);
    nowMicros = NOW_MICROS + DAY_SECONDS * 1e6 + 1e6;
    try {
      assert.equal((await send('DELETE', '/kept/fixed')).status, 204);
    } finally {
      nowMicros = NOW_MICROS;
    }
  });

  test('comes with a multipart upload when it is completed', async () => {
    const uploadId = (await send('POST', '/kept/parts?uploads')).element('UploadId') ?? '';
    const part = await send('PUT', `/kept/parts?partNumber=1&uploadId=${uploadId}`, {}, 'part');
    const xml =
      '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>' +
      `<ETag>${part.headers.get('etag')}</ETag></Part></CompleteMultipartUpload>`;
    const headers = { 'retention-period': `${5 * DAY_SECONDS}`, 'retention-legal-hold-id': 'h' };
    assert.equal((await send('POST', `/kept/parts?uploadId=${uploadId}`, headers, xml)).status, 200);
    assert.deepEqual(await retentionOf('parts'), [`${5 * DAY_SECONDS}`, iso(5 * DAY_SECONDS), '1']);
  });

  test('of a copy is the default, its own, or that of the source', async () => {
    await put('source', { 'retention-period': `${6 * DAY_SECONDS}` });
    const copy = (key: string, headers: Headers) =>
      send('PUT', `/kept/${key}`, { 'x-amz-copy-source': '/kept/source', ...headers });
    await copy('copy-default', {});
    await copy('copy-replace', {
      'retention-directive': 'REPLACE',
      'retention-period': `${3 * DAY_SECONDS}`,
    });
    await copy('copy-copy', { 'retention-directive': 'COPY' });
    const periods = await Promise.all(['copy-default', 'copy-replace', 'copy-copy'].map(retentionOf));
    assert.deepEqual(
      periods.map(([period]) => Number(period) / DAY_SECONDS),
      [2, 3, 6],
    );
    assert.deepEqual(await codeOf(copy('wrong', { 'retention-directive': 'KEEP' })), [
      400,
      'InvalidArgument',
    ]);
  });
});

describe('legal holds', () => {
  test('are put on once, listed, keep the object, and are taken off', async () => {
    await put('held', { 'retention-period': `${DAY_SECONDS}` });
    assert.equal((await send('POST', '/kept/held?legalHold&add=case-1')).status, 200);
    assert.deepEqual(await codeOf(send('POST', '/kept/held?legalHold&add=case-1')), [
      409,
      'OperationAborted',
    ]);
    assert.equal((await send('POST', "/kept/held?legalHold&add=it's(2)")).status, 200);
    const hold = (id: string) => `<LegalHold><ID>${id}</ID><Date>${iso(0)}</Date></LegalHold>`;
    const holds = hold('case-1') + hold('it&apos;s(2)');
    const listed = (await send('GET', '/kept/held?legalHold')).body.toString().replaceAll("'", '&apos;');
    assert.equal(
      listed.slice(listed.indexOf('<CreateTime>')),
      `<CreateTime>${iso(0)}</CreateTime><RetentionPeriod>${DAY_SECONDS}</RetentionPeriod>` +
        `<RetentionPeriodExpirationDate>${iso(DAY_SECONDS)}</RetentionPeriodExpirationDate>` +
        `<LegalHoldSet>${holds}</LegalHoldSet><LegalHolds>${holds}</LegalHolds></RetentionState>`,
    );
    assert.equal((await retentionOf('held'))[2], '2');
    nowMicros = NOW_MICROS + 2 * DAY_SECONDS * 1e6;
    try {
      assert.deepEqual(await codeOf(send('DELETE', '/kept/held')), [403, 'AccessDenied']);
      assert.equal((await send('POST', '/kept/held?legalHold&remove=case-1')).status, 200);
      assert.deepEqual(await codeOf(send('POST', '/kept/held?legalHold&remove=case-1')), [
        400,
        'InvalidRequest',
      ]);
      assert.equal((await send('POST', "/kept/held?legalHold&remove=it's(2)")).status, 200);
      assert.equal((await send('DELETE', '/kept/held')).status, 204);
    } finally {
      nowMicros = NOW_MICROS;
    }
  });

  test('need a name, a protected object, and are a hundred at most', async () => {
    await put('many');
    assert.deepEqual(await codeOf(send('POST', '/kept/many?legalHold&add=')), [400, 'InvalidArgument']);
    for (let count = 1; count <= 100; count += 1) {
      assert.equal((await send('POST', `/kept/many?legalHold&add=hold-${count}`)).status, 200);
    }
    assert.deepEqual(await codeOf(send('POST', '/kept/many?legalHold&add=more')), [400, 'InvalidRequest']);
    assert.deepEqual(await codeOf(send('POST', '/open/key?legalHold&add=a')), [400, 'InvalidRequest']);
    assert.deepEqual(await codeOf(send('GET', '/open/key?legalHold')), [
      404,
      'NoSuchObjectLockConfiguration',
    ]);
    assert.deepEqual(await codeOf(send('POST', '/kept/none?legalHold&add=a')), [404, 'NoSuchKey']);
  });
});

describe('a retention is extended', () => {
  const extend = (key: string, headers: Headers) => send('POST', `/kept/${key}?extendRetention`, headers);

  test('by exactly one of four headers', async () => {
    const steps: readonly (readonly [Headers, number])[] = [
      [{ 'additional-retention-period': `${DAY_SECONDS}` }, 3],
      [{ 'extend-retention-from-current-time': `${4 * DAY_SECONDS}` }, 4],
      [{ 'new-retention-expiration-date': iso(5 * DAY_SECONDS) }, 5],
      [{ 'new-retention-period': `${6 * DAY_SECONDS}` }, 6],
    ];
    await put('grows');
    for (const [headers, days] of steps) {
      assert.equal((await extend('grows', headers)).status, 200, JSON.stringify(headers));
      assert.deepEqual(await retentionOf('grows'), [`${days * DAY_SECONDS}`, iso(days * DAY_SECONDS), '0']);
    }
    assert.deepEqual(await codeOf(extend('grows', {})), [400, 'InvalidArgument']);
    const both = { 'new-retention-period': '1', 'additional-retention-period': '1' };
    assert.deepEqual(await codeOf(extend('grows', both)), [400, 'InvalidArgument']);
  });

  test('and never shortened', async () => {
    await put('stays', { 'retention-period': `${5 * DAY_SECONDS}` });
    assert.deepEqual(await codeOf(extend('stays', { 'new-retention-period': '1' })), [403, 'AccessDenied']);
    const beyond = { 'new-retention-period': `${11 * DAY_SECONDS}` };
    assert.deepEqual(await codeOf(extend('stays', beyond)), [400, 'InvalidArgument']);
    assert.equal((await retentionOf('stays'))[0], `${5 * DAY_SECONDS}`);
  });
});
