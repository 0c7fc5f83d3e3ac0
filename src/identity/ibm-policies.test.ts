import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { actions } from './actions.ts';
import { cosActionsOf, ibmNameOf } from './ibm-actions.ts';
import { bucketCrn, instanceCrn, parseCrn } from './ibm-crn.ts';
import { defaultInstanceOf, iamIdOfUser, ownerOfIamId } from './ibm-ids.ts';
import { comparisonOf, type IbmOperator, isReadableValue } from './ibm-operators.ts';
import { compileIbmPolicy, type IbmPolicyDocument } from './ibm-policies.ts';
import { actionsOfNames, findBuiltInRole, serviceRoles } from './ibm-roles.ts';

const hex32 = fc.stringMatching(/^[0-9a-f]{32}$/);

describe('ids', () => {
  test('of users lead back to the range of ids that they stand for', () => {
    fc.assert(
      fc.property(hex32, (id) => {
        const iamId = iamIdOfUser(id);
        assert.match(iamId, /^IBMid-[0-9A-Z]{10}$/);
        const owner = ownerOfIamId(iamId);
        assert.ok(owner?.kind === 'user' && owner.firstId <= id && id <= owner.lastId);
      }),
    );
  });

  test('that are none name nobody', () => {
    for (const text of [
      '',
      'IBMid-',
      'IBMid-ZZZZZZZZZZ',
      'IBMid-000000000',
      'iam-ServiceId-x',
      'ServiceId-1',
    ]) {
      assert.equal(ownerOfIamId(text), undefined, text);
    }
  });

  test('of default instances are uuids of version 4', () => {
    fc.assert(
      fc.property(hex32, (id) => {
        assert.match(
          defaultInstanceOf(id),
          /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });

  test('CRNs are read as they are written', () => {
    const account = 'a'.repeat(32);
    const found = parseCrn(bucketCrn(account, 'guid', 'my:bucket'));
    assert.deepEqual(
      [found?.accountId, found?.serviceInstance, found?.resourceType, found?.resource],
      [account, 'guid', 'bucket', 'my:bucket'],
    );
    assert.ok(instanceCrn(account, 'g').endsWith(':g::'));
    assert.equal(parseCrn('crn:v1:bluemix'), undefined);
  });
});

describe('operators', () => {
  const meets = (
    operator: IbmOperator,
    value: string | boolean | readonly string[],
    asked: string | undefined,
  ) => comparisonOf(operator, value).meets(asked);

  test('on text', () => {
    assert.ok(meets('stringEquals', 'a*', 'a*'));
    assert.ok(!meets('stringEquals', 'a', 'A'));
    assert.ok(meets('stringMatch', 'folder/*', 'folder/x/y'));
    assert.ok(meets('stringMatch', 'a?c', 'abc'));
    assert.ok(meets('stringMatch', '{{*}}.{{?}}', '*.?'));
    assert.ok(!meets('stringMatch', '{{*}}', 'x'));
    assert.ok(meets('stringMatch', '$x', '$x'), 'a dollar is a dollar');
    assert.ok(meets('stringMatch', '$', '$'));
    assert.ok(meets('stringEqualsAnyOf', ['a', 'b'], 'b'));
    assert.ok(meets('stringMatchAnyOf', ['a*', 'b*'], 'bx'));
    assert.ok(meets('stringExists', false, undefined) && !meets('stringExists', false, ''));
    assert.ok(meets('stringExists', 'true', '') && !meets('stringExists', true, undefined));
    for (const operator of ['stringEquals', 'stringMatch'] as const)
      assert.ok(!meets(operator, '*', undefined));
  });

  test('on times, with the offset of the value', () => {
    const at = (iso: string) => String(Date.parse(iso) / 1000);
    const monday = at('2026-11-23T00:30:00Z');
    assert.ok(meets('dayOfWeekEquals', '1Z', monday));
    assert.ok(meets('dayOfWeekEquals', '7-05:00', monday), 'it is still Sunday there');
    assert.ok(meets('dayOfWeekAnyOf', ['3+09:00', '1+09:00'], monday));
    assert.ok(meets('timeGreaterThanOrEquals', '09:30:00+09:00', monday));
    assert.ok(!meets('timeGreaterThan', '09:30:00+09:00', monday));
    assert.ok(meets('timeLessThan', '00:31Z', monday));
    assert.ok(meets('dateTimeLessThan', '2026-11-23T09:31:00+09:00', monday));
    assert.ok(meets('dateLessThanOrEquals', '2026-11-23Z', monday));
    assert.ok(!meets('dateLessThan', '2026-11-23Z', monday));
  });

  test('refuse values that they cannot read', () => {
    for (const [operator, value] of [
      ['stringEquals', ['a']],
      ['stringEqualsAnyOf', 'a'],
      ['stringEqualsAnyOf', []],
      ['stringMatchAnyOf', Array.from({ length: 11 }, () => 'a')],
      ['stringExists', 'yes'],
      ['timeLessThan', '25'],
      ['dayOfWeekEquals', '8Z'],
      ['dateTimeLessThan', '2026-11-23'],
    ] as const) {
      assert.equal(isReadableValue(operator, value), false, `${operator} ${value}`);
    }
  });
});

describe('roles', () => {
  test('every action with a name of IBM’s is in some role', () => {
    const held = new Set(serviceRoles.flatMap((role) => role.actions));
    for (const action of actions) {
      const name = ibmNameOf(action);
      if (name !== undefined) assert.ok(held.has(name), `${action}: ${name}`);
    }
  });

  test('are found under both stems', () => {
    const cos = 'crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ContentReader';
    assert.equal(findBuiltInRole('crn:v1:bluemix:public:iam::::serviceRole:ContentReader')?.crn, cos);
    assert.equal(
      findBuiltInRole('crn:v1:bluemix:public:cloud-object-storage::::serviceRole:Reader')?.crn,
      'crn:v1:bluemix:public:iam::::serviceRole:Reader',
    );
    assert.equal(findBuiltInRole('crn:v1:bluemix:public:iam::::serviceRole:Nobody'), undefined);
  });

  test('an Object Writer puts and does neither copy, delete, list nor look', () => {
    const held = actionsOfNames(cosActionsOf('OW'));
    assert.ok(held.has('object:write') && held.has('object:abort-upload') && held.has('object:list-parts'));
    for (const action of [
      'object:copy',
      'object:delete',
      'bucket:list-objects',
      'object:head',
      'bucket:head',
    ] as const) {
      assert.ok(!held.has(action), action);
    }
  });
});

test('a policy about tags, or between services, permits nothing', () => {
  const document: IbmPolicyDocument = {
    type: 'access',
    subject: [],
    resource: [],
    tags: [{ key: 'env', operator: 'stringEquals', value: 'prod' }],
    roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Manager' }],
  };
  assert.deepEqual(compileIbmPolicy(JSON.stringify(document)).statements, []);
  assert.deepEqual(
    compileIbmPolicy(JSON.stringify({ ...document, tags: [], type: 'authorization' })).statements,
    [],
  );
});
