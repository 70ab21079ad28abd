import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytes, clock, day, isoTime, listed, number, pad, padLeft, paint, several, span, wrap } from './layout.ts';
import { columns } from './neutral.ts';

const plain = { width: 60, color: false };

test('numbers, sizes and spans as people write them', () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(number), ['0', '999', '1,000', '1,234,567']);
  assert.deepEqual([several(1, 'packet'), several(2, 'packet'), several(0, 'class', 'classes')], ['1 packet', '2 packets', '0 classes']);
  assert.deepEqual([5, 999, 1200, 34_000_000, 5e12].map(bytes), ['5 B', '999 B', '1.2 kB', '34 MB', '5,000 GB']);
  const spans = [80, 350_000, 4_200_000, 42e6, 581e6, 11_100e6, 187_200e6].map(span);
  assert.deepEqual(spans, ['80 µs', '350 ms', '4.2 s', '42 s', '9m 41s', '3h 05m', '2d 04h']);
});

test('times are UTC with microseconds, whatever a broken capture says', () => {
  const t = Date.UTC(2026, 10, 20, 8, 4, 10) * 1000 + 123_456;
  assert.equal(isoTime(t), '2026-11-20T08:04:10.123456Z');
  assert.equal(`${day(t)} ${clock(t)}`, '2026-11-20 08:04:10');
  assert.equal(isoTime(0), '1970-01-01T00:00:00.000000Z');
  assert.equal(isoTime(-1), '1969-12-31T23:59:59.999999Z');
  for (const us of [2 ** 53, 1e19, 8.64e18, Number.MAX_VALUE]) assert.match(isoTime(us), /^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
});

test('columns are filled by what is seen, not by characters', () => {
  assert.equal(pad('ab', 4), 'ab  ');
  assert.equal(padLeft('電', 4), '  電');
  assert.equal(pad('toolong', 3), 'toolong');
});

test('no wrapped line is longer than the page, and no word is lost', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ minLength: 1, maxLength: 70 }).filter((s) => !/\s/.test(s)),
        { minLength: 1 },
      ),
      fc.integer({ min: 40, max: 120 }),
      (words, width) => {
        const lines = wrap('  x  ', words.join(' '), width);
        for (const line of lines) assert.ok(columns(line) <= width, line);
        assert.equal(
          lines
            .map((line) => line.slice(5))
            .join('')
            .replaceAll(' ', ''),
          words.join(''),
        );
      },
    ),
  );
  assert.deepEqual(wrap('1  ', 'aaa bbb ccc', 20), ['1  aaa bbb ccc']);
  assert.deepEqual(wrap('1  ', `${'a'.repeat(30)} b`, 23), [`1  ${'a'.repeat(20)}`, `   ${'a'.repeat(10)} b`]);
});

test('rows align their values', () => {
  const lines = listed(
    [
      ['a', 'one'],
      ['long', `two ${'w'.repeat(30)} ${'x'.repeat(30)}`],
    ],
    plain,
  );
  assert.deepEqual(lines, ['  a     one', `  long  two ${'w'.repeat(30)}`, `        ${'x'.repeat(30)}`]);
});

test('colours only on a page that has them', () => {
  assert.equal(paint(plain, 'bad', 'x'), 'x');
  assert.equal(paint({ ...plain, color: true }, 'good', 'x'), '\x1b[32mx\x1b[39m');
  assert.equal(paint({ ...plain, color: true }, 'plain', 'x'), 'x');
});
