// ListAuditEvents: what has been changed, newest first, for who administers the server only.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { askAdmin } from '../support/ask-admin.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
before(async () => {
  server = await startServer({ workers: 2 });
});
after(() => server?.dispose());

interface Event {
  readonly operation: string;
  readonly outcome: string;
  readonly target: Readonly<Record<string, string>>;
}

it('shows changes and refused changes, newest first, in pages', async () => {
  assert.deepEqual((await askAdmin(server, 'GET', '/audit')).events, []);
  const names = Array.from({ length: 5 }, (_, index) => `account-${index}`);
  for (const name of names) await askAdmin(server, 'POST', '/accounts', { name });
  await assert.rejects(askAdmin(server, 'POST', '/accounts', { name: 'account-0' }), /409/);
  const { events }: { events: Event[] } = await askAdmin(server, 'GET', '/audit');
  assert.deepEqual(
    events.map(({ operation, outcome }) => `${operation} ${outcome}`),
    ['CreateAccount failure', ...names.map(() => 'CreateAccount success')],
  );
  assert.ok(events.every(({ target }) => typeof target === 'object'));
});

const askQuery = (query: string) => askAdmin(server, 'GET', `/audit?${query}`);

it('goes on where a page ended', async () => {
  const seen: string[] = [];
  let before: string | undefined;
  for (let pages = 0; pages < 10; pages += 1) {
    const answer = await askQuery(before === undefined ? 'limit=2' : `limit=2&before=${before}`);
    seen.push(...answer.events.map(({ operation }: Event) => operation));
    if (answer.next === undefined) break;
    before = `${answer.next}`;
  }
  assert.equal(seen.length, 6);
});

it('is refused without rights, and for what is no number', async () => {
  assert.equal((await fetch(`${server.controlUrl}/admin/v1/audit`)).status, 401);
  await assert.rejects(askQuery('before=x'), /InvalidRequest/);
  await assert.rejects(askQuery('limit=0'), /InvalidRequest/);
});
