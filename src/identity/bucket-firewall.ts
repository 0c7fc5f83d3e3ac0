/**
 * Firewalls of buckets (ibm-cos.md, section 9.8): from where a bucket and what is in it may be reached, whoever asks and through
 * whichever dialect. It is looked at before any policy, and it does not hold for what sets it, so that nobody is locked out for good.
 *
 * Networks: IBM tells by the endpoint that was used whether a request came by its public, private or direct network. Here all
 * come to one address; whoever has an address of private use (RFC 1918, RFC 4193, loopback) comes by all three, others by the public one.
 */
import type { Action } from './actions.ts';
import type { AccessQuestion, TraceStep } from './evaluate-access.ts';
import { type IpRange, isInRange, parseIpRange } from './ip-ranges.ts';

/** The bucket's document. */
export const FIREWALL_DOCUMENT = 'firewall';

export const networkTypes = ['public', 'private', 'direct'] as const;

/** Addresses and ranges as sent. An empty list of what is allowed restricts nothing. */
export interface BucketFirewall {
  readonly allowedIps: readonly string[];
  readonly deniedIps: readonly string[];
  readonly allowedNetworks: readonly (typeof networkTypes)[number][];
}

export function encodeFirewall(firewall: BucketFirewall): string {
  return JSON.stringify(firewall);
}

/** What was stored. */
export function decodeFirewall(document: string): BucketFirewall {
  return JSON.parse(document) as BucketFirewall;
}

/** What shows and changes the settings of a bucket. */
const exempt: ReadonlySet<Action> = new Set([
  'bucket:read-basic',
  'bucket:read-firewall',
  'bucket:write-firewall',
  'bucket:write-quota',
  'bucket:write-activity-tracking',
  'bucket:write-metrics-monitoring',
]);

/** Undefined when the bucket has no firewall, or it does not hold for the action. */
export function network({ action, resource, request }: AccessQuestion): TraceStep | undefined {
  if (resource.firewall === undefined || exempt.has(action)) return undefined;
  const address = request?.get('aws:sourceip');
  const fault = faultOf(compile(resource.firewall), typeof address === 'string' ? address : '');
  return fault === undefined
    ? { layer: 'network', verdict: 'silent', reason: 'the firewall of the bucket lets the address pass' }
    : { layer: 'network', verdict: 'deny', reason: fault };
}

interface CompiledFirewall {
  readonly allowed: readonly IpRange[];
  readonly denied: readonly IpRange[];
  readonly networks: BucketFirewall['allowedNetworks'];
}

function faultOf({ allowed, denied, networks }: CompiledFirewall, address: string): string | undefined {
  const isIn = (range: IpRange) => isInRange(range, address);
  if (denied.some(isIn)) return `the firewall of the bucket keeps ${address} out`;
  if (allowed.length > 0 && !allowed.some(isIn)) {
    return `the firewall of the bucket does not let ${address} in`;
  }
  const comes = privateRanges.some(isIn) ? networkTypes : (['public'] as const);
  if (networks.length > 0 && !comes.some((type) => networks.includes(type))) {
    return `the firewall of the bucket lets nobody in by the network of ${address}`;
  }
  return undefined;
}

const privateRanges = rangesOf([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1',
]);

/** Texts that are kept, at up to 1,000 ranges each. */
const KEPT_MAX = 200;
const kept = new Map<string, CompiledFirewall>();

/** Equal text is an equal firewall. */
function compile(document: string): CompiledFirewall {
  const known = kept.get(document);
  if (known !== undefined) return known;
  const { allowedIps, deniedIps, allowedNetworks } = decodeFirewall(document);
  const compiled = { allowed: rangesOf(allowedIps), denied: rangesOf(deniedIps), networks: allowedNetworks };
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(document, compiled);
  return compiled;
}

function rangesOf(texts: readonly string[]): readonly IpRange[] {
  return texts.flatMap((text) => parseIpRange(text) ?? []);
}
