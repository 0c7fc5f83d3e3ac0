/**
 * Runs the native modules of OpenStack Swift's functional suite against a fresh server and writes what came of every case to
 * `swift-functional.tsv`:
 *
 *     node test/conformance/run-swift-tests.ts --checkout DIR [--python PATH] [--module NAME]... [-k EXPRESSION] [--timeout SECONDS]
 *
 * DIR is a local clone of openstack/swift with its package metadata (`PBR_VERSION=2.38.0 python3 setup.py -q egg_info`), which is no
 * part of this project; PATH a Python with what the suite imports, and pytest-timeout. With --module or -k only those cases are run, and
 * the others keep their lines.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addTenant, addTenantUser } from '../support/keystone-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { knownSwiftVerdicts } from './known-swift-verdicts.ts';
import { type ReportedCase, readJunit } from './read-junit.ts';
import {
  parseSwiftLedger,
  renderSwiftLedger,
  type SwiftCaseResult,
  swiftModules,
} from './swift-test-cases.ts';

const LEDGER = join(import.meta.dirname, 'swift-functional.tsv');

/** Two accounts with an administrator each, and a user of the first who owns nothing. */
async function writeConfiguration(server: ServerProcess, path: string): Promise<void> {
  const first = await addTenant(server, 'test');
  const second = await addTenant(server, 'test2');
  const users = [
    await addTenantUser(server, first, 'tester', 'operator'),
    await addTenantUser(server, second, 'tester2', 'operator'),
    await addTenantUser(server, first, 'tester3', 'member'),
  ];
  const lines = ['[func_test]', `auth_uri = ${server.storageUrl}/auth/v1.0`, 'collate = C', 'insecure = no'];
  for (const [index, { name, password, tenant }] of users.entries()) {
    const suffix = index === 0 ? '' : `${index + 1}`;
    lines.push(`account${suffix} = ${tenant.name}`);
    lines.push(`username${suffix} = ${name}`, `password${suffix} = ${password}`);
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
}

const { values } = parseArgs({
  options: {
    checkout: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    module: { type: 'string', multiple: true },
    k: { type: 'string', short: 'k' },
    timeout: { type: 'string', default: '180' },
  },
});
if (values.checkout === undefined) throw new Error('--checkout DIR: where is the clone of openstack/swift?');
const checkout = resolve(values.checkout);
const modules = values.module ?? swiftModules;
const isWhole = values.module === undefined && values.k === undefined;

async function runSuite(configuration: string, report: string): Promise<Map<string, ReportedCase>> {
  const files = modules.map((name) => `test/functional/${name}.py`);
  const args = ['-m', 'pytest', '-q', '--tb=no', '--timeout', values.timeout, '-p', 'no:cacheprovider'];
  const chosen = values.k === undefined ? [] : ['-k', values.k];
  const child = spawn(values.python, [...args, `--junitxml=${report}`, ...files, ...chosen], {
    cwd: checkout,
    env: {
      ...process.env,
      SWIFT_TEST_CONFIG_FILE: configuration,
      PYTHONPATH: checkout,
      PYTHONDONTWRITEBYTECODE: '1',
    },
    stdio: 'inherit',
  });
  await new Promise<void>((done, fail) => {
    child.once('error', fail);
    child.once('close', () => done());
  });
  return readJunit(readFileSync(report, 'utf8'), { withClass: true });
}

/** What `readJunit` says of it. */
const SKIPPED = 'Skipped by the suite.';
const WHY_SKIPPED =
  'The suite skips it: it needs lists of accounts, a second domain, a reseller, more policies or middleware that is not there.';

/** `test.functional.test_slo.TestSlo::test_x`. */
function judge(key: string, { passed, reason }: ReportedCase): SwiftCaseResult {
  const [path = '', test = ''] = key.split('::');
  const [, , module = '', ofClass = ''] = path.split('.');
  const name = `${ofClass}::${test}`;
  if (passed) return { module, name, outcome: 'pass', reason: '' };
  const verdict = knownSwiftVerdicts.find(({ cases }) => cases.test(`${module}.${name}`));
  const isSkipped = reason === SKIPPED;
  const outcome = verdict?.outcome ?? (isSkipped ? 'not-applicable' : 'fail');
  return { module, name, outcome, reason: verdict?.reason ?? (isSkipped ? WHY_SKIPPED : reason) };
}

const work = mkdtempSync(join(tmpdir(), 'gotgan-swift-tests-'));
const server = await startServer();
try {
  const configuration = join(work, 'test.conf');
  await writeConfiguration(server, configuration);
  const report = await runSuite(configuration, join(work, 'report.xml'));
  const before = existsSync(LEDGER) ? parseSwiftLedger(readFileSync(LEDGER, 'utf8')) : [];
  const results = new Map(isWhole ? [] : before.map((line) => [`${line.module}.${line.name}`, line]));
  for (const [key, reported] of report) {
    const line = judge(key, reported);
    results.set(`${line.module}.${line.name}`, line);
  }
  writeFileSync(LEDGER, renderSwiftLedger([...results.values()]));
  const failures = server
    .logs()
    .split('\n')
    .filter((line) => /"level":"(?:error|fatal)"/.test(line));
  for (const failure of failures) console.error(`the server failed by itself: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
} finally {
  await server.dispose();
  rmSync(work, { recursive: true, force: true });
}
