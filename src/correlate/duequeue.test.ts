import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Due, DueQueue } from './duequeue.ts';

test('gives what is due in the order of time, equal times in the order of serials, and nothing early', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 60 }), fc.nat(20), (times, now) => {
      const queue = new DueQueue<Due>();
      for (const [serial, due] of times.entries()) queue.push({ due: 0, queued: false, serial }, due);
      const popped: [number, number][] = [];
      for (let entry = queue.pop(now); entry !== undefined; entry = queue.pop(now)) popped.push([entry.due, entry.serial]);
      const expected = times.map((due, serial): [number, number] => [due, serial]).filter(([due]) => due <= now);
      assert.deepEqual(
        popped,
        expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]),
      );
      assert.equal(queue.size, times.length - popped.length);
      assert.equal(queue.next, Math.min(Number.POSITIVE_INFINITY, ...times.filter((due) => due > now)));
    }),
  );
});

test('an entry stands in it once, at its earlier time, and may come back', () => {
  const queue = new DueQueue<Due>();
  const entry = { due: 0, queued: false, serial: 1 };
  queue.push(entry, 5);
  queue.push(entry, 9);
  assert.equal(queue.size, 1);
  assert.equal(queue.pop(4), undefined);
  assert.equal(queue.pop(5), entry);
  queue.push(entry, 9);
  assert.equal(queue.next, 9);
});
