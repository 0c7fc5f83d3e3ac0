import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { wireHeaders } from '../../../test/support/wire-request.ts';
import { compileIbmPolicy } from '../../identity/ibm-policies.ts';
import { IbmError, TokenError } from './ibm-errors.ts';
import { parseForm } from './read-form.ts';
import { parseJson } from './read-json.ts';
import { readPolicy } from './read-policy.ts';
import { clientOf } from './token-client.ts';

/** The answer, or undefined for a refusal in the dialect's own words; anything else is a bug. */
function refused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof IbmError || error instanceof TokenError, String(error));
    assert.ok(error.status >= 400 && error.status < 500);
    return undefined;
  }
}

describe('hostile input', () => {
  test('bodies that are no JSON, or too deep, are refused', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => void refused(() => parseJson(Buffer.from(bytes))),
      ),
    );
    const deep = Buffer.from(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`);
    assert.equal(
      refused(() => parseJson(deep)),
      undefined,
    );
    assert.equal(
      refused(() => parseJson(Buffer.from('[]'))),
      undefined,
    );
    assert.deepEqual(
      refused(() => parseJson(Buffer.alloc(0))),
      {},
    );
  });

  test('forms that are malformed are refused, and empty fields are none', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => void refused(() => parseForm(Buffer.from(bytes))),
      ),
    );
    assert.equal(
      refused(() => parseForm(Buffer.from('a=%zz'))),
      undefined,
    );
    assert.deepEqual(
      refused(() => parseForm(Buffer.from('a=&b=1&b=2'))),
      new Map([['b', '1']]),
    );
  });

  test('whatever is called a policy is refused, or can be stored and compiled', () => {
    const attribute = fc.record(
      { key: fc.anything(), name: fc.anything(), operator: fc.anything(), value: fc.anything() },
      { requiredKeys: [] },
    );
    const body = fc.record(
      {
        type: fc.oneof(fc.constant('access'), fc.anything()),
        subject: fc.record({ attributes: fc.array(attribute) }),
        subjects: fc.array(fc.record({ attributes: fc.array(attribute) })),
        resource: fc.record({ attributes: fc.array(attribute), tags: fc.array(attribute) }),
        resources: fc.array(fc.record({ attributes: fc.array(attribute) })),
        roles: fc.array(fc.record({ role_id: fc.string() })),
        control: fc.record({ grant: fc.record({ roles: fc.array(fc.record({ role_id: fc.string() })) }) }),
        rule: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(body, fc.constantFrom('v1', 'v2'), (document, format) => {
        const read = refused(() =>
          readPolicy(document as Readonly<Record<string, unknown>>, format as 'v1' | 'v2'),
        );
        if (read !== undefined) compileIbmPolicy(JSON.stringify(read));
      }),
    );
  });

  test('rules have two levels and ten conditions at most', () => {
    const condition = { key: '{{resource.attributes.path}}', operator: 'stringEquals', value: 'a' };
    const policy = (rule: object) => ({
      type: 'access',
      subject: { attributes: [] },
      resource: { attributes: [] },
      control: { grant: { roles: [{ role_id: 'r' }] } },
      rule,
    });
    const all = (count: number) => ({
      operator: 'and',
      conditions: Array.from({ length: count }, () => condition),
    });
    assert.ok(refused(() => readPolicy(policy(all(10)), 'v2')));
    assert.equal(
      refused(() => readPolicy(policy({ operator: 'or', conditions: [all(6), all(5)] }), 'v2')),
      undefined,
    );
    const deep = { operator: 'or', conditions: [{ operator: 'and', conditions: [all(1)] }] };
    assert.equal(
      refused(() => readPolicy(policy(deep), 'v2')),
      undefined,
    );
    assert.equal(
      refused(() => readPolicy(policy({ ...condition, key: 'path' }), 'v2')),
      undefined,
    );
  });
});

describe('clients of the token service', () => {
  const ask = (authorization: string | undefined) =>
    refused(() =>
      clientOf(
        { headers: wireHeaders(authorization === undefined ? [] : [['authorization', authorization]]) },
        new Map([['ci', 'a secret: with a colon']]),
      ),
    );
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

  test('are those that everybody knows, those that were configured, and nobody in particular', () => {
    assert.equal(ask(undefined)?.id, 'default');
    assert.equal(ask('')?.id, 'default');
    assert.deepEqual(ask(basic('bx:bx')), { id: 'bx', getsRefreshToken: true, getsIdToken: false });
    assert.equal(ask(basic('kube:kube'))?.getsIdToken, true);
    assert.equal(ask(basic('ci:a secret: with a colon'))?.id, 'ci');
  });

  test('are refused otherwise', () => {
    for (const header of [
      basic('bx:'),
      basic('bx'),
      basic('who:who'),
      'Bearer x',
      'Basic',
      'Basic !!!',
      `Basic ${'A'.repeat(5000)}`,
    ]) {
      assert.equal(ask(header), undefined, header.slice(0, 40));
    }
  });
});
