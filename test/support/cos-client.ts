/** IBM's SDK for object storage, pointed at a server under test: by API key, or by an HMAC pair. */
import assert from 'node:assert/strict';
import COS from 'ibm-cos-sdk';
import type { ServerProcess } from './server-process.ts';

type Options = ConstructorParameters<typeof COS.S3>[0];

/** By API key: `serviceInstanceId` is its instance's GUID or CRN. */
export function connectCos(server: ServerProcess, apiKeyId: string, options: Options = {}): COS.S3 {
  return new COS.S3({
    endpoint: server.storageUrl,
    ibmAuthEndpoint: `${server.controlUrl}/identity/token`,
    apiKeyId,
    s3ForcePathStyle: true,
    maxRetries: 0,
    ...options,
  });
}

export interface HmacPair {
  readonly access_key_id: string;
  readonly secret_access_key: string;
}

export function connectCosByPair(server: ServerProcess, pair: HmacPair, options: Options = {}): COS.S3 {
  return new COS.S3({
    endpoint: server.storageUrl,
    credentials: new COS.Credentials(pair.access_key_id, pair.secret_access_key),
    s3ForcePathStyle: true,
    region: 'us-south',
    maxRetries: 0,
    ...options,
  });
}

export interface CosFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly requestId: string | undefined;
}

/** Status and code of what the SDK threw, and the id that it tells of. */
export async function cosFailure(call: { promise(): Promise<unknown> }): Promise<CosFailure> {
  try {
    await call.promise();
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && 'statusCode' in error, String(error));
    const { code, statusCode, requestId } = error as unknown as Record<string, unknown>;
    const { message } = error;
    return {
      status: Number(statusCode),
      code: String(code),
      message,
      requestId: requestId as string | undefined,
    };
  }
  throw new Error('the call was not refused');
}
