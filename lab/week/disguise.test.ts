import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { captureOf } from '../../test/recording.ts';
import { disguised, disguisedText, otherWord } from './disguise.ts';
import { frameOf, type PcapRecord } from './records.ts';

const GUISE = { from: '198.51.100.7', to: '203.0.113.200', key: 'c2.0' };
const INVITE = [
  'INVITE sip:9@192.0.2.1 SIP/2.0',
  'Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK-524287-1---773a94be0c4c0;received=198.51.100.7',
  'From: <sip:9@198.51.100.77>;tag=3232333a31313131',
  'Call-ID: 1795699538@198.51.100.7',
  'CSeq: 3 INVITE',
  'Authorization: Digest nonce="awHfO2sB0StJLfM1GcWvZJMgKIUZLRZG",cnonce="06f0d29d57fcda30",nc=00000051,response="a4ef96a349d648a411a10bf5482c9b6a"',
  'Content-Length: 23',
  '',
  'c=IN IP4 198.51.100.7\r\n',
].join('\r\n');

function record(payload: string): PcapRecord {
  const pcap = gunzipSync(captureOf([{ payload, time: 5e6, src: '198.51.100.7:5060', dst: '192.0.2.1:5060' }], 1));
  return { time: 5e6, data: pcap.subarray(40) };
}

test('the address is another one wherever it stands alone, and the lengths fit', () => {
  const data = disguised(record(INVITE), GUISE);
  const frame = frameOf({ time: 0, data });
  assert.deepEqual([frame.src, frame.dst, frame.payloadEnd], ['203.0.113.200:5060', '192.0.2.1:5060', data.length]);
  const text = data.toString('latin1', frame.payload);
  assert.equal(text.match(/198\.51\.100\.7(?!7)/), null);
  assert.match(text, /From: <sip:9@198\.51\.100\.77>;tag=3232333a31313131\r\n/);
  assert.match(text, /Content-Length: 24\r\n\r\nc=IN IP4 203\.0\.113\.200\r\n$/);
});

test('checksums of IP and UDP are right', () => {
  const ip = disguised(record(INVITE), GUISE).subarray(14);
  const sum = (bytes: Buffer): number => {
    let total = 0;
    for (let i = 0; i < bytes.length; i++) total += bytes[i]! << (i % 2 === 0 ? 8 : 0);
    while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
    return total;
  };
  assert.equal(sum(ip.subarray(0, 20)), 0xffff);
  const length = Buffer.from([0, 17, (ip.length - 20) >> 8, (ip.length - 20) & 255]);
  assert.equal(sum(Buffer.concat([ip.subarray(12, 20), length, ip.subarray(20)])), 0xffff);
});

test('what is random is another word of the same grammar: the same one in request and answer, another one for another copy', () => {
  const text = disguisedText(INVITE, GUISE);
  const value = (name: RegExp, of: string): string => name.exec(of)?.[1] ?? '';
  for (const [name, grammar] of [
    [/Call-ID: (\d+)@203/, /^1\d{9}$/],
    [/branch=(.*?);/, /^z9hG4bK-524287-1---[0-9a-f]{13}$/],
    [/[^c]nonce="(.*?)"/, /^[a-z]{2}[A-Z][a-z][A-Z]\d[a-z][A-Z]/],
    [/cnonce="(.*?)"/, /^[0-9a-f]{16}$/],
    [/response="(.*?)"/, /^[0-9a-f]{32}$/],
  ] as const) {
    assert.match(value(name, text), grammar);
    assert.notEqual(value(name, text), value(name, INVITE));
    assert.notEqual(value(name, text), value(name, disguisedText(INVITE, { ...GUISE, key: 'c3.0' })));
  }
  const answer = disguisedText('SIP/2.0 401 No\r\nCall-ID: 1795699538@198.51.100.7\r\n\r\n', GUISE);
  assert.equal(value(/Call-ID: (.*)\r/, answer), value(/Call-ID: (.*)\r/, text));
  assert.equal(otherWord('1-12345', 'any'), '1-12345');
});

test('a line of a log names the other address and the same Call-ID as the packets', () => {
  const line = disguisedText("failed for '198.51.100.7:5060' (callid: 1795699538@198.51.100.7) - Failed", GUISE);
  const callId = /Call-ID: (.*)\r/.exec(disguisedText(INVITE, GUISE))?.[1];
  assert.equal(line, `failed for '203.0.113.200:5060' (callid: ${callId}) - Failed`);
});
