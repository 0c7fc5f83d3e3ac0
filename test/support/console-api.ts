/** What tests of the console prepare on the server, by the APIs. */
import { IndependentSigner } from './independent-signer.ts';
import { exchangeSigned } from './raw-http.ts';
import type { ServerProcess } from './server-process.ts';

export interface SentObject {
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One S3 request of the root user. `path`: not encoded. Throws when it is refused. */
export async function askS3(
  server: ServerProcess,
  method: string,
  path: string,
  { body = '', headers = {} }: SentObject = {},
): Promise<string> {
  const { accessKeyId, secretAccessKey: secret } = server.credentials;
  const signer = new IndependentSigner({ accessKeyId, secret, region: 'KR1', service: 's3' }, new Date());
  const [pathname = '', search] = path.split('?');
  const request = signer.byHeader({
    method,
    host: new URL(server.storageUrl).host,
    path: pathname,
    ...(search === undefined ? {} : { query: [...new URLSearchParams(search)] }),
    headers,
    body: Buffer.from(body),
  });
  const answer = await exchangeSigned(server.storageUrl, request);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString()}`);
  return answer.body.toString();
}
