import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, happenings } from '../../test/happenings.ts';
import { challenge, credentials, packetOf, request, response } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const CLIENT = '192.0.2.66:5060';
const SERVER = '198.51.100.1:5060';

function asked(text: string, ordinal = 1): Packet {
  return packetOf(text, 1e15 + ordinal * 1e6, CLIENT, SERVER, ordinal);
}

function answered(text: string, ordinal: number): Packet {
  return packetOf(text, 1e15 + ordinal * 1e6, SERVER, CLIENT, ordinal);
}

test('SQL in a registration: Event and Alert', () => {
  const all = happenings([asked(request('REGISTER', { headers: [credentials('n', "x' OR 1=1 -- ")] }))]);
  assert.deepEqual(dataOf(all, 'message.hostile'), [
    { oddity: 'sql-injection', sample: "x' OR 1=1 -- ", method: 'REGISTER', userAgent: '' },
  ]);
  assert.deepEqual(
    all.alerts.map(({ rule, level, subject }) => [rule, level, subject.value]),
    [['injection', 'high', '192.0.2.66']],
  );
});

test('one Event for each kind, at most four', () => {
  const headers = ["X-A: ' or 1=1", "X-B: ' or 2=2", 'X-C: %n%n', 'X-D: a`id`', 'X-E: <script>', 'X-F: a\0b'];
  const all = happenings([asked(request('OPTIONS', { headers }))]);
  assert.deepEqual(
    dataOf(all, 'message.hostile').map((data) => data['oddity']),
    ['sql-injection', 'format-string', 'shell-injection', 'markup-injection'],
  );
  assert.deepEqual(all.alerts.map(({ rule }) => rule).sort(), ['exploit', 'injection']);
});

test('a message with two readings: a notice; three ways: a warning', () => {
  const twice = asked(request('OPTIONS', { headers: ['To: <sip:eve@example.com>'] }));
  const one = happenings([twice]);
  assert.deepEqual(dataOf(one, 'message.ambiguous'), [
    { field: 'to', strict: '<sip:alice@example.com>', tolerant: '<sip:eve@example.com>', oddity: 'header-duplicate', method: 'OPTIONS' },
  ]);
  assert.deepEqual(
    one.alerts.map(({ rule, level }) => [rule, level]),
    [['ambiguous-message', 'notice']],
  );
  const folded = asked(
    request('OPTIONS', { branch: 'z9hG4bK2', headers: ['Subject: x\r\n Call-ID: y'] }).replace('Call-ID: c1\r\n', '') + '',
    2,
  );
  const cased = asked(request('OPTIONS', { branch: 'z9hG4bK3' }).replace('OPTIONS sip', 'Options sip'), 3);
  const tags = asked(request('OPTIONS', { branch: 'z9hG4bK4', fromTag: '1;tag=2' }), 4);
  const many = happenings([twice, folded, cased, tags]);
  assert.ok(many.alerts.some(({ rule, level }) => rule === 'evasion' && level === 'warning'));
});

test('a response is not to blame for what it repeats', () => {
  const wording = { user: "x'--", branch: 'z9hG4bK1;tag=1;branch=2', headers: ['Call-ID: y'] };
  const odd = response(404, 'OPTIONS', wording);
  const all = happenings([answered(odd, 1), answered(odd.replace(/Via: .*\r\n/, ''), 2), answered(odd.replace('Reason', '<script>'), 3)]);
  assert.deepEqual(
    dataOf(all, 'message.hostile').map((data) => data['oddity']),
    ['markup-injection'],
  );
  assert.deepEqual(dataOf(all, 'message.ambiguous'), []);
  assert.deepEqual(
    dataOf(all, 'message.odd').map((data) => data['oddities']),
    [1],
  );
  const own = happenings([answered(response(200, 'OPTIONS', { headers: ['Expires: x', 'Date: y'] }), 1)]);
  assert.deepEqual(
    dataOf(own, 'message.odd').map((data) => [data['oddity'], data['oddities'], data['requests']]),
    [
      ['expires-bad', 2, 0],
      ['date-bad', 2, 0],
    ],
  );
});

test('a message that the capture cut has no second reading', () => {
  const cut = { ...asked(request('OPTIONS', { headers: ['To: <sip:eve@example.com>'] })), truncated: true };
  assert.deepEqual(dataOf(happenings([cut]), 'message.ambiguous'), []);
});

test('credentials over a nonce that was given to another address', () => {
  const from = (place: string, text: string, n: number): Packet => packetOf(text, 1e15 + n * 1e6, place, SERVER, n);
  const to = (place: string, text: string, n: number): Packet => packetOf(text, 1e15 + n * 1e6, SERVER, place, n);
  const phone = '192.0.2.9:5060';
  const proof = { branch: 'z9hG4bK2', cseq: 2, headers: [credentials('n1')] };
  const stolen = { ...proof, branch: 'z9hG4bK3', callId: 'c2' };
  const all = happenings([
    from(phone, request('INVITE'), 1),
    to(phone, response(401, 'INVITE', { headers: [challenge('n1')] }), 2),
    from(phone, request('INVITE', proof), 3),
    to(phone, response(200, 'INVITE', { branch: 'z9hG4bK2', cseq: 2 }), 4),
    from(CLIENT, request('INVITE', stolen), 5),
    to(CLIENT, response(200, 'INVITE', { branch: 'z9hG4bK3', cseq: 2, callId: 'c2' }), 6),
  ]);
  assert.deepEqual(dataOf(all, 'credentials.unchallenged'), [
    { method: 'INVITE', status: 200, user: 'alice', realm: 'example.com', accepted: true },
  ]);
  assert.equal(all.events.find(({ type }) => type === 'credentials.unchallenged')?.src, '192.0.2.66');
});

test('an INVITE repeated with another body before it is answered', () => {
  const body = (port: number): string => `v=0\r\no=- 1 1 IN IP4 192.0.2.66\r\nm=audio ${port} RTP/AVP 0\r\n`;
  const invite = (port: number): string =>
    request('INVITE').replace('Content-Length: 0', `Content-Type: application/sdp\r\nContent-Length: ${body(port).length}`) + body(port);
  const changed = happenings([
    asked(invite(4000), 1),
    asked(invite(4000), 2),
    asked(invite(6000), 3),
    asked(request('OPTIONS', { branch: 'z9hG4bKo' }), 4),
  ]);
  assert.deepEqual(dataOf(changed, 'offer.changed'), [{ userAgent: '' }]);
  const late = happenings([asked(invite(4000), 1), answered(response(200, 'INVITE'), 2), asked(invite(6000), 3)]);
  assert.deepEqual(dataOf(late, 'offer.changed'), []);
});
