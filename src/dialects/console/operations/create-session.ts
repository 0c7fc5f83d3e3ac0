import type { LoggedInByApiKey } from '../../../identity/log-in-with-api-key.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { ConsoleCall, ConsoleServices } from '../console-call.ts';
import { ConsoleError } from '../console-errors.ts';
import { type HeldSession, sessionCookie } from '../console-session.ts';
import { describeSession } from '../describe-session.ts';
import { readTexts } from '../read-texts.ts';
import { jsonResponse } from '../render-json.ts';

const BODY_BYTES_MAX = 16 * 1024;
const MICROS_PER_SECOND = 1_000_000;

type Login =
  | { readonly by: 'password'; readonly user: string; readonly password: string; readonly account?: string }
  | { readonly by: 'access-key'; readonly accessKey: string; readonly secretKey: string }
  | { readonly by: 'api-key'; readonly apiKey: string };

/** Takes `{"user", "password", "account"?}`, `{"accessKey", "secretKey"}` or `{"apiKey"}`. */
export const createSession = defineOperation({
  name: 'CreateSession',
  summary: 'Logs a browser in, with a password, an access-key pair or an API key, and sets its cookie.',
  route: { method: 'POST', resource: '/session' },
  permissions: 'public',
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ConsoleCall): Login => ({ by: 'password', user: '', password: '' }),
  decodeBody: (body): Login => readLogin(body),
  async run(
    services: ConsoleServices,
    input,
    call,
  ): Promise<{ document: object; cookie: readonly string[] }> {
    const { identity, clock, sessionSeconds } = services;
    const { userId, accountId, proven, apiKeyId } = await logIn(services, input, call);
    const token = await identity.issueToken({
      userId,
      proven,
      isScoped: true,
      methods: [input.by],
      expiresAtMicros: clock.nowMicros() + sessionSeconds * MICROS_PER_SECOND,
      ...(input.by === 'access-key' ? { accessKeyId: input.accessKey } : {}),
      ...(apiKeyId === undefined ? {} : { apiKeyId }),
    });
    if (call.audit !== undefined) {
      call.audit.userId = userId;
      call.audit.accountId = accountId;
      call.audit.target = {
        token: token.auditId,
        ...(input.by === 'access-key' ? { accessKey: input.accessKey } : {}),
        ...(apiKeyId === undefined ? {} : { apiKey: apiKeyId }),
      };
    }
    const session: HeldSession = { value: token.value, token };
    return {
      document: describeSession(services, call.request, session),
      cookie: sessionCookie(call.request, token.value, sessionSeconds),
    };
  },
  encode: ({ document, cookie }) => jsonResponse(201, document, cookie),
});

function logIn(
  { identity }: ConsoleServices,
  input: Login,
  { request }: ConsoleCall,
): Promise<LoggedInByApiKey> {
  const source = request.remoteAddress;
  if (input.by === 'access-key') {
    return identity.logInWithKey({ accessKeyId: input.accessKey, secretKey: input.secretKey, source });
  }
  if (input.by === 'api-key') return identity.logInWithApiKey({ apiKey: input.apiKey, source });
  const { user, password, account } = input;
  return identity.logIn({ user, password, source, ...(account === undefined ? {} : { account }) });
}

function readLogin(body: Buffer): Login {
  const sent = readTexts(body);
  const { user, password, account, accessKey, secretKey, apiKey } = sent;
  if (apiKey !== undefined) return { by: 'api-key', apiKey };
  if (accessKey !== undefined && secretKey !== undefined) return { by: 'access-key', accessKey, secretKey };
  if (user === undefined || password === undefined) throw new ConsoleError('InvalidRequest');
  return {
    by: 'password',
    user,
    password,
    ...(account === undefined || account === '' ? {} : { account }),
  };
}
