import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classesOf } from './classes.ts';

const points = (...list: readonly (readonly number[])[]): Float32Array[] => list.map((each) => Float32Array.from(each));

test('three heaps are three classes', () => {
  const heaps = [
    [0, 0],
    [10, 0],
    [0, 10],
  ];
  const all = Array.from({ length: 30 }, (_, i) => heaps[i % 3]!.map((x) => x + (i % 7) / 10));
  const found = classesOf(points(...all), 3);
  assert.equal(new Set(found).size, 3);
  for (let i = 3; i < 30; i++) assert.equal(found[i], found[i - 3]);
});

test('equal points are one class, and none are none', () => {
  assert.deepEqual([...classesOf(points([1, 2], [1, 2], [1, 2]), 8)], [0, 0, 0]);
  assert.equal(classesOf([], 8).length, 0);
});

test('every point is in the class whose middle is nearest, again and again the same', () => {
  const point = fc.array(fc.float({ min: 0, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (list, count) => {
      const all = points(...list);
      const found = classesOf(all, count);
      assert.deepEqual(found, classesOf(all, count));
      assert.ok(found.every((each) => each >= 0 && each < count));
      const middle = (c: number): number[] => {
        const members = all.filter((_, i) => found[i] === c);
        return [0, 1, 2].map((k) => members.reduce((sum, each) => sum + each[k]!, 0) / members.length);
      };
      const middles = [...new Set(found)].map((c) => ({ c, at: middle(c) }));
      const far = (at: readonly number[], i: number): number => at.reduce((sum, x, k) => sum + (x - all[i]![k]!) ** 2, 0);
      // Rounds may end before it has settled: with so few points it has.
      found.forEach((c, i) => {
        const own = far(middles.find((each) => each.c === c)!.at, i);
        for (const { at } of middles) assert.ok(own <= far(at, i) + 1e-3);
      });
    }),
    { numRuns: 50 },
  );
});
