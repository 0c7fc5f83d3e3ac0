/**
 * A run of random requests against a server: whatever is sent, the answer is one that the API knows (no 5xx but 501, 503 and
 * 507), nothing hangs, no process ends, no memory grows. A failure is described so that the same bytes can be sent again.
 */
import type { ServerProcess } from '../support/server-process.ts';
import { type FuzzAnswer, FuzzConnection } from './fuzz-connection.ts';
import type { KnownUpload } from './random-body.ts';
import { type FuzzRequest, type FuzzWorld, randomRequest } from './random-request.ts';
import { type MemorySample, workersMemory } from './worker-memory.ts';

export interface FuzzOptions {
  readonly server: ServerProcess;
  readonly seed: number;
  readonly firstRequest?: number;
  readonly requests: number;
  readonly connections: number;
  /** Told about every hundredth of the run. */
  onProgress?(done: number, failures: number): void;
}

export interface FuzzReport {
  readonly requests: number;
  readonly seconds: number;
  readonly byStatus: ReadonlyMap<number, number>;
  /** Status, by operation; `0`: closed without an answer. */
  readonly byOperation: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly failures: readonly string[];
  /** Without the first fifth. */
  readonly memory: readonly MemorySample[];
}

/** The server must have been started with it as its root account. */
export const fuzzAccount = `${'f'.repeat(31)}1`;

const ANSWER_MILLIS_MAX = 30_000;
const FAILURES_MAX = 20;
const UPLOADS_MAX = 40;
const SHOWN_BYTES_MAX = 4000;
const WARM_UP = 0.2;
const allowedFaults: readonly number[] = [501, 503, 507];

export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const run = new FuzzRun(options);
  return run.toEnd();
}

class FuzzRun {
  readonly #options: FuzzOptions;
  readonly #port: number;
  readonly #world: FuzzWorld & { uploads: KnownUpload[] };
  readonly #byStatus = new Map<number, number>();
  readonly #byOperation = new Map<string, Map<number, number>>();
  readonly #failures: string[] = [];
  readonly #memory: MemorySample[] = [];
  #next: number;
  #done = 0;

  constructor(options: FuzzOptions) {
    this.#options = options;
    const { server } = options;
    const { host, port } = new URL(server.storageUrl);
    this.#port = Number(port);
    const identity = { accessKeyId: server.accessKey, secret: server.secretKey, region: 'KR1' };
    this.#world = { host, identity, ownerId: fuzzAccount, uploads: [] };
    this.#next = options.firstRequest ?? 0;
  }

  async toEnd(): Promise<FuzzReport> {
    const begun = Date.now();
    await Promise.all(Array.from({ length: this.#options.connections }, () => this.#drive()));
    return {
      requests: this.#done,
      seconds: (Date.now() - begun) / 1000,
      byStatus: this.#byStatus,
      byOperation: this.#byOperation,
      failures: this.#failures,
      memory: this.#memory,
    };
  }

  async #drive(): Promise<void> {
    const { firstRequest = 0, requests, seed } = this.#options;
    let connection: FuzzConnection | undefined;
    while (this.#next < firstRequest + requests && this.#failures.length < FAILURES_MAX) {
      const index = this.#next;
      this.#next += 1;
      const request = randomRequest(seed, index, this.#world, new Date());
      try {
        if (connection === undefined || connection.isOver) {
          connection?.close();
          connection = await FuzzConnection.open(this.#port);
        }
        const answer = await this.#within(
          connection.exchange(request.bytes, request.isToHead, !request.isWhole),
        );
        this.#judge(index, request, answer);
      } catch (error) {
        this.#fail(index, request, `${error}`);
      }
      if (!request.isWhole) {
        connection?.close();
        connection = undefined;
      }
      this.#count();
    }
    connection?.close();
  }

  async #within(answer: Promise<FuzzAnswer | undefined>): Promise<FuzzAnswer | undefined> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('no answer in time')), ANSWER_MILLIS_MAX);
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #judge(index: number, request: FuzzRequest, answer: FuzzAnswer | undefined): void {
    const status = answer?.status ?? 0;
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
    const ofOperation = this.#byOperation.get(request.operation) ?? new Map<number, number>();
    this.#byOperation.set(request.operation, ofOperation.set(status, (ofOperation.get(status) ?? 0) + 1));
    if (answer === undefined) {
      if (request.isWhole) this.#fail(index, request, 'closed without an answer');
      return;
    }
    if (status >= 500 && !allowedFaults.includes(status)) this.#fail(index, request, show(answer));
    else if (isError(request, answer) && !isErrorDocument(answer.body)) {
      this.#fail(index, request, `no error document: ${show(answer)}`);
    }
    if (status === 200) this.#learn(request, answer);
  }

  /** Uploads are remembered, so that parts find them; the oldest are left to their fate. */
  #learn(request: FuzzRequest, { head, body }: FuzzAnswer): void {
    const { uploads } = this.#world;
    if (request.operation === 'CreateMultipartUpload') {
      const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(body.toString('utf8'))?.[1];
      if (uploadId === undefined) return;
      uploads.push({ bucket: request.bucket, key: request.key, uploadId, etags: new Map() });
      if (uploads.length > UPLOADS_MAX) uploads.shift();
    } else if (request.operation === 'UploadPart') {
      const etag = /\r\netag: ("[^"]+")/i.exec(head)?.[1];
      if (etag !== undefined) request.upload?.etags.set(request.partNumber, etag);
    }
  }

  #fail(index: number, { operation, bytes }: FuzzRequest, what: string): void {
    const shown = JSON.stringify(bytes.toString('latin1', 0, SHOWN_BYTES_MAX));
    const replay = `--seed ${this.#options.seed} --first ${index} --requests 1`;
    this.#failures.push(
      `request ${index} (${operation}): ${what}\n  again: ${replay}\n  ${bytes.length} bytes: ${shown}`,
    );
  }

  #count(): void {
    const { requests, onProgress, server } = this.#options;
    this.#done += 1;
    if (this.#done % Math.max(1, Math.floor(requests / 100)) !== 0) return;
    if (this.#done >= requests * WARM_UP) {
      const bytes = workersMemory(server.pid);
      if (bytes !== undefined) this.#memory.push({ requests: this.#done, bytes });
    }
    onProgress?.(this.#done, this.#failures.length);
  }
}

function isError(request: FuzzRequest, { status }: FuzzAnswer): boolean {
  return status >= 400 && !request.isToHead && request.isWhole;
}

function isErrorDocument(body: Buffer): boolean {
  const text = body.toString('utf8');
  return /^<\?xml [^>]+\?>\s*<Error>.*<Code>\w+<\/Code>.*<\/Error>\s*$/s.test(text);
}

function show({ head, body }: FuzzAnswer): string {
  return `${head.split('\r\n')[0]} ${body.toString('utf8', 0, 600)}`;
}
