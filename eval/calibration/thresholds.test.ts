import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { type CompiledRule, compileRule } from '../../src/correlate/compile.ts';
import type { Event } from '../../src/types.ts';
import { GOOD } from '../../test/goodrule.ts';
import { crossing, type Threshold, Thresholds, towards } from './thresholds.ts';

const MINUTE = 60_000_000;

function ruleOf(change: object): CompiledRule {
  const { rule, faults } = compileRule(stringify({ ...GOOD, ...change }), 'rule.yaml', 'default');
  assert.deepEqual(faults, []);
  return rule!;
}

function failed(time: number, src: string, refusals: number): Event {
  const ends = { src, srcPort: 5060, dst: '192.0.2.1', dstPort: 5060, via: '', origin: 'packet', callId: '', account: 'a@b' } as const;
  return { id: '', time, type: 'auth.failed', node: '', ...ends, data: { refusals }, file: '', frame: 0 };
}

function watched(rule: CompiledRule, events: readonly Event[], scope: (i: number) => string = () => 'day'): Threshold[] {
  const thresholds = new Thresholds([rule]);
  for (const [i, event] of events.entries()) thresholds.take(event, scope(i));
  return thresholds.results();
}

test('of a counting rule the most that any window held, group by group', () => {
  const times = [0, 0.4, 1, 1.9, 1.95, 4].map((minutes) => failed(minutes * MINUTE, '10.0.0.1', 1));
  const [count] = watched(ruleOf({}), [...times, failed(5 * MINUTE, '10.0.0.2', 1), failed(6 * MINUTE, '10.0.0.3', 0)]);
  assert.deepEqual([count!.what, count!.by, count!.limit], ['auth.failed in 1 min', 'src, account', 3]);
  assert.deepEqual([count!.values.count, towards(count!, 1), towards(count!, 0.5), crossing(count!), count!.met], [2, 3, 1, 1, 1]);
});

test('of a rule with two windows each is told', () => {
  const rule = ruleOf({ slower: { limit: 4, within: '2h', idle: '6h' } });
  const tiers = watched(
    rule,
    [0, 10, 20].map((minutes) => failed(minutes * MINUTE, '10.0.0.1', 1)),
  );
  assert.deepEqual(
    tiers.filter(({ inclusive }) => inclusive).map(({ what, values }) => [what, values.quantile(1)]),
    [
      ['auth.failed in 1 min', 1],
      ['auth.failed in 2 h', 3],
    ],
  );
});

test('different values count once, and the same address in another recording is somebody else', () => {
  const rule = ruleOf({ shape: 'distinct', field: 'src', by: ['dst', 'account'], subject: { kind: 'server', value: 'dst' } });
  const events = ['10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.3'].map((src, i) => failed(i, src, 1));
  const together = watched(rule, events)[0]!;
  assert.deepEqual([together.what, together.values.quantile(1)], ['different src in 1 min', 3]);
  const apart = watched(rule, events, (i) => `day ${i % 2}`)[0]!;
  assert.deepEqual([apart.values.count, apart.values.quantile(1), crossing(apart)], [2, 2, 0]);
});

test('of a condition the value of each group that is nearest to the limit, and whether the whole of it held', () => {
  const any = { shape: 'any', limit: undefined, within: undefined, where: 'refusals > $least and status == 403' };
  const variables = { ...GOOD.variables, least: { about: 'fewest', value: 5 } };
  const rule = ruleOf({
    ...any,
    variables,
    tests: [
      { name: 'fires', events: [{ type: 'auth.failed', refusals: 6, status: 403 }] },
      { name: 'does not', events: [{ type: 'auth.failed', refusals: 5 }], alerts: 0 },
    ],
  });
  const [only, ...rest] = watched(rule, [failed(0, '10.0.0.1', 4), failed(1, '10.0.0.1', 7), failed(2, '10.0.0.2', 5)]);
  assert.deepEqual(rest, []);
  assert.deepEqual([only!.what, crossing(only!), towards(only!, 1), towards(only!, 0.5), only!.met], ['refusals > 5', 1, 7, 5, 0]);
});

test('where low values alarm, the lowest is the nearest', () => {
  const variables = { ...GOOD.variables, least: { about: 'most', value: 5 } };
  const [, low] = watched(ruleOf({ where: 'refusals < $least', variables }), [
    failed(0, '10.0.0.1', 9),
    failed(1, '10.0.0.1', 5),
    failed(2, '10.0.0.2', 2),
  ]);
  assert.deepEqual([low!.what, low!.below, towards(low!, 1), crossing(low!), low!.met], ['refusals < 5', true, 2, 1, undefined]);
});
