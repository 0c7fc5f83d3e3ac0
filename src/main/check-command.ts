/** `gotgan check`: looks at the files themselves, so it needs no server and trusts none. */

import { clientOptions } from '../cli/admin-client.ts';
import {
  CliError,
  type CommandContext,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
} from '../cli/command-declaration.ts';
import { createProgressLine } from '../cli/progress-line.ts';
import { createCoreContext } from '../core/create-core-context.ts';
import { repairStore } from '../core/verification/repair-store.ts';
import type { VerificationProgress } from '../core/verification/verification-run.ts';
import { type VerificationReport, verifyStore } from '../core/verification/verify-store.ts';
import { systemClock } from '../lib/clock.ts';
import { createSystemEntropy } from '../lib/entropy.ts';
import { assertFormat, DataDirectoryError, openDataDirectory } from '../storage/embedded/data-directory.ts';
import { openEmbeddedEngine } from '../storage/embedded/embedded-engine.ts';
import { openStoreReader } from '../storage/embedded/store-reader.ts';

type OnProgress = (progress: VerificationProgress) => void;

const SHOWN_MAX = 100;

export const checkCommand: CommandDeclaration = {
  words: ['check'],
  summary: 'Verify every reference, every checksum and every counter of a data directory',
  details:
    'Reads the files themselves, beside a running server or without one. The exit code is 1 when something was found. ' +
    'With --repair, for which the server must be stopped, what nobody can reach is removed and counters are counted anew; ' +
    'damaged data is reported and never removed.',
  arguments: [],
  options: [
    { flag: '--repair', summary: 'Remove orphans and count anew; the server must be stopped' },
    ...clientOptions.filter(({ flag }) => flag !== '--endpoint'),
  ],
  async run(input, context) {
    const { dataDirectory } = context.locateServer(input);
    const { report, repaired } = await explainingFailures(() =>
      withProgress(input, context, (onProgress) =>
        input.has('--repair') ? repair(dataDirectory, onProgress) : check(dataDirectory, onProgress),
      ),
    );
    if (input.has('--json')) context.write(`${JSON.stringify(toJson(report, repaired), null, 2)}\n`);
    else context.write(renderReport(report, repaired));
    return report.findingsTotal === 0 ? cliExitCodes.ok : cliExitCodes.failed;
  },
};

export async function withProgress<T>(
  input: CommandInput,
  context: CommandContext,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const isShown = context.isTerminal && !input.has('--json');
  const line = createProgressLine({ isTerminal: isShown, write: context.write });
  try {
    return await work(({ phase, done, total }) => line.show(phase, done, total));
  } finally {
    line.clear();
  }
}

/** What is wrong with a directory, as one sentence instead of a stack. */
export async function explainingFailures<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DataDirectoryError) throw new CliError(`${error.message}.`);
    throw error;
  }
}

export async function check(
  dataDirectory: string,
  onProgress: OnProgress,
): Promise<{ readonly report: VerificationReport; readonly repaired: number }> {
  const store = openStoreReader(dataDirectory);
  try {
    return { report: await verifyStore(store, onProgress), repaired: 0 };
  } finally {
    await store.close();
  }
}

async function repair(
  dataDirectory: string,
  onProgress: OnProgress,
): Promise<{ readonly report: VerificationReport; readonly repaired: number }> {
  const [clock, entropy] = [systemClock, createSystemEntropy()];
  assertFormat(dataDirectory); // nothing is made where nothing is
  const directory = await openDataDirectory({ path: dataDirectory, entropy });
  try {
    const failure = Promise.withResolvers<never>();
    failure.promise.catch(() => undefined);
    const engine = await openEmbeddedEngine({ dataDirectory, clock, onFailure: failure.reject });
    try {
      const context = createCoreContext({ engine, clock, entropy });
      return await Promise.race([repairStore(context, onProgress), failure.promise]);
    } finally {
      await engine.close();
    }
  } finally {
    directory.close();
  }
}

function toJson(report: VerificationReport, repaired: number): object {
  return { ...report, findings: report.findings.map(({ remedy: _, ...shown }) => shown), repaired };
}

export function renderReport(report: VerificationReport, repaired: number): string {
  const { buckets, objects, versions, bytes, blobs, blobBytes, waiting, findings, findingsTotal } = report;
  const lines = findings.slice(0, SHOWN_MAX).map(({ kind, what, bucket, key, versionId }) => {
    const where = [bucket, key, versionId].filter((part) => part !== undefined).join(' / ');
    return `${kind}: ${where === '' ? '' : `${where}: `}${what}`;
  });
  if (findingsTotal > lines.length) lines.push(`... and ${findingsTotal - lines.length} more`);
  lines.push(
    `${buckets} buckets, ${objects} objects in ${versions} versions of ${bytes} bytes, ` +
      `${blobs} blobs of ${blobBytes} bytes were read`,
  );
  if (waiting > 0) lines.push(`${waiting} blobs wait to be reclaimed, which is no fault`);
  if (repaired > 0) lines.push(`${repaired} findings were repaired`);
  for (const [kind, count] of Object.entries(report.findingCounts)) lines.push(`${kind}: ${count}`);
  lines.push(findingsTotal === 0 ? 'nothing is wrong' : `${findingsTotal} findings`);
  return `${lines.join('\n')}\n`;
}
