import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auc, bootstrap, poissonUpper, proportionLower, quantile } from './statistics.ts';

const near = (actual: number, expected: number, within = 1e-3): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual}, not ${expected}`);

test('Poisson upper bounds are those of the tables (half of chi-square 0.95)', () => {
  near(poissonUpper(0), 2.9957);
  near(poissonUpper(1), 4.7439);
  near(poissonUpper(5), 10.513);
  near(poissonUpper(10), 16.9622);
  near(poissonUpper(100), 118.079, 0.01);
});

test('the approximation for large counts meets the exact bound', () => {
  near(poissonUpper(5001) - poissonUpper(5000), 1.01, 0.02);
});

test('the lower bound of a proportion: ten of ten give 0.05 to the tenth root', () => {
  near(proportionLower(10, 10), 0.05 ** 0.1);
  near(proportionLower(9, 10), 0.6058);
  near(proportionLower(1, 2), 1 - Math.sqrt(0.95));
  assert.equal(proportionLower(0, 10), 0);
  assert.equal(proportionLower(0, 0), 0);
});

test('quantiles by the nearest rank', () => {
  const values = [9, 1, 3, 2, 8, 7, 6, 5, 4, 10];
  assert.equal(quantile(values, 0.5), 5);
  assert.equal(quantile(values, 0.95), 10);
  assert.equal(quantile([7], 0.5), 7);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

test('the area under the ROC curve counts pairs, and ties by half', () => {
  assert.equal(auc([3, 4], [1, 2]), 1);
  assert.equal(auc([1], [1]), 0.5);
  // Of six pairs four are in order, one is a tie.
  near(auc([2, 5], [1, 2, 3]), (1 + 0.5 + 3) / 6);
  assert.ok(Number.isNaN(auc([], [1])));
});

test('the bootstrap is over runs, repeatable, and needs two', () => {
  const mean = (sample: readonly number[]): number => sample.reduce((a, b) => a + b, 0) / sample.length;
  const runs = [0, 0, 1, 1, 1, 1, 1, 1, 1, 1];
  const found = bootstrap(runs, mean);
  assert.deepEqual(found, bootstrap(runs, mean));
  assert.ok(found !== undefined);
  // 8 of 10, standard error 0.126: the interval is about 0.8 ± 0.25.
  near(found.low, 0.5, 0.11);
  near(found.high, 1, 0.01);
  assert.equal(bootstrap([1], mean), undefined);
  assert.deepEqual(
    bootstrap([1, 1, 1], () => Number.NaN),
    undefined,
  );
});
