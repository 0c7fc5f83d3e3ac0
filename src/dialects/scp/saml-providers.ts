/**
 * Identity providers that accounts trust (build specification scp.md, section 5.4). Metadata are read when they are registered; what
 * verifies assertions is what was read then.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
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
  /** Deflated, in base64. */
  readonly fileData: string;
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

const KIND = 0x44;
/** Of the deflated file in base64: what fits into a record. Larger ones than any provider has. */
const FILE_CHARACTERS_MAX = 700_000;
/** Of what is inflated again. */
const FILE_BYTES_MAX = 10 * 1024 * 1024;

export class SamlProviders {
  readonly #records: RecordCollection<SamlProviderRecord, 'name'>;
  readonly #clock: Clock;

  constructor(identity: Pick<IdentityStore, 'collection'>, clock: Clock) {
    this.#clock = clock;
    this.#records = identity.collection<SamlProviderRecord, 'name'>({
      kind: KIND,
      noun: 'SAML provider',
      account: ({ accountId }) => accountId,
      indexes: {
        name: { number: 1, isUnique: true, entries: ({ accountId, name }) => [[accountId, name]] },
      },
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
  async create(
    record: Omit<SamlProviderRecord, 'createdAtMicros' | 'modifiedAtMicros' | 'modifiedBy'>,
  ): Promise<SamlProviderRecord> {
    const now = this.#clock.nowMicros();
    const whole = { ...record, modifiedBy: record.createdBy, createdAtMicros: now, modifiedAtMicros: now };
    return (await this.#records.create(whole)).record;
  }

  /** Throws NoSuchRecord. */
  async update(id: string, by: string, changes: Partial<SamlProviderRecord>): Promise<SamlProviderRecord> {
    const modified = { modifiedBy: by, modifiedAtMicros: this.#clock.nowMicros() };
    return (await this.#records.update(id, (record) => ({ ...record, ...changes, ...modified }))).record;
  }

  /** Throws NoSuchRecord. */
  async remove(id: string): Promise<void> {
    await this.#records.remove(id);
  }
}

/** Undefined when it is too large to be kept. */
export function packFile({ name, bytes }: SentFile) {
  const fileData = deflateRawSync(bytes).toString('base64');
  if (fileData.length > FILE_CHARACTERS_MAX) return undefined;
  return { fileName: name, fileSize: bytes.length, fileData };
}

export function unpackFile({ fileData }: Pick<SamlProviderRecord, 'fileData'>): string {
  return inflateRawSync(Buffer.from(fileData, 'base64'), { maxOutputLength: FILE_BYTES_MAX }).toString();
}
