/**
 * A container as a web site (nhn-openstack.md, section 15.2): an index for every folder, else a listing where that is switched on, and
 * pages of its own for errors. For callers without a token, and for those who ask for it with `X-Web-Mode`. Everything that is shown is
 * decided on here, object by object: the operations beneath are not asked.
 */
import type { Bucket } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import { encodeStrict, encodeStrictPath } from '../../lib/percent-encoding.ts';
import { escapeXml } from '../../lib/xml-writer.ts';
import { bodyOfOpened } from '../kernel/opened-body.ts';
import type { WireResponse } from '../kernel/wire.ts';
import { metadataOf } from './container-settings.ts';
import { mayReadOf } from './large-objects.ts';
import { openContent } from './object-content.ts';
import { isTrue } from './object-metadata.ts';
import { sendContent } from './send-content.ts';
import type { SwiftCall, SwiftServices } from './swift-call.ts';
import { toSwiftError } from './swift-error-maps.ts';
import { SwiftError } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';

interface WebSettings {
  readonly index: string | undefined;
  readonly error: string | undefined;
  readonly hasListings: boolean;
  readonly css: string | undefined;
  readonly label: string | undefined;
  readonly directoryType: string;
}

function webSettingsOf({ documents }: Pick<Bucket, 'documents'>): WebSettings | undefined {
  const items = metadataOf(documents);
  const index = items['web-index'] || undefined;
  const error = items['web-error'] || undefined;
  const hasListings = isTrue(items['web-listings']);
  if (index === undefined && error === undefined && !hasListings) return undefined;
  return {
    index,
    error,
    hasListings,
    css: items['web-listings-css'] || undefined,
    label: items['web-listings-label'] || undefined,
    directoryType: items['web-directory-type'] || 'application/directory',
  };
}

/** Whether the call is for the site and not for the container; `bucket`: undefined when there is none. */
export function isForWebSite(
  call: Pick<SwiftCall, 'request' | 'caller' | 'addressed' | 'refusal'>,
  bucket: Bucket | undefined,
): boolean {
  const { request, caller, addressed } = call;
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (addressed !== 'container' && addressed !== 'object') return false;
  const isWanted = caller.principal.kind === 'anonymous' || isTrue(request.headers.get('x-web-mode'));
  return isWanted && bucket !== undefined && webSettingsOf(bucket) !== undefined;
}

/** Throws 401, 403, 404 and whatever reading throws, when the site has no page of its own for it. */
export async function serveWebSite(services: SwiftServices, call: SwiftCall): Promise<WireResponse> {
  const settings = webSettingsOf(call.bucket);
  if (settings === undefined) throw new SwiftError(404);
  try {
    return await servePage(services, call, settings);
  } catch (error) {
    const failure = toSwiftError(error, call.refusal);
    const page = await errorPage(services, call, settings, failure);
    if (page === undefined) throw error;
    return page;
  }
}

async function servePage(
  services: SwiftServices,
  call: SwiftCall,
  settings: WebSettings,
): Promise<WireResponse> {
  const { key, addressed, request } = call;
  const hasSlash = request.rawPath.endsWith('/');
  if (addressed === 'container') {
    if (settings.index === undefined && !settings.hasListings) throw new SwiftError(404);
    return hasSlash ? serveFolder(services, call, settings, '') : redirect(call);
  }
  const found = await tryObject(services, call, settings, key);
  if (found !== undefined) return found;
  if (settings.index === undefined && !settings.hasListings) throw new SwiftError(404);
  const folder = key.replace(/\/+$/, '');
  if (hasSlash) return serveFolder(services, call, settings, `${folder}/`);
  if (!(await hasNamesBelow(services.store, call, `${folder}/`))) throw new SwiftError(404);
  return redirect(call);
}

function redirect({ request }: SwiftCall): WireResponse {
  const query = request.rawQuery === '' ? '' : `?${request.rawQuery}`;
  return {
    status: 301,
    headers: ['Location', `${request.clientOrigin}${request.rawPath}/${query}`],
    body: null,
  };
}

/** Undefined: there is none, or it only marks a folder. */
async function tryObject(
  { store, entropy }: SwiftServices,
  call: SwiftCall,
  settings: WebSettings,
  key: string,
): Promise<WireResponse | undefined> {
  await confirm(call, key);
  try {
    const { version, content } = await openContent(store, call.bucket, key, { mayRead: mayReadOf(call) });
    const type = version.metadata.system.contentType.split(';')[0];
    if (type === settings.directoryType && version.size <= 1) return undefined;
    if (call.request.method !== 'HEAD') return await sendContent(content, call.request, entropy);
    return { status: 200, headers: content.headers, body: null, contentLength: content.size };
  } catch (error) {
    if (toSwiftError(error).status === 404) return undefined;
    throw error;
  }
}

async function confirm(call: SwiftCall, key: string): Promise<void> {
  if (!(await call.decideOn('object:read', call.bucket, key)).allowed) throw new SwiftError(call.refusal);
}

async function serveFolder(
  services: SwiftServices,
  call: SwiftCall,
  settings: WebSettings,
  folder: string,
): Promise<WireResponse> {
  if (settings.index !== undefined) {
    const page = await tryObject(services, call, settings, folder + settings.index);
    if (page !== undefined) return page;
  }
  if (!settings.hasListings) throw new SwiftError(404);
  return listFolder(services.store, call, settings, folder);
}

async function hasNamesBelow(store: ObjectStore, { bucket }: SwiftCall, prefix: string): Promise<boolean> {
  const { items } = await store.listObjects(bucket, { prefix, delimiter: '', after: '', limit: 1 });
  return items.length > 0;
}

async function listFolder(
  store: ObjectStore,
  call: SwiftCall,
  settings: WebSettings,
  folder: string,
): Promise<WireResponse> {
  const { bucket, request } = call;
  if (!(await call.decideOn('bucket:list-objects', bucket)).allowed) throw new SwiftError(call.refusal);
  const limit = swiftLimits.listingItemsMax;
  const query = { prefix: folder, delimiter: '/', after: '', limit };
  const { items } = await store.listObjects(bucket, query);
  if (items.length === 0 && folder !== '') throw new SwiftError(404);
  const rows = items.flatMap((item) => {
    const name = item.kind === 'prefix' ? item.prefix : item.object.key;
    if (name === folder) return [];
    const size = item.kind === 'prefix' ? '' : `${item.object.size}`;
    return [rowOf(name.slice(folder.length), size)];
  });
  const path = `/v1/${call.accountName}/${bucket.name}/${folder}`;
  const title = settings.label === undefined ? path : `${settings.label}/${folder}`;
  const body = documentOf(`Listing of ${title}`, cssOf(settings, folder), folder === '', rows.join(''));
  const headers = ['Content-Type', 'text/html; charset=UTF-8'];
  return request.method === 'HEAD'
    ? { status: 200, headers, body: null, contentLength: Buffer.byteLength(body) }
    : { status: 200, headers, body };
}

/** Relative to the folder, however deep that is. */
function cssOf({ css }: WebSettings, folder: string): string | undefined {
  if (css === undefined || /^https?:\/\//.test(css)) return css;
  return '../'.repeat(folder.split('/').length - 1) + encodeStrictPath(css);
}

function rowOf(name: string, size: string): string {
  const isFolder = name.endsWith('/');
  const link = encodeStrict(isFolder ? name.slice(0, -1) : name) + (isFolder ? '/' : '');
  return (
    `<tr class="item ${isFolder ? 'subdir' : 'type-file'}"><td class="colname">` +
    `<a href="./${link}">${escapeXml(name)}</a></td><td class="colsize">${size}</td></tr>\n`
  );
}

const STYLE =
  '<style type="text/css">body{font-family:sans-serif}td,th{padding:0 1em 0 0;text-align:left}td.colsize{text-align:right}</style>';

function documentOf(title: string, css: string | undefined, isTop: boolean, rows: string): string {
  const style =
    css === undefined ? STYLE : `<link rel="stylesheet" type="text/css" href="${escapeXml(css)}" />`;
  const up = isTop ? '' : '<tr class="item"><td class="colname"><a href="../">../</a></td><td></td></tr>\n';
  const shown = escapeXml(title);
  return (
    `<!DOCTYPE html>\n<html><head><meta charset="UTF-8" /><title>${shown}</title>\n${style}\n</head><body>\n` +
    `<h1 id="title">${shown}</h1>\n<table id="listing">\n<tr id="heading"><th>Name</th><th>Size</th></tr>\n` +
    `${up}${rows}</table>\n</body></html>\n`
  );
}

/** `404error.html` for the setting `error.html`, with the status that it is about. */
async function errorPage(
  services: SwiftServices,
  call: SwiftCall,
  settings: WebSettings,
  { status, headers }: SwiftError,
): Promise<WireResponse | undefined> {
  if (settings.error === undefined || status < 400) return undefined;
  const key = `${status}${settings.error}`;
  if (!(await call.decideOn('object:read', call.bucket, key)).allowed) return undefined;
  try {
    const { content } = await openContent(services.store, call.bucket, key, {});
    const shown = [...headers, 'Content-Type', content.contentType];
    if (call.request.method === 'HEAD') {
      return { status, headers: shown, body: null, contentLength: content.size };
    }
    const opened = await content.open(0, content.size - 1);
    return { status, headers: shown, body: bodyOfOpened(opened, content.size) };
  } catch {
    // A page for errors that cannot be shown must not hide the error.
    return undefined;
  }
}
