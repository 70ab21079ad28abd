import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../random.ts';
import { drawDay } from './draw.ts';
import { HARD_NEGATIVES, negativesOf } from './negatives.ts';
import type { DayPlan } from './plan.ts';
import { HOUR } from './sizes.ts';

function plan(seed: number): DayPlan {
  const random = seeded(seed);
  return drawDay(HOUR, {
    random,
    number: () => `+4930${random.text(7, '0123456789')}`,
    free: () => '+49800',
    premium: () => '+49900',
    nobody: () => '999',
  });
}

/** Those that registrations give rise to, not calls. */
const REGISTRATIONS = ['one-nat', 'power-cut-storm', 'stale-password', 'hand-over-registration', 'contact-star', 'mistyped-password'];

test('calls that go as planned bring every hard negative of calls, in each small hour', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { calls, phones } = plan(seed);
    const noisy = (index: number): boolean => phones[index]!.role === 'forwarder';
    const found = new Set<string>(calls.flatMap((call) => negativesOf(call, call.result === 'answered' ? 200 : 486, phones, noisy)));
    const missing = Object.keys(HARD_NEGATIVES).filter((name) => !found.has(name) && !REGISTRATIONS.includes(name));
    assert.deepEqual(missing, [], `seed ${seed}`);
  }
});

test('registrations bring the others', () => {
  const { registrations, phones, storm, size } = plan(1);
  const whats = new Set(registrations.flat().map((one) => one.what));
  assert.deepEqual([...whats].sort(), ['boot', 'move', 'refresh', 'star', 'wrong']);
  assert.ok(phones.filter((phone) => phone.segment === 'home').length > 5);
  assert.ok(registrations.flat().some((one) => one.what === 'boot' && one.at >= storm && one.at < storm + size.storm));
});

test('a call that should have been answered and was not is no hard negative; one that should not have been still is', () => {
  const { calls, phones } = plan(1);
  const lost = calls.find((call) => call.kind === 'call-centre' && call.result === 'answered')!;
  assert.deepEqual(
    negativesOf(lost, 408, phones, () => false),
    [],
  );
  const busy = calls.find((call) => call.kind === 'fax-dialler' && call.result === 'busy')!;
  assert.deepEqual(
    negativesOf(busy, 486, phones, () => false),
    ['fax-dialler'],
  );
});
