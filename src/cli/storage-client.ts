/** The S3 API as the commands use it: signed GETs that answer XML, and errors as sentences. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { encodeStrict } from '../lib/percent-encoding.ts';
import { readXml, type XmlElement, XmlError } from '../lib/xml-reader.ts';
import { causeOf, clientOptions, findKeyPair } from './admin-client.ts';
import {
  CliError,
  type CommandContext,
  type CommandInput,
  cliExitCodes,
  type OptionDeclaration,
} from './command-declaration.ts';
import { signRequest } from './sign-request.ts';

/** A page of 1,000 keys with everything that a listing may tell of them. */
const XML_LIMITS = { depthMax: 10, elementsMax: 50_000 };
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** Options of every command that talks to the storage address. */
export const storageOptions: readonly OptionDeclaration[] = [
  { flag: '--region', value: 'REGION', summary: 'Region (default: the first that is configured)' },
  { flag: '--endpoint', value: 'URL', summary: 'Storage address of the server (default: as configured)' },
  ...clientOptions.filter(({ flag }) => flag !== '--endpoint'),
];

export interface StorageClient {
  readonly region: string;
  /** `bucket` empty: the service. */
  get(bucket: string, query: Readonly<Record<string, string>>): Promise<XmlElement>;
}

/** With GOTGAN_ACCESS_KEY and GOTGAN_SECRET_KEY, or else the root pair of the data directory. Throws `CliError`. */
export function connectStorage(input: CommandInput, context: CommandContext): StorageClient {
  const { endpoint, region, host, dataDirectory } = context.locateStorage(input);
  const pair = findKeyPair(context, dataDirectory);
  return {
    region,
    async get(bucket, query) {
      const path = bucket === '' ? '/' : `/${encodeStrict(bucket)}`;
      const url = new URL(`${endpoint.replace(/\/$/, '')}${path}`);
      url.search = Object.entries(query)
        .map(([name, value]) => `${encodeStrict(name)}=${encodeStrict(value)}`)
        .join('&');
      const sent = { method: 'GET', url, body: '', region, ...pair, ...(host === undefined ? {} : { host }) };
      const headers = signRequest({ ...sent, service: 's3', date: new Date() });
      const answer = await fetchAnswer(url, { ...headers, host: host ?? url.host }, endpoint);
      const document = parseDocument(answer.body);
      if (answer.status === 200 && document !== undefined) return document;
      throw new CliError(describeRefusal(answer.status, document, { bucket, region, endpoint }));
    },
  };
}

/** `fetch` would not send a Host that is not the URL's. */
function fetchAnswer(
  url: URL,
  headers: Record<string, string>,
  endpoint: string,
): Promise<{ status: number; body: Buffer }> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(
        new CliError(
          `No server answers at ${endpoint} (${causeOf(new Error('', { cause: error }))}).`,
          cliExitCodes.unreachable,
        ),
      );
    const request = send(url, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) request.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
      response.on('error', fail);
    });
    request.on('error', fail);
    request.end();
  });
}

function parseDocument(body: Buffer): XmlElement | undefined {
  try {
    return readXml(body, XML_LIMITS);
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}

interface Asked {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint: string;
}

function describeRefusal(
  status: number,
  document: XmlElement | undefined,
  { bucket, region, endpoint }: Asked,
): string {
  const code = document?.name === 'Error' ? textIn(document, 'Code') : '';
  if (document === undefined || code === '') {
    return `${endpoint} answers ${status} and is not the storage address of a Gotgan server.`;
  }
  if (code === 'NoSuchBucket') return `There is no bucket ${bucket} in region ${region}.`;
  if (code === 'AccessDenied') {
    return bucket === '' ? 'This key pair may not list buckets.' : `This key pair may not list ${bucket}.`;
  }
  const requestId = status >= 500 ? ` (request ${textIn(document, 'RequestId')})` : '';
  return `${textIn(document, 'Message').replace(/\.$/, '')}${requestId}.`;
}

/** Text of the first child of that name; empty when there is none. */
export function textIn(element: XmlElement, name: string): string {
  return element.children.find((child) => child.name === name)?.text ?? '';
}

export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}
