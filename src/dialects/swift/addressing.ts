/**
 * What a target names: `/v1/{account}[/{container}[/{object}]]`, or one of the service's own paths (nhn-openstack.md, section 2.1).
 *
 * As Swift does, the whole path is decoded once and then split, so that `%2F` divides; an object keeps its slashes, `//` and `..`.
 * A `%` that begins no escape stands for itself.
 */
import type { AccountId } from '../../core/model.ts';
import { SwiftError } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';

export interface SwiftAddress {
  readonly resource: 'info' | 'healthcheck' | 'account' | 'container' | 'object';
  /** `AUTH_{account}` as sent. */
  readonly accountName: string;
  /** Undefined when the name is not that of an account. */
  readonly account: AccountId | undefined;
  readonly container: string;
  readonly key: string;
}

const ACCOUNT_NAME = /^AUTH_([0-9a-f]{32})$/i;
const STRAY_PERCENT = /%(?![0-9a-f]{2})/gi;

/** Throws 404 and 412. */
export function parseAddress(rawPath: string): SwiftAddress {
  if (rawPath === '/info' || rawPath === '/healthcheck') {
    const resource = rawPath === '/info' ? 'info' : 'healthcheck';
    return { resource, accountName: '', account: undefined, container: '', key: '' };
  }
  const path = decodePath(rawPath);
  const [, , accountName, container] = path.split('/', 4);
  if (accountName === undefined) throw new SwiftError(412, 'Bad URL');
  if (accountName === '') throw path.length > 4 ? new SwiftError(404) : new SwiftError(412, 'Bad URL');
  const account = accountOfName(accountName);
  const named = { accountName, account };
  if (container === undefined || container === '') {
    // `/v1/a//o` names nothing.
    const rest = path.split('/').slice(3).join('');
    if (rest !== '') throw new SwiftError(404);
    return { resource: 'account', ...named, container: '', key: '' };
  }
  const key = path.split('/').slice(4).join('/');
  return { resource: key === '' ? 'container' : 'object', ...named, container, key };
}

/** The account that `AUTH_{account}` names. */
export function accountOfName(name: string): AccountId | undefined {
  return ACCOUNT_NAME.exec(name)?.[1]?.toLowerCase();
}

export function accountNameOf(account: AccountId): string {
  return `AUTH_${account}`;
}

/** Throws 412 for what is not UTF-8 and for NUL. */
export function decodePath(raw: string): string {
  let path: string;
  try {
    path = decodeURIComponent(raw.replace(STRAY_PERCENT, '%25'));
  } catch {
    throw new SwiftError(412, 'Invalid UTF8 or contains NULL');
  }
  if (path.includes('\0')) throw new SwiftError(412, 'Invalid UTF8 or contains NULL');
  return path;
}

/** Throws 400. The core has its own limits; these are the ones that `/info` shows. */
export function checkNames(container: string, key: string): void {
  const { containerNameBytesMax, objectNameBytesMax } = swiftLimits;
  const containerBytes = Buffer.byteLength(container);
  if (containerBytes > containerNameBytesMax) {
    throw new SwiftError(
      400,
      `Container name length of ${containerBytes} longer than ${containerNameBytesMax}`,
      ['Content-Type', 'text/html; charset=UTF-8'],
    );
  }
  const keyBytes = Buffer.byteLength(key);
  if (keyBytes > objectNameBytesMax) {
    throw new SwiftError(400, `Object name length of ${keyBytes} longer than ${objectNameBytesMax}`);
  }
}
