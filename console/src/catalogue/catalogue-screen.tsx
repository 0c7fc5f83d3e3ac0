/** The product catalogue of Samsung Cloud Platform, as its API gives it: categories in the order of the menu, with their products. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { sendJson } from '../api/send-request.ts';
import { CommandTwin } from '../parts/command-twin.tsx';
import { Loaded } from '../parts/loading.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { useSession } from '../session/session-state.ts';
import { defineText, useText } from '../text/define-text.ts';
import { useLanguage } from '../text/language.ts';

const text = defineText(
  {
    title: 'Product catalogue',
    find: 'Find a product',
    count: (products: number) => `${products} products`,
    none: 'No product is called this.',
    other: 'Other products',
  },
  {
    title: '상품 카탈로그',
    find: '상품 찾기',
    count: (products: number) => `상품 ${products}개`,
    none: '이런 이름의 상품이 없습니다.',
    other: '기타 상품',
  },
);

interface Category {
  readonly category_id: string;
  readonly display_name: string;
  readonly display_name_ko: string;
  readonly is_exposed_menu: boolean;
  readonly seq: number;
}

interface Product {
  readonly product_id: string;
  readonly product_category_id: string;
  readonly display_name: string;
  readonly display_name_ko: string;
  readonly kind: string;
}

interface Catalogue {
  readonly categories: readonly Category[];
  readonly products: readonly Product[];
}

const PATH = 'api/scp/product/v1';
const PAGE = 100;

async function readAll<T>(path: string, member: string): Promise<readonly T[]> {
  const rows: T[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await sendJson<Record<string, unknown>>(
      'GET',
      `${PATH}/${path}?page=${page}&limit=${PAGE}`,
    );
    const found = answer[member];
    if (Array.isArray(found)) rows.push(...(found as T[]));
    if (!Array.isArray(found) || found.length === 0 || rows.length >= Number(answer['total_count']))
      return rows;
  }
}

async function readCatalogue(): Promise<Catalogue> {
  const [categories, products] = await Promise.all([
    readAll<Category>('product-categories', 'product_categories'),
    readAll<Product>('products', 'products'),
  ]);
  return { categories: [...categories].sort((a, b) => a.seq - b.seq), products };
}

export function CatalogueScreen() {
  const words = useText(text);
  const { controlUrl } = useSession();
  const [wanted, setWanted] = useState('');
  const query = useQuery({ queryKey: ['catalogue'], queryFn: readCatalogue });
  return (
    <>
      <PageHead title={words.title}>
        <input
          type="search"
          aria-label={words.find}
          placeholder={words.find}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      </PageHead>
      <Loaded query={query}>
        {(catalogue) => <Categories catalogue={catalogue} wanted={wanted.trim()} />}
      </Loaded>
      <CommandTwin
        commands={['product-categories', 'products'].map(
          (name) =>
            `curl -H "Scp-Accesskey: $SCP_ACCESS_KEY" -H "Scp-Signature: $SCP_SIGNATURE" -H "Scp-Timestamp: $SCP_TIMESTAMP" ${controlUrl}/scp/product/v1/${name}`,
        )}
      />
    </>
  );
}

interface CategoriesProps {
  readonly catalogue: Catalogue;
  readonly wanted: string;
}

function Categories({ catalogue: { categories, products }, wanted }: CategoriesProps) {
  const words = useText(text);
  const language = useLanguage();
  const nameOf = (row: Category | Product): string =>
    language === 'ko' && row.display_name_ko !== '' ? row.display_name_ko : row.display_name;
  const isWanted = ({ display_name, display_name_ko, product_id }: Product): boolean =>
    [display_name, display_name_ko, product_id].some((name) =>
      name.toLowerCase().includes(wanted.toLowerCase()),
    );
  const groups = categories.map((category) => ({
    id: category.category_id,
    name: nameOf(category),
    products: products.filter(
      (product) => product.product_category_id === category.category_id && isWanted(product),
    ),
  }));
  const known = new Set(categories.map(({ category_id: id }) => id));
  const others = products.filter((product) => !known.has(product.product_category_id) && isWanted(product));
  const shown = [...groups, { id: '', name: words.other, products: others }].filter(
    (group) => group.products.length > 0,
  );
  if (shown.length === 0) return <p className="empty">{words.none}</p>;
  return (
    <div className="cards">
      {shown.map(({ id, name, products: rows }) => (
        <section key={id} className="card" aria-label={name}>
          <h2>
            {name} <span className="faint">{words.count(rows.length)}</span>
          </h2>
          <ul className="products">
            {rows.map((product) => (
              <li key={product.product_id}>
                {nameOf(product)} <code className="faint">{product.product_id}</code>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
