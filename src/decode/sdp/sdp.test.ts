import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lines, oddities, raw } from '../../../test/messages.ts';
import { addressText } from '../../bytes.ts';
import type { SipMessage } from '../message.ts';
import { createMessage } from '../sip.ts';
import { CODECS, clockCode } from './codecs.ts';
import { looksLikeSdp, parseSdp } from './sdp.ts';
import {
  createSdp,
  DIRECTIONS,
  FQDN,
  IPV4,
  IPV6,
  MAX_CANDIDATES,
  MAX_FORMATS,
  MAX_MEDIA,
  MEDIA_TYPES,
  NO_ADDRESS,
  SDP_PROTOCOLS,
  type Sdp,
  type SdpAddress,
  type SdpMedia,
  SETUPS,
  SUITES,
} from './sdpview.ts';

const view = createSdp();

/** Reads a description in the middle of other bytes, into a view that held another one before. */
function parse(source: string, truncated = false): { sdp: Sdp; m: SipMessage } {
  const m = createMessage();
  const bytes = raw(`a=junk\r\n${source}m=audio 9 RTP/AVP 0\r\n`);
  m.bytes = bytes;
  parseSdp(m, 8, 8 + source.length, view, truncated);
  return { sdp: view, m };
}

function described(...more: string[]): { sdp: Sdp; m: SipMessage } {
  return parse(lines('v=0', 'o=alice 1 2 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', ...more));
}

function first(sdp: Sdp): SdpMedia {
  return sdp.media[0]!;
}

function textOf(sdp: Sdp, span: { start: number; end: number }): string {
  return Buffer.from(sdp.bytes.subarray(span.start, span.end)).toString('latin1');
}

function addressOf({ bytes }: SdpAddress): string {
  return addressText(Uint8Array.from([...bytes, 0, 0]));
}

test('the example of RFC 8866 §5', () => {
  const { sdp, m } = parse(
    lines(
      'v=0',
      'o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1',
      's=Call to John Smith',
      'i=SDP Offer #1',
      'u=http://www.jdoe.example.com/home.html',
      'e=Jane Doe <jane@jdoe.example.com>',
      'p=+1 617 555-6011',
      'c=IN IP4 198.51.100.1',
      't=0 0',
      'm=audio 49170 RTP/AVP 0',
      'm=audio 49180 RTP/AVP 0',
      'm=video 51372 RTP/AVP 99',
      'c=IN IP6 2001:db8::2',
      'a=rtpmap:99 h263-1998/90000',
    ),
  );
  assert.deepEqual(oddities(m), []);
  assert.equal(sdp.present, true);
  assert.deepEqual([textOf(sdp, sdp.originUser), textOf(sdp, sdp.sessionId), sdp.version], ['jdoe', '3724394400', 3_724_394_405]);
  assert.deepEqual([sdp.originAddress.kind, addressOf(sdp.originAddress)], [IPV4, '198.51.100.1']);
  assert.equal(textOf(sdp, sdp.name), 'Call to John Smith');
  assert.equal(sdp.mediaCount, 3);
  const [audio, , video] = sdp.media;
  assert.deepEqual([MEDIA_TYPES[audio!.kind], audio!.port, SDP_PROTOCOLS[audio!.protocol]], ['audio', 49_170, 'RTP/AVP']);
  assert.equal(CODECS[audio!.codecs[0]!], 'PCMU', 'the static type of RFC 3551');
  assert.equal(addressOf(audio!.address), '198.51.100.1', 'inherited');
  assert.deepEqual([video!.address.kind, addressOf(video!.address)], [IPV6, '2001:db8::2']);
  assert.deepEqual([CODECS[video!.codecs[0]!], video!.clocks[0]], ['H263-1998', clockCode(90_000)]);
});

test('attributes of a section, and those of the session it inherits', () => {
  const { sdp, m } = described(
    'a=sendonly',
    'a=group:BUNDLE a v',
    'a=ice-lite',
    'a=fingerprint:sha-256 AB:CD',
    'm=audio 4000/2 RTP/SAVPF 96 0 101',
    'b=AS:80',
    'a=rtpmap:96 opus/48000/2',
    'a=rtpmap:101 telephone-event/8000',
    'a=rtpmap:55 G722/8000',
    'a=fmtp:96 useinbandfec=1',
    'a=ptime:20.5',
    'a=rtcp:4007 IN IP4 192.0.2.1',
    'a=rtcp-mux',
    'a=setup:actpass',
    'a=mid:a',
    'a=label:7',
    'a=ice-ufrag:x',
    'a=recvonly',
    'a=foo:bar',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:c2VjcmV0',
    'a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0',
    'm=video 4002 RTP/SAVP 97',
    'a=zrtp-hash:1.10 fe30',
  );
  assert.deepEqual(oddities(m), []);
  assert.deepEqual([sdp.bundle, sdp.iceLite, sdp.fingerprint, DIRECTIONS[sdp.direction]], [true, true, true, 'sendonly']);
  const audio = first(sdp);
  assert.deepEqual([audio.port, audio.ports, audio.ptime, audio.rtcpPort, audio.rtcpMux, audio.fmtps], [4000, 2, 20, 4007, true, 1]);
  assert.deepEqual([...audio.formats.subarray(0, audio.formatCount)], [96, 0, 101]);
  assert.deepEqual(
    [...audio.codecs.subarray(0, 3)].map((code) => CODECS[code]),
    ['opus', 'PCMU', 'telephone-event'],
  );
  assert.deepEqual([SETUPS[audio.setup], DIRECTIONS[audio.direction], audio.ice], ['actpass', 'recvonly', true]);
  assert.deepEqual([audio.cryptos, SUITES[audio.suite]], [2, 'AES_CM_128_HMAC_SHA1_32']);
  assert.deepEqual([textOf(sdp, audio.mid), textOf(sdp, audio.label)], ['a', '7']);
  const video = sdp.media[1]!;
  assert.deepEqual([video.zrtp, DIRECTIONS[video.direction], video.cryptos, video.ptime], [true, 'sendonly', 0, 0]);
});

test('attributes where they mean nothing, and values nobody knows, are passed over', () => {
  const { sdp, m } = described('a=ptime:x', 'a=setup:later', 'm=audio 4000 RTP/SAVP 0', 'a=ice-lite', 'a=crypto:1 ROT13 inline:x');
  assert.deepEqual(oddities(m), []);
  assert.deepEqual([sdp.iceLite, sdp.setup, first(sdp).cryptos, SUITES[first(sdp).suite]], [false, 0, 1, '']);
});

test('candidates of ICE: endpoints of UDP and component 1, the others are counted', () => {
  const candidate = (n: number): string => `a=candidate:${n} 1 UDP 2130706431 192.0.2.${n} 4${n}00 typ relay raddr 10.0.0.1 rport 9`;
  const { sdp, m } = described(
    'm=audio 4000 RTP/AVP 0',
    'a=candidate:1 1 udp 2122260223 2001:db8::1 5000 typ host',
    'a=candidate:1 2 udp 2122260222 2001:db8::1 5001 typ host',
    'a=candidate:1 1 tcp 2122260222 192.0.2.1 9 typ host tcptype active',
    'a=candidate:1 1 udp 2122260222 b2a3.local 5001 typ host',
    ...[1, 2, 3, 4, 5, 6, 7].map(candidate),
  );
  assert.deepEqual(oddities(m), []);
  const audio = first(sdp);
  assert.deepEqual([audio.candidateCount, audio.allCandidates], [MAX_CANDIDATES, 11]);
  assert.equal(addressText(audio.candidates.subarray(0, 18)), '2001:db8::1');
  assert.equal(addressText(audio.candidates.subarray(18, 36)), '192.0.2.1');
  assert.deepEqual([...audio.candidates.subarray(34, 36)], [4100 >> 8, 4100 & 255]);
});

test('addresses: IPv4 with TTL, IPv6 in every form, names, and what is none', () => {
  const read = (written: string): [number, string, string[]] => {
    const { sdp, m } = parse(lines('v=0', 'o=- 1 2 IN IP4 192.0.2.1', 's=-', `c=${written}`, 't=0 0'));
    return [sdp.address.kind, sdp.address.kind === IPV4 || sdp.address.kind === IPV6 ? addressOf(sdp.address) : '', oddities(m)];
  };
  assert.deepEqual(read('IN IP4 233.252.0.1/127/3'), [IPV4, '233.252.0.1', []]);
  for (const [written, expected] of [
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:8::1', '2001:db8::8:0:0:1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['fe80::', 'fe80::'],
    ['fe80::1%eth0', 'fe80::1'],
    ['1:2:3:4:5:6:192.0.2.9', '1:2:3:4:5:6:c000:209'],
    ['::ffff:192.0.2.9', '192.0.2.9'],
  ])
    assert.deepEqual(read(`IN IP6 ${written}`), [IPV6, expected, []], written);
  assert.deepEqual(read('IN IP4 media.example.com'), [FQDN, '', []]);
  assert.deepEqual(read('IN IP4 2001:db8::1'), [IPV6, '2001:db8::1', ['sdp-address-bad']], 'the other family');
  for (const bad of [
    '',
    'IN',
    'IN IP4',
    'ATM NSAP 47',
    'IN IP5 192.0.2.1',
    'IN IP4 192.0.2',
    'IN IP4 192.0.2.010',
    'IN IP6 1:2:3',
    'IN IP6 :',
    'IN IP4 a b c'.replace('a b', '$'),
  ])
    assert.deepEqual(read(bad)[2], ['sdp-address-bad'], bad);
  assert.deepEqual(read("IN IP4 '/**/OR/**/'1'/**/=/**/'1'--")[2], ['sdp-address-bad', 'sql-injection'], 'A37');
});

test('media that is no RTP', () => {
  const { sdp, m } = described(
    'm=image 4000 udptl t38',
    'm=message 7394 TCP/MSRP *',
    'm=application 50000 TCP/BFCP *',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'm=hologram 9 X/Y z',
  );
  assert.deepEqual(oddities(m), []);
  assert.deepEqual(
    sdp.media.slice(0, sdp.mediaCount).map((each) => [MEDIA_TYPES[each.kind], SDP_PROTOCOLS[each.protocol], each.formatCount]),
    [
      ['image', 'udptl', 0],
      ['message', 'TCP/MSRP', 0],
      ['application', 'TCP/BFCP', 0],
      ['application', 'UDP/DTLS/SCTP', 0],
      ['', '', 0],
    ],
  );
});

test('more sections and formats than are kept are counted', () => {
  const { sdp, m } = described(
    ...Array.from({ length: 20 }, (_, n) => [`m=audio ${n} RTP/AVP ${'0 '.repeat(30)}`, 'c=IN IP4 192.0.2.7', 'a=sendonly']).flat(),
  );
  assert.deepEqual([sdp.mediaCount, sdp.allMedia], [MAX_MEDIA, 20]);
  assert.deepEqual([first(sdp).formatCount, first(sdp).moreFormats], [MAX_FORMATS, 6]);
  assert.equal(sdp.media[15]?.port, 15);
  assert.deepEqual(
    oddities(m).filter((name) => name !== 'sdp-formats-many'),
    ['sdp-media-many'],
  );
});

describe('what is odd', () => {
  const odd = (...more: string[]): string[] => oddities(described(...more).m);
  test('ports', () => {
    for (const port of ['-1', '65536', '4000/0', '4000/x', '99999999999', '4x'])
      assert.deepEqual(odd(`m=audio ${port} RTP/AVP 0`), ['sdp-port-bad'], port);
    assert.equal(first(described('m=audio 4x RTP/AVP 0').sdp).port, -1);
    assert.deepEqual(odd('m=audio'), ['sdp-media-bad']);
    assert.deepEqual(odd('m=audio 65535 RTP/AVP 0'), []);
  });

  test('attributes that are not what their name says', () => {
    for (const attribute of [
      'rtpmap:x PCMU/8000',
      'rtpmap:0 PCMU',
      'rtpmap:0 /8000',
      'rtpmap:128 PCMU/8000',
      'ptime:x',
      'rtcp:x',
      'rtcp:65536',
      'candidate:1 1 udp 1 192.0.2.1',
      'candidate:1 1 udp 1 192.0.2.1 99999 typ host',
    ])
      assert.deepEqual(odd('m=audio 4000 RTP/AVP 0', `a=${attribute}`), ['sdp-attribute-bad'], attribute);
    assert.deepEqual(odd('m=audio 4000 RTP/AVP 0', 'a=candidate:1 1 udp 1 192.0.2.1 0 typ host', 'a=ptime:0'), []);
  });

  test('order and lines', () => {
    assert.deepEqual(oddities(parse(lines('s=-', 'v=0', 'o=- 1 1 IN IP4 192.0.2.1', 't=0 0')).m), ['sdp-version', 'sdp-order']);
    assert.deepEqual(odd('m=audio 4000 RTP/AVP 0', 'a=sendrecv', 'c=IN IP4 192.0.2.1', 'i=x'), ['sdp-order'], 'said once');
    assert.deepEqual(odd('xx', 'm', 'k=prompt'), ['sdp-line-bad']);
    assert.deepEqual(odd('a=\0\0', 'a=\t'), ['sdp-control-byte']);
    assert.deepEqual(odd('m=audio 4000 RTP/AVP 0', 'c=IN IP4 192.0.2.2', 'c=IN IP4 192.0.2.3'), ['sdp-connections']);
  });

  test('line ends of every kind are taken', () => {
    for (const end of ['\r\n', '\n', '\r', '\r\n\r\n'])
      assert.equal(parse(['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 't=0 0', 'm=audio 5 RTP/AVP 0', ''].join(end)).sdp.mediaCount, 1);
  });

  test('nothing at all', () => {
    const { sdp, m } = parse('');
    assert.deepEqual(oddities(m), ['sdp-version', 'sdp-missing-origin', 'sdp-missing-name', 'sdp-missing-time']);
    assert.deepEqual([sdp.present, sdp.mediaCount, sdp.address.kind], [false, 0, NO_ADDRESS]);
  });

  test('what the capture cut is not held against it', () => {
    const whole = lines(
      'v=0',
      'o=- 1 1 IN IP4 192.0.2.1',
      's=-',
      'c=IN IP4 192.0.2.1',
      't=0 0',
      'm=audio 4000 RTP/AVP 0',
      'a=rtpmap:0 PCMU/8000',
    );
    for (let n = 0; n <= whole.length; n++) assert.deepEqual(oddities(parse(whole.slice(0, n), true).m), [], `cut to ${n}`);
  });
});

test('a description begins with its version', () => {
  const is = (s: string): boolean => looksLikeSdp(raw(s), 0, s.length);
  assert.deepEqual(['v=0\r\n', '\r\nv=0\n', 'v=1\r\n', 'v=0', 'v=x\r\n', 'o=0\r\n'].map(is), [true, false, true, false, false, false]);
  assert.equal(is('\r\nv=0\r\n'), true);
});

test('any bytes are read without a throw, and every range lies inside', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.constantFrom(
      'v=0',
      'o=- 1 2 IN IP4 1.2.3.4',
      'm=audio 1 RTP/AVP 0 8',
      'a=rtpmap:8 PCMA/8000',
      'c=IN IP6 ::1',
      'a=candidate:1 1 udp 1 1.2.3.4 5',
    ),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.constantFrom('\r\n', '\n'), (list, end) => {
      const source = list.join(end);
      const { sdp, m } = parse(Buffer.from(source, 'utf8').toString('latin1'));
      const last = sdp.end;
      for (const { start, end: stop } of [sdp.origin, sdp.name, ...sdp.media.slice(0, sdp.mediaCount).map((each) => each.span)])
        assert.ok(start < 0 || (start >= sdp.start && stop >= start && stop <= last));
      for (const o of m.oddities.slice(0, m.oddityCount)) assert.ok(o.start >= sdp.start && o.end <= last && o.end >= o.start);
    }),
  );
});
