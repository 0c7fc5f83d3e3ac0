/**
 * Roles of IBM Cloud: four platform roles, which manage things and open no data, the service roles of object storage, and what
 * accounts define themselves (ibm-cos.md, sections 2 and 7).
 */

import type { Action } from './actions.ts';
import { actionsNamed, cosActionsOf, type ServiceRoleLetter } from './ibm-actions.ts';
import { COS_SERVICE, platformRoleCrn, serviceRoleCrn } from './ibm-crn.ts';

export interface IbmRole {
  readonly kind: 'platform' | 'service' | 'custom';
  /** `cloud-object-storage`, `iam` … */
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly crn: string;
  /** With their services: `cloud-object-storage.bucket.get`. */
  readonly actions: readonly string[];
}

function serviceRole(
  letter: ServiceRoleLetter,
  stem: 'iam' | typeof COS_SERVICE,
  name: string,
  description: string,
): IbmRole {
  return {
    kind: 'service',
    name,
    displayName: name.replace(/(?<=[a-z])(?=[A-Z])/g, ' '),
    description,
    crn: serviceRoleCrn(stem, name),
    actions: cosActionsOf(letter),
  };
}

export const serviceRoles: readonly IbmRole[] = [
  serviceRole('M', 'iam', 'Manager', 'Everything a Writer may, and what concerns the security of buckets.'),
  serviceRole('W', 'iam', 'Writer', 'Creates, changes and deletes buckets and objects.'),
  serviceRole('R', 'iam', 'Reader', 'Lists buckets and objects, and reads objects.'),
  serviceRole('CR', COS_SERVICE, 'ContentReader', 'Lists and reads objects, and does not list buckets.'),
  serviceRole('OR', COS_SERVICE, 'ObjectReader', 'Reads objects whose names it knows.'),
  serviceRole('OW', COS_SERVICE, 'ObjectWriter', 'Writes objects, and neither reads nor deletes any.'),
  serviceRole('NM', COS_SERVICE, 'NotificationsManager', 'Sets the notifications of buckets.'),
];

/** What each platform role may do with identities and resources: names of IBM's, and what they stand for here. */
const controlNames: Readonly<Record<string, Action>> = {
  'iam-identity.serviceid.get': 'iam:read',
  'iam-identity.serviceid.update': 'iam:edit',
  'iam-identity.serviceid.create': 'iam:manage',
  'iam-groups.groups.read': 'iam:read-group',
  'iam-groups.groups.update': 'iam:write-group',
  'iam.policy.read': 'iam:read-policy',
  'iam.policy.update': 'iam:write-policy',
  'iam.role.update': 'iam:write-role',
  'resource-controller.instance.retrieve': 'resource:read',
  'resource-controller.instance.update': 'resource:write',
  'resource-controller.group.update': 'resource:write-group',
  'resource-controller.credential.create': 'resource:write-key',
  'resource-controller.credential.retrieve_all': 'resource:read-credential',
};

const viewing = [
  'iam-identity.serviceid.get',
  'iam-groups.groups.read',
  'iam.policy.read',
  'resource-controller.instance.retrieve',
];
const operating = [
  ...viewing,
  'iam-identity.serviceid.update',
  'iam-identity.serviceid.create',
  'resource-controller.credential.create',
];
const editing = [
  ...viewing,
  'iam-identity.serviceid.update',
  'iam-groups.groups.update',
  'resource-controller.instance.update',
  'resource-controller.credential.create',
];

function platformRole(name: string, description: string, actions: readonly string[]): IbmRole {
  const crn = platformRoleCrn(name);
  return { kind: 'platform', name, displayName: name, description, crn, actions };
}

export const platformRoles: readonly IbmRole[] = [
  platformRole('Viewer', 'Sees instances and identities, and changes nothing.', viewing),
  platformRole('Operator', 'Manages service IDs, their keys and credentials of instances.', operating),
  platformRole('Editor', 'Creates, changes and deletes instances and access groups.', editing),
  platformRole(
    'Administrator',
    'Everything an Editor and an Operator may, and gives access to others.',
    Object.keys(controlNames),
  ),
];

const builtIn: ReadonlyMap<string, IbmRole> = new Map(
  [...serviceRoles, ...platformRoles].map((role) => [role.crn, role]),
);

/**
 * The role that a CRN names, unless the account defines it. Roles of object storage are also known below `iam`, where IBM's own
 * documents put them, and the other way round.
 */
export function findBuiltInRole(crn: string): IbmRole | undefined {
  const found = builtIn.get(crn);
  if (found !== undefined) return found;
  const swapped = crn.includes(':iam::::serviceRole:')
    ? crn.replace(':iam::::', `:${COS_SERVICE}::::`)
    : crn.replace(`:${COS_SERVICE}::::serviceRole:`, ':iam::::serviceRole:');
  return swapped === crn ? undefined : builtIn.get(swapped);
}

/** By the name alone, as resource keys have it: `Writer`, `Content Reader`. */
export function findRoleByName(name: string): IbmRole | undefined {
  const wanted = name.replaceAll(' ', '').toLowerCase();
  return [...builtIn.values()].find((role) => role.name.toLowerCase() === wanted);
}

/** Actions of this server that names of IBM's stand for. */
export function actionsOfNames(names: readonly string[]): ReadonlySet<Action> {
  return new Set(
    names.flatMap((name) => {
      const control = Object.hasOwn(controlNames, name) ? controlNames[name] : undefined;
      return control === undefined ? actionsNamed(name) : [control];
    }),
  );
}

/** Whether a custom role may have it. */
export function isKnownActionName(name: string): boolean {
  return Object.hasOwn(controlNames, name) || dataNames.has(name);
}

const dataNames: ReadonlySet<string> = new Set(serviceRoles.flatMap(({ actions }) => actions));
