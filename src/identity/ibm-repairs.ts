/** Policies that would permit a call that was denied, as they can be posted to `/v2/policies`. */
import type { AccessQuestion } from './evaluate-access.ts';
import { NO_GRANTS } from './grants.ts';
import { ibmNameOf } from './ibm-actions.ts';
import { COS_SERVICE } from './ibm-crn.ts';
import { compileIbmPolicy, type IbmAttribute, type IbmPolicyDocument } from './ibm-policies.ts';
import { type IbmRole, serviceRoles } from './ibm-roles.ts';
import { subjectOf } from './principal.ts';

/** In the order of the table. */
export function rolesWith(actionName: string | undefined): readonly IbmRole[] {
  if (actionName === undefined) return [];
  return serviceRoles.filter(({ actions }) => actions.includes(actionName));
}

/** The one that holds the fewest other actions. */
export function lowestRoleFor(actionName: string | undefined): IbmRole | undefined {
  return [...rolesWith(actionName)].sort((a, b) => a.actions.length - b.actions.length)[0];
}

const equals = (key: string, value: string): IbmAttribute => ({ key, operator: 'stringEquals', value });

export interface IbmRepair {
  /** Body of a request. */
  readonly policy: object;
  /** The question as it would be with the policy. */
  readonly changed: AccessQuestion;
}

/**
 * A role on the bucket, or on the instance where no bucket is asked about. `roleIds`: those to give; absent: the lowest one that is
 * enough. Undefined when there is none, or nobody to give it to.
 */
export function ibmRepair(
  question: AccessQuestion,
  iamId: string,
  instance: string,
  roleIds?: readonly string[],
): IbmRepair | undefined {
  const { principal, resource, action } = question;
  const { account, bucket } = resource;
  if (principal.kind === 'anonymous' || account === undefined) return undefined;
  const lowest = lowestRoleFor(ibmNameOf(action))?.crn;
  const given = roleIds ?? (lowest === undefined ? undefined : [lowest]);
  if (given === undefined) return undefined;
  const attributes = [
    equals('accountId', account),
    equals('serviceName', COS_SERVICE),
    equals('serviceInstance', instance),
    ...(bucket === undefined || action === 'account:list-buckets'
      ? []
      : [equals('resourceType', 'bucket'), equals('resource', bucket)]),
  ];
  const document: IbmPolicyDocument = {
    type: 'access',
    subject: [equals('iam_id', iamId)],
    resource: attributes,
    tags: [],
    roles: given.map((role_id) => ({ role_id })),
  };
  const text = JSON.stringify(document);
  const granted = {
    id: 'repair',
    name: '',
    language: 'ibm' as const,
    document: text,
    via: subjectOf(principal),
    policy: compileIbmPolicy(text),
  };
  const { policies, ...rest } = principal.grants ?? NO_GRANTS;
  return {
    policy: {
      type: 'access',
      subject: { attributes: document.subject },
      resource: { attributes },
      control: { grant: { roles: document.roles } },
    },
    changed: {
      ...question,
      principal: { ...principal, grants: { ...rest, policies: [...policies, granted] } },
    },
  };
}
