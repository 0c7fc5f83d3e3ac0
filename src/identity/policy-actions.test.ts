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

/** What S3 does not tell apart, and IBM Cloud's roles do. */
const sharing = new Set<string | undefined>([
  'bucket:head',
  'object:head',
  'object:head-version',
  'object:copy-source',
  'object:copy-source-version',
  'bucket:read-basic',
  'bucket:read-firewall',
  'bucket:write-firewall',
  'bucket:write-quota',
  'bucket:write-activity-tracking',
  'bucket:write-metrics-monitoring',
  'bucket:read-protection',
  'bucket:write-protection',
  'object:read-named-holds',
  'object:write-named-holds',
  'object:extend-retention',
  'object:copy',
]);

test('no name stands for two actions, except of those that S3 does not tell apart', () => {
  const names = policyActions
    .filter(({ action }) => !sharing.has(action))
    .map(({ comparable }) => comparable);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
  for (const action of sharing)
    assert.ok(
      policyActions.some((named) => named.action === action),
      action,
    );
});
