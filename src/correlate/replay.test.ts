import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILTIN_RULES } from '../config.ts';
import type { EventName } from '../events.ts';
import type { Event } from '../types.ts';
import type { CompiledRule } from './compile.ts';
import { loadRules } from './load.ts';
import { Replay } from './replay.ts';
import { testEvent } from './ruletests.ts';

const SECOND = 1e6;
const T0 = 1_700_000_000_000_000;
const OPTIONS = { node: 'n', seed: { k0: 1, k1: 2 }, capacity: 64 };

const present = loadRules([`${BUILTIN_RULES}/password-guessing.yaml`], { profile: 'default' }).rules;
const strict = loadRules([`${BUILTIN_RULES}/password-guessing.yaml`], {
  profile: 'default',
  overrides: { 'password-guessing': { variables: { attempts: 3 } } },
}).rules;

function event(type: EventName, seconds: number, given: Readonly<Record<string, unknown>> = {}): Event {
  const who = { src: '192.0.2.66', dst: '198.51.100.1', account: 'a@example.org' };
  return testEvent(type, { ...who, refusals: 9, ...given }, T0 + seconds * SECOND, 1);
}

function replay(events: readonly Event[], ...sets: readonly (readonly CompiledRule[])[]): Replay {
  const replayed = new Replay(sets, OPTIONS);
  for (const each of events) replayed.take(each);
  replayed.finish();
  return replayed;
}

const guesses = (from: number, n: number): Event[] => Array.from({ length: n }, (_, i) => event('auth.failed', from + i));

test('sets of rules judge the same Events, each for itself', () => {
  const { alerts, events, first, last } = replay(guesses(0, 5), present, strict);
  assert.deepEqual(
    alerts.map((list) => list.map(({ state, count }) => [state, count])),
    [
      [],
      [
        ['open', 3],
        ['update', 5],
      ],
    ],
  );
  assert.deepEqual([events, first, last], [5, T0, T0 + 4 * SECOND]);
});

test('a forged time far ahead ends no window; a silence that two Events agree on does', () => {
  const forged = [...guesses(0, 2), event('auth.failed', 1e6, { src: '192.0.2.1' }), ...guesses(3, 1)];
  assert.equal(replay(forged, strict).alerts[0]!.at(-1)?.count, 3);
  const silence = [...guesses(0, 2), event('auth.failed', 1e6), event('auth.failed', 1e6 + 1)];
  assert.deepEqual(replay(silence, strict).alerts[0], []);
});

test('what is open goes on after a start of the node, but not in a recording of an earlier day', () => {
  const runs = (second: number): number => {
    const replayed = new Replay([strict], OPTIONS);
    for (const each of guesses(0, 2)) replayed.take(each);
    const [first, ...others] = guesses(second, 2);
    replayed.next(first!);
    for (const each of [first!, ...others]) replayed.take(each);
    replayed.finish();
    return replayed.alerts[0]!.length;
  };
  assert.equal(runs(10), 2);
  assert.equal(runs(-86_400), 0);
});

test('what speaks for an address, and what two have in common, is collected', () => {
  const { goodwill, ties } = replay(
    [
      event('registration.changed', 0, { change: 'added' }),
      event('registration.changed', 1, { change: 'removed' }),
      event('dialog.confirmed', 2, { session: true }),
      event('dialog.confirmed', 3, { session: false }),
      event('cnonce.repeated', 4, { cnonce: 'abcdef01', other: '192.0.2.7' }),
    ],
    present,
  );
  assert.deepEqual([...goodwill], [['192.0.2.66', { registrations: 1, calls: 1 }]]);
  assert.deepEqual(
    ties.map(({ kind, other }) => [kind, other]),
    [['cnonce', '192.0.2.7']],
  );
});

test('whose good deeds are counted is bounded', () => {
  const replayed = new Replay([], OPTIONS);
  for (let i = 0; i < 100_010; i++) replayed.take(event('registration.changed', i / 1e3, { change: 'added', src: `${i}` }));
  replayed.finish();
  assert.equal(replayed.goodwill.size, 100_000);
});
