import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimeoutQueue } from './timeouts.ts';

test('timeouts: entries come in order, none before its time', () => {
  const queue = new TimeoutQueue(8);
  assert.equal(queue.next, Number.POSITIVE_INFINITY);
  queue.push(3, 30, 100);
  queue.push(4, 40, 200);
  assert.equal(queue.next, 100);
  assert.ok(!queue.take(99));
  assert.ok(queue.take(100));
  assert.deepEqual([queue.slot, queue.generation], [3, 30]);
  assert.ok(!queue.take(199));
  assert.ok(queue.take(1000));
  assert.equal(queue.slot, 4);
  assert.ok(!queue.take(1000));
});

test('timeouts: full, it gives up the oldest and counts', () => {
  const queue = new TimeoutQueue(8);
  for (let i = 0; i < 10; i++) queue.push(i, 0, i);
  assert.equal(queue.dropped, 2);
  assert.ok(queue.take(100));
  assert.equal(queue.slot, 2);
});
