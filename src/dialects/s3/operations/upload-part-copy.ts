/**
 * UploadPartCopy. The range names both ends (`bytes=first-last`), unlike that of a read. Reading the source is a
 * permission of its own, asked of the source's bucket.
 */
import type { ChecksumAlgorithm, UploadedPart } from '../../../core/model.ts';
import { etagOf } from '../../../core/model.ts';
import type { ObjectStore, UploadPartCopyInput } from '../../../core/object-store.ts';
import { element } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { confirmSourceAccess, dependsOnSourceVersion, mayReadBeside } from '../authorise-call.ts';
import { decodeReadConditions } from '../conditional-headers.ts';
import { readPartNumber } from '../part-number.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { invalidArgument } from '../s3-errors.ts';
import { lastModifiedXml } from '../s3-flavours.ts';

type Input = Pick<UploadPartCopyInput, 'sourceConditions' | 'sourceRange' | 'uploadId' | 'partNumber'>;

interface Output {
  readonly part: UploadedPart;
  readonly sourceVersionId: string;
  /** Of the upload, when the part has a checksum. */
  readonly checksumAlgorithm: ChecksumAlgorithm | undefined;
}

export const uploadPartCopy = defineOperation<S3Call, S3Services, Input, Output>({
  name: 'UploadPartCopy',
  summary: 'Makes a part of the bytes of another object, or of a range of them.',
  route: { method: 'PUT', resource: 'object', query: ['uploadId'], headers: ['x-amz-copy-source'] },
  permissions: [
    { action: 'object:copy', on: 'object' },
    { action: 'object:copy-source', on: 'source' },
  ],
  body: { kind: 'none' },
  mutates: true,

  decode({ request: { headers }, query }) {
    const sourceRange = readSourceRange(headers.get('x-amz-copy-source-range'));
    return {
      sourceConditions: decodeReadConditions(headers, 'x-amz-copy-source-'),
      uploadId: query.get('uploadId') ?? '',
      partNumber: readPartNumber(query),
      ...(sourceRange !== undefined && { sourceRange }),
    };
  },

  async run({ store }, input, call) {
    const { bucket, key } = call;
    const sourceConditions = await pinSource(store, call, input.sourceConditions);
    const copied = await store.uploadPartCopy({
      ...input,
      source: sourceOf(call),
      sourceConditions,
      mayRead: mayReadBeside(call),
      bucket,
      key,
    });
    if (copied.part.checksumValue === undefined) return { ...copied, checksumAlgorithm: undefined };
    const { upload } = await store.listParts(bucket, key, input.uploadId, 0, 0);
    return { ...copied, checksumAlgorithm: upload.checksumAlgorithm };
  },

  encode({ part, sourceVersionId, checksumAlgorithm }, call) {
    const isVersioned = call.copySource.bucket.versioning !== 'unversioned';
    return resultDocument(
      call,
      'CopyPartResult',
      element('LastModified', lastModifiedXml(call.flavour, part.lastModifiedMicros)) +
        `<ETag>&quot;${part.etagMd5}&quot;</ETag>` +
        (checksumAlgorithm === undefined
          ? ''
          : element(`Checksum${checksumAlgorithm}`, part.checksumValue ?? '')),
      isVersioned ? ['x-amz-copy-source-version-id', sourceVersionId] : [],
    );
  },
});

function sourceOf({ copySource: { bucket, key, versionId } }: S3Call): UploadPartCopyInput['source'] {
  return { bucket, key, ...(versionId !== undefined && { versionId }) };
}

/** When access depends on the version that is copied: only bytes of the one that has been looked at. */
async function pinSource(
  store: ObjectStore,
  call: S3Call,
  conditions: Input['sourceConditions'],
): Promise<Input['sourceConditions']> {
  const source = sourceOf(call);
  if (!dependsOnSourceVersion(call)) return conditions;
  const { version } = await store.headObject({ ...source, conditions, mayRead: mayReadBeside(call) });
  confirmSourceAccess(call, version);
  return { ...conditions, ifMatch: [etagOf(version)] };
}

function readSourceRange(text: string | undefined): Input['sourceRange'] {
  if (text === undefined) return undefined;
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  const start = Number(first);
  const end = Number(last);
  if (first !== undefined && last !== undefined && start <= end) return { start, end };
  throw invalidArgument(
    'x-amz-copy-source-range',
    text,
    'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the ' +
      'zero-based offsets of the first and last bytes to copy',
  );
}
