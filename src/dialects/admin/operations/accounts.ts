/** Accounts, and what is in their buckets. */
import type { Bucket } from '../../../core/model.ts';
import { quotaOf } from '../../../core/quotas.ts';
import type { AdminServices } from '../admin-call.ts';
import { AdminError } from '../admin-errors.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import { readPage } from '../read-page.ts';
import { accountJson, isoTime, userJson } from '../render-json.ts';
import { resolveAccount } from '../resolve-names.ts';

const ALL = '/accounts';
const ONE = `${ALL}/{account}`;

async function figuresOf(bucket: Bucket, store: AdminServices['store']) {
  const { name, place, versioning, createdAtMicros } = bucket;
  const { objects, bytes } = await store.bucketUsage(bucket);
  const createdAt = isoTime(createdAtMicros);
  return { name, region: place, objects, bytes, versioning, createdAt, quota: quotaOf(bucket) };
}

export const accountOperations = [
  defineAdminOperation({
    name: 'ListAccounts',
    summary: 'Lists accounts by name.',
    method: 'GET',
    resource: ALL,
    async run({ identity }, _sent, call) {
      const { after, limit } = readPage(call);
      const { accounts, next } = await identity.listAccounts(after, limit);
      return { accounts: accounts.map(accountJson), next };
    },
  }),
  defineAdminOperation({
    name: 'CreateAccount',
    summary: 'Makes an account together with its root user.',
    method: 'POST',
    resource: ALL,
    members: { name: 'text', id: 'optional text' },
    status: 201,
    async run({ identity, store }, sent) {
      const { account, rootUser } = await identity.createAccount(sent);
      await store.openAccount(account.id);
      return { account: accountJson(account), rootUser: userJson(rootUser) };
    },
  }),
  defineAdminOperation({
    name: 'UpdateAccount',
    summary: 'Disables or enables an account: its keys are refused from the next request on, its data stay.',
    method: 'PATCH',
    resource: ONE,
    members: { enabled: 'switch' },
    async run({ identity }, { enabled }, call) {
      const { id } = await resolveAccount(identity, call);
      return { account: accountJson(await identity.setAccountEnabled(id, enabled)) };
    },
  }),
  defineAdminOperation({
    name: 'DeleteAccount',
    summary: 'Removes an account with its users and keys. An account that still has buckets is refused.',
    method: 'DELETE',
    resource: ONE,
    async run({ identity, store }, _sent, call) {
      const { id, name } = await resolveAccount(identity, call);
      if (await identity.removeAccount(id, () => store.closeAccount(id))) return undefined;
      const { buckets } = await store.listBuckets({ account: id, prefix: '', after: '', limit: 1 });
      const such = buckets[0] === undefined ? '' : `, such as ${buckets[0].name}`;
      const message = `The account ${name} still has buckets${such}: remove them first.`;
      throw new AdminError(409, 'AccountNotEmpty', message);
    },
  }),
  defineAdminOperation({
    name: 'ListAccountBuckets',
    summary: 'Lists the buckets of an account in all regions by name, with how much is in them.',
    method: 'GET',
    resource: `${ONE}/buckets`,
    async run({ identity, store }, _sent, call) {
      const account = await resolveAccount(identity, call);
      const page = await store.listBuckets({ account: account.id, prefix: '', ...readPage(call) });
      const buckets: object[] = [];
      for (const bucket of page.buckets) buckets.push(await figuresOf(bucket, store));
      return { buckets, next: page.isTruncated ? page.buckets.at(-1)?.name : undefined };
    },
  }),
];
