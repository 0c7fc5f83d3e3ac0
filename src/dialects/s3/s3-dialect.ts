/**
 * The S3 API. Operations stand in `operation-table.ts`; here is what holds for all of them.
 *
 * Known differences from AWS, besides what answers 501:
 * - A second CreateBucket by the owner is BucketAlreadyOwnedByYou everywhere, also in `us-east-1`.
 * - Objects without a checksum of the client's get none; AWS computes CRC64NVME then.
 * - If-None-Match of a write takes ETags (RFC 9110, section 13.1.2); AWS answers NotImplemented to anything but `*`.
 * - If-Range is honoured (RFC 9110, section 13.1.5); AWS does not document it.
 * - Last-Modified is rounded up to a second, so that listings and headers agree (nhn-openstack.md, section 2.4).
 * - `encoding-type=url` writes a space as `%20`, AWS as `+` (list-encoding.ts). Without it, control characters of names are
 *   shown as U+FFFD; AWS writes references that XML 1.0 forbids.
 * - ACLs work in every bucket that CreateBucket was not told to switch them off in; AWS switches them off in all new ones.
 *   WRITE on a bucket also replaces and deletes what others wrote, and what nobody known writes belongs to the bucket's
 *   account (docs/adr/0009-access-control-lists.md). Grants to groups are shown before those to accounts.
 * - Principals of policies are not looked up when they are stored, and a policy's 20 KiB count its white space
 *   (docs/adr/0011-policies.md).
 * - GetObjectAttributes lists parts that have no checksum, too.
 * - A bucket of another place is NoSuchBucket, as at NHN; AWS answers 301 with the place to go to (s3-flavours.ts, `otherPlace`).
 * - 507 InsufficientStorage when the disk is full; AWS has no such disk.
 */

import type { Bucket, Place } from '../../core/model.ts';
import { bucketNameFault } from '../../core/names.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import type { Grants } from '../../identity/grants.ts';
import { actsAsOwner } from '../../identity/ownership.ts';
import { accountOf } from '../../identity/principal.ts';
import type { InstanceDirectory, ServiceInstance } from '../../identity/service-instances.ts';
import type { Entropy } from '../../lib/entropy.ts';
import { PercentEncodingError } from '../../lib/percent-encoding.ts';
import type { Operation, Permission } from '../kernel/define-operation.ts';
import type { Dialect } from '../kernel/dialect.ts';
import { parseQuery, type QueryParameters } from '../kernel/query-parameters.ts';
import { createRouteTable, type RouteTable } from '../kernel/route-table.ts';
import { type WireRequest, type WireResponse, withResponseHeaders } from '../kernel/wire.ts';
import { parseAddress } from './addressing.ts';
import {
  type AuthenticationRules,
  authenticateCall,
  authenticateForm,
  type ProofVerifiers,
} from './authenticate-call.ts';
import { authoriseCall, decideOnService } from './authorise-call.ts';
import { verifiedBody } from './buffered-body.ts';
import { type FlavourHost, flavourOfKey, flavourOfRequest } from './choose-flavour.ts';
import { parseCopySource } from './copy-source.ts';
import { findNamedBucket, pushCrossOrigin } from './cross-origin.ts';
import { findInstance } from './find-instance.ts';
import type { AccountDirectory } from './grantees.ts';
import { loadResourceGroup } from './load-resource-group.ts';
import { withMovedHeaders } from './moved-headers.ts';
import { operations } from './operation-table.ts';
import { postObject } from './operations/post-object.ts';
import { renderError } from './render-error.ts';
import { mintRequestId } from './request-id.ts';
import type { CopySource, S3Call, S3Services } from './s3-call.ts';
import { S3CallState, S3RouteSubject } from './s3-call-state.ts';
import { toS3Error } from './s3-error-maps.ts';
import { S3Error } from './s3-errors.ts';
import { type S3Flavour, s3Flavours } from './s3-flavours.ts';
import { withFormHeaders } from './upload-form.ts';

export interface S3Parts extends ProofVerifiers {
  readonly store: ObjectStore;
  readonly accounts: AccountDirectory;
  readonly entropy: Entropy;
  readonly instances: InstanceDirectory;
  /** What an account's policies give to everybody; undefined: nothing. */
  findPublicGrants(account: string): Promise<Grants | undefined>;
}

/** Of one address or host name, which answers for one place. */
export interface S3Settings {
  readonly place: Place;
  /** What else a signature or a LocationConstraint may call the place. */
  readonly regionAliases: readonly string[];
  /** Names and aliases of the places that are served at other addresses. */
  readonly otherPlaceNames: readonly string[];
  /** Below which bucket names stand as host names: lower case, without port. */
  readonly domains: readonly string[];
  /** Whether requests without a proof are looked at (GOTGAN_ANONYMOUS_S3). */
  readonly anonymousAllowed: boolean;
  /** Whether Signature Version 2 is taken (GOTGAN_SIGNATURE_V2). Default: yes. */
  readonly signatureV2Allowed?: boolean;
  /** Host names at which S3 speaks as another cloud. */
  readonly flavourHosts?: readonly FlavourHost[];
  /** What IBM calls the places; those that are missing have no other name there. */
  readonly ibmNames?: ReadonlyMap<Place, string>;
  /** What Samsung Cloud Platform calls the place. Default: its name. */
  readonly scpName?: string;
}

export type S3Dialect = Dialect<S3Call, S3Services>;

export function createS3Dialect(parts: S3Parts, settings: S3Settings): S3Dialect {
  return new S3(parts, settings);
}

type S3Operation = Operation<S3Call, S3Services>;

/** The pipeline hands back to the dialect the calls that `begin` made. */
/** It says nothing about the call, so that one is enough for all. */
const accessDenied = new S3Error('AccessDenied');

const stateOf = (call: S3Call): S3CallState => call as S3CallState;

class S3 implements S3Dialect {
  readonly name = 's3';
  readonly services: S3Services;
  readonly operations = operations;
  readonly #parts: S3Parts;
  readonly #settings: S3Settings;
  readonly #routes: RouteTable<S3Operation>;
  readonly #rules: AuthenticationRules;
  readonly #flavourHosts: readonly FlavourHost[];

  constructor(parts: S3Parts, settings: S3Settings) {
    const { place, regionAliases, otherPlaceNames, anonymousAllowed, signatureV2Allowed = true } = settings;
    const names = new Set([place, ...regionAliases].map((name) => name.toLowerCase()));
    const isName = (name: string) => names.has(name.toLowerCase());
    const otherNames = new Set(otherPlaceNames.map((name) => name.toLowerCase()));
    // A domain below another is looked at first.
    const domains = [...settings.domains].sort((left, right) => right.length - left.length);
    this.#flavourHosts = (settings.flavourHosts ?? []).toSorted((a, b) => b.host.length - a.host.length);
    this.#parts = parts;
    this.#settings = settings;
    this.#routes = createRouteTable(operations);
    this.#rules = {
      place,
      domains,
      isNameOfPlace: isName,
      anonymousAllowed,
      signatureV2Allowed,
    };
    this.services = {
      store: parts.store,
      accounts: parts.accounts,
      isNameOfPlace: (name, asked) => asked === place && isName(name),
      ibmNameOf: (name) => settings.ibmNames?.get(name) ?? name,
      scpRegion: settings.scpName ?? place,
      instances: parts.instances,
      isNameOfOtherPlace: (name) => otherNames.has(name.toLowerCase()) && !isName(name),
    };
  }

  begin(request: WireRequest): S3Call {
    const chosen = flavourOfRequest(request, this.#flavourHosts);
    const requestId = this.#mintRequestId(request, s3Flavours[chosen.flavour]);
    return new S3CallState(request, requestId, chosen, this.#settings.place, this.services);
  }

  route(call: S3Call): S3Operation {
    const state = stateOf(call);
    const { request } = state;
    state.address = parseAddress(request.rawPath, request.headers.get('host'), this.#rules.domains);
    state.query = queryOf(request.rawQuery);
    const result = this.#routes.find(new S3RouteSubject(state));
    if (result.kind === 'found') return result.operation;
    const allowed = result.kind === 'method-not-allowed' ? result.allowed : [];
    throw new S3Error(
      'MethodNotAllowed',
      { Method: request.method, ResourceType: state.addressed.toUpperCase() },
      undefined,
      allowed.length === 0 ? [] : ['Allow', allowed.join(', ')],
    );
  }

  async authenticate(call: S3Call, operation: S3Operation): Promise<void> {
    const state = stateOf(call);
    if (operation.name === postObject.name) return this.#authenticateForm(state);
    const { caller, body, instance } = await authenticateCall(
      state.request,
      this.#parts,
      this.#rules,
      (key) => this.#adoptKey(state, key),
    );
    state.caller = caller;
    state.openedBody = body;
    if (instance !== undefined) state.credentialInstance = instance;
    if (state.query.size > 0) state.request = withMovedHeaders(state.request, state.query);
  }

  async #authenticateForm(state: S3CallState): Promise<void> {
    const { caller, form } = await authenticateForm(
      state.request,
      state.bucketName,
      this.#parts,
      this.#rules,
      (key) => this.#adoptKey(state, key),
    );
    state.caller = caller;
    state.openedForm = form;
    state.request = withFormHeaders(state.request, form.fields);
    state.address = { ...state.address, key: form.key };
  }

  async load(call: S3Call, { permissions }: S3Operation): Promise<void> {
    if (permissions === 'public') return;
    const state = stateOf(call);
    const needs = needsOf(permissions);
    if (needs.service) state.loadedInstance = await this.#findInstance(state);
    if (needs.bucket) {
      const { bucketName, bucketAccount } = state.address;
      const bucket = await this.#findBucket(call, bucketName, bucketAccount);
      state.loadedBucket = bucket;
      refuseOtherOwner(call, 'x-amz-expected-bucket-owner', bucket.account);
      if (!actsAsOwner(state.caller.principal, bucket.account)) await this.#loadGrants(state, bucket);
    }
    if (needs.source) {
      state.loadedSource = await this.#findSource(call);
      const { bucket } = state.loadedSource;
      refuseOtherOwner(call, 'x-amz-source-expected-bucket-owner', bucket.account);
      if (!actsAsOwner(state.caller.principal, bucket.account)) await this.#loadGrants(state, bucket);
    }
  }

  authorise(call: S3Call, operation: S3Operation) {
    return authoriseCall(this.#parts.store, call, operation);
  }

  denied(): S3Error {
    return accessDenied;
  }

  finish(response: WireResponse, call: S3Call): WireResponse | Promise<WireResponse> {
    const { request, loadedBucket, address, flavour, requestId } = stateOf(call);
    const headers = withExtraHeaders(response.headers, flavour.extraHeaders);
    for (const name of flavour.requestIdHeaders) headers.push(name, requestId);
    if (response.body === null && flavour.emptyContentType !== undefined && needsContentType(response)) {
      headers.push('Content-Type', flavour.emptyContentType);
    }
    const isForBrowsers = request.method !== 'OPTIONS' && address.resource !== 'service';
    if (isForBrowsers && loadedBucket !== undefined) pushCrossOrigin(headers, request, loadedBucket);
    const finished = withResponseHeaders(response, headers);
    if (!isForBrowsers || loadedBucket !== undefined) return finished;
    return request.headers.has('origin') ? this.#withCrossOrigin(finished, call) : finished;
  }

  /** Of an answer that came before the bucket was looked at: its sender must be able to read why. */
  async #withCrossOrigin(response: WireResponse, call: S3Call): Promise<WireResponse> {
    try {
      const bucket = await findNamedBucket(this.#parts.store, call);
      if (bucket === undefined) return response;
      const headers = [...response.headers];
      pushCrossOrigin(headers, call.request, bucket);
      return { ...response, headers };
    } catch {
      // What went wrong with the request itself is the answer.
      return response;
    }
  }

  renderError(error: unknown, call: S3Call): WireResponse {
    const { request, requestId, flavour } = call;
    return renderError(toS3Error(error, call), {
      flavour,
      requestId,
      method: request.method,
      rawPath: request.rawPath,
      addressed: call.addressed,
      hostedBucket: stateOf(call).address.isHosted ? call.bucketName : undefined,
    });
  }

  errorCode(error: unknown, call: S3Call): string {
    return toS3Error(error, call).code;
  }

  bodyTooLarge(_call: S3Call, bytesMax: number): S3Error {
    return new S3Error('MaxMessageLengthExceeded', { MaxMessageLengthBytes: `${bytesMax}` });
  }

  bodyOf(call: S3Call) {
    return verifiedBody(call);
  }

  #mintRequestId(request: WireRequest, flavour: S3Flavour): string {
    const extra = request.headers.get('x-trans-id-extra');
    return mintRequestId(flavour, this.#parts.entropy, request.receivedAtMicros, extra);
  }

  /** Nothing has been said under the request id yet when the key becomes known. */
  #adoptKey(state: S3CallState, key: AccessKeyCredential | undefined): S3Flavour {
    const flavour = s3Flavours[flavourOfKey(state.chosenFlavour, key?.flavour)];
    if (key?.instanceId !== undefined) state.credentialInstance = { guid: key.instanceId, isBinding: true };
    if (flavour.requestIdForm !== state.flavour.requestIdForm) {
      state.requestId = this.#mintRequestId(state.request, flavour);
    }
    state.flavour = flavour;
    return flavour;
  }

  /** What counts besides the bucket itself, for whoever does not own it. */
  async #loadGrants(state: S3CallState, bucket: Bucket): Promise<void> {
    const { account } = bucket;
    state.publicGrants ??= new Map();
    if (!state.publicGrants.has(account)) {
      state.publicGrants.set(account, await this.#parts.findPublicGrants(account));
    }
    await loadResourceGroup(state, bucket, this.#parts.instances);
  }

  /** Of a call on the service; other clouds know of none. */
  async #findInstance(state: S3CallState): Promise<string | undefined> {
    const account = accountOf(state.caller);
    if (account === undefined || state.flavour.owner !== 'service-instance') return undefined;
    const mayList = ({ guid, resourceGroup }: ServiceInstance) => {
      state.rememberResourceGroup(guid, resourceGroup);
      return decideOnService(state, 'account:list-buckets', guid).allowed;
    };
    const { credentialInstance } = state;
    const { instances } = this.#parts;
    const { guid, resourceGroup } = await findInstance(
      state,
      account,
      credentialInstance,
      instances,
      mayList,
    );
    state.rememberResourceGroup(guid, resourceGroup);
    return guid;
  }

  #findBucket(call: S3Call, name: string, account: string | undefined): Promise<Bucket> {
    // Containers whose names are not legal here are invisible from S3 (nhn-openstack.md, section 24.1).
    if (bucketNameFault(name) !== undefined) throw new S3Error('InvalidBucketName', { BucketName: name });
    const caller = accountOf(call.caller);
    const { place } = call;
    return this.#parts.store.findBucket(
      account === undefined ? { caller, place, name } : { caller, place, name, account },
    );
  }

  async #findSource(call: S3Call): Promise<CopySource> {
    const named = parseCopySource(call.request.headers.get('x-amz-copy-source') ?? '');
    const { key, versionId } = named;
    return { bucket: await this.#findBucket(call, named.bucketName, named.bucketAccount), key, versionId };
  }
}

function queryOf(rawQuery: string): QueryParameters {
  try {
    return parseQuery(rawQuery);
  } catch (error) {
    if (error instanceof PercentEncodingError) throw new S3Error('InvalidURI', { URI: rawQuery });
    throw error;
  }
}

/** What has to be loaded before permissions can be decided on. */
function needsOf(permissions: readonly Permission[]) {
  const needs = { service: false, bucket: false, source: false };
  for (const { on } of permissions) {
    needs[on === 'account' ? 'service' : on === 'source' ? 'source' : 'bucket'] = true;
  }
  return needs;
}

/** Amazon S3 User Guide, "Verifying bucket ownership with bucket owner condition". */
function refuseOtherOwner(call: S3Call, header: string, account: string): void {
  const expected = call.request.headers.get(header);
  if (expected !== undefined && expected.toLowerCase() !== account) throw new S3Error('AccessDenied');
}

/** Answers without a body still name a type (nhn-openstack.md, section 23.6); 304 repeats nothing of the kind. */
function needsContentType({ status, headers }: WireResponse): boolean {
  if (status === 304) return false;
  return !hasHeader(headers, 'Content-Type');
}

/** A list of its own, to which more may be added. */
function withExtraHeaders(headers: readonly string[], extra: readonly string[]): string[] {
  const all = [...headers];
  for (let index = 0; index < extra.length; index += 2) {
    const [name = '', value = ''] = extra.slice(index, index + 2);
    if (!hasHeader(headers, name)) all.push(name, value);
  }
  return all;
}

/** As this server spells it. */
function hasHeader(headers: readonly string[], name: string): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name) return true;
  }
  return false;
}
