/**
 * Cloud resource names: ten parts between colons (ibm-cos.md, section 2). Clients split them by position, so the first four
 * parts are always those of IBM's public cloud.
 *
 *     crn:v1:bluemix:public:<service>:<location>:a/<account>:<instance>:<type>:<resource>
 */

export interface Crn {
  readonly serviceName: string;
  readonly location: string;
  /** Without `a/`; empty when the name has no account. */
  readonly accountId: string;
  readonly serviceInstance: string;
  readonly resourceType: string;
  /** May itself hold colons. */
  readonly resource: string;
}

const STEM = 'crn:v1:bluemix:public';
const PARTS = 10;

export const COS_SERVICE = 'cloud-object-storage';

/** Undefined when it is no name of this form. */
export function parseCrn(text: string): Crn | undefined {
  const parts = text.split(':');
  if (parts.length < PARTS || parts[0] !== 'crn' || parts[1] !== 'v1') return undefined;
  const [, , , , serviceName = '', location = '', scope = '', serviceInstance = '', resourceType = ''] =
    parts;
  return {
    serviceName,
    location,
    accountId: scope.startsWith('a/') ? scope.slice(2) : '',
    serviceInstance,
    resourceType,
    resource: parts.slice(PARTS - 1).join(':'),
  };
}

/** Whether it is meant to be a name of this form, well or badly made. */
export function looksLikeCrn(text: string): boolean {
  return text.startsWith('crn:');
}

export function instanceCrn(accountId: string, instanceId: string): string {
  return cosCrn(accountId, instanceId, '', '');
}

export function bucketCrn(accountId: string, instanceId: string, bucket: string): string {
  return cosCrn(accountId, instanceId, 'bucket', bucket);
}

export function resourceKeyCrn(accountId: string, instanceId: string, keyId: string): string {
  return cosCrn(accountId, instanceId, 'resource-key', keyId);
}

/** `id`: `ServiceId-<uuid>`. */
export function serviceIdCrn(accountId: string, id: string): string {
  return `${STEM}:iam-identity::a/${accountId}::serviceid:${id}`;
}

/** `id`: `ApiKey-<uuid>`. */
export function apiKeyCrn(accountId: string, id: string): string {
  return `${STEM}:iam-identity::a/${accountId}::apikey:${id}`;
}

export function accessGroupCrn(accountId: string, id: string): string {
  return `${STEM}:iam-groups::a/${accountId}::access-group:${id}`;
}

export function resourceGroupCrn(accountId: string, id: string): string {
  return `${STEM}:resource-controller::a/${accountId}::resource-group:${id}`;
}

export function platformRoleCrn(name: string): string {
  return `${STEM}:iam::::role:${name}`;
}

/** `service`: `iam` for roles that every service has. */
export function serviceRoleCrn(service: 'iam' | typeof COS_SERVICE, name: string): string {
  return `${STEM}:${service}::::serviceRole:${name}`;
}

export function customRoleCrn(accountId: string, name: string): string {
  return `${STEM}:iam-access-management::a/${accountId}::customRole:${name}`;
}

function cosCrn(accountId: string, instanceId: string, type: string, resource: string): string {
  return `${STEM}:${COS_SERVICE}:global:a/${accountId}:${instanceId}:${type}:${resource}`;
}
