/**
 * `x-amz-copy-source`: `/{bucket}/{key}` with or without the first slash, percent-encoded, `?versionId=` behind it
 * (Amazon S3 API Reference, CopyObject). `{account}:{bucket}` as in addresses. A `+` is a plus, as in a path.
 */
import { decodePercent, PercentEncodingError } from '../../lib/percent-encoding.ts';
import { checkKey, splitBucketName } from './addressing.ts';
import { invalidArgument, type S3Error } from './s3-errors.ts';

export interface NamedCopySource {
  readonly bucketName: string;
  readonly bucketAccount: string | undefined;
  readonly key: string;
  readonly versionId: string | undefined;
}

const VERSION_PARAMETER = '?versionId=';

/** Throws InvalidArgument, KeyTooLongError and InvalidURI. */
export function parseCopySource(header: string): NamedCopySource {
  const question = header.lastIndexOf(VERSION_PARAMETER);
  const path = question < 0 ? header : header.slice(0, question);
  const decoded = decodeOrRefuse(path, header);
  const start = decoded.startsWith('/') ? 1 : 0;
  const slash = decoded.indexOf('/', start);
  const { account, name } = splitBucketName(slash < 0 ? '' : decoded.slice(start, slash));
  const key = slash < 0 ? '' : decoded.slice(slash + 1);
  if (name === '' || key === '') throw malformed(header);
  checkKey(key);
  const versionId =
    question < 0 ? undefined : decodeOrRefuse(header.slice(question + VERSION_PARAMETER.length), header);
  if (versionId === '') {
    throw invalidArgument('x-amz-copy-source', header, 'Version id cannot be the empty string');
  }
  return { bucketName: name, bucketAccount: account, key, versionId };
}

function decodeOrRefuse(raw: string, header: string): string {
  try {
    return decodePercent(raw);
  } catch (error) {
    if (error instanceof PercentEncodingError) throw malformed(header);
    throw error;
  }
}

function malformed(header: string): S3Error {
  return invalidArgument(
    'x-amz-copy-source',
    header,
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
  );
}
