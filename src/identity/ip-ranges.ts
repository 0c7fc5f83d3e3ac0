/** IP addresses and ranges (CIDR, RFC 4632 and RFC 4291) as policies compare them. */
import { isIP } from 'node:net';

interface Address {
  readonly bytes: Uint8Array;
}

export interface IpRange {
  readonly bytes: Uint8Array;
  readonly prefixBits: number;
}

/** An address without a length is a range of one. Undefined for what is no range. */
export function parseIpRange(text: string): IpRange | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bitsMax = address.bytes.length * 8;
  if (slash < 0) return { bytes: address.bytes, prefixBits: bitsMax };
  const length = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length) || Number(length) > bitsMax) return undefined;
  return { bytes: address.bytes, prefixBits: Number(length) };
}

/** Bits of the range that lie outside its prefix are not looked at. */
export function isInRange({ bytes, prefixBits }: IpRange, text: string): boolean {
  const address = parseAddress(text)?.bytes;
  if (address?.length !== bytes.length) return false;
  const whole = prefixBits >> 3;
  for (let index = 0; index < whole; index++) if (address[index] !== bytes[index]) return false;
  const rest = prefixBits & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return (address[whole]! & mask) === (bytes[whole]! & mask);
}

/** An IPv4 address inside IPv6 (`::ffff:192.0.2.1`) is that IPv4 address: sockets show it so. */
function parseAddress(text: string): Address | undefined {
  switch (isIP(text)) {
    case 4:
      return { bytes: Uint8Array.from(text.split('.').map(Number)) };
    case 6: {
      const bytes = parseV6(text);
      const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff;
      return { bytes: isMapped && bytes[11] === 0xff ? bytes.slice(12) : bytes };
    }
    default:
      return undefined;
  }
}

function parseV6(text: string): Uint8Array {
  const [address = ''] = text.split('%');
  const [head = '', tail] = address.split('::');
  const bytes = new Uint8Array(16);
  const before = groupsOf(head);
  bytes.set(before);
  if (tail !== undefined) {
    const behind = groupsOf(tail);
    bytes.set(behind, 16 - behind.length);
  }
  return bytes;
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
