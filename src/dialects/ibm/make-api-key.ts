/** API keys as IAM's API makes them: alone, with a service ID, or for a resource key. */

import type { ApiKeyFacts } from '../../identity/ibm-records.ts';
import type { ApiKeyRecord } from '../../identity/identity-collections.ts';
import type { Versioned } from '../../identity/record-collection.ts';
import type { Subject } from '../../identity/subjects.ts';
import { valueOwner } from './api-key-documents.ts';
import type { IbmServices } from './ibm-call.ts';
import { invalid } from './ibm-errors.ts';
import { flagIn, type JsonObject, optionalTextIn, textIn } from './read-json.ts';

export interface ApiKeyInput {
  readonly name: string;
  readonly description: string;
  /** The client's own. */
  readonly value?: string;
  readonly isStored: boolean;
  readonly supportSessions: boolean;
  readonly actionWhenLeaked: ApiKeyFacts['actionWhenLeaked'];
  readonly expiresAtMicros?: number;
  readonly isLocked: boolean;
  readonly isDisabled: boolean;
}

const NAME_LENGTH_MAX = 256;
const DESCRIPTION_LENGTH_MAX = 1000;

/** Throws IbmError. */
export function readApiKeyInput(
  document: JsonObject,
  flags: { readonly isLocked: boolean; readonly isDisabled: boolean },
): ApiKeyInput {
  const value = optionalTextIn(document, 'apikey', 256);
  const action = optionalTextIn(document, 'action_when_leaked') ?? 'none';
  if (action !== 'none' && action !== 'disable' && action !== 'delete') {
    throw invalid('"action_when_leaked" must be none, disable or delete.');
  }
  const expiresAt = optionalTextIn(document, 'expires_at');
  const expiresAtMicros = expiresAt === undefined || expiresAt === '' ? undefined : readTime(expiresAt);
  return {
    ...flags,
    name: textIn(document, 'name', NAME_LENGTH_MAX),
    description: optionalTextIn(document, 'description', DESCRIPTION_LENGTH_MAX) ?? '',
    isStored: flagIn(document, 'store_value') ?? false,
    supportSessions: flagIn(document, 'support_sessions') ?? false,
    actionWhenLeaked: action,
    ...(value === undefined || value === '' ? {} : { value }),
    ...(expiresAtMicros === undefined ? {} : { expiresAtMicros }),
  };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;

function readTime(text: string): number {
  const millis = TIME.test(text) ? Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) : Number.NaN;
  if (Number.isNaN(millis)) throw invalid('"expires_at" must be a time such as 2026-01-31T09:15+0000.');
  return millis * 1000;
}

export interface MadeApiKey {
  readonly key: Versioned<ApiKeyRecord>;
  readonly value: string;
}

/** `createdBy`: an IAM id. Throws IbmError, IdentityError. */
export async function makeApiKey(
  { identity, records, masterKey }: Pick<IbmServices, 'identity' | 'records' | 'masterKey'>,
  holder: Subject,
  input: ApiKeyInput,
  createdBy: string,
): Promise<MadeApiKey> {
  if (input.isStored && holder.startsWith('user:')) {
    throw invalid('The values of API keys of users cannot be stored: leave "store_value" out.');
  }
  const { name, description, value: wanted, expiresAtMicros } = input;
  const made = await identity.apiKeys.create({
    holder,
    name,
    description,
    ...(wanted === undefined ? {} : { value: wanted }),
    ...(expiresAtMicros === undefined ? {} : { expiresAtMicros }),
  });
  const { value, record } = made;
  await records.apiKeyFacts.create({
    id: record.id,
    accountId: record.accountId,
    createdBy,
    supportSessions: input.supportSessions,
    actionWhenLeaked: input.actionWhenLeaked,
    ...(input.isStored ? { value: masterKey.seal(value, valueOwner(record.id)) } : {}),
  });
  if (!input.isLocked && !input.isDisabled) return { key: made, value };
  const changes = { locked: input.isLocked, enabled: !input.isDisabled };
  return { key: await identity.apiKeys.update(record.id, changes), value };
}
