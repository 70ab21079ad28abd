/** Long runs of every delimiter in every header: nothing may recurse, throw or forget a quote that closes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { forgetQuotes, skipQuoted } from './grammar.ts';
import { HEADERS } from './headers.ts';
import { inspect } from './inspect.ts';
import { createMessage, parseSip } from './sip.ts';
import { sniff } from './sniff.ts';

const LENGTH = 30_000;
const UNITS = [
  ...['"', '\\"', 'B, \\"o\\" ', '<', '>', '<sip:', 'a@', ':', '[', '[:', ';', 'a', '=', '%', '%4', ',', ', ', ' ', '\t', '(', '"\\'],
  ...['a ', '\r\n ', '\r\n', '\n', '\r', 'INVITE ', 'SIP/2.0 ', '"a" <sip:a@b>,', '<sip:a@b>;x="', 'a=b,', 'a="b",', '\0', '\xff'],
  ...['Via: SIP/2.0/UDP a;branch=z9hG4bK\r\n', 'x:y\r\n', ';lr', ';expires=', ';expires="', "'--", 'tag=', 'SIP/2.0/UDP a,', 'nonce="'],
];

function survive(text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  const m = createMessage();
  sniff(bytes, 0, bytes.length);
  if (!parseSip(m, bytes, 0, bytes.length)) return;
  assert.ok(m.end <= bytes.length && m.oddityCount > 0, 'read, and found odd');
  assert.ok(inspect(m).headers.length <= m.headerCount);
}

for (const unit of UNITS) {
  test(`30,000 bytes of ${JSON.stringify(unit)} in every place`, () => {
    const run = unit.repeat(Math.ceil(LENGTH / unit.length)).slice(0, LENGTH);
    survive(run);
    survive(`INVITE sip:${run} SIP/2.0\r\nBad Name: x\r\n\r\n`);
    for (const { name } of HEADERS.slice(1, 27)) survive(`INVITE sip:a@b SIP/2.0\r\n${name}: ${run}\r\nBad Name: x\r\n\r\n`);
  });
}

test('seconds in many quotes are no number', () => {
  survive(`REGISTER sip:a SIP/2.0\r\nContact: <sip:a@b>;expires=${'"'.repeat(60_000)}\r\n\r\n`);
});

test('a quote that does not close is searched once, and the answer stays right', () => {
  const piece = fc.constantFrom('"', '\\', '\\"', 'a', ',');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(40), (pieces, cut) => {
      const bytes = Buffer.from(pieces.join(''), 'latin1');
      const end = Math.max(0, bytes.length - cut);
      const plain = (i: number): number => {
        for (let j = i + 1; j < end; j += bytes[j] === 0x5c ? 2 : 1) if (bytes[j] === 0x22) return j + 1;
        return -1;
      };
      forgetQuotes();
      for (let i = 0; i < end; i++) if (bytes[i] === 0x22) assert.equal(skipQuoted(bytes, i, end), plain(i));
    }),
    { numRuns: 3000 },
  );
});
