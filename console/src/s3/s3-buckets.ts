import { elementsOf, parseXml, textOf } from '../api/read-xml.ts';
import { sendRequest } from '../api/send-request.ts';
import { type BucketAddress, bucketPath, servicePath } from './s3-address.ts';

export interface BucketRow extends BucketAddress {
  readonly createdAt: string;
}

export async function listBuckets(place: string): Promise<readonly BucketRow[]> {
  const response = await sendRequest(servicePath(place));
  return elementsOf(parseXml(await response.text()), 'Bucket').map((element) => ({
    place,
    bucket: textOf(element, 'Name'),
    createdAt: textOf(element, 'CreationDate'),
  }));
}

/** Answers when the bucket can be found, not when the server has taken the request. */
export async function createBucket(address: BucketAddress): Promise<void> {
  await sendRequest(bucketPath(address), { method: 'PUT' });
  await sendRequest(bucketPath(address), { method: 'HEAD' });
}

export async function deleteBucket(address: BucketAddress): Promise<void> {
  await sendRequest(bucketPath(address), { method: 'DELETE' });
}
