import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  beginningOf,
  CELLS,
  clearDay,
  clearUsual,
  createDay,
  createUsual,
  dayOf,
  fillHistogram,
  HOURS,
  hourOf,
  kindOf,
  learn,
  WEEKDAY,
  WEEKEND,
} from './histogram.ts';

function near(actual: number, expected: number, by = 1e-6): void {
  assert.ok(Math.abs(actual - expected) < by, `${actual} is not ${expected}`);
}

test('days, hours and weekends of a time', () => {
  const friday = Date.UTC(2026, 10, 20, 23, 59) * 1000;
  assert.equal(hourOf(friday), 23);
  assert.equal(kindOf(dayOf(friday)), WEEKDAY);
  assert.equal(kindOf(dayOf(friday) + 1), WEEKEND);
  assert.equal(kindOf(dayOf(friday) + 2), WEEKEND);
  assert.equal(kindOf(dayOf(friday) + 3), WEEKDAY);
  assert.equal(beginningOf(dayOf(friday)), Date.UTC(2026, 10, 20) * 1000);
  assert.equal(kindOf(0), WEEKDAY, 'a Thursday');
});

test('a histogram holds roots: calls, people, minutes a call', () => {
  const day = createDay();
  const cells = new Float32Array(CELLS);
  day.calls[9] = 4;
  day.people[9] = 1;
  day.minutes[9] = 36;
  fillHistogram(day, cells);
  assert.deepEqual([cells[9], cells[HOURS + 9], cells[2 * HOURS + 9]], [2, 1, 3]);
  assert.equal(cells[10], 0, 'an hour without calls has no length');
  clearDay(day);
  fillHistogram(day, cells);
  assert.ok(cells.every((cell) => cell === 0));
});

test('the first days weigh alike: mean and variance of all', () => {
  const usual = createUsual();
  const cells = new Float32Array(CELLS);
  for (const value of [1, 2, 6]) {
    cells[5] = value;
    learn(usual, cells, WEEKDAY);
  }
  assert.equal(usual.days, 3);
  near(usual.mean[5]!, 3);
  near(usual.variance[5]!, 14 / 3, 1e-5);
  clearUsual(usual);
  assert.deepEqual([usual.days, usual.mean[5], usual.variance[5]], [0, 0, 0]);
});

test('what is older than a month fades, and weekends are fewer', () => {
  for (const [kind, month] of [
    [WEEKDAY, 22],
    [WEEKEND, 9],
  ] as const) {
    const usual = createUsual();
    const busy = new Float32Array(CELLS).fill(2);
    for (let i = 0; i < 3 * month; i++) learn(usual, busy, kind);
    assert.equal(usual.days, month);
    learn(usual, new Float32Array(CELLS), kind);
    near(usual.mean[0]!, 2 * (1 - 1 / month), 1e-5);
    near(usual.variance[0]!, (4 / month) * (1 - 1 / month), 1e-5);
  }
});
