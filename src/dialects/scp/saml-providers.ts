/**
 * Identity providers that accounts trust (build specification scp.md, section 5.4). Metadata are read when they are registered; what
 * verifies assertions is what was read then.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Change } from '../../identity/commit-change.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import type { CollectionPage, PageRequest, RecordCollection } from '../../identity/record-collection.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ProviderMetadata } from './saml/read-metadata.ts';

export interface SamlProviderRecord extends ProviderMetadata {
  /** 32 lower-case hexadecimal characters. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly description: string;
  /** Where assertions are to be sent: their required Recipient. Fixed when the provider is registered. */
  readonly acsUrl: string;
  readonly fileName: string;
  /** Bytes, as it was sent. */
  readonly fileSize: number;
  /** Deflated, in base64: the first piece. */
  readonly fileData: string;
  /** How many more there are in records of their own. Absent: none. */
  readonly morePieces?: number;
  /** Part of their ids: each file has its own. */
  readonly fileNumber?: number;
  /** Ids of users. */
  readonly createdBy: string;
  readonly modifiedBy: string;
  readonly createdAtMicros: number;
  readonly modifiedAtMicros: number;
}

export interface SentFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface PackedFile {
  readonly facts: Pick<SamlProviderRecord, 'fileName' | 'fileSize' | 'fileData' | 'morePieces'>;
  /** Behind the first. */
  readonly pieces: readonly string[];
}

interface PieceRecord {
  readonly id: string;
  readonly accountId: string;
  readonly data: string;
}

const KIND = 0x44;
const PIECE_KIND = 0x45;
/** Of the deflated file in base64: what fits into a record. */
const PIECE_CHARACTERS_MAX = 700_000;
/** What fits into one commit, with the first: about 4 MiB deflated. Larger ones than any provider has. */
const PIECES_MAX = 8;
/** Of what is inflated again. */
const FILE_BYTES_MAX = 10 * 1024 * 1024;

export class SamlProviders {
  readonly #records: RecordCollection<SamlProviderRecord, 'name'>;
  readonly #pieces: RecordCollection<PieceRecord, never>;
  readonly #identity: Pick<IdentityStore, 'change'>;
  readonly #clock: Clock;

  constructor(identity: Pick<IdentityStore, 'collection' | 'change'>, clock: Clock) {
    this.#identity = identity;
    this.#clock = clock;
    this.#records = identity.collection<SamlProviderRecord, 'name'>({
      kind: KIND,
      noun: 'SAML provider',
      account: ({ accountId }) => accountId,
      indexes: {
        name: { number: 1, isUnique: true, entries: ({ accountId, name }) => [[accountId, name]] },
      },
    });
    this.#pieces = identity.collection<PieceRecord, never>({
      kind: PIECE_KIND,
      noun: 'piece of metadata',
      account: ({ accountId }) => accountId,
      indexes: {},
    });
  }

  async get(accountId: string, id: string): Promise<SamlProviderRecord | undefined> {
    if (!/^[0-9a-f]{32}$/.test(id)) return undefined;
    const found = await this.#records.get(id);
    return found?.record.accountId === accountId ? found.record : undefined;
  }

  async findByName(accountId: string, name: string): Promise<SamlProviderRecord | undefined> {
    return (await this.#records.findBy('name', [accountId, name]))?.record;
  }

  /** `readAll`: page by page. */
  listAll(
    accountId: string,
    readAll: (
      list: (page: PageRequest) => Promise<CollectionPage<SamlProviderRecord>>,
    ) => Promise<readonly SamlProviderRecord[]>,
  ): Promise<readonly SamlProviderRecord[]> {
    return readAll((page) => this.#records.list('name', [accountId], page));
  }

  /** Throws RecordTaken. */
  create(
    record: Omit<
      SamlProviderRecord,
      'createdAtMicros' | 'modifiedAtMicros' | 'modifiedBy' | keyof PackedFile['facts'] | 'fileNumber'
    >,
    file: PackedFile,
  ): Promise<SamlProviderRecord> {
    const now = this.#clock.nowMicros();
    const times = { modifiedBy: record.createdBy, createdAtMicros: now, modifiedAtMicros: now };
    return this.#identity.change(async (change) => {
      const made = await this.#records
        .in(change)
        .create({ ...record, ...file.facts, ...times, fileNumber: 0 });
      await this.#addPieces(change, made.record, file.pieces);
      return made.record;
    });
  }

  /** Throws NoSuchRecord. */
  update(
    id: string,
    by: string,
    changes: Partial<SamlProviderRecord>,
    file: PackedFile | undefined,
  ): Promise<SamlProviderRecord> {
    const modified = { modifiedBy: by, modifiedAtMicros: this.#clock.nowMicros() };
    return this.#identity.change(async (change) => {
      const records = this.#records.in(change);
      const { record: before } = await records.read(id);
      const facts = file === undefined ? {} : { ...file.facts, fileNumber: (before.fileNumber ?? 0) + 1 };
      const { record } = await records.update(id, (old) => ({ ...old, ...changes, ...facts, ...modified }));
      if (file !== undefined) {
        await this.#removePieces(change, before);
        await this.#addPieces(change, record, file.pieces);
      }
      return record;
    });
  }

  /** Throws NoSuchRecord. */
  async remove(id: string): Promise<void> {
    await this.#identity.change(async (change) => {
      await this.#removePieces(change, await this.#records.in(change).remove(id));
    });
  }

  /** The metadata as they were sent. Undefined: they have been replaced or removed since the record was read. */
  async readFile(provider: SamlProviderRecord): Promise<string | undefined> {
    const found = await this.#pieces.getMany(pieceIdsOf(provider));
    const pieces = found.map((piece) => piece?.record.data);
    if (pieces.includes(undefined)) return undefined;
    const deflated = Buffer.from(provider.fileData + pieces.join(''), 'base64');
    return inflateRawSync(deflated, { maxOutputLength: FILE_BYTES_MAX }).toString();
  }

  async #addPieces(change: Change, provider: SamlProviderRecord, data: readonly string[]): Promise<void> {
    const pieces = this.#pieces.in(change);
    for (const [index, id] of pieceIdsOf(provider).entries()) {
      await pieces.create({ id, accountId: provider.accountId, data: data[index] ?? '' });
    }
  }

  async #removePieces(change: Change, provider: SamlProviderRecord): Promise<void> {
    const pieces = this.#pieces.in(change);
    for (const id of pieceIdsOf(provider)) await pieces.remove(id);
  }
}

function pieceIdsOf({ id, fileNumber = 0, morePieces = 0 }: SamlProviderRecord): readonly string[] {
  return Array.from({ length: morePieces }, (_, index) => `${id}-${fileNumber}-${index}`);
}

/** Undefined when it is too large to be kept. */
export function packFile({ name, bytes }: SentFile): PackedFile | undefined {
  const text = deflateRawSync(bytes).toString('base64');
  const all: string[] = [];
  for (let at = 0; at < text.length; at += PIECE_CHARACTERS_MAX) {
    all.push(text.slice(at, at + PIECE_CHARACTERS_MAX));
  }
  const [fileData = '', ...pieces] = all;
  if (all.length > PIECES_MAX) return undefined;
  return { facts: { fileName: name, fileSize: bytes.length, fileData, morePieces: pieces.length }, pieces };
}
