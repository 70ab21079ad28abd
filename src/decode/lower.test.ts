import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oddities, read, request, str } from '../../test/messages.ts';
import { createAddress } from './address.ts';
import { readContactAt, readViaAt } from './lower.ts';
import { createVia } from './via.ts';

const m = read(
  request({
    Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1 , , SIP/2.0/TCP proxy.example:5080;branch=z9hG4bK2;received=192.0.2.7;rport=4000',
    v: 'SIP/2.0/UDP [2001:db8::9]:5062;branch=foo',
    Contact: '"a, b" <sip:a@192.0.2.1>;expires=60, <sip:b@192.0.2.2>',
    m: 'sip:c@192.0.2.3;expires=0',
  }),
);

test('every Via is read, in the order of the message, over lines and commas', () => {
  const view = createVia();
  const hosts: string[] = [];
  for (let i = 0; readViaAt(m, i, view); i++)
    hosts.push(`${str(m, view.host)} ${str(m, view.branch)} ${str(m, view.received)} ${view.rport}`);
  assert.deepEqual(hosts, ['192.0.2.1 z9hG4bK1  -1', 'proxy.example z9hG4bK2 192.0.2.7 4000', '[2001:db8::9] foo  -1']);
});

test('every Contact is read with its expires', () => {
  const view = createAddress();
  const uris: string[] = [];
  for (let i = 0; readContactAt(m, i, view); i++) uris.push(`${str(m, view.uri.span)} ${view.expires}`);
  assert.deepEqual(uris, ['sip:a@192.0.2.1 60', 'sip:b@192.0.2.2 -1', 'sip:c@192.0.2.3 0']);
});

test('what is odd about lower values is not added to the message', () => {
  const before = oddities(m);
  readViaAt(m, 2, createVia());
  assert.deepEqual(oddities(m), before);
});
