import { defineOperation } from '../../kernel/define-operation.ts';
import type { ConsoleCall, ConsoleServices } from '../console-call.ts';
import { ConsoleError } from '../console-errors.ts';
import { describeSession } from '../describe-session.ts';
import { jsonResponse } from '../render-json.ts';

export const getSession = defineOperation({
  name: 'GetSession',
  summary: 'Whose session the browser holds, and the token that changes need.',
  route: { method: 'GET', resource: '/session' },
  permissions: [],
  body: { kind: 'none' },
  mutates: false,
  decode: () => ({}),
  async run(services: ConsoleServices, _input, { request, session }: ConsoleCall) {
    if (session === undefined) throw new ConsoleError('NotLoggedIn');
    return describeSession(services, request, session);
  },
  encode: (document) => jsonResponse(200, document),
});
