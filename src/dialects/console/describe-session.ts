/** What a page is told of its session. */
import { roleOf } from '../../identity/roles.ts';
import { isAdministratorsToken, userOfToken } from '../../identity/token-user.ts';
import type { WireRequest } from '../kernel/wire.ts';
import type { ConsoleServices } from './console-call.ts';
import { csrfTokenOf, type HeldSession } from './console-session.ts';

export function describeSession(
  { version, whereabouts }: ConsoleServices,
  request: WireRequest,
  { value, token }: HeldSession,
): object {
  const { account } = token.principal;
  const user = userOfToken(token);
  const isServerAdmin = isAdministratorsToken(token);
  return {
    session: {
      csrfToken: csrfTokenOf(value),
      expiresAt: new Date(Math.floor(token.expiresAtMicros / 1000)).toISOString(),
      account: { id: account.id, name: account.name },
      user: { id: user.id, name: user.name, displayName: user.displayName, role: roleOf(user) },
      isServerAdmin,
      ...(token.accessKeyId === undefined ? {} : { accessKey: token.accessKeyId }),
      places: whereabouts.storageUrls(request),
      controlUrl: whereabouts.identityUrl(request),
      version,
    },
  };
}
