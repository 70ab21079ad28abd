/**
 * Encodings for Event segments, measured: events a second in and out, bytes an Event. `node test/bench/segment.bench.ts [events]`
 * The Events are those of a password guesser among phones: what a segment is full of when it matters. Results: decision 0004.
 */
import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync, constants as z, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Event } from '../../src/types.ts';

const BLOCK = 1024;
const count = Number(process.argv[2] ?? 200_000);

/** Events of a plausible day: one guesser in three, changing Call-IDs, few accounts, growing counters. */
function makeEvents(n: number): Event[] {
  return Array.from({ length: n }, (_, i) => {
    const guess = i % 3 === 0;
    const host = guess ? 7 : i % 200;
    return {
      id: `node-a.1.${i * 4 + 17}.${guess ? 2 : 0}`,
      time: 1_795_000_000_000_000 + i * 6337,
      type: guess ? 'auth.failed' : 'target.contacted',
      node: 'node-a',
      src: `198.51.100.${host}`,
      srcPort: 5060 + (i % 7),
      dst: '192.0.2.10',
      dstPort: 5060,
      origin: 'packet' as const,
      via: '',
      callId: `${((i * 2654435761) >>> 0).toString(16)}${((i * 40503) >>> 0).toString(16)}@198.51.100.${host}`,
      account: guess ? `${1000 + (i % 40)}@pbx.example` : '',
      data: guess
        ? {
            method: 'REGISTER',
            status: 401,
            user: `${1000 + (i % 40)}`,
            realm: 'pbx.example',
            userAgent: 'Phone/1.2',
            refusals: i,
            guess: '',
            trusted: false,
          }
        : { method: 'OPTIONS', userAgent: 'Phone/1.2', serves: 0, known: i % 2 === 0 },
      file: 'day.pcap',
      frame: i * 4 + 17,
    };
  });
}

interface Encoding {
  readonly name: string;
  readonly write: (events: readonly Event[]) => Buffer;
  readonly read: (bytes: Buffer) => Event[];
}

function row(e: Event): unknown[] {
  return [e.type, e.id, e.time, e.src, e.srcPort, e.dst, e.dstPort, e.callId, e.account, e.file, e.frame, ...Object.values(e.data)];
}

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'auth.failed': ['method', 'status', 'user', 'realm', 'userAgent', 'refusals', 'guess', 'trusted'],
  'target.contacted': ['method', 'userAgent', 'serves', 'known'],
};

type Cell = string & number & boolean;
type Row = readonly Cell[];

function event(r: Row): Event {
  const data: Record<string, string | number | boolean> = {};
  const names = NAMES[r[0]!]!;
  for (let i = 0; i < names.length; i++) data[names[i]!] = r[11 + i]!;
  const address = { src: r[3]!, srcPort: r[4]!, dst: r[5]!, dstPort: r[6]! };
  return {
    id: r[1]!,
    time: r[2]!,
    type: r[0]!,
    node: 'node-a',
    ...address,
    origin: 'packet',
    via: '',
    callId: r[7]!,
    account: r[8]!,
    data,
    file: r[9]!,
    frame: r[10]!,
  };
}

const lines = (bytes: Buffer): string[] => bytes.toString().split('\n');

const ENCODINGS: readonly Encoding[] = [
  {
    name: 'JSON objects',
    write: (events) => Buffer.from(events.map((e) => JSON.stringify(e)).join('\n')),
    read: (bytes) => lines(bytes).map((line) => JSON.parse(line)),
  },
  {
    name: 'JSON arrays',
    write: (events) => Buffer.from(events.map((e) => JSON.stringify(row(e))).join('\n')),
    read: (bytes) => lines(bytes).map((line) => event(JSON.parse(line))),
  },
  {
    name: 'JSON arrays, one array a block',
    write: (events) => Buffer.from(JSON.stringify(events.map(row))),
    read: (bytes) => {
      const rows: Row[] = JSON.parse(bytes.toString());
      return rows.map(event);
    },
  },
  { name: 'v8 objects', write: (events) => serialize(events), read: (bytes) => deserialize(bytes) },
];

const fast = { level: 1 };
const PACKINGS = [
  { name: 'none', pack: (b: Buffer) => b, unpack: (b: Buffer) => b },
  { name: 'deflate 1', pack: (b: Buffer) => deflateRawSync(b, fast), unpack: (b: Buffer) => inflateRawSync(b) },
  { name: 'deflate 6', pack: (b: Buffer) => deflateRawSync(b), unpack: (b: Buffer) => inflateRawSync(b) },
  { name: 'zstd 1', pack: (b: Buffer) => zstd(b, 1), unpack: (b: Buffer) => zstdDecompressSync(b) },
  { name: 'zstd 3', pack: (b: Buffer) => zstd(b, 3), unpack: (b: Buffer) => zstdDecompressSync(b) },
] as const;

function zstd(bytes: Buffer, level: number): Buffer {
  return zstdCompressSync(bytes, { params: { [z.ZSTD_c_compressionLevel]: level } });
}

/** CPU seconds of a call. */
function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function measure(events: readonly Event[], encoding: Encoding, packing: (typeof PACKINGS)[number]): void {
  const blocks: Buffer[] = [];
  const writing = cost(() => {
    for (let i = 0; i < events.length; i += BLOCK) blocks.push(packing.pack(encoding.write(events.slice(i, i + BLOCK))));
  });
  let read = 0;
  const reading = cost(() => {
    for (const block of blocks) read += encoding.read(packing.unpack(block)).length;
  });
  if (read !== events.length) throw new Error(`${encoding.name}: ${read} of ${events.length}`);
  const bytes = blocks.reduce((sum, block) => sum + block.length, 0) / events.length;
  const rate = (seconds: number): string => `${Math.round(events.length / seconds / 1000)} k/s`.padStart(10);
  console.log(`${encoding.name.padEnd(32)} ${packing.name.padEnd(10)} ${rate(writing)} ${rate(reading)} ${bytes.toFixed(1).padStart(8)}`);
}

const day = makeEvents(count);
for (let round = 0; round < 2; round++) for (const encoding of ENCODINGS) for (const packing of PACKINGS) measure(day, encoding, packing);
