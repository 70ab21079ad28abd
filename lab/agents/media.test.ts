import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../random.ts';
import { loopbackSegment } from '../servers/loopback.ts';
import { Media } from './media.ts';
import type { Described } from './sdp.ts';
import { drawMakers, type Shape } from './shape.ts';
import { CODECS, framesOf, recording, speech } from './sound.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function shape(codec: number, comfortNoise = false): Shape {
  const drawn = drawMakers(seeded(1))[0]!(seeded(2));
  return {
    ...drawn,
    sdp: { ...drawn.sdp, codecs: [codec], ptime: 20, comfortNoise },
    media: { ...drawn.media, rtcp: true, rtcpBye: true },
  };
}

interface Packet {
  readonly type: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

function read(bytes: Uint8Array): Packet {
  const packet = Buffer.from(bytes);
  return {
    type: packet[1]! & 127,
    marker: packet[1]! > 127,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payload: packet.subarray(12),
  };
}

function described(port: number, address: string, payloadTypes: number[]): Described {
  return { media: { address, port }, kind: 'audio', payloadTypes, ptime: 20, direction: 'sendrecv', dtmf: 101 };
}

async function sender(codec: number, comfortNoise = false): Promise<{ media: Media; rtp: Packet[]; rtcp: Buffer[] }> {
  const rtp: Packet[] = [];
  const rtcp: Buffer[] = [];
  const witness = (payload: Uint8Array, src: string): void => {
    if (Number(src.split(':')[1]) % 2 === 0) rtp.push(read(payload));
    else rtcp.push(Buffer.from(payload));
  };
  const setup = {
    segment: loopbackSegment('office'),
    address: '127.67.0.1',
    shape: shape(codec, comfortNoise),
    random: seeded(3),
    witness,
  };
  return { media: await Media.open(setup), rtp, rtcp };
}

test('packets follow each other in sequence, time and source; a pause moves the timestamp only', async () => {
  const { media, rtp, rtcp } = await sender(8);
  media.negotiate(described(40000, '127.67.0.2', [8, 101]));
  media.start();
  await wait(150);
  media.pause();
  const before = rtp.length;
  assert.ok(before >= 5 && before <= 9, `${before} packets in 150 ms`);
  media.start(10);
  await wait(60);
  media.close();
  for (const [i, packet] of rtp.entries()) {
    assert.equal(packet.type, 8);
    assert.equal(packet.payload.length, 160);
    assert.equal(packet.marker, i === 0 || i === before);
    const last = rtp[i - 1];
    if (!last) continue;
    assert.equal(packet.sequence, (last.sequence + 1) & 0xffff);
    assert.equal((packet.timestamp - last.timestamp) >>> 0, i === before ? 80160 : 160);
    assert.equal(packet.ssrc, last.ssrc);
  }
  assert.equal(rtcp.length, 1, 'a report with BYE at the end');
  assert.equal(rtcp[0]?.[1], 200);
  assert.equal(rtcp[0]?.readUInt32BE(rtcp[0].length - 8), 0x81cb0001);
  assert.equal(rtcp[0]?.readUInt32BE(20), rtp.length, 'packets sent');
});

test('keys are pressed as telephone events: one timestamp, growing duration, three ends', async () => {
  const { media, rtp } = await sender(0);
  media.negotiate(described(40000, '127.67.0.2', [0, 101]));
  media.stream?.press('5#');
  media.start();
  await wait(450);
  media.close();
  const events = rtp.filter((packet) => packet.type === 101);
  assert.equal(events.length, 18);
  const first = events.slice(0, 9);
  assert.ok(first.every((packet) => packet.payload[0] === 5 && packet.timestamp === first[0]?.timestamp));
  assert.equal(first.filter((packet) => packet.payload[1]! >= 0x80).length, 3);
  assert.equal(first[0]?.marker, true);
  assert.equal(events[9]?.payload[0], 11);
  assert.ok(
    rtp.some((packet) => packet.type === 0),
    'then sound',
  );
});

test('it answers to where packets come from, once per description', async () => {
  const [one, two] = [await sender(0), await sender(0)];
  let learnt = '';
  one.media.onLearnt = (from) => (learnt = `${from.address}:${from.port}`);
  one.media.negotiate(described(9, '10.9.9.9', [0])); // a private address that cannot be reached
  two.media.negotiate(described(one.media.port, one.media.address, [0]));
  two.media.start();
  await wait(60);
  assert.equal(learnt, `${two.media.address}:${two.media.port}`);
  assert.deepEqual(one.media.to, { address: two.media.address, port: two.media.port });
  one.media.start();
  await wait(60);
  assert.ok(two.media.received > 0 && one.media.received > 0);
  one.media.close();
  two.media.close();
});

test('a speaker with comfort noise falls silent with one small packet', async () => {
  const { media, rtp } = await sender(0, true);
  let frames = 0;
  media.negotiate(described(40000, '127.67.0.2', [0, 13]), () => (frames++ < 6 ? 1 : undefined));
  media.start();
  await wait(160);
  media.close();
  assert.deepEqual(
    rtp.map((packet) => packet.type),
    [0, 0, 0, 13],
  );
  assert.equal(rtp[3]?.payload.length, 1);
});

test('another source has another SSRC; fax data leaves instead of sound', async () => {
  const { media, rtp } = await sender(0);
  const fax = await sender(0);
  media.negotiate(described(fax.media.port, fax.media.address, [0]));
  media.start();
  await wait(50);
  media.stream?.changeSource();
  await wait(50);
  assert.equal(new Set(rtp.map((packet) => packet.ssrc)).size, 2);
  const before = fax.media.received;
  const sounds = rtp.length;
  media.startFax();
  await wait(100);
  assert.ok(fax.media.received > before);
  assert.equal(rtp.length, sounds);
  media.close();
  fax.media.close();
});

test('speech differs from speaker to speaker, a recording never; frames fit their codec', () => {
  const take = (voice: () => number | undefined): string => Array.from({ length: 400 }, voice).join();
  assert.notEqual(take(speech(seeded(1))), take(speech(seeded(2))));
  const same = recording(seeded(1), 3);
  assert.equal(take(same()), take(same()));
  for (const codec of CODECS.values()) for (const frame of framesOf(codec)) assert.equal(frame.length, codec.frameBytes);
});
