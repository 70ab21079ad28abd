import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callIdOf, framesOf, subjectOf } from './frames.ts';

/** An IPv4 packet (no options) of a protocol between two addresses. */
function packet(protocol: number, src: readonly number[], dst: readonly number[], body: Buffer): Buffer {
  const head = Buffer.from([0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, ...src, ...dst]);
  head.writeUInt16BE(20 + body.length, 2);
  return Buffer.concat([head, body]);
}

function udp(src: number, dst: number, payload: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(src, 0);
  head.writeUInt16BE(dst, 2);
  return Buffer.concat([head, Buffer.from(payload)]);
}

/** A capture file of these packets, a second apart. */
function capture(...packets: Buffer[]): Buffer {
  const records = packets.flatMap((each, i) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(10 + i, 0);
    record.writeUInt32LE(14 + each.length, 8);
    return [record, Buffer.alloc(14), each];
  });
  return Buffer.concat([Buffer.alloc(24), ...records]);
}

const A = [10, 0, 0, 1];
const B = [10, 0, 0, 2];
const MESSAGE = 'OPTIONS sip:b SIP/2.0\r\ni: one@a\r\n\r\n';

test('a frame tells its addresses, its time and the Call-ID of its message', () => {
  const [frame, ...rest] = framesOf(capture(packet(17, A, B, udp(5060, 5070, MESSAGE))), 'office');
  assert.equal(rest.length, 0);
  assert.ok(frame);
  assert.deepEqual([frame.src, frame.dst, frame.real, frame.transport], ['10.0.0.1:5060', '10.0.0.2:5070', 10e6, 'udp']);
  assert.equal(callIdOf(frame), 'one@a');
  assert.equal(subjectOf(frame), frame);
});

test('an ICMP error is about the packet that it quotes', () => {
  const lost = packet(17, A, B, udp(4000, 4002, 'media'));
  const error = packet(1, B, A, Buffer.concat([Buffer.from([3, 3, 0, 0, 0, 0, 0, 0]), lost]));
  const echo = packet(1, B, A, Buffer.concat([Buffer.from([8, 0, 0, 0, 0, 0, 0, 0]), lost]));
  const short = packet(1, B, A, Buffer.from([3, 3, 0, 0, 0, 0, 0, 0, 0x45]));
  const subjects = [...framesOf(capture(error, echo, short), 'office')].map(subjectOf);
  assert.deepEqual(
    subjects.map(({ src, dst }) => [src, dst]),
    [
      ['10.0.0.1:4000', '10.0.0.2:4002'],
      ['10.0.0.2', '10.0.0.1'],
      ['10.0.0.2', '10.0.0.1'],
    ],
  );
});

test('fragments of a datagram are known as such, later ones have no ports', () => {
  const [first, later, other] = [0x2000, 0x00b9, 0x0000].map((word) => {
    const part = packet(17, A, B, udp(5060, 5070, MESSAGE));
    part.writeUInt16BE(7, 4);
    part.writeUInt16BE(word, 6);
    return part;
  });
  const frames = [...framesOf(capture(first!, later!, other!), 'office')];
  assert.deepEqual(
    frames.map(({ fragment }) => fragment?.first),
    [true, false, undefined],
  );
  assert.equal(frames[0]?.fragment?.of, frames[1]?.fragment?.of);
  assert.deepEqual(
    frames.map(({ src }) => src),
    ['10.0.0.1:5060', '10.0.0.1', '10.0.0.1:5060'],
  );
});
