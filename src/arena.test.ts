import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARENA, giveBack, lend } from './arena.ts';

test('buffers lie in the arena, apart from each other, and are lent again once they are back', () => {
  const [a, b, c] = [lend(1000), lend(2000), lend(1000)];
  for (const buffer of [a, b, c]) assert.equal(buffer.buffer, ARENA.buffer);
  assert.ok(a.byteOffset + 1000 <= b.byteOffset && b.byteOffset + 2000 <= c.byteOffset);
  a.fill(1);
  b.fill(2);
  assert.equal(a[999], 1);
  giveBack(b);
  const again = lend(500);
  assert.equal(again.byteOffset, b.byteOffset, 'first place that fits');
  giveBack(a);
  giveBack(again);
  giveBack(c);
  const whole = lend(40 * 1024 * 1024);
  assert.equal(whole.buffer, ARENA.buffer, 'the pieces have grown together');
  giveBack(whole);
});

test('given back in any order, all of it is there again', () => {
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [0, 2, 1],
    [1, 0, 2],
  ]) {
    const lent = [lend(10), lend(20), lend(30)];
    for (const k of order) giveBack(lent[k]!);
    const whole = lend(40 * 1024 * 1024);
    assert.equal(whole.byteOffset, lent[0]?.byteOffset);
    giveBack(whole);
  }
});

test('given back twice counts once: the room may be lent to another by then', () => {
  const first = lend(1000);
  giveBack(first);
  const second = lend(1000);
  giveBack(first);
  const third = lend(1000);
  assert.ok(third.byteOffset >= second.byteOffset + 1000);
  giveBack(second);
  giveBack(third);
  const whole = lend(40 * 1024 * 1024);
  assert.equal(whole.byteOffset, first.byteOffset);
  giveBack(whole);
});

test('what does not fit comes from elsewhere', () => {
  const large = lend(200 * 1024 * 1024);
  assert.notEqual(large.buffer, ARENA.buffer);
  assert.equal(large.length, 200 * 1024 * 1024);
  giveBack(large);
});
