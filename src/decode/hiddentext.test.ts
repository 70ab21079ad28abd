import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BASE64_TEXT, foundText, HEX_TEXT, hiddenText, NO_TEXT } from './hiddentext.ts';

function look(text: string): number {
  const bytes = Buffer.from(text, 'latin1');
  return hiddenText(bytes, 0, bytes.length);
}

test('text in Base64, with and without padding, and in hexadecimal digits', () => {
  for (const text of ['exfiltrate me', 'run this\r\nnow please', 'password is hunter2!', 'a sentence of text']) {
    const bytes = Buffer.from(text, 'latin1');
    for (const digits of [bytes.toString('base64'), bytes.toString('base64url'), `${bytes.toString('base64url')}@192.0.2.1`]) {
      assert.equal(look(digits), BASE64_TEXT, digits);
      assert.equal(foundText(), text);
    }
    assert.equal(look(bytes.toString('hex')), HEX_TEXT);
    assert.equal(look(bytes.toString('hex').toUpperCase()), HEX_TEXT);
    assert.equal(foundText(), text);
  }
});

test('what phones put there', () => {
  for (const text of [
    '',
    'a84b4c76e66710@pc33.example.com',
    '3379e778-9e19-123e-4f86-00505658449a',
    '7Dr9g5mUN87UQ',
    'FreeSWITCH-mod_sofia/1.10.12',
    'Zoiper rv2.8.20',
    '313034300133393433363234313039',
    '31323334353637383930313233343536',
    'GXV3140IPPhonexx',
    'Yealink SIP-T46G 28.83.0.50',
    '1-562873@192.0.2.1',
    'c2hvcnQ',
    Buffer.from('0cc175b9c0f1b6a831c399e269772661').toString('base64'),
    Buffer.from('deadbeef-cafe-ABCD').toString('base64'),
  ])
    assert.equal(look(text), NO_TEXT, text);
  assert.equal(look('x'.repeat(2000)), NO_TEXT);
});

test('random identifiers are not taken for text', () => {
  const bytes = fc.uint8Array({ minLength: 8, maxLength: 40 });
  fc.assert(
    fc.property(bytes, (random) => {
      const one = Buffer.from(random);
      if (/^[\x20-\x7e]*$/.test(one.toString('latin1'))) return;
      assert.equal(look(one.toString('base64')), NO_TEXT);
      assert.equal(look(one.toString('hex')), NO_TEXT);
    }),
    { numRuns: 2000 },
  );
});
