import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Clock, MAX_JUMP, wallMilliseconds } from './clock.ts';

const HOUR = 3_600_000_000;

/** What `now` is after each of these times. */
function nows(...times: number[]): number[] {
  const clock = new Clock();
  return times.map((time) => clock.advance(time));
}

describe('clock', () => {
  test('starts with the first input and never goes back', () => {
    assert.deepEqual(nows(1e15, 1e15 - 5, 1e15 + 7, 1e15 + 7 + MAX_JUMP), [1e15, 1e15, 1e15 + 7, 1e15 + 7 + MAX_JUMP]);
  });

  test('one time stamp far ahead moves nothing, however often others come between', () => {
    const far = 1e15 + 9 * HOUR;
    assert.deepEqual(nows(1e15, far, 1e15 + 1, far + 1, 1e15 + 2, 1e15 + 3), [1e15, 1e15, 1e15 + 1, 1e15 + 1, 1e15 + 2, 1e15 + 3]);
  });

  test('after a silence the second input is believed', () => {
    const later = 1e15 + 60 * HOUR;
    assert.deepEqual(nows(1e15, later, later + 5, later + 9), [1e15, 1e15, later + 5, later + 9]);
    assert.equal(nows(1, 1e15, 1e15 - 3).at(-1), 1e15, 'also behind a first input of 1970');
  });

  test('times that stay far behind begin another epoch, in which the clock runs on', () => {
    const early = 1e15 - 90 * HOUR;
    const times = [1e15, early, early + 1, early + 2, early + 3, early + 10, early + HOUR / 10];
    assert.deepEqual(nows(...times), [1e15, 1e15, 1e15, 1e15, 1e15, 1e15 + 7, 1e15 + HOUR / 10 - 3]);
  });

  test('a few stragglers from long ago change nothing', () => {
    const early = 1e15 - HOUR;
    assert.deepEqual(nows(1e15, early, early, early, 1e15 + 1, early, 1e15 + 2).at(-1), 1e15 + 2);
  });

  test('the wall clock only goes forward', () => {
    const before = wallMilliseconds();
    assert.ok(wallMilliseconds() >= before);
  });
});
