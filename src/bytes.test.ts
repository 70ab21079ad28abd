import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addressText,
  hasRowWord,
  isIPv4,
  keptText,
  LONGEST_TEXT,
  latin1,
  portOf,
  putRowWord,
  rowWord,
  sameAddress,
  text,
  untext,
  utf8Length,
  word16,
  word32,
} from './bytes.ts';

test('text is reversible for all bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      assert.deepEqual(untext(text(bytes, 0, bytes.length)), Uint8Array.from(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('text is the string itself for valid UTF-8 without a backslash', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (s) => {
      fc.pre(!s.includes('\\') && s.isWellFormed());
      const bytes = Buffer.from(s, 'utf8');
      assert.equal(text(bytes, 0, bytes.length), s);
    }),
    { numRuns: 2000 },
  );
});

test('text escapes what is no UTF-8 and what looks like an escape', () => {
  const t = (...b: number[]) => text(Uint8Array.from(b), 0, b.length);
  assert.equal(t(0x61, 0xff, 0x62), 'a\\xffb');
  assert.equal(t(0xc0, 0x80), '\\xc0\\x80', 'overlong');
  assert.equal(t(0xed, 0xa0, 0x80), '\\xed\\xa0\\x80', 'surrogate');
  assert.equal(t(0xf4, 0x90, 0x80, 0x80), '\\xf4\\x90\\x80\\x80', 'above U+10FFFF');
  assert.equal(t(0xe2, 0x82), '\\xe2\\x82', 'cut short');
  assert.equal(t(0xe2, 0x82, 0x41), '\\xe2\\x82A', 'bad last byte');
  assert.equal(t(0x5c, 0x78), '\\x5cx');
  assert.equal(t(0x5c, 0x79), '\\y');
});

test('a UTF-8 sequence ends before the end it is given', () => {
  const euro = Buffer.from('€');
  assert.deepEqual([utf8Length(euro, 0, 3), utf8Length(euro, 0, 2), utf8Length(euro, 1, 3)], [3, 0, 0]);
  assert.equal(utf8Length(Buffer.from('a'), 0, 1), 1);
});

test('words are big-endian and unsigned', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), fc.nat(3), (bytes, i) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      assert.equal(word16(bytes, i), view.getUint16(i));
      assert.equal(word32(bytes, i), view.getUint32(i));
    }),
  );
});

test('addresses are compared without their ports, in rows too', () => {
  const a = Uint8Array.from({ length: 18 }, (_, i) => i);
  const b = Uint8Array.from(a).fill(99, 16);
  assert.ok(sameAddress(a, b));
  assert.ok(sameAddress(a, Uint8Array.of(7, ...a), 1));
  b[15] = 0;
  assert.ok(!sameAddress(a, b));
  assert.ok(!sameAddress(a, Uint8Array.of(7, ...a)));
});

test('an empty or absent range is the empty string', () => {
  assert.equal(text(new Uint8Array(4), -1, -1), '');
  assert.equal(text(new Uint8Array(4), 2, 2), '');
});

test('latin1 reads short and long ranges alike', () => {
  const bytes = Buffer.from('x'.repeat(10) + 'y'.repeat(30));
  assert.equal(latin1(bytes, 8, 12), 'xxyy');
  assert.equal(latin1(bytes, 8, 40), `xx${'y'.repeat(30)}`);
});

function endpoint(groups: number[], port = 0): Uint8Array {
  const e = new Uint8Array(18);
  groups.forEach((g, i) => {
    e[2 * i] = g >> 8;
    e[2 * i + 1] = g & 255;
  });
  e[16] = port >> 8;
  e[17] = port & 255;
  return e;
}

test('addresses are written as RFC 5952 has it', () => {
  assert.equal(addressText(endpoint([0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201])), '192.0.2.1');
  assert.ok(isIPv4(endpoint([0, 0, 0, 0, 0, 0xffff, 0, 0])));
  assert.ok(!isIPv4(endpoint([0, 0, 0, 0, 1, 0xffff, 0, 0])));
  assert.equal(addressText(endpoint([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1])), '2001:db8::1');
  assert.equal(addressText(endpoint([0x2001, 0xdb8, 0, 1, 1, 1, 1, 1])), '2001:db8:0:1:1:1:1:1', 'one zero group is not shortened');
  assert.equal(addressText(endpoint([0x2001, 0, 0, 1, 0, 0, 0, 1])), '2001:0:0:1::1', 'the longest run');
  assert.equal(addressText(endpoint([0x2001, 0xdb8, 0, 0, 1, 0, 0, 1])), '2001:db8::1:0:0:1', 'the first of equals');
  assert.equal(addressText(endpoint([0, 0, 0, 0, 0, 0, 0, 0])), '::');
  assert.equal(portOf(endpoint([0], 5060)), 5060);
});

test('a kept text is bounded and says what was left out', () => {
  const long = Buffer.from('x'.repeat(LONGEST_TEXT + 5));
  assert.equal(keptText(long, 0, LONGEST_TEXT), 'x'.repeat(LONGEST_TEXT));
  assert.equal(keptText(long, 0, long.length), `${'x'.repeat(LONGEST_TEXT)}…(5 more bytes)`);
  assert.equal(keptText(long, -1, -1), '');
});

test('words in rows come back as they were kept, and are found among others', () => {
  const rows = new Uint8Array(24);
  for (const [i, n] of [0, 1, -1, 0x7fffffff, -0x80000000].entries()) {
    putRowWord(rows, 4 * i, n);
    assert.equal(rowWord(rows, 4 * i), n);
  }
  assert.ok(hasRowWord(rows, 0, 4, 5, -1));
  assert.ok(!hasRowWord(rows, 0, 8, 2, 1), 'every second word only');
  assert.ok(!hasRowWord(rows, 0, 4, 2, -1), 'behind the last that counts');
});
