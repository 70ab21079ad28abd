/**
 * Builds samples/attack-day.pcap: three recordings of SIPVicious against a Kamailio, told as one morning of one attacker.
 * Time stamps are shifted as a whole per recording; the scanner’s address 10.99.0.101 becomes 10.99.0.100, the address of
 * the other two, in headers and text alike (same length). Checksums are made anew: the recordings have half-made ones, as
 * captures on the sending machine do. Nothing else changes.
 *
 * usage: node tools/sample.ts [OUT.pcap]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, SHARED } from '../test/peers.ts';

/** The recordings in order, each with the time its first packet gets (UTC). */
const ACTS = [
  { file: 'svmap.pcap', at: Date.UTC(2026, 10, 20, 8, 0, 0) },
  { file: 'svwar_reg.pcap', at: Date.UTC(2026, 10, 20, 8, 4, 10) },
  { file: 'svcrack.pcap', at: Date.UTC(2026, 10, 20, 8, 9, 30) },
] as const;

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET = 14;
const ICMP = 1;
const UDP = 17;

/** One attacker instead of two: the last byte of his address, and the same in text. */
const OLD_ADDRESS = Buffer.from([10, 99, 0, 101]);
const NEW_ADDRESS = Buffer.from([10, 99, 0, 100]);
const OLD_TEXT = Buffer.from('10.99.0.101');
const NEW_TEXT = Buffer.from('10.99.0.100');

/** The sample as the bytes of a pcap file (µs, little endian, Ethernet). */
export function makeSample(folder: string): Buffer {
  const parts: Buffer[] = [];
  for (const act of ACTS) {
    const bytes = readFileSync(join(folder, act.file));
    if (bytes.readUInt32LE(0) !== 0xa1b2c3d4 || bytes.readUInt32LE(20) !== 1) throw new Error(`${act.file}: not a µs Ethernet pcap`);
    if (parts.length === 0) parts.push(bytes.subarray(0, FILE_HEADER));
    parts.push(shifted(bytes, act.at * 1000));
  }
  return Buffer.concat(parts);
}

/** The records of a file, the first one at `start` (µs since 1970). */
function shifted(bytes: Buffer, start: number): Buffer {
  const out = Buffer.from(bytes.subarray(FILE_HEADER));
  let shift: number | undefined;
  for (let at = 0; at < out.length; ) {
    const time = out.readUInt32LE(at) * 1e6 + out.readUInt32LE(at + 4);
    shift ??= start - time;
    out.writeUInt32LE(Math.floor((time + shift) / 1e6), at);
    out.writeUInt32LE((time + shift) % 1e6, at + 4);
    const length = out.readUInt32LE(at + 8);
    oneAttacker(out.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length));
    at += RECORD_HEADER + length;
  }
  return out;
}

/** Renames the attacker in one Ethernet frame and sums it anew, in place. */
function oneAttacker(frame: Buffer): void {
  if (frame.readUInt16BE(12) !== 0x0800) return;
  const packet = frame.subarray(ETHERNET, ETHERNET + frame.readUInt16BE(ETHERNET + 2));
  replaceAll(packet, OLD_ADDRESS, NEW_ADDRESS);
  replaceAll(packet, OLD_TEXT, NEW_TEXT);
  const payload = packet.subarray((packet[0]! & 15) * 4);
  if (packet[9] === ICMP) {
    sumInternet(payload.subarray(8));
    setChecksum(payload, 2, 0, payload);
  }
  sumInternet(packet);
}

/** Header checksum of an IPv4 packet and, if it is a whole UDP datagram, the datagram’s (RFC 791, 768). */
function sumInternet(packet: Buffer): void {
  const header = packet.subarray(0, (packet[0]! & 15) * 4);
  setChecksum(packet, 10, 0, header);
  const datagram = packet.subarray(header.length);
  if (packet[9] !== UDP || datagram.length < 8 || datagram.readUInt16BE(4) !== datagram.length) return;
  const pseudo = sum(packet.subarray(12, 20)) + UDP + datagram.length;
  setChecksum(datagram, 6, pseudo, datagram);
}

/** Writes the ones' complement sum (RFC 1071) of `over` and `extra` at `at`. */
function setChecksum(bytes: Buffer, at: number, extra: number, over: Buffer): void {
  bytes.writeUInt16BE(0, at);
  let total = sum(over) + extra;
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  bytes.writeUInt16BE(~total & 0xffff, at);
}

function sum(bytes: Buffer): number {
  let total = 0;
  for (let i = 0; i < bytes.length; i++) total += i % 2 === 0 ? bytes[i]! << 8 : bytes[i]!;
  return total;
}

function replaceAll(bytes: Buffer, from: Buffer, to: Buffer): void {
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) to.copy(bytes, at);
}

if (import.meta.main) {
  const out = process.argv[2] ?? join(ROOT, 'samples', 'attack-day.pcap');
  const sample = makeSample(join(SHARED, 'captures', 'tools'));
  writeFileSync(out, sample);
  console.log(`${out}: ${sample.length} bytes`);
}
