/**
 * Clients that write, delete and read back, and remember what was acknowledged and what was still under way. They live in the
 * process of the test: what they remember survives whatever happens to the server.
 */
import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { connectS3 } from '../support/s3-client.ts';
import type { ServerProcess } from '../support/server-process.ts';

/** A body by what it is made of, so that thousands of them cost nothing to remember. */
interface Content {
  readonly stamp: string;
  readonly size: number;
}

interface Known {
  acknowledged: Content | undefined;
  /** Under way when the server went: either may be true afterwards. */
  pending: Content | 'deletion' | undefined;
}

export interface LoadOptions {
  readonly writers: number;
  /** They keep all workers busy. Default 6. */
  readonly readers?: number;
  readonly sizes: readonly number[];
  readonly seed: number;
  /** Called after every acknowledgement, before anything else happens in this process. */
  readonly onAcknowledged?: (size: number) => void;
}

const KEYS_PER_WRITER = 12;
const READERS = 6;
const BUCKET = 'durable';

function bytesOf({ stamp, size }: Content): Buffer {
  return Buffer.alloc(size, createHash('sha256').update(stamp).digest());
}

export class AcknowledgedLoad {
  readonly #options: LoadOptions;
  readonly #known = new Map<string, Known>();
  readonly #problems: string[] = [];
  #clients: S3Client[] = [];
  #isOver = false;
  #round = 0;
  #running: Promise<unknown> = Promise.resolve();
  acknowledgedCount = 0;
  checkedCount = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** What was not as it must be, one sentence each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  async makeBucket(server: ServerProcess): Promise<void> {
    const s3 = connectS3(server);
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    s3.destroy();
  }

  /** Writers and readers have connections of their own, so that they meet different workers. */
  begin(server: ServerProcess): void {
    this.#isOver = false;
    this.#round += 1;
    const connect = (): S3Client => {
      const client = connectS3(server);
      this.#clients.push(client);
      return client;
    };
    const writers = Array.from({ length: this.#options.writers }, (_, writer) =>
      this.#write(writer, connect(), connect()),
    );
    const readers = Array.from({ length: this.#options.readers ?? READERS }, () => this.#readOn(connect()));
    this.#running = Promise.all([...writers, ...readers]);
  }

  /** What is answered from now on is not known to be acknowledged, whatever the answer says. */
  disregardAnswers(): void {
    this.#isOver = true;
  }

  /** The server has gone, or should be left alone. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    for (const client of this.#clients) client.destroy();
    this.#clients = [];
  }

  async #write(writer: number, s3: S3Client, reader: S3Client): Promise<void> {
    for (let step = 0; !this.#isOver; step += 1) {
      const key = `writer-${writer}/key-${(step * 7 + this.#options.seed) % KEYS_PER_WRITER}`;
      const known = this.#known.get(key) ?? { acknowledged: undefined, pending: undefined };
      this.#known.set(key, known);
      try {
        await this.#change(s3, key, known, `${this.#round} ${writer} ${step}`, step);
        if (known.pending !== undefined) return;
        if (step % 2 === 0) await this.#compare(reader, key, known, 'right after its acknowledgement');
      } catch (error) {
        const answered = error instanceof S3ServiceException && error.$metadata.httpStatusCode !== undefined;
        // An answer of the server that power was taken from under is a failure it may well report.
        if (answered && error.$metadata.httpStatusCode! < 500)
          this.#problems.push(`${key}: ${error.message}`);
        return;
      }
    }
  }

  async #readOn(s3: S3Client): Promise<void> {
    while (!this.#isOver) {
      const [Key = 'none'] = this.#known.keys();
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
        await Body?.transformToByteArray();
      } catch (error) {
        if (!(error instanceof NoSuchKey)) return;
      }
    }
  }

  async #change(s3: S3Client, Key: string, known: Known, stamp: string, step: number): Promise<void> {
    const { sizes, seed } = this.#options;
    const target = { Bucket: BUCKET, Key };
    if (step % 9 === 8) {
      known.pending = 'deletion';
      await s3.send(new DeleteObjectCommand(target));
      this.#acknowledge(known, undefined);
      return;
    }
    const content = { stamp, size: sizes[(step * 5 + seed) % sizes.length] ?? 0 };
    const Body = bytesOf(content);
    known.pending = content;
    if (step % 11 === 10) {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
      const upload = { ...target, UploadId };
      const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body }));
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    } else {
      await s3.send(new PutObjectCommand({ ...target, Body }));
    }
    this.#acknowledge(known, content);
  }

  #acknowledge(known: Known, content: Content | undefined): void {
    if (this.#isOver) return;
    known.acknowledged = content;
    known.pending = undefined;
    this.acknowledgedCount += 1;
    this.#options.onAcknowledged?.(content?.size ?? 0);
  }

  /** Reads every key there should be or might be, and the listing. What is found then is what is known from here on. */
  async verify(server: ServerProcess): Promise<void> {
    const s3 = connectS3(server);
    const present = new Set<string>();
    for (const [key, known] of this.#known) {
      await this.#compare(s3, key, known, 'after the restart');
      known.pending = undefined;
      if (known.acknowledged !== undefined) present.add(key);
    }
    const listed = new Set<string>();
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: BUCKET })) {
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) listed.add(Key);
    }
    for (const key of present) if (!listed.has(key)) this.#problems.push(`${key} is there and not listed`);
    for (const key of listed) if (!present.has(key)) this.#problems.push(`${key} is listed and not there`);
    s3.destroy();
  }

  async #compare(s3: S3Client, Key: string, known: Known, when: string): Promise<void> {
    const { acknowledged, pending } = known;
    let found: Buffer | undefined;
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      found = Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (!(error instanceof NoSuchKey)) {
        if (when !== 'after the restart') throw error;
        const reason = error instanceof Error ? `${error.name} ${error.message}` : String(error);
        this.#problems.push(`${Key} cannot be read ${when}: ${reason}`);
        return;
      }
    }
    this.checkedCount += 1;
    const is = (content: Content | undefined): boolean =>
      content === undefined ? found === undefined : found?.equals(bytesOf(content)) === true;
    if (is(acknowledged)) return;
    if (pending !== undefined && is(pending === 'deletion' ? undefined : pending)) {
      known.acknowledged = pending === 'deletion' ? undefined : pending;
      return;
    }
    const wanted =
      acknowledged === undefined ? 'nothing' : `${acknowledged.size} bytes (${acknowledged.stamp})`;
    const got = found === undefined ? 'nothing' : `${found.length} other bytes`;
    this.#problems.push(`${Key} ${when}: ${wanted} was acknowledged, ${got} found`);
    known.acknowledged = undefined;
  }
}
