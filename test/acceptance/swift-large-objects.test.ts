// The Swift API over HTTP: static and dynamic large objects, also through the S3 door (nhn-openstack.md, sections 10, 11 and 24).
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import {
  addSwiftUser,
  askSwift,
  connectS3As,
  type SwiftAnswer,
  type SwiftUser,
} from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
let s3: S3Client;
before(async () => {
  server = await startServer({ workers: 2 });
  kim = await addSwiftUser(server, 'kim');
  s3 = await connectS3As(server, kim);
  for (const name of ['/main', '/parts', '/My_Parts']) {
    assert.equal((await kim.ask('PUT', name)).status, 201);
  }
  for (const [name, body] of Object.entries(SEGMENTS)) {
    assert.equal((await kim.ask('PUT', `/parts/${name}`, { body })).status, 201);
  }
});
after(async () => {
  s3?.destroy();
  const logs = server?.logs() ?? '';
  await server?.dispose();
  // An answer that had to be cut off is told to the operator.
  const failures = logs.split('\n').filter((line) => /"level":"(?:error|fatal)"/.test(line));
  assert.deepEqual(
    failures.filter((line) => !line.includes('"error":"SegmentUnavailable"')),
    [],
  );
});

const SEGMENTS = { 's/1': randomBytes(200_000), 's/2': randomBytes(70_000), 's/3': Buffer.from('the end') };
const ALL = Buffer.concat(Object.values(SEGMENTS));
const md5 = (bytes: string | Buffer) => createHash('md5').update(bytes).digest('hex');
const JOINED = md5(Object.values(SEGMENTS).map(md5).join(''));
const manifest = Object.entries(SEGMENTS).map(([name, body]) => ({
  path: `/parts/${name}`,
  etag: md5(body),
  size_bytes: body.length,
}));

const putManifest = (
  target: string,
  entries: unknown,
  { headers, query = '' }: { headers?: Record<string, string>; query?: string } = {},
): Promise<SwiftAnswer> =>
  kim.ask('PUT', `${target}?multipart-manifest=put${query}`, {
    body: typeof entries === 'string' ? entries : JSON.stringify(entries),
    ...(headers !== undefined && { headers }),
  });

describe('PutSegmentManifest', () => {
  it('makes an object of its segments, with an ETag in quotes', async () => {
    const made = await putManifest('/main/big.bin', manifest, {
      headers: { 'X-Static-Large-Object': 'true', 'X-Object-Meta-Colour': 'red', Etag: JOINED },
    });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.header('etag'), `"${JOINED}"`);
    for (const method of ['GET', 'HEAD']) {
      const answer = await kim.ask(method, '/main/big.bin');
      assert.equal(answer.status, 200);
      assert.equal(answer.header('etag'), `"${JOINED}"`);
      assert.equal(answer.header('x-static-large-object'), 'True');
      assert.equal(answer.header('content-length'), `${ALL.length}`);
      assert.equal(answer.header('x-object-meta-colour'), 'red');
      assert.equal(answer.header('content-type'), 'application/octet-stream');
      if (method === 'GET') assert.ok(answer.body.equals(ALL));
    }
  });

  it('tells what is wrong with entries one by one', async () => {
    const answer = await putManifest('/main/wrong', [
      7,
      { path: '/parts/s/1', colour: 'red' },
      { etag: 'x' },
      { path: '/parts' },
      { path: '/parts/s/1', range: '1-2,4-5' },
      { path: '/parts/s/1', range: 'x' },
      { path: '/parts/s/1', size_bytes: '0' },
      { path: '/main/wrong' },
      { data: '*' },
      { path: '/parts/s/1', size_bytes: 5, range: '7-9' },
    ]);
    assert.equal(answer.status, 400);
    assert.match(answer.header('content-type') ?? '', /^text\/plain/);
    assert.deepEqual(
      answer.text
        .trim()
        .split('\n')
        .map((line) => line.split(':')[0]),
      [
        'Index 0',
        'Index 1',
        'Index 2',
        'Index 3',
        'Index 4',
        'Index 5',
        'Index 6',
        'Index 7',
        'Index 8',
        'Index 9',
      ],
    );
    const statuses = async (entries: unknown) => (await putManifest('/main/wrong', entries)).status;
    assert.equal(await statuses('{'), 400);
    assert.equal(await statuses('{}'), 400);
    assert.equal(await statuses([{ data: 'aGk=' }]), 400);
    assert.equal(await statuses(Array.from({ length: 10_001 }, () => manifest[0])), 413);
    assert.equal(await statuses(' '.repeat(8 * 1024 ** 2 + 1)), 413);
    assert.equal((await kim.ask('HEAD', '/main/wrong')).status, 404);
  });

  it('tells what is wrong with segments together, in the form that is asked for', async () => {
    const entries = [
      { path: '/parts/absent' },
      { path: '/parts/s/1', etag: md5('x') },
      { path: '/parts/s/2', size_bytes: 3 },
      { path: '/parts/s/3', range: '100-200' },
    ];
    const json = await putManifest('/main/wrong', entries, { headers: { Accept: 'application/json' } });
    assert.equal(json.status, 400);
    assert.deepEqual(JSON.parse(json.text), {
      Errors: [
        ['/parts/absent', '404 Not Found'],
        ['/parts/s/1', 'Etag Mismatch'],
        ['/parts/s/2', 'Size Mismatch'],
        ['/parts/s/3', 'Unsatisfiable Range'],
      ],
    });
    const xml = await putManifest('/main/wrong', entries, { headers: { Accept: 'application/xml' } });
    assert.match(
      xml.text,
      /^<upload>\n<errors>\n<object><name>\/parts\/absent<\/name><status>404 Not Found</,
    );
    const plain = await putManifest('/main/wrong', entries);
    assert.match(plain.text, /^Errors:\n\/parts\/absent, 404 Not Found\n/);
    const wrongEtag = await putManifest('/main/wrong', manifest, { headers: { Etag: md5(ALL) } });
    assert.equal(wrongEtag.status, 422);
    const copy = await putManifest('/main/wrong', manifest, { headers: { 'X-Copy-From': '/parts/s/1' } });
    assert.equal(copy.status, 405);
  });

  it('answers at once when a heartbeat is wanted', async () => {
    const headers = { Accept: 'application/json' };
    const made = await putManifest('/main/beat', manifest, { headers, query: '&heartbeat=on' });
    assert.equal(made.status, 202);
    assert.match(made.text, /^ +\r\n\r\n\{/);
    const report = JSON.parse(made.text);
    assert.equal(report['Response Status'], '201 Created');
    assert.equal(report.Etag, `"${JOINED}"`);
    const wrong = await putManifest('/main/beat', [{ path: '/parts/absent' }], {
      headers,
      query: '&heartbeat=on',
    });
    assert.deepEqual(JSON.parse(wrong.text).Errors, [['/parts/absent', '404 Not Found']]);
    const etag = await putManifest('/main/beat', manifest, {
      headers: { ...headers, Etag: md5('x') },
      query: '&heartbeat=on',
    });
    assert.equal(JSON.parse(etag.text)['Response Status'], '422 Unprocessable Entity');
  });
});

describe('a static large object', () => {
  it('is read in ranges, in parts and under conditions', async () => {
    await putManifest('/main/ranges', [
      ...manifest.slice(0, 2),
      { data: 'aW5saW5l' },
      { path: 'parts/s/1', range: '-5' },
    ]);
    const whole = Buffer.concat([
      ALL.subarray(0, 270_000),
      Buffer.from('inline'),
      SEGMENTS['s/1'].subarray(-5),
    ]);
    const get = (range: string) => kim.ask('GET', '/main/ranges', { headers: { Range: range } });
    const middle = await get('bytes=199990-200009');
    assert.equal(middle.status, 206);
    assert.ok(middle.body.equals(whole.subarray(199_990, 200_010)));
    assert.equal(middle.header('content-range'), `bytes 199990-200009/${whole.length}`);
    assert.ok((await get('bytes=-8')).body.equals(whole.subarray(-8)));
    assert.equal((await get(`bytes=${whole.length}-`)).status, 416);
    const two = await get('bytes=0-1,270000-270005');
    assert.match(two.header('content-type') ?? '', /^multipart\/byteranges; boundary=/);
    assert.ok(two.text.includes('inline'));
    const part = await kim.ask('GET', '/main/ranges?part-number=3');
    assert.deepEqual([part.status, part.text, part.header('x-parts-count')], [206, 'inline', '4']);
    const head = await kim.ask('HEAD', '/main/ranges?part-number=4');
    assert.deepEqual([head.status, head.header('content-length')], [206, '5']);
    const beyond = await kim.ask('GET', '/main/ranges?part-number=5');
    assert.deepEqual([beyond.status, beyond.header('x-parts-count')], [416, '4']);
    const headers = { Destination: 'main/part' };
    assert.equal((await kim.ask('COPY', '/main/ranges?part-number=3', { headers })).status, 201);
    assert.equal((await kim.ask('GET', '/main/part')).text, 'inline');
    assert.equal((await kim.ask('GET', '/main/ranges?part-number=0')).status, 400);
    const etag = (await kim.ask('HEAD', '/main/ranges')).header('etag') ?? '';
    const conditional = (headers: Record<string, string>) => kim.ask('GET', '/main/ranges', { headers });
    assert.equal((await conditional({ 'If-None-Match': etag })).status, 304);
    assert.equal((await conditional({ 'If-Match': md5('x') })).status, 412);
    assert.equal((await conditional({ 'If-Match': etag.replaceAll('"', '') })).status, 200);
  });

  it('GetSegmentManifest, HeadSegmentManifest: shows its manifest, as stored and as it could be put again', async () => {
    await putManifest('/main/shown', [{ path: '/parts/s/1', range: '0-9' }, manifest[2]]);
    const stored = await kim.ask('GET', '/main/shown?multipart-manifest=get');
    assert.equal(stored.header('content-type'), 'application/json; charset=utf-8');
    assert.equal(stored.header('etag'), md5(stored.body));
    const [first] = JSON.parse(stored.text);
    assert.equal(first.name, '/parts/s/1');
    assert.equal(first.range, '0-9');
    assert.equal(first.hash, md5(SEGMENTS['s/1']));
    assert.match(first.last_modified, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    const head = await kim.ask('HEAD', '/main/shown?multipart-manifest=get');
    assert.equal(head.header('content-length'), `${stored.body.length}`);
    assert.equal((await kim.ask('HEAD', '/main/shown')).header('x-manifest-etag'), md5(stored.body));
    const raw = await kim.ask('GET', '/main/shown?multipart-manifest=get&format=raw');
    assert.equal(raw.header('etag'), md5(raw.body));
    const again = await putManifest('/main/again', raw.text);
    assert.equal(again.status, 201, again.text);
    assert.ok((await kim.ask('GET', '/main/again')).body.equals((await kim.ask('GET', '/main/shown')).body));
  });

  it('stands in listings with the size of the whole, and counts as what is stored', async () => {
    assert.equal((await kim.ask('PUT', '/listed')).status, 201);
    await putManifest('/listed/slo', manifest);
    const [row] = JSON.parse((await kim.ask('GET', '/listed?format=json')).text);
    const stored = await kim.ask('GET', '/listed/slo?multipart-manifest=get');
    assert.deepEqual([row.bytes, row.hash, row.slo_etag], [ALL.length, md5(stored.body), `"${JOINED}"`]);
    const head = await kim.ask('HEAD', '/listed');
    assert.equal(head.header('x-container-bytes-used'), `${stored.body.length}`);
  });

  it('conflicts when a segment is gone, and is never other bytes', async () => {
    await kim.ask('PUT', '/parts/gone', { body: 'here today' });
    await putManifest('/main/broken', [{ path: '/parts/gone' }, manifest[2]]);
    await kim.ask('PUT', '/parts/gone', { body: 'else today' });
    assert.equal((await kim.ask('GET', '/main/broken')).status, 409);
    await kim.ask('DELETE', '/parts/gone');
    assert.equal((await kim.ask('GET', '/main/broken')).status, 409);
    assert.equal((await kim.ask('HEAD', '/main/broken')).status, 200);
    await putManifest('/main/late', [manifest[2], manifest[0]]);
    const body = await kim.ask('PUT', '/parts/s/9', { body: 'x'.repeat(100) });
    assert.equal(body.status, 201);
    await putManifest('/main/late', [manifest[2], { path: '/parts/s/9' }]);
    await kim.ask('DELETE', '/parts/s/9');
    await assert.rejects(kim.ask('GET', '/main/late'));
  });

  it('keeps its manifest when metadata is posted, and is copied whole or as a manifest', async () => {
    await putManifest('/main/posted', manifest, { headers: { 'Content-Type': 'text/x-big' } });
    const posted = await kim.ask('POST', '/main/posted', { headers: { 'X-Object-Meta-A': '1' } });
    assert.equal(posted.status, 202);
    assert.ok((await kim.ask('GET', '/main/posted')).body.equals(ALL));
    const copy = (target: string, headers: Record<string, string>, query = '') =>
      kim.ask('PUT', `${target}${query}`, { headers });
    assert.equal((await copy('/main/flat', { 'X-Copy-From': '/main/posted' })).status, 201);
    const flat = await kim.ask('GET', '/main/flat');
    assert.deepEqual([flat.header('etag'), flat.header('x-static-large-object')], [md5(ALL), undefined]);
    const forms: [Record<string, string>, string][] = [
      [{ 'X-Copy-From': '/main/posted?multipart-manifest=get' }, ''],
      [{ 'X-Copy-From': '/main/posted;multipart-manifest=get' }, ''],
      [{ 'X-Copy-From': '/main/posted' }, '?multipart-manifest=get'],
    ];
    for (const [headers, query] of forms) {
      assert.equal((await copy('/main/copied', headers, query)).status, 201);
      const copied = await kim.ask('GET', '/main/copied');
      assert.equal(copied.header('x-static-large-object'), 'True');
      assert.equal(copied.header('content-type'), 'text/x-big');
      assert.ok(copied.body.equals(ALL));
      await kim.ask('DELETE', '/main/copied');
    }
    const moved = await kim.ask('COPY', '/main/posted?multipart-manifest=get', {
      headers: { Destination: 'main/moved' },
    });
    assert.equal(moved.status, 201);
    assert.equal((await kim.ask('HEAD', '/main/moved')).header('x-static-large-object'), 'True');
  });

  it('is open to who may read its container, also where its segments are not', async () => {
    assert.equal((await kim.ask('PUT', '/open', { headers: { 'X-Container-Read': '.r:*' } })).status, 201);
    await putManifest('/open/slo', manifest);
    const open = await askSwift(server.storageUrl, 'GET', `${kim.path}/open/slo`);
    assert.equal(open.status, 200);
    assert.ok(open.body.equals(ALL));
    const headers = { 'X-Object-Manifest': 'parts/s/' };
    assert.equal((await kim.ask('PUT', '/open/dlo', { headers })).status, 201);
    assert.equal((await askSwift(server.storageUrl, 'GET', `${kim.path}/open/dlo`)).status, 401);
  });
});

describe('DeleteSegments', () => {
  const fresh = async (prefix: string) => {
    const entries: { path: string }[] = [];
    for (const name of ['a', 'b']) {
      await kim.ask('PUT', `/parts/${prefix}/${name}`, { body: name });
      entries.push({ path: `/parts/${prefix}/${name}` });
    }
    await putManifest(`/main/${prefix}-inner`, entries.slice(0, 1));
    await putManifest(`/main/${prefix}`, [...entries, { path: `/main/${prefix}-inner` }]);
    return [`/parts/${prefix}/a`, `/parts/${prefix}/b`, `/main/${prefix}-inner`, `/main/${prefix}`];
  };

  it('removes segments in depth and then the manifest', async () => {
    const names = await fresh('deep');
    const answer = await kim.ask('DELETE', '/main/deep?multipart-manifest=delete', {
      headers: { Accept: 'application/json' },
    });
    assert.equal(answer.status, 200);
    const report = JSON.parse(answer.text);
    assert.equal(report['Response Status'], '200 OK');
    assert.equal(report['Number Deleted'] + report['Number Not Found'], 5);
    for (const name of names) assert.equal((await kim.ask('HEAD', name)).status, 404, name);
  });

  it('says in its report what is wrong', async () => {
    const ask = async (target: string) =>
      JSON.parse(
        (
          await kim.ask('DELETE', `${target}?multipart-manifest=delete`, {
            headers: { Accept: 'application/json' },
          })
        ).text,
      );
    const plain = await ask('/parts/s/1');
    assert.equal(plain['Response Status'], '400 Bad Request');
    assert.deepEqual(plain.Errors, [['/parts/s/1', 'Not an SLO manifest']]);
    const absent = await ask('/main/absent');
    assert.deepEqual([absent['Response Status'], absent['Number Not Found']], ['200 OK', 1]);
    assert.equal((await kim.ask('HEAD', '/parts/s/1')).status, 200);
  });

  it('takes async for segments of one container and one level', async () => {
    const names = await fresh('async');
    const ask = (target: string) => kim.ask('DELETE', `${target}?multipart-manifest=delete&async=yes`);
    assert.equal((await ask('/main/async')).status, 400);
    assert.equal((await ask('/main/async-inner')).status, 204);
    assert.equal((await kim.ask('HEAD', names[0] ?? '')).status, 404);
    assert.equal((await kim.ask('HEAD', names[1] ?? '')).status, 200);
    assert.equal((await ask('/parts/s/1')).status, 400);
  });

  it('a plain DELETE leaves the segments', async () => {
    const names = await fresh('plain');
    assert.equal((await kim.ask('DELETE', '/main/plain')).status, 204);
    assert.equal((await kim.ask('HEAD', names[0] ?? '')).status, 200);
  });
});

describe('a dynamic large object', () => {
  it('is what its prefix holds now', async () => {
    const headers = { 'X-Object-Manifest': 'parts/s%2F' };
    assert.equal((await kim.ask('PUT', '/main/dlo', { headers, body: 'own' })).status, 201);
    const got = await kim.ask('GET', '/main/dlo');
    assert.deepEqual([got.header('etag'), got.header('x-object-manifest')], [`"${JOINED}"`, 'parts/s%2F']);
    assert.ok(got.body.equals(ALL));
    const head = await kim.ask('HEAD', '/main/dlo');
    assert.equal(head.header('content-length'), `${ALL.length}`);
    const range = await kim.ask('GET', '/main/dlo', { headers: { Range: 'bytes=-7' } });
    assert.equal(range.text, 'the end');
    const several = await kim.ask('GET', '/main/dlo', { headers: { Range: 'bytes=0-1,4-5' } });
    assert.equal(several.status, 200);
    assert.equal((await kim.ask('GET', '/main/dlo?multipart-manifest=get')).text, 'own');
    const [row] = JSON.parse((await kim.ask('GET', '/main?format=json&prefix=dlo')).text);
    assert.deepEqual([row.hash, row.bytes], [md5('own'), 3]);
    assert.equal((await kim.ask('POST', '/main/dlo', { headers: {} })).status, 202);
    assert.equal((await kim.ask('GET', '/main/dlo')).text, 'own');
    assert.equal((await kim.ask('POST', '/main/dlo', { headers })).status, 202);
    assert.ok((await kim.ask('GET', '/main/dlo')).body.equals(ALL));
  });

  it('without segments is empty, and is refused when it names no prefix', async () => {
    const put = (value: string) => kim.ask('PUT', '/main/dlo-2', { headers: { 'X-Object-Manifest': value } });
    assert.equal((await put('parts/nothing-here')).status, 201);
    const empty = await kim.ask('GET', '/main/dlo-2');
    assert.deepEqual([empty.status, empty.text, empty.header('etag')], [200, '', `"${md5('')}"`]);
    for (const value of ['parts', 'parts/', '/parts', 'parts//x', 'parts/x?y', 'parts/x&y']) {
      assert.equal((await put(value)).status, 400, value);
    }
  });
});

describe('the S3 door', () => {
  const read = async (Key: string, Range?: string) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket: 'main', Key, ...(Range && { Range }) }));
    return { ...answer, bytes: Buffer.from((await answer.Body?.transformToByteArray()) ?? []) };
  };

  it('reads what Swift has made of segments', async () => {
    await putManifest('/main/from-swift', manifest);
    await kim.ask('PUT', '/main/dlo-from-swift', { headers: { 'X-Object-Manifest': 'parts/s/' } });
    const slo = await read('from-swift');
    assert.equal(slo.ETag, `"${JOINED}-N"`);
    assert.ok(slo.bytes.equals(ALL));
    assert.ok((await read('from-swift', 'bytes=199999-200001')).bytes.equals(ALL.subarray(199_999, 200_002)));
    const dlo = await read('dlo-from-swift');
    assert.equal(dlo.ETag, `"${JOINED}"`);
    assert.ok(dlo.bytes.equals(ALL));
    const head = await s3.send(
      new HeadObjectCommand({ Bucket: 'main', Key: 'from-swift', IfMatch: `"${JOINED}-N"` }),
    );
    assert.equal(head.ContentLength, ALL.length);
    const page = await s3.send(new ListObjectsV2Command({ Bucket: 'main', Prefix: 'from-swift' }));
    assert.deepEqual([page.Contents?.[0]?.Size, page.Contents?.[0]?.ETag], [ALL.length, `"${JOINED}-N"`]);
    await s3.send(new CopyObjectCommand({ Bucket: 'main', Key: 's3-copy', CopySource: 'main/from-swift' }));
    const copy = await read('s3-copy');
    assert.equal(copy.ETag, `"${md5(ALL)}"`);
    assert.ok(copy.bytes.equals(ALL));
  });

  it('makes in parts what Swift shows as a static large object', async () => {
    const bodies = [randomBytes(5 * 1024 ** 2), Buffer.from('last part')];
    const target = { Bucket: 'main', Key: 'in/parts' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1;
      const { ETag } = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    }
    await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    const joined = md5(bodies.map(md5).join(''));
    const head = await kim.ask('HEAD', '/main/in/parts');
    assert.deepEqual([head.header('etag'), head.header('x-static-large-object')], [`"${joined}"`, 'True']);
    const shown = JSON.parse((await kim.ask('GET', '/main/in/parts?multipart-manifest=get')).text);
    assert.deepEqual(
      shown.map(({ bytes, hash }: { bytes: number; hash: string }) => [bytes, hash]),
      bodies.map((body) => [body.length, md5(body)]),
    );
    assert.match(shown[0].name, /^\/main\+segments\/in\/parts\//);
    const part = await kim.ask('GET', '/main/in/parts?part-number=2');
    assert.deepEqual([part.status, part.text, part.header('x-parts-count')], [206, 'last part', '2']);
    const [row] = JSON.parse((await kim.ask('GET', '/main?format=json&prefix=in/')).text);
    assert.deepEqual([row.slo_etag, row.bytes], [`"${joined}"`, bodies[0]!.length + 9]);
    const made = await putManifest('/main/nested', [{ path: '/main/in/parts', etag: joined }, manifest[2]]);
    assert.equal(made.status, 201, made.text);
    assert.ok(
      (await kim.ask('GET', '/main/nested')).body.equals(Buffer.concat([...bodies, SEGMENTS['s/3']])),
    );
    const deleted = await kim.ask('DELETE', '/main/in/parts?multipart-manifest=delete', {
      headers: { Accept: 'application/json' },
    });
    assert.equal(JSON.parse(deleted.text)['Response Status'], '200 OK');
    assert.equal((await kim.ask('HEAD', '/main/in/parts')).status, 404);
  });
});
