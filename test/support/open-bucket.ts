import { after } from 'node:test';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { assertNoFailures, connectS3, newBucketName } from './s3-client.ts';
import { startServer } from './server-process.ts';

/** What most files about S3 begin with: a server, a client of the root user, and a bucket, which go when the tests of the file have ended. */
export async function openBucket(stem: string) {
  const server = await startServer();
  const s3 = connectS3(server);
  after(async () => {
    s3.destroy();
    await server.dispose();
    assertNoFailures(server);
  });
  const Bucket = newBucketName(stem);
  await s3.send(new CreateBucketCommand({ Bucket }));
  return { server, s3, Bucket };
}
