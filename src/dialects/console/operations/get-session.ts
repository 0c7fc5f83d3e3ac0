import { defineOperation } from '../../kernel/define-operation.ts';
import type { ConsoleCall, ConsoleServices } from '../console-call.ts';
import { readSessionCookie } from '../console-session.ts';
import { describeSession } from '../describe-session.ts';
import { jsonResponse } from '../render-json.ts';

/**
 * `{"session": null, "hasEnded": boolean}` where nobody is logged in: a page asks this before it knows, and a question is no attempt
 * at anything.
 */
export const getSession = defineOperation({
  name: 'GetSession',
  summary: 'Whose session the browser holds, if any, and the token that changes need.',
  route: { method: 'GET', resource: '/session' },
  permissions: 'public',
  body: { kind: 'none' },
  mutates: false,
  decode: () => ({}),
  async run(services: ConsoleServices, _input, { request, session }: ConsoleCall): Promise<object> {
    if (session !== undefined) return describeSession(services, request, session);
    return { session: null, hasEnded: readSessionCookie(request) !== undefined };
  },
  encode: (document) => jsonResponse(200, document),
});
