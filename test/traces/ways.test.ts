/** The same attack, whatever way its packets come: a password guessed by a real tool, wrapped anew. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openCapture } from '../../src/capture/reader.ts';
import { writePcapHeader, writePcapRecord } from '../../src/wire/pcap.ts';
import { shared } from '../peers.ts';
import { analyze } from './judge.ts';
import { ethernet, hep3, hepChunk, ipv4, join, tcp, udp } from './make-links.ts';
import { WAYS } from './ways.ts';

const capture = shared('captures/tools/svcrack.pcap');

/** One datagram of the capture. */
interface Datagram {
  readonly time: number;
  /** IPv4 packet. */
  readonly packet: Buffer;
}

/** Every datagram of the capture; all of them are IPv4 in Ethernet. */
async function datagrams(): Promise<Datagram[]> {
  const list: Datagram[] = [];
  const reader = await openCapture(capture.path);
  while (await reader.fill()) {
    while (reader.next()) {
      const { time, frame, frameStart } = reader.packet;
      const length = Buffer.from(frame).readUInt16BE(frameStart + 16);
      list.push({ time, packet: Buffer.from(frame.subarray(frameStart + 14, frameStart + 14 + length)) });
    }
  }
  await reader.close();
  return list;
}

/** Its ends and its payload. */
function parts(packet: Buffer): { src: Buffer; dst: Buffer; srcPort: number; dstPort: number; payload: Buffer } {
  const [src, dst] = [packet.subarray(12, 16), packet.subarray(16, 20)];
  return { src, dst, srcPort: packet.readUInt16BE(20), dstPort: packet.readUInt16BE(22), payload: packet.subarray(28) };
}

function number(value: number, bytes: number): Buffer {
  const out = Buffer.alloc(bytes);
  out.writeUIntBE(value, 0, bytes);
  return out;
}

type Wrap = (datagram: Datagram, serial: number) => readonly Buffer[];

/** In the datagrams of a capture agent. */
const toAgent = (payload: Uint8Array): Buffer =>
  ethernet(0x0800, ipv4(udp(40_000, 9060, payload), { src: '203.0.113.5', dst: '203.0.113.6' }));

const HEP: Readonly<Record<string, Wrap>> = {
  'HEP 1': ({ packet }) => {
    const { src, dst, srcPort, dstPort, payload } = parts(packet);
    return [toAgent(join(Buffer.from([1, 16, 2, 17]), number(srcPort, 2), number(dstPort, 2), src, dst, payload))];
  },
  'HEP 2': ({ packet, time }) => {
    const { src, dst, srcPort, dstPort, payload } = parts(packet);
    const when = Buffer.alloc(12);
    when.writeUInt32LE(Math.floor(time / 1e6), 0);
    when.writeUInt32LE(time % 1e6, 4);
    when.writeUInt16LE(7, 8);
    return [toAgent(join(Buffer.from([2, 28, 2, 17]), number(srcPort, 2), number(dstPort, 2), src, dst, when, payload))];
  },
  'HEP 3': ({ packet, time }) => {
    const { src, dst, srcPort, dstPort, payload } = parts(packet);
    const ends = [hepChunk(3, src), hepChunk(4, dst), hepChunk(7, number(srcPort, 2)), hepChunk(8, number(dstPort, 2))];
    const when = [hepChunk(9, number(Math.floor(time / 1e6), 4)), hepChunk(10, number(time % 1e6, 4))];
    const rest = [hepChunk(11, '01'), hepChunk(12, '00000007'), hepChunk(15, payload)];
    return [toAgent(hep3(hepChunk(1, '02'), hepChunk(2, '11'), ...ends, ...when, ...rest))];
  },
};

/** One TCP connection in place of the datagrams, each message a segment. */
function overTcp(): Wrap {
  const next = new Map<string, number>();
  return ({ packet }) => {
    const { src, dst, srcPort, dstPort, payload } = parts(packet);
    const key = `${srcPort} ${dstPort}`;
    const sequence = next.get(key) ?? 1000;
    next.set(key, sequence + payload.length);
    const ends = { protocol: 6, src: [...src].join('.'), dst: [...dst].join('.') };
    return [ethernet(0x0800, ipv4(tcp(srcPort, dstPort, sequence, payload), ends))];
  };
}

/** What an alert says but for times, frames and its id. */
async function told(path: string): Promise<string[]> {
  const { alerts, faults } = await analyze(path);
  assert.deepEqual(faults, []);
  return alerts.map((alert) => [alert.class, alert.level, alert.subject.value, alert.target.value, alert.outcome, alert.count].join(' '));
}

describe('a guessed password by every way', { skip: capture.skip }, () => {
  const folder = mkdtempSync(joinPath(tmpdir(), 'ringfence-'));
  let list: readonly Datagram[] = [];
  let plain: readonly string[] = [];
  before(async () => {
    list = await datagrams();
    plain = await told(capture.path);
    assert.ok(plain.some((alert) => alert.startsWith('password-guessing ')));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function assertSame(linkType: number, wrap: Wrap): Promise<void> {
    const records = list.flatMap((datagram, i) =>
      wrap(datagram, i + 1).map((frame) => writePcapRecord(datagram.time, frame, { linkType })),
    );
    const path = joinPath(folder, 'wrapped.pcap');
    writeFileSync(path, join(writePcapHeader({ linkType }), ...records));
    assert.deepEqual(await told(path), plain);
  }

  for (const { name, link, wrap } of WAYS) test(name, () => assertSame(link, ({ packet }, serial) => wrap(packet, serial)));
  for (const [name, wrap] of Object.entries(HEP)) test(name, () => assertSame(1, wrap));
  test('TCP', () => assertSame(1, overTcp()));
});
