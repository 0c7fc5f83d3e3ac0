/**
 * What the lists of a container say about a question (nhn-openstack.md, sections 8.6 and 16.3), as a step of the trace. They count
 * through whichever door the question comes, whether the object is there or not.
 */
import type { ActionRights, ContainerRight } from './action-rights.ts';
import {
  admitsReferrer,
  type ContainerAcls,
  isPublicName,
  nameInAcl,
  type ParsedAcl,
  parseContainerAcl,
} from './container-acl.ts';
import type { AccessQuestion, TraceStep } from './evaluate-access.ts';
import { hasGrantsOf, maySeeOffers } from './policy-layers.ts';

/** Which lists give a right. */
const listsFor: Readonly<Record<ContainerRight, readonly (keyof ContainerAcls)[]>> = {
  read: ['read'],
  describe: ['read', 'view'],
  list: ['read', 'view'],
  write: ['write'],
};

export function containerAcl(
  question: AccessQuestion,
  { container: right }: ActionRights,
): TraceStep | undefined {
  const acls = question.resource.containerAcls;
  if (right === undefined || acls === undefined) return undefined;
  for (const list of listsFor[right]) {
    const text = acls[list];
    if (text === undefined) continue;
    const reason = admission(question, parseContainerAcl(text), right);
    if (reason !== undefined) {
      return {
        layer: 'container-acl',
        verdict: 'allow',
        reason: `the ${list} list of the container has ${reason}`,
      };
    }
  }
  const reason = 'no list of the container names the caller for this';
  return { layer: 'container-acl', verdict: 'silent', reason };
}

/** Undefined: the list does not let the caller in. */
function admission(question: AccessQuestion, acl: ParsedAcl, right: ContainerRight): string | undefined {
  const isPublicIgnored = question.resource.publicAccessBlock?.has('IgnorePublicAcls') === true;
  const name = admittedName(question, acl);
  if (name !== undefined && !(isPublicIgnored && isPublicName(name))) return name;
  if (isPublicIgnored || (right === 'list' && !acl.allowsListing)) return undefined;
  const referer = question.request?.get('aws:referer');
  const admits = admitsReferrer(acl, typeof referer === 'string' ? referer : undefined);
  return admits && maySeeOffers(question) ? 'a referrer rule that lets the request in' : undefined;
}

function admittedName(question: AccessQuestion, acl: ParsedAcl): string | undefined {
  const { principal, resource } = question;
  if (principal.kind === 'anonymous') return undefined;
  const name = nameInAcl(acl, principal, resource.account);
  if (name === undefined || !maySeeOffers(question)) return undefined;
  // Services and sessions have what is granted to their account when a policy passes it on.
  if (principal.kind !== 'user' && !hasGrantsOf(question, principal.account.id)) return undefined;
  return name;
}
