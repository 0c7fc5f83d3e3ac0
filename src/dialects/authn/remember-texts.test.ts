import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberTexts } from './remember-texts.ts';

test('a text is read once, until a thousand others have come; a long one every time', () => {
  const read: string[] = [];
  const remembered = rememberTexts((text) => {
    read.push(text);
    return { text };
  });
  const cutOut = (text: string) => `  ${text}`.slice(2);
  const first = remembered('a/20260101/kr/s3/aws4_request');
  assert.equal(remembered(cutOut('a/20260101/kr/s3/aws4_request')), first);
  assert.deepEqual(first, { text: 'a/20260101/kr/s3/aws4_request' });
  const long = 'x'.repeat(300);
  assert.deepEqual([remembered(long), remembered(long)], [{ text: long }, { text: long }]);
  assert.deepEqual(read, [first.text, long, long]);
  for (let index = 0; index < 1000; index += 1) remembered(`${index}`);
  remembered(first.text);
  assert.equal(read.length, 3 + 1000 + 1);
});

test('what is thrown is not kept', () => {
  let times = 0;
  const remembered = rememberTexts((text) => {
    times += 1;
    throw new Error(text);
  });
  assert.throws(() => remembered('a'), /a/);
  assert.throws(() => remembered('a'), /a/);
  assert.equal(times, 2);
});
