/**
 * Who a client is when proxies stand between (GOTGAN_TRUSTED_PROXIES): the right-most address in X-Forwarded-For that is
 * not a trusted proxy, because everything to its left can be made up. Headers from anybody else are not looked at.
 */
import { BlockList, isIP } from 'node:net';
import type { WireHeaders } from '../dialects/kernel/wire.ts';

export interface TrustedProxies {
  isTrusted(address: string): boolean;
}

/** Undefined when none is trusted. Entries are addresses or networks in CIDR form. */
export function createTrustedProxies(entries: readonly string[]): TrustedProxies | undefined {
  if (entries.length === 0) return undefined;
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return {
    isTrusted(address) {
      const version = isIP(address);
      return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
    },
  };
}

/** IPv4 addresses of sockets that take both families come as `::ffff:192.0.2.1`. */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

export interface ForwardedClient {
  readonly address: string;
  readonly isSecure: boolean;
}

/** What the forwarding headers say, when the peer may say it. */
export function forwardedClient(
  proxies: TrustedProxies,
  peer: ForwardedClient,
  headers: WireHeaders,
): ForwardedClient {
  if (!proxies.isTrusted(peer.address)) return peer;
  const hops = (headers.get('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim());
  const address = hops.findLast((hop) => isIP(hop) !== 0 && !proxies.isTrusted(hop)) ?? peer.address;
  const protocol = headers.get('x-forwarded-proto')?.split(',').at(-1)?.trim().toLowerCase();
  return { address, isSecure: protocol === undefined ? peer.isSecure : protocol === 'https' };
}
