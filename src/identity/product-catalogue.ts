/**
 * The catalogue of products, as the Product API of Samsung Cloud Platform shows it: categories and products of the server, not of an
 * account. What the server comes with (starting-catalogue.ts) is not stored: stored records stand for the rows that an
 * administrator has added, changed, or taken away, so that a newer version may bring newer rows.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { IdentityError } from './identity-errors.ts';
import type { IdentityStore } from './identity-store.ts';
import type { RecordCollection } from './record-collection.ts';
import { startingCatalogue } from './starting-catalogue.ts';

/** Whoever made or changed a row, as they were called then. */
export interface Editor {
  /** 32 hexadecimal characters. */
  readonly id: string;
  readonly name: string;
}

interface CatalogueRow {
  /** Upper case with `_` and `-`; keys are compared with regard to case. */
  readonly id: string;
  readonly displayName: string;
  readonly displayNameKo: string;
  readonly createdAtMicros: number;
  readonly createdBy: Editor;
  readonly modifiedAtMicros: number;
  readonly modifiedBy: Editor;
}

export interface ProductCategory extends CatalogueRow {
  readonly iconFileId: string;
  readonly isExposedMenu: boolean;
  /** Place in the menu. */
  readonly seq: number;
  /** Six hexadecimal digits. */
  readonly colorId: string;
}

export interface Product extends CatalogueRow {
  readonly categoryId: string;
  readonly kind: string;
}

export interface CategoryChanges {
  readonly displayName?: string | undefined;
  readonly displayNameKo?: string | undefined;
  readonly isExposedMenu?: boolean | undefined;
  readonly seq?: number | undefined;
  readonly colorId?: string | undefined;
}

export interface ProductChanges {
  readonly displayName?: string | undefined;
  readonly displayNameKo?: string | undefined;
  readonly categoryId?: string | undefined;
  readonly kind?: string | undefined;
}

/** Changing methods throw NoSuchRecord, RecordTaken, InvalidValue. */
export interface ProductCatalogue {
  /** In no particular order. */
  listCategories(): Promise<readonly ProductCategory[]>;
  findCategory(id: string): Promise<ProductCategory | undefined>;
  listProducts(): Promise<readonly Product[]>;
  findProduct(id: string): Promise<Product | undefined>;

  createCategory(id: string, changes: CategoryChanges, by: Editor): Promise<ProductCategory>;
  updateCategory(id: string, changes: CategoryChanges, by: Editor): Promise<ProductCategory>;
  /** Throws InvalidValue while it has products. */
  removeCategory(id: string): Promise<void>;
  createProduct(id: string, changes: ProductChanges, by: Editor): Promise<Product>;
  updateProduct(id: string, changes: ProductChanges, by: Editor): Promise<Product>;
  removeProduct(id: string): Promise<void>;
}

/** Who has made what the server comes with. */
const SYSTEM_USER: Editor = {
  id: createHash('sha256').update('gotgan:system-user').digest('hex').slice(0, 32),
  name: 'system',
};
const STARTED_MICROS = Date.UTC(2024, 0, 1) * 1000;

const CATEGORY_KIND = 0x40;
const PRODUCT_KIND = 0x41;
/** A catalogue is read as a whole. Ours; the real one has some eighty products. */
const ROWS_MAX = 2000;
const PAGE_ROWS = 500;

const startingRow = (id: string, displayName: string): CatalogueRow => ({
  id,
  displayName,
  displayNameKo: displayName,
  createdAtMicros: STARTED_MICROS,
  createdBy: SYSTEM_USER,
  modifiedAtMicros: STARTED_MICROS,
  modifiedBy: SYSTEM_USER,
});

const startingCategories: readonly ProductCategory[] = startingCatalogue.map(
  ({ id, name, isExposedMenu, color }, index) => ({
    ...startingRow(id, name),
    iconFileId: iconOf(id),
    isExposedMenu,
    seq: index + 1,
    colorId: color,
  }),
);

const startingProducts: readonly Product[] = startingCatalogue.flatMap(({ id: categoryId, products }) =>
  products.map(([id, name]) => ({ ...startingRow(id, name), categoryId, kind: 'PRODUCT' })),
);

function iconOf(id: string): string {
  return createHash('sha256').update(`icon:${id}`).digest('hex').slice(0, 32);
}

export function createProductCatalogue(identity: IdentityStore, clock: Clock): ProductCatalogue {
  const categories = new Rows(identity, clock, CATEGORY_KIND, 'product category', startingCategories);
  const products = new Rows(identity, clock, PRODUCT_KIND, 'product', startingProducts);
  const demandCategory = async (id: string): Promise<void> => {
    if ((await categories.find(id)) === undefined) {
      throw new IdentityError('NoSuchRecord', { noun: 'product category', id });
    }
  };
  return {
    listCategories: () => categories.list(),
    findCategory: (id) => categories.find(id),
    listProducts: () => products.list(),
    findProduct: (id) => products.find(id),
    async createCategory(id, changes, by) {
      checkId(id);
      const displayName = changes.displayName ?? '';
      const seq = changes.seq ?? Math.max(0, ...(await categories.list()).map((row) => row.seq)) + 1;
      return categories.create(
        checkCategory({
          ...categories.newRow(id, by),
          displayName,
          displayNameKo: changes.displayNameKo ?? displayName,
          iconFileId: iconOf(id),
          isExposedMenu: changes.isExposedMenu ?? true,
          seq,
          colorId: changes.colorId ?? '64748b',
        }),
      );
    },
    updateCategory: (id, changes, by) =>
      categories.update(id, by, (row) => checkCategory({ ...row, ...definedOf(changes) })),
    async removeCategory(id) {
      if ((await products.list()).some(({ categoryId }) => categoryId === id)) {
        throw new IdentityError('InvalidValue', { what: 'category', expected: 'one without products' });
      }
      await categories.remove(id);
    },
    async createProduct(id, changes, by) {
      checkId(id);
      await demandCategory(changes.categoryId ?? '');
      const displayName = changes.displayName ?? '';
      return products.create(
        checkProduct({
          ...products.newRow(id, by),
          displayName,
          displayNameKo: changes.displayNameKo ?? displayName,
          categoryId: changes.categoryId ?? '',
          kind: changes.kind ?? 'PRODUCT',
        }),
      );
    },
    async updateProduct(id, changes, by) {
      if (changes.categoryId !== undefined) await demandCategory(changes.categoryId);
      return products.update(id, by, (row) => checkProduct({ ...row, ...definedOf(changes) }));
    },
    removeProduct: (id) => products.remove(id),
  };
}

type Stored<R extends CatalogueRow> = { readonly id: string; readonly accountId: string } & (
  | { readonly row: R }
  /** A row that the server comes with and an administrator has taken away. */
  | { readonly isRemoved: true }
);

/** Rows of one kind: what the server comes with, under what is stored. */
class Rows<R extends CatalogueRow> {
  readonly #identity: IdentityStore;
  readonly #clock: Clock;
  readonly #collection: RecordCollection<Stored<R>, 'all'>;
  readonly #noun: string;
  readonly #starting: ReadonlyMap<string, R>;

  constructor(identity: IdentityStore, clock: Clock, kind: number, noun: string, starting: readonly R[]) {
    this.#identity = identity;
    this.#clock = clock;
    this.#noun = noun;
    this.#starting = new Map(starting.map((row) => [row.id, row]));
    this.#collection = identity.collection<Stored<R>, 'all'>({
      kind,
      noun,
      account: ({ accountId }) => accountId,
      indexes: { all: { number: 1, entries: () => [[]] } },
    });
  }

  async list(): Promise<readonly R[]> {
    const rows = new Map(this.#starting);
    let after: string | undefined;
    do {
      const page = await this.#collection.list('all', [], { after, limit: PAGE_ROWS });
      for (const { record } of page.items) {
        if ('isRemoved' in record) rows.delete(record.id);
        else rows.set(record.id, record.row);
      }
      after = page.next;
    } while (after !== undefined);
    return [...rows.values()];
  }

  async find(id: string): Promise<R | undefined> {
    // What cannot be in a key is no id.
    if (!ID.test(id)) return undefined;
    const stored = await this.#collection.get(id);
    if (stored === undefined) return this.#starting.get(id);
    return 'isRemoved' in stored.record ? undefined : stored.record.row;
  }

  newRow(id: string, by: Editor): CatalogueRow {
    const nowMicros = this.#clock.nowMicros();
    return {
      id,
      displayName: '',
      displayNameKo: '',
      createdAtMicros: nowMicros,
      createdBy: by,
      modifiedAtMicros: nowMicros,
      modifiedBy: by,
    };
  }

  async create(row: R): Promise<R> {
    if ((await this.find(row.id)) !== undefined) {
      throw new IdentityError('RecordTaken', { noun: this.#noun, what: 'id', value: row.id });
    }
    if ((await this.list()).length >= ROWS_MAX) {
      throw new IdentityError('InvalidValue', { what: 'id', expected: `one of at most ${ROWS_MAX}` });
    }
    return this.#store(row);
  }

  async update(id: string, by: Editor, decide: (row: R) => R): Promise<R> {
    const row = await this.#demand(id);
    return this.#store({ ...decide(row), modifiedAtMicros: this.#clock.nowMicros(), modifiedBy: by });
  }

  async remove(id: string): Promise<void> {
    await this.#demand(id);
    const accountId = await this.#identity.rootAccountId();
    await this.#identity.change(async (change) => {
      const records = this.#collection.in(change);
      const stored = await records.find(id);
      if (stored !== undefined) await records.remove(id);
      if (this.#starting.has(id)) await records.create({ id, accountId, isRemoved: true });
    });
  }

  async #store(row: R): Promise<R> {
    const accountId = await this.#identity.rootAccountId();
    const record: Stored<R> = { id: row.id, accountId, row };
    await this.#identity.change(async (change) => {
      const records = this.#collection.in(change);
      if ((await records.find(row.id)) === undefined) await records.create(record);
      else await records.update(row.id, () => record);
    });
    return row;
  }

  async #demand(id: string): Promise<R> {
    const row = await this.find(id);
    if (row === undefined) throw new IdentityError('NoSuchRecord', { noun: this.#noun, id });
    return row;
  }
}

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** Source documents, model ProductCategoryResponse; the English pattern without its missing beginning. */
const CATEGORY_NAME = /^[a-zA-Z0-9_\-()\s]{2,30}$/;
const CATEGORY_NAME_KO = /^[가-힣a-zA-Z0-9_\-()\s]{2,30}$/;
/** Names of products have no pattern. Ours. */
const PRODUCT_NAME = /^[^\p{Cc}]{1,100}$/u;
const SEQ_MAX = 1_000_000;

function checkId(id: string): void {
  refuseUnless(ID.test(id), 'id', 'letters, digits, _ and -, at most 64');
}

function checkCategory(row: ProductCategory): ProductCategory {
  const characters = '2 to 30 letters, digits, blanks, _ - ( and )';
  refuseUnless(CATEGORY_NAME.test(row.displayName), 'display name', characters);
  refuseUnless(CATEGORY_NAME_KO.test(row.displayNameKo), 'Korean display name', `${characters}, also Hangul`);
  refuseUnless(/^[0-9a-fA-F]{6}$/.test(row.colorId), 'colour', 'six hexadecimal digits');
  const isPlace = Number.isSafeInteger(row.seq) && row.seq >= 0 && row.seq <= SEQ_MAX;
  refuseUnless(isPlace, 'place', `a number from 0 to ${SEQ_MAX}`);
  return row;
}

function checkProduct(row: Product): Product {
  const characters = '1 to 100 characters, none of them a control character';
  refuseUnless(PRODUCT_NAME.test(row.displayName), 'display name', characters);
  refuseUnless(PRODUCT_NAME.test(row.displayNameKo), 'Korean display name', characters);
  refuseUnless(/^[A-Z][A-Z0-9_]{0,31}$/.test(row.kind), 'kind', 'capitals, digits and _');
  return row;
}

function refuseUnless(isFine: boolean, what: string, expected: string): void {
  if (!isFine) throw new IdentityError('InvalidValue', { what, expected });
}

function definedOf<T extends object>(changes: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
