import { defineOperation } from '../../kernel/define-operation.ts';
import { issueTokenFor } from '../issue-token.ts';
import type { KeystoneCall, KeystoneServices } from '../keystone-call.ts';
import { unauthorized } from '../keystone-errors.ts';
import { lengths } from '../read-json.ts';
import type { LoginRequest } from '../read-login.ts';
import { TEMP_AUTH_PATH } from '../temp-auth-paths.ts';

/** Spec 5. `tenant:user` and the password in headers, storage address and token in headers. */
export const getTempAuthToken = defineOperation({
  name: 'GetTempAuthToken',
  summary: 'Gives a token for `tenant:user` and a password, on the storage address (TempAuth).',
  route: { method: 'GET', resource: TEMP_AUTH_PATH },
  permissions: 'public',
  body: { kind: 'none' },
  mutates: true,
  decode({ request: { headers } }: KeystoneCall): LoginRequest {
    const name = headers.get('x-auth-user') ?? headers.get('x-storage-user') ?? '';
    const password = headers.get('x-auth-key') ?? headers.get('x-storage-pass') ?? '';
    if (name === '' || password === '' || password.length > lengths.password) throw unauthorized();
    const colon = name.indexOf(':');
    if (colon < 0) return { method: 'password', user: name, password, scope: 'own' };
    const [account, user] = [name.slice(0, colon), name.slice(colon + 1)];
    if (user.length > lengths.user || account.length > lengths.name) throw unauthorized();
    return { method: 'password', user, password, scope: 'named', account };
  },
  run: (services: KeystoneServices, login: LoginRequest, call) => issueTokenFor(services, login, call),
  encode({ value, principal, issuedAtMicros, expiresAtMicros }, { request }) {
    const seconds = Math.floor((expiresAtMicros - issuedAtMicros) / 1_000_000);
    return {
      status: 200,
      headers: [
        'X-Storage-Url',
        `${request.clientOrigin}/v1/AUTH_${principal.account.id}`,
        'X-Auth-Token',
        value,
        'X-Storage-Token',
        value,
        'X-Auth-Token-Expires',
        String(seconds),
        'Cache-Control',
        'no-store',
      ],
      body: null,
    };
  },
});
