/**
 * DeleteObjects (Amazon S3 API Reference). Up to 1,000 keys, each with its own permission, conditions and row in the answer, in
 * the order of the request. Deletes run beside each other, so that they share flushes.
 */
import type { DeletedObject, WriteConditions } from '../../../core/object-store.ts';
import { parseHttpDate } from '../../../lib/http-date.ts';
import { element, optionalElement, parent } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { checkKey } from '../addressing.ts';
import { requireDigest } from '../checksum-headers.ts';
import { parseEtags } from '../conditional-headers.ts';
import { bypassesGovernance } from '../object-lock.ts';
import {
  many,
  optional,
  readXml,
  required,
  xmlBoolean,
  xmlInteger,
  xmlObject,
  xmlText,
  xmlToken,
} from '../parse-xml.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { toS3Error } from '../s3-error-maps.ts';
import { S3Error } from '../s3-errors.ts';

/** "The maximum size of the request body … is 2 MB" and "up to 1000 keys": Amazon S3 User Guide, "Deleting Amazon S3 objects". */
const BODY_BYTES_MAX = 2 * 1024 * 1024;
const KEYS_MAX = 1000;
/** Ours: enough to fill a flush, few enough to leave the store to others. */
const DELETES_AT_ONCE_MAX = 64;

interface NamedObject {
  readonly Key: string;
  readonly VersionId: string | undefined;
  readonly ETag: string | undefined;
  readonly LastModifiedTime: string | undefined;
  readonly Size: number | undefined;
}

interface Input {
  readonly objects: readonly NamedObject[];
  readonly quiet: boolean;
}

interface Outcome {
  readonly object: NamedObject;
  readonly result: DeletedObject | S3Error;
}

interface Output {
  readonly outcomes: readonly Outcome[];
  readonly quiet: boolean;
}

const request = xmlObject({
  Object: many(
    xmlObject({
      Key: required(xmlText),
      VersionId: optional(xmlToken),
      ETag: optional(xmlToken),
      LastModifiedTime: optional(xmlToken),
      Size: optional(xmlInteger),
    }),
  ),
  Quiet: optional(xmlBoolean),
});

export const deleteObjects = defineOperation<S3Call, S3Services, Input, Output>({
  name: 'DeleteObjects',
  summary: 'Deletes up to 1,000 objects or versions and tells the outcome of each.',
  route: { method: 'POST', resource: 'bucket', query: ['delete'] },
  permissions: [{ action: 'object:delete', on: 'each-object' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,

  decode(call) {
    requireDigest(call);
    return { objects: [], quiet: false };
  },

  decodeBody(body) {
    if (body.length === 0) throw new S3Error('MissingRequestBodyError');
    const { Object: objects, Quiet: quiet = false } = readXml(body, 'Delete', request);
    if (objects.length === 0 || objects.length > KEYS_MAX) throw new S3Error('MalformedXML');
    return { objects, quiet };
  },

  async run(services, { objects, quiet }, call) {
    return { outcomes: await deleteBesideEachOther(services, objects, call), quiet };
  },

  encode({ outcomes, quiet }, call) {
    let content = '';
    for (const { object, result } of outcomes) {
      if (result instanceof S3Error) content += errorXml(object, result);
      else if (!quiet) content += deletedXml(object, result);
    }
    return resultDocument(call, 'DeleteResult', content);
  },
});

/** Names given twice come one after the other, so that the answer is that of deleting in order. */
async function deleteBesideEachOther(
  services: S3Services,
  objects: readonly NamedObject[],
  call: S3Call,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const previous = new Map<string, Promise<void>>();
  let next = 0;
  const takeTurns = async () => {
    while (next < objects.length) {
      const index = next++;
      const object = objects[index]!;
      const earlier = previous.get(object.Key);
      const done = (async () => {
        await earlier;
        outcomes[index] = { object, result: await deleteOne(services, object, call) };
      })();
      previous.set(object.Key, done);
      await done;
    }
  };
  await Promise.all(Array.from({ length: Math.min(DELETES_AT_ONCE_MAX, objects.length) }, takeTurns));
  return outcomes;
}

async function deleteOne(
  { store }: S3Services,
  object: NamedObject,
  call: S3Call,
): Promise<DeletedObject | S3Error> {
  const { Key: key, VersionId: versionId } = object;
  try {
    if (key === '') throw new S3Error('MalformedXML');
    checkKey(key);
    if (!call.decideOn('object:delete', key, versionId).allowed) return new S3Error('AccessDenied');
    return await store.deleteObject({
      bucket: call.bucket,
      key,
      conditions: conditionsOf(object),
      bypassGovernance: bypassesGovernance(call, key, versionId),
      ...(versionId !== undefined && { versionId }),
    });
  } catch (error) {
    return toS3Error(error, call);
  }
}

function conditionsOf({ ETag, LastModifiedTime, Size }: NamedObject): WriteConditions {
  const micros = LastModifiedTime === undefined ? undefined : decodeTime(LastModifiedTime);
  return {
    ...(ETag !== undefined && { ifMatch: parseEtags(ETag, 'strong') }),
    ...(micros !== undefined && { ifMatchLastModifiedMicros: micros }),
    ...(Size !== undefined && { ifMatchSize: Size }),
  };
}

/** HTTP date, as the API's model says; clients also write the form of listings. */
function decodeTime(text: string): number {
  const micros = parseHttpDate(text) ?? Date.parse(text) * 1000;
  if (!Number.isFinite(micros)) throw new S3Error('MalformedXML');
  return micros;
}

function deletedXml({ Key, VersionId }: NamedObject, { versionId, deleteMarker }: DeletedObject): string {
  const marker = deleteMarker
    ? element('DeleteMarker', 'true') + optionalElement('DeleteMarkerVersionId', versionId)
    : '';
  return parent('Deleted', element('Key', Key) + optionalElement('VersionId', VersionId) + marker);
}

function errorXml({ Key, VersionId }: NamedObject, error: S3Error): string {
  return parent(
    'Error',
    element('Key', Key) +
      optionalElement('VersionId', VersionId) +
      element('Code', error.code) +
      element('Message', error.message),
  );
}
