import type { AccessKeyCredential } from '../../../identity/credentials.ts';
import type { Principal } from '../../../identity/principal.ts';
import { iamSrn } from '../../../identity/srn.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { BODY_BYTES_MAX, readMembers } from '../body-members.ts';
import { assumedRoleUser, isoMillis } from '../issue-credentials.ts';
import { jsonResponse } from '../json-response.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';
import { forbidden, unauthorized } from '../scp-errors.ts';

interface Input {
  readonly token: string;
  readonly accessKeyId: string | undefined;
}

type SessionPrincipal = Principal & { readonly kind: 'role-session' };

/**
 * Of this operation the title alone is public; scp.md, section 4.5. A session asks about itself, and a server administrator about any
 * by its access key: tokens are stored in a form that finds nothing.
 */
export const authenticateTokenWithContext = defineOperation({
  name: 'AuthenticateTokenWithContext',
  summary: 'Tells whose a session token is: account, role, session and what ends it.',
  route: { method: 'POST', resource: '/sts/v1/authenticate-token-with-context' },
  permissions: [{ action: 'sts:authenticate-token', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: false,
  decode: (_call: ScpCall): Input => ({ token: '', accessKeyId: undefined }),
  decodeBody(body, _input, { request }): Input {
    const members = readMembers(body, request);
    const token = members.text('session_token', { max: 4096 });
    const accessKeyId = members.optionalText('access_key_id', { max: 128 });
    members.finish();
    return { token, accessKeyId };
  },
  async run(services: ScpServices, { token, accessKeyId }: Input, call) {
    const credential = await findSession(services, call, accessKeyId);
    const isLive = credential?.session?.tokenMatches(token) === true && credential.unusable === undefined;
    if (!isLive || credential.principal.kind !== 'role-session') throw unauthorized('session-token-wrong');
    const policies = credential.principal.grants?.policies ?? [];
    return contextDocument(
      services,
      credential.accessKeyId,
      credential.principal,
      policies.map(({ id }) => id),
    );
  },
  encode: (context: object) => jsonResponse(200, { authenticated: true, context }),
});

/** The session that the call is about; undefined when there is none. Throws Forbidden for a session of somebody else. */
async function findSession(
  { identity }: ScpServices,
  { credential, caller }: ScpCall,
  accessKeyId: string | undefined,
): Promise<AccessKeyCredential | undefined> {
  if (credential?.session !== undefined) {
    if (accessKeyId !== undefined && accessKeyId !== credential.accessKeyId) {
      throw unauthorized('session-token-wrong');
    }
    return credential;
  }
  const { principal } = caller;
  if (principal.kind !== 'user' || !principal.isServerAdmin) throw forbidden('sts:authenticate-token');
  return accessKeyId === undefined ? undefined : identity.findAccessKey(accessKeyId);
}

function contextDocument(
  { settings }: ScpServices,
  accessKeyId: string,
  { account, role, session }: SessionPrincipal,
  policyIds: readonly string[],
): object {
  const { offering } = settings;
  const isSaml = session.source.startsWith('saml:');
  const kind = isSaml ? 'saml' : session.source.startsWith('role:') ? 'role' : 'user';
  return {
    account_id: account.id,
    offering,
    role_id: role.id,
    role_name: role.name,
    role_srn: iamSrn(offering, account.id, `role/${role.name}`),
    assumed_role_user: assumedRoleUser(offering, { account, role, session }),
    session_name: session.name,
    access_key_id: accessKeyId,
    issued_at: isoMillis(session.issuedAtMicros),
    expiration: isoMillis(session.expiresAtMicros),
    source: isSaml ? 'assume-role-with-saml' : 'assume-role',
    source_identity: { type: kind, value: session.source.slice(session.source.indexOf(':') + 1) },
    policy_ids: policyIds,
  };
}
