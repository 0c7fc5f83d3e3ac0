/** Listings as text, JSON and XML (nhn-openstack.md, section 9.2). */
import { element, escapeXml, parent } from '../../lib/xml-writer.ts';
import type { WireResponse } from '../kernel/wire.ts';
import type { ListingFormat } from './listing-format.ts';

/** In the order in which they are shown. */
export type ListingMembers = Readonly<Record<string, string | number | boolean>>;

export type ListingRow =
  | {
      readonly kind: 'item';
      readonly name: string;
      readonly members: ListingMembers;
    }
  | { readonly kind: 'subdir'; readonly name: string };

export interface ListingShape {
  /** Root element, and element of an item. */
  readonly root: 'account' | 'container';
  readonly item: 'container' | 'object';
  /** What is listed. */
  readonly name: string;
}

/** What is told of links, parts and versions stands in JSON only. */
const XML_MEMBERS = new Set(['count', 'hash', 'bytes', 'content_type', 'last_modified', 'storage_policy']);

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** `headers`: what goes with the listing. */
export function renderListing(
  rows: readonly ListingRow[],
  shape: ListingShape,
  format: ListingFormat,
  headers: readonly string[],
): WireResponse {
  const all = [...headers, ...format.headers];
  if (format.type === 'text/plain') {
    if (rows.length === 0) return { status: 204, headers: all, body: null, contentLength: 0 };
    return { status: 200, headers: all, body: `${rows.map(({ name }) => name).join('\n')}\n` };
  }
  const body = format.type === 'application/json' ? jsonOf(rows) : xmlOf(rows, shape);
  return { status: 200, headers: all, body };
}

function jsonOf(rows: readonly ListingRow[]): string {
  return `[${rows.map(jsonRow).join(',')}]`;
}

function jsonRow(row: ListingRow): string {
  const name = JSON.stringify(row.name);
  if (row.kind === 'subdir') return `{"subdir":${name}}`;
  return `{"name":${name},${JSON.stringify(row.members).slice(1)}`;
}

function xmlOf(rows: readonly ListingRow[], { root, item, name }: ListingShape): string {
  let content = '';
  for (const row of rows) {
    if (row.kind === 'subdir') {
      const shown = nameElement(row.name);
      content +=
        root === 'account'
          ? `<subdir name="${escapeXml(shownName(row.name))}" />`
          : `<subdir name="${escapeXml(shownName(row.name))}">${shown}</subdir>`;
      continue;
    }
    const members = Object.entries(row.members)
      .filter(([member]) => XML_MEMBERS.has(member))
      .map(([member, value]) => element(member, String(value)));
    content += parent(item, nameElement(row.name) + members.join(''));
  }
  return `${DECLARATION}<${root} name="${escapeXml(shownName(name))}">${content}</${root}>`;
}

const nameElement = (name: string): string => element('name', shownName(name));

// XML 1.0 cannot carry these in any form: they are percent-encoded, in XML only.
const UNFIT_CHARACTERS = '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]';
const UNFIT = new RegExp(UNFIT_CHARACTERS, 'g');

function shownName(name: string): string {
  return name.replace(UNFIT, (character) => encodeURIComponent(character));
}
