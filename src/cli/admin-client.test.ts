import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { it } from 'node:test';
import { connectAdmin } from './admin-client.ts';
import type { CommandContext, CommandInput } from './command-declaration.ts';

it('a listing is read page by page, whether or not its path has a query', async () => {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const isFirst = url.endsWith('after=');
    response.end(JSON.stringify({ keys: [{ id: isFirst ? 1 : 2 }], ...(isFirst && { next: 'a/b' }) }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const context = {
    environment: { GOTGAN_ACCESS_KEY: 'AK', GOTGAN_SECRET_KEY: 'secret' },
    locateServer: () => ({ endpoint: `http://127.0.0.1:${port}`, region: 'KR1', dataDirectory: '' }),
  };
  const client = connectAdmin({} as CommandInput, context as unknown as CommandContext);
  try {
    assert.deepEqual(await client.listAll('/keys', 'keys'), [{ id: 1 }, { id: 2 }]);
    assert.deepEqual(await client.listAll('/keys?holder=kim', 'keys'), [{ id: 1 }, { id: 2 }]);
  } finally {
    server.close();
  }
  assert.deepEqual(asked, [
    '/admin/v1/keys?limit=1000&after=',
    '/admin/v1/keys?limit=1000&after=a%2Fb',
    '/admin/v1/keys?holder=kim&limit=1000&after=',
    '/admin/v1/keys?holder=kim&limit=1000&after=a%2Fb',
  ]);
});
