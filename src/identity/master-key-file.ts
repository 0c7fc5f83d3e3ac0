/**
 * The file `master.key`: one line per key, `id hex`; the highest id encrypts. Losing the file loses every stored secret: back it up
 * apart from the data.
 */
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Entropy } from '../lib/entropy.ts';
import { readPrivateFile, writePrivateFile } from '../lib/private-file.ts';
import { IdentityError } from './identity-errors.ts';
import { MasterKeyError, type MasterKeySource } from './master-key.ts';

const FILE_NAME = 'master.key';
const KEY_BYTES = 32;
const HEADING =
  '# Secrets in this data directory are encrypted under this key. Keep a copy apart from the data.\n';

export function masterKeyPath(dataDirectory: string): string {
  return join(dataDirectory, FILE_NAME);
}

export interface MasterKeyFile {
  readonly keys: ReadonlyMap<number, Buffer>;
  readonly isOpenToOthers: boolean;
}

/** Undefined when there is none. Throws `MasterKeyError` when the file is damaged. */
export function readMasterKeyFile(dataDirectory: string): MasterKeyFile | undefined {
  const file = readPrivateFile(masterKeyPath(dataDirectory));
  if (file === undefined) return undefined;
  const keys = new Map<number, Buffer>();
  for (const line of file.text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const match = /^(\d{1,9}) ([0-9a-f]{64})$/.exec(line.trim());
    if (match === null)
      throw new MasterKeyError(`${masterKeyPath(dataDirectory)} is damaged: restore it from a backup`);
    keys.set(Number(match[1]), Buffer.from(match[2] ?? '', 'hex'));
  }
  if (keys.size === 0)
    throw new MasterKeyError(`${masterKeyPath(dataDirectory)} is empty: restore it from a backup`);
  return { keys, isOpenToOthers: file.isOpenToOthers };
}

export function createMasterKeyFile(dataDirectory: string, entropy: Entropy): MasterKeyFile {
  const keys = new Map([[1, Buffer.from(entropy.bytes(KEY_BYTES))]]);
  writeKeys(dataDirectory, keys);
  return { keys, isOpenToOthers: false };
}

/** Forgets keys that nothing is sealed under any more. With the directory's lock held. */
export function removeMasterKeys(
  dataDirectory: string,
  keys: ReadonlyMap<number, Buffer>,
  ids: readonly number[],
) {
  writeKeys(dataDirectory, new Map([...keys].filter(([id]) => !ids.includes(id))));
}

/** Whatever a process that was killed has left behind. With the directory's lock held. */
export function clearMasterKeyLock(dataDirectory: string): void {
  rmSync(lockPath(dataDirectory), { force: true });
}

/** The file as it is while the server runs. */
export function createMasterKeySource(dataDirectory: string, entropy: Entropy): MasterKeySource {
  const stampOf = () => {
    const { ino, mtimeNs } = statSync(masterKeyPath(dataDirectory), { bigint: true });
    return `${ino} ${mtimeNs}`;
  };
  let stamp = stampOf();
  const read = () => {
    stamp = stampOf();
    const file = readMasterKeyFile(dataDirectory);
    if (file === undefined) throw new MasterKeyError(`${masterKeyPath(dataDirectory)} has vanished`);
    return file.keys;
  };
  return {
    reread: () => (stampOf() === stamp ? undefined : read()),
    add() {
      const unlock = lock(dataDirectory);
      try {
        const keys = new Map(read());
        keys.set(Math.max(...keys.keys()) + 1, Buffer.from(entropy.bytes(KEY_BYTES)));
        writeKeys(dataDirectory, keys);
        return read();
      } finally {
        unlock();
      }
    },
  };
}

function writeKeys(dataDirectory: string, keys: ReadonlyMap<number, Buffer>): void {
  const lines = [...keys].map(([id, key]) => `${id} ${key.toString('hex')}\n`);
  writePrivateFile(masterKeyPath(dataDirectory), HEADING + lines.join(''));
}

/** Against two processes that add a key at the same moment. */
function lock(dataDirectory: string): () => void {
  const path = lockPath(dataDirectory);
  try {
    closeSync(openSync(path, 'wx'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new IdentityError('TooMuchContention', {});
  }
  return () => rmSync(path);
}

function lockPath(dataDirectory: string): string {
  return `${masterKeyPath(dataDirectory)}.lock`;
}
