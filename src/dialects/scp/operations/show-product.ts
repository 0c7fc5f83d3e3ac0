import { defineOperation } from '../../kernel/define-operation.ts';
import { jsonResponse } from '../json-response.ts';
import { productDocument } from '../product-documents.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';
import { notFound } from '../scp-errors.ts';
import { texts } from '../scp-texts.ts';

/** Source documents, 1.1.3: the bare object. */
export const showProduct = defineOperation({
  name: 'ShowProduct',
  summary: 'Shows a product of the catalogue.',
  route: { method: 'GET', resource: '/product/v1/products/{product_id}' },
  permissions: [{ action: 'catalog:show-product', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (call: ScpCall) => call.parameter('product_id'),
  async run({ catalogue }: ScpServices, id: string) {
    const product = await catalogue.findProduct(id);
    if (product === undefined) throw notFound(texts.noSuchProduct);
    const category = await catalogue.findCategory(product.categoryId);
    return { product, categoryName: category?.displayName };
  },
  encode: (product) => jsonResponse(200, productDocument(product)),
});
