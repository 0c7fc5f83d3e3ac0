import { userOfToken } from '../../../identity/token-user.ts';
import type { IssuedToken } from '../../../identity/tokens.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { BODY_BYTES_MAX, readMembers } from '../body-members.ts';
import { isoMillis } from '../issue-credentials.ts';
import { jsonResponse } from '../json-response.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';
import { forbidden } from '../scp-errors.ts';

interface Output {
  readonly token: IssuedToken;
  readonly catalogUrl: string;
}

/**
 * Of this operation the title alone is public; scp.md, section 4.6. The token holds on Keystone v2.0 and v3 and on Swift, with what the
 * role's policies say, and dies with the session.
 */
export const roleKeystoneToken = defineOperation({
  name: 'RoleKeystoneToken',
  summary: 'Issues a Keystone token for the assumed role, which ends with its session.',
  route: { method: 'POST', resource: '/sts/v1/role-keystone-token' },
  permissions: [{ action: 'sts:keystone-token', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall) => undefined,
  decodeBody(body, _input, { request }) {
    readMembers(body, request).finish();
    return undefined;
  },
  async run({ identity, settings }: ScpServices, _input: undefined, call): Promise<Output> {
    const { credential, request } = call;
    if (credential?.session === undefined) throw forbidden('sts:keystone-token');
    const token = await identity.issueSessionToken(credential.accessKeyId, ['sts']);
    if (call.audit !== undefined) call.audit.target = { token: token.auditId };
    return { token, catalogUrl: `${settings.identityUrl(request)}/v3/auth/catalog` };
  },
  encode: ({ token, catalogUrl }: Output) =>
    jsonResponse(
      200,
      {
        keystone_token: {
          id: token.value,
          issued_at: isoMillis(token.issuedAtMicros),
          expires_at: isoMillis(token.expiresAtMicros),
          project_id: token.principal.account.id,
          user_id: userOfToken(token).id,
          roles: [{ name: userOfToken(token).role }],
          catalog_url: catalogUrl,
        },
      },
      ['X-Subject-Token', token.value],
    ),
});
