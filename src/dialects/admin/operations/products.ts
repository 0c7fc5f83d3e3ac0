/**
 * The catalogue that the Product API of Samsung Cloud Platform shows: a cloud of one's own has products of its own. What the server
 * comes with can be changed and taken away like the rest.
 */
import type { Editor, Product, ProductCategory } from '../../../identity/product-catalogue.ts';
import type { AdminCall } from '../admin-call.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import { isoTime } from '../render-json.ts';

const CATEGORIES = '/product-categories';
const CATEGORY = `${CATEGORIES}/{category}`;
const PRODUCTS = '/products';
const PRODUCT = `${PRODUCTS}/{product}`;

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

export const productOperations = [
  defineAdminOperation({
    name: 'ListProductCategories',
    summary: 'Lists the categories of the product catalogue, in the order of the menu.',
    method: 'GET',
    resource: CATEGORIES,
    async run({ catalogue }) {
      const categories = [...(await catalogue.listCategories())].sort((left, right) => left.seq - right.seq);
      return { categories: categories.map(rowJson) };
    },
  }),
  defineAdminOperation({
    name: 'CreateProductCategory',
    summary: 'Adds a category to the product catalogue.',
    method: 'POST',
    resource: CATEGORIES,
    members: { id: 'text', ...categoryMembers },
    status: 201,
    run: async ({ catalogue }, { id, ...changes }, call) => ({
      category: rowJson(await catalogue.createCategory(id, changes, editorOf(call))),
    }),
  }),
  defineAdminOperation({
    name: 'UpdateProductCategory',
    summary: 'Changes a category of the product catalogue.',
    method: 'PATCH',
    resource: CATEGORY,
    members: categoryMembers,
    run: async ({ catalogue }, changes, call) => ({
      category: rowJson(await catalogue.updateCategory(call.parameter('category'), changes, editorOf(call))),
    }),
  }),
  defineAdminOperation({
    name: 'DeleteProductCategory',
    summary: 'Removes a category that has no products.',
    method: 'DELETE',
    resource: CATEGORY,
    async run({ catalogue }, _sent, call) {
      await catalogue.removeCategory(call.parameter('category'));
      return undefined;
    },
  }),
  defineAdminOperation({
    name: 'ListProducts',
    summary: 'Lists the products of the catalogue by id.',
    method: 'GET',
    resource: PRODUCTS,
    async run({ catalogue }) {
      const products = [...(await catalogue.listProducts())].sort((left, right) =>
        left.id < right.id ? -1 : 1,
      );
      return { products: products.map(rowJson) };
    },
  }),
  defineAdminOperation({
    name: 'CreateProduct',
    summary: 'Adds a product to a category of the catalogue.',
    method: 'POST',
    resource: PRODUCTS,
    members: { id: 'text', ...productMembers },
    status: 201,
    run: async ({ catalogue }, { id, ...changes }, call) => ({
      product: rowJson(await catalogue.createProduct(id, changes, editorOf(call))),
    }),
  }),
  defineAdminOperation({
    name: 'UpdateProduct',
    summary: 'Changes a product of the catalogue.',
    method: 'PATCH',
    resource: PRODUCT,
    members: productMembers,
    run: async ({ catalogue }, changes, call) => ({
      product: rowJson(await catalogue.updateProduct(call.parameter('product'), changes, editorOf(call))),
    }),
  }),
  defineAdminOperation({
    name: 'DeleteProduct',
    summary: 'Removes a product from the catalogue.',
    method: 'DELETE',
    resource: PRODUCT,
    async run({ catalogue }, _sent, call) {
      await catalogue.removeProduct(call.parameter('product'));
      return undefined;
    },
  }),
];
