/** ListObjectVersions. A bucket that was never versioned shows its objects as the version `null`. */

import type { VersionsPage, VersionsQuery } from '../../../core/listing-queries.ts';
import { etagOf, type ObjectVersion } from '../../../core/model.ts';
import { element, optionalElement } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { chooseListEncoding, type ListEncoding } from '../list-encoding.ts';
import { readPageLimit } from '../listing-parameters.ts';
import { checksumKindXml, commonPrefixesXml } from '../listing-rows.ts';
import { loadOwners, type OwnerXml } from '../owner-xml.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { invalidArgument } from '../s3-errors.ts';
import { lastModifiedXml, type S3Flavour } from '../s3-flavours.ts';

interface ListObjectVersionsInput {
  readonly versions: VersionsQuery;
  readonly encoding: ListEncoding;
}

interface ListObjectVersionsOutput {
  readonly input: ListObjectVersionsInput;
  readonly page: VersionsPage;
  readonly owners: OwnerXml;
}

export const listObjectVersions = defineOperation<
  S3Call,
  S3Services,
  ListObjectVersionsInput,
  ListObjectVersionsOutput
>({
  name: 'ListObjectVersions',
  summary: 'Lists all versions and delete markers in the order of their keys, the latest of a key first.',
  route: { method: 'GET', resource: 'bucket', query: ['versions'] },
  permissions: [{ action: 'bucket:list-versions', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,

  decode({ query }) {
    const keyMarker = query.get('key-marker') ?? '';
    const versionIdMarker = query.get('version-id-marker') ?? '';
    if (versionIdMarker !== '' && keyMarker === '') {
      throw invalidArgument(
        'version-id-marker',
        versionIdMarker,
        'A version-id marker cannot be specified without a key marker.',
      );
    }
    return {
      versions: {
        prefix: query.get('prefix') ?? '',
        delimiter: query.get('delimiter') ?? '',
        keyMarker,
        versionIdMarker,
        limit: readPageLimit(query, 'max-keys'),
      },
      encoding: chooseListEncoding(query.get('encoding-type')),
    };
  },

  async run(services, input, call) {
    const page = await services.store.listVersions(call.bucket, input.versions);
    const ids = page.versions.map(({ owner }) => owner);
    return { input, page, owners: await loadOwners(services, call, ids) };
  },

  encode({ input: { versions, encoding }, page, owners }, call) {
    const { show } = encoding;
    return resultDocument(
      call,
      'ListVersionsResult',
      `${element('Name', call.bucketName)}<Prefix>${show(versions.prefix)}</Prefix>` +
        `<KeyMarker>${show(versions.keyMarker)}</KeyMarker>` +
        element('VersionIdMarker', versions.versionIdMarker) +
        (page.nextKeyMarker === undefined
          ? ''
          : `<NextKeyMarker>${show(page.nextKeyMarker)}</NextKeyMarker>`) +
        optionalElement('NextVersionIdMarker', page.nextVersionIdMarker) +
        `<MaxKeys>${versions.limit}</MaxKeys>` +
        (versions.delimiter === '' ? '' : `<Delimiter>${show(versions.delimiter)}</Delimiter>`) +
        (encoding.type === undefined ? '' : `<EncodingType>${encoding.type}</EncodingType>`) +
        `<IsTruncated>${page.isTruncated}</IsTruncated>` +
        page.versions.map((version) => versionXml(version, encoding, call.flavour, owners)).join('') +
        commonPrefixesXml(page.prefixes, encoding),
    );
  },
});

function versionXml(
  version: ObjectVersion,
  encoding: ListEncoding,
  flavour: S3Flavour,
  owners: OwnerXml,
): string {
  const start =
    `<Key>${encoding.show(version.key)}</Key>${element('VersionId', version.versionId)}` +
    `<IsLatest>${version.isLatest}</IsLatest>` +
    `<LastModified>${lastModifiedXml(flavour, version.lastModifiedMicros)}</LastModified>`;
  const owner = owners('Owner', version.owner);
  if (version.isDeleteMarker) return `<DeleteMarker>${start}${owner}</DeleteMarker>`;
  const { checksum } = version;
  const checksumKind =
    checksum === undefined
      ? ''
      : checksumKindXml({ checksumAlgorithm: checksum.algorithm, checksumType: checksum.type });
  return (
    `<Version>${start}<ETag>&quot;${etagOf(version)}&quot;</ETag>${checksumKind}` +
    `<Size>${version.size}</Size><StorageClass>STANDARD</StorageClass>${owner}</Version>`
  );
}
