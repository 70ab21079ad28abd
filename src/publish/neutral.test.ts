import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HOSTILE, hasHarm } from '../../test/hostile.ts';
import { columns, cut, neutral, neutralCsv, neutralJson } from './neutral.ts';

test('text that is harmless stays as it is', () => {
  for (const s of ['', 'alice', 'sip:100@192.0.2.1;transport=udp', 'Žofie', '電話', 'é', 'a b']) assert.equal(neutral(s), s);
});

test('controls, bidi marks, line breaks and invisible characters become visible', () => {
  assert.equal(neutral('\x1b[31mred\x1b[0m'), '\\x1b[31mred\\x1b[0m');
  assert.equal(neutral('a\r\nb\tc\0'), 'a\\x0d\\x0ab\\x09c\\x00');
  assert.equal(neutral('\u009b2J'), '\\x9b2J');
  assert.equal(neutral('user\u202egpj.exe'), 'user\\u{202e}gpj.exe');
  assert.equal(neutral('1\u200b0\u{e0041}\u00a0\u00ad'), '1\\u{200b}0\\u{e0041}\\xa0\\xad');
  assert.equal(neutral('a\u2028b\u2029c\ufeff\ud800'), 'a\\u{2028}b\\u{2029}c\\u{feff}\\u{d800}');
});

test('towers of combining marks do not reach other lines', () => {
  const tower = `z${'\u0335'.repeat(40)}`;
  assert.equal(neutral(tower, 1000).match(/\p{M}/gu)?.length, 2);
  assert.equal(neutral('e\u0301'), 'e\u0301');
});

test('overlong text is cut with a count, never inside a pair', () => {
  assert.equal(neutral('x'.repeat(200), 10), 'xxxxxxxxxx… (190 more)');
  assert.equal(cut('a😀b', 2), 'a… (3 more)');
  assert.equal(cut('abc', 3), 'abc');
});

test('nothing of the hostile corpus survives, in text or JSON', () => {
  assert.ok(HOSTILE.length >= 20);
  for (const s of HOSTILE) {
    assert.ok(!hasHarm(neutral(s)), JSON.stringify(s));
    const json = neutralJson({ [s]: s });
    assert.ok(!hasHarm(json), json);
    assert.deepEqual(JSON.parse(json), { [s]: s });
  }
});

test('any text is harmless and JSON reads back', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(anyText, (s) => {
      assert.ok(!hasHarm(neutral(s)));
      assert.ok(!hasHarm(neutralJson(s)));
      assert.equal(JSON.parse(neutralJson(s)), s);
    }),
    { numRuns: 500 },
  );
});

test('columns of a text', () => {
  assert.equal(columns('abc'), 3);
  assert.equal(columns('電話'), 4);
  assert.equal(columns('e\u0301'), 1);
  assert.equal(columns('é'), 1);
  assert.equal(columns('😀ｈ한'), 6);
});

test('a field of CSV is no formula, holds its quotes and separators, and does no harm', () => {
  const kept = { alice: 'alice', 'a,b': '"a,b"', 'a;b': '"a;b"', 'say "hi"': '"say ""hi"""', '-12.5': '-12.5', '+49': '+49', '': '' };
  for (const [text, field] of Object.entries(kept)) assert.equal(neutralCsv(text), field);
  for (const formula of ['=1+1', '+cmd()', '-x', '@SUM(A1)', ' =1', "=cmd|'/c calc'!A1"]) assert.match(neutralCsv(formula), /^"?'/);
  for (const s of HOSTILE) {
    const field = neutralCsv(s);
    assert.ok(!hasHarm(field) && !/^"?\s*[=+@|%-]/.test(field), JSON.stringify(field.slice(0, 80)));
    // Read back, it is one field.
    if (field.startsWith('"')) assert.match(field, /^"(?:[^"]|"")*"$/);
    else assert.doesNotMatch(field, /[",;]/);
  }
});
