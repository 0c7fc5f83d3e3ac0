/** The admin API of a running server, signed by its root user. */
import { IndependentSigner } from './independent-signer.ts';
import { exchangeSigned } from './raw-http.ts';
import type { ServerProcess } from './server-process.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
type Json = any;

/** `path`: not encoded. The answer's document; undefined for none. Throws when it is refused. */
export async function askAdmin(
  server: ServerProcess,
  method: string,
  path: string,
  document?: object,
): Promise<Json> {
  const { accessKeyId, secretAccessKey: secret } = server.credentials;
  const signer = new IndependentSigner({ accessKeyId, secret, region: 'KR1', service: 'gotgan' }, new Date());
  const [pathname = '', search] = path.split('?');
  const request = signer.byHeader({
    method,
    host: new URL(server.controlUrl).host,
    path: `/admin/v1${pathname}`,
    ...(search === undefined ? {} : { query: [...new URLSearchParams(search)] }),
    body: Buffer.from(document === undefined ? '' : JSON.stringify(document)),
  });
  const { status, body } = await exchangeSigned(server.controlUrl, request);
  if (status >= 400) throw new Error(`${method} ${path}: ${status} ${body.toString()}`);
  return body.length === 0 ? undefined : JSON.parse(body.toString());
}
