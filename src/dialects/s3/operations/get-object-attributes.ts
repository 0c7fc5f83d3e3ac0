/**
 * GetObjectAttributes (Amazon S3 API Reference). Parts are listed for every object made of parts, as Ceph does; AWS lists
 * them only where each has a checksum, and gives their number otherwise.
 */
import type { Checksum, ObjectPart, ObjectVersion } from '../../../core/model.ts';
import { etagOf } from '../../../core/model.ts';
import type { GetObjectInput } from '../../../core/object-store.ts';
import { element, parent } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireHeaders } from '../../kernel/wire.ts';
import { confirmAccess, mayReadBeside } from '../authorise-call.ts';
import { checksumText } from '../checksum-headers.ts';
import { decodeReadConditions } from '../conditional-headers.ts';
import { PAGE_ROWS_MAX } from '../listing-parameters.ts';
import { pushVersionId } from '../object-headers.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { invalidArgument, S3Error } from '../s3-errors.ts';
import { lastModifiedHeader } from '../s3-flavours.ts';
import { readVersionId } from '../version-id.ts';

const attributes = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'] as const;
type Attribute = (typeof attributes)[number];

interface Input {
  readonly wanted: ReadonlySet<Attribute>;
  readonly target: Pick<GetObjectInput, 'versionId' | 'conditions'>;
  readonly after: number;
  readonly limit: number;
}

interface PartsPage {
  readonly parts: readonly ObjectPart[];
  readonly isTruncated: boolean;
}

interface Output {
  readonly input: Input;
  readonly version: ObjectVersion;
  /** When wanted, of an object made of parts. */
  readonly page: PartsPage | undefined;
}

export const getObjectAttributes = defineOperation<S3Call, S3Services, Input, Output>({
  name: 'GetObjectAttributes',
  summary: 'Tells size, ETag, checksum and parts of an object without its bytes.',
  route: { method: 'GET', resource: 'object', query: ['attributes'] },
  permissions: [{ action: 'object:read-attributes', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,

  decode(call) {
    const { headers } = call.request;
    return {
      wanted: readAttributes(headers),
      target: { conditions: decodeReadConditions(headers), ...readVersionId(call) },
      after: readNumber(headers, 'x-amz-part-number-marker') ?? 0,
      limit: Math.min(readNumber(headers, 'x-amz-max-parts') ?? PAGE_ROWS_MAX, PAGE_ROWS_MAX),
    };
  },

  async run({ store }, input, call) {
    const { bucket, key } = call;
    const { version } = await store.headObject({
      bucket,
      key,
      mayRead: mayReadBeside(call),
      ...input.target,
    });
    confirmAccess(call, 'object:read-attributes', version);
    if (!input.wanted.has('ObjectParts') || version.partCount === undefined) {
      return { input, version, page: undefined };
    }
    const addressed = { bucket, key, versionId: version.versionId };
    return { input, version, page: await store.listObjectParts(addressed, input.after, input.limit) };
  },

  encode({ input, version, page }, call) {
    const { wanted } = input;
    const { checksum, partCount } = version;
    const headers = ['Last-Modified', lastModifiedHeader(version.lastModifiedMicros)];
    pushVersionId(headers, version, call);
    let content = wanted.has('ETag') ? element('ETag', etagOf(version)) : '';
    if (wanted.has('Checksum') && checksum !== undefined) {
      const shown = element(`Checksum${checksum.algorithm}`, checksumText(checksum, partCount));
      content += parent('Checksum', shown + element('ChecksumType', checksum.type));
    }
    if (page !== undefined) content += partsXml(page, input, partCount ?? 0, checksum);
    if (wanted.has('StorageClass')) content += element('StorageClass', 'STANDARD');
    if (wanted.has('ObjectSize')) content += element('ObjectSize', `${version.size}`);
    return resultDocument(call, 'GetObjectAttributesResponse', content, headers);
  },
});

function partsXml(
  { parts, isTruncated }: PartsPage,
  { after, limit }: Input,
  partCount: number,
  checksum: Checksum | undefined,
): string {
  const rows = parts.map(({ partNumber, size, checksumValue }) => {
    const shown =
      checksum === undefined || checksumValue === undefined
        ? ''
        : element(`Checksum${checksum.algorithm}`, checksumValue);
    return parent('Part', `${shown}<PartNumber>${partNumber}</PartNumber><Size>${size}</Size>`);
  });
  return parent(
    'ObjectParts',
    `<IsTruncated>${isTruncated}</IsTruncated><MaxParts>${limit}</MaxParts>` +
      `<NextPartNumberMarker>${parts.at(-1)?.partNumber ?? 0}</NextPartNumberMarker>` +
      `<PartNumberMarker>${after}</PartNumberMarker>${rows.join('')}<PartsCount>${partCount}</PartsCount>`,
  );
}

const ATTRIBUTES_HEADER = 'x-amz-object-attributes';

function readAttributes(headers: WireHeaders): ReadonlySet<Attribute> {
  const text = headers.get(ATTRIBUTES_HEADER) ?? '';
  const names = text.split(',').map((name) => name.trim());
  const wanted = new Set<Attribute>();
  for (const name of names) {
    const attribute = attributes.find((known) => known === name);
    if (attribute !== undefined) wanted.add(attribute);
    else if (name !== '') throw invalidArgument(ATTRIBUTES_HEADER, text, 'Invalid attribute name specified.');
  }
  if (wanted.size === 0) {
    throw new S3Error(
      'InvalidRequest',
      {},
      'The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty',
    );
  }
  return wanted;
}

function readNumber(headers: WireHeaders, header: string): number | undefined {
  const text = headers.get(header);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) {
    throw invalidArgument(header, text, `Provided ${header} not an integer or within integer range`);
  }
  return Number(text);
}
