import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { GOOD } from '../../test/goodrule.ts';
import { Key } from '../table.ts';
import type { Alert, Event } from '../types.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { Correlator } from './correlator.ts';
import { Learned } from './learned.ts';
import { testEvent } from './ruletests.ts';

const S = 1e6;
const HOUR = 3600 * S;
const DAY = 24 * HOUR;
const T0 = 1_767_225_600e6;
const AUTO = { floor: 10, ceiling: 100 };
const RULE = { ...GOOD, where: undefined, by: 'src', limit: 'auto', auto: AUTO, within: '10m', idle: '30m', why: '{count} of {limit}' };

function compiled(change: object = {}): { rule: CompiledRule | undefined; faults: string[] } {
  const { rule, faults } = compileRule(stringify({ ...RULE, ...change }), 'r.yaml', 'default', {}, true);
  return { rule, faults: faults.map(({ message }) => message) };
}

/** A correlator with that rule, and one source that sends `count` Events at the beginning of each hour. */
class Site {
  readonly correlator: Correlator;
  hour = 0;

  constructor(change: object = {}) {
    const { rule, faults } = compiled(change);
    assert.ok(rule !== undefined, faults.join());
    this.correlator = new Correlator([rule], { node: 'n', seed: { k0: 1, k1: 2 }, capacity: 64 });
  }

  /** How many Alerts opened. */
  hours(n: number, count: number, src = '192.0.2.1'): Alert[] {
    const before = this.correlator.out.length;
    for (let i = 0; i < n; i++, this.hour++) for (let k = 0; k < count; k++) this.send(k, src);
    return this.correlator.out.slice(before).filter(({ state }) => state === 'open');
  }

  send(k: number, src: string): void {
    const time = T0 + this.hour * HOUR + k * S;
    this.correlator.handle(this.event(time, src, k), time);
  }

  event(time: number, src: string, k: number): Event {
    return testEvent('auth.failed', { src, dst: '198.51.100.1', account: 'a@x', user: `u${k}` }, time, 1);
  }

  /** The limit that the source has now. */
  limit(src = '192.0.2.1'): number {
    return this.correlator.look(this.event(T0 + this.hour * HOUR, src, 0))[0]!.limit;
  }
}

test('a limit rises with what is usual, when the group has been known for long enough', () => {
  const site = new Site();
  assert.equal(site.limit(), 10);
  assert.deepEqual(site.hours(24, 9), []);
  assert.equal(site.limit(), 10);
  site.hours(24, 9);
  // The class of 9 ends at 10: twice that.
  assert.equal(site.limit(), 20);
  assert.deepEqual(site.hours(1, 19), []);
  assert.deepEqual(
    site.hours(1, 20).map(({ why }) => why),
    ['20 of 20'],
  );
  // Another one is not known: the floor.
  assert.equal(site.hours(1, 10, '192.0.2.2').length, 1);
});

test('what is quiet keeps the floor; what gets quiet again is back at it', () => {
  const site = new Site({ auto: { ...AUTO, learn: '1d' } });
  site.hours(72, 2);
  assert.equal(site.limit(), 10);
  site.hours(72, 9);
  assert.equal(site.limit(), 20);
  site.hours(24 * 6, 2);
  assert.equal(site.limit(), 10);
});

test('now and then a window may be higher than usual and teaches nothing: one of twenty', () => {
  const site = new Site();
  for (let day = 0; day < 8; day++) {
    site.hours(23, 4);
    site.hours(1, 9);
  }
  assert.equal(site.limit(), 10);
});

test('while an Alert is open nothing is learned, nor from the window that opened it', () => {
  const site = new Site({ idle: '2h' });
  site.hours(48, 9);
  assert.equal(site.limit(), 20);
  // For a month.
  assert.equal(site.hours(24 * 30, 60).length, 1);
  site.hour += 24;
  site.hours(1, 9);
  assert.ok(site.limit() <= 20);
  // One attack each day, over in between.
  const daily = new Site();
  daily.hours(48, 9);
  for (let day = 0; day < 14; day++) {
    assert.equal(daily.hours(1, 60).length, 1, `${day}`);
    daily.hours(23, 9);
  }
  assert.equal(daily.limit(), 20);
});

test('a slow ramp: the limit at most doubles in the time of learning and never passes the ceiling', () => {
  const site = new Site();
  let limit = 10;
  let alarms = 0;
  for (let hour = 0; hour < 24 * 10; hour++) {
    // Always just below what is allowed.
    alarms += site.hours(1, Math.max(1, Math.min(limit, 100) - 1)).length;
    const next = site.limit();
    assert.ok(next <= 100 && next <= Math.round(10 * 2 ** (Math.max(0, hour - 22) / 24)) + 1, `${next} in hour ${hour}`);
    limit = next;
  }
  assert.deepEqual([alarms, limit], [0, 100]);
  // The ceiling holds for whoever has taught it.
  assert.equal(site.hours(1, 100).length, 1);
});

test('shape distinct learns how many different values are usual', () => {
  const site = new Site({ shape: 'distinct', field: 'user' });
  site.hours(48, 8);
  assert.equal(site.limit(), 16);
  assert.equal(site.hours(1, 15).length, 0);
  assert.equal(site.hours(1, 17).length, 1);
  // Repeats are no new values.
  const repeats = new Site({ shape: 'distinct', field: 'user' });
  for (let i = 0; i < 500; i++) repeats.send(i % 9, '192.0.2.1');
  assert.equal(repeats.correlator.out.length, 0);
});

test('who was away for very long is a stranger again', () => {
  const site = new Site();
  site.hours(48, 9);
  site.hour += 24 * 9;
  site.hours(1, 1, '192.0.2.2');
  assert.equal(site.limit(), 10);
});

test('a start of its own', () => {
  const site = new Site({ auto: { floor: 5, start: 40, ceiling: 80, learn: '6h' } });
  assert.equal(site.hours(6, 39).length, 0);
  site.hours(30, 1);
  assert.equal(site.limit(), 5);
});

test('the highest class', () => {
  const learned = new Learned({ floor: 1, ceiling: 1000, start: 1000, learn: 1 }, 1, {
    name: 'x',
    capacity: 8,
    keyBytes: 8,
    seed: { k0: 1, k1: 2 },
  });
  const key = new Key().addString('a');
  for (let t = 0; t < 20; t += 2) assert.equal(learned.judge(key, 999, t), 0);
  assert.equal(learned.limit(key, 20), 1000);
});

test('faults', () => {
  const { faults } = compiled({ auto: undefined });
  assert.match(faults[0] ?? '', /"limit: auto" needs "auto"/);
  assert.match(compiled({ limit: 3 }).faults[0] ?? '', /"auto" has bounds of "limit: auto"/);
  assert.match(compiled({ within: 'idle' }).faults[0] ?? '', /needs a time in "within"/);
  assert.match(compiled({ slower: { limit: 100, within: '1h' } }).faults[0] ?? '', /takes no "slower"/);
  assert.match(compiled({ auto: { floor: 10, ceiling: 5 } }).faults[0] ?? '', /must rise in this order/);
  assert.match(compiled({ auto: { floor: 10, ceiling: 1001 } }).faults[0] ?? '', /up to 1000/);
  assert.match(compiled({ limit: 9, auto: undefined, slower: { limit: 'auto', within: '1h' } }).faults[0] ?? '', /only "limit" itself/);
  assert.match(compiled({ shape: 'any' }).faults.join(), /shape any takes no "limit"/);
  assert.deepEqual(compiled({ limit: 3, profiles: { paper: { limit: 'auto' } } }).faults, []);
  const site = { floor: '$low', ceiling: '$high' };
  const variables = { low: { about: 'x', value: 7 }, high: { about: 'x', value: 70 } };
  assert.deepEqual(compiled({ auto: site, variables }).rule?.auto, { floor: 7, start: 7, ceiling: 70, learn: DAY });
});
