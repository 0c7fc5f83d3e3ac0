import type { BucketAddress } from '../s3/s3-address.ts';
import type { NamedFile } from '../uploads/dropped-files.ts';
import { addUploads } from '../uploads/upload-queue.ts';

export function uploadInto(address: BucketAddress, prefix: string, files: readonly NamedFile[]): void {
  addUploads(files.map(({ path, file }) => ({ address: { ...address, key: prefix + path }, file })));
}
