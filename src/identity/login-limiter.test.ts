import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IdentityError } from './identity-errors.ts';
import { LoginLimiter } from './login-limiter.ts';

function openLimiter() {
  const clock = { micros: 1_000_000, nowMicros: () => clock.micros };
  const limiter = new LoginLimiter(clock);
  /** Seconds to wait; 0 when a guess may be made. */
  const wait = (source: string, user: string): number => {
    try {
      limiter.assertMayGuess({ source, user });
      return 0;
    } catch (error) {
      if (!(error instanceof IdentityError) || !('retryAfterSeconds' in error.details)) throw error;
      return error.details.retryAfterSeconds;
    }
  };
  const fail = (source: string, user: string, times: number) => {
    for (let index = 0; index < times; index += 1) limiter.failed({ source, user });
  };
  return { clock, wait, fail };
}

describe('wrong guesses', () => {
  it('are ten a minute for one source and user', () => {
    const { clock, wait, fail } = openLimiter();
    fail('192.0.2.1', 'tenant kim', 9);
    assert.equal(wait('192.0.2.1', 'tenant kim'), 0);
    fail('192.0.2.1', 'tenant KIM', 1);
    clock.micros += 20_000_000;
    assert.equal(wait('192.0.2.1', 'tenant kim'), 40);
    assert.equal(wait('192.0.2.1', 'tenant lee'), 0);
    assert.equal(wait('192.0.2.2', 'tenant kim'), 0);
    clock.micros += 40_000_000;
    assert.equal(wait('192.0.2.1', 'tenant kim'), 0);
    fail('192.0.2.1', 'tenant kim', 1);
    assert.equal(wait('192.0.2.1', 'tenant kim'), 0, 'a new window begins');
  });

  it('are sixty a minute for one source and a hundred at one user', () => {
    const bySource = openLimiter();
    for (let index = 0; index < 60; index += 1) bySource.fail('192.0.2.1', `user ${index}`, 1);
    assert.equal(bySource.wait('192.0.2.1', 'another'), 60);
    assert.equal(bySource.wait('192.0.2.2', 'another'), 0);
    const byUser = openLimiter();
    for (let index = 0; index < 100; index += 1) byUser.fail(`192.0.2.${index}`, 'kim', 1);
    assert.equal(byUser.wait('192.0.2.200', 'kim'), 60);
    assert.equal(byUser.wait('192.0.2.200', 'lee'), 0);
  });

  it('of a network of IPv6 are those of one source', () => {
    const { wait, fail } = openLimiter();
    for (let index = 0; index < 10; index += 1) fail(`2001:db8::${index}`, 'kim', 1);
    assert.equal(wait('2001:db8:0:0:ffff::1', 'kim'), 60);
    assert.equal(wait('2001:db8:0:1::1', 'kim'), 0);
    fail('::ffff:192.0.2.1', 'lee', 10);
    assert.equal(wait('192.0.2.1', 'lee'), 60);
    assert.equal(wait('::ffff:192.0.2.2', 'lee'), 0);
  });

  it('are remembered for so many only, the latest', () => {
    const { wait, fail } = openLimiter();
    fail('192.0.2.1', 'first', 10);
    for (let index = 0; index < 10_000; index += 1) fail(`10.0.${index >> 8}.${index & 255}`, 'x', 1);
    assert.equal(wait('192.0.2.1', 'first'), 0);
    fail('192.0.2.1', 'last', 10);
    assert.equal(wait('192.0.2.1', 'last'), 60);
  });

  it('are announced once, and count at whoever hears of them', () => {
    const clock = { nowMicros: () => 1_000_000 };
    const other = new LoginLimiter(clock);
    let announced = 0;
    const limiter = new LoginLimiter(clock, (guess) => {
      announced += 1;
      other.count(guess);
    });
    for (let index = 0; index < 10; index += 1) limiter.failed({ source: '192.0.2.1', user: 'kim' });
    assert.equal(announced, 10);
    assert.throws(() => other.assertMayGuess({ source: '192.0.2.1', user: 'kim' }), IdentityError);
  });
});
