/** Access-key pairs of users; those of services are made in `services.ts`. Secrets are shown by the answer that makes them, and never again. */
import { AdminError } from '../admin-errors.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import { accessKeyJson } from '../render-json.ts';
import { resolveUser } from '../resolve-names.ts';

const ALL = '/accounts/{account}/users/{user}/keys';
const ONE = '/keys/{accessKey}';

export const accessKeyOperations = [
  defineAdminOperation({
    name: 'ListAccessKeys',
    summary: 'Lists the access keys of a user, without their secrets.',
    method: 'GET',
    resource: ALL,
    // All of them: a user has few.
    async run({ identity }, _sent, call) {
      const { id: userId } = await resolveUser(identity, call);
      return { keys: (await identity.listAccessKeys({ userId })).map(accessKeyJson) };
    },
  }),
  defineAdminOperation({
    name: 'CreateAccessKey',
    summary: 'Makes an access-key pair for a user and shows its secret, this once.',
    method: 'POST',
    resource: ALL,
    members: { accessKey: 'optional text', secretKey: 'optional text' },
    status: 201,
    async run({ identity }, { accessKey: accessKeyId, secretKey }, call) {
      if ((accessKeyId === undefined) !== (secretKey === undefined)) {
        throw new AdminError(400, 'InvalidRequest', 'Give both accessKey and secretKey, or neither.');
      }
      const { id: userId } = await resolveUser(identity, call);
      const key = await identity.createAccessKey({
        holder: { userId },
        ...(accessKeyId !== undefined && secretKey !== undefined && { pair: { accessKeyId, secretKey } }),
      });
      return { key: { ...accessKeyJson(key), secretKey: key.secretKey } };
    },
  }),
  defineAdminOperation({
    name: 'UpdateAccessKey',
    summary: 'Disables or enables an access key: it is refused from the next request on.',
    method: 'PATCH',
    resource: ONE,
    members: { enabled: 'switch' },
    async run({ identity }, { enabled }, call) {
      const key = await identity.setAccessKeyEnabled(call.parameter('accessKey'), enabled);
      return { key: accessKeyJson(key) };
    },
  }),
  defineAdminOperation({
    name: 'DeleteAccessKey',
    summary: 'Removes an access key.',
    method: 'DELETE',
    resource: ONE,
    async run({ identity }, _sent, call) {
      await identity.removeAccessKey(call.parameter('accessKey'));
      return undefined;
    },
  }),
];
