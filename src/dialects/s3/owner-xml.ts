/**
 * Owner and Initiator elements. The display name is known of whoever is calling; for others the id stands alone, as
 * AWS answers everywhere since November 2025. `ibm` shows one id twice.
 */
import { element, parent } from '../../lib/xml-writer.ts';
import type { S3Call } from './s3-call.ts';

/** `id`: of an account, or of the user that initiated an upload. */
export function ownerXml(call: S3Call, name: 'Owner' | 'Initiator', id: string): string {
  const displayName = displayNameOf(call, id);
  return parent(
    name,
    displayName === undefined ? element('ID', id) : element('ID', id) + element('DisplayName', displayName),
  );
}

/** Who an upload is said to be initiated by: the account itself when its root user does it. */
export function initiatorOf(call: S3Call): string {
  const { principal } = call.caller;
  if (principal.kind === 'anonymous') return 'anonymous';
  return principal.user.isRoot ? principal.account.id : principal.user.id;
}

function displayNameOf(call: S3Call, id: string): string | undefined {
  if (call.flavour.owner === 'service-instance') return id;
  const { principal } = call.caller;
  if (principal.kind === 'anonymous') return undefined;
  if (principal.account.id === id) return principal.account.name;
  return principal.user.id === id ? principal.user.name : undefined;
}
