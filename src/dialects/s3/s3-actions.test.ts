import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actions } from '../../identity/actions.ts';
import { actionOnVersion, s3NamesOf } from './s3-actions.ts';

test('every action of a bucket or an object has a name in policies', () => {
  for (const action of actions.filter((name) => !/^(?:admin|identity):/.test(name))) {
    assert.ok(s3NamesOf(action).length > 0, action);
  }
});

test('no name stands for two actions, except listing and heading a bucket', () => {
  const names = actions.filter((action) => action !== 'bucket:head').flatMap((action) => s3NamesOf(action));
  assert.equal(new Set(names).size, names.length);
});

test('an addressed version is asked for by its own action', () => {
  assert.equal(actionOnVersion('object:read'), 'object:read-version');
  assert.equal(actionOnVersion('object:delete'), 'object:delete-version');
  assert.equal(actionOnVersion('object:write'), 'object:write');
});
