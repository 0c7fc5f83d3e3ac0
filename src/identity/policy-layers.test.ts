// The trace: which layers were consulted, which statements matched or nearly matched, and what of them did not fit.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { questionOf } from '../../test/support/decide-case.ts';
import {
  accounts,
  BUCKET,
  type DecisionCase,
  type DecisionGroup,
} from '../../test/support/decision-cases.ts';
import { evaluateAccess, needsObjectFacts } from './evaluate-access.ts';

const OBJECTS = `arn:aws:s3:::${BUCKET}/*`;
const document = (...Statement: unknown[]) => ({ Version: '2012-10-17', Statement });
const allow = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: OBJECTS };

type Situation = Omit<DecisionGroup, 'about' | 'cases'>;
type Question = Omit<DecisionCase, 'expected'>;
const GET = { action: 's3:GetObject', key: 'a/x' };

const traceOf = (situation: Situation, question: Question) =>
  evaluateAccess(questionOf(situation, question)).trace;
const layersOf = (situation: Situation, question: Question) =>
  traceOf(situation, question).map(({ layer, verdict }) => `${layer} ${verdict}`);

test('every layer consulted, the deciding one last', () => {
  assert.deepEqual(layersOf({ bucketPolicy: document(allow) }, { ...GET, who: 'other-lee' }), [
    'ownership silent',
    'bucket-policy allow',
  ]);
  assert.deepEqual(
    layersOf({ bucketPolicy: document({ ...allow, Effect: 'Deny' }) }, { ...GET, who: 'nobody' }),
    ['authentication silent', 'bucket-policy deny'],
  );
  const own = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  const situation = { identityPolicies: [document(own)], sessionPolicy: document(own), objectAcl: [] };
  assert.deepEqual(layersOf(situation, { ...GET, who: 'other-lee' }), [
    'session-policy silent',
    'identity-policy silent',
    'ownership silent',
    'object-acl silent',
    'default deny',
  ]);
  assert.deepEqual(layersOf(situation, { ...GET, who: 'owner-kim' }), [
    'session-policy silent',
    'identity-policy allow',
  ]);
  const blocked = { bucketPolicy: document(allow), publicAccessBlock: ['RestrictPublicBuckets'] };
  assert.deepEqual(layersOf(blocked, { ...GET, who: 'other-lee' }), [
    'ownership silent',
    'public-access-block silent',
    'object-acl silent',
    'default deny',
  ]);
});

test('the statement that decided', () => {
  const bucketPolicy = document(allow, {
    ...allow,
    Sid: 'NotThese',
    Effect: 'Deny',
    Resource: `${OBJECTS}x`,
  });
  const [denial] = traceOf({ bucketPolicy }, { ...GET, who: 'owner-root' });
  assert.deepEqual(denial?.statement, { index: 1, sid: 'NotThese' });
  assert.match(denial?.reason ?? '', /statement 2 \("NotThese"\) denies it/);
  const granted = traceOf({ bucketPolicy }, { ...GET, key: 'b', who: 'other-lee' }).at(-1);
  assert.deepEqual(granted?.statement, { index: 0 });
});

test('what nearly matched, and the element that did not fit', () => {
  const bucketPolicy = document(
    { ...allow, Sid: 'who', Principal: { AWS: accounts.third } },
    { ...allow, Sid: 'what', Action: 's3:PutObject' },
    { ...allow, Sid: 'where', Resource: `arn:aws:s3:::${BUCKET}/b/*` },
    {
      ...allow,
      Sid: 'when',
      Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' }, Bool: { 'aws:SecureTransport': true } },
    },
    { ...allow, Sid: 'far', Action: 's3:PutObject', Principal: { AWS: accounts.third } },
    { ...allow, Sid: 'never', Effect: 'Deny', Principal: { AWS: accounts.third } },
  );
  const question = { ...GET, who: 'other-lee', request: { 'aws:sourceip': '192.0.2.1' } };
  const step = traceOf({ bucketPolicy }, question).find(({ layer }) => layer === 'bucket-policy');
  const near = { effect: 'Allow', match: 'near' };
  assert.deepEqual(step?.statements, [
    { index: 0, sid: 'who', ...near, failed: 'principal' },
    { index: 1, sid: 'what', ...near, failed: 'action' },
    { index: 2, sid: 'where', ...near, failed: 'resource' },
    { index: 3, sid: 'when', ...near, failed: 'condition', failedConditions: ['Bool aws:securetransport'] },
    { index: 5, sid: 'never', effect: 'Deny', match: 'near', failed: 'principal' },
  ]);
  assert.equal(
    traceOf({ bucketPolicy: document(allow) }, question).some(({ statements }) => statements),
    false,
  );
});

describe('a look at the object', () => {
  const needs = (situation: Situation, question: Question) =>
    needsObjectFacts(questionOf(situation, question));
  const list = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:ListBucket',
    Resource: `arn:aws:s3:::${BUCKET}`,
  };

  test('is not needed by the owner, nor where the policy gives reading and listing', () => {
    assert.equal(needs({ bucketPolicy: document(allow) }, { ...GET, who: 'owner-kim' }), false);
    assert.equal(needs({ bucketPolicy: document(allow, list) }, { ...GET, who: 'nobody' }), false);
    assert.equal(
      needs({ bucketPolicy: document(allow) }, { ...GET, who: 'nobody' }),
      true,
      'to hide what is absent',
    );
    assert.equal(needs({ bucketPolicy: document(list) }, { ...GET, who: 'nobody' }), true, 'for its list');
  });

  test('is needed wherever another account may own it', () => {
    const question = { ...GET, object: 'foreign' } as const;
    assert.equal(needs({ bucketPolicy: document(allow, list) }, { ...question, who: 'nobody' }), true);
    assert.equal(needs({ bucketPolicy: document(allow, list) }, { ...question, who: 'owner-kim' }), true);
  });
});
