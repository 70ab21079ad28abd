import assert from 'node:assert/strict';
import { test } from 'node:test';
import { named, portsInTurn } from './fleet.ts';

test('a phone with a name writes it in Via and Contact, nowhere else', () => {
  const text =
    'INVITE sip:1@x SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.7:5060;branch=z\r\nCall-ID: 1@10.0.0.7\r\nm: <sip:2@10.0.0.7>\r\n\r\nc=IN IP4 10.0.0.7\r\n';
  const told = named('10.0.0.7', 'desk.example')(Buffer.from(text)).toString();
  assert.equal(told, text.replace('UDP 10.0.0.7', 'UDP desk.example').replace('2@10.0.0.7>', '2@desk.example>'));
});

test('ports come in turn, even, and begin anew at the end', () => {
  const next = portsInTurn(10, 16);
  assert.deepEqual([next(), next(), next(), next()], [10, 12, 14, 10]);
});
