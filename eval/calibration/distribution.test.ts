import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Distribution } from './distribution.ts';

function of(...values: number[]): Distribution {
  const all = new Distribution();
  for (const value of values) all.add(value);
  return all;
}

test('quantiles are values that were there', () => {
  const all = of(5, 1, 4, 2, 3);
  assert.deepEqual(
    [0, 0.2, 0.5, 0.81, 1].map((share) => all.quantile(share)),
    [1, 1, 3, 5, 5],
  );
  assert.equal(of().quantile(0.5), Number.NaN);
});

test('a value that comes later counts too', () => {
  const all = of(1);
  assert.equal(all.quantile(1), 1);
  all.add(9);
  assert.deepEqual([all.quantile(1), all.atLeast(2), all.count], [9, 1, 2]);
});

test('how many reach a bound is what counting them gives', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: -1, max: 21 }), (values, bound) => {
      assert.equal(of(...values).atLeast(bound), values.filter((value) => value >= bound).length);
    }),
  );
});
