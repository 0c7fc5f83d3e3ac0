/**
 * User metadata in headers: `X-{Account|Container|Object}-Meta-{name}` (nhn-openstack.md, sections 2.5, 6 and 24.2).
 *
 * Names have no case; they are kept in lower case and shown with capitals. An underscore stays one, beside the dash: OpenStack
 * writes `=5F` for those that came through S3, but `=` may not stand in the name of a field (RFC 9110, section 5.6.2).
 */
import type { WireHeaders } from '../kernel/wire.ts';
import { SwiftError } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';

export type MetadataTarget = 'account' | 'container' | 'object';

const HEADER_TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** By name, in lower case. Throws 400. */
export function decodeMetadata(headers: WireHeaders, target: MetadataTarget): Record<string, string> {
  const prefix = `x-${target}-meta-`;
  const found: Record<string, string> = {};
  for (const header of headers.names()) {
    const value = headers.get(header) ?? '';
    if (Buffer.byteLength(value) > swiftLimits.headerValueBytesMax) {
      throw new SwiftError(
        400,
        `Header value too long: ${header.slice(0, swiftLimits.metadataNameBytesMax)}`,
      );
    }
    if (!header.startsWith(prefix)) continue;
    define(found, header.slice(prefix.length), value);
  }
  checkMetadata(found, target);
  return found;
}

/** Names of `X-Remove-{Account|Container}-Meta-{name}`, in lower case; an empty value removes nothing. */
function decodeRemovals(headers: WireHeaders, target: MetadataTarget): string[] {
  const prefix = `x-remove-${target}-meta-`;
  const names: string[] = [];
  for (const header of headers.names()) {
    if (!header.startsWith(prefix) || headers.get(header) === '') continue;
    names.push(header.slice(prefix.length));
  }
  return names;
}

/** What accounts and containers have after a request: an empty value removes, and so does the header for it, which wins. Throws 400. */
export function mergeMetadata(
  current: Readonly<Record<string, string>>,
  headers: WireHeaders,
  target: MetadataTarget,
): Record<string, string> {
  const merged: Record<string, string> = {};
  const changes = decodeMetadata(headers, target);
  const removed = new Set(decodeRemovals(headers, target));
  for (const [name, value] of [...Object.entries(current), ...Object.entries(changes)]) {
    if (value === '' || removed.has(name)) delete merged[name];
    else define(merged, name, value);
  }
  // What S3 or a policy document has set as CORS may be longer than a header is, and is no reason to refuse other changes.
  const counted = Object.entries(merged).filter(
    ([name, value]) => !(name.startsWith('access-control-') && current[name] === value),
  );
  checkMetadata(Object.fromEntries(counted), target);
  return merged;
}

/** Throws 400. */
function checkMetadata(items: Readonly<Record<string, string>>, target: MetadataTarget): void {
  const { metadataItemsMax, metadataBytesMax, metadataNameBytesMax, metadataValueBytesMax } = swiftLimits;
  let count = 0;
  let bytes = 0;
  for (const [name, value] of Object.entries(items)) {
    const nameBytes = Buffer.byteLength(name);
    const valueBytes = Buffer.byteLength(value);
    if (nameBytes === 0) throw new SwiftError(400, 'Metadata name cannot be empty');
    if (nameBytes > metadataNameBytesMax) {
      throw new SwiftError(400, `Metadata name too long: x-${target}-meta-${name}`);
    }
    if (valueBytes > metadataValueBytesMax) {
      throw new SwiftError(
        400,
        `Metadata value longer than ${metadataValueBytesMax}: x-${target}-meta-${name}`,
      );
    }
    // A replacement character is what bytes that are not UTF-8 have become.
    if (target !== 'object' && value.includes('\uFFFD')) {
      throw new SwiftError(400, 'Metadata must be valid UTF-8');
    }
    count += 1;
    bytes += nameBytes + valueBytes;
  }
  if (count > metadataItemsMax) {
    throw new SwiftError(400, `Too many metadata items; max ${metadataItemsMax}`);
  }
  if (bytes > metadataBytesMax) {
    throw new SwiftError(400, `Total metadata too large; max ${metadataBytesMax}`);
  }
}

/** Names that no header can have are left out. */
export function pushMetadata(
  headers: string[],
  items: Readonly<Record<string, string>>,
  target: MetadataTarget,
): void {
  const prefix = `X-${titleCase(target)}-Meta-`;
  for (const name in items) {
    if (HEADER_TOKEN.test(name)) headers.push(prefix + titleCase(name), items[name]!);
  }
}

/** `foo-bar` as `Foo-Bar`. */
function titleCase(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** A name may be `__proto__`. */
function define(record: Record<string, string>, name: string, value: string): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}
