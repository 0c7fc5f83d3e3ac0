/**
 * EC2 credentials, as the NHN guide has them: ordinary access keys under another name (spec 3.3, 4.2). v2.0 answers 200 to a new
 * one, v3 answers 201. Secrets are shown again and again, because clients of this API come back for them.
 */
import type { AccessKeyRecord } from '../../../identity/access-keys.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { KeystoneCall, KeystoneServices } from '../keystone-call.ts';
import { KeystoneError, notFound } from '../keystone-errors.ts';
import { BODY_BYTES_MAX, lengths, parseJson, textIn } from '../read-json.ts';
import { isoSeconds, jsonResponse, listLinks, noContent } from '../render-json.ts';

/** Per user and project (NHN). Binds this API only: others make as many as the store takes. */
const CREDENTIALS_MAX = 3;
/** 32 hexadecimal characters each. */
const HALF_BYTES = 16;

type Version = 'v2.0' | 'v3';

interface Credential extends AccessKeyRecord {
  readonly secret: string;
}

const resourceIn = (version: Version) => `/${version}/users/{user}/credentials/OS-EC2`;
const suffixOf = (version: Version) => (version === 'v2.0' ? 'V2' : 'V3');

function credentialJson(key: Credential, version: Version, url: string) {
  const links = { self: `${url}/v3/users/${key.userId}/credentials/OS-EC2/${key.id}` };
  return {
    access: key.id,
    secret: key.secret,
    tenant_id: key.accountId,
    user_id: key.userId,
    trust_id: null,
    created_at: isoSeconds(key.createdAtMicros),
    accessed_at: null,
    ...(version === 'v3' ? { links } : {}),
  };
}

async function withSecret(
  { identity }: KeystoneServices,
  key: AccessKeyRecord,
): Promise<Credential | undefined> {
  const found = await identity.findAccessKey(key.id);
  return found === undefined ? undefined : { ...key, secret: found.secret };
}

/** Throws 404 for a key that does not exist, or is another user's. */
async function findKey({ identity }: KeystoneServices, call: KeystoneCall): Promise<AccessKeyRecord> {
  const wanted = call.parameter('access');
  const found = (await identity.listAccessKeys({ userId: call.user.id })).find(({ id }) => id === wanted);
  if (found === undefined) throw notFound('credential');
  return found;
}

export function createEc2Credential(version: Version) {
  return defineOperation({
    name: `CreateEc2Credential${suffixOf(version)}`,
    summary:
      'Makes an access-key pair for S3: for the caller, or by an administrator for a user of the tenant.',
    route: { method: 'POST', resource: resourceIn(version) },
    permissions: [{ action: 'identity:write', on: 'account' }],
    body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
    mutates: true,
    decode: (_call: KeystoneCall) => '',
    decodeBody: (body) => textIn(parseJson(body), 'tenant_id', 'the body', lengths.id),
    async run(services: KeystoneServices, tenantId: string, call) {
      const { identity, entropy, whereabouts } = services;
      const tenants = await identity.tenancies.accountsOf(call.user.id);
      if (!tenants.some(({ id }) => id === tenantId)) {
        throw new KeystoneError(403, 'The user has no role in this tenant.');
      }
      const draw = () => entropy.bytes(HALF_BYTES).toString('hex');
      const key = await identity.createAccessKey({
        holder: { userId: call.user.id },
        accountId: tenantId,
        pair: { accessKeyId: draw(), secretKey: draw() },
        keysMax: CREDENTIALS_MAX,
      });
      if (call.audit !== undefined) call.audit.target = { user: call.user.id, access: key.id };
      const url = whereabouts.identityUrl(call.request);
      return credentialJson({ ...key, secret: key.secretKey }, version, url);
    },
    encode: (credential) => jsonResponse(version === 'v2.0' ? 200 : 201, { credential }),
  });
}

export function listEc2Credentials(version: Version) {
  return defineOperation({
    name: `ListEc2Credentials${suffixOf(version)}`,
    summary: 'Lists the access-key pairs of a user, with their secrets.',
    route: { method: 'GET', resource: resourceIn(version) },
    permissions: [{ action: 'identity:read', on: 'account' }],
    body: { kind: 'none' },
    mutates: false,
    decode: (_call: KeystoneCall) => undefined,
    async run(services: KeystoneServices, _input: undefined, { user, request }) {
      const url = services.whereabouts.identityUrl(request);
      const keys = await services.identity.listAccessKeys({ userId: user.id });
      const found = await Promise.all(keys.map((key) => withSecret(services, key)));
      const credentials = found.flatMap((key) =>
        key === undefined ? [] : [credentialJson(key, version, url)],
      );
      return { credentials, ...(version === 'v3' ? { links: listLinks(`${url}${request.rawPath}`) } : {}) };
    },
    encode: (document) => jsonResponse(200, document),
  });
}

export function showEc2Credential(version: Version) {
  return defineOperation({
    name: `ShowEc2Credential${suffixOf(version)}`,
    summary: 'Shows an access-key pair of a user, with its secret.',
    route: { method: 'GET', resource: `${resourceIn(version)}/{access}` },
    permissions: [{ action: 'identity:read', on: 'account' }],
    body: { kind: 'none' },
    mutates: false,
    decode: (_call: KeystoneCall) => undefined,
    async run(services: KeystoneServices, _input: undefined, call) {
      const key = await withSecret(services, await findKey(services, call));
      if (key === undefined) throw notFound('credential');
      return credentialJson(key, version, services.whereabouts.identityUrl(call.request));
    },
    encode: (credential) => jsonResponse(200, { credential }),
  });
}

export function deleteEc2Credential(version: Version) {
  return defineOperation({
    name: `DeleteEc2Credential${suffixOf(version)}`,
    summary: 'Removes an access-key pair: it signs nothing from the next request on.',
    route: { method: 'DELETE', resource: `${resourceIn(version)}/{access}` },
    permissions: [{ action: 'identity:write', on: 'account' }],
    body: { kind: 'none' },
    mutates: true,
    decode: (_call: KeystoneCall) => undefined,
    async run(services: KeystoneServices, _input: undefined, call) {
      await services.identity.removeAccessKey((await findKey(services, call)).id);
    },
    encode: noContent,
  });
}
