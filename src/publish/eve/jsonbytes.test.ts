import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HOSTILE, hasHarm } from '../../../test/hostile.ts';
import { place } from '../../../test/talk.ts';
import { text } from '../../bytes.ts';
import { MASK } from '../../passwords.ts';
import { cut, neutralJson } from '../neutral.ts';
import { JsonBytes, literal } from './jsonbytes.ts';

/** What was written. */
function written(write: (out: JsonBytes) => void): string {
  const out = new JsonBytes();
  write(out);
  return out.bytes.toString('utf8', 0, out.length);
}

test('numbers as String writes them', () => {
  const edges = [0, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999, 100_000, 999_999, 1_000_000, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -1];
  for (const n of edges)
    assert.equal(
      written((out) => out.number(n)),
      String(n),
    );
  fc.assert(
    fc.property(fc.nat(), (n) =>
      assert.equal(
        written((out) => out.number(n)),
        String(n),
      ),
    ),
  );
  fc.assert(
    fc.property(fc.nat(99_999_999), (n) =>
      assert.equal(
        written((out) => out.padded(n, 8)),
        String(n).padStart(8, '0'),
      ),
    ),
  );
  for (const digits of [3, 6, 7])
    assert.equal(
      written((out) => out.padded(12, digits)),
      '12'.padStart(digits, '0'),
    );
});

test('text is what neutralJson makes of it, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      assert.equal(
        written((out) => out.text(bytes, 0, bytes.length)),
        neutralJson(cut(text(bytes, 0, bytes.length))),
      );
    }),
  );
  for (const s of HOSTILE) {
    const bytes = Buffer.from(s);
    const json = written((out) => out.text(bytes, 0, bytes.length));
    assert.equal(json, neutralJson(cut(text(bytes, 0, bytes.length))));
    assert.ok(!hasHarm(json));
  }
  assert.equal(
    written((out) => out.text(Buffer.from('x'), -1, -1)),
    '""',
  );
});

test('passwords are masked where they were found, and where they may be', () => {
  const uri = Buffer.from('sip:a:geheim@b');
  assert.equal(
    written((out) => out.masked(uri, 0, 14, 6, 12)),
    `"sip:a:${MASK}@b"`,
  );
  assert.equal(
    written((out) => out.masked(uri, 0, 3, 6, 12)),
    '"sip"',
  );
  assert.equal(
    written((out) => out.loose(uri, 0, 14)),
    `"sip:a:${MASK}@b"`,
  );
  assert.equal(
    written((out) => out.loose(Buffer.from('Phone 1.0'), 0, 9)),
    '"Phone 1.0"',
  );
});

test('addresses, literals and growth', () => {
  const six = Uint8Array.from([0x20, 1, 0xd, 0xb8, ...new Array(12).fill(0), 0, 80]);
  assert.equal(
    written((out) => out.address(place('192.0.2.255:1'), 0)),
    '"192.0.2.255"',
  );
  assert.equal(
    written((out) => out.address(six, 0)),
    '"2001:db8::"',
  );
  const long = literal('x'.repeat(50_000));
  const all = written((out) => {
    for (let i = 0; i < 10; i++) out.put(long);
    out.string('é'.repeat(1000));
  });
  assert.equal(all.length, 500_000 + 1002);
});
