/** A further account of a running server with one user and a key pair, made as an operator makes it: by the command line. */
import { runGotgan, type ServerProcess } from './server-process.ts';

export interface TestAccount {
  readonly id: string;
  readonly name: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** `email`: of its user, who is not its root. */
export async function addTestAccount(
  server: ServerProcess,
  { name, email }: { readonly name: string; readonly email: string },
): Promise<TestAccount> {
  const run = async (...words: readonly string[]): Promise<Record<string, string>> => {
    const ended = await runGotgan([...words, '--json', '--endpoint', server.controlUrl], {
      GOTGAN_ACCESS_KEY: server.accessKey,
      GOTGAN_SECRET_KEY: server.secretKey,
    });
    if (ended.code !== 0) throw new Error(`gotgan ${words.join(' ')}: ${ended.stderr}${ended.stdout}`);
    return JSON.parse(ended.stdout);
  };
  const { id = '' } = await run('account', 'add', name);
  await run('user', 'add', 'somebody', '--account', id, '--email', email);
  const key = await run('key', 'add', '--account', id, '--user', 'somebody');
  const { accessKey: accessKeyId = '', secretKey: secretAccessKey = '' } = key;
  return { id, name, credentials: { accessKeyId, secretAccessKey } };
}
