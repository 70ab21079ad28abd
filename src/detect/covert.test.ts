import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOf, happenings } from '../../test/happenings.ts';
import { packetOf, request, type Wording } from '../../test/talk.ts';
import type { Packet } from '../types.ts';

const SECRET = Buffer.from('exfiltrate me').toString('base64url');

function asked(method: string, wording: Wording = {}, body = '', n = 1): Packet {
  const text =
    request(method, wording).replace('Content-Length: 0', `Content-Type: application/sdp\r\nContent-Length: ${body.length}`) + body;
  return packetOf(text, 1e15 + n * 1e6, '192.0.2.66:5060', '198.51.100.1:5060', n);
}

function found(packet: Packet): string[] {
  return dataOf(happenings([packet]), 'covert.suspected').map((data) => `${data['field']} ${data['why']} ${data['text']}`);
}

test('text in identifiers', () => {
  assert.deepEqual(found(asked('INVITE', { callId: `${SECRET}@192.0.2.1` })), ['call-id base64-text exfiltrate me']);
  assert.deepEqual(found(asked('INVITE', { branch: `z9hG4bK-${SECRET}` })), ['branch base64-text exfiltrate me']);
  assert.deepEqual(found(asked('INVITE', { branch: `z9hG4bK${SECRET}` })), ['branch base64-text exfiltrate me']);
  assert.deepEqual(found(asked('INVITE', { fromTag: Buffer.from('exfiltrate me').toString('hex') })), ['from-tag hex-text exfiltrate me']);
  assert.deepEqual(found(asked('OPTIONS', { headers: [`User-Agent: ${SECRET}`, `Session-ID: ${SECRET};remote=0`] })), [
    'user-agent base64-text exfiltrate me',
    'session-id base64-text exfiltrate me',
  ]);
  const { alerts } = happenings([asked('INVITE', { callId: SECRET })]);
  assert.deepEqual(
    alerts.map(({ rule, level }) => [rule, level]),
    [['covert-channel', 'warning']],
  );
});

test('text in unknown headers: at most three Events, a notice', () => {
  const headers = ['X-A', 'X-B', 'X-C', 'X-D'].map((name) => `${name}: ${SECRET}`);
  const all = happenings([asked('INVITE', { headers: ['X-Plain: yes', ...headers] })]);
  assert.equal(dataOf(all, 'covert.suspected').length, 3);
  assert.deepEqual(
    all.alerts.map(({ rule, level }) => [rule, level]),
    [['covert-hint', 'notice']],
  );
});

test('SDP: version, origin and name', () => {
  const sdp = (v: string, o: string, s: string): string => `v=${v}\r\no=${o}\r\ns=${s}\r\nt=0 0\r\n`;
  const origin = 'alice 2890844526 2890844527 IN IP4 192.0.2.9';
  assert.deepEqual(found(asked('INVITE', {}, sdp('0', origin, '-'))), []);
  assert.deepEqual(found(asked('INVITE', {}, sdp('7', origin, '-'))), ['sdp-version grammar ']);
  assert.deepEqual(found(asked('INVITE', {}, sdp('0', `${SECRET} 1 1 IN IP4 192.0.2.9`, SECRET))), [
    'sdp-origin base64-text exfiltrate me',
    'sdp-session base64-text exfiltrate me',
  ]);
  for (const bad of ['alice x 1 IN IP4 192.0.2.9', 'alice 1 123456789012345678901 IN IP4 192.0.2.9', 'alice 1'])
    assert.deepEqual(found(asked('INVITE', {}, sdp('0', bad, '-'))), ['sdp-origin grammar '], bad);
  assert.deepEqual(found(asked('INVITE', {}, 'v=0\r\n')), [], 'nothing behind');
});

test('a body in an OPTIONS that is no SDP', () => {
  assert.deepEqual(found(asked('OPTIONS', {}, 'ls -la')), ['body unusual ']);
  assert.deepEqual(found(asked('OPTIONS', {}, 'v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n')), []);
  assert.deepEqual(found(asked('MESSAGE', {}, 'hello there')), []);
});

test('Max-Forwards that one client keeps changing', () => {
  const packets = Array.from({ length: 40 }, (_, n) => {
    const packet = asked('OPTIONS', { branch: `z9hG4bK${n}`, callId: `c${n}` }, '', n + 1);
    const bytes = Buffer.from(
      Buffer.from(packet.bytes)
        .toString('latin1')
        .replace('Max-Forwards: 70', `Max-Forwards: ${60 + (n % 7)}`),
      'latin1',
    );
    return { ...packet, bytes, frame: bytes };
  });
  assert.deepEqual(
    dataOf(happenings(packets), 'covert.suspected').map((data) => data['why']),
    ['varies', 'varies', 'varies'],
  );
});
