import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../random.ts';
import { PAPER_WEEK, planWeek, type Source } from './plan.ts';

const DAY = 86_400_000_000;

function source(name: string, kind: Source['kind'], hostile: number, more: Partial<Source> = {}): Source {
  return { name, kind, hostile, benign: 10, duration: 60_000_000, copyable: true, single: kind === 'guess', ...more };
}

const SOURCES = [
  source('scan', 'scan', 80),
  source('slow scan', 'scan', 20, { duration: DAY }),
  source('fast', 'guess', 1000),
  source('found', 'guess', 300, { single: false }),
  source('behind a NAT', 'guess', 50, { copyable: false }),
  source('unseen', 'guess', 0),
];
const plan = planWeek(SOURCES, 60_000, 7 * DAY, seeded(1));

test('the week has the shares of the paper', () => {
  const near = (value: number, wanted: number): void => assert.ok(Math.abs(value - wanted) < 0.01, `${value} instead of ${wanted}`);
  near(plan.hostile / (plan.hostile + plan.benign), PAPER_WEEK.malicious);
  near(plan.strongest / plan.hostile, PAPER_WEEK.strongest);
  near(plan.placements.filter((each) => each.source.kind === 'scan').length / plan.placements.length, PAPER_WEEK.scans);
  const sum = plan.placements.reduce((total, { rounds, source: { hostile } }) => total + rounds * hostile, 0);
  assert.equal(sum, plan.hostile);
});

test('each recording is there once as a whole, then as others; what cannot be copied comes once, what nobody answered never', () => {
  const copies = Map.groupBy(plan.placements, (each) => each.source.name);
  assert.deepEqual(
    copies.get('behind a NAT')?.map(({ copy }) => copy),
    [0],
  );
  assert.equal(copies.has('unseen'), false);
  for (const list of copies.values())
    assert.deepEqual(
      list.map(({ copy }) => copy),
      list.map((_, i) => i),
    );
});

test('copies are spread over the week, and none goes beyond it', () => {
  for (const {
    start,
    source: { duration },
    rounds,
  } of plan.placements)
    assert.ok(start >= 0 && start + rounds * duration <= 7 * DAY);
  const found = plan.placements.filter(({ source: { name } }) => name === 'found');
  assert.ok(found.length > 2);
  assert.deepEqual(new Set(found.map(({ start }) => Math.floor((start * found.length) / (7 * DAY)))).size, found.length);
});

test('without scans, or without an attack that can be the strongest, there is no such week', () => {
  const reason = /needs recordings of extension scans and of password guessing/;
  assert.throws(() => planWeek([source('fast', 'guess', 10)], 100, DAY, seeded(1)), reason);
  assert.throws(() => planWeek([source('scan', 'scan', 10), source('found', 'guess', 10, { single: false })], 100, DAY, seeded(1)), reason);
});
