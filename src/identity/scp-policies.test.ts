import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Action } from './actions.ts';
import { evaluateAccess } from './evaluate-access.ts';
import { compilePolicy } from './policy-cache.ts';
import { PolicyError } from './policy-error.ts';
import type { AccountRecord, Principal } from './principal.ts';
import { parseScpPolicy } from './scp-policies.ts';
import { isScpPolicy } from './scp-policy-documents.ts';
import { parseTrustPolicy } from './scp-trust-policies.ts';
import { parseSrn } from './srn.ts';

const TEAM = 'a'.repeat(32);
const OTHERS = 'b'.repeat(32);
const KIM = '1'.repeat(32);

const accountOf = (id: string): AccountRecord => ({
  id,
  name: id.slice(0, 4),
  enabled: true,
  createdAtMicros: 0,
});

function user(accountId: string, name: string, id: string, documents: readonly object[] = []): Principal {
  return {
    kind: 'user',
    account: accountOf(accountId),
    user: {
      id,
      accountId,
      name,
      displayName: '',
      email: '',
      isRoot: false,
      role: 'member',
      enabled: true,
      createdAtMicros: 0,
    },
    isServerAdmin: false,
    grants: {
      policies: documents.map((document, index) => ({
        id: String(index),
        name: '',
        language: 'scp',
        via: `user:${id}`,
        document: JSON.stringify(document),
        policy: compilePolicy(JSON.stringify(document), 'scp'),
      })),
    },
  };
}

const document = (...statements: object[]) => ({ Version: '2024-07-01', Statement: statements });
const allow = (action: readonly string[], resource: readonly string[], more: object = {}) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...more,
});

/** A member of the team, on an object or bucket of the team. */
function may(
  documents: readonly object[],
  action: Action,
  bucket?: string,
  key?: string,
  account = TEAM,
): boolean {
  return evaluateAccess({
    principal: user(TEAM, 'kim', KIM, documents),
    action,
    resource: {
      account,
      ...(bucket !== undefined && { bucket }),
      ...(key !== undefined && { key }),
      ...(key !== undefined && { object: { kind: 'present', account, acl: undefined } }),
    },
  }).allowed;
}

describe('policies of identities', () => {
  it('name buckets and what is in them', () => {
    const upload = [document(allow(['object-store:UploadObject'], ['srn:e:::::object-store:bucket/foo/*']))];
    assert.ok(may(upload, 'object:write', 'foo', 'a'));
    assert.ok(may(upload, 'object:copy', 'foo', 'a'));
    assert.ok(!may(upload, 'object:write', 'foobar', 'a'));
    assert.ok(!may(upload, 'object:read', 'foo', 'a'));
    assert.ok(!may(upload, 'bucket:list-objects', 'foo'));
    const list = [document(allow(['object-store:List*'], ['srn:e:::::object-store:bucket/f?o']))];
    assert.ok(may(list, 'bucket:list-objects', 'foo'));
    assert.ok(!may(list, 'bucket:delete', 'foo'));
  });

  it('take names of services with scp- and in any case', () => {
    for (const action of [
      'OBJECT-STORE:uploadobject',
      'scp-object-store:UploadObject',
      'object-store:Upload*',
      '*',
    ]) {
      const policy = [document(allow([action], ['srn:e:::::scp-object-store:bucket/foo/*']))];
      assert.ok(may(policy, 'object:write', 'foo', 'a'), action);
    }
  });

  it('mean the account that a resource names', () => {
    const own = [document(allow(['object-store:*'], [`srn:e::${TEAM}:kr-west1::object-store:bucket/foo`]))];
    assert.ok(may(own, 'bucket:list-objects', 'foo'));
    const others = [document(allow(['object-store:*'], [`srn:e::${OTHERS}:::object-store:bucket/foo`]))];
    assert.ok(!may(others, 'bucket:list-objects', 'foo'));
    const both = [
      document(
        allow(
          ['object-store:*'],
          [`srn:e::${OTHERS}:::object-store:bucket/foo`, `srn:e::${TEAM}:::object-store:bucket/bar`],
        ),
      ),
    ];
    assert.ok(!may(both, 'bucket:list-objects', 'foo'));
    assert.ok(may(both, 'bucket:list-objects', 'bar'));
  });

  it('deny what they deny, and all but what NotAction names', () => {
    const denied = [
      document(allow(['*'], ['*']), { ...allow(['object-store:DeleteObject'], ['*']), Effect: 'Deny' }),
    ];
    assert.ok(may(denied, 'object:read', 'foo', 'a'));
    assert.ok(!may(denied, 'object:delete', 'foo', 'a'));
    const rest = [document({ Effect: 'Allow', NotAction: ['object-store:Delete*'], Resource: ['*'] })];
    assert.ok(may(rest, 'object:write', 'foo', 'a'));
    assert.ok(!may(rest, 'object:delete', 'foo', 'a'));
    assert.ok(!may(rest, 'bucket:delete', 'foo'));
  });

  it('of storage give nothing elsewhere, and the other way round', () => {
    const assume = (documents: readonly object[]) =>
      evaluateAccess({
        principal: user(TEAM, 'kim', KIM, documents),
        action: 'sts:assume-role',
        resource: {
          account: TEAM,
          named: 'iam:role/Backup',
          trustPolicy: JSON.stringify(
            document({ Effect: 'Allow', Action: ['sts:AssumeRole'], Principal: { Account: [TEAM] } }),
          ),
        },
      }).allowed;
    assert.ok(assume([document(allow(['sts:AssumeRole'], [`srn:e::${TEAM}:::iam:role/Backup`]))]));
    assert.ok(assume([document(allow(['sts:AssumeRole'], ['srn:e:::::iam:role/Back*']))]));
    assert.ok(
      !assume([document(allow(['sts:AssumeRole', 'object-store:*'], ['srn:e:::::object-store:bucket/*']))]),
    );
    assert.ok(!assume([document(allow(['sts:AssumeRole'], [`srn:e::${OTHERS}:::iam:role/Backup`]))]));
    assert.ok(!may([document(allow(['*'], ['srn:e:::::iam:role/*']))], 'bucket:list-objects', 'foo'));
  });

  it('are refused when they could mean nothing', () => {
    const good = allow(['object-store:UploadObject'], ['*']);
    const wrong: readonly object[] = [
      { Version: '2012-10-17', Statement: [good] },
      { Version: '2024-07-01' },
      { Version: '2024-07-01', Statement: good },
      { Version: '2024-07-01', Statement: [good], Id: 'x' },
      document({ ...good, Effect: undefined }),
      document({ ...good, Action: undefined }),
      document({ ...good, Action: 'object-store:UploadObject' }),
      document({ ...good, NotAction: ['*'] }),
      document({ ...good, Resource: undefined }),
      document({ ...good, Resource: ['srn:cloud:iam::x'] }),
      document({ ...good, Resource: ['srn:e:::::object-store:foo'] }),
      document({ ...good, NotResource: ['*'] }),
      document({ ...good, Principal: { Account: [TEAM] } }),
      document({ ...good, Action: ['object-store:UploadObjects'] }),
      document({ ...good, Condition: { StringEquals: { 'scp:Colour': ['x'] } } }),
      document({ ...good, Condition: { Nonsense: { 'scp:SourceIp': ['x'] } } }),
    ];
    for (const each of wrong) {
      const text = JSON.stringify(each);
      assert.throws(() => parseScpPolicy(text, { kind: 'identity' }), PolicyError, text);
    }
  });
});

describe('policies of buckets', () => {
  const policyOf = (principal: unknown, more: object = {}) =>
    JSON.stringify(
      document(
        allow(['object-store:UploadObject'], ['srn:e:::::object-store:bucket/foo/*'], {
          Principal: principal,
          ...more,
        }),
      ),
    );
  const mayUpload = (principal: Principal, text: string) =>
    evaluateAccess({
      principal,
      action: 'object:write',
      resource: { account: TEAM, bucket: 'foo', key: 'a', bucketPolicy: text, object: { kind: 'absent' } },
      request: new Map([
        ['aws:sourceip', '192.0.2.7'],
        ['aws:requestedregion', 'KR1'],
        ['scp:requestedregion', 'KR-west1'],
      ]),
    }).allowed;
  const guest = user(OTHERS, 'lee', '2'.repeat(32));

  it('are recognised by their version', () => {
    assert.ok(isScpPolicy(policyOf('*')));
    assert.ok(!isScpPolicy(policyOf('*').replace('2024-07-01', '2012-10-17')));
  });

  it('name users by SRN, accounts, and everybody', () => {
    assert.ok(mayUpload(guest, policyOf({ scp: [`srn:e::${OTHERS}:::iam:user/lee`] })));
    assert.ok(mayUpload(guest, policyOf({ SCP: [`srn:e::${OTHERS}:::iam:user/${'2'.repeat(32)}`] })));
    assert.ok(!mayUpload(guest, policyOf({ scp: [`srn:e::${OTHERS}:::iam:user/kim`] })));
    assert.ok(mayUpload({ kind: 'anonymous' }, policyOf('*')));
    assert.ok(!mayUpload({ kind: 'anonymous' }, policyOf({ Account: [OTHERS] })));
    assert.ok(!mayUpload(guest, policyOf({ Federated: ['srn:e::x:::iam:saml-provider/corp'] })));
  });

  it('look at conditions, by the names of the platform', () => {
    const from = (range: string) => ({ Condition: { IpAddress: { 'scp:SourceIp': [range] } } });
    assert.ok(mayUpload(guest, policyOf('*', from('192.0.2.0/24'))));
    assert.ok(!mayUpload(guest, policyOf('*', from('198.51.100.0/24'))));
  });

  it('know the region as the platform calls it, in any case', () => {
    const at = (operator: string, region: string) =>
      policyOf('*', { Condition: { [operator]: { 'scp:RequestedRegion': [region] } } });
    assert.ok(mayUpload(guest, at('StringEquals', 'kr-west1')));
    assert.ok(mayUpload(guest, at('StringLike', 'KR-*1')));
    assert.ok(!mayUpload(guest, at('StringNotEquals', 'KR-WEST1')));
    assert.ok(!mayUpload(guest, at('StringEquals', 'KR1')));
    assert.ok(!mayUpload(guest, at('Null', 'true')));
  });

  it('name their own bucket only', () => {
    const kind = { kind: 'bucket', bucket: 'foo' } as const;
    assert.ok(parseScpPolicy(policyOf('*'), kind));
    assert.throws(() => parseScpPolicy(policyOf('*').replace('bucket/foo', 'bucket/bar'), kind), PolicyError);
    assert.throws(() => parseScpPolicy(policyOf(undefined), kind), PolicyError);
    assert.throws(() => parseScpPolicy(policyOf({ Nobody: ['x'] }), kind), PolicyError);
  });
});

describe('whatever is sent', () => {
  it('is a policy or a PolicyError', () => {
    const statement = fc.record({
      Sid: fc.anything(),
      Effect: fc.constantFrom('Allow', 'Deny', 'x'),
      Action: fc.oneof(
        fc.array(fc.constantFrom('*', 'object-store:*', 'sts:AssumeRole', 'x:y', '')),
        fc.anything(),
      ),
      Resource: fc.oneof(
        fc.array(fc.constantFrom('*', 'srn:e:::::object-store:bucket/a', 'srn:')),
        fc.anything(),
      ),
      Principal: fc.anything(),
      Condition: fc.anything(),
    });
    const sent = fc.record({ Version: fc.constant('2024-07-01'), Statement: fc.array(statement) });
    fc.assert(
      fc.property(fc.oneof(sent, fc.anything()), (value) => {
        const text = JSON.stringify(value) ?? '';
        for (const read of [
          () => parseScpPolicy(text, { kind: 'identity' }),
          () => parseScpPolicy(text, { kind: 'bucket' }),
          () => parseTrustPolicy(text),
        ]) {
          try {
            read();
          } catch (error) {
            assert.ok(error instanceof PolicyError, String(error));
          }
        }
      }),
    );
  });

  it('is a name of a resource or none', () => {
    assert.deepEqual(parseSrn('srn:e::x:kr-west1::SCP-IAM:role/a:b/c'), {
      offering: 'e',
      account: 'x',
      region: 'kr-west1',
      service: 'iam',
      resource: 'role/a:b/c',
    });
    for (const text of [
      '',
      'srn',
      'srn:e:1234:::iam:user/abc1234',
      'srn:cloud:iam::x',
      'arn:e::::::x/y',
      'srn:e:x::::iam:user/a',
    ]) {
      assert.equal(parseSrn(text), undefined, text);
    }
    fc.assert(fc.property(fc.string(), (text) => parseSrn(text) === undefined || text.startsWith('srn:')));
  });
});
