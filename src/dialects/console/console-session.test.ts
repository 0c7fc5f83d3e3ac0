import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type HeaderFields, wireRequest } from '../../../test/support/wire-request.ts';
import { readSessionCookie, refuseForeignOrigin, sessionCookie } from './console-session.ts';

const requestWith = (...headers: HeaderFields) => wireRequest({ headers, at: new Date(0) });

describe('the cookie of a session', () => {
  const made = (parts: object): string => sessionCookie({ ...requestWith(), ...parts }, 'value', 60)[1] ?? '';

  it('is for the console only, and over TLS for TLS only', () => {
    const clientOrigin = 'https://storage.example.com';
    const plain = 'gotgan-console=value; Path=/console/; Max-Age=60; HttpOnly; SameSite=Strict';
    assert.equal(made({ clientOrigin, isSecure: false }), plain);
    assert.equal(made({ clientOrigin, isSecure: true }), `${plain}; Secure`);
  });

  it('knows the path that a proxy puts before it, and takes nothing else from the Host field', () => {
    assert.match(made({ clientOrigin: 'https://example.com/files/a' }), /; Path=\/files\/a\/console\/;/);
    for (const clientOrigin of [
      'http://x; Domain=evil',
      'http://a/b; Domain=evil',
      'http://a/b\r\nX: y',
      'nonsense',
    ]) {
      assert.match(made({ clientOrigin }), /; Path=\/console\/;/);
    }
  });

  it('is read when it stands there once', () => {
    const read = (cookie: string) => readSessionCookie(requestWith(['cookie', cookie]));
    assert.equal(read('a=b; gotgan-console=1-ab; c=d'), '1-ab');
    assert.equal(read('gotgan-console=1-ab,other=x'), '1-ab');
    for (const none of [
      '',
      'a=b',
      'gotgan-console=',
      'gotgan-console=1; gotgan-console=2',
      'xgotgan-console=1',
    ]) {
      assert.equal(read(none), undefined, none);
    }
    assert.equal(read(`gotgan-console=${'x'.repeat(200)}`), undefined);
  });
});

it('requests that a browser says come from elsewhere are refused; those of other programs are not', () => {
  const ask = (...headers: HeaderFields) => refuseForeignOrigin(requestWith(...headers));
  for (const site of ['cross-site', 'same-site', 'anything']) {
    assert.throws(() => ask(['sec-fetch-site', site]), { code: 'ForeignOrigin' });
  }
  assert.doesNotThrow(() => ask());
  for (const site of ['same-origin', 'none']) assert.doesNotThrow(() => ask(['sec-fetch-site', site]));
});
