/**
 * Runs ceph/s3-tests against a fresh server and writes what came of every case to `s3-tests.tsv`:
 *
 *     node test/conformance/run-s3-tests.ts --checkout DIR [--python PATH] [-k EXPRESSION] [--timeout SECONDS]
 *
 * DIR is a local clone of the suite, which is no part of this project; PATH a Python that has its requirements and
 * pytest-timeout. With -k only the cases that it selects are run, and the others keep their lines.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addTestAccount } from '../support/add-account.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { type ReportedCase, readJunit } from './read-junit.ts';
import { parseLedger, renderLedger } from './s3-test-cases.ts';
import { updateLedger } from './update-ledger.ts';

const LEDGER = join(import.meta.dirname, 's3-tests.tsv');
const CASES_FILE = 's3tests/functional/test_s3.py';
const REGION = 'KR1';

/** Its cases wait for days: so long is one in a run. */
const LIFECYCLE_DAY_SECONDS = 10;

/** Sections that the suite demands even for cases that do not use them, and the account of each. */
const sections: readonly (readonly [section: string, account: string])[] = [
  ['s3 main', 'main'],
  ['s3 alt', 'alt'],
  ['s3 tenant', 'tenant'],
  ['iam', 'iam'],
  ['iam root', 'iamroot'],
  ['iam alt root', 'iamaltroot'],
];

async function writeConfiguration(server: ServerProcess, path: string): Promise<void> {
  const { hostname, port } = new URL(server.storageUrl);
  const lines = [
    '[DEFAULT]',
    `host = ${hostname}`,
    `port = ${port}`,
    'is_secure = False',
    'ssl_verify = False',
    '[fixtures]',
    'bucket prefix = gotgan-{random}-',
    'iam name prefix = s3-tests-',
    'iam path prefix = /s3-tests/',
  ];
  for (const [section, name] of sections) {
    const email = `${name}@example.com`;
    const { id, credentials } = await addTestAccount(server, { name, email });
    lines.push(
      `[${section}]`,
      `display_name = ${name}`,
      `user_id = ${id}`,
      `email = ${email}`,
      `api_name = ${REGION}`,
      `access_key = ${credentials.accessKeyId}`,
      `secret_key = ${credentials.secretAccessKey}`,
    );
    if (section === 's3 main') lines.push(`lc_debug_interval = ${LIFECYCLE_DAY_SECONDS}`);
    // Tenants of Ceph are a part of the address, `{tenant}:{bucket}`: here that is the account.
    if (section === 's3 tenant') lines.push(`tenant = ${id}`);
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
}

interface SuiteRun {
  readonly checkout: string;
  readonly python: string;
  readonly timeoutSeconds: string;
  readonly configuration: string;
  readonly work: string;
}

/**
 * The client's native library computes what Python cannot, and is used for nothing else: as a signer it refuses links that
 * have expired before they begin, and fails when a body's reader does.
 */
const NATIVE_CASES = 'crc32c or crc64nvme';

/** Runs what the expression selects, if anything does, and adds what came of it to the results. */
async function runSuite(
  run: SuiteRun,
  expression: string,
  usesNativeLibrary: boolean,
  results: Map<string, ReportedCase>,
): Promise<void> {
  const report = join(run.work, usesNativeLibrary ? 'native.xml' : 'report.xml');
  const args = ['-m', 'pytest', '-q', '--tb=no', '--timeout', run.timeoutSeconds, '-p', 'no:cacheprovider'];
  const child = spawn(run.python, [...args, `--junitxml=${report}`, CASES_FILE, '-k', expression], {
    cwd: run.checkout,
    env: {
      ...process.env,
      S3TEST_CONF: run.configuration,
      AWS_MAX_ATTEMPTS: '1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_REGION: undefined,
      BOTO_DISABLE_CRT: String(!usesNativeLibrary),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    stdio: 'inherit',
  });
  await new Promise<void>((done, fail) => {
    child.once('error', fail);
    child.once('close', () => done());
  });
  for (const [name, reported] of readJunit(readFileSync(report, 'utf8'))) results.set(name, reported);
}

const { values } = parseArgs({
  options: {
    checkout: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    k: { type: 'string', short: 'k' },
    timeout: { type: 'string', default: '120' },
  },
});
if (values.checkout === undefined) throw new Error('--checkout DIR: where is the clone of ceph/s3-tests?');

const work = mkdtempSync(join(tmpdir(), 'gotgan-s3-tests-'));
const server = await startServer({ env: { GOTGAN_LIFECYCLE_DAY_SECONDS: `${LIFECYCLE_DAY_SECONDS}` } });
try {
  const configuration = join(work, 's3tests.conf');
  await writeConfiguration(server, configuration);
  const run: SuiteRun = {
    checkout: resolve(values.checkout),
    python: values.python,
    timeoutSeconds: values.timeout,
    configuration,
    work,
  };
  const chosen = values.k === undefined ? '' : `(${values.k}) and `;
  const results = new Map<string, ReportedCase>();
  await runSuite(run, `${chosen}not (${NATIVE_CASES})`, false, results);
  await runSuite(run, `${chosen}(${NATIVE_CASES})`, true, results);
  const ledger = parseLedger(readFileSync(LEDGER, 'utf8'));
  writeFileSync(LEDGER, renderLedger(updateLedger(ledger, results, { isWhole: values.k === undefined })));
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
