import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestRounds } from './request-rounds.ts';

test('an idle worker publishes the round it has seen', () => {
  const rounds = new RequestRounds();
  assert.equal(rounds.lowestSeenRound(), 0);
  rounds.setSeenRound(7);
  assert.equal(rounds.lowestSeenRound(), 7);
  assert.equal(rounds.seenRound, 7);
});

test('the oldest running request holds the lowest round', () => {
  const rounds = new RequestRounds();
  rounds.setSeenRound(3);
  const download = rounds.begin();
  rounds.setSeenRound(4);
  const other = rounds.begin();
  rounds.setSeenRound(9);
  assert.equal(rounds.lowestSeenRound(), 3);
  other.end();
  assert.equal(rounds.lowestSeenRound(), 3);
  download.end();
  assert.equal(rounds.lowestSeenRound(), 9);
});

test('requests that end in another order than they began', () => {
  const rounds = new RequestRounds();
  rounds.setSeenRound(1);
  const first = rounds.begin();
  rounds.setSeenRound(2);
  const second = rounds.begin();
  first.end();
  assert.equal(rounds.lowestSeenRound(), 2);
  second.end();
  assert.equal(rounds.lowestSeenRound(), 2);
});

test('ending a request twice counts once', () => {
  const rounds = new RequestRounds();
  const first = rounds.begin();
  rounds.begin();
  first.end();
  first.end();
  rounds.setSeenRound(5);
  assert.equal(rounds.lowestSeenRound(), 0);
});

test('a round that is not newer changes nothing', () => {
  const rounds = new RequestRounds();
  rounds.setSeenRound(5);
  rounds.setSeenRound(4);
  assert.equal(rounds.seenRound, 5);
});
