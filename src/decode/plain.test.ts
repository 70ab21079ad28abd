/** The plain readers and the tolerant ones see the same message. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { raw } from '../../test/messages.ts';
import { giveBack, lend } from '../arena.ts';
import type { SipMessage } from './message.ts';
import { addressOf } from './plain.ts';
import { createMessage, parseSip } from './sip.ts';

const REGISTER = [
  'REGISTER sip:example.com:5070;transport=udp SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.1:5060;rport=5062;received=198.51.100.7;branch=z9hG4bK77ef4c2312983.1',
  'v: SIP/2.0/TCP proxy.example.com;branch=z9hG4bK-2',
  'Max-Forwards: 70',
  'From: "Bob B." <sip:bob@example.com>;tag=a73kszlfl',
  'To: Bob <sip:bob@example.com:5060;user=phone>',
  'Call-ID: 1j9FpLxk3uxtm8tn@192.0.2.1',
  'CSeq: 1826 REGISTER',
  'Contact: <sip:bob@192.0.2.4;line=3>;expires=3600;+sip.instance="<urn:uuid:1>"',
  'Expires: 7200',
  'User-Agent: phone/1.0 (x)',
  'Content-Type: text/plain',
  'Authorization: Digest username="bob", realm="example.com", nonce="84a4cc6f", uri="sip:example.com", response="0"',
  'Content-Length: 301',
];
const ANSWER = [
  'SIP/2.0 200 OK then',
  'v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnashds8;rport',
  'f: sip:alice@example.com;tag=1',
  't: <sip:bob@[2001:db8::1]>;tag=314159',
  'i: a84b4c76e66710',
  'cseq: 63104 OPTIONS',
  'MAX-FORWARDS: 0',
  'm: <sip:a@h>',
  'Server: S',
  'c: text/plain',
  'X-Some-Long-Header-Name-Nobody-Knows: 1',
  'Record-Route: <sip:p1.example.com;lr>',
  'l: 301',
];
const PIECES = [
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '=',
  '"',
  '<',
  '>',
  '@',
  '\r\n',
  '\r\n ',
  '\n',
  '\r',
  '\0',
  '%41',
  '\\',
  '\xff',
  '\xc3\xa4',
  '0',
  '9999999999',
  '255',
  'tag=1',
  ';tag=2',
  'a'.repeat(300),
  'sip:',
  'Via: x\r\n',
  '-',
  '_',
  '?x',
  '/',
  '*',
  ';expires=x',
  ';received=1.2.3.4',
  ';rport=000005060',
  ';rport=70000',
  ';rport=0000000005060',
  ';branch=z9hG4bK1',
];
const edit = fc.tuple(fc.nat(900), fc.nat(3), fc.constantFrom(...PIECES));
const messages = fc
  .tuple(fc.constantFrom(REGISTER, ANSWER), fc.array(edit, { maxLength: 4 }), fc.array(fc.nat(12), { maxLength: 2 }))
  .map(([lines, edits, again]) => {
    // Some lines twice, then pieces put in or over what is there.
    let text = `${[...lines, ...again.map((k) => lines[k] ?? 'X: y')].join('\r\n')}\r\n\r\n`;
    for (const [at, over, piece] of edits) text = text.slice(0, at % text.length) + piece + text.slice((at % text.length) + over);
    return `${text.trimEnd()}\r\n\r\n`;
  });

/** All of a message but its bytes. */
function told(bytes: Uint8Array, start: number, end: number): Omit<SipMessage, 'bytes'> | undefined {
  const m = createMessage();
  if (!parseSip(m, bytes, start, end)) return undefined;
  const { bytes: _bytes, ...rest } = m;
  return rest;
}

test('plain or tolerant, arena or not: the same message', () => {
  const buffer = lend(8192);
  let plain = 0;
  fc.assert(
    fc.property(messages, (head) => {
      // A CR near the end is what the plain readers need; without it the tolerant ones read everything.
      const read = raw(`${head}${'x'.repeat(300)}\r`);
      const tolerant = raw(`${head}${'x'.repeat(300)}x`);
      const expected = told(tolerant, 0, tolerant.length);
      assert.deepEqual(told(read, 0, read.length), expected);
      buffer.fill(0x3a);
      buffer.set(read, 100);
      const shifted = told(buffer, 100, 100 + read.length);
      assert.equal(shifted?.headerCount, expected?.headerCount);
      assert.deepEqual(shifted?.oddities.length, expected?.oddities.length);
      if (expected !== undefined && expected.oddityCount === 0) plain++;
    }),
    { numRuns: 3000, examples: [[`${REGISTER.join('\r\n')}\r\n\r\n`], [`${ANSWER.join('\r\n')}\r\n\r\n`]] },
  );
  giveBack(buffer);
  assert.ok(plain > 50, `${plain} messages had nothing odd`);
});

test('bytes of the arena are read where they lie, others are copied, very long ones are left alone', () => {
  const buffer = lend(100);
  assert.equal(addressOf(buffer, 3, 50), buffer.byteOffset);
  assert.equal(addressOf(buffer, 3, 50), buffer.byteOffset);
  giveBack(buffer);
  assert.ok(addressOf(new Uint8Array(300), 100, 300) < 100_000);
  assert.ok(Number.isNaN(addressOf(new Uint8Array(200_000), 0, 200_000)));
  const long = raw(`${REGISTER.join('\r\n')}\r\n\r\n${'x'.repeat(200_000)}\r`);
  assert.equal(told(long, 0, long.length)?.headerCount, REGISTER.length - 1);
});
