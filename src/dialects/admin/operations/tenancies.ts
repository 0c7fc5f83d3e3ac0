/** Users of other accounts that have a part in an account, with a role of its own. */
import { IdentityError } from '../../../identity/identity-errors.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import { readPage } from '../read-page.ts';
import { readRole } from '../read-role.ts';
import { recordJson } from '../render-json.ts';
import { resolveAccount } from '../resolve-names.ts';

const ALL = '/accounts/{account}/guests';
const ONE = `${ALL}/{user}`;

/** By id or e-mail address: names belong to accounts. */
async function findGuest({ identity }: AdminServices, call: AdminCall): Promise<string> {
  const named = call.parameter('user');
  const found = (await identity.findUser(named, undefined)) ?? (await identity.findUserByEmail(named));
  if (found === undefined) throw new IdentityError('NoSuchUser', { user: named });
  return found.id;
}

export const tenancyOperations = [
  defineAdminOperation({
    name: 'ListGuests',
    summary: 'Lists the users of other accounts that have a part in the account, with their roles in it.',
    method: 'GET',
    resource: ALL,
    async run({ identity }, _sent, call) {
      const { id } = await resolveAccount(identity, call);
      const { items, next } = await identity.tenancies.list(id, readPage(call));
      return { guests: items.map(({ record: { id: _, ...part } }) => recordJson(part)), next };
    },
  }),
  defineAdminOperation({
    name: 'SetGuest',
    summary:
      'Gives a user of another account, named by id or e-mail address, a part in the account, or another role in it: the user gets tokens and keys for it.',
    method: 'PUT',
    resource: ONE,
    members: { role: 'text' },
    async run(services, { role }, call) {
      const { id } = await resolveAccount(services.identity, call);
      const part = await services.identity.tenancies.set(await findGuest(services, call), id, readRole(role));
      const { id: _, ...shown } = part;
      return { guest: recordJson(shown) };
    },
  }),
  defineAdminOperation({
    name: 'RemoveGuest',
    summary: "Takes a user's part in the account away for good, with its keys for it and all its tokens.",
    method: 'DELETE',
    resource: ONE,
    async run(services, _sent, call) {
      const { id } = await resolveAccount(services.identity, call);
      await services.identity.tenancies.remove(await findGuest(services, call), id);
      return undefined;
    },
  }),
];
