import type { Product } from '../../../identity/product-catalogue.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { jsonResponse } from '../json-response.ts';
import { isOneOf, isWithin, ListParameters, type Page, pageOf, type Sort } from '../list-parameters.ts';
import { pageDocument, productDocument } from '../product-documents.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';

const sortFields = [
  'created_at',
  'display_name',
  'display_name_ko',
  'modified_at',
  'product_category_id',
  'product_id',
] as const;
type SortField = (typeof sortFields)[number];

interface Input {
  readonly page: Page;
  readonly sort: Sort<SortField>;
  matches(product: Product): boolean;
}

/** Source documents, 1.1.2; filters as in scp.md, section 3.3. A category that does not exist has no products. */
export const listProducts = defineOperation({
  name: 'ListProducts',
  summary: 'Lists the products of the catalogue, filtered, sorted and by pages.',
  route: { method: 'GET', resource: '/product/v1/products' },
  permissions: [{ action: 'catalog:list-products', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: ({ query }: ScpCall): Input => {
    const parameters = new ListParameters(query);
    const page = parameters.page();
    const sort = parameters.sort(sortFields, { field: 'display_name', isDescending: false });
    const categories = parameters.texts('product_category_id');
    const ids = parameters.texts('product_id');
    const names = parameters.texts('display_name');
    const koreanNames = parameters.texts('display_name_ko');
    const kinds = parameters.texts('kind');
    const [created, modified] = [parameters.times('created'), parameters.times('modified')];
    parameters.finish();
    const isIn = (value: string, wanted: readonly string[]) => wanted.length === 0 || wanted.includes(value);
    return {
      page,
      sort,
      matches: (product) =>
        isIn(product.categoryId, categories) &&
        isIn(product.id, ids) &&
        isIn(product.kind, kinds) &&
        isOneOf(product.displayName, names) &&
        isOneOf(product.displayNameKo, koreanNames) &&
        isWithin(product.createdAtMicros, created) &&
        isWithin(product.modifiedAtMicros, modified),
    };
  },
  async run({ catalogue }: ScpServices, { page, sort, matches }: Input) {
    const found = (await catalogue.listProducts()).filter(matches);
    const listed = pageOf(found, page, sort.isDescending, (product) => memberOf(product, sort.field));
    const names = new Map((await catalogue.listCategories()).map((each) => [each.id, each.displayName]));
    const rows = listed.rows.map((product) => ({ product, categoryName: names.get(product.categoryId) }));
    return { ...listed, rows };
  },
  encode: (page) => jsonResponse(200, pageDocument('products', page, productDocument)),
});

function memberOf(product: Product, field: SortField): string | number {
  switch (field) {
    case 'created_at':
      return product.createdAtMicros;
    case 'display_name':
      return product.displayName;
    case 'display_name_ko':
      return product.displayNameKo;
    case 'modified_at':
      return product.modifiedAtMicros;
    case 'product_category_id':
      return product.categoryId;
    case 'product_id':
      return product.id;
  }
}
