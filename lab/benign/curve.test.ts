import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../random.ts';
import { arrivals, DAY, secondOf, shareBy, steadyArrivals } from './curve.ts';

/** Coefficient of variation of the gaps between ordered values. */
function variation(values: readonly number[]): number {
  const gaps = values.slice(1).map((value, i) => value - values[i]!);
  const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
  return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean;
}

const WHOLE = { from: 0, to: DAY };

test('the curve goes from 0 to 1 and back', () => {
  assert.equal(shareBy(0, WHOLE), 0);
  assert.equal(shareBy(DAY, WHOLE), 1);
  for (const share of [0.01, 0.25, 0.5, 0.9]) assert.ok(Math.abs(shareBy(secondOf(share, WHOLE), WHOLE) - share) < 1e-6);
  const hour = { from: 36_000, to: 39_600 };
  assert.ok(Math.abs(secondOf(0.5, hour) - 37_800) < 60);
});

test('arrivals are Poisson: as many as expected, gaps with a coefficient of variation of 1 once the curve is taken out', () => {
  const found = arrivals(seeded(7), 5000, WHOLE);
  assert.ok(Math.abs(found.length - 5000) < 4 * Math.sqrt(5000));
  const even = found.map((at) => shareBy(at, WHOLE));
  assert.ok(Math.abs(variation(even) - 1) < 0.06, `${variation(even)}`);
  const night = found.filter((at) => at < 4 * 3600).length;
  const morning = found.filter((at) => at >= 8 * 3600 && at < 12 * 3600).length;
  assert.ok(morning > 20 * night, `${night} at night, ${morning} in the morning`);
});

test('steady arrivals are Poisson of constant rate', () => {
  const found = steadyArrivals(seeded(3), 2, { from: 100, to: 4100 });
  assert.ok(Math.abs(found.length - 2000) < 4 * Math.sqrt(2000));
  assert.ok(Math.abs(variation(found) - 1) < 0.08);
  assert.ok(found.every((at) => at >= 100 && at < 4100));
});
