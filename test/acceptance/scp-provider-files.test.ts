// Metadata of an identity provider as large as the platform takes them: one file of up to 10 MB (build specification scp.md, section 5.4).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, it } from 'node:test';
import { type ClockedServer, startClockedServer } from '../support/clocked-server.ts';
import { SamlProvider } from '../support/saml-provider.ts';
import { type Ask, addScpAccount, addScpUser, asker, type ScpUser } from '../support/scp-parties.ts';

const PROVIDERS = '/iam/v1/saml-providers';
const MIB = 1024 * 1024;
const idp = new SamlProvider('https://idp.corp.example/metadata');

let server: ClockedServer;
let ask: Ask;
let admin: ScpUser;

before(async () => {
  server = await startClockedServer(new Date('2026-11-21T00:00:00Z'));
  ask = asker(server);
  admin = await addScpUser(server, await addScpAccount(server, 'team'), 'boss', 'admin');
});
after(async () => {
  assert.deepEqual(server.bugs, []);
  await server.stop();
});

/** Metadata of about so many bytes; what fills them deflates to half (`hex`), or hardly at all. */
function metadataOf(bytes: number, encoding: 'hex' | 'base64', seed: string): string {
  const lines: string[] = [];
  let [length, number] = [0, 0];
  while (length < bytes) {
    let text = '';
    while (text.length < 8000) {
      text += createHash('sha512').update(`${seed} ${number}`).digest(encoding);
      number += 1;
    }
    lines.push(`<x:fill xmlns:x="urn:fill">${text}</x:fill>`);
    length += text.length + 40;
  }
  return idp.metadata().replace(/<\/(\w+:)?EntityDescriptor>\s*$/, (end) => lines.join('') + end);
}

async function send(method: string, path: string, metadata: string, name?: string) {
  const form = new FormData();
  if (name !== undefined) form.set('saml_provider_name', name);
  form.set('file', new Blob([metadata]), 'metadata.xml');
  const response = new Response(form);
  return ask(method, path, admin.key, {
    body: Buffer.from(await response.arrayBuffer()),
    headers: { 'Content-Type': response.headers.get('content-type') ?? '' },
  });
}

const shown = async (id: string) => (await ask('GET', `${PROVIDERS}/${id}`, admin.key)).json;

it('are kept as sent, replaced and removed', async () => {
  const large = metadataOf(7 * MIB, 'hex', 'first');
  const made = await send('POST', PROVIDERS, large, 'corp');
  assert.equal(made.status, 201, made.text);
  const { id } = made.json;
  const first = await shown(id);
  assert.equal(first.idp_file_size, large.length);
  assert.ok(first.idp_file_data === large, 'the file is as sent');
  const described = await ask('PUT', `${PROVIDERS}/${id}`, admin.key, descriptionForm());
  assert.equal(described.status, 200, described.text);
  assert.ok(described.json.idp_file_data === large, 'a new description leaves the file');
  for (const [bytes, seed] of [
    [3 * MIB, 'second'],
    [0, 'third'],
    [2 * MIB, 'fourth'],
  ] as const) {
    const next = metadataOf(bytes, 'hex', seed);
    const replaced = await send('PUT', `${PROVIDERS}/${id}`, next);
    assert.equal(replaced.status, 200, replaced.text.slice(0, 500));
    assert.ok((await shown(id)).idp_file_data === next, seed);
  }
  const removed = await ask('DELETE', `${PROVIDERS}/bulk`, admin.key, { body: { ids: [id] } });
  assert.equal(removed.status, 204);
  assert.equal((await ask('GET', `${PROVIDERS}/${id}`, admin.key)).status, 404);
});

it('are refused when they are larger', async () => {
  const dense = await send('POST', PROVIDERS, metadataOf(8 * MIB, 'base64', 'dense'), 'dense');
  assert.equal(dense.status, 413, dense.text.slice(0, 500));
  const long = await send('POST', PROVIDERS, metadataOf(10 * MIB + 1, 'hex', 'long'), 'long');
  assert.equal(long.status, 413, long.text.slice(0, 500));
});

function descriptionForm() {
  const boundary = 'xxx';
  return {
    body: `--${boundary}\r\nContent-Disposition: form-data; name="description"\r\n\r\nours\r\n--${boundary}--\r\n`,
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
  };
}
