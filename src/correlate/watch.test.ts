import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { GOOD } from '../../test/goodrule.ts';
import type { Alert, Event } from '../types.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { Correlator } from './correlator.ts';
import { testEvent } from './ruletests.ts';

const S = 1e6;
const T0 = 1_767_225_600e6;

function ruleOf(change: object): CompiledRule {
  const { rule, faults } = compileRule(stringify({ ...GOOD, where: undefined, ...change }), 'r.yaml', 'default');
  assert.ok(rule !== undefined, JSON.stringify(faults));
  return rule;
}

const fresh = (rule: CompiledRule): Correlator => new Correlator([rule], { node: 'n', seed: { k0: 1, k1: 2 }, capacity: 8 });
const correlatorOf = (change: object): Correlator => fresh(ruleOf(change));

/** An Event `at` seconds; its frame is the number of that second. */
function failed(at: number, given: object = {}): Event {
  return testEvent('auth.failed', { src: '192.0.2.1', account: 'a@example.org', ...given }, T0 + at * S, at);
}

function opened(correlator: Correlator, events: readonly Event[]): Alert[] {
  for (const event of events) correlator.handle(event, event.time);
  return correlator.out.filter(({ state }) => state === 'open');
}

/** Pauses between Events in s, and the value each has. */
const streams = fc.array(fc.record({ pause: fc.integer({ min: 0, max: 9 }), value: fc.integer({ min: 0, max: 14 }) }), { maxLength: 120 });

/** When the first of the windows is full, by looking at all Events again each time: the second, and how many it holds. */
function firstFull(times: readonly number[], values: readonly unknown[], tiers: readonly (readonly [number, number])[]): number[] {
  for (let n = 1; n <= times.length; n++) {
    for (const [limit, within] of tiers) {
      const last = new Map(values.slice(0, n).map((value, i) => [value, times[i]!]));
      const count = [...last.values()].filter((time) => times[n - 1]! - time <= within).length;
      if (count >= limit) return [times[n - 1]!, count];
    }
  }
  return [];
}

test('windows are exact whatever their limits: as many Events as a search through all of them finds', () => {
  const rule = ruleOf({ limit: 11, within: '30s', slower: { limit: 21, within: '90s' } });
  fc.assert(
    fc.property(streams, (stream) => {
      let at = 1;
      const events = stream.map(({ pause }) => failed((at += pause)));
      const times = events.map(({ frame }) => frame);
      const expected = firstFull(
        times,
        [...times.keys()],
        [
          [11, 30],
          [21, 90],
        ],
      );
      assert.deepEqual(
        opened(fresh(rule), events)
          .slice(0, 1)
          .map(({ time, count }) => [(time - T0) / S, count])[0] ?? [],
        expected,
      );
    }),
  );
});

test('windows are exact: as many different values', () => {
  const rule = ruleOf({ shape: 'distinct', field: 'user', limit: 6, within: '20s', slower: { limit: 10, within: '60s' } });
  fc.assert(
    fc.property(streams, (stream) => {
      let at = 1;
      const events = stream.map(({ pause, value }) => failed((at += pause), { user: `u${value}` }));
      const expected = firstFull(
        events.map(({ frame }) => frame),
        stream.map(({ value }) => value),
        [
          [6, 20],
          [10, 60],
        ],
      );
      const [first] = opened(fresh(rule), events);
      assert.deepEqual(first === undefined ? [] : [(first.time - T0) / S, first.count], expected);
    }),
  );
});

test('the evidence is the latest three Events, each in its own capture', () => {
  const correlator = correlatorOf({ limit: 5, on: ['auth.failed', 'auth.accepted'] });
  const events = [1, 2, 3, 4, 5].map((s): Event => ({ ...failed(s), file: `${s}.pcap`, type: s === 4 ? 'auth.accepted' : 'auth.failed' }));
  const [alert] = opened(correlator, events);
  assert.deepEqual(
    alert?.evidence.map(({ file, frame, event }) => `${file} ${frame} ${event}`),
    ['3.pcap 3 auth.failed', '4.pcap 4 auth.accepted', '5.pcap 5 auth.failed'],
  );
});

test('a sample is the latest ten different values before opening', () => {
  const correlator = correlatorOf({ limit: 30, sample: 'user' });
  const events = Array.from({ length: 30 }, (_, i) => failed(i + 1, { user: i % 3 === 0 ? '' : `u${i >> 1}` }));
  const [alert] = opened(correlator, events);
  assert.deepEqual([...(alert?.sample ?? [])].sort(), ['u10', 'u11', 'u12', 'u13', 'u14', 'u5', 'u6', 'u7', 'u8', 'u9']);
  const one = opened(
    correlatorOf({ sample: 'user' }),
    [1, 2, 3].map((s) => failed(s, { user: 'same' })),
  );
  assert.deepEqual(one[0]?.sample, ['same']);
  assert.deepEqual(
    opened(
      correlatorOf({ sample: 'user' }),
      [1, 2, 3].map((s) => failed(s)),
    )[0]?.sample,
    [],
  );
});

test('several targets before opening are no target', () => {
  const rule = { by: 'src', target: { kind: 'server', value: 'dst' } };
  const to = (...servers: number[]): Event[] => servers.map((n, i) => failed(i + 1, { dst: `198.51.100.${n}` }));
  assert.equal(opened(correlatorOf(rule), to(1, 1, 1))[0]?.target.value, '198.51.100.1');
  assert.equal(opened(correlatorOf(rule), to(1, 2, 1))[0]?.target.kind, 'none');
  const later = correlatorOf(rule);
  opened(later, to(1, 1, 1, 2));
  later.finish(T0 + 10 * S);
  assert.deepEqual(
    later.out.map(({ target }) => target.value),
    ['198.51.100.1', ''],
  );
});

test('a key that comes again after its group has ended begins anew', () => {
  const correlator = correlatorOf({ limit: 6, until: { on: 'auth.accepted' }, sample: 'user' });
  const six = (from: number, user: string): Event[] => Array.from({ length: 6 }, (_, i) => failed(from + i, { user }));
  const events = [
    ...six(1, 'x').slice(0, 5),
    { ...failed(7), type: 'auth.accepted' },
    ...six(8, 'y'),
    { ...failed(15), type: 'auth.accepted' },
    ...six(16, 'z'),
  ];
  assert.deepEqual(
    opened(correlator, events).map(({ time, count, sample }) => [(time - T0) / S, count, ...sample]),
    [
      [13, 6, 'y'],
      [21, 6, 'z'],
    ],
  );
  // The second opening came while the first one still stood in the queue: both close once, and a third finds an empty slot.
  correlator.advance(T0 + 1000 * S);
  assert.deepEqual(correlator.out.filter(({ state }) => state === 'closed').length, 2);
  assert.equal(opened(correlator, six(2000, 'w')).length, 3);
});
