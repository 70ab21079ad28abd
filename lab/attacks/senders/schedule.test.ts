import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../../random.ts';
import { arrivals, countAt, drawnPace, lasting, play, regular, spread } from './schedule.ts';

/** Coefficient of variation of the gaps: 1 for a Poisson process, 0 for a clock. */
function variation(offsets: readonly number[]): number {
  const gaps = offsets.slice(1).map((at, i) => at - offsets[i]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean;
}

test('arrivals are those of a Poisson process at the rate that is asked for', () => {
  const offsets = arrivals(seeded(1), 50, 100);
  assert.ok(Math.abs(offsets.length - 5000) < 300, String(offsets.length));
  assert.ok(Math.abs(variation(offsets) - 1) < 0.08);
  assert.ok(offsets.every((at, i) => at < 100_000 && at >= (offsets[i - 1] ?? 0)));
  assert.equal(arrivals(seeded(2), 0.001, 1).length, 1, 'an attack has at least one packet');
});

test('a spread has as many as asked for, and varies like a Poisson process', () => {
  const offsets = spread(seeded(3), 4000, 10);
  assert.equal(offsets.length, 4000);
  assert.ok(Math.abs(variation(offsets) - 1) < 0.08);
});

test('a loop keeps its rate with little jitter, in order', () => {
  const offsets = regular(seeded(4), 20, 10);
  assert.equal(offsets.length, 200);
  assert.ok(variation(offsets) < 0.1);
  assert.ok(offsets.every((at, i) => at >= (offsets[i - 1] ?? 0)));
});

test('a drawn pace is one or the other, by the seed', () => {
  const both = Array.from({ length: 20 }, (_, seed) => drawnPace(seeded(seed), 30, 600));
  assert.ok(both.every(({ length }) => length === 600));
  assert.ok(both.some((offsets) => variation(offsets) > 0.8) && both.some((offsets) => variation(offsets) < 0.2));
  assert.deepEqual(drawnPace(seeded(7), 5, 50), drawnPace(seeded(7), 5, 50), 'same seed, same schedule');
});

test('slow attacks last longer than the twenty seconds in which they must be found, fast ones are short', () => {
  assert.ok(lasting(0.5) > 20 && lasting(1) > 20);
  assert.ok(lasting(1000) < 10);
  assert.equal(countAt(1), lasting(1));
  assert.equal(countAt(0.001), 1);
});

test('play calls each at its time, late ones at once', async () => {
  let clock = 0;
  const slept: number[] = [];
  const lab = {
    now: () => clock,
    sleep: async (ms: number) => {
      slept.push(ms);
      clock += ms * 1000;
    },
  };
  const at: number[] = [];
  await play(lab, [10, 20, 20.1, 50], (index) => {
    at.push(clock / 1000);
    if (index === 1) clock += 100_000;
  });
  assert.deepEqual(at, [10, 20, 120, 120]);
  assert.deepEqual(slept, [10, 10]);
});
