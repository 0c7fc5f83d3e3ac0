/**
 * Address lists of containers (NHN; nhn-openstack.md, section 16.4): from where a container may be read and written, whoever asks, its
 * owner too, and through whichever dialect. Where a list says who is allowed, nobody else is; where both match, the one that allows
 * wins. Changing the settings of the container stays open, so that nobody is locked out for good.
 *
 * Items: `r`, `w` or `a` (both) and an IPv4 address or network, separated by commas.
 */
import type { Action } from './actions.ts';
import type { AccessQuestion, TraceStep } from './evaluate-access.ts';
import { type IpRange, isInRange, parseIpRange } from './ip-ranges.ts';

/** NHN's bound on the entries of a list. */
const ITEMS_MAX = 100;
const ITEM = /^([rwa])(\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?)$/;

export interface AddressLists {
  readonly allowed: string | undefined;
  readonly denied: string | undefined;
}

interface Item {
  readonly right: 'r' | 'w' | 'a';
  readonly range: IpRange;
}

/** The list as it is kept; undefined when it is none. */
export function cleanAddressList(text: string): string | undefined {
  const items = text.split(',').map((item) => item.trim());
  const isList = items.length <= ITEMS_MAX && items.every((item) => parseItem(item) !== undefined);
  return isList ? items.join(',') : undefined;
}

function parseItem(text: string): Item | undefined {
  const [, right, address = ''] = ITEM.exec(text) ?? [];
  const range = parseIpRange(address);
  return right === undefined || range === undefined ? undefined : { right: right as Item['right'], range };
}

const exempt: ReadonlySet<Action> = new Set(['bucket:write-metadata', 'bucket:head']);
const WRITES = /:(?:write|delete|create|abort)/;

/** Undefined when the container has no lists, or they do not hold for the action. */
export function addressLists({ action, resource, request }: AccessQuestion): TraceStep | undefined {
  const { allowed, denied } = resource.addressLists ?? {};
  if ((allowed === undefined && denied === undefined) || exempt.has(action)) return undefined;
  const address = request?.get('aws:sourceip');
  const from = typeof address === 'string' ? address : '';
  const right = WRITES.test(action) ? 'w' : 'r';
  const allowing = itemsFor(allowed, right);
  if (allowing.some(({ range }) => isInRange(range, from))) {
    return {
      layer: 'network',
      verdict: 'silent',
      reason: 'the address list of the container allows the address',
    };
  }
  const reason =
    allowing.length > 0
      ? `the address list of the container does not allow ${from}`
      : itemsFor(denied, right).some(({ range }) => isInRange(range, from))
        ? `the address list of the container denies ${from}`
        : undefined;
  return reason === undefined
    ? { layer: 'network', verdict: 'silent', reason: 'no address list of the container names the address' }
    : { layer: 'network', verdict: 'deny', reason };
}

function itemsFor(list: string | undefined, right: 'r' | 'w'): Item[] {
  if (list === undefined) return [];
  return list.split(',').flatMap((text) => {
    const item = parseItem(text);
    return item !== undefined && (item.right === 'a' || item.right === right) ? [item] : [];
  });
}
