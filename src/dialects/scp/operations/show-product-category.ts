import { defineOperation } from '../../kernel/define-operation.ts';
import { jsonResponse } from '../json-response.ts';
import { categoryDocument } from '../product-documents.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';
import { notFound } from '../scp-errors.ts';
import { texts } from '../scp-texts.ts';

/** Source documents, 1.1.4: the bare object. */
export const showProductCategory = defineOperation({
  name: 'ShowProductCategory',
  summary: 'Shows a category of the product catalogue.',
  route: { method: 'GET', resource: '/product/v1/product-categories/{category_id}' },
  permissions: [{ action: 'catalog:show-category', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (call: ScpCall) => call.parameter('category_id'),
  async run({ catalogue }: ScpServices, id: string) {
    const category = await catalogue.findCategory(id);
    if (category === undefined) throw notFound(texts.noSuchCategory);
    return category;
  },
  encode: (category) => jsonResponse(200, categoryDocument(category)),
});
