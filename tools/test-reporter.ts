// The reporter of `npm test`: Node's `spec` output, then one plain line `N passed, N failed` for people and CI.
// A run without a single test is a failure: a wrong glob must not look like success.
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
  async function* watched(): AsyncGenerator<TestEvent> {
    for await (const event of events) {
      totals = totalsOf(event) ?? totals;
      yield event;
    }
  }
  yield* Readable.from(watched()).pipe(new spec());
  if (totals.passed + totals.failed === 0) {
    process.exitCode = 1;
    yield '\nno test ran\n';
  }
  yield `\n${totals.passed} passed, ${totals.failed} failed\n`;
}

/** The totals in the summary of the whole run (summaries of single files name their file); cancelled counts as failed. */
function totalsOf(event: TestEvent): TestTotals | undefined {
  if (event.type !== 'test:summary' || event.data.file !== undefined) return undefined;
  // The running Node reports `failed` too, which the type declarations leave out.
  const { passed, cancelled, failed = 0 }: SummaryCounts = event.data.counts;
  return { passed, failed: failed + cancelled };
}
