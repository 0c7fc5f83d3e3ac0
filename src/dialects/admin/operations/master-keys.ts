/** Under which key the stored secrets are sealed. */
import { defineAdminOperation } from '../define-admin-operation.ts';

export const masterKeyOperations = [
  defineAdminOperation({
    name: 'AddMasterKey',
    summary:
      'Makes a new master key, under which secrets are sealed from now on. The older ones stay until nothing needs them.',
    method: 'POST',
    resource: '/master-keys',
    status: 201,
    run: async ({ identity }) => ({ masterKey: { id: await identity.addMasterKey() } }),
  }),
  defineAdminOperation({
    name: 'ResealSecrets',
    summary:
      'Seals a slice of the stored secrets under the newest master key; `next` of the answer is `after` of the next slice.',
    method: 'POST',
    resource: '/master-keys/resealing',
    run: ({ identity }, _sent, { query }) => identity.resealSlice(query.get('after') ?? ''),
  }),
];
