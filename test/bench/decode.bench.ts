/**
 * Time per SIP message of sniff and parseSip, run by hand:
 * `node test/bench/decode.bench.ts FILE.pcap [messages]`. A classic little-endian pcap of Ethernet and IPv4/UDP.
 */
import { openSync, readSync } from 'node:fs';
import { createMessage, parseSip } from '../../src/decode/sip.ts';
import { SIP, sniff } from '../../src/decode/sniff.ts';

interface Payloads {
  bytes: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  count: number;
}

function load(file: string, wanted: number): Payloads {
  const fd = openSync(file, 'r');
  const bytes = new Uint8Array(wanted * 900);
  const size = readSync(fd, bytes, 0, bytes.length, 0);
  const view = new DataView(bytes.buffer);
  const starts = new Int32Array(wanted);
  const ends = new Int32Array(wanted);
  let count = 0;
  for (let at = 24; at + 16 < size && count < wanted; ) {
    const length = view.getUint32(at + 8, true);
    const frame = at + 16;
    if (frame + length > size) break;
    const udp = frame + 14 + (bytes[frame + 14]! & 15) * 4;
    starts[count] = udp + 8;
    ends[count] = frame + length;
    if (bytes[frame + 23] === 17) count++;
    at = frame + length;
  }
  return { bytes, starts, ends, count };
}

function round(p: Payloads, message: ReturnType<typeof createMessage>): number {
  let sum = 0;
  for (let k = 0; k < p.count; k++) {
    const start = p.starts[k]!;
    const end = p.ends[k]!;
    if (sniff(p.bytes, start, end) !== SIP) continue;
    parseSip(message, p.bytes, start, end);
    sum += message.headerCount + message.oddityCount;
  }
  return sum;
}

const file = process.argv[2];
if (file === undefined) throw new Error('usage: decode.bench.ts FILE.pcap [messages]');
const payloads = load(file, Number(process.argv[3] ?? 20000));
const message = createMessage();
let sum = 0;
for (let k = 0; k < Number(process.argv[4] ?? 60) / 3; k++) sum = round(payloads, message);
const rounds = Number(process.argv[4] ?? 60);
const before = process.cpuUsage();
for (let k = 0; k < rounds; k++) sum = round(payloads, message);
const used = process.cpuUsage(before);
const total = rounds * payloads.count;
process.stdout.write(`${payloads.count} payloads, checksum ${sum}, ${((used.user + used.system) / total).toFixed(3)} µs per message\n`);
