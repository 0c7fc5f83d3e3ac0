/** Temporary credentials as STS issues and shows them (build specification scp.md, section 4.1). */
import type { IssuedSession, NewSession } from '../../identity/assume-role.ts';
import { assumedRoleSrn } from '../../identity/srn.ts';
import { mintUuid } from '../../lib/uuid.ts';
import type { ScpServices } from './scp-call.ts';

const ACCESS_KEY_BYTES = 16;
const TOKEN_BYTES = 32;

/** `duration_seconds`: the shortest session and the default are the same; AWS has 3600. */
export const sessionSeconds = { min: 900, default: 900, max: 43_200, chainedMax: 3600 } as const;

export type SessionRequest = Pick<
  NewSession,
  'roleId' | 'sessionName' | 'durationSeconds' | 'source' | 'alongside'
>;

/** The look of the pair is that of the platform's own keys. */
export function issueSession(
  { identity, entropy }: ScpServices,
  request: SessionRequest,
): Promise<IssuedSession> {
  return identity.assumeRole({
    ...request,
    mintedBy: 'scp',
    credentials: {
      accessKeyId: entropy.bytes(ACCESS_KEY_BYTES).toString('hex'),
      secretKey: mintUuid(entropy),
      sessionToken: `scpst1.${entropy.bytes(TOKEN_BYTES).toString('base64url')}`,
    },
  });
}

export function credentialsDocument({ session, accessKeyId, secretKey, sessionToken }: IssuedSession) {
  return {
    access_key_id: accessKeyId,
    expiration: isoMillis(session.expiresAtMicros),
    secret_access_key: secretKey,
    session_token: sessionToken,
  };
}

export function assumedRoleUser(
  offering: string,
  { account, role, session }: Pick<IssuedSession, 'account' | 'role' | 'session'>,
) {
  return {
    assumed_role_id: `${role.id}:${session.name}`,
    srn: assumedRoleSrn(offering, account.id, role.name, session.name),
  };
}

/** `2026-11-21T00:15:00.000Z` */
export function isoMillis(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString();
}
