import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openIdentity } from '../../test/support/open-identity.ts';
import { IdentityError } from './identity-errors.ts';
import type { LoginInput } from './log-in.ts';

const PASSWORD = 'correct horse 말';
const source = '192.0.2.1';

async function openWithUser() {
  const open = openIdentity();
  const { identity } = open;
  await identity.createRoot({
    userName: 'root',
    password: 'root password',
    pair: { accessKeyId: 'a', secretKey: 'b' },
  });
  const { account, rootUser } = await identity.createAccount({ name: 'tenant' });
  const other = await identity.createAccount({ name: 'other' });
  const user = await identity.createUser({
    accountId: account.id,
    name: 'kim',
    displayName: '',
    email: 'Kim@example.com',
    password: PASSWORD,
  });
  /** Who is let in, or why not. */
  const attempt = async (input: Partial<LoginInput>): Promise<string> => {
    try {
      const { userId } = await identity.logIn({ user: 'kim', password: PASSWORD, source, ...input });
      return userId;
    } catch (error) {
      if (error instanceof IdentityError && error.code === 'LoginRefused') {
        return 'reason' in error.details ? error.details.reason : '';
      }
      if (error instanceof IdentityError && error.code === 'TooManyAttempts') {
        return 'retryAfterSeconds' in error.details ? `wait ${error.details.retryAfterSeconds}` : '';
      }
      throw error;
    }
  };
  return { ...open, account, rootUser, other: other.account, user, attempt };
}

describe('logging in', () => {
  it('takes an id, an e-mail address, or a name within an account', async () => {
    const { attempt, user, account } = await openWithUser();
    const ways: readonly Partial<LoginInput>[] = [
      { user: user.id },
      { user: user.id, account: account.id },
      { user: 'kim@EXAMPLE.com' },
      { user: 'kim@example.com', account: 'tenant' },
      { account: 'tenant' },
      { account: account.id },
      { user: 'tenant:kim' },
      { user: `${account.id}:kim`, account: 'tenant' },
      // Unicode forms of one password are one password.
      { user: user.id, password: PASSWORD.normalize('NFD') },
    ];
    for (const way of ways) assert.equal(await attempt(way), user.id, JSON.stringify(way));
    const root = await attempt({ user: 'root', password: 'root password' });
    assert.match(root, /^[0-9a-f]{32}$/);
    assert.equal(await attempt({ user: 'root', account: 'root', password: 'root password' }), root);
  });

  it('refuses everything else with a reason for the log', async () => {
    const { attempt, identity, user, rootUser, account } = await openWithUser();
    assert.equal(await attempt({}), 'unknown-user', 'a name alone is one of the root account');
    assert.equal(await attempt({ account: 'tenant', password: `${PASSWORD} ` }), 'wrong-password');
    assert.equal(await attempt({ account: 'nobody' }), 'unknown-account');
    assert.equal(await attempt({ account: 'x'.repeat(4000) }), 'unknown-account');
    assert.equal(await attempt({ user: 'x'.repeat(4000), account: 'tenant' }), 'unknown-user');
    assert.equal(await attempt({ user: `${'x'.repeat(2000)}@x` }), 'unknown-user');
    assert.equal(await attempt({ user: user.id, account: 'other' }), 'other-account');
    assert.equal(await attempt({ user: rootUser.id, password: '' }), 'wrong-password', 'has no password');
    await identity.setUserPassword(user.id, 'another password');
    assert.equal(await attempt({ user: user.id }), 'wrong-password');
    assert.equal(await attempt({ user: user.id, password: 'another password' }), user.id);
    await identity.setUserEnabled(user.id, false);
    assert.equal(await attempt({ user: user.id, password: 'another password' }), 'user-disabled');
    await identity.setUserEnabled(user.id, true);
    await identity.setAccountEnabled(account.id, false);
    assert.equal(await attempt({ user: user.id, password: 'another password' }), 'account-disabled');
  });

  it('takes as long for who does not exist as for a wrong password', async () => {
    const { attempt } = await openWithUser();
    const timeOf = async (input: Partial<LoginInput>): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < 2; round += 1) {
        const start = process.hrtime.bigint();
        await attempt({ password: 'wrong', ...input });
        times.push(Number(process.hrtime.bigint() - start));
      }
      return Math.min(...times);
    };
    const known = await timeOf({ account: 'tenant' });
    // Without the same work the ratio would be below a hundredth; the bounds leave room for a busy machine.
    for (const input of [{ account: 'tenant', user: 'nobody' }, { account: 'nobody' }]) {
      const ratio = (await timeOf(input)) / known;
      assert.ok(ratio > 0.25 && ratio < 4, `${JSON.stringify(input)}: ${ratio}`);
    }
  });

  it('counts guesses made at once no less than one by one, and holds back the right password too', async () => {
    const { attempt, passSeconds, user } = await openWithUser();
    const guess = { account: 'tenant', password: 'wrong' };
    const answers = await Promise.all(Array.from({ length: 30 }, () => attempt(guess)));
    const guessed = answers.filter((answer) => answer === 'wrong-password').length;
    assert.ok(guessed >= 10 && guessed <= 12, String(guessed));
    assert.match(await attempt({ account: 'tenant' }), /^wait \d+$/);
    passSeconds(60);
    assert.equal(await attempt({ account: 'tenant' }), user.id);
  });
});
