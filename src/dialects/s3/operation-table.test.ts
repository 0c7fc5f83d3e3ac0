// The table against the model of the S3 API that the AWS SDK carries: a list that is not ours.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as sdk from '@aws-sdk/client-s3';
import { createRouteTable } from '../kernel/route-table.ts';
import { notImplementedOperations } from './not-implemented-operations.ts';
import { operations } from './operation-table.ts';

interface ModelledOperation {
  readonly name: string;
  readonly method: string;
  readonly resource: 'service' | 'bucket' | 'object';
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlySet<string>;
}

/** Schemas of the SDK are tuples: `[9, namespace, name, traits, () => input, () => output]` for an operation. */
type Schema = readonly [number, string, string, { http?: readonly string[] }, () => InputSchema];
/** `[3, namespace, name, traits, member names, member schemas, how many of the first are required]`. */
type InputSchema = readonly [number, string, string, unknown, readonly string[], readonly unknown[], number?];

/** Sent to a host of its own by functions, not to a bucket. */
const NOT_OF_THIS_ENDPOINT = ['WriteGetObjectResponse'];

function modelledOperations(): ModelledOperation[] {
  const schemas = Object.values(sdk as Record<string, unknown>).filter(
    (value): value is Schema => Array.isArray(value) && value[0] === 9,
  );
  return schemas.filter(([, , name]) => !NOT_OF_THIS_ENDPOINT.includes(name)).map(modelled);
}

function modelled([, , name, traits, input]: Schema): ModelledOperation {
  const [method = '', uri = ''] = traits.http ?? [];
  const [path = '', search = ''] = uri.split('?');
  const query = new Map(
    search.split('&').flatMap((pair) => {
      const [key = '', value = ''] = pair.split('=');
      return key === '' ? [] : [[key, value] as const];
    }),
  );
  const headers = new Set<string>();
  const [, , , , memberNames, members, required = 0] = input();
  for (const member of members.slice(0, required)) {
    const memberTraits = Array.isArray(member) ? (member[1] as Record<string, string>) : {};
    if (typeof memberTraits !== 'object' || memberTraits === null) continue;
    if (memberTraits['httpQuery'] !== undefined) query.set(memberTraits['httpQuery'], '1');
    if (memberTraits['httpHeader'] !== undefined) headers.add(memberTraits['httpHeader'].toLowerCase());
  }
  const resource = path.includes('{Key') ? 'object' : memberNames.includes('Bucket') ? 'bucket' : 'service';
  return { name, method, resource, query, headers };
}

describe('every operation of the AWS SDK', () => {
  const table = createRouteTable(operations);
  const model = modelledOperations();

  test('is in the model that is read here', () => {
    assert.ok(model.length > 100, `${model.length}`);
  });

  for (const { name, method, resource, query, headers } of model) {
    test(`${name} is routed to itself`, () => {
      const found = table.find({
        method,
        resource,
        query: (parameter) => query.get(parameter),
        hasHeader: (header) => headers.has(header),
      });
      assert.equal(found.kind === 'found' ? found.operation.name : found.kind, name);
    });
  }

  test("is all that answers 501, but for what is IBM's", () => {
    const names = new Set(model.map(({ name }) => name));
    const unknown = notImplementedOperations.map(({ name }) => name).filter((name) => !names.has(name));
    const ofIbm = [
      'PutBucketReplicationReattempt',
      'ListBucketReplicationFailures',
      'GetBucketFaspConnectionInfo',
    ];
    assert.deepEqual(unknown.toSorted(), ofIbm.toSorted());
  });
});

test('whatever needs the caller to be somebody says so', () => {
  const open = operations.filter(({ permissions }) => permissions === 'public').map(({ name }) => name);
  const refused = [...notImplementedOperations.map(({ name }) => name), 'OptionsBucket', 'OptionsObject'];
  assert.deepEqual(open.toSorted(), refused.toSorted());
});
