/**
 * Policies that are asked about before they are stored (SimulateCall): checked as they would be if they were, and refused alike. Texts
 * and not documents, so that what is no JSON is told so by the one who refuses to store it.
 */
import { IdentityError } from '../../identity/identity-errors.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import { checkBucketPolicy, checkPolicy } from '../../identity/policy-cache.ts';
import { PolicyError } from '../../identity/policy-error.ts';
import { administers } from '../../identity/roles.ts';
import type { SimulatedCall } from '../kernel/denial-reader.ts';
import type { AdminCall } from './admin-call.ts';
import { AdminError } from './admin-errors.ts';
import { readLanguage } from './read-language.ts';
import { resolvePolicy } from './resolve-names.ts';

export interface SentDrafts {
  readonly bucket?: string;
  /** Blank: as if the bucket had none. */
  readonly bucketPolicy?: string;
  readonly policy?: string;
  readonly policyId?: string;
  readonly language?: string;
}

/** `accountId`: of whom it is asked about. Throws InvalidRequest, InvalidPolicy, NoSuchRecord, AccessDenied. */
export async function readDrafts(
  identity: IdentityStore,
  { caller }: AdminCall,
  accountId: string,
  { bucket, bucketPolicy, policy, policyId, language }: SentDrafts,
): Promise<Pick<SimulatedCall, 'bucketPolicy' | 'policyDraft'>> {
  if (bucketPolicy !== undefined && bucket === undefined) {
    throw new AdminError(400, 'InvalidRequest', 'The member bucketPolicy needs the member bucket.');
  }
  if (policy === undefined && (policyId ?? language) !== undefined) {
    throw new AdminError(400, 'InvalidRequest', 'The members policyId and language need the member policy.');
  }
  if (policy !== undefined && !administers(caller.principal, accountId)) {
    throw new AdminError(
      403,
      'AccessDenied',
      'Only administrators may ask about other policies of an account.',
    );
  }
  const replaced =
    policyId === undefined ? undefined : (await resolvePolicy(identity, accountId, policyId)).record;
  const spoken = replaced?.language ?? readLanguage(language ?? 'aws');
  const text = bucketPolicy?.trim() === '' ? '' : bucketPolicy;
  if (text !== undefined && text !== '') refusing(() => checkBucketPolicy(text, bucket ?? ''));
  if (policy !== undefined) refusing(() => checkPolicy(policy, spoken));
  return {
    ...(text !== undefined && { bucketPolicy: text }),
    ...(policy !== undefined && {
      policyDraft: { ...(replaced && { id: replaced.id }), language: spoken, document: policy },
    }),
  };
}

function refusing(check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new IdentityError('InvalidPolicy', { reason: error.message, detail: error.detail });
  }
}
