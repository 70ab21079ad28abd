import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hash, Key } from '../table.ts';
import { Distinct, EXACT } from './distinct.ts';

const SEED = { k0: 1, k1: 2 };
const key = new Key();

function fill(distinct: Distinct, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    key.reset().addString(`user${i}`);
    distinct.add(hash(SEED, key));
  }
}

test('counts exactly up to its bound, repeats do not count', () => {
  const budget = { left: 1 << 20 };
  const distinct = new Distinct(budget);
  assert.equal(distinct.count(), 0);
  fill(distinct, 0, 901);
  fill(distinct, 0, 901);
  assert.equal(distinct.count(), 901);
  fill(distinct, 901, EXACT);
  assert.ok(distinct.exact);
  assert.equal(distinct.count(), EXACT);
});

test('the values 0 and 1 share a place, other small values do not', () => {
  const distinct = new Distinct({ left: 64 });
  for (const h of [0, 2, 3, -1]) distinct.add(h);
  assert.equal(distinct.count(), 4);
});

test('beyond it estimates within a few per cent, and gives its memory back', () => {
  const budget = { left: 1 << 20 };
  const distinct = new Distinct(budget);
  fill(distinct, 0, EXACT + 1);
  assert.ok(!distinct.exact);
  assert.equal(budget.left, 1 << 20);
  for (const n of [5000, 9360, 30_000, 300_000]) {
    fill(distinct, EXACT, n);
    const error = Math.abs(distinct.count() - n) / n;
    assert.ok(error < 0.07, `${n}: ${distinct.count()}`);
  }
  distinct.clear();
  assert.equal(distinct.count(), 0);
  assert.ok(distinct.exact);
});

test('a spent budget makes it estimate earlier, from the first value on if need be', () => {
  const budget = { left: 64 };
  const first = new Distinct(budget);
  fill(first, 0, 33);
  assert.ok(!first.exact);
  assert.ok(Math.abs(first.count() - 33) <= 3);
  const second = new Distinct({ left: 0 });
  fill(second, 0, 5);
  assert.ok(!second.exact);
  assert.equal(second.count(), 5);
});
