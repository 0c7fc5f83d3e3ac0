/** The call while the dialect fills it step by step. Operations see it as `S3Call`, which cannot be assigned to. */
import type { Bucket, Place, VersionId } from '../../core/model.ts';
import type { Action } from '../../identity/actions.ts';
import type { AccessDecision, ObjectFacts } from '../../identity/evaluate-access.ts';
import type { Grants } from '../../identity/grants.ts';
import { anonymousCaller, type Caller } from '../../identity/principal.ts';
import { parseQuery, type QueryParameters } from '../kernel/query-parameters.ts';
import type { RouteSubject } from '../kernel/route-table.ts';
import type { WireRequest } from '../kernel/wire.ts';
import type { S3Address } from './addressing.ts';
import { decideOnObject } from './authorise-call.ts';
import type { ChosenFlavour } from './choose-flavour.ts';
import { type CredentialInstance, instanceOf } from './find-instance.ts';
import type { CopySource, S3Body, S3Call, S3Services } from './s3-call.ts';
import { type S3Flavour, s3Flavours } from './s3-flavours.ts';
import type { UploadForm } from './upload-form.ts';

const NO_QUERY = parseQuery('');
const SERVICE: S3Address = {
  resource: 'service',
  bucketName: '',
  bucketAccount: undefined,
  key: '',
  isHosted: false,
};

type StateServices = Pick<S3Services, 'instances' | 'ibmNameOf' | 'scpRegion'> & {
  readonly store: Pick<S3Services['store'], 'lifecycleDayMicros'>;
};

export class S3CallState implements S3Call {
  request: WireRequest;
  requestId: string;
  flavour: S3Flavour;
  readonly chosenFlavour: ChosenFlavour;
  readonly place: Place;
  query: QueryParameters = NO_QUERY;
  address: S3Address = SERVICE;
  caller: Caller = anonymousCaller;
  loadedBucket: Bucket | undefined;
  loadedSource: CopySource | undefined;
  openedForm: UploadForm | undefined;
  /** By account, of the buckets that were loaded. */
  publicGrants: Map<string, Grants | undefined> | undefined;
  /** By GUID of the service instance, where a policy asks for them. */
  resourceGroups: Map<string, string> | undefined;
  /** GUID, for calls on the service. */
  loadedInstance: string | undefined;
  /** Of the resource key behind the credential. */
  credentialInstance: CredentialInstance | undefined;
  openedBody: S3Body | undefined;
  deniedWithin: AccessDecision | undefined;

  readonly #services: StateServices;

  constructor(
    request: WireRequest,
    requestId: string,
    chosenFlavour: ChosenFlavour,
    place: Place,
    services: StateServices,
  ) {
    this.#services = services;
    this.request = request;
    this.requestId = requestId;
    this.chosenFlavour = chosenFlavour;
    this.flavour = s3Flavours[chosenFlavour.flavour];
    this.place = place;
  }

  get addressed(): S3Address['resource'] {
    return this.address.resource;
  }

  get bucketName(): string {
    return this.address.bucketName;
  }

  get key(): string {
    return this.address.key;
  }

  get bucketAccount(): string | undefined {
    return this.address.bucketAccount;
  }

  get resource(): string {
    return this.request.rawPath;
  }

  get bucket(): Bucket {
    return present(this.loadedBucket, 'bucket');
  }

  get instanceId(): string | undefined {
    const { loadedBucket } = this;
    return this.loadedInstance ?? (loadedBucket === undefined ? undefined : this.instanceOf(loadedBucket));
  }

  get copySource(): CopySource {
    return present(this.loadedSource, 'source of a copy');
  }

  get uploadForm(): UploadForm {
    return present(this.openedForm, 'form');
  }

  get body(): S3Body {
    return present(this.openedBody, 'body');
  }

  get lifecycleDayMicros(): number {
    return this.#services.store.lifecycleDayMicros;
  }

  get scpRegion(): string {
    return this.#services.scpRegion;
  }

  resourceGroupOf(instance: string): string | undefined {
    return this.resourceGroups?.get(instance);
  }

  rememberResourceGroup(instance: string, group: string): void {
    this.resourceGroups ??= new Map();
    this.resourceGroups.set(instance, group);
  }

  publicGrantsOf({ account }: Pick<Bucket, 'account'>): Grants | undefined {
    return this.publicGrants?.get(account);
  }

  instanceOf(bucket: Bucket): string {
    return instanceOf(bucket, this.#services.instances);
  }

  ibmRegionOf({ place }: Pick<Bucket, 'place'>): string {
    return this.#services.ibmNameOf(place);
  }

  decideOn(
    action: Action,
    key: string,
    versionId: VersionId | undefined,
    object?: ObjectFacts,
  ): AccessDecision {
    const decision = decideOnObject(this, action, { bucket: this.bucket, key, versionId }, object);
    if (!decision.allowed) this.deniedWithin ??= decision;
    return decision;
  }
}

/** A call as routing sees it. A parameter stands for a header that has been moved into the query. */
export class S3RouteSubject implements RouteSubject {
  readonly method: string;
  readonly resource: S3Address['resource'];
  readonly hasQuery: boolean;
  readonly #state: S3CallState;

  constructor(state: S3CallState) {
    this.method = state.request.method;
    this.resource = state.address.resource;
    this.hasQuery = state.query.size > 0;
    this.#state = state;
  }

  query(name: string): string | undefined {
    return this.#state.query.get(name);
  }

  hasHeader(name: string): boolean {
    return this.#state.request.headers.has(name) || this.#state.query.has(name);
  }
}

/** An operation that asks for what its permissions do not load has a bug. */
function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the operation's permissions load no ${what}`);
  return value;
}
