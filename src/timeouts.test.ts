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

test('timeouts: what was taken back is not heard of again', () => {
  const queue = new TimeoutQueue(8);
  const places = [1, 2, 3].map((slot) => queue.push(slot, 0, slot * 100));
  queue.cancel(places[1]!, 2);
  queue.cancel(places[0]!, 9);
  assert.equal(queue.next, 100, 'the place of another slot is left alone');
  queue.cancel(places[0]!, 1);
  assert.equal(queue.next, 300, 'the first ones go at once');
  queue.cancel(places[0]!, 1);
  queue.cancel(-1, 3);
  const last = queue.push(4, 0, 400);
  queue.push(5, 0, 500);
  queue.cancel(last, 4);
  assert.ok(queue.take(1000));
  assert.equal(queue.slot, 3);
  assert.ok(queue.take(1000), 'a gap between two is passed over');
  assert.equal(queue.slot, 5);
  assert.ok(!queue.take(1000));
});
