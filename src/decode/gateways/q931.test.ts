import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { dataOf, happenings } from '../../../test/happenings.ts';
import { shared, tool } from '../../../test/peers.ts';
import { packetOf } from '../../../test/talk.ts';
import { text } from '../../bytes.ts';
import { openCapture } from '../../capture/reader.ts';
import { H225, sniff } from '../sniff.ts';
import { createQ931, frameTpkt, isQ931, parseQ931, Q931_MESSAGES, type Q931Message } from './q931.ts';

/** A message in its TPKT: type, then elements as bytes. */
function tpkt(type: number, elements: readonly number[] = [], reference = 0x1234): Uint8Array {
  const length = 9 + elements.length;
  return Uint8Array.from([3, 0, length >> 8, length & 255, 8, 2, reference >> 8, reference & 255, type, ...elements]);
}

const ascii = (s: string): number[] => [...Buffer.from(s, 'latin1')];
const element = (id: number, ...content: number[]): number[] => [id, content.length, ...content];

function read(bytes: Uint8Array): Q931Message {
  const m = createQ931();
  assert.ok(parseQ931(m, bytes, 0, bytes.length));
  assert.equal(sniff(bytes, 0, bytes.length), H225);
  return m;
}

const part = (m: Q931Message, span: { start: number; end: number }): string => text(m.bytes, span.start, span.end);

test('a setup with numbers, display and what is passed over', () => {
  const elements = [
    ...element(4, 0x88, 0x93, 0xa5),
    ...element(0x28, ...ascii('Alice')),
    ...element(0x6c, 0x00, 0x83, ...ascii('5295672')),
    ...element(0x70, 0x81, ...ascii('9246526')),
    0xa1,
    ...[0x7e, 0, 3, 5, 0x20, 0xff],
  ];
  const m = read(tpkt(5, elements));
  assert.deepEqual([Q931_MESSAGES[m.type], m.reference, m.toOrigin, m.cause], ['setup', 0x1234, false, -1]);
  assert.deepEqual([part(m, m.display), part(m, m.calling), part(m, m.called)], ['Alice', '5295672', '9246526']);
});

test('a release with its cause; elements that run over the end', () => {
  assert.equal(read(tpkt(90, element(8, 0x80, 0x90), 0x8001)).cause, 16);
  assert.equal(read(tpkt(90, element(8, 0x00, 0x80, 0x91))).cause, 17);
  assert.equal(read(tpkt(90, element(8, 0x80))).cause, -1);
  assert.equal(read(tpkt(90, [], 0x8001)).toOrigin, true);
  for (const cut of [[8], [8, 9, 0x80], [0x7e, 0], [0x7e, 1, 0, 5]]) assert.equal(read(tpkt(90, cut)).cause, -1);
  assert.equal(part(read(tpkt(5, element(0x70))), createQ931().called), '');
});

test('what it is not', () => {
  const good = tpkt(5);
  const changed = (at: number, value: number): Uint8Array => good.map((byte, i) => (i === at ? value : byte));
  for (const bad of [changed(0, 4), changed(1, 1), changed(2, 0x40), changed(3, 8), changed(4, 9), changed(5, 1)])
    assert.equal(frameTpkt(bad, 0, bad.length), -1);
  assert.equal(isQ931(changed(8, 200), 0, good.length), false);
  assert.equal(parseQ931(createQ931(), changed(3, 10), 0, good.length), false);
  for (let n = 0; n < good.length; n++) assert.equal(frameTpkt(good, 0, n), 0, `${n} bytes`);
  assert.equal(frameTpkt(good, 0, good.length), good.length);
  assert.equal(frameTpkt(Uint8Array.from([3, 0, 0, 4]), 0, 4), 4);
  assert.notEqual(sniff(Uint8Array.from([3, 0, 0, 19, 14, 224, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0]), 0, 19), H225, 'RDP');
});

test('any bytes: spans lie inside', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(1, 5, 7, 90), (elements, type) => {
      const bytes = tpkt(type, [...elements]);
      const m = read(bytes);
      for (const { start, end } of [m.calling, m.called, m.display]) assert.ok(start <= end && end <= bytes.length);
    }),
  );
});

test('Events of a call', () => {
  const setup = packetOf(
    tpkt(5, [...element(0x6c, 0x81, ...ascii('17')), ...element(0x28, ...ascii('Alice'))]),
    1e15,
    '192.0.2.9:32803',
    '198.51.100.1:1720',
  );
  const released = packetOf(tpkt(90, element(8, 0x80, 0x90), 0x9234), 1e15 + 1, '198.51.100.1:1720', '192.0.2.9:32803', 2);
  assert.deepEqual(dataOf(happenings([setup, released]), 'h323.call'), [
    { message: 'setup', reference: 0x1234, answers: false, calling: '17', called: '', display: 'Alice', cause: -1 },
    { message: 'release-complete', reference: 0x1234, answers: true, calling: '', called: '', display: '', cause: 16 },
  ]);
});

const capture = shared('captures/ntop__nDPI/tests/cfgs/default/pcap/h323.pcap');
const tshark = tool('tshark', 'apt-get install tshark');

test('tshark reads the same, a head in a segment of its own included', { skip: capture.skip || tshark.skip }, async () => {
  const names = [
    'frame.number',
    'q931.message_type',
    'q931.call_ref',
    'q931.calling_party_number.digits',
    'q931.called_party_number.digits',
  ];
  const theirs = execFileSync('tshark', ['-r', capture.path, '-Y', 'q931', '-T', 'fields', ...names.flatMap((name) => ['-e', name])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const reader = await openCapture(capture.path);
  const m = createQ931();
  const mine: string[] = [];
  while (await reader.fill()) {
    while (reader.next()) {
      const { bytes, start, end, frameNumber } = reader.packet;
      if (sniff(bytes, start, end) !== H225 || !parseQ931(m, bytes, start, end)) continue;
      const reference = (m.reference | (m.toOrigin ? 0x8000 : 0)).toString(16).padStart(4, '0');
      mine.push([frameNumber, `0x${m.type.toString(16).padStart(2, '0')}`, reference, part(m, m.calling), part(m, m.called)].join('\t'));
    }
  }
  await reader.close();
  assert.equal(mine.length, 8);
  // tshark shows the reference without the bit that says who chose it.
  const bare = (line: string): string =>
    line
      .replace(/\t[89a-f]([0-9a-f]{3})\t/, (_, rest: string) => `\t*${rest}\t`)
      .replace(/\t[0-7]([0-9a-f]{3})\t/, (_, rest: string) => `\t*${rest}\t`);
  assert.deepEqual(mine.map(bare), theirs.replace(/\n$/, '').split('\n').map(bare));
});
