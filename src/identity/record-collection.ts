/**
 * Collections: JSON records of accounts with indexes, on the metadata contract, so that each new kind of record is a declaration and
 * not a module of key layout. What a request needs on its hot path (users, keys, tokens) has key spaces of its own.
 *
 * Layout (identity-keys.ts): `3a` kind `00` id -> the record; `3a` kind n value `00` value `00` … id -> the id, one row for each
 * entry in the index with number n (1 to 255; a number means one index for ever); of an index without repetition the id is not in
 * the key, so that two records cannot have the same entry; `3b` account kind id -> nothing, for the removal of the account.
 *
 * Every change is a checked commit. Several records, also of several collections, change together inside one `commitChange`, through
 * `in(change)`. The version of a record is that of the commit that wrote it: new with every write, also after delete and re-creation.
 */
import type { KeyRange, Row } from '../storage/contract/metadata-store.ts';
import { type Change, commitChange, type IdentityContext } from './commit-change.ts';
import { IdentityError } from './identity-errors.ts';
import {
  collectionKeys,
  identityKeys,
  rangeAfter,
  recordOfAccountIn,
  recordsOfAccountRange,
} from './identity-keys.ts';
import { decodeRecord, encodeRecord } from './identity-records.ts';
import { readAccount } from './read-records.ts';

/** Values of an entry in an index, most significant first. A list of entries: none, one, or many (the members of a group). */
type IndexEntries = readonly (readonly string[])[];

export interface IndexDefinition<R> {
  /** 1 to 255, for ever. */
  readonly number: number;
  /** No two records of the collection may have the same entry. Put the account first where that is the scope. */
  readonly isUnique?: boolean;
  entries(record: R): IndexEntries;
}

export interface CollectionDefinition<R extends { readonly id: string }, I extends string> {
  /** From the register in identity-keys.ts. */
  readonly kind: number;
  /** What one is called in errors: `service`. */
  readonly noun: string;
  /** The account whose removal removes the record. Never changes. */
  account(record: R): string;
  /** What is granted to somebody in the account depends on these records: a change of one ends what was kept of grants. */
  readonly affectsGrants?: boolean;
  readonly indexes: Readonly<Record<I, IndexDefinition<R>>>;
  /** Keys outside of the collection that go with the record. */
  belongings?(record: R): readonly Buffer[];
}

export interface Versioned<R> {
  readonly record: R;
  /** A safe integer, never reused. */
  readonly version: number;
}

export interface CollectionPage<R> {
  readonly items: readonly Versioned<R>[];
  /** Pass as `after` for the next page; set exactly when there is one. Printable ASCII. */
  readonly next?: string;
}

/** The collection as part of a change: what is read is checked when it is committed, and what is written is read again. */
export interface CollectionChange<R, I extends string> {
  find(id: string): Promise<Versioned<R> | undefined>;
  /** Throws NoSuchRecord. */
  read(id: string): Promise<Versioned<R>>;
  /** By the entry of an index without repetition. */
  findBy(index: I, entry: readonly string[]): Promise<Versioned<R> | undefined>;
  /** Throws NoSuchAccount, AccountIsBeingRemoved, RecordTaken. */
  create(record: R): Promise<Versioned<R>>;
  /** `decide` may answer the same record: nothing is written then. Throws NoSuchRecord, RecordTaken, RecordChanged. */
  update(id: string, decide: (record: R) => R, expectedVersion?: number): Promise<Versioned<R>>;
  /** The record that was removed. Throws NoSuchRecord, RecordChanged. */
  remove(id: string, expectedVersion?: number): Promise<R>;
}

export interface RecordCollection<R, I extends string> {
  get(id: string): Promise<Versioned<R> | undefined>;
  /** In the order of the ids. */
  getMany(ids: readonly string[]): Promise<readonly (Versioned<R> | undefined)[]>;
  /** By the entry of an index without repetition. */
  findBy(index: I, entry: readonly string[]): Promise<Versioned<R> | undefined>;
  /** In the order of the index, those whose entry begins with these values. Throws InvalidValue for an `after` that is no page's. */
  list(index: I, first: readonly string[], page: PageRequest): Promise<CollectionPage<R>>;
  /** All of them, page after page: for lists that are short, or that must be gone through. */
  listAll(index: I, first: readonly string[]): AsyncGenerator<Versioned<R>, void>;
  create(record: R): Promise<Versioned<R>>;
  update(id: string, decide: (record: R) => R, expectedVersion?: number): Promise<Versioned<R>>;
  remove(id: string, expectedVersion?: number): Promise<R>;
  in(change: Change): CollectionChange<R, I>;
}

export interface PageRequest {
  readonly after?: string | undefined;
  readonly limit: number;
}

const INDEX_MAX = 255;
const REMOVED_PER_SLICE = 50;
const LISTED_PER_SLICE = 200;
/** Longer than any key: `after` is looked at before it becomes one. */
const TOKEN_CHARACTERS_MAX = 2000;
const TOKEN = /^[\w-]+$/;

/** Throws RangeError for a definition that cannot be kept. */
export function createCollection<R extends { readonly id: string }, I extends string>(
  context: IdentityContext,
  definition: CollectionDefinition<R, I>,
): RecordCollection<R, I> {
  const keys = collectionKeys(definition.kind);
  const indexes: readonly IndexDefinition<R>[] = Object.values(definition.indexes);
  const numbers = new Set(indexes.map(({ number }) => number));
  if (numbers.size < indexes.length || indexes.some(({ number }) => number < 1 || number > INDEX_MAX)) {
    throw new RangeError(`the indexes of ${definition.noun} need a number each, from 1 to ${INDEX_MAX}`);
  }
  const { metadata } = context;
  const within = (change: Change) => new ChangedCollection(change, definition);
  const getMany = async (ids: readonly string[]) => {
    const entries = await metadata.getMany(ids.map(keys.record));
    return entries.map((entry) => entry && { record: decodeRecord<R>(entry.value), version: entry.version });
  };
  return {
    getMany,
    in: within,
    async get(id) {
      const [found] = await getMany([id]);
      return found;
    },
    async findBy(index, entry) {
      const { number } = definition.indexes[index];
      const row = await metadata.get(keys.entry(number, entry, ''));
      return row === undefined ? undefined : this.get(row.value.toString());
    },
    async list(index, first, { after, limit }) {
      const prefix = keys.entry(definition.indexes[index].number, first, '');
      const rows = await metadata.scan(rangeOfPage(prefix, after), limit + 1);
      const page = rows.slice(0, limit);
      const found = await getMany(page.map(({ value }) => value.toString()));
      const items = found.filter((item) => item !== undefined);
      const last = page.at(-1);
      return rows.length > limit && last !== undefined ? { items, next: tokenOf(last, prefix) } : { items };
    },
    async *listAll(index, first) {
      for (let after: string | undefined = ''; after !== undefined; ) {
        const page: CollectionPage<R> = await this.list(index, first, { after, limit: LISTED_PER_SLICE });
        yield* page.items;
        after = page.next;
      }
    },
    create: (record) => commitChange(context, (change) => within(change).create(record)),
    update: (id, decide, expected) =>
      commitChange(context, (change) => within(change).update(id, decide, expected)),
    remove: (id, expected) => commitChange(context, (change) => within(change).remove(id, expected)),
  };
}

function rangeOfPage(prefix: Buffer, after: string | undefined): KeyRange {
  if (after === undefined || after === '') return rangeAfter(prefix, Buffer.alloc(0));
  if (after.length > TOKEN_CHARACTERS_MAX || !TOKEN.test(after)) {
    throw new IdentityError('InvalidValue', { what: 'page token', expected: 'one from an earlier answer' });
  }
  return rangeAfter(prefix, Buffer.from(after, 'base64url'));
}

function tokenOf({ key }: Row, prefix: Buffer): string {
  return key.subarray(prefix.length).toString('base64url');
}

class ChangedCollection<R extends { readonly id: string }, I extends string>
  implements CollectionChange<R, I>
{
  readonly #change: Change;
  readonly #definition: CollectionDefinition<R, I>;
  readonly #keys: ReturnType<typeof collectionKeys>;

  constructor(change: Change, definition: CollectionDefinition<R, I>) {
    this.#change = change;
    this.#definition = definition;
    this.#keys = collectionKeys(definition.kind);
  }

  async find(id: string): Promise<Versioned<R> | undefined> {
    const entry = await this.#change.read(this.#keys.record(id));
    return entry && { record: decodeRecord<R>(entry.value), version: entry.version };
  }

  async read(id: string): Promise<Versioned<R>> {
    const found = await this.find(id);
    if (found === undefined) throw new IdentityError('NoSuchRecord', { noun: this.#definition.noun, id });
    return found;
  }

  async findBy(index: I, entry: readonly string[]): Promise<Versioned<R> | undefined> {
    const { number } = this.#definition.indexes[index];
    const row = await this.#change.read(this.#keys.entry(number, entry, ''));
    return row === undefined ? undefined : this.find(row.value.toString());
  }

  async create(record: R): Promise<Versioned<R>> {
    const { noun, account } = this.#definition;
    await readAccount(this.#change, account(record));
    if ((await this.find(record.id)) !== undefined) {
      throw new IdentityError('RecordTaken', { noun, what: 'id', value: record.id });
    }
    this.#change.put(this.#keys.ofAccount(account(record), record.id), Buffer.alloc(0));
    return this.#write(undefined, record);
  }

  async update(id: string, decide: (record: R) => R, expectedVersion?: number): Promise<Versioned<R>> {
    const before = await this.#readExpected(id, expectedVersion);
    const after = decide(before.record);
    if (after === before.record) return before;
    const { account } = this.#definition;
    if (after.id !== id || account(after) !== account(before.record)) {
      throw new RangeError(`a ${this.#definition.noun} keeps its id and its account`);
    }
    return this.#write(before.record, after);
  }

  async remove(id: string, expectedVersion?: number): Promise<R> {
    const { record } = await this.#readExpected(id, expectedVersion);
    this.#markGrants(record);
    this.#change.delete(this.#keys.record(id));
    this.#change.delete(this.#keys.ofAccount(this.#definition.account(record), id));
    for (const { key } of this.#entriesOf(record)) this.#change.delete(key);
    for (const key of this.#definition.belongings?.(record) ?? []) this.#change.delete(key);
    return record;
  }

  async #readExpected(id: string, expected: number | undefined): Promise<Versioned<R>> {
    const found = await this.read(id);
    if (expected !== undefined && found.version !== expected) {
      throw new IdentityError('RecordChanged', { noun: this.#definition.noun, id });
    }
    return found;
  }

  async #write(before: R | undefined, after: R): Promise<Versioned<R>> {
    const [old, wanted] = [before === undefined ? [] : this.#entriesOf(before), this.#entriesOf(after)];
    for (const { key } of old) {
      if (!wanted.some((entry) => entry.key.equals(key))) this.#change.delete(key);
    }
    for (const { key, values, isUnique, index } of wanted) {
      if (old.some((entry) => entry.key.equals(key))) continue;
      if (isUnique && (await this.#change.read(key)) !== undefined) {
        const { noun } = this.#definition;
        throw new IdentityError('RecordTaken', { noun, what: index, value: values.at(-1) ?? '' });
      }
      this.#change.put(key, Buffer.from(after.id));
    }
    this.#markGrants(after);
    this.#change.put(this.#keys.record(after.id), encodeRecord(after));
    return { record: after, version: this.#change.id };
  }

  /** Not read before it is written: whoever comes last is as good a mark. */
  #markGrants(record: R): void {
    const { affectsGrants = false, account } = this.#definition;
    if (affectsGrants) this.#change.put(identityKeys.grants(account(record)), Buffer.alloc(0));
  }

  #entriesOf(record: R) {
    const indexes: readonly (readonly [string, IndexDefinition<R>])[] = Object.entries(
      this.#definition.indexes,
    );
    return indexes.flatMap(([index, { number, isUnique = false, entries }]) =>
      entries(record).map((values) => ({
        index,
        values,
        isUnique,
        key: this.#keys.entry(number, values, isUnique ? '' : record.id),
      })),
    );
  }
}

/** The collections of one store, so that the removal of an account finds every record of it. */
export class CollectionRegister {
  readonly #context: IdentityContext;
  readonly #byKind = new Map<
    number,
    { readonly noun: string; remove(change: Change, id: string): Promise<void> }
  >();

  constructor(context: IdentityContext) {
    this.#context = context;
  }

  /** Throws RangeError when the kind is taken. */
  open<R extends { readonly id: string }, I extends string>(
    definition: CollectionDefinition<R, I>,
  ): RecordCollection<R, I> {
    const { kind, noun } = definition;
    const other = this.#byKind.get(kind);
    if (other !== undefined) throw new RangeError(`${noun} and ${other.noun} have the same kind`);
    const collection = createCollection(this.#context, definition);
    this.#byKind.set(kind, {
      noun,
      async remove(change, id) {
        const records = collection.in(change);
        if ((await records.find(id)) !== undefined) await records.remove(id);
      },
    });
    return collection;
  }

  /** Removes a slice of the records of an account that is being removed. True when there may be more. */
  async removeSlice(accountId: string): Promise<boolean> {
    const { metadata } = this.#context;
    metadata.refresh();
    const rows = await metadata.scan(recordsOfAccountRange(accountId), REMOVED_PER_SLICE);
    for (const { key } of rows) {
      const { kind, id } = recordOfAccountIn(key);
      const collection = this.#byKind.get(kind);
      if (collection === undefined) throw new Error(`no collection has the kind ${kind}`);
      await commitChange(this.#context, (change) => collection.remove(change, id));
    }
    return rows.length === REMOVED_PER_SLICE;
  }
}
