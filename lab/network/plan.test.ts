import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../random.ts';
import { bits, drawAddress, planNetwork, routerOf } from './plan.ts';

test('segments of a run share no network, and another seed has others', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const { segments, nat } = planNetwork(seeded(seed));
    const prefixes = [...segments.flatMap((segment) => segment.prefixes), nat];
    const wide = prefixes.map((prefix) => prefix.split('.').slice(0, 2).join('.'));
    assert.equal(new Set(wide).size, wide.length, `seed ${seed}: ${wide.join(' ')}`);
  }
  assert.notDeepEqual(planNetwork(seeded(1)), planNetwork(seeded(2)));
});

test('addresses are drawn once, inside their prefixes, never the router', () => {
  const used = new Set<string>();
  const random = seeded(9);
  const drawn = Array.from({ length: 200 }, () => drawAddress(['10.1.2'], used, random));
  assert.equal(new Set(drawn).size, 200);
  assert.ok(drawn.every((address) => address.startsWith('10.1.2.') && address !== routerOf('10.1.2')));
  assert.throws(() => Array.from({ length: 100 }, () => drawAddress(['10.1.2'], used, random)), /no address left/);
  assert.match(drawAddress(['5.6'], used, random), /^5\.6\.\d+\.\d+$/);
  assert.equal(bits('5.6'), 16);
});
