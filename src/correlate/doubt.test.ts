import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { GOOD } from '../../test/goodrule.ts';
import type { Alert } from '../types.ts';
import { compileRule } from './compile.ts';
import { Correlator } from './correlator.ts';
import { testEvent } from './ruletests.ts';

const SPRAY = {
  ...GOOD,
  by: 'src',
  shape: 'distinct',
  field: 'account',
  limit: 10,
  within: '1h',
  idle: '30m',
  where: 'refusals > 0',
  target: undefined,
  success: { on: 'auth.accepted', where: 'refusals > 0', level: 'critical', doubt: { where: 'refusals == 1', share: 0.25, after: '1m' } },
  tests: [
    { name: 'fires', events: [{ type: 'auth.failed', times: 10, src: '192.0.2.1', account: '{n}@x', refusals: 1 }] },
    { name: 'does not', events: [{ type: 'auth.failed', src: '192.0.2.1' }], alerts: 0 },
  ],
};
const T0 = 1_767_225_600e6;

/** A correlator with that rule, fed by the second. */
class Feed {
  readonly correlator: Correlator;
  seconds = 0;

  constructor(change: object = {}, capacity = 64) {
    const { rule, faults } = compileRule(stringify({ ...SPRAY, ...change }), 'r.yaml', 'default');
    assert.ok(rule !== undefined, JSON.stringify(faults));
    this.correlator = new Correlator([rule], { node: 'n', seed: { k0: 1, k1: 2 }, capacity });
  }

  send(type: 'auth.failed' | 'auth.accepted', n: number, refusals: number, src = '192.0.2.66'): void {
    const time = T0 + ++this.seconds * 1e6;
    this.correlator.handle(testEvent(type, { src, account: `${n}@x`, refusals }, time, 1), time);
  }

  get last(): Alert | undefined {
    return this.correlator.out.at(-1);
  }

  finish(): Alert | undefined {
    this.correlator.finish(T0 + this.seconds * 1e6);
    return this.last;
  }
}

function sprayed(feed: Feed, accounts = 20): void {
  for (let n = 1; n <= accounts; n++) feed.send('auth.failed', n, 1);
}

test('an account that falls after one guess of a spray is believed a minute later, when others are still guessed at', () => {
  const feed = new Feed();
  sprayed(feed);
  feed.send('auth.accepted', 7, 1);
  assert.equal(feed.last?.outcome, 'unknown');
  for (let n = 30; n < 120; n++) feed.send('auth.failed', n, 1);
  assert.deepEqual([feed.last?.outcome, feed.last?.state, feed.last?.fallen], ['succeeded', 'update', ['7@x']]);
  assert.equal(feed.last?.proof?.event, 'auth.accepted');
});

test('at the end of the input, or of the alert, nobody waits', () => {
  const ended = new Feed();
  sprayed(ended);
  ended.send('auth.accepted', 7, 1);
  ended.send('auth.accepted', 7, 1);
  assert.deepEqual(ended.finish()?.fallen, ['7@x']);
  const idle = new Feed();
  sprayed(idle);
  idle.send('auth.accepted', 7, 1);
  idle.correlator.advance(T0 + 3600e6);
  assert.deepEqual([idle.last?.state, idle.last?.outcome], ['closed', 'succeeded']);
});

test('where many get it right they are people, also when the first of them did so before the limit was reached', () => {
  const feed = new Feed();
  for (let n = 1; n <= 20; n++) {
    feed.send('auth.failed', n, 1);
    if (n % 2 === 0) feed.send('auth.accepted', n, 1);
  }
  const last = feed.finish();
  assert.deepEqual([last?.outcome, last?.fallen], ['unknown', undefined]);
});

test('an account that fell after several guesses is no matter of doubt', () => {
  const feed = new Feed();
  sprayed(feed);
  feed.send('auth.accepted', 7, 2);
  assert.deepEqual([feed.last?.outcome, feed.last?.level], ['succeeded', 'critical']);
});

test('what is kept is bounded, and very many are people', () => {
  const { success } = SPRAY;
  const feed = new Feed({ success: { ...success, doubt: { ...success.doubt, after: '1h' } } });
  sprayed(feed, 2000);
  for (let n = 1; n <= 300; n++) feed.send('auth.accepted', n, 1);
  assert.equal(feed.finish()?.outcome, 'unknown');
  const few = new Feed();
  sprayed(few, 200);
  for (let n = 1; n <= 15; n++) few.send('auth.accepted', n, 1);
  assert.equal(few.finish()?.fallen?.length, 10);
});

test('a group that is pushed out is judged first', () => {
  const feed = new Feed({}, 8);
  sprayed(feed);
  feed.send('auth.accepted', 7, 1);
  for (let i = 0; i < 200; i++) feed.send('auth.failed', 1, 1, `198.51.100.${i}`);
  assert.ok(feed.correlator.out.some(({ fallen }) => fallen?.[0] === '7@x'));
});

test('only a rule that counts values can doubt, and only of what its Events of success name', () => {
  const fault = (change: object): string =>
    compileRule(stringify({ ...SPRAY, ...change }), 'r.yaml', 'default')
      .faults.map(({ message }) => message)
      .join();
  assert.match(fault({ shape: 'count', field: undefined }), /only shape distinct can doubt/);
  assert.match(
    fault({ success: { ...SPRAY.success, on: 'registration.changed', where: undefined }, field: 'realm' }),
    /have no field "realm"/,
  );
});
