import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf } from './fields.ts';
import { testEvent } from './ruletests.ts';
import { compileTemplate, durationWords, type Facts } from './template.ts';

const FIELDS = fieldsOf(['auth.failed']);
const FACTS: Facts = {
  event: testEvent('auth.failed', { src: '192.0.2.1', srcPort: 4000, trusted: true, account: 'a'.repeat(100) }, 0, 1),
  count: 12,
  estimated: false,
  events: 61,
  limit: 10,
  within: 600e6,
  first: 0,
  last: 30e6,
};

const render = (source: string, facts: Partial<Facts> = {}): string => {
  const { template, wrong } = compileTemplate(source, FIELDS);
  assert.deepEqual(wrong, []);
  return template({ ...FACTS, ...facts });
};

test('names in braces become fields and computed values', () => {
  assert.equal(
    render('{src}:{srcPort} {count} of {events}, {limit} in {within}; {span}; {trusted}!'),
    '192.0.2.1:4000 12 of 61, 10 in 10 minutes; 30 seconds; true!',
  );
  assert.equal(render('{count}', { estimated: true }), 'about 12');
  assert.equal(render('{account}'), `${'a'.repeat(80)}…`);
  assert.equal(render('plain'), 'plain');
});

test('rates and durations read well', () => {
  const rate = (count: number, last: number): string => render('{rate}', { count, last });
  assert.deepEqual(
    [rate(61, 30e6), rate(61, 600e6), rate(61, 2 * 86400e6), rate(61, 0), rate(12346, 1e6), rate(100_000, 1e8)],
    ['2 per second', '6 per minute', '1.3 per hour', '61 per second', '12,345 per second', '1,000 per second'],
  );
  // Of what is counted, not of the Events: 12 different values in 30 seconds, in 6,100 Events.
  assert.equal(render('{count} of {events}, {rate}; {limit}', { events: 6100, limit: 1000 }), '12 of 6,100, 22 per minute; 1,000');
  assert.equal(render('{count}', { count: 1234567, estimated: true }), 'about 1,234,567');
  assert.deepEqual([1e6, 90e6, 3600e6, 3 * 86400e6, 20e3, Number.POSITIVE_INFINITY].map(durationWords), [
    '1 second',
    '1.5 minutes',
    '1 hour',
    '3 days',
    '0.02 seconds',
    'one go',
  ]);
});

test('unknown names and secrets are refused with their place', () => {
  assert.deepEqual(compileTemplate('a {scr} {guess} {zzzzzzzz}', FIELDS).wrong, [
    { at: 3, message: 'unknown name "scr"', near: 'src' },
    { at: 9, message: '"guess" is a secret and cannot be shown', near: undefined },
    { at: 17, message: 'unknown name "zzzzzzzz"', near: undefined },
  ]);
});
