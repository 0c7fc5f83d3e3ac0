/** Which object a copy is of, and where it goes (nhn-openstack.md, section 12). */
import type { AccountId } from '../../core/model.ts';
import { parseQuery, type QueryParameters } from '../kernel/query-parameters.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { accountOfName, decodePath } from './addressing.ts';
import { SwiftError } from './swift-errors.ts';

export interface NamedObject {
  /** Undefined: that of the request. */
  readonly account: AccountId | undefined;
  readonly container: string;
  readonly key: string;
  /** What stands behind the name: NHN's guide writes `?multipart-manifest=get` there, or with `;`. */
  readonly parameters: QueryParameters;
}

/** Throws 412. */
export function decodeCopySource(headers: WireHeaders): NamedObject {
  return decodeNamed(headers, 'X-Copy-From', 'X-Copy-From-Account');
}

/** Throws 412. */
export function decodeDestination(headers: WireHeaders): NamedObject {
  if (!headers.has('destination')) throw new SwiftError(412, 'Destination header required');
  return decodeNamed(headers, 'Destination', 'Destination-Account');
}

function decodeNamed(headers: WireHeaders, header: string, accountHeader: string): NamedObject {
  const raw = headers.get(header.toLowerCase()) ?? '';
  const [, path = '', , rawQuery = ''] = /^([^?;]*)(\?|;\s*)?(.*)$/s.exec(raw) ?? [];
  const decoded = decodePath(path);
  const name = decoded.startsWith('/') ? decoded.slice(1) : decoded;
  const slash = name.indexOf('/');
  if (slash <= 0 || slash === name.length - 1) {
    throw new SwiftError(412, `${header} header must be of the form <container name>/<object name>`);
  }
  return {
    account: accountIn(headers, accountHeader),
    container: name.slice(0, slash),
    key: name.slice(slash + 1),
    parameters: parseQuery(rawQuery),
  };
}

function accountIn(headers: WireHeaders, header: string): AccountId | undefined {
  const raw = headers.get(header.toLowerCase());
  if (raw === undefined || raw === '') return undefined;
  const name = decodePath(raw);
  if (name.includes('/')) throw new SwiftError(412, 'Account name cannot contain slashes');
  const account = accountOfName(name);
  if (account === undefined) throw new SwiftError(404);
  return account;
}
