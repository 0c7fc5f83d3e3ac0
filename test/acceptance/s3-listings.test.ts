// ListObjects, ListObjectsV2 and ListObjectVersions by the AWS SDK, against what a naive reading of a set of keys says.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { openBucket } from '../support/open-bucket.ts';
import { assertS3Error, newBucketName } from '../support/s3-client.ts';

const KEYS = [
  ' leading space',
  'a',
  'a/',
  'a/b',
  'a/b/c',
  'a//double',
  'a/../dots',
  'a-b',
  'a.b',
  'asdf::x',
  'asdf::y',
  'asdf:z',
  'B',
  'plus+sign',
  'percent%2Fescaped',
  'quote"<&>\'',
  'tab\tline\nreturn\r',
  'control\u0001\u001f',
  '곳간/하나',
  '곳간/둘',
  'emoji/😀',
  'emoji/\uff5e',
  'z'.repeat(1024),
];
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const SORTED = [...KEYS].sort(byBytes);

const { s3, Bucket } = await openBucket('listed');

before(async () => {
  await Promise.all(KEYS.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: `of ${Key}` }))));
});

interface Names {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
}

/** What a listing shows, from the keys alone: in byte order, each common prefix where its first key stands. */
function naiveListing(prefix: string, delimiter: string): string[] {
  const rows: string[] = [];
  for (const key of SORTED) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const row = at < 0 ? `key ${key}` : `prefix ${key.slice(0, at + delimiter.length)}`;
    if (!rows.includes(row)) rows.push(row);
  }
  return rows;
}

const decode = (text: string | undefined) => decodeURIComponent(text ?? '');

function namesOf(page: {
  readonly Contents?: readonly { readonly Key?: string | undefined }[] | undefined;
  readonly CommonPrefixes?: readonly { readonly Prefix?: string | undefined }[] | undefined;
}): Names {
  return {
    keys: (page.Contents ?? []).map(({ Key }) => decode(Key)),
    prefixes: (page.CommonPrefixes ?? []).map(({ Prefix }) => decode(Prefix)),
  };
}

/** All pages of one listing as rows; each page must be as long as it can be. */
async function listByPages(prefix: string, delimiter: string, pageRows: number): Promise<string[]> {
  const rows: string[] = [];
  const input: ListObjectsV2CommandInput = {
    Bucket,
    Prefix: prefix,
    Delimiter: delimiter,
    MaxKeys: pageRows,
    EncodingType: 'url',
  };
  for (;;) {
    const page = await s3.send(new ListObjectsV2Command(input));
    const { keys, prefixes } = namesOf(page);
    assert.equal(page.KeyCount, keys.length + prefixes.length);
    const names = [...keys.map((key) => `key ${key}`), ...prefixes.map((name) => `prefix ${name}`)];
    rows.push(...names.sort((a, b) => byBytes(a.slice(a.indexOf(' ') + 1), b.slice(b.indexOf(' ') + 1))));
    assert.equal(page.IsTruncated, page.NextContinuationToken !== undefined);
    if (page.IsTruncated !== true) return rows;
    assert.equal(page.KeyCount, pageRows);
    input.ContinuationToken = page.NextContinuationToken;
  }
}

describe('ListObjectsV2', () => {
  test('shows every key in byte order with its attributes', async () => {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }));
    assert.deepEqual(namesOf(page), { keys: SORTED, prefixes: [] });
    assert.deepEqual(
      {
        name: page.Name,
        prefix: page.Prefix,
        maxKeys: page.MaxKeys,
        count: page.KeyCount,
        truncated: page.IsTruncated,
        encoding: page.EncodingType,
        delimiter: page.Delimiter,
      },
      {
        name: Bucket,
        prefix: '',
        maxKeys: 1000,
        count: SORTED.length,
        truncated: false,
        encoding: 'url',
        delimiter: undefined,
      },
    );
    for (const object of page.Contents ?? []) {
      assert.match(object.ETag ?? '', /^"[0-9a-f]{32}"$/);
      assert.equal(object.Size, Buffer.byteLength(`of ${decode(object.Key)}`));
      assert.equal(object.StorageClass, 'STANDARD');
      assert.deepEqual(object.ChecksumAlgorithm, ['CRC32']);
      assert.equal(object.ChecksumType, 'FULL_OBJECT');
      assert.equal(object.Owner, undefined);
      assert.equal(object.LastModified?.getMilliseconds(), 0);
    }
  });

  test('shows names as they are without encoding, as far as XML can', async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    const shown = SORTED.map((key) => (key.startsWith('control') ? 'control\ufffd\ufffd' : key));
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      shown,
    );
  });

  test('shows owners when asked', async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, FetchOwner: true }));
    for (const { Owner } of Contents) {
      assert.match(Owner?.ID ?? '', /^[0-9a-f]{32}$/);
      assert.notEqual(Owner?.DisplayName ?? '', '');
    }
  });

  const prefixes = ['', 'a', 'a/', 'a/b', 'asdf', 'B', '곳', '곳간/', 'none', 'z'];
  const delimiters = ['', '/', '::', 'b', '/b', '간', '\u0001', '%2F', 'missing'];
  test('agrees with a naive reading for any prefix, delimiter and page size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...prefixes),
        fc.constantFrom(...delimiters),
        fc.integer({ min: 1, max: 8 }),
        async (prefix, delimiter, pageRows) => {
          assert.deepEqual(await listByPages(prefix, delimiter, pageRows), naiveListing(prefix, delimiter));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('starts after a name, which need not exist', async () => {
    for (const StartAfter of ['a/b', 'a/bb', '\u0000', 'zzz', '곳간/둘']) {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter, EncodingType: 'url' }));
      assert.deepEqual(
        namesOf(page).keys,
        SORTED.filter((key) => byBytes(key, StartAfter) > 0),
      );
      assert.equal(decode(page.StartAfter), StartAfter);
    }
  });

  test('takes a page of nothing for a page of nothing', async () => {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }));
    assert.deepEqual(
      [page.KeyCount, page.MaxKeys, page.IsTruncated, page.Contents],
      [0, 0, false, undefined],
    );
  });

  test('lowers a page size above the ceiling', async () => {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 5000 }));
    assert.deepEqual([page.KeyCount, page.MaxKeys], [SORTED.length, 1000]);
  });

  test('refuses what cannot be meant', async () => {
    const bad: readonly [Partial<ListObjectsV2CommandInput>, string, string][] = [
      [{ MaxKeys: -1 }, 'max-keys', '-1'],
      [{ MaxKeys: 1.5 }, 'max-keys', '1.5'],
      [{ MaxKeys: 2_147_483_648 }, 'max-keys', '2147483648'],
      [{ ContinuationToken: 'made-up' }, 'continuation-token', 'made-up'],
      [{ EncodingType: 'base64' as 'url' }, 'encoding-type', 'base64'],
    ];
    for (const [input, ArgumentName, ArgumentValue] of bad) {
      await assertS3Error(s3.send(new ListObjectsV2Command({ Bucket, ...input })), {
        code: 'InvalidArgument',
        status: 400,
        fields: { ArgumentName, ArgumentValue },
      });
    }
    await assertS3Error(s3.send(new ListObjectsV2Command({ Bucket: newBucketName('absent') })), {
      code: 'NoSuchBucket',
      status: 404,
    });
  });

  test('pages of a thousand', async () => {
    const many = newBucketName('many');
    await s3.send(new CreateBucketCommand({ Bucket: many }));
    const keys = Array.from({ length: 1234 }, (_, index) => `key/${String(index).padStart(5, '0')}`);
    const queue = keys.values();
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        for (const Key of queue)
          await s3.send(new PutObjectCommand({ Bucket: many, Key, Body: Buffer.alloc(0) }));
      }),
    );
    const pages: string[][] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: many })) {
      pages.push(Contents.map(({ Key = '' }) => Key));
    }
    assert.deepEqual(
      pages.map(({ length }) => length),
      [1000, 234],
    );
    assert.deepEqual(pages.flat(), keys);
  });
});

describe('ListObjects', () => {
  test('shows owners, and goes on by marker', async () => {
    const keys: string[] = [];
    let Marker = '';
    for (;;) {
      const page = await s3.send(new ListObjectsCommand({ Bucket, Marker, MaxKeys: 5, EncodingType: 'url' }));
      assert.equal(decode(page.Marker), Marker);
      assert.equal(page.NextMarker, undefined);
      for (const { Owner } of page.Contents ?? []) assert.match(Owner?.ID ?? '', /^[0-9a-f]{32}$/);
      const shown = namesOf(page).keys;
      keys.push(...shown);
      if (page.IsTruncated !== true) break;
      Marker = shown.at(-1) ?? '';
    }
    assert.deepEqual(keys, SORTED);
  });

  test('with a delimiter names the next marker, which may be a common prefix', async () => {
    for (const delimiter of ['/', '::']) {
      const rows: string[] = [];
      let Marker: string | undefined;
      for (;;) {
        const page: Awaited<ReturnType<typeof firstPage>> = await firstPage(delimiter, Marker);
        const { keys, prefixes } = namesOf(page);
        assert.equal(keys.length + prefixes.length, 1);
        rows.push(...keys.map((key) => `key ${key}`), ...prefixes.map((name) => `prefix ${name}`));
        if (page.IsTruncated !== true) break;
        Marker = decode(page.NextMarker);
        assert.equal(Marker, [...keys, ...prefixes][0]);
      }
      assert.deepEqual(rows, naiveListing('', delimiter));
    }
  });

  const firstPage = (Delimiter: string, Marker: string | undefined) =>
    s3.send(new ListObjectsCommand({ Bucket, Delimiter, Marker, MaxKeys: 1, EncodingType: 'url' }));
});

describe('ListObjectVersions', () => {
  test('shows the objects of an unversioned bucket as version null, by pages', async () => {
    const keys: string[] = [];
    let KeyMarker: string | undefined;
    for (;;) {
      const page = await versionsPage(KeyMarker);
      for (const { Key, VersionId, IsLatest, ETag, Owner } of page.Versions ?? []) {
        keys.push(decode(Key));
        assert.deepEqual([VersionId, IsLatest], ['null', true]);
        assert.match(ETag ?? '', /^"[0-9a-f]{32}"$/);
        assert.match(Owner?.ID ?? '', /^[0-9a-f]{32}$/);
      }
      assert.equal(page.DeleteMarkers, undefined);
      if (page.IsTruncated !== true) break;
      KeyMarker = decode(page.NextKeyMarker);
    }
    assert.deepEqual(keys, SORTED);
  });

  const versionsPage = (KeyMarker: string | undefined) =>
    s3.send(new ListObjectVersionsCommand({ Bucket, KeyMarker, MaxKeys: 4, EncodingType: 'url' }));

  test('knows prefix and delimiter', async () => {
    const page = await s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: 'a', Delimiter: '/', EncodingType: 'url' }),
    );
    const rows = [
      ...(page.Versions ?? []).map(({ Key }) => `key ${decode(Key)}`),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => `prefix ${decode(Prefix)}`),
    ];
    assert.deepEqual(rows.sort(), naiveListing('a', '/').sort());
  });

  test('refuses a version marker without a key marker', async () => {
    await assertS3Error(s3.send(new ListObjectVersionsCommand({ Bucket, VersionIdMarker: 'null' })), {
      code: 'InvalidArgument',
      status: 400,
      fields: { ArgumentName: 'version-id-marker' },
    });
  });
});
