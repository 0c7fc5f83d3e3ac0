import { defineOperation } from '../../kernel/define-operation.ts';
import type { ConsoleCall, ConsoleServices } from '../console-call.ts';
import { ConsoleError } from '../console-errors.ts';
import { sessionCookie } from '../console-session.ts';

export const deleteSession = defineOperation({
  name: 'DeleteSession',
  summary: 'Logs the browser out, on the server too.',
  route: { method: 'DELETE', resource: '/session' },
  permissions: [],
  body: { kind: 'none' },
  mutates: true,
  decode: () => ({}),
  async run({ identity }: ConsoleServices, _input, { request, session, audit }: ConsoleCall) {
    if (session === undefined) throw new ConsoleError('NotLoggedIn');
    await identity.revokeToken(session.value);
    if (audit !== undefined) audit.target = { token: session.token.auditId };
    return sessionCookie(request, '', 0);
  },
  encode: (cookie) => ({ status: 204, headers: [...cookie, 'Clear-Site-Data', '"cache"'], body: null }),
});
