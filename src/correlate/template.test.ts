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
  assert.equal(render('{rate}'), '2 per second');
  assert.equal(render('{rate}', { last: 600e6 }), '6 per minute');
  assert.equal(render('{rate}', { last: 2 * 86400e6 }), '1.3 per hour');
  assert.equal(render('{rate}', { last: 0 }), '61 per second');
  assert.equal(render('{rate}', { events: 12346, last: 1e6 }), '12345 per second');
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
