import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from './random.ts';

const draws = (seed: number, name = ''): number[] => {
  const random = seeded(seed, name);
  return Array.from({ length: 20 }, () => random.unit());
};

test('the same seed draws the same, another seed or name something else', () => {
  assert.deepEqual(draws(1), draws(1));
  assert.notDeepEqual(draws(1), draws(2));
  assert.notDeepEqual(draws(1, 'a'), draws(1, 'b'));
});

test('a fork does not depend on what was drawn before it', () => {
  const early = seeded(5).fork('x').unit();
  const late = seeded(5);
  late.unit();
  assert.equal(late.fork('x').unit(), early);
});

test('exponential gaps have the mean and the spread of a Poisson process', () => {
  const random = seeded(3);
  const gaps = Array.from({ length: 20_000 }, () => random.exponential(4));
  const mean = gaps.reduce((sum, each) => sum + each, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, each) => sum + (each - mean) ** 2, 0) / gaps.length);
  assert.ok(Math.abs(mean - 4) < 0.1, `mean ${mean}`);
  assert.ok(Math.abs(deviation / mean - 1) < 0.05, `coefficient of variation ${deviation / mean}`);
});

test('half of a log-normal lies below its median', () => {
  const random = seeded(4);
  const below = Array.from({ length: 10_000 }, () => random.logNormal(100, 1)).filter((each) => each < 100).length;
  assert.ok(Math.abs(below - 5000) < 200, String(below));
});

test('integers reach both ends, and a shuffle keeps what there is', () => {
  const random = seeded(6);
  const seen = new Set(Array.from({ length: 200 }, () => random.integer(3, 5)));
  assert.deepEqual([...seen].sort(), [3, 4, 5]);
  assert.deepEqual(random.shuffle([1, 2, 3, 4]).sort(), [1, 2, 3, 4]);
  assert.throws(() => random.pick([]), /nothing to pick/);
});
