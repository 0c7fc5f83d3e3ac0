import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Action, actions } from './actions.ts';
import { scpActionOf, scpPolicyActions } from './scp-actions.ts';

describe('names of Samsung Cloud Platform', () => {
  it('stand for one action each, but for those that cover more', () => {
    const names = actions.flatMap((action) => scpActionOf(action)?.name ?? []);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z-]+:[A-Z][A-Za-z]+$/);
  });

  it('exist for everything that can be stored, catalogued or assumed', () => {
    const unnamed = actions.filter((action) => scpActionOf(action) === undefined);
    for (const action of unnamed) assert.doesNotMatch(action, /^(account|bucket|object|catalog|sts):/);
  });

  it('cover what people expect of them', () => {
    const covered = (name: string) =>
      new Set(
        scpPolicyActions.flatMap(({ comparable, actions: own }) =>
          comparable === `object-store:${name}`.toLowerCase() ? own : [],
        ),
      );
    assert.deepEqual(covered('UploadObject'), new Set<Action>(['object:write', 'object:copy']));
    assert.ok(covered('DownloadObject').has('object:head'));
    assert.deepEqual(covered('ShowObject'), new Set<Action>(['object:head', 'object:read-attributes']));
    const settings = covered('UpdateBucket');
    for (const action of settings) assert.match(action, /^bucket:(write|delete)-/);
    for (const grants of [
      'bucket:write-acl',
      'bucket:write-policy',
      'bucket:write-public-access-block',
    ] as const)
      assert.ok(!settings.has(grants), grants);
  });

  it('have an access level', () => {
    const levelOf = (action: Action) => scpActionOf(action)?.accessLevel;
    assert.equal(levelOf('catalog:list-products'), 'List');
    assert.equal(levelOf('catalog:show-product'), 'Show');
    assert.equal(levelOf('object:write'), 'Create');
    assert.equal(levelOf('bucket:write-versioning'), 'Update');
    assert.equal(levelOf('object:abort-upload'), 'Delete');
    assert.equal(levelOf('bucket:write-acl'), 'Permission');
    assert.equal(levelOf('sts:assume-role'), 'Permission');
    assert.equal(levelOf('admin:read'), undefined);
  });
});
