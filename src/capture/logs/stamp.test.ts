import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readStamp } from './stamp.ts';

const WRITTEN = Date.UTC(2026, 10, 21, 18) * 1000;

function iso(line: string, written = WRITTEN): string {
  const stamp = readStamp(line, written);
  return stamp === undefined ? '' : `${new Date(stamp.time / 1000).toISOString()} ${line.slice(stamp.end)}`;
}

test('the stamps of all servers and of syslog', () => {
  assert.equal(iso('[2026-11-21 12:00:01] x'), '2026-11-21T12:00:01.000Z x');
  assert.equal(iso('[2026-11-21 12:00:01.25] x'), '2026-11-21T12:00:01.250Z x');
  assert.equal(iso('2026-11-21 12:00:01.123456 x'), '2026-11-21T12:00:01.123Z x');
  assert.equal(iso('2026-11-21T12:00:01.123456+01:00 x'), '2026-11-21T11:00:01.123Z x');
  assert.equal(iso('2026-11-21T12:00:01-0530 x'), '2026-11-21T17:30:01.000Z x');
  assert.equal(iso('2026-11-21T12:00:01Z x'), '2026-11-21T12:00:01.000Z x');
  assert.equal(iso('[Nov  1 12:00:01] x'), '2026-11-01T12:00:01.000Z x');
  assert.equal(iso('Nov 21 12:00:01 x'), '2026-11-21T12:00:01.000Z x');
  assert.equal(readStamp('2026-11-21 12:00:01.123456 x', WRITTEN)?.time, Date.UTC(2026, 10, 21, 12, 0, 1) * 1000 + 123_456);
});

test('a stamp without a year is of the last year it can be of', () => {
  assert.equal(iso('Dec 31 23:59:59 x'), '2025-12-31T23:59:59.000Z x');
  assert.equal(iso('Nov 22 12:00:00 x'), '2026-11-22T12:00:00.000Z x', 'a zone ahead of UTC');
});

test('what is no stamp', () => {
  for (const line of [
    '',
    'x',
    ' 2026-11-21 12:00:01 x',
    '2026-13-21 12:00:01 x',
    '2026-11-21 24:00:01 x',
    'Nix 21 12:00:01 x',
    'Nov 32 12:00:01 x',
    '2026-11-21',
  ])
    assert.equal(iso(line), '', line);
});
