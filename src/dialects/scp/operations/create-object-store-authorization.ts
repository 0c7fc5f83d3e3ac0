import { parseAmzTimestamp } from '../../authn/amz-timestamp.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { BODY_BYTES_MAX, readMembers } from '../body-members.ts';
import { jsonResponse } from '../json-response.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';
import { forbidden } from '../scp-errors.ts';
import { texts } from '../scp-texts.ts';
import { type RequestToSign, signatureText, signRequest } from '../sign-object-store-request.ts';

const URL_CHARACTERS_MAX = 8192;
/** Of the clock of the request that is signed, and how long a signature holds. */
const WINDOW_MICROS = 900_000_000;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE']);
const PAYLOAD = /^(?:[0-9a-fA-F]{64}|UNSIGNED-PAYLOAD|STREAMING-UNSIGNED-PAYLOAD-TRAILER)$/;
const URL_FORM = /^https?:\/\/([^/?#@\s]+)(\/[^?#\s]*)?(?:\?([^#\s]*))?$/i;

/** Source documents, 2.1.3; scp.md, section 4.4. The answer works for that request alone. */
export const createObjectStoreAuthorization = defineOperation({
  name: 'CreateObjectStoreAuthorization',
  summary: 'Signs one request to the object store with the temporary credentials of the caller.',
  route: { method: 'POST', resource: '/sts/v1/object-store-authorization' },
  permissions: [{ action: 'sts:authorize-object-store', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: false,
  decode: (_call: ScpCall): Buffer => Buffer.alloc(0),
  decodeBody: (body) => body,
  async run(services: ScpServices, body: Buffer, call) {
    const { credential, caller } = call;
    if (credential?.session === undefined || caller.principal.kind !== 'role-session') {
      throw forbidden('sts:authorize-object-store');
    }
    const wanted = readRequest(body, services, call);
    const { authorization, signature } = signRequest(wanted, credential.accessKeyId, credential.secret);
    const signedAtMicros = parseAmzTimestamp(wanted.timestamp) ?? 0;
    await services.signatures.claim(
      caller.principal.account.id,
      signatureText(credential.accessKeyId, signature),
      signedAtMicros + WINDOW_MICROS,
    );
    return authorization;
  },
  encode: (authorization: string) => jsonResponse(200, { Authorization: authorization }),
});

function readRequest(body: Buffer, { settings }: ScpServices, { request }: ScpCall): RequestToSign {
  const members = readMembers(body, request);
  const method = members.text('method', { max: 16 }).toUpperCase();
  if (members.has('method') && method !== '' && !METHODS.has(method)) {
    members.refuse(texts.notOneOf('method', [...METHODS].join(', ')));
  }
  const url = members.text('url', { max: URL_CHARACTERS_MAX });
  const [, authority = '', rawPath = '/', rawQuery = ''] = URL_FORM.exec(url) ?? [];
  if (url !== '' && !settings.isObjectStore(authority.toLowerCase(), request)) {
    members.refuse(texts.expected('url', 'an address of the object store'));
  }
  const payload = members.text('x_amz_content_sha256', {
    max: 64,
    pattern: PAYLOAD,
    form: '64 hexadecimal digits, UNSIGNED-PAYLOAD or STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  });
  const timestamp = members.text('x_amz_date', {
    max: 16,
    pattern: /^\d{8}T\d{6}Z$/,
    form: 'YYYYMMDDThhmmssZ',
  });
  const signedAt = parseAmzTimestamp(timestamp);
  const isNow = signedAt !== undefined && Math.abs(signedAt - request.receivedAtMicros) <= WINDOW_MICROS;
  if (/^\d{8}T\d{6}Z$/.test(timestamp) && !isNow) {
    members.refuse(texts.expected('x_amz_date', 'a time within 15 minutes of now'));
  }
  const region = members.optionalText('region', { max: 64 }) ?? settings.region;
  if (!settings.isRegion(region)) members.refuse(texts.expected('region', 'a region that is served'));
  const service = members.optionalText('service', { max: 64 }) ?? 's3';
  if (service !== 's3') members.refuse(texts.notOneOf('service', 's3'));
  members.finish();
  return { method, authority, rawPath, rawQuery, payload, timestamp, region };
}
