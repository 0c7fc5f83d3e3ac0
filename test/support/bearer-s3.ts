/** The AWS SDK with a bearer token in place of a signature, as IBM's SDKs for object storage ask. */
import { S3Client } from '@aws-sdk/client-s3';
import type { ServerProcess } from './server-process.ts';

export function bearerS3(
  server: ServerProcess,
  token: string,
  headers: Readonly<Record<string, string>> = {},
): S3Client {
  const client = new S3Client({
    endpoint: server.storageUrl,
    region: 'us-south',
    forcePathStyle: true,
    credentials: { accessKeyId: 'unused', secretAccessKey: 'unused' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    maxAttempts: 1,
    signer: {
      sign: async (request: { headers: Record<string, string> }) => {
        Object.assign(request.headers, headers, { authorization: `Bearer ${token}` });
        return request;
      },
    } as never,
  });
  return client;
}
