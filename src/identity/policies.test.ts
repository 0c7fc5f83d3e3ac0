import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../test/support/decide-case.ts';
import { BUCKET } from '../../test/support/decision-cases.ts';
import {
  drawFrom,
  drawPolicy,
  drawQuestion,
  drawSituation,
  drawStatement,
} from '../../test/support/generate-decisions.ts';
import { POLICY_BYTES_MAX, parsePolicy } from './policies.ts';
import { compilePolicy, PolicyFormatError } from './policy-cache.ts';
import { PolicyError } from './policy-error.ts';
import { isPublicPolicy } from './public-policies.ts';

const ALL = `arn:aws:s3:::${BUCKET}/*`;
const statement = {
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: ALL,
} as Readonly<Record<string, unknown>>;
const documentOf = (...changes: Readonly<Record<string, unknown>>[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: changes.map((change) => ({ ...statement, ...change })),
  });
const parse = (text: string) => parsePolicy(text, { kind: 'bucket', bucket: BUCKET });

describe('what is refused, and with which words', () => {
  const changes: readonly (readonly [change: Readonly<Record<string, unknown>>, message: string])[] = [
    [{ Effect: undefined }, 'Missing required field Effect: statement 2'],
    [{ Effect: 'allow' }, 'Invalid effect: statement 2, "allow"'],
    [{ Principal: undefined }, 'Missing required field Principal: statement 2'],
    [{ Action: undefined }, 'Missing required field Action: statement 2'],
    [{ Resource: undefined }, 'Missing required field Resource: statement 2'],
    [{ NotAction: 's3:PutObject' }, 'Statement contains both Action and NotAction: statement 2'],
    [{ NotResource: ALL }, 'Statement contains both Resource and NotResource: statement 2'],
    [{ NotPrincipal: '*' }, 'Statement contains both Principal and NotPrincipal: statement 2'],
    [{ Principal: undefined, NotPrincipal: '*' }, 'Allow with NotPrincipal is not allowed: statement 2'],
    [{ Sid: 'Mine', Actions: [] }, 'Unknown field: statement 2 ("Mine"), "Actions"'],
    [{ Sid: 7 }, 'Invalid policy syntax: statement 2, {"Sid":7}'],
    [{ Principal: 'me' }, 'Invalid principal in policy: statement 2, {"Principal":"me"}'],
    [{ Principal: {} }, 'Invalid principal in policy: statement 2, {"Principal":{}}'],
    [{ Principal: { AWS: [] } }, 'Invalid principal in policy: statement 2, {"AWS":[]}'],
    [
      { Principal: { AWS: 'arn:aws:iam::1:user/k*' } },
      'Invalid principal in policy: statement 2, {"AWS":"arn:aws:iam::1:user/k*"}',
    ],
    [
      { Principal: { AWS: 'arn:aws:s3:::b' } },
      'Invalid principal in policy: statement 2, {"AWS":"arn:aws:s3:::b"}',
    ],
    [{ Principal: { Aws: '*' } }, 'Invalid principal in policy: statement 2, {"Aws":"*"}'],
    [{ Action: [] }, 'Policy has invalid action: statement 2, []'],
    [{ Action: 's3:' }, 'Policy has invalid action: statement 2, "s3:"'],
    [
      { Action: ['s3:GetObject', 's3:ListObjects'] },
      'Policy has invalid action: statement 2, "s3:ListObjects"',
    ],
    [{ Action: 'iam:*' }, 'Policy has invalid action: statement 2, "iam:*"'],
    [{ Resource: `${BUCKET}/*` }, 'Policy has invalid resource: statement 2, "photos/*"'],
    [
      { Resource: 'arn:aws:s3:::other/*' },
      'Policy has invalid resource: statement 2, "arn:aws:s3:::other/*"',
    ],
    [
      { Resource: 'arn:aws:s3:::photosx/*' },
      'Policy has invalid resource: statement 2, "arn:aws:s3:::photosx/*"',
    ],
    [
      { Resource: 'arn:aws:sqs:::photos' },
      'Policy has invalid resource: statement 2, "arn:aws:sqs:::photos"',
    ],
    [{ Resource: `${ALL}\${aws:nobody}` }, 'Policy has an invalid variable: statement 2, "aws:nobody"'],
    [{ Resource: `${ALL}\${` }, `Policy has invalid resource: statement 2, "${BUCKET}/*\${"`],
    [
      { Action: 's3:ListBucket' },
      'Action does not apply to any resource(s) in statement: statement 2, "s3:ListBucket"',
    ],
    [{ Condition: [] }, 'Invalid policy syntax: statement 2, {"Condition":[]}'],
    [{ Condition: { StringEquals: 'x' } }, 'Invalid policy syntax: statement 2, {"StringEquals":"x"}'],
    [
      { Condition: { StringEquals: { 's3:prefix': null } } },
      'Invalid policy syntax: statement 2, {"s3:prefix":null}',
    ],
    [
      { Condition: { StringEquals: { 's3:ExistingTag/Security': 'public' } } },
      'Policy has an invalid condition key: statement 2, "s3:ExistingTag/Security"',
    ],
    [
      { Condition: { StringEqual: { 's3:prefix': 'x' } } },
      'Invalid Condition type: statement 2, "StringEqual"',
    ],
    [
      { Condition: { NullIfExists: { 's3:prefix': 'true' } } },
      'Invalid Condition type: statement 2, "NullIfExists"',
    ],
    [
      { Condition: { Bool: { 'aws:Secure': 'true' } } },
      'Policy has an invalid condition key: statement 2, "aws:Secure"',
    ],
    [
      { Condition: { Bool: { 'aws:SecureTransport': 'yes' } } },
      'Invalid value in a condition: statement 2, {"Bool":"yes"}',
    ],
    [
      { Condition: { IpAddress: { 'aws:SourceIp': '1.2.3.4/40' } } },
      'Invalid value in a condition: statement 2, {"IpAddress":"1.2.3.4/40"}',
    ],
    [
      { Condition: { DateLessThan: { 'aws:CurrentTime': 'soon' } } },
      'Invalid value in a condition: statement 2, {"DateLessThan":"soon"}',
    ],
    [
      { Condition: { NumericEquals: { 's3:max-keys': 'ten' } } },
      'Invalid value in a condition: statement 2, {"NumericEquals":"ten"}',
    ],
  ];
  for (const [change, message] of changes) {
    test(message, () => {
      assert.throws(() => parse(documentOf({}, change)), { name: 'PolicyError', message });
    });
  }

  test('documents', () => {
    const refused = (text: string, message: RegExp) => {
      assert.throws(() => parse(text), { name: 'PolicyError', message });
    };
    refused('', /first byte/);
    refused('[]', /first byte/);
    refused('{', /invalid Json/);
    refused('{}', /Missing required field Statement/);
    refused('{"Statement":[]}', /Statement is empty/);
    refused('{"Statement":[1]}', /Invalid policy syntax: statement 1, 1/);
    refused('{"Version":"2012-10-18","Statement":[]}', /valid version string/);
    refused('{"Statements":[]}', /Unknown field "Statements"/);
    refused('{"Id":1,"Statement":[]}', /Id is no text/);
    refused(documentOf({ Sid: 'x'.repeat(POLICY_BYTES_MAX) }), /maximum allowed document size/);
  });
});

describe('what is taken', () => {
  for (const change of [
    { Resource: '*' },
    { Resource: 'arn:aws:s3:::*' },
    { Resource: `arn:aws-cn:s3:::${BUCKET}/a` },
    { Resource: [`arn:aws:s3:::${BUCKET}`, ALL], Action: ['s3:*', 's3:List*', 's3:GetObject'] },
    { Resource: 'arn:aws:s3:::ph?tos/*' },
    { Action: 's3:RestoreObject' },
    { Principal: { AWS: ['*'], Service: 'logging.s3.amazonaws.com', Federated: 'cognito' } },
    { Condition: { 'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': ['a', 'b*'] } } },
    { Condition: { StringEquals: { 'aws:PrincipalTag/Team': 'red' } } },
    { Condition: { NumericLessThan: { 's3:max-keys': 10 }, Null: { 's3:prefix': true } } },
    { Condition: { BinaryEquals: { 'aws:userid': 'QmluYXJ5' } } },
  ]) {
    test(JSON.stringify(change), () => assert.doesNotThrow(() => parse(documentOf(change))));
  }

  test('one statement without a list, no version, an empty Sid twice', () => {
    assert.equal(parse(JSON.stringify({ Statement: statement })).statements.length, 1);
    assert.equal(parse(documentOf({ Sid: '' }, { Sid: '' })).statements[0]?.sid, undefined);
  });

  test('an identity’s policies name other services, and no principal', () => {
    const own = (change: object) => {
      const text = JSON.stringify({
        Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*', ...change },
      });
      return parsePolicy(text, { kind: 'identity' });
    };
    own({ Action: ['iam:*', 's3:GetObject'], Resource: ['arn:aws:iam::1:user/x', ALL] });
    assert.throws(() => own({ Principal: '*' }), PolicyError);
    assert.throws(() => own({ Action: 's3:Nonsense' }), PolicyError);
  });
});

test('arbitrary JSON is a policy or a PolicyError, and so is arbitrary text', () => {
  const keys = [
    'Version',
    'Statement',
    'Effect',
    'Principal',
    'Action',
    'Resource',
    'Condition',
    'AWS',
    'Sid',
  ];
  const words = [
    '2012-10-17',
    'Allow',
    'Deny',
    '*',
    's3:*',
    's3:GetObject',
    ALL,
    'StringLike',
    '${',
    '__proto__',
  ];
  const leaf = fc.oneof(
    fc.constantFrom(...words),
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), tie('tree'), { maxKeys: 5 }),
    ),
  }));
  const text = fc.oneof(
    tree.map((value) => JSON.stringify(value)),
    fc.string(),
    fc.string().map((end) => `{${end}`),
  );
  fc.assert(
    fc.property(text, (document) => {
      try {
        parse(document);
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error;
      }
    }),
    { numRuns: 5000 },
  );
  assert.throws(() => parse(`{"Statement":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), PolicyError);
});

describe('properties', () => {
  const seeds = fc.integer({ min: 0, max: 2 ** 31 });

  test('adding a deny never widens, removing an allow never widens', () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, isAddition) => {
        const draw = drawFrom(seed);
        const situation = { ...drawSituation(draw), bucketPolicy: drawPolicy(draw, true) };
        const { publicAccessBlock: _, ...unblocked } = situation;
        const statements = situation.bucketPolicy.Statement;
        const removed = draw(statements.length);
        const changed = isAddition
          ? [...statements, drawStatement(draw, true, 'Deny')]
          : statements.filter(({ Effect }, index) => index !== removed || Effect === 'Deny');
        for (let round = 0; round < 8; round++) {
          const question = drawQuestion(draw);
          if (decide(unblocked, question) === 'allow' || changed.length === 0) continue;
          const bucketPolicy = { ...situation.bucketPolicy, Statement: changed };
          assert.equal(decide({ ...unblocked, bucketPolicy }, question), 'deny', JSON.stringify(question));
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('nor in the policies of an identity or of its session', () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), fc.boolean(), (seed, isAddition, isOfSession) => {
        const draw = drawFrom(seed);
        const own = drawPolicy(draw, false);
        const situation = { ...drawSituation(draw), identityPolicies: [drawPolicy(draw, false), own] };
        const limited = isOfSession ? { ...situation, sessionPolicy: own } : situation;
        const { publicAccessBlock: _, ...before } = limited;
        const removed = draw(own.Statement.length);
        const Statement = isAddition
          ? [...own.Statement, drawStatement(draw, false, 'Deny')]
          : own.Statement.filter(({ Effect }, index) => index !== removed || Effect === 'Deny');
        if (Statement.length === 0) return;
        const changed = { ...own, Statement };
        const after = isOfSession
          ? { ...before, sessionPolicy: changed }
          : { ...before, identityPolicies: before.identityPolicies.with(1, changed) };
        for (let round = 0; round < 8; round++) {
          const question = drawQuestion(draw);
          if (decide(before, question) === 'allow') continue;
          assert.equal(decide(after, question), 'deny', JSON.stringify(question));
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('the order of statements does not matter', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const draw = drawFrom(seed);
        const situation = { ...drawSituation(draw), bucketPolicy: drawPolicy(draw, true) };
        const Statement = situation.bucketPolicy.Statement.toReversed();
        const question = drawQuestion(draw);
        const reversed = { ...situation, bucketPolicy: { ...situation.bucketPolicy, Statement } };
        assert.equal(decide(reversed, question), decide(situation, question));
      }),
      { numRuns: 2000 },
    );
  });

  test('a key that is not known never is a condition', () => {
    const key = fc.oneof(fc.string(), fc.stringMatching(/^(?:aws|s3|ec2):[a-z]{1,12}$/));
    const operator = fc.constantFrom(
      'StringEquals',
      'StringNotEquals',
      'StringLikeIfExists',
      'ForAllValues:StringLike',
    );
    fc.assert(
      fc.property(key, operator, (name, type) => {
        let stored: ReturnType<typeof parse>;
        try {
          stored = parse(documentOf({ Condition: { [type]: { [name]: '*' } } }));
        } catch (error) {
          assert.ok(error instanceof PolicyError);
          return;
        }
        assert.match(stored.statements[0]?.conditions[0]?.key ?? '', /^(?:aws|s3):/);
      }),
      { numRuns: 2000 },
    );
  });
});

test('compiled once per document; what is stored and cannot be read is an error of its own', () => {
  const text = documentOf({});
  assert.equal(compilePolicy(text, 'bucket'), compilePolicy(`${text} `.trim(), 'bucket'));
  assert.throws(() => compilePolicy('{}', 'bucket'), PolicyFormatError);
});

describe('public', () => {
  const isPublic = (...changes: Readonly<Record<string, unknown>>[]) =>
    isPublicPolicy(parse(documentOf(...changes)));
  const within = (Condition: unknown) => isPublic({ Condition });

  test('to everybody, unless within fixed values that tell who or where', () => {
    assert.equal(isPublic({}), true);
    assert.equal(isPublic({ Principal: { AWS: 'a'.repeat(32) } }), false);
    assert.equal(isPublic({ Principal: { AWS: ['a'.repeat(32), '*'] } }), true);
    assert.equal(isPublic({ Effect: 'Deny' }), false);
    assert.equal(
      isPublic({ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: 'a'.repeat(32) } }),
      false,
    );
    assert.equal(within({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }), false);
    assert.equal(within({ IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '0.0.0.0/7'] } }), true);
    assert.equal(within({ IpAddress: { 'aws:SourceIp': '2001:db8::/31' } }), true);
    assert.equal(within({ IpAddressIfExists: { 'aws:SourceIp': '192.0.2.0/24' } }), true);
    assert.equal(within({ NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }), true);
    assert.equal(within({ StringEquals: { 'aws:SourceVpc': 'vpc-91237329' } }), false);
    assert.equal(within({ StringLike: { 'aws:SourceVpc': 'vpc-*' } }), true);
    assert.equal(within({ StringEquals: { 'aws:username': '${aws:username}' } }), true);
    assert.equal(within({ StringLike: { 'aws:Referer': 'https://example.com/' } }), true);
    assert.equal(within({ Bool: { 'aws:SecureTransport': 'true' } }), true);
    assert.equal(isPublic({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }, {}), true);
  });
});
