/** What the fuzzer found, as small as it gets: each kept as a test. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMessage, parseSip } from '../../src/decode/sip.ts';
import { checkSpans } from './promises.ts';

const FOUND: readonly { readonly what: string; readonly text: string }[] = [
  { what: 'an address that ends the datagram in its bracket', text: 'OPTIONS sip:a SIP/2.0\r\nFrom: <' },
  { what: 'a Contact parameter expires without a value', text: 'REGISTER sip:a SIP/2.0\r\nContact: <sip:a@b>;expires\r\n\r\n' },
  { what: 'Contact: * in a response', text: 'SIP/2.0 200 OK\r\nContact: *\r\n\r\n' },
  { what: 'Contact: * in a response whose headers never end', text: 'SIP/2.0 200 OK\r\nContact: *\r\n' },
];

for (const { what, text } of FOUND) {
  test(`${what}: every range lies within the message`, () => {
    // Other bytes follow in the buffer, as they do in a chunk of a capture; an earlier message has left its marks.
    const message = createMessage();
    const long = Buffer.from(`SIP/2.0 200 OK\r\nSubject: ${'x'.repeat(500)}\r\n\r\n`);
    assert.ok(parseSip(message, long, 0, long.length));
    const bytes = Buffer.from(`AAAA${text}AAAA`);
    assert.ok(parseSip(message, bytes, 4, 4 + text.length));
    checkSpans(message, 4, 4 + text.length);
  });
}
