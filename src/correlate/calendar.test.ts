import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastTime, nextTime, parseCalendar } from './calendar.ts';

const us = (text: string): number => Date.parse(text) * 1000;
const next = (at: string, from: string, zone?: string): string => {
  const calendar = parseCalendar(at, zone);
  assert.ok(calendar !== undefined);
  const time = nextTime(calendar, us(from));
  return time === Number.POSITIVE_INFINITY ? 'never' : new Date(time / 1000).toISOString().slice(0, 16);
};

test('the next time after a time', () => {
  assert.equal(next('0 0 * * *', '2026-11-21T16:00:00Z'), '2026-11-22T00:00');
  assert.equal(next('0 0 * * *', '2026-11-21T00:00:00Z'), '2026-11-22T00:00', 'not the minute that has begun');
  assert.equal(next('*/15 * * * *', '2026-11-21T16:07:00Z'), '2026-11-21T16:15');
  assert.equal(next('5-50/20 8,20 * * *', '2026-11-21T08:26:00Z'), '2026-11-21T08:45');
  assert.equal(next('5/20 8 * * *', '2026-11-21T08:46:00Z'), '2026-11-22T08:05');
  assert.equal(next('30 9 * * 1-5', '2026-11-21T00:00:00Z'), '2026-11-23T09:30', 'that day is a Saturday');
  assert.equal(next('30 9 * * 7', '2026-11-21T00:00:00Z'), '2026-11-22T09:30', '7 is Sunday, as 0 is');
  assert.equal(next('0 0 1 3 *', '2026-11-21T00:00:00Z'), '2027-03-01T00:00');
  assert.equal(next('0 0 13 * 5', '2026-11-21T00:00:00Z'), '2027-08-13T00:00', 'day and weekday must both hold');
  assert.equal(next('0 0 29 2 *', '2026-11-21T00:00:00Z'), '2028-02-29T00:00');
  assert.equal(next('0 0 31 4 *', '2026-11-21T00:00:00Z'), 'never');
});

test('a zone moves the clock', () => {
  assert.equal(next('0 8 * * *', '2026-11-21T00:00:00Z', '+01:00'), '2026-11-21T07:00');
  assert.equal(next('0 8 * * *', '2026-11-21T00:00:00Z', '-05:30'), '2026-11-21T13:30');
  assert.equal(next('0 23 * * 6', '2026-11-21T00:00:00Z', '-05:00'), '2026-11-22T04:00', 'Saturday there');
});

test('the time that goes on', () => {
  const night = parseCalendar('0 22 * * *');
  assert.ok(night !== undefined);
  const began = (at: string): boolean => lastTime(night, us(at), 8 * 3600e6) >= 0;
  assert.deepEqual(
    ['21:59:59', '22:00:00', '23:00:00'].map((t) => began(`2026-11-21T${t}Z`)),
    [false, true, true],
  );
  assert.deepEqual(
    ['05:59:59', '06:00:00'].map((t) => began(`2026-11-22T${t}Z`)),
    [true, false],
  );
});

test('what is no time', () => {
  for (const text of [
    '',
    '0 0 * *',
    '60 0 * * *',
    '0 24 * * *',
    '0 0 0 * *',
    '0 0 * 13 *',
    '0 0 * * 8',
    '5-1 * * * *',
    '*/0 * * * *',
    'a * * * *',
    '1,,2 * * * *',
  ])
    assert.equal(parseCalendar(text), undefined, text);
});
