import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  admitsReferrer,
  ContainerAclError,
  cleanContainerAcl,
  nameInAcl,
  parseContainerAcl,
} from './container-acl.ts';
import type { Principal } from './principal.ts';

const reading = { header: 'X-Container-Read', allowsReferrers: true };
const writing = { header: 'X-Container-Write', allowsReferrers: false };

describe('cleaning a list', () => {
  it('takes the forms that Swift documents', () => {
    for (const [sent, cleaned] of [
      ['bob, sue', 'bob,sue'],
      ['bob , sue', 'bob,sue'],
      ['bob,,,sue', 'bob,sue'],
      ['.referrer : *', '.r:*'],
      ['.ref:*.example.com', '.r:.example.com'],
      ['.r:*, .rlistings', '.r:*,.rlistings'],
      ['.r:*,.r:-.thief.com', '.r:*,.r:-.thief.com'],
      ['.r: - thief.example', '.r:-thief.example'],
      ['acme : kim', 'acme:kim'],
      ['', ''],
    ] as const) {
      assert.equal(cleanContainerAcl(sent, reading), cleaned, sent);
    }
  });

  it('refuses what says nothing, and referrers that may write', () => {
    for (const sent of ['.r:', '.r:-', '.r:.', '.unknown:x', '.unknown', '.r:*.']) {
      assert.throws(() => cleanContainerAcl(sent, reading), ContainerAclError, sent);
    }
    for (const sent of ['.r:*', '.ref:x.example', '.rlistings']) {
      assert.throws(() => cleanContainerAcl(sent, writing), ContainerAclError, sent);
    }
  });

  it('changes nothing when done again', () => {
    const element = fc.constantFrom('a:b', ' *:* ', '.r:*', '.r : -.x.y', '.rlistings', 'role', '');
    fc.assert(
      fc.property(fc.array(element), (elements) => {
        const once = cleanContainerAcl(elements.join(','), reading);
        assert.equal(cleanContainerAcl(once, reading), once);
      }),
    );
  });
});

describe('referrers', () => {
  const admits = (acl: string, referer?: string) => admitsReferrer(parseContainerAcl(acl), referer);

  it('let in by host and domain, and the last that fits counts', () => {
    assert.equal(admits('.r:*'), true);
    assert.equal(admits('a:b'), false);
    assert.equal(admits('.r:www.example.com', 'http://www.example.com:8080/page?x'), true);
    assert.equal(admits('.r:www.example.com', 'http://user@WWW.example.com'), true);
    assert.equal(admits('.r:www.example.com', 'www.example.com'), false);
    assert.equal(admits('.r:.example.com', 'https://a.b.example.com/'), true);
    assert.equal(admits('.r:.example.com', 'https://example.com/'), false);
    assert.equal(admits('.r:*,.r:-.thief.com', 'http://a.thief.com'), false);
    assert.equal(admits('.r:*,.r:-.thief.com', 'http://a.honest.com'), true);
    assert.equal(admits('.r:-.thief.com,.r:*', 'http://a.thief.com'), true);
    assert.equal(admits('.r:unknown'), true);
    assert.equal(admits('.r:*,.r:-unknown'), false);
  });
});

describe('names', () => {
  const account = { id: 'a'.repeat(32), name: 'acme', enabled: true, createdAtMicros: 0 };
  const user = {
    id: 'b'.repeat(32),
    accountId: account.id,
    name: 'kim',
    displayName: 'Kim',
    email: 'kim@acme.example',
    isRoot: false,
    role: 'member',
    enabled: true,
    createdAtMicros: 0,
  } as const;
  const kim = { kind: 'user', account, user, isServerAdmin: false } satisfies Principal;
  const finds = (acl: string, owner?: string) => nameInAcl(parseContainerAcl(acl), kim, owner) !== undefined;

  it('are those of ids, of names and of everybody', () => {
    for (const acl of [
      `${account.id}:${user.id}`,
      'acme:kim',
      `acme:*`,
      '*:kim',
      `*:${user.id}`,
      '*:*',
      'x,acme:kim',
    ]) {
      assert.equal(finds(acl), true, acl);
    }
    for (const acl of ['acme:lee', 'other:kim', 'other:*', '*:lee', 'acme', 'kim', '.r:*', 'acme:']) {
      assert.equal(finds(acl), false, acl);
    }
  });

  it('are roles in the account of the container only', () => {
    assert.equal(finds('member', account.id), true);
    assert.equal(finds('operator', account.id), false);
    assert.equal(finds('member', 'c'.repeat(32)), false);
  });
});
