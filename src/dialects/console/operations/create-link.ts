/**
 * A link to an object, signed with a key pair of the caller: whoever has it may read that object until it expires, as long as the pair and
 * its user may. The pair's secret stays on the server.
 */
import type { AccessKeyCredential } from '../../../identity/credentials.ts';
import { userOfToken } from '../../../identity/token-user.ts';
import { presignLink } from '../../authn/presign-link.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { ConsoleCall, ConsoleServices } from '../console-call.ts';
import { ConsoleError } from '../console-errors.ts';
import type { HeldSession } from '../console-session.ts';
import { readTexts } from '../read-texts.ts';
import { jsonResponse } from '../render-json.ts';

const BODY_BYTES_MAX = 16 * 1024;
/** AWS: a link of Signature Version 4 holds for a week at most. */
const EXPIRES_SECONDS_MAX = 604_800;

interface Input {
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly expiresSeconds: number;
}

/** Takes `{"region", "bucket", "key", "versionId"?, "expiresSeconds"}`, all texts. */
export const createLink = defineOperation({
  name: 'CreateLink',
  summary: 'Makes a link to an object, signed with a key pair of the caller, for at most a week.',
  route: { method: 'POST', resource: '/session/links' },
  permissions: [],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ConsoleCall): Input => ({ region: '', bucket: '', key: '', expiresSeconds: 0 }),
  decodeBody: (body): Input => readInput(body),
  async run(services: ConsoleServices, input: Input, { request, session, audit }: ConsoleCall) {
    if (session === undefined) throw new ConsoleError('NotLoggedIn');
    const storage = services.whereabouts.storageUrls(request).find(({ region }) => region === input.region);
    if (storage === undefined) throw new ConsoleError('InvalidRequest', 'There is no such region.');
    const credential = await findPair(services, session);
    const nowMicros = services.clock.nowMicros();
    const url = presignLink({ ...input, credential, storageUrl: storage.url, nowMicros });
    const { bucket, key, expiresSeconds } = input;
    if (audit !== undefined) audit.target = { bucket, key, accessKey: credential.accessKeyId };
    const expiresAt = new Date(Math.floor(nowMicros / 1000) + expiresSeconds * 1000).toISOString();
    return { link: { url, accessKey: credential.accessKeyId, expiresAt } };
  },
  encode: (document) => jsonResponse(201, document),
});

/** The pair that was used to log in, else the user's first that may be used. Throws NoUsableKey. */
async function findPair({ identity }: ConsoleServices, { token }: HeldSession): Promise<AccessKeyCredential> {
  const owned =
    token.accessKeyId === undefined
      ? (await identity.listAccessKeys({ userId: userOfToken(token).id })).map(({ id }) => id)
      : [token.accessKeyId];
  for (const id of owned) {
    const credential = await identity.findAccessKey(id);
    if (credential !== undefined && credential.unusable === undefined) return credential;
  }
  throw new ConsoleError('NoUsableKey');
}

function readInput(body: Buffer): Input {
  const { region, bucket, key, versionId, expiresSeconds } = readTexts(body);
  const seconds = Number(expiresSeconds);
  if (region === undefined || bucket === undefined || key === undefined || !key.isWellFormed()) {
    throw new ConsoleError('InvalidRequest');
  }
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > EXPIRES_SECONDS_MAX) {
    throw new ConsoleError('InvalidRequest', `A link holds for 1 to ${EXPIRES_SECONDS_MAX} seconds.`);
  }
  return { region, bucket, key, expiresSeconds: seconds, ...(versionId === undefined ? {} : { versionId }) };
}
