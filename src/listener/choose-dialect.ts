/**
 * Which dialect answers (design, section 7a). Two tables, one per kind of address; nothing else decides it.
 *
 * Storage address, in this order:
 *
 *   1. virtual host, S3 signature, Bearer, or a signature in the query  -> S3
 *   2. /auth/v1.0 and its twins                                         -> tokens of the identity services (TempAuth)
 *      /info /healthcheck /v1 /v1/ /v1.0/                               -> Swift
 *   3. all else, also OPTIONS, form POST and unsigned `GET /`           -> S3
 *
 * One address, or one host name, is one place: each has an S3 dialect and a Swift dialect of its own.
 * Control address: by path, the longest entry that fits. Entries that overlap stop the start.
 */
import type { RequestHandler } from '../dialects/kernel/request-handler.ts';
import type { WireRequest } from '../dialects/kernel/wire.ts';

export type ChooseHandler = (request: WireRequest) => RequestHandler;

/** The APIs of one place. */
export interface PlaceHandlers {
  readonly s3: RequestHandler;
  readonly swift: RequestHandler;
}

export interface StorageHost extends PlaceHandlers {
  /** Lower case, without port. Bucket names may stand before it. */
  readonly host: string;
}

/** Swift's identity service on the storage address. */
export interface TempAuthEntry {
  /** As sent. */
  readonly paths: ReadonlySet<string>;
  readonly handler: RequestHandler;
  /** Domains below which bucket names stand as host names: there the paths are keys of objects. */
  readonly domains: readonly string[];
}

/** `main`: of the place that answers for every host that is not named. */
export function createStorageChooser(
  main: PlaceHandlers,
  hosts: readonly StorageHost[],
  tempAuth: TempAuthEntry,
): ChooseHandler {
  const choosePlace = createPlaceChooser(main, hosts);
  const isBucketHost = (request: WireRequest): boolean => {
    const name = hostName(request.headers.get('host') ?? '');
    const domains = [...tempAuth.domains, ...hosts.map(({ host }) => host)];
    return domains.some((domain) => name.endsWith(`.${domain}`)) && !domains.includes(name);
  };
  return (request) => {
    const { rawPath } = request;
    const isTempAuth = tempAuth.paths.has(rawPath);
    if ((!isTempAuth && !isSwiftPath(rawPath)) || isSigned(request) || isBucketHost(request)) {
      return choosePlace(request).s3;
    }
    return isTempAuth ? tempAuth.handler : choosePlace(request).swift;
  };
}

function isSwiftPath(rawPath: string): boolean {
  return (
    rawPath.startsWith('/v1/') ||
    rawPath.startsWith('/v1.0/') ||
    rawPath === '/v1' ||
    rawPath === '/info' ||
    rawPath === '/healthcheck'
  );
}

/** A proof that S3 takes; Swift has none in these places. */
function isSigned({ headers, rawQuery }: WireRequest): boolean {
  return headers.has('authorization') || /(?:^|&)(?:X-Amz-Signature|Signature)=/i.test(rawQuery);
}

function createPlaceChooser(
  main: PlaceHandlers,
  hosts: readonly StorageHost[],
): (request: WireRequest) => PlaceHandlers {
  if (hosts.length === 0) return () => main;
  // The longest first: one place may be named below another.
  const ordered = [...hosts].sort((a, b) => b.host.length - a.host.length);
  return (request) => {
    const name = hostName(request.headers.get('host') ?? '');
    const found = ordered.find(({ host }) => name === host || name.endsWith(`.${host}`));
    return found ?? main;
  };
}

export interface ControlEntry {
  /** `/healthz`: that path only, with or without a final slash. `/admin/v1/`: everything below it, and itself. */
  readonly path: string;
  readonly handler: RequestHandler;
}

export class OverlappingPaths extends Error {
  override readonly name = 'OverlappingPaths';
}

/** `otherwise` answers what nobody claims. Throws `OverlappingPaths` when two entries claim one path. */
export function createControlChooser(
  entries: readonly ControlEntry[],
  otherwise: RequestHandler,
): ChooseHandler {
  const exact = new Map<string, RequestHandler>();
  const below: ControlEntry[] = [];
  for (const { path, handler } of entries) {
    const own = withoutFinalSlash(path);
    const other = exact.get(own);
    if (other !== undefined)
      throw new OverlappingPaths(`${handler.name} and ${other.name} both claim ${own}`);
    exact.set(own, handler);
    if (path !== '/' && path.endsWith('/')) below.push({ path, handler });
  }
  below.sort((a, b) => b.path.length - a.path.length);
  return ({ rawPath }) => {
    const found = exact.get(withoutFinalSlash(rawPath));
    return found ?? below.find(({ path }) => rawPath.startsWith(path))?.handler ?? otherwise;
  };
}

/** Services that stand under host names of their own on an address; `otherwise` answers for every other host. */
export interface HostEntry {
  /** Lower case, without port. */
  readonly hosts: readonly string[];
  readonly handler: RequestHandler;
}

export function createHostChooser({ hosts, handler }: HostEntry, otherwise: ChooseHandler): ChooseHandler {
  if (hosts.length === 0) return otherwise;
  const names = new Set(hosts);
  return (request) => (names.has(hostName(request.headers.get('host') ?? '')) ? handler : otherwise(request));
}

function withoutFinalSlash(path: string): string {
  return path.endsWith('/') && path !== '/' && path !== '//' ? path.slice(0, -1) : path;
}

function hostName(host: string): string {
  const colon = host.lastIndexOf(':');
  return (colon < 0 || host.endsWith(']') ? host : host.slice(0, colon)).toLowerCase();
}
