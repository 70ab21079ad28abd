import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tie } from '../types.ts';
import { Bonds, ENOUGH, strengthOf } from './bonds.ts';

function tie(kind: Tie['kind'], address: string, other: string, value = 'v'): Tie {
  return { kind, value, address, other, time: 0 };
}

test('weak ties bind together what none binds alone, and never say that two are one', () => {
  const bonds = new Bonds();
  bonds.add(tie('tool', 'a', 'b'));
  assert.deepEqual(bonds.strong(), []);
  bonds.add(tie('media', 'b', 'a', 'PCMU, 400 packets, 64000 bytes'));
  const [bond] = bonds.strong();
  assert.ok(bond !== undefined);
  assert.deepEqual(strengthOf(bond), {
    weight: 0.51,
    kind: 'shares knowledge',
    reason: 'same tool, v; plays a recording of the same length (PCMU, 400 packets, 64000 bytes)',
  });
  bonds.add(tie('cnonce', 'a', 'b', '0123456789abcdef'));
  assert.equal(strengthOf(bond).kind, 'same actor');
  assert.ok(strengthOf(bond).weight > 0.9 && strengthOf(bond).weight <= 1);
});

test('the first tie of a kind counts, a second one adds nothing; nobody is tied to himself', () => {
  const bonds = new Bonds();
  bonds.add(tie('tool', 'a', 'b', 'first'));
  for (let i = 0; i < 5; i++) bonds.add(tie('tool', 'a', 'b', `${i}`));
  bonds.add(tie('cnonce', 'c', 'c'));
  assert.deepEqual(bonds.strong(), []);
  assert.equal(strengthOf({ ties: new Map([['tool', 'first']]) }).weight < ENOUGH, true);
});

test('the order does not depend on when they came, and memory is bounded', () => {
  const ties = [tie('number', 'd', 'a'), tie('number', 'b', 'c'), tie('number', 'c', 'a')];
  const pairs = (list: readonly Tie[]): string[] => {
    const bonds = new Bonds();
    for (const each of list) bonds.add(each);
    return bonds.strong().map(({ a, b }) => `${a}${b}`);
  };
  assert.deepEqual(pairs(ties), ['ac', 'ad', 'bc']);
  assert.deepEqual(pairs([...ties].reverse()), ['ac', 'ad', 'bc']);
  const many = new Bonds();
  for (let i = 0; i < 10_100; i++) many.add(tie('cnonce', 'x', `${i}`));
  const strong = many.strong();
  assert.equal(strong.length, 10_000);
  assert.ok(!strong.some(({ a }) => a === '99'));
  assert.ok(strong.some(({ a }) => a === '100'));
});
