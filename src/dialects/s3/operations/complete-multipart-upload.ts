/**
 * CompleteMultipartUpload. Answers plainly when it is done: completing moves no bytes (design, section 6), so that the
 * early 200 with an error inside, which AWS needs to keep connections alive, is not needed.
 */
import type { ChecksumAlgorithm, ObjectVersion } from '../../../core/model.ts';
import { etagOf } from '../../../core/model.ts';
import type { CompletedPart, CompleteUploadInput } from '../../../core/object-store.ts';
import { element } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireHeaders } from '../../kernel/wire.ts';
import { checksumHeaderOf, checksumText } from '../checksum-headers.ts';
import { decodeWriteConditions, unquote } from '../conditional-headers.ts';
import { pushExpiration } from '../lifecycle-xml.ts';
import { pushWrittenVersionId } from '../object-headers.ts';
import { many, optional, readXml, required, xmlInteger, xmlObject, xmlToken } from '../parse-xml.ts';
import { invalidPartNumber, PARTS_MAX } from '../part-number.ts';
import { resultDocument } from '../result-document.ts';
import { confirmProtected, readRetentionHeaders } from '../retention-headers.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { invalidArgument, S3Error } from '../s3-errors.ts';
import { checksumTypeOf } from './create-multipart-upload.ts';

/** 10,000 parts with the longest checksum take 2 MiB; the rest is white space and namespaces. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;

type Input = Omit<CompleteUploadInput, 'bucket' | 'key'>;

const completion = xmlObject({
  Part: many(
    xmlObject({
      PartNumber: required(xmlInteger),
      ETag: required(xmlToken),
      ChecksumCRC32: optional(xmlToken),
      ChecksumCRC32C: optional(xmlToken),
      ChecksumCRC64NVME: optional(xmlToken),
      ChecksumSHA1: optional(xmlToken),
      ChecksumSHA256: optional(xmlToken),
    }),
  ),
});

const ALGORITHMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

export const completeMultipartUpload = defineOperation<S3Call, S3Services, Input, ObjectVersion>({
  name: 'CompleteMultipartUpload',
  summary: 'Makes an object of the parts listed. Conditional with If-None-Match: * or If-Match.',
  route: { method: 'POST', resource: 'object', query: ['uploadId'] },
  permissions: [{ action: 'object:write', on: 'object' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,

  decode({ request: { headers }, query }) {
    const checksumType = checksumTypeOf(headers.get('x-amz-checksum-type'));
    const checksum = readObjectChecksum(headers);
    const objectSize = readObjectSize(headers);
    const protection = readRetentionHeaders(headers);
    return {
      uploadId: query.get('uploadId') ?? '',
      parts: [],
      conditions: decodeWriteConditions(headers),
      ...(checksum !== undefined && { checksum }),
      ...(checksumType !== undefined && { checksumType }),
      ...(objectSize !== undefined && { objectSize }),
      ...(protection !== undefined && { protection }),
    };
  },

  decodeBody(body, input) {
    const { Part: parts } = readXml(body, 'CompleteMultipartUpload', completion);
    if (parts.length === 0 || parts.length > PARTS_MAX) throw new S3Error('MalformedXML');
    return { ...input, parts: parts.map(toCompletedPart) };
  },

  async run({ store }, input, call) {
    confirmProtected(call, input.protection);
    const { bucket, key } = call;
    return store.completeUpload({ bucket, key, ...input });
  },

  encode(version, call) {
    const { checksum } = version;
    const headers: string[] = [];
    pushWrittenVersionId(headers, version);
    pushExpiration(headers, version, call);
    return resultDocument(
      call,
      'CompleteMultipartUploadResult',
      element('Location', locationOf(call)) +
        element('Bucket', call.bucketName) +
        element('Key', version.key) +
        `<ETag>&quot;${etagOf(version)}&quot;</ETag>` +
        (checksum === undefined
          ? ''
          : element(`Checksum${checksum.algorithm}`, checksumText(checksum, version.partCount)) +
            element('ChecksumType', checksum.type)),
      headers,
    );
  },
});

type PartXml = ReturnType<typeof completion>['Part'][number];

function toCompletedPart(part: PartXml): CompletedPart {
  const partNumber = part.PartNumber;
  if (partNumber < 1 || partNumber > PARTS_MAX) throw invalidPartNumber(`${partNumber}`);
  const etag = unquote(part.ETag);
  const given = ALGORITHMS.filter((algorithm) => part[`Checksum${algorithm}`] !== undefined);
  const [algorithm] = given;
  if (algorithm === undefined) return { partNumber, etag };
  if (given.length > 1) throw new S3Error('MalformedXML');
  return { partNumber, etag, checksum: { algorithm, value: part[`Checksum${algorithm}`] ?? '' } };
}

/** Of the whole object. A composite one may carry its number of parts, which the list of parts says anyway. */
function readObjectChecksum(headers: WireHeaders): Input['checksum'] {
  const given = ALGORITHMS.filter((algorithm) => headers.has(checksumHeaderOf(algorithm)));
  const [algorithm] = given;
  if (algorithm === undefined) return undefined;
  if (given.length > 1) {
    throw new S3Error(
      'InvalidRequest',
      {},
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  return { algorithm, value: (headers.get(checksumHeaderOf(algorithm)) ?? '').replace(/-\d{1,5}$/, '') };
}

function readObjectSize(headers: WireHeaders): number | undefined {
  const text = headers.get('x-amz-mp-object-size');
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw invalidArgument('x-amz-mp-object-size', text, 'Value for x-amz-mp-object-size header is invalid.');
  }
  return Number(text);
}

/** Where the client finds the object: the address that it has just used. */
function locationOf({ request }: S3Call): string {
  return `${request.clientOrigin}${request.rawPath}`;
}
