/**
 * The first records of a store: the root account, its root user, and that user's key pair (and password and API key, if
 * the operator gave them). All in one commit, so that a start that is cut short begins again; the record that ends it
 * proves on every later start that the master key is the one this store was made with.
 */
import { mintUuid } from '../lib/uuid.ts';
import type { MetadataStore } from '../storage/contract/metadata-store.ts';
import { addAccessKey, type CreatedAccessKey } from './access-keys.ts';
import { addAccount } from './accounts.ts';
import { fingerprintOf } from './api-keys.ts';
import { checkValue } from './check-values.ts';
import { commitChange, type IdentityContext } from './commit-change.ts';
import { apiKeyCollection } from './identity-collections.ts';
import { identityKeys } from './identity-keys.ts';
import {
  accountOfRecord,
  decodeRecord,
  encodeRecord,
  type StoredRoot,
  userOfRecord,
} from './identity-records.ts';
import type { MasterKey } from './master-key.ts';
import { hashPassword } from './password-hash.ts';
import type { AccountRecord, UserRecord } from './principal.ts';
import { createCollection } from './record-collection.ts';
import { addUser } from './users.ts';

const ACCOUNT_NAME = 'root';
export const PROOF_OWNER = 'master-key-proof';

export interface NewRoot {
  readonly accountId?: string;
  readonly userName: string;
  readonly password?: string;
  readonly apiKey?: string;
  /** Both, since they have already been written down for the operator. */
  readonly pair: { readonly accessKeyId: string; readonly secretKey: string };
}

export interface CreatedRoot {
  readonly account: AccountRecord;
  readonly user: UserRecord;
  readonly accessKey: CreatedAccessKey;
}

/** Whether the root exists. Throws `MasterKeyError` when it was made under another master key. */
export async function checkRoot({
  metadata,
  masterKey,
}: {
  readonly metadata: Pick<MetadataStore, 'get'>;
  readonly masterKey: Pick<MasterKey, 'open'>;
}): Promise<boolean> {
  const entry = await metadata.get(identityKeys.root());
  if (entry === undefined) return false;
  masterKey.open(decodeRecord<StoredRoot>(entry.value).masterKeyProof, PROOF_OWNER);
  return true;
}

export async function findRootAccountId({
  metadata,
}: {
  readonly metadata: Pick<MetadataStore, 'get'>;
}): Promise<string> {
  const entry = await metadata.get(identityKeys.root());
  if (entry === undefined) throw new Error('the store has no root yet');
  return decodeRecord<StoredRoot>(entry.value).accountId;
}

/** Only in a store that has none. */
export async function createRoot(context: IdentityContext, input: NewRoot): Promise<CreatedRoot> {
  const { clock, entropy, masterKey } = context;
  const passwordHash = input.password === undefined ? undefined : await hashPassword(input.password, entropy);
  return commitChange(context, async (change) => {
    if ((await change.read(identityKeys.root())) !== undefined)
      throw new Error('the store has a root already');
    const account = await addAccount(context, change, {
      name: ACCOUNT_NAME,
      ...(input.accountId === undefined ? {} : { id: input.accountId }),
      isServerRoot: true,
    });
    const user = await addUser(context, change, {
      accountId: account.id,
      name: checkValue('name', input.userName),
      displayName: '',
      email: '',
      isRoot: true,
      ...(passwordHash === undefined ? {} : { passwordHash }),
    });
    const accessKey = await addAccessKey(context, change, { userId: user.id }, { pair: input.pair });
    if (input.apiKey !== undefined) {
      const now = clock.nowMicros();
      await createCollection(context, apiKeyCollection)
        .in(change)
        .create({
          id: mintUuid(entropy),
          accountId: account.id,
          holder: `user:${user.id}`,
          name: 'first',
          description: '',
          enabled: true,
          locked: false,
          createdAtMicros: now,
          modifiedAtMicros: now,
          ...fingerprintOf(context, input.apiKey),
        });
    }
    const root: StoredRoot = {
      accountId: account.id,
      userId: user.id,
      masterKeyProof: masterKey.seal('gotgan', PROOF_OWNER),
    };
    change.put(identityKeys.root(), encodeRecord(root));
    return { account: accountOfRecord(account), user: userOfRecord(user), accessKey };
  });
}
