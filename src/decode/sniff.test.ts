import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { about, oddities, raw, read, request } from '../../test/messages.ts';
import { shared } from '../../test/peers.ts';
import { openCapture } from '../capture/reader.ts';
import { METHODS } from './message.ts';
import { createMessage, parseSip } from './sip.ts';
import { DTLS, findStart, NOTHING, RTCP, RTP, SIP, STUN, sniff, ZRTP } from './sniff.ts';

function kindOf(payload: string): number {
  const bytes = raw(payload);
  const buffer = new Uint8Array(bytes.length + 20).fill(0x20);
  buffer.set(bytes, 10);
  return sniff(buffer, 10, 10 + bytes.length);
}

describe('SIP, on any port', () => {
  const yes = {
    request: 'INVITE sip:bob@example.com SIP/2.0\r\nVia: x\r\n\r\n',
    response: 'SIP/2.0 200 OK\r\nVia: x\r\n\r\n',
    'unknown method': 'FOO sip:bob@example.com SIP/2.0\r\n\r\n',
    'unknown scheme': 'OPTIONS isbn:2983792873 SIP/2.0\r\n\r\n',
    'small letters': 'invite SIP:bob@example.com sip/2.0\r\n\r\n',
    'sips and tel': 'INVITE sips:bob@example.com SIP/2.0\r\n\r\n',
    'tel URI': 'INVITE tel:+4930123 SIP/2.0\r\n\r\n',
    'brackets around the URI': 'INVITE <sip:bob@example.com> SIP/2.0\r\n\r\n',
    'cut in the start line': 'REGISTER sip:exam',
    'cut in the status line': 'SIP/2.0 ',
    'no version': 'OPTIONS sip:bob@example.com\r\n\r\n',
    'another version': 'OPTIONS sip:bob@example.com SIP/7.0\r\n\r\n',
    'several spaces': 'OPTIONS   sip:bob@example.com   SIP/2.0  \r\n\r\n',
    'no Request-URI': 'OPTIONS SIP/2.0\r\nVia: x\r\n',
    'line ends first (RFC 5626 keep-alive)': '\r\n\r\nSIP/2.0 180 Ringing\r\n\r\n',
    'junk first': 'XX\0 SIP/2.0 180 Ringing\r\n\r\n',
    'a line of text first': 'hello there\r\nINVITE sip:bob@example.com SIP/2.0\r\n\r\n',
    'junk run into a method': '\0\0INVITE sip:bob@example.com SIP/2.0\r\n\r\n',
  };
  for (const [name, payload] of Object.entries(yes)) test(name, () => assert.equal(kindOf(payload), SIP));
});

describe('nothing of ours', () => {
  const no = {
    empty: '',
    'keep-alive of line ends': '\r\n\r\n',
    'keep-alive of zeros': '\0\0\0\0',
    hello: 'hello',
    'jaK keep-alive': 'jaK\0jaK\0jaK\0',
    SSDP: 'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n',
    'SSDP NOTIFY': 'NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\n\r\n',
    HTTP: 'GET /index.html HTTP/1.1\r\nHost: sip.example.com\r\n\r\n',
    'HTTP OPTIONS': 'OPTIONS * HTTP/1.1\r\nHost: example.com\r\n\r\n',
    'HTTP answer': 'HTTP/1.1 200 OK\r\nServer: SIP/2.0 gateway\r\n',
    RTSP: 'OPTIONS rtsp://example.com/a RTSP/1.0\r\nCSeq: 1\r\n\r\n',
    DNS: '\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04_sip\x04_udp\x07example\x03com\x00\x00\x21\x00\x01',
    'UDPTL (T.38)': '\x00\x01\x06\x00\x00\x01\x02\x03\x04\x05\x06\x07',
    HEP: 'HEP3\x03\x07\x00\x00\x00\x01\x00\x07\x02\x00\x00\x00\x02INVITE sip:bob@example.com SIP/2.0\r\n\r\n',
    'syslog that quotes a request': '<134>Oct 11 22:14:15 proxy: got INVITE sip:bob@example.com SIP/2.0\r\n',
    'text about SIP': 'We talk SIP/2.0 here, and nothing else, as RFC 3261 says.\r\n',
    'a binary header before a message': `\x30\xff\x01\x00${'\x45\0'.repeat(20)}\r\nSIP/2.0 200 OK\r\n\r\n`,
    'a long text before a message': `${'hello '.repeat(60)}\r\nSIP/2.0 200 OK\r\n\r\n`,
    'a method alone': 'REGISTER',
    'a method and a word': 'INVITE everybody to the party\r\n',
    'a version alone': 'x SIP/',
    'short of a URI': 'INVITE sip',
  };
  for (const [name, payload] of Object.entries(no)) test(name, () => assert.equal(kindOf(payload), NOTHING));
});

test('RTP and RTCP by their headers', () => {
  const rtp = `\x80\x08\x12\x34\0\0\0\xa0\xde\xad\xbe\xef${'\xd5'.repeat(160)}`;
  assert.equal(kindOf(rtp), RTP);
  assert.equal(kindOf(`\x80\xc8\x00\x06\xde\xad\xbe\xef${'x'.repeat(20)}`), RTCP);
  assert.equal(kindOf(`\x81\xc9\x00\x07\xde\xad\xbe\xef${'x'.repeat(24)}`), RTCP);
  assert.equal(kindOf('\x80\x08\x12\x34\0\0\0'), NOTHING);
  assert.equal(kindOf('\x80\x48\x12\x34\0\0\0\xa0\xde\xad\xbe\xef'), NOTHING);
});

test('what shares the ports of media (RFC 7983)', () => {
  const stun = '\x00\x01\x00\x08\x21\x12\xa4\x42abcdefghijkl\x00\x06\x00\x04user';
  assert.equal(kindOf(stun), STUN);
  assert.equal(kindOf(stun.slice(0, -1)), NOTHING, 'cut');
  assert.equal(kindOf(stun.replace('\x21\x12', '\x21\x13')), NOTHING, 'another cookie');
  assert.equal(kindOf('\x40\x00\x00\x08abcdefgh'), STUN, 'ChannelData');
  assert.equal(kindOf('\x40\x00\x00\x05abcdefgh'), STUN, 'ChannelData with padding');
  assert.equal(kindOf('\x40\x00\x00\x09abcdefgh'), NOTHING);
  const record = '\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x04abcd';
  assert.equal(kindOf(record), DTLS);
  assert.equal(kindOf(record.replace('\xfe\xff', '\xfe\xfd')), DTLS);
  assert.equal(kindOf(record.replace('\xfe\xff', '\x03\x03')), NOTHING, 'TLS');
  assert.equal(kindOf(record.slice(0, -1)), NOTHING, 'cut');
  const zrtp = `\x10\x00\x00\x01ZRTP${'x'.repeat(24)}`;
  assert.equal(kindOf(zrtp), ZRTP);
  assert.equal(kindOf(zrtp.replace('ZRTP', 'ZRTX')), NOTHING);
});

test('where the start line is', () => {
  const bytes = raw('\r\nabc\r\nBYE sip:bob@example.com SIP/2.0\r\n\r\n');
  assert.equal(findStart(bytes, 0, bytes.length), 7);
  assert.equal(findStart(raw('nothing here at all'), 0, 19), -1);
});

test('junk and line ends before the start line are odd', () => {
  const m = read(`\r\n${request()}`);
  assert.equal(about(m, 'crlf-before-start'), '\r\n');
  const junk = read(`\0\x01${request()}`);
  assert.equal(about(junk, 'junk-before-start'), '\0\x01');
  assert.equal(junk.start, 13 + 2);
});

const junk = shared('captures/zeek__zeek/testing/btest/Traces/sip/sip-junk-before-request.pcap');
test('a datagram of junk on the same flow is nothing, and the request behind it SIP', junk, async () => {
  const reader = await openCapture(junk.path);
  const kinds: number[] = [];
  const m = createMessage();
  while (await reader.fill()) {
    while (reader.next()) {
      const { bytes, start, end } = reader.packet;
      kinds.push(sniff(bytes, start, end));
      if (!parseSip(m, bytes, start, end)) continue;
      assert.equal(METHODS[m.method], 'REGISTER');
      assert.equal(m.start, start);
      assert.ok(oddities(m).includes('missing-via'));
    }
  }
  await reader.close();
  assert.deepEqual(kinds, [NOTHING, SIP]);
});

test('letters that run into the method', () => {
  const m = read(request({}, 'DBREGISTER sip:192.0.2.1 SIP/2.0'));
  assert.equal(about(m, 'method-prefix'), 'DB');
  assert.equal(METHODS[m.method], '');
});
