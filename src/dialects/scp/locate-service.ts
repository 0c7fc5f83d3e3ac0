/**
 * Which service a request is for, by host name (`sts.{base}`) or, where one host has to do for all, by the prefix `/scp/sts`
 * (build specification scp.md, section 1). The prefix is part of what is signed, so nothing else changes.
 */
import type { WireRequest } from '../kernel/wire.ts';
import type { ScpServiceName } from './microversions.ts';

export const scpServices: readonly ScpServiceName[] = ['product', 'sts', 'iam'];

/** Below it the services stand on the control address. */
export const SCP_PATH = '/scp';

export interface LocatedService {
  readonly service: ScpServiceName;
  /** As sent, behind the service: `/v1/products`. */
  readonly rawPath: string;
  /** Without final slash. */
  readonly serviceUrl: string;
}

/** Host names of the services below a domain, in lower case. */
export function hostsOf(baseDomain: string | undefined): readonly string[] {
  return baseDomain === undefined ? [] : scpServices.map((service) => `${service}.${baseDomain}`);
}

/** Undefined for a path that is no service's. */
export function locateService(
  { headers, rawPath, isSecure, clientOrigin }: WireRequest,
  baseDomain: string | undefined,
): LocatedService | undefined {
  const host = headers.get('host') ?? '';
  const name = host.replace(/:\d*$/, '').toLowerCase();
  for (const service of scpServices) {
    if (baseDomain !== undefined && name === `${service}.${baseDomain}`) {
      return { service, rawPath, serviceUrl: `${isSecure ? 'https' : 'http'}://${host}` };
    }
  }
  for (const service of scpServices) {
    const prefix = `${SCP_PATH}/${service}`;
    if (rawPath !== prefix && !rawPath.startsWith(`${prefix}/`)) continue;
    return { service, rawPath: rawPath.slice(prefix.length), serviceUrl: safeOrigin(clientOrigin) + prefix };
  }
  return undefined;
}

/** The Host field of a request may hold anything; in documents it must be an address. */
function safeOrigin(origin: string): string {
  return /^https?:\/\/[\w.:[\]%/~-]+$/.test(origin) ? origin : '';
}
