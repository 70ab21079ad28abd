import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines, read, request } from '../../test/messages.ts';
import { packetOf } from '../../test/talk.ts';
import { rtcpLines, rtpLines, sdpLines } from './decodedmedia.ts';

const packet = (hex: string) => packetOf(Buffer.from(hex, 'hex'), 1, '192.0.2.1:4000', '192.0.2.2:5000');

function described(body: string): string[] {
  const m = read(request({ 'Content-Type': 'application/sdp' }, 'INVITE sip:bob@example.com SIP/2.0', body));
  const noted = m.oddityCount;
  const shown = sdpLines(m).map(([name, text]) => `${name}|${text}`);
  assert.equal(m.oddityCount, noted);
  return shown;
}

test('a session description, its keys not shown', () => {
  const shown = described(
    lines(
      'v=0',
      'o=- 1 2 IN IP4 192.0.2.1',
      'c=IN IP4 192.0.2.1',
      'a=fingerprint:sha-256 AB',
      'm=audio 4000 RTP/SAVP 0 101 99',
      'a=rtpmap:101 telephone-event/8000',
      'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0',
      'a=setup:active',
      'a=sendonly',
      'm=video 0 RTP/AVP 34',
      'c=IN IP4 host.example.com',
      'a=zrtp-hash:1.10 aa',
      'a=candidate:1 1 udp 1 192.0.2.1 5 typ host',
      'm=x y z w',
    ),
  );
  assert.deepEqual(shown, [
    'SDP|origin - 1 2 IN IP4 192.0.2.1',
    '|audio to 192.0.2.1 port 4000; RTP/SAVP 0 PCMU/8000, 101 telephone-event/8000, 99; sendonly; SRTP key in the message, not shown (AES_CM_128_HMAC_SHA1_80); DTLS-SRTP, active',
    '|video not used; RTP/AVP 34 H263/90000; sendrecv; DTLS-SRTP, role not said; ZRTP; 1 ICE candidates',
    '|unknown media no port; unknown transport; sendrecv; DTLS-SRTP, role not said',
  ]);
  assert.ok(!shown.join().includes('c2VjcmV0'));
  assert.deepEqual(described('v=0\r\n'), ['SDP|without origin']);
  assert.deepEqual(sdpLines(read(request())), []);
});

test('RTP and RTCP', () => {
  assert.deepEqual(rtpLines(packet('81801234000000a0deadbeef00000001d5d5')), [
    ['stream', 'SSRC 0xdeadbeef of 1 sources'],
    ['packet', 'sequence 4660, timestamp 160, marker'],
    ['payload type', '0, 2 bytes, not shown'],
  ]);
  assert.deepEqual(rtpLines(packet('00')), []);
  const report = '81c9000700000001000000074000000200011234000000500000000000000000';
  const source = '81ca000400000001010161060265780000000000';
  const metrics = `80cf000a000000010700000800000007${'1020'}${'00'.repeat(6)}0064${'00'.repeat(6)}5d002a${'00'.repeat(9)}`;
  assert.deepEqual(rtcpLines(packet(`${report}${source}81cb000100000001${metrics}80d6000100000001`)), [
    ['RR', 'of SSRC 0x00000001; about 0x00000007: 2 lost, 25 % since the last report, jitter 80'],
    ['SDES', 'of SSRC 0x00000001; CNAME a; tool ex'],
    ['BYE', 'of SSRC 0x00000001; leaves'],
    ['XR', 'of SSRC 0x00000001; 6 % lost, 13 % discarded, 100 ms there and back, MOS 4.2, R 93'],
    ['type 214', 'of SSRC 0x00000001'],
  ]);
});
