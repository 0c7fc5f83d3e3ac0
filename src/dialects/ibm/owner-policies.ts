/**
 * The policies that IBM's accounts are born with: Administrator and Manager on all services, and Administrator on account
 * management, for the owner. Here owners, administrators and operators have their rights by their role in the account, and
 * these policies only say so: they are computed, and cannot be changed (ibm-cos.md, section 2).
 */
import { platformRoleCrn, serviceRoleCrn } from '../../identity/ibm-crn.ts';
import { derivedUuid, iamIdOfUser } from '../../identity/ibm-ids.ts';
import type { IbmAttribute, IbmPolicyDocument } from '../../identity/ibm-policies.ts';
import type { UserRecord } from '../../identity/principal.ts';
import { roleOf } from '../../identity/roles.ts';
import type { ShownPolicy } from './policy-documents.ts';

const equals = (key: string, value: string): IbmAttribute => ({ key, operator: 'stringEquals', value });

export function ownerPolicies(user: UserRecord): readonly ShownPolicy[] {
  const role = roleOf(user);
  if (role === 'member') return [];
  const administrator = platformRoleCrn('Administrator');
  const manager = serviceRoleCrn('iam', 'Manager');
  if (role === 'operator') return [policyOf(user, 'service', [platformRoleCrn('Editor'), manager])];
  return [
    policyOf(user, 'service', [administrator, manager]),
    policyOf(user, 'platform_service', [administrator]),
  ];
}

function policyOf(user: UserRecord, serviceType: string, roles: readonly string[]): ShownPolicy {
  const iamId = iamIdOfUser(user.id);
  const document: IbmPolicyDocument = {
    type: 'access',
    description: 'By the role in the account.',
    subject: [equals('iam_id', iamId)],
    resource: [equals('accountId', user.accountId), equals('serviceType', serviceType)],
    tags: [],
    roles: roles.map((role_id) => ({ role_id })),
  };
  return {
    id: derivedUuid('owner policy', user.id, serviceType),
    version: 1,
    document,
    state: 'active',
    createdAtMicros: user.createdAtMicros,
    createdBy: iamId,
    modifiedAtMicros: user.createdAtMicros,
    modifiedBy: iamId,
  };
}
