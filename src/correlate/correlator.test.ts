import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { GOOD } from '../../test/goodrule.ts';
import { BUILTIN_RULES } from '../config.ts';
import type { EventName } from '../events.ts';
import type { Alert, Event } from '../types.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { Correlator } from './correlator.ts';
import { loadRules } from './load.ts';
import { testEvent } from './ruletests.ts';

const SEED = { k0: 7, k1: 11 };
const S = 1e6;

function ruleOf(change: Record<string, unknown> = {}): CompiledRule {
  const { rule, faults } = compileRule(stringify({ ...GOOD, where: undefined, ...change }), 'r.yaml', 'default');
  assert.deepEqual(faults, []);
  assert.ok(rule !== undefined);
  return rule;
}

const correlatorOf = (rules: readonly CompiledRule[], capacity = 1024, seed = SEED): Correlator =>
  new Correlator(rules, { node: 'n', seed, capacity });

let frames = 0;
const event = (type: EventName, time: number, given: Record<string, unknown> = {}): Event =>
  testEvent(type, { src: '192.0.2.1', dst: '198.51.100.1', account: 'a@example.org', ...given }, time, ++frames);
const failed = (time: number, given: Record<string, unknown> = {}): Event => event('auth.failed', time, given);
const accepted = (time: number, given: Record<string, unknown> = {}): Event => event('auth.accepted', time, given);

/** Runs Events at their own times. */
function run(correlator: Correlator, events: readonly Event[]): Alert[] {
  for (const each of events) correlator.handle(each, each.time);
  return correlator.out;
}

const states = (alerts: readonly Alert[]): string[] => alerts.map(({ state, count, time }) => `${state} ${count} at ${time / S}`);

test('an alert opens with the Event that reaches the limit, is silent after, and closes when idle', () => {
  const correlator = correlatorOf([ruleOf()]);
  run(
    correlator,
    [1, 2, 3, 4, 5, 60].map((s) => failed(s * S)),
  );
  assert.deepEqual(states(correlator.out), ['open 3 at 3']);
  correlator.advance(359 * S);
  assert.equal(correlator.out.length, 1);
  correlator.advance(400 * S);
  assert.deepEqual(states(correlator.out), ['open 3 at 3', 'closed 6 at 360']);
  const [open, closed] = correlator.out;
  assert.equal(open?.id, closed?.id);
  assert.deepEqual([closed?.first, closed?.last, closed?.outcome, closed?.why], [S, 60 * S, 'unknown', '192.0.2.1 6']);
  run(correlator, [failed(401 * S), failed(402 * S)]);
  assert.equal(correlator.out.length, 2);
});

test('both ends belong to the window, a microsecond more does not', () => {
  const at = (times: number[]): number =>
    run(
      correlatorOf([ruleOf()]),
      times.map((time) => failed(time)),
    ).length;
  assert.equal(at([S, 2 * S, 61 * S]), 1);
  assert.equal(at([S, 2 * S, 61 * S + 1]), 0);
  assert.equal(at([S, 2 * S, 61 * S + 1, 62 * S]), 1);
  assert.equal(at([S, 61 * S, 121 * S, 181 * S, 241 * S]), 0);
});

test('only what lies in the window belongs to the alert', () => {
  const [alert] = run(correlatorOf([ruleOf({ limit: 2, slower: { limit: 9, within: '1h' } })]), [
    failed(S),
    failed(100 * S),
    failed(110 * S),
  ]);
  assert.deepEqual([alert?.count, alert?.first, alert?.evidence.map(({ time }) => time)], [2, 100 * S, [100 * S, 110 * S]]);
});

test('a slower limit catches who takes his time, and tells that limit', () => {
  const rule = ruleOf({ slower: { limit: 5, within: '1h' }, why: '{limit} within {within}' });
  const out = run(
    correlatorOf([rule]),
    [0, 600, 1200, 1800, 3600].map((s) => failed((s + 1) * S)),
  );
  assert.deepEqual(
    out.map(({ count, why }) => `${count}: ${why}`),
    ['5: 5 within 1 hour'],
  );
});

test('an alert that the slower limit opened waits for its own idle time', () => {
  const rule = ruleOf({ slower: { limit: 4, within: '4h', idle: '2h' }, idle: '5m', success: { on: 'auth.accepted' } });
  const correlator = correlatorOf([rule]);
  const hour = 3600 * S;
  run(
    correlator,
    [1, 2, 3, 4].map((h) => failed(h * hour)),
  );
  run(correlator, [accepted(5.5 * hour)]);
  correlator.advance(9 * hour);
  assert.deepEqual(
    correlator.out.map(({ state, outcome, time }) => [state, outcome, time / hour]),
    [
      ['open', 'unknown', 4],
      ['update', 'succeeded', 5.5],
      ['closed', 'succeeded', 7.5],
    ],
  );
});

test('within: idle counts since the last pause', () => {
  const rule = ruleOf({ limit: 4, within: 'idle' });
  const spaced = (...seconds: number[]): number =>
    run(
      correlatorOf([rule]),
      seconds.map((s) => failed(s * S)),
    ).length;
  assert.equal(spaced(1, 299, 598, 897), 1);
  assert.equal(spaced(1, 2, 3, 303, 304, 305), 0);
  const slower = ruleOf({ limit: 9, within: 'idle', slower: { limit: 3, within: 'idle' } });
  assert.equal(run(correlatorOf([slower]), [failed(1), failed(2), failed(3)]).length, 1);
});

test('distinct counts values, not Events, in a window that slides', () => {
  const rule = ruleOf({ by: 'src', shape: 'distinct', field: 'user', target: undefined });
  const users = (...list: [number, string][]): Alert[] =>
    run(
      correlatorOf([rule]),
      list.map(([s, user]) => failed(s * S, { user })),
    );
  assert.equal(users([1, 'a'], [2, 'a'], [3, 'b'], [4, 'a']).length, 0);
  assert.deepEqual(states(users([1, 'a'], [2, 'b'], [3, 'b'], [61, 'c'])), ['open 3 at 61']);
  assert.equal(users([1, 'a'], [2, 'b'], [62, 'c']).length, 0);
  // Seen again, a value counts from then on.
  assert.equal(users([1, 'a'], [2, 'b'], [50, 'a'], [62, 'c']).length, 1);
  // An old value gives its place to a new one.
  assert.deepEqual(states(users([1, 'a'], [2, 'b'], [100, 'c'], [101, 'd'], [102, 'e'])), ['open 3 at 102']);
});

test('distinct: after opening new values count on, estimated when there are very many', () => {
  const rule = ruleOf({
    by: 'src',
    shape: 'distinct',
    field: 'user',
    target: { kind: 'server', value: 'dst' },
    why: '{count} of {events}',
  });
  const correlator = correlatorOf([rule]);
  run(
    correlator,
    Array.from({ length: 9000 }, (_, i) => failed(S + i * 1000, { user: `u${i}`, dst: i < 5 ? '198.51.100.1' : '198.51.100.2' })),
  );
  correlator.finish(20 * S);
  const [open, last] = correlator.out;
  assert.deepEqual([open?.count, open?.target.value, open?.sample], [3, '198.51.100.1', ['u0', 'u1', 'u2']]);
  assert.ok(Math.abs((last?.count ?? 0) - 9000) < 500);
  assert.match(last?.why ?? '', /^about [\d,]+ of 9,000$/);
  assert.deepEqual([last?.target, last?.sample.length], [{ kind: 'none', value: '' }, 10]);
});

test('a good registration in between does not set the count back (NEMEA: it does)', () => {
  const { rules } = loadRules([BUILTIN_RULES], { profile: 'default' });
  const events: Event[] = [];
  for (let i = 0; i < 30; i++) {
    events.push(failed((1 + i * 20) * S, { srcPort: 40_000, status: 401, refusals: i + 1 }));
    if (i % 3 === 0) events.push(accepted((2 + i * 20) * S, { status: 200, refusals: i + 1, trusted: true }));
  }
  const out = run(correlatorOf(rules), events);
  assert.deepEqual(
    out.map(({ rule, state, count, outcome }) => [rule, state, count, outcome]),
    [['password-guessing', 'open', 10, 'unknown']],
  );
});

test('success after the limit is an update with its own level and words, told once; before it, a person who mistyped', () => {
  const rule = ruleOf({ success: { on: 'auth.accepted', where: 'refusals > 1', level: 'critical', why: 'And in.' } });
  const correlator = correlatorOf([rule]);
  run(correlator, [failed(S), accepted(2 * S, { refusals: 2 }), failed(3 * S), failed(4 * S)]);
  assert.deepEqual(
    correlator.out.map(({ state, outcome }) => [state, outcome]),
    [['open', 'unknown']],
  );
  run(correlator, [
    accepted(5 * S, { refusals: 1 }),
    accepted(5 * S, { refusals: 3, src: '192.0.2.9' }),
    accepted(6 * S, { refusals: 3 }),
    accepted(8 * S, { refusals: 3 }),
  ]);
  correlator.finish(9 * S);
  const [, update, last] = correlator.out;
  assert.equal(correlator.out.length, 3);
  assert.deepEqual(
    [update?.state, update?.outcome, update?.level, update?.count, update?.why],
    ['update', 'succeeded', 'critical', 3, '192.0.2.1 3 And in.'],
  );
  assert.deepEqual(
    update?.evidence.map(({ event: type }) => type),
    ['auth.failed', 'auth.failed', 'auth.failed', 'auth.accepted'],
  );
  assert.deepEqual([last?.state, last?.outcome, last?.last], ['update', 'succeeded', 8 * S]);
  assert.deepEqual([correlator.out[0]?.proof, last?.proof], [undefined, update?.evidence.at(-1)]);
});

test('a spray that succeeds names the accounts that fell, before all others, each told once', () => {
  const rule = ruleOf({
    ...{ by: 'src', shape: 'distinct', field: 'account', sample: 'account', target: { kind: 'server', value: 'dst' } },
    success: { on: 'auth.accepted', by: 'src', level: 'critical' },
  });
  const correlator = correlatorOf([rule]);
  run(
    correlator,
    Array.from({ length: 15 }, (_, i) => failed((i + 1) * S, { account: `${i}@x` })),
  );
  run(
    correlator,
    [14, 14, 12].map((n, i) => accepted((20 + i) * S, { account: `${n}@x` })),
  );
  run(correlator, [accepted(30 * S, { account: '' })]);
  correlator.finish(31 * S);
  assert.deepEqual(
    correlator.out.map(({ state, fallen }) => [state, fallen]),
    [
      ['open', undefined],
      ['update', ['14@x']],
      ['update', ['14@x', '12@x']],
      ['update', ['14@x', '12@x']],
    ],
  );
  const last = correlator.out.at(-1);
  assert.deepEqual([last?.sample.slice(0, 3), last?.sample.length], [['14@x', '12@x', '0@x'], 10]);
  run(
    correlator,
    Array.from({ length: 20 }, (_, i) => accepted((40 + i) * S, { account: `${i}@x` })),
  );
  // Bounded, whoever signs in.
  assert.equal(correlator.out.at(-1)?.fallen?.length, 10);
});

test('success may name the group by other fields, and keeps the alert awake', () => {
  const rule = ruleOf({ success: { on: 'auth.accepted', by: ['dst', 'account'] }, idle: '10s' });
  const correlator = correlatorOf([rule]);
  run(correlator, [failed(S), failed(2 * S), failed(3 * S), accepted(9 * S, { src: '203.0.113.1', dst: '192.0.2.1' })]);
  correlator.advance(15 * S);
  assert.deepEqual(
    correlator.out.map(({ state, level }) => [state, level]),
    [
      ['open', 'high'],
      ['update', 'high'],
    ],
  );
  correlator.advance(19 * S);
  assert.deepEqual(states(correlator.out).at(-1), 'closed 3 at 19');
});

test('without success it has failed once it is over, if the rule could have told; where only the input ended, nobody knows', () => {
  const lastOf = (end: number, change: Record<string, unknown> = { success: { on: 'auth.accepted' } }): unknown[] => {
    const correlator = correlatorOf([ruleOf(change)]);
    run(correlator, [failed(S), failed(2 * S), failed(3 * S)]);
    correlator.finish(end);
    return correlator.out.map(({ state, outcome }) => `${state} ${outcome}`);
  };
  assert.deepEqual(lastOf(4 * S), ['open unknown', 'update unknown']);
  assert.deepEqual(lastOf(303 * S), ['open unknown', 'closed failed']);
  assert.deepEqual(lastOf(303 * S, {}), ['open unknown', 'closed unknown']);
});

test('an alert pushed out of a full table has not failed: it may go on', () => {
  const correlator = correlatorOf([ruleOf({ success: { on: 'auth.accepted' } })], 16);
  run(correlator, [failed(S), failed(2 * S), failed(3 * S)]);
  for (let i = 0; i < 5000; i++) correlator.handle(failed(4 * S + i, { src: `10.0.${i >> 8}.${i & 255}` }), 4 * S + i);
  assert.deepEqual(
    correlator.out.map(({ state, outcome }) => `${state} ${outcome}`),
    ['open unknown', 'update unknown'],
  );
});

test('the end of the input gives each open alert its last version, closed only if its time has passed', () => {
  const correlator = correlatorOf([ruleOf(), ruleOf({ id: 'other', idle: '1m' })]);
  run(
    correlator,
    [2, 1].flatMap((host) => [S, 2 * S, 3 * S].map((time) => failed(time, { src: `192.0.2.${host}` }))),
  );
  const before = correlator.out.length;
  correlator.finish(100 * S);
  const last = correlator.out.slice(before);
  assert.deepEqual(
    last.map(({ rule, state }) => `${rule} ${state}`),
    ['other closed', 'other closed', 'guess update', 'guess update'],
  );
  assert.deepEqual(
    last.slice(2).map(({ id }) => id),
    last
      .slice(2)
      .map(({ id }) => id)
      .sort((a, b) => (a < b ? -1 : 1)),
  );
});

test('long windows are exact too, and begin empty for the next group', () => {
  const events = [0, 1000].flatMap((start) => Array.from({ length: 45 }, (_, i) => failed((start + i + 1) * S)));
  assert.deepEqual(states(run(correlatorOf([ruleOf({ limit: 40 })]), events)), ['open 40 at 40', 'closed 45 at 345', 'open 40 at 1040']);
});

test('any: one Event is enough, repeats within quiet belong to it', () => {
  const rule = ruleOf({ shape: 'any', limit: undefined, within: undefined, idle: undefined, quiet: '10s' });
  const out = run(
    correlatorOf([rule]),
    [1, 5, 14, 24, 30].map((s) => failed(s * S)),
  );
  assert.deepEqual(states(out), ['open 1 at 1', 'closed 3 at 24', 'open 1 at 24']);
});

test('numbers and flags tell groups apart, and count as values', () => {
  const rule = ruleOf({ by: ['src', 'srcPort', 'trusted'], target: undefined, why: '{srcPort}', sample: 'trusted' });
  const out = run(
    correlatorOf([rule]),
    [1, 2, 3, 4].flatMap((s) => [5060, 5061].map((srcPort) => failed(s * S, { srcPort, trusted: srcPort === 5061 && s !== 2 }))),
  );
  assert.deepEqual(
    out.map(({ why, sample }) => [why, sample]),
    [
      ['5060', ['false']],
      ['5061', ['true']],
    ],
  );
});

test('sample holds the latest ten values before opening, evidence the latest Events and the last one', () => {
  const rule = ruleOf({ limit: 15, within: '1h', by: 'src', target: undefined, sample: 'account' });
  const correlator = correlatorOf([rule]);
  run(
    correlator,
    Array.from({ length: 20 }, (_, i) => failed((i + 1) * S, { account: i % 2 ? `${i}@x` : '' })),
  );
  correlator.finish(30 * S);
  const [open, last] = correlator.out;
  assert.deepEqual(open?.sample, ['1@x', '3@x', '5@x', '7@x', '9@x', '11@x', '13@x']);
  assert.deepEqual(last?.sample, [...(open?.sample ?? []), '15@x', '17@x', '19@x']);
  assert.deepEqual(
    open?.evidence.map(({ time }) => time / S),
    [13, 14, 15],
  );
  assert.deepEqual(
    last?.evidence.map(({ time }) => time / S),
    [13, 14, 15, 20],
  );
  const many = correlatorOf([ruleOf({ limit: 15, by: 'src', target: undefined, sample: 'account', within: '1h' })]);
  run(
    many,
    Array.from({ length: 15 }, (_, i) => failed((i + 1) * S, { account: `${i}@x` })),
  );
  assert.deepEqual(new Set(many.out[0]?.sample), new Set([5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((i) => `${i}@x`)));
});

test('memory is bounded: a full table pushes out the oldest group, whose open alert has its say first', () => {
  const correlator = correlatorOf([ruleOf({ by: 'src', target: undefined })], 8);
  run(
    correlator,
    [S, 2 * S, 3 * S].map((time) => failed(time, { src: '192.0.2.1' })),
  );
  for (let i = 0; i < 5000; i++) correlator.handle(failed(4 * S + i, { src: `10.0.${i >> 8}.${i & 255}` }), 4 * S + i);
  assert.deepEqual(states(correlator.out), ['open 3 at 3', 'update 3 at 4.000007']);
  const [stats] = correlator.stats();
  assert.deepEqual([stats?.rule, stats?.evaluations, stats?.matches, stats?.alerts], ['guess', 5003, 5003, 1]);
  assert.equal(stats?.table.evicted, 4993);
  // What stands in the queue for the lost group does no harm, also when its slot serves another one.
  run(
    correlator,
    [30, 31, 32, 33].map((s) => failed(s * S, { src: '192.0.2.2' })),
  );
  correlator.advance(304 * S);
  correlator.advance(1000 * S);
  assert.deepEqual(states(correlator.out).slice(2), ['open 3 at 32', 'closed 4 at 333']);
});

test('a stale entry of the queue for a slot that is not open is dropped', () => {
  const correlator = correlatorOf([ruleOf({ by: 'src', target: undefined })], 8);
  run(
    correlator,
    [S, 2 * S, 3 * S].map((time) => failed(time)),
  );
  for (let i = 0; i < 100; i++) correlator.handle(failed(4 * S + i, { src: `10.0.0.${i}` }), 4 * S + i);
  correlator.advance(2000 * S);
  assert.deepEqual(states(correlator.out), ['open 3 at 3', 'update 3 at 4.000007']);
});

test('times of Events may run ahead of the clock: distances stay right', () => {
  const correlator = correlatorOf([ruleOf()]);
  for (const s of [1, 2, 3]) correlator.handle(failed((1000 + s) * S), s * S);
  assert.deepEqual([correlator.out[0]?.first, correlator.out[0]?.last], [1001 * S, 1003 * S]);
  correlator.handle(failed(1002.5 * S), 4 * S);
  correlator.handle(failed(5 * S), 2 * S);
  correlator.finish(5 * S);
  assert.deepEqual([correlator.out[1]?.first, correlator.out[1]?.last, correlator.out[1]?.count], [5 * S, 1003 * S, 5]);
});

test('it wants what its rules name, and leaves the rest', () => {
  const correlator = correlatorOf([ruleOf({ success: { on: 'auth.accepted' } })]);
  assert.deepEqual([...correlator.wanted], ['auth.failed', 'auth.accepted']);
  assert.deepEqual(run(correlator, [event('message.odd', S)]), []);
});

test('look tells what each rule made of an Event', () => {
  const correlator = correlatorOf([
    ruleOf({ where: 'refusals > 1' }),
    ruleOf({ id: 'users', by: 'src', target: undefined, shape: 'distinct', field: 'user' }),
  ]);
  const [first, second] = [failed(S, { user: 'a' }), failed(2 * S, { user: 'b', refusals: 2 })];
  assert.deepEqual(
    correlator.look(first).map(({ count }) => count),
    [0, 0],
  );
  run(correlator, [first]);
  assert.deepEqual(correlator.look(first), [
    { rule: 'guess', matched: false, count: 0, limit: 3, open: false },
    { rule: 'users', matched: true, count: 1, limit: 3, open: false },
  ]);
  run(correlator, [second, failed(3 * S, { user: 'c', refusals: 3 })]);
  assert.deepEqual(correlator.look(second), [
    { rule: 'guess', matched: true, count: 2, limit: 3, open: false },
    { rule: 'users', matched: true, count: 3, limit: 3, open: true },
  ]);
  assert.deepEqual(correlator.look(event('message.odd', S)), []);
});

/** Streams of guesses by few sources at few servers, with gaps from nothing to an hour. */
const STREAM = fc.array(
  fc.record({
    gap: fc.constantFrom(0, 1, S, 7 * S, 59 * S, 60 * S, 300 * S, 1800 * S),
    host: fc.nat(2),
    user: fc.nat(5),
    good: fc.boolean(),
  }),
  { maxLength: 120 },
);

function stream(steps: readonly { gap: number; host: number; user: number; good: boolean }[]): Event[] {
  let time = S;
  return steps.map(({ gap, host, user, good }, i) => {
    time += gap;
    const given = { src: `192.0.2.${host}`, account: `${user % 2}@x`, user: `${user}`, refusals: i };
    return testEvent(good && i % 7 === 0 ? 'auth.accepted' : 'auth.failed', given, time, i + 1);
  });
}

const MIXED = [
  ruleOf({ success: { on: 'auth.accepted' }, idle: '2m' }),
  ruleOf({ id: 'users', by: 'src', target: undefined, shape: 'distinct', field: 'user', slower: { limit: 5, within: '30m', idle: '20m' } }),
  ruleOf({ id: 'once', shape: 'any', limit: undefined, within: undefined, quiet: '1m' }),
  ruleOf({ id: 'paper', within: 'idle', limit: 6 }),
];

/** Runs Events with ticks between them, taking the Alerts out after each. */
function ticked(events: readonly Event[], ticks: readonly number[], end: number, seed = SEED): Alert[] {
  const correlator = correlatorOf(MIXED, 1024, seed);
  const drained: Alert[] = [];
  let before = 0;
  for (const [i, each] of events.entries()) {
    correlator.advance(Math.min(before + (ticks[i % Math.max(ticks.length, 1)] ?? 0), each.time));
    correlator.handle(each, each.time);
    drained.push(...correlator.out.splice(0));
    before = each.time;
  }
  correlator.finish(end);
  return [...drained, ...correlator.out];
}

test('the same Events give the same Alerts, wherever ticks and batches fall between them', () => {
  const lines = (alerts: readonly Alert[]): string[] => alerts.map((alert) => JSON.stringify(alert)).sort((a, b) => (a < b ? -1 : 1));
  fc.assert(
    fc.property(STREAM, fc.array(fc.nat(200_000_000), { maxLength: 40 }), (steps, ticks) => {
      const events = stream(steps);
      const end = (events.at(-1)?.time ?? S) + 400 * S;
      const plain = correlatorOf(MIXED);
      run(plain, events);
      plain.finish(end);
      assert.deepEqual(ticked(events, ticks, end), plain.out);
      // Another seed may only change the order of what happens at the same time.
      assert.deepEqual(lines(ticked(events, ticks, end, { k0: 1, k1: 2 })), lines(plain.out));
    }),
    { numRuns: 300 },
  );
});

test('count and distinct open exactly when a naive look back over all Events says so', () => {
  const rules = [
    ruleOf({ by: 'src', target: undefined, limit: 4 }),
    ruleOf({ id: 'users', by: 'src', target: undefined, shape: 'distinct', field: 'user', limit: 3 }),
  ];
  fc.assert(
    fc.property(STREAM, (steps) => {
      const events = stream(steps).filter(({ type, src }) => type === 'auth.failed' && src === '192.0.2.0');
      const window = (i: number): Event[] => events.slice(0, i + 1).filter(({ time }) => events[i]!.time - time <= 60 * S);
      const counted = events.findIndex((_, i) => window(i).length >= 4);
      const distinct = events.findIndex((_, i) => new Set(window(i).map(({ data }) => data['user'])).size >= 3);
      const out = run(correlatorOf(rules), events).filter(({ state }) => state === 'open');
      assert.equal(out.find(({ rule }) => rule === 'guess')?.time, events[counted]?.time);
      assert.equal(out.find(({ rule }) => rule === 'users')?.time, events[distinct]?.time);
    }),
    { numRuns: 300 },
  );
});

test('ids depend on node, rule, group and time, not on the seed of the tables', () => {
  const ids = (node: string, seed: { k0: number; k1: number }): string[] =>
    run(new Correlator([ruleOf()], { node, seed, capacity: 64 }), [failed(S), failed(2 * S), failed(3 * S)]).map(({ id }) => id);
  assert.match(ids('n', SEED)[0] ?? '', /^guess-[0-9a-f]{12}$/);
  assert.deepEqual(ids('n', SEED), ids('n', { k0: 0, k1: 0 }));
  assert.notDeepEqual(ids('n', SEED), ids('m', SEED));
});

test('measure: the count is the highest value seen', () => {
  const rule = ruleOf({ shape: 'any', limit: undefined, within: undefined, measure: 'refusals' });
  const out = run(
    correlatorOf([rule]),
    [3, 9, 4].map((refusals, i) => failed(i * S, { refusals })),
  );
  assert.equal(out[0]?.count, 3);
  const correlator = correlatorOf([rule]);
  run(
    correlator,
    [3, 9, 4].map((refusals, i) => failed(i * S, { refusals })),
  );
  correlator.finish(3 * S);
  assert.equal(correlator.out.at(-1)?.count, 9);
});
