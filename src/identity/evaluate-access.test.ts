import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { aclGroups, aclOf, aclPermissions, encodeAcl, type Grant } from './acl.ts';
import { type Action, actions } from './actions.ts';
import { type CannedAclName, cannedBucketAcl, cannedObjectAcl } from './canned-acls.ts';
import {
  type AccessQuestion,
  evaluateAccess,
  needsObjectFacts,
  type ObjectFacts,
} from './evaluate-access.ts';
import type { Principal } from './principal.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const C = 'c'.repeat(32);

function userOf(account: string, isRoot = false): Principal {
  return {
    kind: 'user',
    account: { id: account, name: account.slice(0, 4), enabled: true, createdAtMicros: 0 },
    user: {
      id: account.replace(/^./, 'e'),
      accountId: account,
      name: 'someone',
      displayName: 'Some One',
      email: '',
      isRoot,
      enabled: true,
      createdAtMicros: 0,
    },
    isServerAdmin: false,
  };
}

const anonymous: Principal = { kind: 'anonymous' };

/** In the tables: o owner of the bucket (A), w writer of the object (B), x another account (C), a nobody known. */
const principals: Readonly<Record<string, Principal>> = {
  o: userOf(A),
  w: userOf(B),
  x: userOf(C),
  a: anonymous,
};

function whoMay(action: Action, resource: Omit<AccessQuestion['resource'], 'account'>): string {
  return Object.keys(principals)
    .filter((letter) => {
      const principal = principals[letter]!;
      return evaluateAccess({ principal, action, resource: { account: A, ...resource } }).allowed;
    })
    .join('');
}

const bucketDocument = (name: CannedAclName) => encodeAcl(cannedBucketAcl(name, A), A) ?? undefined;
const objectDocument = (name: CannedAclName) => encodeAcl(cannedObjectAcl(name, B, A), B) ?? undefined;

/**
 * Written by hand from the Amazon S3 User Guide, "Access control list (ACL) overview": what each canned list adds, and what
 * each permission means on a bucket and on an object.
 */
const bucketTable: Readonly<Record<CannedAclName, Partial<Record<Action, string>>>> = {
  private: {},
  'public-read': {
    'bucket:head': 'owxa',
    'bucket:list-objects': 'owxa',
    'bucket:list-versions': 'owxa',
    'bucket:list-uploads': 'owxa',
  },
  'public-read-write': {
    'bucket:head': 'owxa',
    'bucket:list-objects': 'owxa',
    'bucket:list-versions': 'owxa',
    'bucket:list-uploads': 'owxa',
    'object:write': 'owxa',
    'object:copy': 'owxa',
    'object:delete': 'owxa',
  },
  'authenticated-read': {
    'bucket:head': 'owx',
    'bucket:list-objects': 'owx',
    'bucket:list-versions': 'owx',
    'bucket:list-uploads': 'owx',
  },
  'bucket-owner-read': {},
  'bucket-owner-full-control': {},
  'log-delivery-write': {},
};

const objectTable: Readonly<
  Record<Exclude<CannedAclName, 'log-delivery-write'>, Partial<Record<Action, string>>>
> = {
  private: {},
  'public-read': {
    'object:read': 'owxa',
    'object:read-version': 'owxa',
    'object:head': 'owxa',
    'object:head-version': 'owxa',
    'object:copy-source': 'owxa',
    'object:copy-source-version': 'owxa',
    'object:read-attributes': 'owxa',
    'object:read-version-attributes': 'owxa',
  },
  // WRITE means nothing on an object.
  'public-read-write': {
    'object:read': 'owxa',
    'object:read-version': 'owxa',
    'object:head': 'owxa',
    'object:head-version': 'owxa',
    'object:copy-source': 'owxa',
    'object:copy-source-version': 'owxa',
    'object:read-attributes': 'owxa',
    'object:read-version-attributes': 'owxa',
  },
  'authenticated-read': {
    'object:read': 'owx',
    'object:read-version': 'owx',
    'object:head': 'owx',
    'object:head-version': 'owx',
    'object:copy-source': 'owx',
    'object:copy-source-version': 'owx',
    'object:read-attributes': 'owx',
    'object:read-version-attributes': 'owx',
  },
  'bucket-owner-read': {
    'object:read': 'ow',
    'object:read-version': 'ow',
    'object:head': 'ow',
    'object:head-version': 'ow',
    'object:copy-source': 'ow',
    'object:copy-source-version': 'ow',
    'object:read-attributes': 'ow',
    'object:read-version-attributes': 'ow',
  },
  'bucket-owner-full-control': {
    'object:read': 'ow',
    'object:read-version': 'ow',
    'object:head': 'ow',
    'object:head-version': 'ow',
    'object:copy-source': 'ow',
    'object:copy-source-version': 'ow',
    'object:read-attributes': 'ow',
    'object:read-version-attributes': 'ow',
    'object:read-acl': 'ow',
    'object:read-version-acl': 'ow',
    'object:write-acl': 'ow',
    'object:write-version-acl': 'ow',
  },
};

/** What ownership alone gives, in a bucket of A with an object of B. Every action on what is stored. */
type StorageAction = Extract<Action, `account:${string}` | `bucket:${string}` | `object:${string}`>;

const ownershipTable: Readonly<Record<StorageAction, string>> = {
  'account:list-buckets': 'o',
  'account:write': 'o',
  'bucket:write-metadata': 'o',
  'bucket:create': 'o',
  'bucket:delete': 'o',
  'bucket:head': 'o',
  'bucket:list-objects': 'o',
  'bucket:list-versions': 'o',
  'bucket:list-uploads': 'o',
  'bucket:read-location': 'o',
  'bucket:read-acl': 'o',
  'bucket:write-acl': 'o',
  'bucket:read-policy': 'o',
  'bucket:write-policy': 'o',
  'bucket:delete-policy': 'o',
  'bucket:read-policy-status': 'o',
  'bucket:read-public-access-block': 'o',
  'bucket:write-public-access-block': 'o',
  'bucket:read-ownership-controls': 'o',
  'bucket:write-ownership-controls': 'o',
  'bucket:read-versioning': 'o',
  'bucket:write-versioning': 'o',
  'bucket:read-cors': 'o',
  'bucket:write-cors': 'o',
  'bucket:read-tagging': 'o',
  'bucket:write-tagging': 'o',
  'bucket:read-lifecycle': 'o',
  'bucket:write-lifecycle': 'o',
  'bucket:read-encryption': 'o',
  'bucket:write-encryption': 'o',
  'bucket:read-object-lock': 'o',
  'bucket:write-object-lock': 'o',
  'bucket:read-protection': 'o',
  'bucket:write-protection': 'o',
  'bucket:read-basic': 'o',
  'bucket:read-firewall': 'o',
  'bucket:write-firewall': 'o',
  'bucket:write-quota': 'o',
  'bucket:write-activity-tracking': 'o',
  'bucket:write-metrics-monitoring': 'o',
  'bucket:read-replication': 'o',
  'bucket:write-replication': 'o',
  'bucket:read-website': 'o',
  'bucket:write-website': 'o',
  'bucket:delete-website': 'o',
  'bucket:read-logging': 'o',
  'bucket:write-logging': 'o',
  'bucket:read-notification': 'o',
  'bucket:write-notification': 'o',
  'bucket:read-acceleration': 'o',
  'bucket:write-acceleration': 'o',
  'bucket:read-request-payment': 'o',
  'bucket:write-request-payment': 'o',
  'object:read': 'w',
  'object:read-version': 'w',
  'object:head': 'w',
  'object:head-version': 'w',
  'object:copy-source': 'w',
  'object:copy-source-version': 'w',
  'object:write': 'o',
  'object:copy': 'o',
  'object:delete': 'o',
  'object:delete-version': 'o',
  'object:read-acl': 'w',
  'object:read-version-acl': 'w',
  'object:write-acl': 'w',
  'object:write-version-acl': 'w',
  'object:read-attributes': 'w',
  'object:read-version-attributes': 'w',
  'object:read-tagging': 'ow',
  'object:read-version-tagging': 'ow',
  'object:write-tagging': 'ow',
  'object:write-version-tagging': 'ow',
  'object:delete-tagging': 'ow',
  'object:delete-version-tagging': 'ow',
  'object:read-retention': 'ow',
  'object:write-retention': 'o',
  'object:read-legal-hold': 'ow',
  'object:write-legal-hold': 'o',
  'object:bypass-governance': 'o',
  'object:read-named-holds': 'o',
  'object:write-named-holds': 'o',
  'object:extend-retention': 'o',
  'object:list-parts': 'ow',
  'object:abort-upload': 'ow',
};

describe('canned lists, kinds of principals, actions', () => {
  const present = (acl: string | undefined): ObjectFacts => ({ kind: 'present', account: B, acl });

  for (const [name, added] of Object.entries(bucketTable) as [
    CannedAclName,
    (typeof bucketTable)['private'],
  ][]) {
    test(`a bucket that is ${name}`, () => {
      const resource = {
        bucketAcl: bucketDocument(name),
        mayHoldForeignObjects: true,
        object: present(undefined),
      };
      const actual = Object.keys(ownershipTable).map((action) => [
        action,
        whoMay(action as Action, resource),
      ]);
      assert.deepEqual(Object.fromEntries(actual), { ...ownershipTable, ...added });
    });
  }

  for (const [name, added] of Object.entries(objectTable) as [
    CannedAclName,
    (typeof objectTable)['private'],
  ][]) {
    test(`an object that is ${name}, in a private bucket`, () => {
      const resource = { mayHoldForeignObjects: true, object: present(objectDocument(name)) };
      const actual = Object.keys(ownershipTable).map((action) => [
        action,
        whoMay(action as Action, resource),
      ]);
      assert.deepEqual(Object.fromEntries(actual), { ...ownershipTable, ...added });
    });
  }
});

test('the owner of a bucket without objects of others needs no facts about an object, and reads it', () => {
  for (const action of actions) {
    const question = { principal: principals['o']!, action, resource: { account: A } };
    if (/^(?:admin|identity|iam):/.test(action)) continue;
    assert.equal(needsObjectFacts(question), false, action);
    assert.equal(evaluateAccess(question).allowed, true, action);
  }
});

test('facts about the object are asked for exactly when they change the answer', () => {
  const some: readonly ObjectFacts[] = [
    { kind: 'absent' },
    { kind: 'present', account: A, acl: undefined },
    { kind: 'present', account: B, acl: undefined },
    { kind: 'present', account: B, acl: objectDocument('public-read') },
    { kind: 'present', account: B, acl: objectDocument('bucket-owner-full-control') },
    { kind: 'present', account: C, acl: undefined },
  ];
  for (const action of actions) {
    for (const [letter, principal] of Object.entries(principals)) {
      for (const mayHoldForeignObjects of [true, false]) {
        const resource = { account: A, mayHoldForeignObjects };
        const question = { principal, action, resource };
        const answers = new Set(
          some.map((object) => evaluateAccess({ ...question, resource: { ...resource, object } }).allowed),
        );
        const why = `${action} by ${letter}, foreign objects ${mayHoldForeignObjects}`;
        if (answers.size > 1) assert.equal(needsObjectFacts(question), true, why);
        if (!needsObjectFacts(question)) {
          assert.deepEqual([...answers], [evaluateAccess(question).allowed], why);
        }
      }
    }
  }
});

test('whoever may list learns that an object is not there; nobody else does', () => {
  const absent = { object: { kind: 'absent' } as const, mayHoldForeignObjects: true };
  const expected: [CannedAclName, string][] = [
    ['private', 'o'],
    ['public-read', 'owxa'],
    ['authenticated-read', 'owx'],
  ];
  for (const [name, who] of expected) {
    const resource = { ...absent, bucketAcl: bucketDocument(name) };
    for (const action of [
      'object:read',
      'object:read-acl',
      'object:write-acl',
      'object:list-parts',
    ] as const) {
      assert.equal(whoMay(action, resource), who, `${action} in a bucket that is ${name}`);
    }
    assert.equal(whoMay('object:write', resource), 'o', 'a new object needs WRITE, not READ');
  }
});

test('the trace names every layer consulted, and the one that decided last', () => {
  const layersOf = (question: AccessQuestion) =>
    evaluateAccess(question).trace.map(({ layer, verdict }) => `${layer} ${verdict}`);
  const publicRead = bucketDocument('public-read');
  assert.deepEqual(
    layersOf({
      principal: anonymous,
      action: 'bucket:list-objects',
      resource: { account: A, bucketAcl: publicRead },
    }),
    ['authentication silent', 'ownership silent', 'bucket-acl allow'],
  );
  assert.deepEqual(
    layersOf({ principal: principals['x']!, action: 'bucket:delete', resource: { account: A } }),
    ['ownership silent', 'default deny'],
  );
  const denied = evaluateAccess({
    principal: principals['o']!,
    action: 'object:read',
    resource: {
      account: A,
      mayHoldForeignObjects: true,
      object: { kind: 'present', account: B, acl: undefined },
    },
  });
  assert.deepEqual(
    denied.trace.map(({ layer, verdict }) => `${layer} ${verdict}`),
    ['ownership silent', 'object-acl silent', 'default deny'],
  );
  assert.match(denied.trace[0]!.reason, /another account wrote the object/);
});

test('grants to groups are not an identity: the server is administered by its administrator alone', () => {
  const everything = encodeAcl(
    aclOf([{ grantee: { kind: 'group', group: 'all-users' }, permission: 'FULL_CONTROL' }]),
    A,
  )!;
  const object: ObjectFacts = { kind: 'present', account: A, acl: everything };
  for (const action of ['admin:read', 'admin:write', 'bucket:delete', 'bucket:write-policy'] as const) {
    assert.equal(whoMay(action, { bucketAcl: everything, object }).replace('o', ''), '', action);
  }
  const admin: Principal = { ...(userOf(C, true) as Principal & { kind: 'user' }), isServerAdmin: true };
  const ask = (action: Action) =>
    evaluateAccess({ principal: admin, action, resource: { account: A } }).allowed;
  assert.equal(ask('admin:write'), true);
  assert.equal(ask('bucket:delete'), false, 'administering the server owns nobody else’s buckets');
});

describe('properties of lists', () => {
  const accountsUsed = [A, B, C];
  const grants: fc.Arbitrary<Grant> = fc.record({
    grantee: fc.oneof(
      fc.record({ kind: fc.constant('group' as const), group: fc.constantFrom(...aclGroups) }),
      fc.record({ kind: fc.constant('account' as const), account: fc.constantFrom(...accountsUsed) }),
    ),
    permission: fc.constantFrom(...aclPermissions),
  });
  const lists = fc.array(grants, { maxLength: 6 });
  const document = (list: readonly Grant[]) => encodeAcl(aclOf(list), '0'.repeat(32)) ?? undefined;
  const questions = fc.record({
    principal: fc.constantFrom(...Object.values(principals)),
    action: fc.constantFrom(...actions),
    mayHoldForeignObjects: fc.boolean(),
    absent: fc.boolean(),
    bucketGrants: lists,
    objectGrants: lists,
  });
  const ask = (
    {
      principal,
      action,
      mayHoldForeignObjects,
      absent,
    }: typeof questions extends fc.Arbitrary<infer Q> ? Q : never,
    bucketGrants: readonly Grant[],
    objectGrants: readonly Grant[],
  ) => {
    const object: ObjectFacts = absent
      ? { kind: 'absent' }
      : { kind: 'present', account: B, acl: document(objectGrants) };
    const resource = { account: A, bucketAcl: document(bucketGrants), mayHoldForeignObjects, object };
    return evaluateAccess({ principal, action, resource }).allowed;
  };

  test('adding a grant never narrows', () => {
    fc.assert(
      fc.property(questions, grants, fc.nat(6), fc.boolean(), (question, added, at, toBucket) => {
        const { bucketGrants, objectGrants } = question;
        if (!ask(question, bucketGrants, objectGrants)) return;
        const longer = (list: readonly Grant[]) => [...list.slice(0, at), added, ...list.slice(at)];
        const still = toBucket
          ? ask(question, longer(bucketGrants), objectGrants)
          : ask(question, bucketGrants, longer(objectGrants));
        assert.equal(still, true);
      }),
      { numRuns: 2000 },
    );
  });

  test('a grant to an account that nobody here belongs to changes nothing', () => {
    const strangers = fc
      .stringMatching(/^[0-9a-f]{32}$/)
      .filter((id) => !accountsUsed.includes(id))
      .chain((account) =>
        fc.constantFrom(...aclPermissions).map((permission): Grant => {
          return { grantee: { kind: 'account', account }, permission };
        }),
      );
    fc.assert(
      fc.property(questions, strangers, (question, stranger) => {
        const { bucketGrants, objectGrants } = question;
        assert.equal(
          ask(question, [...bucketGrants, stranger], [...objectGrants, stranger]),
          ask(question, bucketGrants, objectGrants),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('the order of grants does not matter', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { bucketGrants, objectGrants } = question;
        assert.equal(
          ask(question, bucketGrants.toReversed(), objectGrants.toReversed()),
          ask(question, bucketGrants, objectGrants),
        );
      }),
      { numRuns: 1000 },
    );
  });
});
