/** Categories and products as the Product API shows them (source documents, "Models"). */
import type { Product, ProductCategory } from '../../identity/product-catalogue.ts';
import { formatProductTime, type ListedPage } from './list-parameters.ts';

export function categoryDocument(category: ProductCategory): object {
  return {
    category_id: category.id,
    created_at: formatProductTime(category.createdAtMicros),
    created_by: category.createdBy.id,
    display_name: category.displayName,
    display_name_ko: category.displayNameKo,
    icon_file_id: category.iconFileId,
    is_exposed_menu: category.isExposedMenu,
    modified_at: formatProductTime(category.modifiedAtMicros),
    modified_by: category.modifiedBy.id,
    seq: category.seq,
    service_group_color_id: category.colorId,
  };
}

export interface NamedProduct {
  readonly product: Product;
  /** English; undefined when the category is gone. */
  readonly categoryName: string | undefined;
}

export function productDocument({ product, categoryName }: NamedProduct): object {
  return {
    created_at: formatProductTime(product.createdAtMicros),
    created_by: product.createdBy.id,
    display_name: product.displayName,
    display_name_ko: product.displayNameKo,
    kind: product.kind,
    modified_at: formatProductTime(product.modifiedAtMicros),
    modified_by: product.modifiedBy.id,
    product_category_id: product.categoryId,
    product_category_name: categoryName ?? null,
    product_id: product.id,
  };
}

/** `name`: of the member that holds the rows. */
export function pageDocument<R>(
  name: string,
  { rows, page, total, totalPages }: ListedPage<R>,
  render: (row: R) => object,
): object {
  return {
    count: rows.length,
    current_page: page,
    [name]: rows.map(render),
    total_count: total,
    total_pages: totalPages,
  };
}
