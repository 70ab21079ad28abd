import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alert, at } from '../../test/alerts.ts';
import type { Alert } from '../types.ts';
import { differenceOf, type Told, Verdict } from './difference.ts';

function told(id: string, change: Partial<Alert> = {}, opened = 5): Told {
  return { alert: alert({ id, ...change }), opened: at(opened) };
}

test('an alert is known by its id, whatever else changed', () => {
  const { added, gone, changed, same } = differenceOf(
    [told('a'), told('b')],
    [told('a'), told('b', { level: 'critical' }), told('c', { rule: 'other' })],
  );
  assert.deepEqual(
    added.map(({ alert: { id } }) => id),
    ['c'],
  );
  assert.deepEqual(gone, []);
  assert.deepEqual(
    changed.map(({ before, after }) => [before.alert.level, after.alert.level]),
    [['high', 'critical']],
  );
  assert.equal(same, 1);
});

test('the same rule, subject and target at times that meet is the same story under another id', () => {
  const before = [told('late', { first: at(5), last: at(20) }), told('long ago', { first: at(-90), last: at(-80) })];
  const after = [told('soon', { first: at(0), last: at(10) }, 1)];
  const { added, gone, changed } = differenceOf(before, after);
  assert.deepEqual(added, []);
  assert.deepEqual(
    gone.map(({ alert: { id } }) => id),
    ['long ago'],
  );
  assert.deepEqual(
    changed.map(({ before: b, after: a }) => [b.alert.id, a.alert.id, b.opened - a.opened]),
    [['late', 'soon', 4e6]],
  );
});

test('who is accused: at warning or above, by name', () => {
  const who = (value: string): Partial<Alert> => ({ subject: { kind: 'address', value } });
  const before = [told('a', who('192.0.2.1')), told('b', who('192.0.2.2')), told('n', { ...who('192.0.2.3'), level: 'notice' })];
  const after = [told('a', who('192.0.2.1')), told('n', { ...who('192.0.2.3') }), told('x', who(''))];
  const { accused, cleared } = differenceOf(before, after);
  assert.deepEqual([accused, cleared], [['192.0.2.3'], ['192.0.2.2']]);
});

test('a verdict keeps the last version and the time of the first; beyond its room it counts', () => {
  const verdict = new Verdict();
  verdict.add(alert({ id: 'a', state: 'open', time: at(1) }));
  verdict.add(alert({ id: 'a', state: 'closed', time: at(9), count: 77 }));
  assert.deepEqual(
    verdict.list().map(({ alert: { count }, opened }) => [count, opened]),
    [[77, at(1)]],
  );
  for (let i = 0; i < 100_000; i++) verdict.add(alert({ id: `${i}`, state: 'open' }));
  verdict.add(alert({ id: '99999', state: 'closed' }));
  assert.deepEqual([verdict.list().length, verdict.left], [100_000, 1]);
});
