/**
 * Names of resources at Samsung Cloud Platform (build specification scp.md, section 5.1):
 *
 *   srn:{offering}:{reserved}:{account}:{region}:{reserved}:{service}:{type}/{id}
 *
 * Eight fields; the last may hold further `:` and `/`. Account and region are empty where they are not needed. The service is written
 * with and without `scp-` before it; here it is always without.
 */
export interface Srn {
  readonly offering: string;
  readonly account: string;
  readonly region: string;
  /** Without `scp-`, in lower case. */
  readonly service: string;
  /** `{type}/{id}`. */
  readonly resource: string;
}

const FIELDS = 8;
const CHARACTERS_MAX = 2048;

/** Undefined when it is none. Wildcards may stand in any field. */
export function parseSrn(text: string): Srn | undefined {
  if (text.length > CHARACTERS_MAX) return undefined;
  const fields = text.split(':');
  const [prefix, offering, reserved, account, region, alsoReserved, service] = fields;
  if (fields.length < FIELDS || prefix !== 'srn' || offering === undefined || offering === '')
    return undefined;
  if (reserved !== '' || alsoReserved !== '' || account === undefined || region === undefined)
    return undefined;
  const resource = fields.slice(FIELDS - 1).join(':');
  if (service === undefined || service === '' || resource === '') return undefined;
  return { offering, account, region, service: service.toLowerCase().replace(/^scp-/, ''), resource };
}

function formatSrn({ offering, account, region, service, resource }: Srn): string {
  return `srn:${offering}::${account}:${region}::${service}:${resource}`;
}

/** Of something that belongs to an account and to no region. */
export function iamSrn(offering: string, account: string, resource: string): string {
  return formatSrn({ offering, account, region: '', service: 'iam', resource });
}

export function assumedRoleSrn(
  offering: string,
  account: string,
  roleName: string,
  sessionName: string,
): string {
  const resource = `assumed-role/${roleName}/${sessionName}`;
  return formatSrn({ offering, account, region: '', service: 'sts', resource });
}
