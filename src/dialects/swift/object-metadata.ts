/**
 * What headers say about an object, kept with it and shown with it (nhn-openstack.md, sections 8 and 12). Written whole by PUT,
 * replaced by POST, carried over and overridden by COPY.
 */
import { extname } from 'node:path';
import { lookup } from 'mime-types';
import {
  type PrefixComposition,
  prefixDocument,
  withoutPrefix,
} from '../../core/composition/composition-documents.ts';
import type { ObjectMetadata, SystemMetadata } from '../../core/model.ts';
import { decodePercent, PercentEncodingError } from '../../lib/percent-encoding.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { decodeMetadata, pushMetadata } from './metadata-headers.ts';
import { SwiftError } from './swift-errors.ts';

/** Document of an object: its X-Robots-Tag, which no other dialect has. */
const ROBOTS_DOCUMENT = 'robots-tag';
/** What Swift guesses otherwise than the register has it. */
const ownTypes: ReadonlyMap<string, string> = new Map([['.wav', 'audio/x-wav']]);
const DEFAULT_CONTENT_TYPE = 'application/octet-stream';

const systemHeaders = [
  ['cacheControl', 'Cache-Control'],
  ['contentDisposition', 'Content-Disposition'],
  ['contentEncoding', 'Content-Encoding'],
  ['contentLanguage', 'Content-Language'],
  ['expires', 'Expires'],
] as const;

type MutableSystem = { -readonly [P in keyof SystemMetadata]: SystemMetadata[P] };

/** Of a PUT. Items without a value are not stored. Throws 400. */
export function decodeObjectMetadata(headers: WireHeaders, key: string): ObjectMetadata {
  const system: MutableSystem = { contentType: contentTypeOf(headers, key) };
  decodeSystem(headers, system);
  return { system, user: withoutEmpty(decodeMetadata(headers, 'object')), documents: documentsOf(headers) };
}

/** Of a POST: everything that can be sent is replaced, except the content type. What other layers own stays. */
export function replaceObjectMetadata(headers: WireHeaders, current: ObjectMetadata): ObjectMetadata {
  const system: MutableSystem = {
    contentType: validType(headers.get('content-type')) ?? current.system.contentType,
  };
  decodeSystem(headers, system);
  const { [ROBOTS_DOCUMENT]: _robots, ...documents } = withoutPrefix(current).documents;
  return {
    system,
    user: withoutEmpty(decodeMetadata(headers, 'object')),
    documents: { ...documents, ...documentsOf(headers) },
  };
}

/** Of a copy: the source's, item by item overridden; `isFresh`: of the source only the content type. */
export function copyObjectMetadata(
  headers: WireHeaders,
  source: ObjectMetadata,
  isFresh: boolean,
): ObjectMetadata {
  const sent = withoutEmpty(decodeMetadata(headers, 'object'));
  const system: MutableSystem = isFresh ? { contentType: source.system.contentType } : { ...source.system };
  const contentType = validType(headers.get('content-type'));
  if (contentType !== undefined) system.contentType = contentType;
  decodeSystem(headers, system);
  const { [ROBOTS_DOCUMENT]: robots, acl: _acl, ...documents } = source.documents;
  return {
    system,
    user: isFresh ? sent : { ...source.user, ...sent },
    documents: {
      ...documents,
      ...(robots !== undefined && !isFresh && { [ROBOTS_DOCUMENT]: robots }),
      ...documentsOf(headers),
    },
  };
}

/** What GET and HEAD show of it, content type first. */
export function pushObjectMetadata(headers: string[], { system, user, documents }: ObjectMetadata): void {
  headers.push('Content-Type', system.contentType);
  for (const [property, header] of systemHeaders) {
    const value = system[property];
    if (value !== undefined) headers.push(header, value);
  }
  const robots = documents[ROBOTS_DOCUMENT];
  if (robots !== undefined) headers.push('X-Robots-Tag', robots);
  pushMetadata(headers, user, 'object');
}

function decodeSystem(headers: WireHeaders, system: MutableSystem): void {
  for (const [property, header] of systemHeaders) {
    const value = headers.get(header.toLowerCase());
    if (value !== undefined && value !== '') system[property] = value;
  }
}

function documentsOf(headers: WireHeaders): Record<string, string> {
  const robots = headers.get('x-robots-tag') ?? '';
  const prefix = decodePrefix(headers);
  return {
    ...(robots !== '' && { [ROBOTS_DOCUMENT]: robots }),
    ...(prefix !== undefined && prefixDocument(prefix)),
  };
}

/** X-Object-Manifest: the object is a dynamic large object (nhn-openstack.md, section 11). Throws 400. */
function decodePrefix(headers: WireHeaders): PrefixComposition | undefined {
  const value = headers.get('x-object-manifest') ?? '';
  if (value === '') return undefined;
  const [, bucket, prefix] = /^([^/?&]+)\/([^/?&][^?&]*)$/.exec(value) ?? [];
  const wrong = new SwiftError(400, 'X-Object-Manifest must be in the format container/prefix');
  if (bucket === undefined || prefix === undefined) throw wrong;
  try {
    return { bucket: decodePercent(bucket), prefix: decodePercent(prefix), shown: value };
  } catch (error) {
    if (error instanceof PercentEncodingError) throw wrong;
    throw error;
  }
}

/** As sent; else, or when `X-Detect-Content-Type` asks for it, by the name's extension. */
function contentTypeOf(headers: WireHeaders, key: string): string {
  const sent = validType(headers.get('content-type'));
  if (sent !== undefined && !isTrue(headers.get('x-detect-content-type'))) return sent;
  return ownTypes.get(extname(key).toLowerCase()) ?? (lookup(key) || DEFAULT_CONTENT_TYPE);
}

/** Throws 400. */
function validType(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (value.includes('\uFFFD')) throw new SwiftError(400, 'Invalid Content-Type');
  return value;
}

function withoutEmpty(items: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(items).filter(([, value]) => value !== ''));
}

const TRUE_WORDS: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on', 't', 'y']);

/** Swift's notion of a switch that is on. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && TRUE_WORDS.has(value.trim().toLowerCase());
}
