import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actions } from './actions.ts';
import { policyActions, policyNameOf } from './policy-actions.ts';

test('every action of an account, a bucket or an object has a name in policies, others have none', () => {
  for (const action of actions) {
    const isNamed = /^(?:account|bucket|object):/.test(action);
    assert.equal(policyNameOf(action) !== undefined, isNamed, action);
  }
});

test('no name stands for two actions, except listing and heading a bucket', () => {
  const names = policyActions
    .filter(({ action }) => action !== 'bucket:head')
    .map(({ comparable }) => comparable);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});
