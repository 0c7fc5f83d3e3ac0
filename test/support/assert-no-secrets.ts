/**
 * Nothing secret may stand in anything that a server writes for people: its log and banner, its audit log, the log of denials. Secrets
 * are told by their form, so no test has to remember those that it made.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerProcess } from './server-process.ts';

const forms: Readonly<Record<string, RegExp>> = {
  'a JSON Web Token': /eyJ[\w-]{8,}\.eyJ[\w-]{8,}/,
  // Longer ids have dashes at other places; what was redacted ends in underscores.
  'an API key': /(?<![\w-])(?![\w-]{4}_{40})[\w-]{44}(?![\w-])/,
  'the secret of an HMAC key': /(?<![0-9a-f])[0-9a-f]{48}(?![0-9a-f])/,
  'a refresh token': /[0-9a-f]{32}\.[0-9a-f]{64}/,
  'a bearer header': /bearer +[\w.-]{8,}/i,
};

/** `known`: secrets in no form of their own, such as passwords. Throws with the first line that holds one. */
export function assertNoSecrets(server: ServerProcess, known: readonly string[] = []): void {
  const texts = new Map([
    ['log', server.logs()],
    ['banner', server.output()],
    ...readLogs(server.dataDirectory),
  ]);
  let lines = 0;
  for (const [name, text] of texts) {
    for (const line of text.split('\n')) {
      lines += 1;
      for (const [what, form] of Object.entries(forms)) {
        assert.ok(!form.test(line), `${what} stands in the ${name}: ${line.slice(0, 400)}`);
      }
      for (const secret of known) assert.ok(!line.includes(secret), `a secret stands in the ${name}`);
    }
  }
  assert.ok(lines > texts.size, 'there is something to look through');
}

/** For the end of a test file: also a server that has written a secret is stopped. */
export async function disposeWithoutSecrets(server: ServerProcess): Promise<void> {
  try {
    assertNoSecrets(server);
  } finally {
    await server.dispose();
  }
}

function readLogs(dataDirectory: string): [string, string][] {
  const paths = [
    'audit.log',
    ...filesIn(join(dataDirectory, 'denials')).map((name) => join('denials', name)),
  ];
  return paths.flatMap((path): [string, string][] => {
    const whole = join(dataDirectory, path);
    return existsSync(whole) ? [[path, readFileSync(whole, 'utf8')]] : [];
  });
}

function filesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
