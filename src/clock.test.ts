import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, MAX_JUMP, wallMilliseconds } from './clock.ts';

test('clock: starts with the first input, never goes back, moves at most MAX_JUMP an input', () => {
  const clock = new Clock();
  assert.equal(clock.advance(1e15), 1e15);
  assert.equal(clock.advance(1e15 - 5), 1e15);
  assert.equal(clock.advance(1e15 + 7), 1e15 + 7);
  assert.equal(clock.advance(9e15), 1e15 + 7 + MAX_JUMP);
});

test('clock: the wall clock only goes forward', () => {
  const before = wallMilliseconds();
  assert.ok(before <= wallMilliseconds());
});
