/**
 * Owner and Initiator elements: the account's id and name, or in flavour `ibm` one id twice. The name is known of the
 * caller; of others the id stands alone (AWS has shown no names at all since November 2025).
 */
import { element, parent } from '../../lib/xml-writer.ts';
import type { S3Call } from './s3-call.ts';

/** `id`: of an account, or of the user that initiated an upload. */
export type OwnerXml = (name: 'Owner' | 'Initiator', id: string) => string;

/** For the rows of one answer: neighbours nearly always have the same owner, which is written once. */
export function ownersSeenBy(call: S3Call): OwnerXml {
  const contents = new Map<string, string>();
  return (name, id) => {
    let content = contents.get(id);
    if (content === undefined) {
      const displayName = displayNameOf(call, id);
      content = element('ID', id) + (displayName === undefined ? '' : element('DisplayName', displayName));
      contents.set(id, content);
    }
    return parent(name, content);
  };
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
