import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lines, request } from '../../../test/messages.ts';
import { recordsOf } from '../../../test/records.ts';
import { MASK } from '../../passwords.ts';
import { recordAt, type SipRecords } from '../../siprecords.ts';
import type { Packet, SipRecord } from '../../types.ts';
import { cut } from '../neutral.ts';
import { EveRecords } from './everecord.ts';
import { JsonBytes } from './jsonbytes.ts';

/** Requests of one endpoint to another. */
function packed(payloads: readonly (string | Uint8Array)[], packet: Partial<Packet> = {}): SipRecords {
  return recordsOf(payloads.map((payload) => ({ payload, packet })));
}

/** The lines of EVE of the records, read back. */
function eve(records: SipRecords): { readonly [key: string]: unknown; readonly sip: Readonly<Record<string, unknown>> }[] {
  const out = new JsonBytes();
  const writer = new EveRecords(out);
  for (let i = 0; i < records.count; i++) writer.write(records, i);
  const text = out.bytes.toString('utf8', 0, out.length);
  assert.ok(text.endsWith('\n'));
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('a request has the keys of Suricata and those it lacks', () => {
  const [line] = eve(packed([request()]));
  const { sip, ...common } = line!;
  assert.match(String(common['flow_id']), /^\d{1,15}$/);
  assert.deepEqual(
    { ...common, flow_id: 0 },
    {
      timestamp: '2023-11-14T22:13:20.123456+0000',
      flow_id: 0,
      pcap_cnt: 1,
      pcap_filename: 'test.pcap',
      event_type: 'sip',
      src_ip: '192.0.2.1',
      src_port: 5060,
      dest_ip: '192.0.2.2',
      dest_port: 5062,
      proto: 'UDP',
      app_proto: 'sip',
      tx_id: 1,
    },
  );
  assert.deepEqual(sip, {
    method: 'OPTIONS',
    uri: 'sip:bob@example.com',
    version: 'SIP/2.0',
    request_line: 'OPTIONS sip:bob@example.com SIP/2.0',
    from: { uri: 'sip:alice@example.org', display: '"Alice"', tag: '1928301774' },
    to: { uri: 'sip:bob@example.com' },
    call_id: 'a84b4c76e66710@pc33',
    cseq: { number: 1, method: 'OPTIONS' },
    via: { count: 1, host: '192.0.2.1', port: 5060, transport: 'UDP', branch: 'z9hG4bK776asdhds' },
    contact: 'sip:alice@192.0.2.1',
    content_length: 0,
  });
});

test('an answer has code, reason and challenge, and the transaction and flow of its request', () => {
  const challenge = { 'WWW-Authenticate': 'Digest realm="r", nonce="secret-nonce", algorithm=MD5, qop="auth"' };
  const there = packed([request()]);
  const answerText = request({ ...challenge, To: '<sip:bob@example.com>;tag=t', CSeq: '1 OPTIONS' }, 'SIP/2.0 401 Unauthorized');
  const records = recordsOf([{ payload: request() }, { payload: answerText, src: '192.0.2.2:5062', dst: '192.0.2.1:5060' }]);
  const [asked, answer] = eve(records);
  assert.equal(answer!['flow_id'], asked!['flow_id']);
  assert.equal(answer!['flow_id'], eve(there)[0]!['flow_id']);
  assert.equal(answer!['tx_id'], 1);
  const { version, code, reason, response_line: line, challenge: told, outcome } = answer!.sip;
  assert.deepEqual([version, code, reason, line], ['SIP/2.0', '401', 'Unauthorized', 'SIP/2.0 401 Unauthorized']);
  assert.deepEqual(told, { scheme: 'Digest', realm: 'r', algorithm: 'MD5', qop: 'auth' });
  assert.equal(outcome, 'challenge');
});

test('passwords, guesses and responses are masked, schemes other than Digest shown by name only', () => {
  const guess = `${Buffer.from('100:geheim').toString('hex')}01${Buffer.from('42').toString('hex')}`;
  const digest = 'Digest username="100", realm="r", nonce="n1", uri="sip:a:pw5@x", response="0123456789abcdef0123456789abcdef"';
  const from = `"sip:a:pw1@b" <sip:100:pw2@example.org>;tag=${guess}`;
  const one = request(
    { From: from, Contact: '<sip:100:pw3@192.0.2.1>', Authorization: digest, 'User-Agent': 'x sip:a:pw6@b' },
    'REGISTER sip:100:pw4@example.com SIP/2.0',
  );
  const two = request({ Authorization: 'Basic dXNlcjpwYXNzd29yZA==' });
  const three = request({ Authorization: 'no-scheme-but-a-secret' });
  const [a, b, c] = eve(packed([one, two, three]));
  for (const secret of [/pw\d/, /geheim/, /67656865696d/, /0123456789abcdef/, /n1/]) assert.doesNotMatch(JSON.stringify(a), secret);
  assert.equal(a!.sip['uri'], `sip:100:${MASK}@example.com`);
  assert.deepEqual(a!.sip['auth'], { scheme: 'Digest', username: '100', realm: 'r', uri: `sip:a:${MASK}@x` });
  assert.deepEqual([b!.sip['auth'], c!.sip['auth']], [{ scheme: 'Basic' }, { scheme: '' }]);
});

test('a session description by its lines, its keys masked; other bodies are not shown', () => {
  const sdp = lines(
    'v=0',
    'o=- 1 1 IN IP4 192.0.2.1',
    's=-',
    'c=IN IP4 192.0.2.1',
    'b=AS:64',
    't=0 0',
    'a=tool:x',
    'm=audio 4000 RTP/SAVP 0',
    'a=crypto:1 AES inline:KEY',
    'a=ice-pwd:PW',
    'a=cat:1',
    'm=video 0 RTP/AVP 31',
    'zz',
    'k=clear:KEY',
  );
  const start = 'INVITE sip:bob@example.com SIP/2.0';
  const [with_, without, text] = eve(
    packed([
      request({ 'Content-Type': 'application/sdp;charset=x' }, start, sdp),
      request({ 'Content-Type': 'application/sdpx' }, start, sdp),
      request({ 'Content-Type': 'text/plain' }, 'MESSAGE sip:bob@example.com SIP/2.0', 'v=secret'),
    ]),
  );
  assert.deepEqual(with_!.sip['sdp'], {
    version: '0',
    origin: '- 1 1 IN IP4 192.0.2.1',
    session_name: '-',
    connection_data: 'IN IP4 192.0.2.1',
    time: '0 0',
    bandwidths: ['AS:64'],
    attributes: ['tool:x'],
    media_descriptions: [
      { media: 'audio 4000 RTP/SAVP 0', attributes: [`crypto:1 AES ${MASK}`, `ice-pwd:${MASK}`, 'cat:1'] },
      { media: 'video 0 RTP/AVP 31' },
    ],
  });
  assert.equal(without!.sip['sdp'], undefined);
  assert.doesNotMatch(JSON.stringify(text), /v=secret/);
});

test('VLAN, tunnel, IPv6 and transport', () => {
  const src = Uint8Array.from([0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 7, 0x13, 0xc4]);
  const [line] = eve(packed([request()], { vlan: 7, tunnel: 'gre/"x"', src, transport: 'wss' }));
  const { vlan, tunnel, src_ip: address, src_port: port, proto, transport } = line!;
  assert.deepEqual([vlan, tunnel, address, port, proto, transport], [[7], 'gre/"x"', '2001:db8::7', 5060, 'TCP', 'wss']);
});

test('whatever is sent, the line is JSON and says what the record says', () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(bytes, bytes, bytes, bytes, (agent, callId, display, reason) => {
      const clean = (part: Uint8Array): Uint8Array => part.filter((b) => b !== 10 && b !== 13);
      const [a, b, c, d] = [agent, callId, display, reason].map(clean);
      const message = Buffer.concat([
        Buffer.from('SIP/2.0 500 '),
        d!,
        Buffer.from('\r\nFrom: "'),
        c!,
        Buffer.from('" <sip:1@x>;tag=2\r\nCall-ID: '),
        b!,
        Buffer.from('\r\nServer: '),
        a!,
        Buffer.from('\r\nCSeq: 5 BYE\r\n\r\n'),
      ]);
      const records = packed([message]);
      const record: SipRecord = recordAt(records, 0);
      const { sip } = eve(records)[0]!;
      assert.deepEqual(
        [sip['call_id'], sip['user_agent'] ?? '', sip['reason'], sip['code']],
        [cut(record.callId), cut(record.userAgent), record.reason, '500'],
      );
    }),
  );
});

test('a batch grows with its messages and forgets them', () => {
  const records = packed(Array.from({ length: 200 }, (_, i) => request({ 'Call-ID': `call-${i}`, 'User-Agent': 'x'.repeat(1000) })));
  assert.equal(records.count, 200);
  for (const i of [0, 63, 64, 127, 199]) {
    const { callId, frame, src, dstPort, method, cseq, via, request: asked } = recordAt(records, i);
    assert.deepEqual(
      [callId, frame, src, dstPort, method, cseq, via.branch, asked],
      [`call-${i}`, i + 1, '192.0.2.1', 5062, 'OPTIONS', 1, 'z9hG4bK776asdhds', true],
    );
  }
  records.reset();
  assert.equal(records.count, 0);
});

test('who asked is told where the packet does not: a proxy says where it got the request from', () => {
  const vias = 'SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKp, SIP/2.0/UDP 198.51.100.7:5061;branch=z9hG4bKc;received=203.0.113.9;rport=1234';
  const forwarded = { payload: request({ Via: vias }), src: '192.0.2.2:5060', dst: '192.0.2.3:5060' };
  const served = { payload: request({ 'Call-ID': 'first' }), src: '192.0.2.1:5060', dst: '192.0.2.2:5060' };
  const answer = {
    payload: request({ 'Call-ID': 'first', CSeq: '1 OPTIONS' }, 'SIP/2.0 200 OK'),
    src: '192.0.2.2:5060',
    dst: '192.0.2.1:5060',
  };
  const lines = eve(recordsOf([served, answer, forwarded]));
  assert.equal(lines[0]!.sip['origin'], undefined);
  const origin = JSON.stringify(lines[2]!.sip['origin'] ?? {});
  assert.match(origin, /"found":"\w+","ip":"[\d.]+","port":\d+/);
});
