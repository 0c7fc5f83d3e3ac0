import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import type { VersionRecord } from '../metadata-records.ts';
import type { AccountId, Bucket } from '../model.ts';
import type { MayRead } from '../object-store.ts';
import { findBucket } from '../operations/find-bucket.ts';

/** An object that may take its bytes from others, in the bucket in which it stands. */
export interface ComposedObject {
  readonly bucket: Bucket;
  readonly key: string;
  readonly record: VersionRecord;
}

/** One reading of a composed object: the buckets it has come to, and the question whether it may. */
export class SegmentReading {
  readonly context: CoreContext;
  readonly #mayRead: MayRead | undefined;
  readonly #buckets = new Map<string, Bucket>();

  constructor(context: CoreContext, mayRead: MayRead | undefined) {
    this.context = context;
    this.#mayRead = mayRead;
  }

  /** A bucket of the same place. Throws NoSuchBucket. */
  async bucketNamed(beside: Bucket, name: string, account: AccountId = beside.account): Promise<Bucket> {
    if (name === beside.name && account === beside.account) return beside;
    const id = `${account}/${name}`;
    const known = this.#buckets.get(id);
    if (known !== undefined) return known;
    const bucket = await findBucket(this.context, { caller: account, account, place: beside.place, name });
    this.#buckets.set(id, bucket);
    return bucket;
  }

  /** `purpose`: `list` for the names below a prefix, which `key` then is. Throws ReferencedAccessDenied. */
  async confirm(bucket: Bucket, key: string, purpose: 'read' | 'list'): Promise<void> {
    if ((await this.#mayRead?.(bucket, key, purpose)) !== true) {
      throw new CoreError('ReferencedAccessDenied', { bucket: bucket.name, key });
    }
  }
}
