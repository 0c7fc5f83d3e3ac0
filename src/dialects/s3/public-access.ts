/** The public access block of a bucket, as far as requests that write lists and policies meet it. */
import type { Bucket } from '../../core/model.ts';
import {
  decodePublicAccessBlock,
  isPublicAcl,
  type PublicAccessBlock,
} from '../../identity/public-access-block.ts';
import { S3Error } from './s3-errors.ts';

/** The bucket's document that holds it. */
export const PUBLIC_ACCESS_BLOCK_DOCUMENT = 'public-access-block';

/** Undefined where none is set. */
export function publicAccessBlockOf({ documents }: Pick<Bucket, 'documents'>): PublicAccessBlock | undefined {
  const document = documents[PUBLIC_ACCESS_BLOCK_DOCUMENT];
  return document === undefined ? undefined : decodePublicAccessBlock(document);
}

/** `acl`: the document that is about to be stored on the bucket or an object of it. Throws AccessDenied. */
export function refusePublicAcl(bucket: Pick<Bucket, 'documents'>, acl: string | null): void {
  if (acl === null || publicAccessBlockOf(bucket)?.has('BlockPublicAcls') !== true) return;
  if (isPublicAcl(acl)) {
    throw new S3Error(
      'AccessDenied',
      {},
      'Access Denied: the public access block of the bucket refuses public ACLs.',
    );
  }
}
