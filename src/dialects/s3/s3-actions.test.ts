import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actions } from '../../identity/actions.ts';
import { actionOnVersion } from './s3-actions.ts';

test('an addressed version is asked for by its own action', () => {
  assert.equal(actionOnVersion('object:read'), 'object:read-version');
  assert.equal(actionOnVersion('object:delete'), 'object:delete-version');
  assert.equal(actionOnVersion('object:write'), 'object:write');
});

test('no action about versions is left without the one it belongs to', () => {
  const reached = new Set(actions.map(actionOnVersion));
  for (const action of actions.filter((name) => /^object:.*version/.test(name))) {
    assert.ok(reached.has(action), action);
    assert.equal(actionOnVersion(action), action);
  }
});
