import type { PartsPage } from '../../../core/listing-queries.ts';
import type { ChecksumAlgorithm, UploadedPart } from '../../../core/model.ts';
import { element } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { readCount, readPageLimit } from '../listing-parameters.ts';
import { checksumKindXml } from '../listing-rows.ts';
import { loadOwners, type OwnerXml } from '../owner-xml.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { lastModifiedXml, type S3Flavour } from '../s3-flavours.ts';

interface Input {
  readonly uploadId: string;
  readonly after: number;
  readonly limit: number;
}

interface Output {
  readonly input: Input;
  readonly page: PartsPage;
  readonly owners: OwnerXml;
}

export const listParts = defineOperation<S3Call, S3Services, Input, Output>({
  name: 'ListParts',
  summary: 'Lists the parts that an unfinished upload has.',
  route: { method: 'GET', resource: 'object', query: ['uploadId'] },
  permissions: [{ action: 'object:list-parts', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,

  decode: ({ query }) => ({
    uploadId: query.get('uploadId') ?? '',
    after: readCount(query, 'part-number-marker') ?? 0,
    limit: readPageLimit(query, 'max-parts'),
  }),

  async run(services, input, call) {
    const { uploadId, after, limit } = input;
    const page = await services.store.listParts(call.bucket, call.key, uploadId, after, limit);
    const { initiator, owner } = page.upload;
    return { input, page, owners: await loadOwners(services, call, [initiator, owner]) };
  },

  /** NextPartNumberMarker is the last number shown, also on the last page, as at AWS. */
  encode({ input, page: { upload, parts, isTruncated }, owners }, call) {
    return resultDocument(
      call,
      'ListPartsResult',
      element('Bucket', call.bucketName) +
        element('Key', upload.key) +
        element('UploadId', upload.uploadId) +
        owners('Initiator', upload.initiator) +
        owners('Owner', upload.owner) +
        '<StorageClass>STANDARD</StorageClass>' +
        `<PartNumberMarker>${input.after}</PartNumberMarker>` +
        `<NextPartNumberMarker>${parts.at(-1)?.partNumber ?? 0}</NextPartNumberMarker>` +
        `<MaxParts>${input.limit}</MaxParts><IsTruncated>${isTruncated}</IsTruncated>` +
        checksumKindXml(upload) +
        parts.map((part) => partXml(part, upload.checksumAlgorithm, call.flavour)).join(''),
    );
  },
});

function partXml(part: UploadedPart, algorithm: ChecksumAlgorithm | undefined, flavour: S3Flavour): string {
  const checksum =
    algorithm === undefined || part.checksumValue === undefined
      ? ''
      : element(`Checksum${algorithm}`, part.checksumValue);
  return (
    `<Part><PartNumber>${part.partNumber}</PartNumber>` +
    `<LastModified>${lastModifiedXml(flavour, part.lastModifiedMicros)}</LastModified>` +
    `<ETag>&quot;${part.etagMd5}&quot;</ETag><Size>${part.size}</Size>${checksum}</Part>`
  );
}
