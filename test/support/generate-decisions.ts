/**
 * Makes policy situations and questions by a seed. Run as a program it writes the frozen ones:
 *
 *     node test/support/generate-decisions.ts > src/identity/fixtures/generated-decisions.jsonl
 */
import { accounts, BUCKET, type DecisionCase, type DecisionGroup, people } from './decision-cases.ts';
import { naiveDecision } from './naive-decisions.ts';

export const FROZEN_SEED = 20121017;
export const FROZEN_GROUPS = 400;

export type Draw = (below: number) => number;

/** Mulberry32: small, fast, and the same everywhere. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const pick = <T>(draw: Draw, from: readonly T[]): T => from[draw(from.length)]!;
const some = <T>(draw: Draw, from: readonly T[]): T | T[] =>
  draw(2) === 0 ? pick(draw, from) : Array.from({ length: 1 + draw(3) }, () => pick(draw, from));

const objectActions = [
  's3:GetObject',
  's3:GetObjectVersion',
  's3:GetObjectAcl',
  's3:PutObjectAcl',
  's3:PutObject',
  's3:DeleteObject',
];
const bucketActions = ['s3:ListBucket', 's3:GetBucketAcl', 's3:GetBucketPolicy', 's3:PutBucketPolicy'];
const actionPatterns = [
  ...objectActions,
  ...bucketActions,
  's3:*',
  's3:Get*',
  's3:*Object',
  's3:Get?bject',
  's3:List*',
];
const keys = ['a/1', 'a/2', 'home/kim/x', 'home/lee/x', 'b', 'photos'];
const resources = [
  `arn:aws:s3:::${BUCKET}`,
  `arn:aws:s3:::${BUCKET}/*`,
  `arn:aws:s3:::${BUCKET}*`,
  `arn:aws:s3:::${BUCKET}/a/*`,
  `arn:aws:s3:::${BUCKET}/a/?`,
  `arn:aws:s3:::${BUCKET}/*1`,
  `arn:aws:s3:::${BUCKET}/home/\${aws:username}/*`,
  'arn:aws:s3:::*',
];
const principals = [
  '*',
  '*',
  { AWS: '*' },
  { AWS: accounts.other },
  { AWS: `arn:aws:iam::${accounts.other}:root` },
  { CanonicalUser: accounts.third },
  { AWS: [`arn:aws:iam::${accounts.other}:user/lee`, `arn:aws:iam::${accounts.owner}:user/min`] },
  { AWS: [accounts.owner, `arn:aws:iam::${accounts.other}:user/yun`] },
  { AWS: [`arn:aws:iam::${accounts.owner}:role/job`, `arn:aws:iam::${accounts.other}:service/bot`] },
  {
    AWS: [
      `arn:aws:sts::${accounts.other}:assumed-role/job/night`,
      `arn:aws:sts::${accounts.owner}:assumed-role/job/day`,
    ],
  },
];
const conditions = [
  { IpAddress: { 'aws:SourceIp': '192.0.2.0/25' } },
  { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/25', '10.0.0.0/8'] } },
  { StringEquals: { 's3:prefix': ['', 'a/'] } },
  { StringLike: { 's3:prefix': ['a*', 'home/${aws:username}/*'] } },
  { StringNotLike: { 'aws:Referer': 'https://example.com/*' } },
  { StringLikeIfExists: { 'aws:Referer': 'https://example.com/*' } },
  { StringEqualsIgnoreCase: { 'aws:UserAgent': 'CURL' } },
  { NumericLessThanEquals: { 's3:max-keys': 10 } },
  { NumericGreaterThan: { 's3:max-keys': '10' } },
  { Bool: { 'aws:SecureTransport': 'true' } },
  { Bool: { 'aws:SecureTransport': false } },
  { DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
  { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
  { Null: { 's3:x-amz-acl': 'true' } },
  { Null: { 'aws:Referer': 'false' }, Bool: { 'aws:SecureTransport': 'true' } },
  { StringEquals: { 's3:x-amz-acl': ['private', 'bucket-owner-full-control'] } },
  { StringNotEquals: { 's3:x-amz-acl': 'public-read' } },
  { StringEquals: { 'aws:PrincipalAccount': accounts.other } },
  { StringNotEquals: { 'aws:PrincipalType': 'AssumedRole' } },
  { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${accounts.other}:*` } },
  { StringNotEqualsIfExists: { 'aws:username': ['kim', 'lee'] } },
];

const objectOnly = (action: string | string[]) => listOf(action).every((one) => objectActions.includes(one));
const bucketOnly = (action: string | string[]) => listOf(action).every((one) => bucketActions.includes(one));
const listOf = (one: string | string[]) => (Array.isArray(one) ? one : [one]);

/** As S3 accepts it: no action without a resource of its kind. */
export function drawStatement(draw: Draw, ofBucket: boolean, effect?: 'Allow' | 'Deny') {
  const Effect = effect ?? (draw(4) === 0 ? 'Deny' : 'Allow');
  const Action = some(draw, actionPatterns);
  const both = [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`];
  const drawn = some(draw, resources);
  const Resource =
    objectOnly(Action) || bucketOnly(Action) ? [...both.slice(draw(2)), ...listOf(drawn)] : both;
  const suits = objectOnly(Action) ? Resource : bucketOnly(Action) ? [both[0]!, ...Resource] : Resource;
  const who =
    Effect === 'Deny' && draw(5) === 0
      ? { NotPrincipal: pick(draw, principals.slice(3)) }
      : { Principal: pick(draw, principals) };
  return {
    Effect,
    ...(ofBucket && who),
    ...(draw(8) === 0 ? { NotAction: Action } : { Action }),
    ...(draw(10) === 0 ? { NotResource: drawn } : { Resource: suits.length === 1 ? suits[0] : suits }),
    ...(draw(2) === 0 && { Condition: pick(draw, conditions) }),
  };
}

export function drawPolicy(draw: Draw, ofBucket: boolean) {
  const statements = Array.from({ length: 1 + draw(3) }, () => drawStatement(draw, ofBucket));
  return { Version: '2012-10-17', Statement: statements };
}

type Situation = Omit<DecisionGroup, 'about' | 'cases'>;

export function drawSituation(draw: Draw): Situation {
  const grants = () =>
    Array.from(
      { length: 1 + draw(2) },
      () =>
        [
          pick(draw, ['READ', 'WRITE', 'READ_ACP', 'FULL_CONTROL']),
          pick(draw, ['all', 'auth', accounts.other, accounts.third]),
        ] as const,
    );
  return {
    ...(draw(8) !== 0 && { bucketPolicy: drawPolicy(draw, true) }),
    ...(draw(2) === 0 && {
      identityPolicies: Array.from({ length: draw(3) }, () => drawPolicy(draw, false)),
    }),
    ...(draw(6) === 0 && { sessionPolicy: drawPolicy(draw, false) }),
    ...(draw(4) === 0 && { bucketAcl: grants() }),
    ...(draw(4) === 0 && { objectAcl: grants() }),
    ...(draw(4) === 0 && {
      publicAccessBlock: some(draw, ['IgnorePublicAcls', 'RestrictPublicBuckets']) as string[],
    }),
  };
}

export function drawQuestion(draw: Draw): Omit<DecisionCase, 'expected'> {
  const isObject = draw(3) > 0;
  const action = pick(draw, isObject ? objectActions : bucketActions);
  const request: Record<string, string> = {
    'aws:sourceip': pick(draw, ['192.0.2.7', '192.0.2.200', '10.9.8.7']),
    'aws:securetransport': pick(draw, ['true', 'false']),
    'aws:currenttime': pick(draw, ['2025-06-01T00:00:00Z', '2026-06-01T00:00:00Z']),
  };
  if (draw(2) === 0) request['aws:referer'] = pick(draw, ['https://example.com/a', 'https://example.org/']);
  if (draw(2) === 0) request['aws:useragent'] = pick(draw, ['curl', 'Wget']);
  if (draw(3) === 0) request['s3:x-amz-acl'] = pick(draw, ['private', 'public-read']);
  if (action === 's3:ListBucket') {
    request['s3:prefix'] = pick(draw, ['', 'a/', 'home/kim/x', 'z']);
    if (draw(2) === 0) request['s3:max-keys'] = pick(draw, ['1', '10', '1000']);
  }
  const object = isObject
    ? pick(draw, [undefined, undefined, undefined, 'foreign', 'absent'] as const)
    : undefined;
  return {
    who: pick(draw, Object.keys(people)),
    action,
    ...(isObject && { key: pick(draw, keys) }),
    request,
    ...(object !== undefined && { object }),
  };
}

export function generateDecisions(seed: number, groups: number): readonly DecisionGroup[] {
  const draw = drawFrom(seed);
  return Array.from({ length: groups }, (_, index) => {
    const drawn = drawSituation(draw);
    const block = drawn.publicAccessBlock;
    const situation = block === undefined ? drawn : { ...drawn, publicAccessBlock: [block].flat() };
    const cases = Array.from({ length: 6 }, () => {
      const question = drawQuestion(draw);
      return { ...question, expected: naiveDecision(situation, question) };
    });
    return { about: `generated ${index + 1}`, ...situation, cases };
  });
}

if (import.meta.main) {
  for (const group of generateDecisions(FROZEN_SEED, FROZEN_GROUPS)) console.log(JSON.stringify(group));
}
