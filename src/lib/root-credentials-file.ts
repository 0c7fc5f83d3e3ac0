/**
 * The access-key pair of the root user, as the first start leaves it in the data directory (mode 0600). It is there for
 * people and for the command line tool; the server itself keeps the pair encrypted with every other one.
 */
import { join } from 'node:path';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

export interface RootCredentials {
  readonly accountId: string;
  readonly userName: string;
  readonly accessKeyId: string;
  readonly secretKey: string;
}

const FILE_NAME = 'root-credentials.json';

export function rootCredentialsPath(dataDirectory: string): string {
  return join(dataDirectory, FILE_NAME);
}

/** Undefined when the file does not exist. Throws `SyntaxError` when it is not what was written. */
export function readRootCredentials(dataDirectory: string): RootCredentials | undefined {
  const file = readPrivateFile(rootCredentialsPath(dataDirectory));
  if (file === undefined) return undefined;
  const value: unknown = JSON.parse(file.text);
  if (!isRootCredentials(value)) throw new SyntaxError(`${rootCredentialsPath(dataDirectory)} is damaged`);
  return value;
}

export function writeRootCredentials(dataDirectory: string, credentials: RootCredentials): void {
  writePrivateFile(rootCredentialsPath(dataDirectory), `${JSON.stringify(credentials, null, 2)}\n`);
}

function isRootCredentials(value: unknown): value is RootCredentials {
  if (typeof value !== 'object' || value === null) return false;
  const members: Record<string, unknown> = { ...value };
  return ['accountId', 'userName', 'accessKeyId', 'secretKey'].every(
    (name) => typeof members[name] === 'string',
  );
}
