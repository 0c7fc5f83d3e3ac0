/** The call while the dialect fills it step by step. Operations see it as `SwiftCall`, which cannot be assigned to. */
import type { AccountId, Bucket, Place } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { Action } from '../../identity/actions.ts';
import type { AccessDecision } from '../../identity/evaluate-access.ts';
import { actsAsOwner } from '../../identity/ownership.ts';
import { anonymousCaller, type Caller } from '../../identity/principal.ts';
import { parseQuery, type QueryParameters } from '../kernel/query-parameters.ts';
import type { RouteSubject } from '../kernel/route-table.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { checkNames, type SwiftAddress } from './addressing.ts';
import { decideOnNamed, decideOnTarget } from './authorise-call.ts';
import { decodeCopySource } from './copy-headers.ts';
import type { CopyTarget, SwiftCall } from './swift-call.ts';
import { SwiftError } from './swift-errors.ts';
import type { OpenedLink } from './temp-url-call.ts';
import { isUploadForm } from './upload-form.ts';
import { decodeVersionId } from './version-ids.ts';
import { isForWebSite } from './web-pages.ts';

const NO_QUERY = parseQuery('');
const OUTSIDE_OF_LINK: AccessDecision = { allowed: false, trace: [] };
const NOWHERE: SwiftAddress = {
  resource: 'account',
  accountName: '',
  account: undefined,
  container: '',
  key: '',
};

interface SwiftRegion {
  readonly place: Place;
  readonly scpName?: string;
}

export class SwiftCallState implements SwiftCall {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly place: Place;
  readonly scpRegion: string;
  readonly #store: ObjectStore;
  query: QueryParameters = NO_QUERY;
  address: SwiftAddress = NOWHERE;
  caller: Caller = anonymousCaller;
  loadedBucket: Bucket | undefined;
  /** The TempURL by which the call is made. */
  link: OpenedLink | undefined;
  loadedSource: CopyTarget | undefined;

  constructor(request: WireRequest, requestId: string, region: SwiftRegion, store: ObjectStore) {
    this.request = request;
    this.requestId = requestId;
    this.place = region.place;
    this.scpRegion = region.scpName ?? region.place;
    this.#store = store;
  }

  get addressed(): SwiftAddress['resource'] {
    return this.address.resource;
  }

  get accountName(): string {
    return this.address.accountName;
  }

  get account(): AccountId {
    const { account } = this.address;
    if (account === undefined) throw new SwiftError(404);
    return account;
  }

  get containerName(): string {
    return this.address.container;
  }

  get key(): string {
    return this.address.key;
  }

  get refusal(): 401 | 403 {
    return this.link !== undefined || this.caller.principal.kind === 'anonymous' ? 401 : 403;
  }

  get isForWebSite(): boolean {
    return this.link === undefined && isForWebSite(this, this.loadedBucket);
  }

  get isOwner(): boolean {
    return actsAsOwner(this.caller.principal, this.address.account);
  }

  /** An operation that asks for what its permissions do not load has a bug. */
  get bucket(): Bucket {
    if (this.loadedBucket === undefined) throw new Error("the operation's permissions load no container");
    return this.loadedBucket;
  }

  get hasBucket(): boolean {
    return this.loadedBucket !== undefined;
  }

  /** What routing sees. */
  get routeSubject(): RouteSubject {
    const { request, query, address } = this;
    return {
      method: request.method,
      resource: this.#isForm ? 'form' : this.#isPolicy ? 'policy' : address.resource,
      query: (name) => query.get(name),
      hasHeader: (name) => request.headers.has(name),
    };
  }

  get copySource(): CopyTarget {
    if (this.loadedSource === undefined) throw new Error("the operation's permissions load no source");
    return this.loadedSource;
  }

  /** Loads what `X-Copy-From` names, and decides whether the caller may read it. Throws 404 and 412. */
  async findSource(): Promise<AccessDecision> {
    const named = decodeCopySource(this.request.headers);
    const { container, key, account = this.account, parameters } = named;
    checkNames(container, key);
    const target = { account, container, key };
    const { decision, bucket } = await decideOnNamed(this.#store, this, 'object:read', target);
    const asStored = parameters.get('multipart-manifest') === 'get';
    if (bucket !== undefined) {
      const versionId = decodeVersionId({ query: parameters }, bucket);
      this.loadedSource = { bucket, key, asStored, ...(versionId !== undefined && { versionId }) };
    }
    return decision;
  }

  get #isForm(): boolean {
    const { resource } = this.address;
    const { method, headers } = this.request;
    return (resource === 'container' || resource === 'object') && isUploadForm(method, headers);
  }

  /** A container's settings as JSON. */
  get #isPolicy(): boolean {
    const { request, query, address } = this;
    if (address.resource !== 'container' || request.method !== 'POST' || query.has('bulk-delete'))
      return false;
    return /^\s*application\/json\s*(?:;|$)/i.test(request.headers.get('content-type') ?? '');
  }

  async decideOn(action: Action, bucket: Bucket, key?: string): Promise<AccessDecision> {
    if (this.link?.scope === 'container' && bucket.id !== this.loadedBucket?.id) return OUTSIDE_OF_LINK;
    return decideOnTarget(this.#store, this, action, bucket, key);
  }
}
