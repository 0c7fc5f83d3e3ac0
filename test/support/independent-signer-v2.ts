/**
 * A second Signature Version 2, for tests: written from AWS's description without a look at the server's. Signs what it is
 * told to be sub-resources, so that a test can also leave one out.
 */
import { createHmac } from 'node:crypto';
import type { SignedRequest, SigningIdentity, UnsignedRequest } from './independent-signer.ts';

export interface V2Request extends UnsignedRequest {
  /** Of the query's names; sorted here. */
  readonly subresources?: readonly string[];
  /** When the host name holds the bucket. */
  readonly hostedBucket?: string;
}

type Pair = readonly [string, string];

export class IndependentSignerV2 {
  readonly #accessKeyId: string;
  readonly #secret: string;
  readonly #at: Date;

  constructor(identity: Pick<SigningIdentity, 'accessKeyId' | 'secret'>, at: Date) {
    this.#accessKeyId = identity.accessKeyId;
    this.#secret = identity.secret;
    this.#at = at;
  }

  byHeader(request: V2Request): SignedRequest {
    const headers: Record<string, string> = { ...request.headers };
    if (headers['x-amz-date'] === undefined) headers['date'] ??= this.#at.toUTCString();
    const signature = this.#sign({ ...request, headers }, headers['x-amz-date'] ? '' : headers['date']!);
    headers['authorization'] = `AWS ${this.#accessKeyId}:${signature}`;
    return wire(request, headers, request.query ?? []);
  }

  byQuery(request: V2Request, expiresSeconds: number): SignedRequest {
    const expires = String(Math.floor(this.#at.getTime() / 1000) + expiresSeconds);
    const headers = { ...request.headers };
    const signature = this.#sign({ ...request, headers }, expires);
    const proof: Pair[] = [
      ['AWSAccessKeyId', this.#accessKeyId],
      ['Signature', signature],
      ['Expires', expires],
    ];
    return wire(request, headers, [...(request.query ?? []), ...proof]);
  }

  #sign(request: V2Request, date: string): string {
    const headers = Object.entries(request.headers ?? {});
    const amz = headers
      .filter(([name]) => name.startsWith('x-amz-'))
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .flatMap(([name, value]) => [name, ':', value.trim(), '\n']);
    const subresources = (request.query ?? [])
      .filter(([name]) => request.subresources?.includes(name))
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
    const lines = [request.method, request.headers?.['content-md5'], request.headers?.['content-type'], date];
    const hmac = createHmac('sha1', Buffer.from(this.#secret));
    for (const line of lines) hmac.update(`${line ?? ''}\n`);
    for (const piece of amz) hmac.update(piece);
    if (request.hostedBucket !== undefined) hmac.update(`/${request.hostedBucket}`);
    hmac.update(encodePath(request.path));
    if (subresources.length > 0) hmac.update(`?${subresources.join('&')}`);
    return hmac.digest().toString('base64');
  }
}

/** A name without a value goes without `=`, as `?acl`. */
function wire(request: V2Request, headers: Record<string, string>, query: readonly Pair[]): SignedRequest {
  const pairs = query.map(([name, value]) => (value === '' ? name : `${name}=${encodeURIComponent(value)}`));
  return {
    method: request.method,
    host: request.host,
    target: encodePath(request.path) + (pairs.length > 0 ? `?${pairs.join('&')}` : ''),
    headers,
    body: Buffer.from(request.body ?? []),
  };
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
