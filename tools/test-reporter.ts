// The reporter of `npm test`: Node's `spec` output, then one plain line `N passed, N failed` for people and CI.
// A run without a single test is a failure: a wrong glob must not look like success. So is a file that ended well without the
// summary that every file ends with: Node counts such a file as a test that passed, however many of its results never arrived.
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { spec, type TestEvent } from 'node:test/reporters';

interface TestTotals {
  readonly passed: number;
  readonly failed: number;
}

interface SummaryCounts {
  readonly passed: number;
  readonly cancelled: number;
  readonly failed?: number;
}

export default async function* reportTests(
  events: AsyncIterable<TestEvent>,
): AsyncGenerator<string | Buffer> {
  let totals: TestTotals = { passed: 0, failed: 0 };
  const unfinished = new Set<string>();
  async function* watched(): AsyncGenerator<TestEvent> {
    for await (const event of events) {
      totals = totalsOf(event) ?? totals;
      noteFile(event, unfinished);
      yield event;
    }
  }
  yield* Readable.from(watched()).pipe(new spec());
  if (totals.passed + totals.failed === 0) {
    process.exitCode = 1;
    yield '\nno test ran\n';
  }
  if (unfinished.size > 0) {
    process.exitCode = 1;
    for (const file of unfinished) yield `\nresults are missing: ${file} ended without its summary\n`;
  }
  // Node counted each of them as a test that passed.
  const { passed, failed } = totals;
  yield `\n${passed - unfinished.size} passed, ${failed + unfinished.size} failed\n`;
}

/** `unfinished`: files whose process ended well, and whose summary has not been seen. */
function noteFile(event: TestEvent, unfinished: Set<string>): void {
  const { type, data } = event;
  if (type === 'test:summary' && data.file !== undefined) unfinished.delete(data.file);
  else if (type === 'test:dequeue' && isWholeFile(data)) unfinished.add(resolve(data.name));
  // Counted as failed already.
  else if (type === 'test:fail' && isWholeFile(data)) unfinished.delete(resolve(data.name));
}

/** Node reports a file as a test that bears the file's name. */
function isWholeFile({ name, nesting, file }: { name: string; nesting: number; file?: string }): boolean {
  return nesting === 0 && file === resolve(name);
}

/** The totals in the summary of the whole run (summaries of single files name their file); cancelled counts as failed. */
function totalsOf(event: TestEvent): TestTotals | undefined {
  if (event.type !== 'test:summary' || event.data.file !== undefined) return undefined;
  // The running Node reports `failed` too, which the type declarations leave out.
  const { passed, cancelled, failed = 0 }: SummaryCounts = event.data.counts;
  return { passed, failed: failed + cancelled };
}
