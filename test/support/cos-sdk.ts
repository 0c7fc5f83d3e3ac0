/** IBM's SDK for object storage, pointed at a running server. */
import COS from 'ibm-cos-sdk';
import type { ServerProcess } from './server-process.ts';

export interface CosOptions {
  readonly apiKey: string;
  /** GUID or CRN. */
  readonly instance: string;
}

export function cosClient(server: ServerProcess, { apiKey, instance }: CosOptions): COS.S3 {
  return new COS.S3({
    endpoint: server.storageUrl,
    ibmAuthEndpoint: `${server.controlUrl}/identity/token`,
    apiKeyId: apiKey,
    serviceInstanceId: instance,
    s3ForcePathStyle: true,
    region: 'us-south',
    maxRetries: 0,
  } as COS.S3.ClientConfiguration);
}

export interface CosFailure {
  readonly code: string;
  readonly statusCode: number;
  readonly message: string;
  readonly requestId: string;
}

/** What the SDK threw. */
export async function cosFailureOf(promise: Promise<unknown>): Promise<CosFailure> {
  try {
    await promise;
  } catch (error) {
    const { code, statusCode, message, requestId } = error as CosFailure;
    return { code, statusCode, message, requestId };
  }
  throw new Error('the call was not refused');
}
