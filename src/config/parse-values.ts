/** From the text of a setting to its value. Every parser throws `WrongValue` saying what it expected. */
import { isIP, isIPv6 } from 'node:net';
import type { ListenAddress, LogLevel } from './config.ts';
import { WrongValue } from './wrong-value.ts';

const HOST_LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HOST_NAME = new RegExp(`^${HOST_LABEL}(?:\\.${HOST_LABEL})*$`);
const REGION_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
const LOG_LEVELS: readonly LogLevel[] = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'];
const PORT_MAX = 65_535;

/** Comma separated, blanks around entries ignored, empty entries dropped. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

export function parseWholeNumber(text: string, min: number, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new WrongValue(`a whole number from ${min} to ${max}`);
  return value;
}

export function parseSwitch(text: string): boolean {
  switch (text.toLowerCase()) {
    case 'on':
    case 'true':
    case 'yes':
    case '1':
      return true;
    case 'off':
    case 'false':
    case 'no':
    case '0':
      return false;
    default:
      throw new WrongValue('on or off');
  }
}

export function parseOneOf<T extends string>(text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text.toLowerCase());
  if (found === undefined) throw new WrongValue(`one of ${choices.join(', ')}`);
  return found;
}

export function parseLogLevel(text: string): LogLevel {
  return parseOneOf(text, LOG_LEVELS);
}

/** `host:port`, `[ipv6]:port`, `:port` or `port`; without a host the default one. */
export function parseListenAddress(text: string, hostDefault = '127.0.0.1'): ListenAddress {
  const address = tryParseListenAddress(text, hostDefault);
  if (address === undefined) {
    throw new WrongValue(`host:port such as 127.0.0.1:9000, with a port from 0 to ${PORT_MAX}`);
  }
  return address;
}

function tryParseListenAddress(text: string, hostDefault: string): ListenAddress | undefined {
  const match = /^(?:(?:\[(?<v6>[^\]]+)\]|(?<host>[^:[\]]*)):)?(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.['port'] ?? Number.NaN);
  if (!(port <= PORT_MAX)) return undefined;
  const v6 = match?.groups?.['v6'];
  if (v6 !== undefined) return isIPv6(v6) ? { host: v6, port } : undefined;
  const host = match?.groups?.['host'] ?? '';
  if (host === '') return { host: hostDefault, port };
  return isHost(host) ? { host, port } : undefined;
}

/** A host name or an IPv4 address. */
export function isHost(text: string): boolean {
  return text.length <= 253 && HOST_NAME.test(text) && (!/^[\d.]+$/.test(text) || isIP(text) === 4);
}

export function isRegionName(text: string): boolean {
  return REGION_NAME.test(text);
}

export function parseRegionAliases(text: string): string[] {
  const names = splitList(text);
  const wrong = names.find((name) => !isRegionName(name));
  if (wrong !== undefined) throw new WrongValue(`region names, and "${wrong}" is none`);
  return names;
}

export function parseDomains(text: string): string[] {
  const names = splitList(text.toLowerCase());
  const wrong = names.find((name) => !isHost(name) || isIP(name) !== 0);
  if (wrong !== undefined)
    throw new WrongValue(`a domain name such as s3.example.com, and "${wrong}" is none`);
  return names;
}

/** `storage=https://...,control=https://...`, without final slash. */
export function parsePublicEndpoints(text: string): { storage?: string; control?: string } {
  const endpoints: { storage?: string; control?: string } = {};
  for (const entry of splitList(text)) {
    const equals = entry.indexOf('=');
    const which = entry.slice(0, equals);
    const url = URL.parse(entry.slice(equals + 1));
    const isEndpoint =
      (url?.protocol === 'http:' || url?.protocol === 'https:') && url.href === url.origin + url.pathname;
    if ((which !== 'storage' && which !== 'control') || !isEndpoint || endpoints[which] !== undefined) {
      throw new WrongValue(
        'storage=https://host[:port][/prefix],control=https://host[:port][/prefix], each at most once',
      );
    }
    endpoints[which] = url.href.endsWith('/') ? url.href.slice(0, -1) : url.href;
  }
  return endpoints;
}

/** IP addresses and networks in CIDR form. */
export function parseTrustedProxies(text: string): string[] {
  const entries = splitList(text);
  for (const entry of entries) {
    const [address = '', prefix, ...rest] = entry.split('/');
    const version = isIP(address);
    const bitsMax = version === 4 ? 32 : 128;
    const prefixIsFine =
      prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bitsMax && rest.length === 0);
    if (version === 0 || !prefixIsFine) {
      throw new WrongValue(`IP addresses or networks such as 10.0.0.0/8, and "${entry}" is neither`);
    }
  }
  return entries;
}

export function parseMatching(text: string, pattern: RegExp, expected: string): string {
  if (!pattern.test(text)) throw new WrongValue(expected);
  return text;
}
