/**
 * A second Signature Version 4, for tests: written from AWS's description without a look at the server's, and in another
 * manner (bytes and lists instead of strings), so that the two can only agree by being right. Use it for requests that no
 * SDK would send.
 */
import { createHash, createHmac } from 'node:crypto';

export interface SigningIdentity {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly region: string;
  /** Default `s3`. */
  readonly service?: string;
}

export interface UnsignedRequest {
  readonly method: string;
  /** With port where it is not the scheme's own. */
  readonly host: string;
  /** Decoded; begins with `/`. */
  readonly path: string;
  /** Decoded names and values, in the order to be sent. */
  readonly query?: readonly (readonly [string, string])[];
  /** Lower-case names. All of them are signed, except those in `unsigned`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly unsigned?: readonly string[];
  readonly body?: Uint8Array;
}

/** What goes on the wire. */
export interface SignedRequest {
  readonly method: string;
  readonly host: string;
  /** Path and query, encoded. */
  readonly target: string;
  /** Lower-case names; without `host` and `content-length`. */
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export interface Chunking {
  readonly chunkBytes: number;
  readonly isSigned: boolean;
  /** Undefined: a mode without trailer (signed chunks only). */
  readonly trailers?: readonly (readonly [string, string])[];
}

const NEWLINE = Buffer.from('\n');
const CRLF = Buffer.from('\r\n');

export class IndependentSigner {
  readonly #identity: Required<SigningIdentity>;
  readonly #stamp: string;

  constructor(identity: SigningIdentity, at: Date) {
    this.#identity = { service: 's3', ...identity };
    this.#stamp = at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  }

  /** `payload`: the text of x-amz-content-sha256; default the hash of the body. */
  byHeader(request: UnsignedRequest, payload = sha256(request.body ?? []).toString('hex')): SignedRequest {
    const headers = { ...request.headers, 'x-amz-content-sha256': payload, 'x-amz-date': this.#stamp };
    const query = request.query ?? [];
    const { names, signature } = this.#sign({ ...request, headers }, query, payload);
    const authorization = [
      `AWS4-HMAC-SHA256 Credential=${this.#identity.accessKeyId}/${this.#scope().join('/')}`,
      `SignedHeaders=${names.join(';')}`,
      `Signature=${signature.toString('hex')}`,
    ].join(', ');
    return {
      method: request.method,
      host: request.host,
      target: target(request.path, query),
      headers: { ...headers, authorization },
      body: Buffer.from(request.body ?? []),
    };
  }

  byQuery(request: UnsignedRequest, expiresSeconds: number, payload = 'UNSIGNED-PAYLOAD'): SignedRequest {
    const headers = request.headers ?? {};
    const signedNames = this.#signedNames({ ...request, headers });
    const query: (readonly [string, string])[] = [
      ...(request.query ?? []),
      ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
      ['X-Amz-Credential', `${this.#identity.accessKeyId}/${this.#scope().join('/')}`],
      ['X-Amz-Date', this.#stamp],
      ['X-Amz-Expires', String(expiresSeconds)],
      ['X-Amz-SignedHeaders', signedNames.join(';')],
    ];
    const { signature } = this.#sign({ ...request, headers }, query, payload);
    return {
      method: request.method,
      host: request.host,
      target: target(request.path, [...query, ['X-Amz-Signature', signature.toString('hex')]]),
      headers: { ...headers },
      body: Buffer.from(request.body ?? []),
    };
  }

  /** aws-chunked, as SDKs send uploads. */
  byChunks(request: UnsignedRequest, { chunkBytes, isSigned, trailers }: Chunking): SignedRequest {
    const payload = [
      isSigned ? 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' : 'STREAMING-UNSIGNED-PAYLOAD',
      ...(trailers === undefined ? [] : ['TRAILER']),
    ].join('-');
    const body = Buffer.from(request.body ?? []);
    const headers: Record<string, string> = {
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': String(body.length),
      ...(trailers && trailers.length > 0
        ? { 'x-amz-trailer': trailers.map(([name]) => name).join(',') }
        : {}),
      ...request.headers,
    };
    const signed = this.byHeader({ ...request, headers }, payload);
    const seed = Buffer.from(signed.headers['authorization']!.slice(-64), 'hex');
    return { ...signed, body: this.#frame(body, chunkBytes, isSigned ? seed : undefined, trailers) };
  }

  #frame(body: Buffer, chunkBytes: number, seed: Buffer | undefined, trailers: Chunking['trailers']): Buffer {
    const wire: Buffer[] = [];
    let chain = seed;
    for (let start = 0; ; start += chunkBytes) {
      const chunk = body.subarray(start, start + chunkBytes);
      let head = chunk.length.toString(16);
      if (chain !== undefined) {
        chain = this.#extendChain('AWS4-HMAC-SHA256-PAYLOAD', chain, [sha256([]), sha256(chunk)]);
        head += `;chunk-signature=${chain.toString('hex')}`;
      }
      wire.push(Buffer.from(head), CRLF);
      if (chunk.length === 0) break;
      wire.push(chunk, CRLF);
    }
    for (const [name, value] of trailers ?? []) wire.push(Buffer.from(`${name}:${value}`), CRLF);
    if (chain !== undefined && trailers !== undefined) {
      const lines = trailers.flatMap(([name, value]) => [Buffer.from(`${name}:${value}`), NEWLINE]);
      const last = this.#extendChain('AWS4-HMAC-SHA256-TRAILER', chain, [sha256(Buffer.concat(lines))]);
      wire.push(Buffer.from(`x-amz-trailer-signature:${last.toString('hex')}`), CRLF);
    }
    return Buffer.concat([...wire, CRLF]);
  }

  #extendChain(kind: string, previous: Buffer, hashes: readonly Buffer[]): Buffer {
    const digests = [previous, ...hashes].map((digest) => digest.toString('hex'));
    return hmac(this.#key(), [kind, this.#stamp, this.#scope().join('/'), ...digests].join('\n'));
  }

  #sign(request: UnsignedRequest, query: readonly (readonly [string, string])[], payload: string) {
    const names = this.#signedNames(request);
    const values: Record<string, string> = { ...request.headers, host: request.host };
    const lines = [
      request.method,
      encode(request.path, '/'),
      [...query]
        .map(([name, value]) => [encode(name), encode(value)] as const)
        .sort(
          ([a, x], [b, y]) => Buffer.compare(Buffer.from(a), Buffer.from(b)) || (x < y ? -1 : Number(x > y)),
        )
        .map((pair) => pair.join('='))
        .join('&'),
      ...names.map((name) => [name, values[name]!.trim().split(/ +/).join(' ')].join(':')),
      '',
      names.join(';'),
      payload,
    ];
    const canonical = Buffer.from(lines.join('\n'));
    const scope = this.#scope().join('/');
    const text = ['AWS4-HMAC-SHA256', this.#stamp, scope, sha256(canonical).toString('hex')].join('\n');
    return { names, signature: hmac(this.#key(), text) };
  }

  #signedNames({ headers = {}, unsigned = [] }: UnsignedRequest): string[] {
    return [...Object.keys(headers), 'host'].filter((name) => !unsigned.includes(name)).sort();
  }

  #scope(): string[] {
    return [this.#stamp.slice(0, 8), this.#identity.region, this.#identity.service, 'aws4_request'];
  }

  #key(): Buffer {
    return this.#scope().reduce<Buffer>(hmac, Buffer.from(`AWS4${this.#identity.secret}`));
  }
}

function target(path: string, query: readonly (readonly [string, string])[]): string {
  const pairs = query.map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return [encode(path, '/'), ...(pairs.length > 0 ? [pairs.join('&')] : [])].join('?');
}

/** Byte by byte; `kept` beside the unreserved characters. */
function encode(text: string, kept = ''): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      const isKept = /[A-Za-z0-9_.~-]/.test(character) || (kept !== '' && kept.includes(character));
      return isKept ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function sha256(bytes: Uint8Array | readonly number[]): Buffer {
  return createHash('sha256').update(Uint8Array.from(bytes)).digest();
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
