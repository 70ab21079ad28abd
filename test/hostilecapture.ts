/** A capture in which every field an attacker can write holds the hostile corpus, with attacks that rules find, and with secrets. */
import { writePcapHeader, writePcapRecord } from '../src/wire/pcap.ts';
import { HOSTILE } from './hostile.ts';
import { ipv4, udp } from './traces/make-links.ts';

/** What no output may show, in any form it is sent in. */
export const SECRETS: readonly string[] = [
  'hunter2-guess',
  Buffer.from('hunter2-guess').toString('hex'),
  'uri-passw0rd',
  '0badc0de0badc0de0badc0de0badc0de',
  'c2VjcmV0LWtleS1vZi10aGUtbWVkaWEtc3RyZWFt',
  'dXNlcjpiYXNpYy1wYXNzd29yZA==',
  'ice-passw0rd-of-the-call',
];

const T0 = Date.UTC(2026, 10, 20, 8, 0, 0) * 1000;

/** The bytes of the capture (pcap, raw IP). */
export function hostileCapture(): Buffer {
  const records: Uint8Array[] = [writePcapHeader({ linkType: 101 })];
  let time = T0;
  const send = (message: string | Buffer, src = '203.0.113.66', dst = '192.0.2.10'): void => {
    time += 20_000;
    const payload = typeof message === 'string' ? Buffer.from(message) : message;
    records.push(writePcapRecord(time, ipv4(udp(5060, 5060, payload), { src, dst }), {}));
  };
  for (const [i, text] of HOSTILE.entries()) {
    const evil = Buffer.from(text).subarray(0, 4000).toString();
    for (const message of messages(evil, i)) send(message);
  }
  for (const [i, bad] of [Buffer.from([0xff, 0xfe, 0x80, 0xc0, 0xaf]), Buffer.from([0xed, 0xa0, 0x80])].entries()) {
    send(
      Buffer.concat([
        Buffer.from(`OPTIONS sip:x SIP/2.0\r\nCall-ID: bad${i}`),
        bad,
        Buffer.from('\r\nUser-Agent: '),
        bad,
        Buffer.from('\r\n\r\n'),
      ]),
    );
  }
  for (const message of guesses())
    send(message.text, message.answer ? '192.0.2.10' : undefined, message.answer ? '203.0.113.66' : undefined);
  return Buffer.concat(records);
}

/** Requests of every kind and their answers, with a hostile text in every place. */
function messages(evil: string, i: number): string[] {
  // What a URI cannot hold would end it before its password.
  const user = evil.replace(/[\s<>@:]/gu, '');
  const head = (method: string, cseq: number): string[] => [
    `Via: SIP/2.0/UDP 203.0.113.66;branch=z9hG4bK-${i}-${cseq}-${evil};received=${evil}`,
    `From: "${evil}" <sip:${user}:uri-passw0rd@evil.example>;tag=f${i}`,
    `To: "${evil}" <sip:user${i}${evil}@evil.example>`,
    `Call-ID: ${i}-${evil}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <sip:${user}:uri-passw0rd@203.0.113.66>`,
    `User-Agent: ${evil}`,
  ];
  const whole = (start: string, lines: readonly string[], body = ''): string =>
    [start, ...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
  const sdp = `v=0\r\no=- 1 1 IN IP4 203.0.113.66\r\ns=${evil}\r\nc=IN IP4 203.0.113.66\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0 ${evil}\r\na=rtpmap:0 ${evil}\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${SECRETS[4]}\r\na=ice-pwd:${SECRETS[6]}\r\n`;
  const digest = `Authorization: Digest username="${evil}", realm="${evil}", nonce="n${i}", uri="sip:x:uri-passw0rd@evil.example", response="${SECRETS[3]}"`;
  return [
    whole('INVITE sip:bob:uri-passw0rd@evil.example SIP/2.0', [...head('INVITE', 1), 'Content-Type: application/sdp'], sdp),
    whole(`SIP/2.0 404 ${evil}`, head('INVITE', 1)),
    whole('REGISTER sip:evil.example SIP/2.0', [...head('REGISTER', 2), digest]),
    whole(`SIP/2.0 403 ${evil}`, head('REGISTER', 2)),
    whole(`${evil.replace(/\s/g, '')} sip:x SIP/2.0`, [...head('OPTIONS', 3), `Authorization: Basic ${SECRETS[5]}`]),
    whole('MESSAGE sip:x SIP/2.0', [...head('MESSAGE', 4), `Content-Type: ${evil}`], evil),
  ];
}

/** A password is guessed as svcrack does it, with the guess in the From tag, until it fits. */
function guesses(): { text: string; answer: boolean }[] {
  const tag = `${Buffer.from('1001:hunter2-guess').toString('hex')}01${Buffer.from('123456').toString('hex')}`;
  const out: { text: string; answer: boolean }[] = [];
  for (let i = 1; i <= 30; i++) {
    const lines = [
      `Via: SIP/2.0/UDP 203.0.113.66:5060;branch=z9hG4bK-guess${i}`,
      `From: <sip:1001@pbx.example>;tag=${tag}`,
      'To: <sip:1001@pbx.example>',
      'Call-ID: guessing',
      `CSeq: ${i} REGISTER`,
    ];
    const signed =
      i === 1
        ? []
        : [
            `Authorization: Digest username="1001", realm="pbx.example", nonce="n${i - 1}", uri="sip:pbx.example", response="${SECRETS[3]}"`,
          ];
    out.push({ text: ['REGISTER sip:pbx.example SIP/2.0', ...lines, ...signed, '', ''].join('\r\n'), answer: false });
    const start = i === 30 ? 'SIP/2.0 200 OK' : 'SIP/2.0 401 Unauthorized';
    out.push({ text: [start, ...lines, `WWW-Authenticate: Digest realm="pbx.example", nonce="n${i}"`, '', ''].join('\r\n'), answer: true });
  }
  return out;
}
