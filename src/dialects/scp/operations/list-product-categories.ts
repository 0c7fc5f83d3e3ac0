import type { ProductCategory } from '../../../identity/product-catalogue.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { jsonResponse } from '../json-response.ts';
import { isOneOf, isWithin, ListParameters, type Page, pageOf, type Sort } from '../list-parameters.ts';
import { categoryDocument, pageDocument } from '../product-documents.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';

const sortFields = [
  'category_id',
  'created_at',
  'display_name',
  'display_name_ko',
  'modified_at',
  'seq',
] as const;
type SortField = (typeof sortFields)[number];

interface Input {
  readonly page: Page;
  readonly sort: Sort<SortField>;
  matches(category: ProductCategory): boolean;
}

/** Source documents, 1.1.1; filters as in scp.md, section 3.1. */
export const listProductCategories = defineOperation({
  name: 'ListProductCategories',
  summary: 'Lists the categories of the product catalogue, filtered, sorted and by pages.',
  route: { method: 'GET', resource: '/product/v1/product-categories' },
  permissions: [{ action: 'catalog:list-categories', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: ({ query }: ScpCall): Input => {
    const parameters = new ListParameters(query);
    const page = parameters.page();
    const sort = parameters.sort(sortFields, { field: 'seq', isDescending: false });
    const names = parameters.texts('display_name');
    const koreanNames = parameters.texts('display_name_ko');
    const exposed = parameters.booleans('is_exposed_menu');
    const [createdBy, modifiedBy] = [parameters.texts('created_by'), parameters.texts('modified_by')];
    const [created, modified] = [parameters.times('created'), parameters.times('modified')];
    parameters.finish();
    return {
      page,
      sort,
      matches: (category) =>
        isOneOf(category.displayName, names) &&
        isOneOf(category.displayNameKo, koreanNames) &&
        (exposed.length === 0 || exposed.includes(category.isExposedMenu)) &&
        isBy(category.createdBy, createdBy) &&
        isBy(category.modifiedBy, modifiedBy) &&
        isWithin(category.createdAtMicros, created) &&
        isWithin(category.modifiedAtMicros, modified),
    };
  },
  async run({ catalogue }: ScpServices, { page, sort, matches }: Input) {
    const found = (await catalogue.listCategories()).filter(matches);
    return pageOf(found, page, sort.isDescending, (category) => memberOf(category, sort.field));
  },
  encode: (page) => jsonResponse(200, pageDocument('product_categories', page, categoryDocument)),
});

/** By the id that answers show, or by the name that the documentation asks with. */
function isBy({ id, name }: ProductCategory['createdBy'], wanted: readonly string[]): boolean {
  return isOneOf(id, wanted) || isOneOf(name, wanted);
}

function memberOf(category: ProductCategory, field: SortField): string | number {
  switch (field) {
    case 'category_id':
      return category.id;
    case 'created_at':
      return category.createdAtMicros;
    case 'display_name':
      return category.displayName;
    case 'display_name_ko':
      return category.displayNameKo;
    case 'modified_at':
      return category.modifiedAtMicros;
    case 'seq':
      return category.seq;
  }
}
