import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writePcapHeader, writePcapRecord } from '../../src/wire/pcap.ts';
import { Campaigns } from './campaigns.ts';
import { callIdOf, type Frame, framesOf, hashOf } from './frames.ts';

/** A UDP packet in Ethernet, without checksums. */
function packet(src: readonly number[], dst: readonly number[], payload: Buffer): Buffer {
  const frame = Buffer.alloc(42 + payload.length);
  frame.writeUInt16BE(0x0800, 12);
  frame[14] = 0x45;
  frame.writeUInt16BE(28 + payload.length, 16);
  frame[23] = 17;
  frame.set(src, 26);
  frame.set(dst, 30);
  frame.writeUInt16BE(5060, 34);
  frame.writeUInt16BE(5070, 36);
  frame.set(payload, 42);
  return frame;
}

function capture(segment: string, packets: readonly { at: number; payload: string }[]): Frame[] {
  const records = packets.map(({ at, payload }) => writePcapRecord(at, packet([10, 0, 0, 1], [10, 0, 0, 2], Buffer.from(payload))));
  return [...framesOf(Buffer.concat([writePcapHeader(), ...records]), segment)];
}

const about = { attack: 'A17', classes: ['teardown'], stage: 'disrupt', intensity: '1 call', targets: ['x'] } as const;

test('frames are read with addresses, payload and Call-ID', () => {
  const [frame] = capture('office', [{ at: 5_000_001, payload: 'BYE sip:a@b SIP/2.0\r\nCall-ID: q1@h\r\n\r\n' }]);
  assert.ok(frame);
  assert.equal(frame.real, 5_000_001);
  assert.equal(frame.src, '10.0.0.1:5060');
  assert.equal(frame.dst, '10.0.0.2:5070');
  assert.equal(callIdOf(frame), 'q1@h');
  assert.equal(frame.file.toString('latin1', frame.payload, frame.payload + 3), 'BYE');
});

test('a told packet labels one frame of the same bytes, not the same bytes at another time', () => {
  let clock = 1_000_000;
  const campaigns = new Campaigns(() => clock);
  const campaign = campaigns.open(about);
  clock = 20_000_000;
  campaign.sent(Buffer.from('forged'), '', '');
  const frames = capture('office', [
    { at: 3_000_000, payload: 'forged' },
    { at: 20_000_400, payload: 'forged' },
    { at: 20_000_500, payload: 'other' },
  ]);
  const labels = campaigns.label(frames.map((frame) => ({ frame, time: frame.real + 50 })));
  assert.equal(labels.length, 1);
  assert.deepEqual(
    { frame: labels[0]!.frame, time: labels[0]!.time, label: labels[0]!.label, hash: labels[0]!.hash },
    { frame: 2, time: 20_000_450, label: 'A17', hash: hashOf(Buffer.from('forged')) },
  );
});

test('what a segment of real tools sends is labelled while its campaign runs', () => {
  let clock = 1_000_000;
  const campaigns = new Campaigns(() => clock);
  const campaign = campaigns.open({ ...about, attack: 'A12' });
  campaign.owns('attack');
  clock = 2_000_000;
  campaign.end('failed', { targets: ['y'] });
  const frames = capture('attack', [
    { at: 500_000, payload: 'early' },
    { at: 1_500_000, payload: 'in time' },
    { at: 9_000_000, payload: 'late' },
  ]);
  const labels = campaigns.label(frames.map((frame) => ({ frame, time: frame.real })));
  assert.deepEqual(
    labels.map(({ frame }) => frame),
    [2],
  );
  const [summary] = campaigns.summary(labels);
  assert.deepEqual(summary?.attackers, ['10.0.0.1']);
  assert.deepEqual(summary?.targets, ['x', 'y']);
  assert.equal(summary?.packets, 1);
});

test('a told packet that never came keeps a label without a frame', () => {
  const campaigns = new Campaigns(() => 1);
  campaigns.open(about).sent(Buffer.from('lost'), '', '', 'call-1');
  const [label] = campaigns.label([]);
  assert.equal(label?.frame, undefined);
  assert.equal(label?.callId, 'call-1');
});
