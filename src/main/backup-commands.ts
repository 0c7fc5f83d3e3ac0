/** `gotgan backup`, `restore` and `compact`: what an operator does with whole data directories. */
import { resolve } from 'node:path';
import { clientOptions } from '../cli/admin-client.ts';
import {
  CliError,
  type CommandContext,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
} from '../cli/command-declaration.ts';
import { holdReclaiming, type ReclaimingHold } from '../cli/reclaiming-hold.ts';
import { listReferencedBlobs } from '../core/verification/list-referenced-blobs.ts';
import { compactMetadata } from '../storage/embedded/compact-metadata.ts';
import { type CopyResult, copyDataDirectory } from '../storage/embedded/copy-data-directory.ts';
import { claimUnused } from '../storage/embedded/data-directory.ts';
import { openStoreReader } from '../storage/embedded/store-reader.ts';
import { check, explainingFailures, renderReport, withProgress } from './check-command.ts';

const localOptions = clientOptions.filter(({ flag }) => flag !== '--json');

const backup: CommandDeclaration = {
  words: ['backup'],
  summary: 'Copy the data directory into an empty folder, also while the server runs, and verify the copy',
  details:
    'Metadata are copied as of one moment; blobs become hard links where the folder lies on the same file system, and ' +
    'copies elsewhere. Hard links do not survive the loss of the disk: copy the folder away, or choose one on another disk. ' +
    'The folder contains the master key.',
  arguments: [{ name: 'FOLDER', summary: 'Empty or new' }],
  options: localOptions,
  run(input, context) {
    const { dataDirectory } = context.locateServer(input);
    const target = resolve(input.arguments[0] ?? '');
    return explainingFailures(async () => {
      const unused = await claimUnused(dataDirectory);
      let hold: ReclaimingHold | undefined;
      try {
        if (unused === undefined) hold = await holdReclaiming(input, context);
        const result = await copy(input, context, dataDirectory, target, () => hold?.assertHeld());
        hold?.assertHeld();
        return await verifyCopy(input, context, target, result);
      } finally {
        hold?.release();
        unused?.release();
      }
    });
  },
};

const restore: CommandDeclaration = {
  words: ['restore'],
  summary: 'Make an empty data directory from a backup, and verify it',
  details:
    'The backup stays as it is. The target is the configured data directory, or the one given with --data-dir.',
  arguments: [{ name: 'FOLDER', summary: 'What `gotgan backup` has made' }],
  options: localOptions.filter(({ flag }) => flag !== '--endpoint'),
  run(input, context) {
    const { dataDirectory } = context.locateServer(input);
    const source = resolve(input.arguments[0] ?? '');
    return explainingFailures(async () => {
      const result = await copy(input, context, source, dataDirectory, () => undefined);
      return verifyCopy(input, context, dataDirectory, result);
    });
  },
};

const compact: CommandDeclaration = {
  words: ['compact'],
  summary: 'Give the free space inside the metadata file back to the file system; the server must be stopped',
  arguments: [],
  options: localOptions.filter(({ flag }) => flag !== '--endpoint'),
  run(input, context) {
    const { dataDirectory } = context.locateServer(input);
    return explainingFailures(async () => {
      const { bytesBefore, bytesAfter } = await compactMetadata(dataDirectory);
      context.write(`metadata: ${bytesBefore} bytes before, ${bytesAfter} bytes now\n`);
      return cliExitCodes.ok;
    });
  },
};

function copy(
  input: CommandInput,
  context: CommandContext,
  from: string,
  to: string,
  assertHeld: () => void,
): Promise<CopyResult> {
  if (from === to) throw new CliError(`${from} cannot be copied onto itself.`);
  return withProgress(input, context, async (onProgress) =>
    copyDataDirectory({
      from,
      to,
      async *listBlobs() {
        const store = openStoreReader(to, 'unfinished');
        try {
          yield* listReferencedBlobs(store);
        } finally {
          await store.close();
        }
      },
      onBlob(count) {
        assertHeld();
        onProgress({ phase: 'blobs', done: count, total: undefined });
      },
    }),
  );
}

async function verifyCopy(
  input: CommandInput,
  context: CommandContext,
  folder: string,
  { linked, copied, missing, secretFiles }: CopyResult,
): Promise<number> {
  context.write(`${linked} blobs linked, ${copied} copied to ${folder}\n`);
  if (missing.length > 0) context.complain(`${missing.length} blobs are missing in what was copied.`);
  const { report } = await withProgress(input, context, (onProgress) => check(folder, onProgress));
  context.write(renderReport(report, 0));
  if (secretFiles.length > 0) {
    context.complain(`Keep ${folder} as secret as the server: it contains ${secretFiles.join(' and ')}.`);
  }
  return report.findingsTotal === 0 && missing.length === 0 ? cliExitCodes.ok : cliExitCodes.failed;
}

export const backupCommands: readonly CommandDeclaration[] = [backup, restore, compact];
