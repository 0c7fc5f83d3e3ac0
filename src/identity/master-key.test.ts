import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createSystemEntropy } from '../lib/entropy.ts';
import { createMasterKey, MasterKeyError } from './master-key.ts';
import { createMasterKeyFile, masterKeyPath, readMasterKeyFile } from './master-key-file.ts';
import { hashPassword, verifyPassword } from './password-hash.ts';

const entropy = createSystemEntropy();
const directory = mkdtempSync(join(tmpdir(), 'gotgan-master-key-'));
after(() => rmSync(directory, { recursive: true }));

describe('master key', () => {
  it('is written once, for its owner only', () => {
    assert.equal(readMasterKeyFile(directory), undefined);
    const made = createMasterKeyFile(directory, entropy);
    assert.deepEqual(readMasterKeyFile(directory), made);
    assert.equal(statSync(masterKeyPath(directory)).mode & 0o777, 0o600);
  });

  it('refuses a damaged file in words', () => {
    const damaged = mkdtempSync(join(directory, 'damaged-'));
    writeFileSync(masterKeyPath(damaged), '1 abcd\n');
    assert.throws(() => readMasterKeyFile(damaged), /is damaged: restore it from a backup/);
    writeFileSync(masterKeyPath(damaged), '# nothing\n');
    assert.throws(() => readMasterKeyFile(damaged), /is empty/);
  });

  it('opens what it sealed, for the same record and unchanged only', () => {
    const key = createMasterKey(new Map([[1, Buffer.alloc(32, 1)]]), entropy);
    const sealed = key.seal('비밀 secret', 'access-key A');
    assert.equal(key.open(sealed, 'access-key A'), '비밀 secret');
    assert.notEqual(key.seal('비밀 secret', 'access-key A').box, sealed.box);
    assert.throws(() => key.open(sealed, 'access-key B'), MasterKeyError);
    const bytes = Buffer.from(sealed.box, 'base64');
    bytes[14]! ^= 1;
    assert.throws(
      () => key.open({ ...sealed, box: bytes.toString('base64') }, 'access-key A'),
      MasterKeyError,
    );
  });

  it('seals under the newest key and opens under the older ones', () => {
    const older = new Map([[1, Buffer.alloc(32, 1)]]);
    const both = new Map([...older, [2, Buffer.alloc(32, 2)]]);
    const sealed = createMasterKey(older, entropy).seal('s', 'o');
    const rotated = createMasterKey(both, entropy);
    assert.equal(rotated.open(sealed, 'o'), 's');
    assert.equal(rotated.seal('s', 'o').keyId, 2);
    assert.deepEqual(rotated.fingerprint('k', 1), createMasterKey(older, entropy).fingerprint('k'));
    assert.notDeepEqual(rotated.fingerprint('k'), rotated.fingerprint('k', 1));
  });
});

describe('password hash', () => {
  it('accepts the password in any Unicode form and nothing else', async () => {
    const encoded = await hashPassword('caf\u00e9', entropy);
    assert.match(encoded, /^scrypt\$15\$8\$3\$/);
    assert.equal(await verifyPassword('cafe\u0301', encoded), true);
    assert.equal(await verifyPassword('cafe', encoded), false);
    assert.equal(await verifyPassword('caf\u00e9', 'plain$15$8$3$AA$AA'), false);
  });
});
