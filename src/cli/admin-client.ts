/** The admin API as the commands use it: signed requests, and errors as sentences. */
import { encodeStrict } from '../lib/percent-encoding.ts';
import {
  type RootCredentials,
  readRootCredentials,
  rootCredentialsPath,
} from '../lib/root-credentials-file.ts';
import {
  CliError,
  type CommandContext,
  type CommandInput,
  cliExitCodes,
  type OptionDeclaration,
} from './command-declaration.ts';
import { signRequest } from './sign-request.ts';

/** Options of every command that talks to a server. */
export const clientOptions: readonly OptionDeclaration[] = [
  { flag: '--endpoint', value: 'URL', summary: 'Control address of the server (default: as configured)' },
  {
    flag: '--data-dir',
    value: 'FOLDER',
    summary: 'Data directory, for its root key pair (default: GOTGAN_DATA_DIR)',
  },
  { flag: '--config', value: 'FILE', summary: 'Configuration file of the server' },
  { flag: '--json', summary: 'Write JSON instead of a table' },
];

export interface AdminClient {
  get(path: string): Promise<Record<string, unknown>>;
  post(path: string, document: object): Promise<Record<string, unknown>>;
  put(path: string, document: object): Promise<Record<string, unknown>>;
  patch(path: string, document: object): Promise<Record<string, unknown>>;
  delete(path: string): Promise<void>;
  /** All pages of a listing. `path` may have a query; `member` names the list in the answer. */
  listAll(path: string, member: string): Promise<readonly Record<string, unknown>[]>;
}

/** `/accounts/${...}`: parameters are encoded as path segments. */
export function adminPath(strings: TemplateStringsArray, ...parameters: readonly string[]): string {
  return String.raw({ raw: strings }, ...parameters.map(encodeStrict));
}

export interface Connection {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretKey: string;
}

/** With GOTGAN_ACCESS_KEY and GOTGAN_SECRET_KEY, or else the root pair of the data directory. Throws `CliError`. */
export function connectionOf(input: CommandInput, context: CommandContext): Connection {
  const { endpoint, region, dataDirectory } = context.locateServer(input);
  return { endpoint, region, ...findKeyPair(context, dataDirectory) };
}

export function connectAdmin(input: CommandInput, context: CommandContext): AdminClient {
  const connection = connectionOf(input, context);
  const call = (method: string, path: string, document?: object) => send(connection, method, path, document);
  return {
    get: (path) => call('GET', path),
    post: (path, document) => call('POST', path, document),
    put: (path, document) => call('PUT', path, document),
    patch: (path, document) => call('PATCH', path, document),
    async delete(path) {
      await call('DELETE', path);
    },
    async listAll(path, member) {
      const all: Record<string, unknown>[] = [];
      const query = `${path.includes('?') ? '&' : '?'}limit=1000&after=`;
      for (let after: string | undefined = ''; after !== undefined; ) {
        const page = await call('GET', path + query + encodeStrict(after));
        const list = page[member];
        if (Array.isArray(list)) all.push(...list);
        after = typeof page['next'] === 'string' ? page['next'] : undefined;
      }
      return all;
    },
  };
}

/** GOTGAN_ACCESS_KEY and GOTGAN_SECRET_KEY, or else the root pair of the data directory. Throws `CliError`. */
export function findKeyPair(
  { environment }: CommandContext,
  dataDirectory: string,
): Pick<RootCredentials, 'accessKeyId' | 'secretKey'> {
  const accessKeyId = environment['GOTGAN_ACCESS_KEY'] ?? '';
  const secretKey = environment['GOTGAN_SECRET_KEY'] ?? '';
  if (accessKeyId !== '' && secretKey !== '') return { accessKeyId, secretKey };
  if (accessKeyId !== '' || secretKey !== '') {
    throw new CliError('Set both GOTGAN_ACCESS_KEY and GOTGAN_SECRET_KEY, or neither.', cliExitCodes.usage);
  }
  return readCredentialsOrExplain(dataDirectory);
}

/** Throws `CliError` saying why the root pair cannot be had. */
export function readCredentialsOrExplain(dataDirectory: string): RootCredentials {
  const path = rootCredentialsPath(dataDirectory);
  let found: RootCredentials | undefined;
  try {
    found = readRootCredentials(dataDirectory);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EACCES')
      throw new CliError(`${path} belongs to somebody else: only its owner can read it.`);
    throw new CliError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (found !== undefined) return found;
  throw new CliError(
    `There is no root key pair at ${path}: start the server once, name its data directory with --data-dir, ` +
      'or set GOTGAN_ACCESS_KEY and GOTGAN_SECRET_KEY.',
  );
}

export function signedHeaders(
  connection: Connection,
  method: string,
  path: string,
  body = '',
): { readonly url: URL; readonly headers: Record<string, string> } {
  const url = new URL(`/admin/v1${path}`, connection.endpoint);
  return {
    url,
    headers: signRequest({ ...connection, service: 'gotgan', method, url, body, date: new Date() }),
  };
}

export function unreachable({ endpoint }: Connection, error: unknown): CliError {
  return new CliError(`No server answers at ${endpoint} (${causeOf(error)}).`, cliExitCodes.unreachable);
}

async function send(
  connection: Connection,
  method: string,
  path: string,
  document: object | undefined,
): Promise<Record<string, unknown>> {
  const body = document === undefined ? '' : JSON.stringify(document);
  const { url, headers } = signedHeaders(connection, method, path, body);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { method, headers, ...(body === '' ? {} : { body }), redirect: 'error' });
    text = await response.text();
  } catch (error) {
    throw unreachable(connection, error);
  }
  const answer = parseAnswer(text);
  if (response.ok) return answer;
  throw new CliError(describeRefusal(response.status, answer, connection));
}

function describeRefusal(status: number, answer: Record<string, unknown>, { endpoint }: Connection): string {
  const error: unknown = answer['error'];
  if (typeof error !== 'object' || error === null || !('message' in error) || !('code' in error)) {
    return `${endpoint} answers ${status} and is not the control address of a Gotgan server.`;
  }
  const requestId = 'requestId' in error && status >= 500 ? ` (request ${String(error.requestId)})` : '';
  return `${String(error.message)}${requestId}`;
}

function parseAnswer(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** `ECONNREFUSED`, or what else has kept a request from being answered. */
export function causeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error instanceof Error ? error.message : String(error);
}
