/**
 * POST Object: the upload form of a browser. Its fields say what headers say to PutObject, its policy what they may say, and its
 * signature who allows it; a form without a policy is anonymous.
 */
import type { ObjectVersion } from '../../../core/model.ts';
import { encodeStrict } from '../../../lib/percent-encoding.ts';
import { element } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { readAclHeaders } from '../acl-headers.ts';
import { declaredChecksum } from '../checksum-headers.ts';
import { decodeObjectMetadata, pushWrittenVersionId, quotedEtag } from '../object-headers.ts';
import { readLock } from '../object-lock.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { readTagDocument } from '../tag-set.ts';
import { refuseUnsupportedHeaders } from '../unsupported-headers.ts';
import { boundedFile } from '../upload-form.ts';
import { type StoreObjectInput, storeObject } from './put-object.ts';

/** The only ones that are followed; anything else is answered as the first. */
const STATUSES = ['204', '200', '201'];

export const postObject = defineOperation<S3Call, S3Services, StoreObjectInput, ObjectVersion>({
  name: 'PostObject',
  summary: 'Stores the file of an HTML form, as far as the policy in the form allows it.',
  route: { method: 'POST', resource: 'bucket' },
  permissions: [{ action: 'object:write', on: 'object' }],
  body: { kind: 'stream' },
  mutates: true,

  decode(call) {
    const { headers } = call.request;
    const { uploadForm: form } = call;
    refuseUnsupportedHeaders(headers);
    const declared = declaredChecksum(headers, []);
    const tagging = form.fields.get('tagging');
    return {
      acl: readAclHeaders(call, 'object'),
      tags: tagging === undefined ? [] : readTagDocument(Buffer.from(tagging), 'object'),
      metadata: decodeObjectMetadata(headers),
      body: {
        source: boundedFile(form),
        size: undefined,
        expected:
          declared?.value === undefined
            ? {}
            : { checksum: { algorithm: declared.algorithm, value: declared.value } },
      },
      conditions: {},
      ...readLock(call),
      retention: undefined,
    };
  },

  run: storeObject,

  encode(version, call) {
    const { fields } = call.uploadForm;
    const { clientOrigin } = call.request;
    const path = call.resource.replace(/\/$/, '');
    const location = `${clientOrigin}${path}/${call.key.split('/').map(encodeStrict).join('/')}`;
    const headers = ['ETag', quotedEtag(version)];
    pushWrittenVersionId(headers, version);
    const redirect = redirectOf(
      fields.get('success_action_redirect') ?? fields.get('redirect'),
      version,
      call,
    );
    if (redirect !== undefined)
      return { status: 303, headers: [...headers, 'Location', redirect], body: null };
    headers.push('Location', location);
    const asked = fields.get('success_action_status') ?? '';
    const status = STATUSES.includes(asked) ? Number(asked) : 204;
    if (status !== 201) return { status, headers, body: null };
    const content =
      element('Location', location) +
      element('Bucket', call.bucketName) +
      element('Key', call.key) +
      element('ETag', quotedEtag(version));
    headers.push('Content-Type', 'application/xml');
    return { status, headers, body: `${call.flavour.xmlDeclaration}<PostResponse>${content}</PostResponse>` };
  },
});

/** Undefined for what is no address of a page: the form is then answered as one without. */
function redirectOf(text: string | undefined, version: ObjectVersion, call: S3Call): string | undefined {
  if (text === undefined || !URL.canParse(text) || !/^https?:/i.test(text)) return undefined;
  const { origin, pathname, search } = new URL(text);
  const about = `bucket=${encodeStrict(call.bucketName)}&key=${encodeStrict(call.key)}&etag=${encodeStrict(quotedEtag(version))}`;
  return `${origin}${pathname}${search === '' ? '?' : `${search}&`}${about}`;
}
