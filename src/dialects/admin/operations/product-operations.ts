/**
 * The catalogue that the Product API of Samsung Cloud Platform shows: a cloud of one's own has products of its own. What the server
 * comes with can be changed and taken away like the rest.
 */
import type {
  CategoryChanges,
  Editor,
  Product,
  ProductCategory,
  ProductChanges,
} from '../../../identity/product-catalogue.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminOperation, AdminServices } from '../admin-call.ts';
import { BODY_BYTES_MAX, readJson } from '../read-json.ts';
import { isoTime, jsonResponse, noContent } from '../render-json.ts';

const read = [{ action: 'admin:read', on: 'account' }] as const;
const write = [{ action: 'admin:write', on: 'account' }] as const;
const body = { kind: 'buffered', bytesMax: BODY_BYTES_MAX } as const;

const categoryMembers = {
  displayName: 'optional text',
  displayNameKo: 'optional text',
  isExposedMenu: 'optional switch',
  seq: 'optional number',
  colorId: 'optional text',
} as const;
const productMembers = {
  displayName: 'optional text',
  displayNameKo: 'optional text',
  categoryId: 'optional text',
  kind: 'optional text',
} as const;

function editorOf({ caller: { principal } }: AdminCall): Editor {
  return principal.kind === 'user'
    ? { id: principal.user.id, name: principal.user.displayName || principal.user.name }
    : { id: '', name: '' };
}

function rowJson<R extends ProductCategory | Product>({ createdAtMicros, modifiedAtMicros, ...row }: R) {
  return { ...row, createdAt: isoTime(createdAtMicros), modifiedAt: isoTime(modifiedAtMicros) };
}

const byId = <R extends { readonly id: string }>(rows: readonly R[]) =>
  [...rows].sort((left, right) => (left.id < right.id ? -1 : 1));

const listProductCategories = defineOperation({
  name: 'ListProductCategories',
  summary: 'Lists the categories of the product catalogue, in the order of the menu.',
  route: { method: 'GET', resource: '/product-categories' },
  permissions: read,
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: AdminCall) => undefined,
  run: ({ catalogue }: AdminServices) => catalogue.listCategories(),
  encode: (rows) =>
    jsonResponse(200, { categories: [...rows].sort((left, right) => left.seq - right.seq).map(rowJson) }),
});

const createProductCategory = defineOperation({
  name: 'CreateProductCategory',
  summary: 'Adds a category to the product catalogue.',
  route: { method: 'POST', resource: '/product-categories' },
  permissions: write,
  body,
  mutates: true,
  decode: (_call: AdminCall): CategoryChanges & { id: string } => ({ id: '' }),
  decodeBody: (sent) => readJson(sent, { id: 'text', ...categoryMembers }),
  run: ({ catalogue }: AdminServices, { id, ...changes }, call) =>
    catalogue.createCategory(id, changes, editorOf(call)),
  encode: (row) => jsonResponse(201, { category: rowJson(row) }),
});

const updateProductCategory = defineOperation({
  name: 'UpdateProductCategory',
  summary: 'Changes a category of the product catalogue.',
  route: { method: 'PATCH', resource: '/product-categories/{category}' },
  permissions: write,
  body,
  mutates: true,
  decode: (_call: AdminCall): CategoryChanges => ({}),
  decodeBody: (sent) => readJson(sent, categoryMembers),
  run: ({ catalogue }: AdminServices, changes, call) =>
    catalogue.updateCategory(call.parameter('category'), changes, editorOf(call)),
  encode: (row) => jsonResponse(200, { category: rowJson(row) }),
});

const deleteProductCategory = defineOperation({
  name: 'DeleteProductCategory',
  summary: 'Removes a category that has no products.',
  route: { method: 'DELETE', resource: '/product-categories/{category}' },
  permissions: write,
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: AdminCall) => undefined,
  run: ({ catalogue }: AdminServices, _input, call) => catalogue.removeCategory(call.parameter('category')),
  encode: noContent,
});

const listProducts = defineOperation({
  name: 'ListProducts',
  summary: 'Lists the products of the catalogue by id.',
  route: { method: 'GET', resource: '/products' },
  permissions: read,
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: AdminCall) => undefined,
  run: ({ catalogue }: AdminServices) => catalogue.listProducts(),
  encode: (rows) => jsonResponse(200, { products: byId(rows).map(rowJson) }),
});

const createProduct = defineOperation({
  name: 'CreateProduct',
  summary: 'Adds a product to a category of the catalogue.',
  route: { method: 'POST', resource: '/products' },
  permissions: write,
  body,
  mutates: true,
  decode: (_call: AdminCall): ProductChanges & { id: string } => ({ id: '' }),
  decodeBody: (sent) => readJson(sent, { id: 'text', ...productMembers }),
  run: ({ catalogue }: AdminServices, { id, ...changes }, call) =>
    catalogue.createProduct(id, changes, editorOf(call)),
  encode: (row) => jsonResponse(201, { product: rowJson(row) }),
});

const updateProduct = defineOperation({
  name: 'UpdateProduct',
  summary: 'Changes a product of the catalogue.',
  route: { method: 'PATCH', resource: '/products/{product}' },
  permissions: write,
  body,
  mutates: true,
  decode: (_call: AdminCall): ProductChanges => ({}),
  decodeBody: (sent) => readJson(sent, productMembers),
  run: ({ catalogue }: AdminServices, changes, call) =>
    catalogue.updateProduct(call.parameter('product'), changes, editorOf(call)),
  encode: (row) => jsonResponse(200, { product: rowJson(row) }),
});

const deleteProduct = defineOperation({
  name: 'DeleteProduct',
  summary: 'Removes a product from the catalogue.',
  route: { method: 'DELETE', resource: '/products/{product}' },
  permissions: write,
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: AdminCall) => undefined,
  run: ({ catalogue }: AdminServices, _input, call) => catalogue.removeProduct(call.parameter('product')),
  encode: noContent,
});

export const productOperations: readonly AdminOperation[] = [
  listProductCategories,
  createProductCategory,
  updateProductCategory,
  deleteProductCategory,
  listProducts,
  createProduct,
  updateProduct,
  deleteProduct,
];
