/** API keys as IAM shows them (ibm-cos.md, 4.2). A value is shown when it is made, or later if it was stored on demand. */

import { apiKeyCrn } from '../../identity/ibm-crn.ts';
import type { ApiKeyRecord } from '../../identity/identity-collections.ts';
import type { Versioned } from '../../identity/record-collection.ts';
import { tagOf } from './entity-tags.ts';
import { iamIdOfSubject } from './iam-subjects.ts';
import type { IbmServices } from './ibm-call.ts';
import { isoMinutes } from './render-json.ts';

export interface ApiKeyDocument extends Record<string, unknown> {
  readonly entity_tag: string;
  readonly apikey: string;
}

/** `value`: known because it has just been made. */
export async function apiKeyDocument(
  { records, masterKey }: Pick<IbmServices, 'records' | 'masterKey'>,
  { record, version }: Versioned<ApiKeyRecord>,
  value?: string,
): Promise<ApiKeyDocument> {
  const facts = (await records.apiKeyFacts.get(record.id))?.record;
  const stored = facts?.value;
  const shown = value ?? (stored === undefined ? '' : masterKey.open(stored, valueOwner(record.id)));
  const id = `ApiKey-${record.id}`;
  const iamId = iamIdOfSubject(record.holder) ?? '';
  return {
    id,
    entity_tag: tagOf(version),
    crn: apiKeyCrn(record.accountId, id),
    locked: record.locked,
    disabled: !record.enabled,
    created_at: isoMinutes(record.createdAtMicros),
    created_by: facts?.createdBy ?? iamId,
    modified_at: isoMinutes(record.modifiedAtMicros),
    name: record.name,
    description: record.description,
    support_sessions: facts?.supportSessions ?? false,
    action_when_leaked: facts?.actionWhenLeaked ?? 'none',
    ...(record.expiresAtMicros === undefined ? {} : { expires_at: isoMinutes(record.expiresAtMicros) }),
    iam_id: iamId,
    account_id: record.accountId,
    apikey: shown,
  };
}

/** What a stored value is bound to. */
export function valueOwner(apiKeyId: string): string {
  return `api-key-value ${apiKeyId}`;
}
