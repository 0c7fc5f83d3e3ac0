import type { UploadsPage, UploadsQuery } from '../../../core/listing-queries.ts';
import type { Upload } from '../../../core/model.ts';
import { element, optionalElement } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { chooseListEncoding, type ListEncoding } from '../list-encoding.ts';
import { readPageLimit } from '../listing-parameters.ts';
import { checksumKindXml, commonPrefixesXml } from '../listing-rows.ts';
import { loadOwners, type OwnerXml } from '../owner-xml.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { lastModifiedXml, type S3Flavour } from '../s3-flavours.ts';

interface Input {
  readonly uploads: UploadsQuery;
  readonly encoding: ListEncoding;
}

interface Output {
  readonly input: Input;
  readonly page: UploadsPage;
  readonly owners: OwnerXml;
}

export const listMultipartUploads = defineOperation<S3Call, S3Services, Input, Output>({
  name: 'ListMultipartUploads',
  summary: 'Lists the unfinished uploads of a bucket by key, the oldest of a key first.',
  route: { method: 'GET', resource: 'bucket', query: ['uploads'] },
  permissions: [{ action: 'bucket:list-uploads', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,

  decode: ({ query }) => ({
    uploads: {
      prefix: query.get('prefix') ?? '',
      delimiter: query.get('delimiter') ?? '',
      keyMarker: query.get('key-marker') ?? '',
      uploadIdMarker: query.get('upload-id-marker') ?? '',
      limit: readPageLimit(query, 'max-uploads'),
    },
    encoding: chooseListEncoding(query.get('encoding-type')),
  }),

  async run(services, input, call) {
    const page = await services.store.listUploads(call.bucket, input.uploads);
    const ids = page.uploads.flatMap(({ initiator, owner }) => [initiator, owner]);
    return { input, page, owners: await loadOwners(services, call, ids) };
  },

  encode({ input: { uploads, encoding }, page, owners }, call) {
    const { show } = encoding;
    // An upload-id marker means nothing without a key marker, and is not shown then (as AWS).
    const uploadIdMarker = uploads.keyMarker === '' ? '' : uploads.uploadIdMarker;
    return resultDocument(
      call,
      'ListMultipartUploadsResult',
      `${element('Bucket', call.bucketName)}<KeyMarker>${show(uploads.keyMarker)}</KeyMarker>` +
        element('UploadIdMarker', uploadIdMarker) +
        (page.nextKeyMarker === undefined
          ? ''
          : `<NextKeyMarker>${show(page.nextKeyMarker)}</NextKeyMarker>`) +
        optionalElement('NextUploadIdMarker', page.nextUploadIdMarker) +
        (uploads.delimiter === '' ? '' : `<Delimiter>${show(uploads.delimiter)}</Delimiter>`) +
        `<Prefix>${show(uploads.prefix)}</Prefix><MaxUploads>${uploads.limit}</MaxUploads>` +
        (encoding.type === undefined ? '' : `<EncodingType>${encoding.type}</EncodingType>`) +
        `<IsTruncated>${page.isTruncated}</IsTruncated>` +
        page.uploads.map((upload) => uploadXml(upload, encoding, call.flavour, owners)).join('') +
        commonPrefixesXml(page.prefixes, encoding),
    );
  },
});

function uploadXml(upload: Upload, encoding: ListEncoding, flavour: S3Flavour, owners: OwnerXml): string {
  return (
    `<Upload><Key>${encoding.show(upload.key)}</Key>${element('UploadId', upload.uploadId)}` +
    `${owners('Initiator', upload.initiator)}${owners('Owner', upload.owner)}` +
    '<StorageClass>STANDARD</StorageClass>' +
    `<Initiated>${lastModifiedXml(flavour, upload.initiatedAtMicros)}</Initiated>` +
    `${checksumKindXml(upload)}</Upload>`
  );
}
