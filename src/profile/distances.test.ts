/** The distances against their definitions, written out with matrices. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { euclidean, mahalanobis, quadratic } from './distances.ts';
import { CELLS, createUsual, HOURS, type UsualDay } from './histogram.ts';

const cell = fc.float({ min: 0, max: 10, noNaN: true });
const cells = fc.array(cell, { minLength: CELLS, maxLength: CELLS }).map((list) => Float32Array.from(list));

function usualOf(mean: Float32Array, variance = new Float32Array(CELLS), days = 10): UsualDay {
  return { days, mean, variance };
}

/** √(dᵀ A d) over the cells of the first hours; `weight` is the entry of A for two cells. */
function form(day: Float32Array, { mean }: UsualDay, hours: number, weight: (i: number, j: number) => number): number {
  const seen = Array.from({ length: CELLS }, (_, i) => i).filter((i) => i % HOURS < hours);
  let sum = 0;
  for (const i of seen) for (const j of seen) sum += (day[i]! - mean[i]!) * weight(i, j) * (day[j]! - mean[j]!);
  return Math.sqrt(Math.max(0, sum));
}

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-4 * (1 + expected), `${actual} is not ${expected}`);
}

const measure = (i: number): number => Math.floor(i / HOURS);

test('Euclidean, quadratic and Mahalanobis are what their matrices say', () => {
  fc.assert(
    fc.property(cells, cells, cells, fc.integer({ min: 1, max: HOURS }), (day, mean, variance, hours) => {
      const usual = usualOf(mean, variance);
      near(
        euclidean(day, usual, hours),
        form(day, usual, hours, (i, j) => (i === j ? 1 : 0)),
      );
      const likeness = (i: number, j: number): number => (measure(i) === measure(j) ? Math.max(0, 1 - Math.abs(i - j) / 3) : 0);
      near(quadratic(day, usual, hours), form(day, usual, hours, likeness));
      const inverse = (i: number, j: number): number => (i === j ? 14 / (10 * variance[i]! + 4 * 0.25) : 0);
      near(mahalanobis(day, usual, hours), form(day, usual, hours, inverse) / Math.sqrt(CELLS));
    }),
    { numRuns: 40 },
  );
});

test('nothing is far from itself, and no hours are no distance', () => {
  const day = new Float32Array(CELLS).fill(3);
  const usual = usualOf(day);
  assert.deepEqual([euclidean(day, usual, HOURS), quadratic(day, usual, HOURS), mahalanobis(day, usual, HOURS)], [0, 0, 0]);
  assert.deepEqual([euclidean(day, createUsual(), 0), quadratic(day, createUsual(), 0), mahalanobis(day, createUsual(), 0)], [0, 0, 0]);
});

test('an hour later is nearer than the night in the quadratic distance, and equally far in the Euclidean', () => {
  const usual = createUsual();
  usual.mean[9] = 2;
  const at = (hour: number): Float32Array => {
    const day = new Float32Array(CELLS);
    day[hour] = 2;
    return day;
  };
  assert.equal(euclidean(at(10), usual, HOURS), euclidean(at(2), usual, HOURS));
  near(quadratic(at(10), usual, HOURS), quadratic(at(2), usual, HOURS) / Math.sqrt(3));
});
