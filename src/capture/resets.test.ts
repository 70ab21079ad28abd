import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pcapOf, segment, sipMessage } from '../../test/traces/make-links.ts';
import { type Reading, readBytes } from '../../test/traces/read-all.ts';
import { STREAM_RESET } from '../carriage.ts';
import { writePcapHeader, writePcapRecord } from '../wire/pcap.ts';

const A = sipMessage('a');
const B = sipMessage('b');
const SYN = 2;
const RST = 4;

async function read(frames: readonly Uint8Array[], seconds = 1): Promise<Reading> {
  const records = frames.map((frame, n) => writePcapRecord(1e15 + n * seconds * 1e6, frame));
  return await readBytes(Buffer.concat([writePcapHeader({ linkType: 101 }), ...records]));
}

const odd = ({ packets }: Reading): number[] => packets.map((p) => p.odd);

test('who goes on behind a reset did not send it', async () => {
  const reading = await read([segment(1, A), segment(1 + A.length, '', RST), segment(1 + A.length, B)]);
  assert.deepEqual(odd(reading), [0, STREAM_RESET]);
  assert.equal(reading.counts.oddities.get('stream-reset'), 1);
});

test('a blind one, somewhere in the window; each is told once', async () => {
  const last = 1 + A.length + B.length;
  const reading = await read([segment(1, A), segment(9000, '', RST), segment(1 + A.length, B), segment(last, A)]);
  assert.deepEqual(odd(reading), [0, STREAM_RESET, 0]);
});

test('what crossed it, another connection, one that is over, and one that nothing was read of', async () => {
  const none = async (frames: readonly Uint8Array[], seconds?: number): Promise<void> => {
    assert.equal((await read(frames, seconds)).counts.oddities.get('stream-reset'), undefined);
  };
  await none([segment(1, A), segment(1 + A.length + B.length, '', RST), segment(1 + A.length, B)], 0.01);
  await none([segment(1, A), segment(1 + A.length, '', RST), segment(70_000, '', SYN), segment(70_001, B)]);
  await none([segment(1, A), segment(1 + A.length, '', RST), segment(50_000_000, B)]);
  await none([segment(60_000_000, A), segment(60_000_000 + A.length, '', RST), segment(1, B)]);
  await none([segment(1, A), segment(1 + A.length, '', RST), segment(1 + A.length, B)], 40);
  await none([segment(1, A.slice(0, 20)), segment(21, '', RST), segment(21, A.slice(20)), segment(1 + A.length, B)]);
  assert.equal((await readBytes(pcapOf([segment(1, A)], { linkType: 101 }))).packets.length, 1);
});
