/**
 * Owner and Initiator elements: id and name, without a name where nobody has the id; or in flavour `ibm`, whoever wrote something, the
 * service instance of the bucket twice.
 */
import { element, optionalElement, parent } from '../../lib/xml-writer.ts';
import type { S3Call, S3Services } from './s3-call.ts';

/** Writes one element; `id` is one of those it was loaded for. */
export type OwnerXml = (name: 'Owner' | 'Initiator', id: string) => string;

/** Looks up the names once for all rows of an answer. `ids`: of accounts, and of users that initiated uploads. */
export async function loadOwners(
  services: Pick<S3Services, 'accounts'>,
  call: Pick<S3Call, 'caller' | 'flavour' | 'instanceId'>,
  ids: Iterable<string>,
): Promise<OwnerXml> {
  if (call.flavour.owner === 'service-instance') {
    const id = call.instanceId ?? '';
    const content = element('ID', id) + element('DisplayName', id);
    return (name) => parent(name, content);
  }
  const contents = new Map<string, string>();
  for (const id of ids) {
    if (contents.has(id)) continue;
    contents.set(id, element('ID', id) + optionalElement('DisplayName', await nameOf(services, call, id)));
  }
  return (name, id) => parent(name, contents.get(id) ?? element('ID', id));
}

/** Who an upload is said to be initiated by: the account itself when its root user does it. */
export function initiatorOf(call: Pick<S3Call, 'caller'>): string {
  const { principal } = call.caller;
  switch (principal.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'user':
      return principal.user.isRoot ? principal.account.id : principal.user.id;
    case 'service':
      return principal.service.id;
    case 'role-session':
      return principal.role.id;
  }
}

/** Those of the caller are known; nearly always they are all that is needed. */
async function nameOf(
  { accounts }: Pick<S3Services, 'accounts'>,
  { caller: { principal } }: Pick<S3Call, 'caller'>,
  id: string,
): Promise<string | undefined> {
  if (principal.kind !== 'anonymous' && principal.account.id === id) return principal.account.name;
  if (principal.kind === 'user' && principal.user.id === id) return principal.user.name;
  if (principal.kind === 'service' && principal.service.id === id) return principal.service.name;
  if (principal.kind === 'role-session' && principal.role.id === id) return principal.role.name;
  return (await accounts.findAccount(id))?.name;
}
