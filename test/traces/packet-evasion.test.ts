/** Traffic made to deceive monitors raises rule `packet-evasion` and is told in the report; the same traffic sent plainly does not. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { runAnalyze } from '../../src/cli/analyze.ts';
import type { Analysis } from '../../src/publish/analysis.ts';
import { hex, ipv4, pcapOf, segment, sipMessage, udp } from './make-links.ts';
import { readBytes } from './read-all.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-evasion-'));
after(() => rmSync(folder, { recursive: true }));
const raw = { linkType: 101 };

async function analyze(frames: readonly Uint8Array[], json = true): Promise<string> {
  const file = join(folder, 'packets.pcap');
  writeFileSync(file, pcapOf(frames, raw));
  const out = new PassThrough();
  const printed = text(out);
  await runAnalyze([file], { json, color: false }, { out, err: new PassThrough() });
  out.end();
  return printed;
}

async function evasions(frames: readonly Uint8Array[]): Promise<Analysis['alerts']> {
  const { alerts }: Analysis = JSON.parse(await analyze(frames));
  return alerts.filter(({ rule }) => rule === 'packet-evasion');
}

const message = (id: number): Buffer => Buffer.from(sipMessage(`m${id}`, 'body '.repeat(30)));

/** A message in two fragments of 256 bytes and the rest. */
function fragments(id: number): [Buffer, Buffer] {
  const data = udp(5060, 5060, message(id));
  return [ipv4(data.subarray(0, 256), { id, more: true }), ipv4(data.subarray(256), { id, offset: 256 })];
}

test('fragments that contradict, cover each other or are tiny', async () => {
  const conflict = (id: number): Buffer[] => {
    const [first, second] = fragments(id);
    return [first, ipv4(Buffer.alloc(64, 'x'), { id, offset: 128, more: true }), second];
  };
  const cover = (id: number): Buffer[] => {
    const [first, second] = fragments(id);
    return [first, ipv4(udp(5060, 5060, message(id)).subarray(128, 320), { id, offset: 128, more: true }), second];
  };
  const tiny = (id: number): Buffer[] => {
    const data = udp(5060, 5060, message(id));
    return [ipv4(data.subarray(0, 16), { id, more: true }), ipv4(data.subarray(16), { id, offset: 16 })];
  };
  for (const [odd, make] of [
    [4, conflict],
    [2, cover],
    [1, tiny],
  ] as const) {
    const { packets } = await readBytes(pcapOf([...make(1), ...fragments(2), ipv4(udp(1, 2, message(3)))], raw));
    assert.deepEqual(
      packets.map((p) => p.odd),
      [odd, 0, 0],
    );
    const [alert, ...others] = await evasions([1, 2, 3].flatMap(make));
    assert.deepEqual([alert?.level, alert?.subject.value, alert?.count, others.length], ['warning', '192.0.2.1', 3, 0]);
    assert.deepEqual(await evasions(make(1)), [], 'once may be an accident');
  }
  assert.deepEqual(await evasions([1, 2, 3].flatMap(fragments)), []);
  assert.deepEqual(await evasions([1, 2, 3].flatMap((id) => [...fragments(id), ...fragments(id)])), [], 'a mirror port shows all twice');
});

test('TCP that says other bytes the second time: both messages are read', async () => {
  const decoy = sipMessage('decoy');
  const real = decoy.replace('Call-ID: decoy', 'Call-ID: naked');
  const frames = [segment(1, decoy), segment(1, real), segment(1 + real.length, decoy)];
  const { packets, counts } = await readBytes(pcapOf(frames, raw));
  assert.deepEqual(
    packets.map((p) => [p.payload, p.odd, p.truncated]),
    [
      [decoy, 0, false],
      [real, 8, false],
      [decoy, 0, false],
    ],
  );
  assert.equal(counts.oddities.get('stream-conflict'), 1);
  assert.equal((await evasions([...frames, segment(1 + real.length, real)])).length, 1);
});

test('TCP that contradicts itself in the middle of a message: the next message tells', async () => {
  const one = sipMessage('one', 'body '.repeat(30));
  const frames = [segment(1, one.slice(0, 200)), segment(101, 'X'.repeat(60)), segment(201, one.slice(200))];
  const { packets } = await readBytes(pcapOf(frames, raw));
  assert.deepEqual(
    packets.map((p) => [p.payload, p.odd]),
    [[one, 8]],
  );
  const ahead = [
    segment(1, one.slice(0, 100)),
    segment(201, one.slice(200, 260)),
    segment(181, 'X'.repeat(90)),
    segment(101, one.slice(100)),
  ];
  const held = await readBytes(pcapOf(ahead, raw));
  assert.deepEqual([held.packets.length, held.packets[0]?.odd, held.counts.oddities.get('stream-conflict')], [1, 8, 2]);
});

test('plain retransmissions, other segmentation and keep-alives are no conflict', async () => {
  const one = sipMessage('one', 'body '.repeat(30));
  const frames = [segment(1, one), segment(1, one), segment(101, one.slice(100)), segment(one.length, '\0'), segment(1, one.slice(0, 40))];
  const { counts, packets } = await readBytes(pcapOf(frames, raw));
  assert.deepEqual([packets.length, counts.oddities.get('stream-conflict')], [1, undefined]);
  const far = Array.from({ length: 5000 }, (_, i) => segment(1 + i * one.length, one));
  const late = await readBytes(pcapOf([...far, segment(1, one.toUpperCase())], raw));
  assert.equal(late.counts.oddities.get('stream-conflict'), undefined, 'too long ago to be remembered');
});

test('the report tells what was not seen', async () => {
  const tls = segment(1, hex('16 03 01 00 05 00 00 00 00 00').toString('latin1'), 0, 5061);
  const json: Analysis = JSON.parse(await analyze([tls, ...fragments(1).slice(0, 1), segment(50, sipMessage('x'))]));
  assert.deepEqual(json.counts.dropped, { 'fragment-expired': 1, tls: 1 });
  assert.deepEqual(json.counts.capture, { 'stream-joined': 1 });
  const printed = await analyze([tls, segment(50, sipMessage('x'))], false);
  assert.match(printed, /not read +tls 1\n +not seen +stream-joined 1\n/);
});
