/**
 * Every operation of the Samsung Cloud Platform services: routing, permissions, documentation and the coverage check all read this.
 * Resources begin with the service; where that is a host name, the rest is the path.
 */
import { listProductCategories } from './operations/list-product-categories.ts';
import { listProducts } from './operations/list-products.ts';
import { listIamVersions, listProductVersions, listStsVersions } from './operations/list-versions.ts';
import { showProduct } from './operations/show-product.ts';
import { showProductCategory } from './operations/show-product-category.ts';
import type { ScpOperation } from './scp-call.ts';

export const operations: readonly ScpOperation[] = [
  listProductVersions,
  listProductCategories,
  showProductCategory,
  listProducts,
  showProduct,
  listStsVersions,
  listIamVersions,
];

/** Operations that a service has had only since a version. */
export const introducedIn: ReadonlyMap<string, string> = new Map([
  ['AuthenticateTokenWithContext', '1.1'],
  ['RoleKeystoneToken', '1.1'],
]);
