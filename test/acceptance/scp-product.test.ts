// The Product API of Samsung Cloud Platform (source document 003, part 1; build specification scp.md, section 3), from a server that
// runs as a process.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { askAdmin } from '../support/ask-admin.ts';
import { askScp, assertScpError, type ScpAnswer } from '../support/scp-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
before(async () => {
  server = await startServer({ workers: 2 });
});
after(() => server.dispose());

function ask(path: string, language?: string): Promise<ScpAnswer> {
  const key = { accessKeyId: server.accessKey, secretKey: server.secretKey };
  return askScp(server.controlUrl, 'GET', `/scp/product${path}`, {
    key,
    nowMillis: Date.now(),
    headers: { 'Accept-Language': language },
  });
}

const CATEGORY_MEMBERS = [
  'category_id',
  'created_at',
  'created_by',
  'display_name',
  'display_name_ko',
  'icon_file_id',
  'is_exposed_menu',
  'modified_at',
  'modified_by',
  'seq',
  'service_group_color_id',
];
const PRODUCT_MEMBERS = [
  'created_at',
  'created_by',
  'display_name',
  'display_name_ko',
  'kind',
  'modified_at',
  'modified_by',
  'product_category_id',
  'product_category_name',
  'product_id',
];

const categoryIds = ({ json }: ScpAnswer): string[] =>
  json.product_categories.map(({ category_id }: { category_id: string }) => category_id);
const productIds = ({ json }: ScpAnswer): string[] =>
  json.products.map(({ product_id }: { product_id: string }) => product_id);

describe('ListProductCategories', () => {
  it('lists fourteen, in the order of the menu, with all eleven members', async () => {
    const answer = await ask('/v1/product-categories');
    const { product_categories: categories, ...counts } = answer.json;
    assert.deepEqual(counts, { count: 14, current_page: 1, total_count: 14, total_pages: 1 });
    assert.deepEqual(
      categories.map(({ seq }: { seq: number }) => seq),
      Array.from({ length: 14 }, (_, index) => index + 1),
    );
    for (const category of categories) {
      assert.deepEqual(Object.keys(category), CATEGORY_MEMBERS);
      assert.match(category.created_by, /^[0-9a-f]{32}$/);
      assert.match(category.icon_file_id, /^[0-9a-f]{32}$/);
      assert.match(category.service_group_color_id, /^[0-9a-f]{6}$/);
      assert.match(category.display_name, /^[a-zA-Z0-9_\-()\s]{2,30}$/);
      assert.equal(category.created_at, '2024-01-01T00:00:00');
      assert.equal(typeof category.is_exposed_menu, 'boolean');
    }
    assert.equal(
      new Set(categories.map((each: Record<string, string>) => each['service_group_color_id'])).size,
      14,
    );
  });

  it('pages, and is empty behind the last page', async () => {
    const second = await ask('/v1/product-categories?limit=5&page=2');
    assert.equal(second.json.count, 5);
    assert.deepEqual(
      [second.json.current_page, second.json.total_count, second.json.total_pages],
      [2, 14, 3],
    );
    const beyond = await ask('/v1/product-categories?limit=5&page=4');
    assert.deepEqual(beyond.json, {
      count: 0,
      current_page: 4,
      product_categories: [],
      total_count: 14,
      total_pages: 3,
    });
    const none = await ask('/v1/product-categories?display_name=Nothing');
    assert.deepEqual([none.json.total_count, none.json.total_pages], [0, 0]);
  });

  it('filters by names, repeated ones being alternatives, and by what the menu shows', async () => {
    const two = await ask(
      '/v1/product-categories?display_name=storage&display_name=NETWORKING&display_name=',
    );
    assert.deepEqual(categoryIds(two), ['STORAGE', 'NETWORKING']);
    assert.deepEqual(categoryIds(await ask('/v1/product-categories?display_name_ko=Compute')), ['COMPUTE']);
    const empty = await ask('/v1/product-categories?display_name=&created_by=&sort=&limit=&page=');
    assert.equal(empty.json.count, 14);
    for (const word of ['True', 'true', '1', 'yes', 'ON']) {
      assert.equal((await ask(`/v1/product-categories?is_exposed_menu=${word}`)).json.count, 13, word);
    }
    assert.deepEqual(categoryIds(await ask('/v1/product-categories?is_exposed_menu=False')), ['PLATFORM']);
    const both = await ask('/v1/product-categories?is_exposed_menu=off&is_exposed_menu=on');
    assert.equal(both.json.count, 14);
  });

  it('filters by who and when', async () => {
    const [{ created_by: creator }] = (await ask('/v1/product-categories')).json.product_categories;
    const count = async (query: string) => (await ask(`/v1/product-categories?${query}`)).json.count;
    assert.equal(await count(`created_by=${creator}`), 14);
    assert.equal(await count('modified_by=system'), 14, 'or by name');
    assert.equal(await count('created_by=somebody'), 0);
    assert.equal(
      await count('created_start_date=2024-01-01T00:00:00&created_end_date=2024-01-01T00:00:00'),
      14,
    );
    assert.equal(await count('created_start_date=2024-01-01T00:00:01'), 0);
    assert.equal(await count('modified_end_date=2023-12-31'), 0);
    assert.equal(await count('modified_start_date=2024-01-01T09:00:00%2B09:00'), 14);
    assert.equal(await count('modified_start_date=2024-01-01T09:00:00.000Z'), 0);
  });

  it('sorts by every field of its own, to either side', async () => {
    assert.deepEqual(categoryIds(await ask('/v1/product-categories?sort=seq:desc&limit=2')), [
      'PLATFORM',
      'HYBRID_CLOUD',
    ]);
    assert.deepEqual(categoryIds(await ask('/v1/product-categories?sort=category_id:asc&limit=2')), [
      'AI-ML',
      'APPLICATION_SERVICE',
    ]);
    for (const field of ['created_at', 'display_name', 'display_name_ko', 'modified_at']) {
      assert.equal((await ask(`/v1/product-categories?sort=${field}:desc`)).json.count, 14, field);
    }
  });

  it('ignores what it does not know', async () => {
    assert.equal((await ask('/v1/product-categories?size=1&whatever=x')).json.count, 14);
  });

  it('tells everything that is wrong with a query', async () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['limit=0', /^limit: /],
      ['limit=1001', /^limit: .*1000/],
      ['limit=ten', /^limit: .*integer/],
      ['limit=1.5', /^limit: /],
      ['page=0', /^page: /],
      ['page=-1', /^page: /],
      ['is_exposed_menu=maybe', /^is_exposed_menu: /],
      ['created_start_date=yesterday', /^created_start_date: /],
      ['created_start_date=2024-02-30', /^created_start_date: /],
      ['modified_start_date=2024-01-02&modified_end_date=2024-01-01', /^modified_start_date: /],
      ['sort=seq', /^sort: /],
      ['sort=seq:up', /^sort: /],
      ['sort=colour:asc', /^sort: unknown field colour/],
      ['sort=seq:asc:desc', /^sort: /],
    ];
    for (const [query, detail] of wrong) {
      const answer = await ask(`/v1/product-categories?${query}`);
      assertScpError(answer, 400, 'ValidationError', detail);
      assert.equal(answer.json.errors[0].detail.length, 1, query);
    }
    const all = await ask('/v1/product-categories?limit=x&page=y&sort=z', 'ko-KR');
    assertScpError(all, 400, 'ValidationError', /정수/);
    assert.equal(all.json.errors[0].detail.length, 3);
  });
});

describe('ShowProductCategory', () => {
  it('answers the bare object, and 404 to what is none', async () => {
    const answer = await ask('/v1/product-categories/AI-ML');
    assert.deepEqual(Object.keys(answer.json), CATEGORY_MEMBERS);
    assert.equal(answer.json.category_id, 'AI-ML');
    for (const id of ['ai-ml', 'NOTHING', '%00', 'a%2Fb', encodeURIComponent('저장소')]) {
      assertScpError(await ask(`/v1/product-categories/${id}`), 404, 'NotFound');
    }
  });
});

describe('ListProducts', () => {
  it('lists twenty at a time by name', async () => {
    const answer = await ask('/v1/products');
    assert.equal(answer.json.count, 20);
    assert.ok(answer.json.total_count > 60);
    const names = answer.json.products.map((each: Record<string, string>) => each['display_name']);
    assert.deepEqual(names, [...names].sort());
    for (const product of answer.json.products) assert.deepEqual(Object.keys(product), PRODUCT_MEMBERS);
    const all = await ask('/v1/products?limit=1000');
    assert.equal(all.json.count, answer.json.total_count);
    assert.equal(new Set(productIds(all)).size, all.json.count);
  });

  it('filters by category, id, kind and name', async () => {
    assert.deepEqual(productIds(await ask('/v1/products?product_id=VPC&product_id=DNS')), ['DNS', 'VPC']);
    const storage = await ask('/v1/products?product_category_id=STORAGE&limit=100');
    assert.equal(storage.json.count, 6);
    assert.ok(productIds(storage).includes('OBJECTSTORAGE'));
    assert.equal(storage.json.products[0].product_category_name, 'Storage');
    const none = await ask('/v1/products?product_category_id=NOTHING');
    assert.deepEqual([none.status, none.json.products], [200, []]);
    assert.equal((await ask('/v1/products?kind=SERVICE')).json.count, 0);
    assert.deepEqual(productIds(await ask('/v1/products?display_name=Logging%26Audit')), ['LOGGINGAUDIT']);
    const documented = await ask(
      '/v1/products?limit=10&page=1&product_category_id=STORAGE&display_name=Object%20Storage',
    );
    assert.deepEqual(productIds(documented), ['OBJECTSTORAGE']);
  });

  it('sorts, and refuses to by what it has not', async () => {
    const sorted = await ask('/v1/products?sort=product_category_id:desc&limit=1');
    assert.equal(sorted.json.products[0].product_category_id, 'STORAGE');
    assertScpError(await ask('/v1/products?sort=seq:asc'), 400, 'ValidationError');
  });
});

describe('ShowProduct', () => {
  it('answers the bare object, and 404 to what is none', async () => {
    const answer = await ask('/v1/products/VPC');
    assert.deepEqual(Object.keys(answer.json), PRODUCT_MEMBERS);
    assert.equal(answer.json.product_category_name, 'Networking');
    assertScpError(await ask('/v1/products/vpc'), 404, 'NotFound');
  });
});

describe('the catalogue in the hands of an administrator', () => {
  it('CreateProduct, UpdateProduct, DeleteProduct show at once, to every worker', async () => {
    await askAdmin(server, 'POST', '/product-categories', {
      id: 'OURS',
      displayName: 'Our things',
      displayNameKo: '우리 것',
    });
    const made = await askAdmin(server, 'POST', '/products', {
      id: 'COFFEE',
      categoryId: 'OURS',
      displayName: 'Coffee',
      displayNameKo: '커피',
    });
    assert.equal(made.product.kind, 'PRODUCT');
    const shown = (await ask('/v1/products/COFFEE')).json;
    assert.deepEqual(
      [shown.display_name_ko, shown.product_category_name, shown.created_by],
      ['커피', 'Our things', made.product.createdBy.id],
    );
    const korean = await ask(`/v1/product-categories?display_name_ko=${encodeURIComponent('우리 것')}`);
    assert.deepEqual([categoryIds(korean), korean.json.product_categories[0].seq], [['OURS'], 15]);
    const byName = await ask('/v1/product-categories?created_by=root');
    assert.deepEqual(categoryIds(byName), ['OURS']);
    await askAdmin(server, 'PATCH', '/products/COFFEE', { displayName: 'Tea' });
    assert.equal((await ask('/v1/products/COFFEE')).json.display_name, 'Tea');
    await assert.rejects(askAdmin(server, 'DELETE', '/product-categories/OURS'), /400/);
    await askAdmin(server, 'DELETE', '/products/COFFEE');
    assertScpError(await ask('/v1/products/COFFEE'), 404, 'NotFound');
    await askAdmin(server, 'DELETE', '/product-categories/OURS');
  });

  it('UpdateProductCategory, DeleteProductCategory, CreateProductCategory change what the server comes with, too', async () => {
    await askAdmin(server, 'PATCH', '/product-categories/STORAGE', {
      displayNameKo: '스토리지',
      isExposedMenu: false,
    });
    const found = await ask(`/v1/product-categories?display_name_ko=${encodeURIComponent('스토리지')}`);
    assert.deepEqual(
      [categoryIds(found), found.json.product_categories[0].is_exposed_menu],
      [['STORAGE'], false],
    );
    await askAdmin(server, 'DELETE', '/products/DEVOPSSERVICE');
    await askAdmin(server, 'DELETE', '/product-categories/DEVOPS_TOOLS');
    assert.equal((await ask('/v1/product-categories')).json.total_count, 13);
    await askAdmin(server, 'POST', '/product-categories', {
      id: 'DEVOPS_TOOLS',
      displayName: 'DevOps Tools',
      seq: 12,
    });
    assert.equal((await ask('/v1/product-categories')).json.total_count, 14);
  });

  it('refuses what the documentation rules out', async () => {
    const refused = (method: string, path: string, body: object, status: RegExp) =>
      assert.rejects(askAdmin(server, method, path, body), status);
    await refused('POST', '/product-categories', { id: 'X', displayName: 'a' }, /400/);
    await refused('POST', '/product-categories', { id: 'a/b', displayName: 'Name' }, /400/);
    await refused('POST', '/product-categories', { id: 'STORAGE', displayName: 'Name' }, /409/);
    await refused('PATCH', '/product-categories/STORAGE', { colorId: 'blue' }, /400/);
    await refused('PATCH', '/product-categories/STORAGE', { displayName: '이름' }, /400/);
    await refused('POST', '/products', { id: 'X', displayName: 'x', categoryId: 'NOTHING' }, /404/);
    await refused('PATCH', '/products/NOTHING', { displayName: 'x' }, /404/);
  });

  it('by the command line', async () => {
    const run = async (...words: string[]) => {
      const ended = await runGotgan([...words, '--json', '--endpoint', server.controlUrl], {
        GOTGAN_ACCESS_KEY: server.accessKey,
        GOTGAN_SECRET_KEY: server.secretKey,
      });
      return {
        ...ended,
        json: ended.code === 0 && ended.stdout !== '' ? JSON.parse(ended.stdout) : undefined,
      };
    };
    assert.equal((await run('product-category', 'list')).json.length, 14);
    const added = await run(
      'product',
      'add',
      'LUNCH',
      '--category',
      'STORAGE',
      '--name',
      'Lunch',
      '--name-ko',
      '점심',
    );
    assert.equal(added.code, 0, added.stderr);
    assert.equal(added.json.displayNameKo, '점심');
    assert.ok((await run('product', 'list')).json.some(({ id }: { id: string }) => id === 'LUNCH'));
    assert.equal((await run('product', 'update', 'LUNCH', '--name', 'Dinner')).json.displayName, 'Dinner');
    assert.equal(
      (await run('product-category', 'update', 'STORAGE', '--in-menu', 'yes')).json.isExposedMenu,
      true,
    );
    assert.equal((await run('product-category', 'update', 'STORAGE', '--in-menu', 'x')).code, 64);
    assert.equal((await run('product', 'remove', 'LUNCH')).code, 0);
    assertScpError(await ask('/v1/products/LUNCH'), 404, 'NotFound');
  });
});
