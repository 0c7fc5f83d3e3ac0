import type { WireRequest } from '../kernel/wire.ts';

/** What the operator has decided about the services, and what the server knows about itself. */
export interface ScpSettings {
  /** Code of this environment: `e`. */
  readonly offering: string;
  /** Of the control address, as the client that asks can reach it. Without final slash. */
  identityUrl(request: WireRequest): string;
  /** Of the object store in every region. */
  storageUrls(request: WireRequest): readonly { readonly region: string; readonly url: string }[];
  /** Below which the services stand as host names. */
  readonly baseDomain?: string;
  /** Region that object-store-authorization signs for when none is named. */
  readonly region: string;
  /** Region of these services themselves, as the platform calls it: the first place. */
  readonly homeRegion: string;
  /** Whether a region's name means one that is served. */
  isRegion(name: string): boolean;
  /** Whether an authority (host, with port where it is not the scheme's own) is one of the object store's. */
  isObjectStore(authority: string, request: WireRequest): boolean;
  readonly samlRequiresSignature: boolean;
  readonly samlRequireRoleAttribute: boolean;
  /** Our entity id, which assertions must be for. */
  readonly spEntityId: string;
  readonly roleAttributeNames: readonly string[];
  readonly clockSkewSeconds: number;
  readonly maxAssertionAgeSeconds: number;
}
