import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNumberView, NUMBER_CLASSES, readAbroad } from '../../src/track/fraud/numberplan.ts';
import { seeded } from '../random.ts';
import { drawNumbers } from './numbering.ts';

const view = createNumberView();

function classOf(number: string): string {
  const bytes = Buffer.from(number);
  assert.ok(readAbroad(bytes, 0, bytes.length, view), number);
  return NUMBER_CLASSES[view.kind]!;
}

test('subscribers are E.164 numbers, none is premium rate or a satellite, few are where calls are dear', () => {
  let dear = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const { subscriber } = drawNumbers(seeded(seed));
    for (let i = 0; i < 200; i++) {
      const number = subscriber();
      assert.match(number, /^\+[1-9]\d{8,13}$/);
      const kind = classOf(number);
      assert.ok(kind === 'abroad' || kind === 'costly', `${number} is ${kind}`);
      if (kind === 'costly') dear++;
    }
  }
  assert.ok(dear > 12_000 * 0.003 && dear < 12_000 * 0.012, `${dear}`);
});

test('most subscribers are of one country, that of the services', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { subscriber, free, premium } = drawNumbers(seeded(seed));
    let shared = free();
    for (let i = 0; i < 5; i++) {
      const other = premium();
      while (!other.startsWith(shared)) shared = shared.slice(0, -1);
    }
    const home = Array.from({ length: 200 }, subscriber).filter((number) => number.startsWith(shared.slice(0, 2)));
    assert.ok(home.length > 140, `${shared}: ${home.length}`);
    assert.match(free(), /^\+\d{8,13}$/);
    assert.match(premium(), /^\+\d{8,13}$/);
  }
});

test('the same seed draws the same numbers, services or not', () => {
  const [one, other] = [drawNumbers(seeded(3)), drawNumbers(seeded(3))];
  one.premium();
  assert.deepEqual(Array.from({ length: 20 }, one.subscriber), Array.from({ length: 20 }, other.subscriber));
});
