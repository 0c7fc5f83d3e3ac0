/** HTTP/1.1 by hand over a socket: for requests that no client would send, and to see answers as they are. */
import { connect, type Socket } from 'node:net';
import type { SignedRequest } from './independent-signer.ts';

export interface RawResponse {
  readonly status: number;
  /** Lower-case names; several fields of one name are joined with `, `. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** Text of the first element of that name in an XML body, with references resolved; undefined when there is none. */
  element(name: string): string | undefined;
}

const ANSWER_MILLIS_MAX = 30_000;

/** Writes `pieces` one after the other on a connection of its own and reads one answer. */
export async function exchange(url: string, ...pieces: readonly (string | Buffer)[]): Promise<RawResponse> {
  const connection = await openConnection(url);
  try {
    for (const piece of pieces) connection.write(piece);
    return await connection.readResponse(/^HEAD /.test(pieces[0]?.toString('latin1') ?? ''));
  } finally {
    connection.close();
  }
}

export interface SentRequest {
  /** Instead of those signed, or beside them; undefined leaves one out. Lists are sent as several fields. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Instead of the signed ones. */
  readonly target?: string;
  readonly body?: Buffer;
}

/** Sends what the signer made, changed as told. */
export function exchangeSigned(
  url: string,
  request: SignedRequest,
  changes: SentRequest = {},
): Promise<RawResponse> {
  return exchange(url, headOf(request, changes), changes.body ?? request.body);
}

export function headOf(request: SignedRequest, changes: SentRequest = {}): string {
  const body = changes.body ?? request.body;
  const headers: Record<string, string | readonly string[] | undefined> = {
    host: request.host,
    'content-length': String(body.length),
    ...request.headers,
    ...changes.headers,
  };
  const lines = [`${request.method} ${changes.target ?? request.target} HTTP/1.1`];
  for (const [name, values] of Object.entries(headers)) {
    for (const value of values === undefined ? [] : [values].flat()) lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

export interface RawConnection {
  readonly socket: Socket;
  write(piece: string | Buffer): void;
  /** The next answer on this connection. `isToHead`: it has no body. Rejects when the connection ends before. */
  readResponse(isToHead?: boolean): Promise<RawResponse>;
  /** Resolves when the server has closed, with whether in order (FIN) or by reset. */
  closed(): Promise<'end' | 'reset'>;
  close(): void;
}

export function openConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(new Connection(socket));
    });
  });
}

class Connection implements RawConnection {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #ended: 'end' | 'reset' | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => this.#note(() => Buffer.concat([this.#received, bytes])));
    socket.on('end', () => this.#end('end'));
    socket.on('error', () => this.#end('reset'));
    socket.on('close', () => this.#end('end'));
  }

  write(piece: string | Buffer): void {
    if (this.#ended === undefined) this.socket.write(piece);
  }

  async readResponse(isToHead = false): Promise<RawResponse> {
    for (;;) {
      const headEnd = await this.#find('\r\n\r\n');
      const [statusLine = '', ...fields] = this.#received.toString('utf8', 0, headEnd).split('\r\n');
      const status = Number(statusLine.split(' ')[1]);
      this.#received = this.#received.subarray(headEnd + 4);
      const headers = parseFields(fields);
      const isInformational = status < 200;
      const hasBody = !isToHead && !isInformational && status !== 204 && status !== 304;
      const body = hasBody ? await this.#readBody(headers) : Buffer.alloc(0);
      if (!isInformational) return { status, headers, body, element: (name) => findElement(body, name) };
    }
  }

  async #readBody(headers: ReadonlyMap<string, string>): Promise<Buffer> {
    if (headers.get('transfer-encoding') === 'chunked') return this.#readChunks();
    const length = headers.get('content-length');
    if (length !== undefined) return this.#take(Number(length));
    await this.closed();
    return this.#take(this.#received.length);
  }

  async #readChunks(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (;;) {
      const lineEnd = await this.#find('\r\n');
      const size = Number.parseInt((await this.#take(lineEnd + 2)).toString(), 16);
      const chunk = await this.#take(size + 2);
      if (size === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, size));
    }
  }

  async #find(text: string): Promise<number> {
    for (;;) {
      const at = this.#received.indexOf(text);
      if (at >= 0) return at;
      await this.#more();
    }
  }

  async #take(size: number): Promise<Buffer> {
    while (this.#received.length < size) await this.#more();
    const taken = this.#received.subarray(0, size);
    this.#received = this.#received.subarray(size);
    return taken;
  }

  #more(): Promise<void> {
    if (this.#ended !== undefined)
      throw new Error(`the connection was closed (${this.#ended}) without an answer`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer in time')), ANSWER_MILLIS_MAX);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async closed(): Promise<'end' | 'reset'> {
    while (this.#ended === undefined) await this.#more();
    return this.#ended;
  }

  close(): void {
    this.socket.destroy();
  }

  #note(receive: () => Buffer<ArrayBuffer>): void {
    this.#received = receive();
    this.#wake();
  }

  #end(how: 'end' | 'reset'): void {
    this.#ended ??= how;
    this.#wake();
  }
}

function parseFields(fields: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, colon).toLowerCase();
    const value = field.slice(colon + 1).trim();
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return headers;
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#9;': '\t',
  '&#10;': '\n',
  '&#13;': '\r',
};

function findElement(body: Buffer, name: string): string | undefined {
  const found = new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`).exec(body.toString('utf8'))?.[1];
  return found?.replace(/&[^;]+;/g, (reference) => REFERENCES[reference] ?? reference);
}
