import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from '../../../test/talk.ts';
import { SESSION_EXPIRES } from '../../decode/headers.ts';
import type { SipMessage } from '../../decode/message.ts';
import { createMessage, parseSip } from '../../decode/sip.ts';
import { addRoutes, causeOf, headerNumber, noteIdentity } from './callheaders.ts';
import { makeCall } from './callstate.ts';
import { isHold } from './hold.ts';
import { PARTIES_BYTES } from './parties.ts';
import { rackOf, rseqOf } from './reliable.ts';

function read(headers: readonly string[], body = ''): SipMessage {
  const m = createMessage();
  const bytes = Buffer.from(request('INVITE', { headers }).replace('Content-Length: 0\r\n', `Content-Length: ${body.length}\r\n`) + body);
  assert.ok(parseSip(m, bytes, 0, bytes.length));
  return m;
}

test('Reason: the Q.850 cause, whatever else stands beside it (RFC 3326)', () => {
  for (const [cause, ...headers] of [
    [16, 'Reason: Q.850;cause=16;text="Terminated"'],
    [31, 'Reason: SIP;cause=200;text="x", q.850 ;text="a" ;cause= 31'],
    [17, 'Reason: SIP;cause=486', 'Reason: Q.850;cause=17'],
    [127, 'Reason: Q.850;cause=99999999999'.replace('99999999999', '900')],
    [0, 'Reason: Q.850;cause=99999999999'],
    [0, 'Reason: SIP;cause=486'],
    [0, 'Reason: Q.850'],
    [0, 'Subject: Q.850;cause=16'],
  ] as const)
    assert.equal(causeOf(read(headers)), cause, headers.join());
});

test('numbers of headers: RSeq, RAck, Session-Expires', () => {
  assert.equal(rseqOf(read(['RSeq: 988789'])), 988789);
  assert.equal(rackOf(read(['RAck: 776656 1 INVITE'])), 776656);
  assert.equal(headerNumber(read(['Session-Expires: 1800;refresher=uac']), SESSION_EXPIRES), 1800);
  assert.equal(headerNumber(read(['x: 90']), SESSION_EXPIRES), 90);
  assert.deepEqual([rseqOf(read([])), rseqOf(read(['RSeq: soon']))], [0, 0]);
});

test('who calls: signed, asserted or neither', () => {
  const identity = (...headers: string[]) => {
    const c = makeCall();
    noteIdentity(c, read(headers), false);
    return [c.signed, c.asserted];
  };
  assert.deepEqual(identity('Identity: abc;info=<https://a>;alg=ES256', 'P-Asserted-Identity: <tel:+49301>'), [true, true]);
  assert.deepEqual(identity('P-Asserted-Identity: <tel:+49301>'), [false, true]);
  assert.deepEqual(identity('Subject: x'), [false, false]);
});

test('the level of attestation of the first PASSporT that has one, if someone wants it', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const identity = (attest?: string) =>
    `Identity: ${part({ alg: 'ES256', ppt: 'shaken', typ: 'passport', x5u: 'https://c.example/a.pem' })}.${part({ attest, dest: { tn: ['1'] }, iat: 1, orig: { tn: '2' } })}.c2ln;info=<https://c.example/a.pem>;alg=ES256;ppt=shaken`;
  const level = (full: boolean, ...headers: string[]) => {
    const c = makeCall();
    noteIdentity(c, read(headers), full);
    return c.attestation;
  };
  assert.deepEqual([level(true, identity('A')), level(true, identity('C')), level(true, identity('Z'))], ['A', 'C', '']);
  assert.equal(level(true, identity(), identity('B')), 'B');
  assert.equal(level(true, ...Array.from({ length: 4 }, () => identity()), identity('B')), '', 'so many and no more');
  assert.deepEqual([level(false, identity('A')), level(true, 'Identity: nonsense')], ['', '']);
});

test('the route set: Record-Route lines and Contact', () => {
  const rows = new Uint8Array(PARTIES_BYTES);
  assert.equal(
    addRoutes(read(['Record-Route: <sip:192.0.2.1;lr>', 'Record-Route: <sip:p.example;lr>', 'Contact: <sip:a@192.0.2.2>']), rows, 0),
    2,
  );
  assert.equal(rows[0], 2);
  assert.equal(addRoutes(read([]), rows, 0), 0);
});

test('hold: sendonly, inactive or the address 0.0.0.0, at the beginning of a line', () => {
  const held = (body: string) => isHold(read([], body));
  assert.deepEqual(
    ['v=0\r\na=sendonly\r\n', 'a=inactive', 'v=0\nc=IN IP4 0.0.0.0\n', 'v=0\r\na=sendrecv\r\n', 's=a=inactive\r\n', 'a=inacti', ''].map(
      held,
    ),
    [true, true, true, false, false, false, false],
  );
});
