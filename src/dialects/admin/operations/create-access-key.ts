import type { NewAccessKey } from '../../../identity/access-keys.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { AdminError } from '../admin-errors.ts';
import { BODY_BYTES_MAX, readJson } from '../read-json.ts';
import { accessKeyJson, jsonResponse } from '../render-json.ts';
import { resolveUser } from '../resolve-names.ts';

type Input = Pick<NewAccessKey, 'pair'>;

/** Takes `{"accessKey"?, "secretKey"?}`, both or neither. The answer is the only one that ever shows the secret. */
export const createAccessKey = defineOperation({
  name: 'CreateAccessKey',
  summary: 'Makes an access-key pair for a user and shows its secret, this once.',
  route: { method: 'POST', resource: '/accounts/{account}/users/{user}/keys' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: AdminCall): Input => ({}),
  decodeBody(body): Input {
    const { accessKey, secretKey } = readJson(body, {
      accessKey: 'optional text',
      secretKey: 'optional text',
    });
    if (accessKey !== undefined && secretKey !== undefined)
      return { pair: { accessKeyId: accessKey, secretKey } };
    if (accessKey === undefined && secretKey === undefined) return {};
    throw new AdminError(400, 'InvalidRequest', 'Give both accessKey and secretKey, or neither.');
  },
  async run({ identity }: AdminServices, input: Input, call) {
    return identity.createAccessKey({ ...input, holder: { userId: (await resolveUser(identity, call)).id } });
  },
  encode: (key) => jsonResponse(201, { key: { ...accessKeyJson(key), secretKey: key.secretKey } }),
});
