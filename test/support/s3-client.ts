/** The AWS SDK for JavaScript against a server under test, and assertions on what it reports. */
import assert from 'node:assert/strict';
import { S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3';
import type { ServerProcess } from './server-process.ts';

/** Path style, one attempt: a retry would hide what the server answered first. */
export function connectS3(server: ServerProcess, options: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: server.storageUrl,
    region: 'KR1',
    credentials: server.credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    ...options,
  });
}

export interface ExpectedS3Error {
  /** Code of the error document; for HEAD, which has none, what the SDK makes of the status. */
  readonly code: string;
  readonly status: number;
  readonly message?: string | RegExp;
  /** Elements of the error document besides Code and Message. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Awaits the call and asserts that it fails just so. Answers the exception. */
export async function assertS3Error(
  call: Promise<unknown>,
  expected: ExpectedS3Error,
): Promise<S3ServiceException> {
  const error = await call.then(
    (value) => assert.fail(`expected ${expected.code}, got ${JSON.stringify(value)?.slice(0, 300)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof S3ServiceException)) throw error;
  assert.deepEqual(
    { code: error.name, status: error.$metadata.httpStatusCode },
    { code: expected.code, status: expected.status },
    error.message,
  );
  if (typeof expected.message === 'string') assert.equal(error.message, expected.message);
  else if (expected.message !== undefined) assert.match(error.message, expected.message);
  const shown = error as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(expected.fields ?? {})) assert.equal(shown[name], value, name);
  return error;
}

let bucketNumber = 0;

/** A name that no other test in this process uses. */
export function newBucketName(stem: string): string {
  bucketNumber += 1;
  return `${stem}-${process.pid}-${bucketNumber}`;
}

/** What the server has logged as its own failures. None, whatever clients do to it. */
export function assertNoFailures(server: ServerProcess | undefined): void {
  const failures = (server?.logs() ?? '')
    .split('\n')
    .filter((line) => /"level":"(?:error|fatal)"/.test(line));
  assert.deepEqual(failures, []);
}
