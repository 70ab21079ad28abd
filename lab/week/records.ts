/** Reads captures of the lab as they stream in: the records of a `merged.pcap.gz`, batch by batch. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type Frame, frameAt } from '../record/frames.ts';

/** One Ethernet frame of a capture, µs since 1970; `data` is good as long as it is kept. */
export interface PcapRecord {
  readonly time: number;
  readonly data: Buffer;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const READ = 1 << 18;

/** All records of a gzip file as the lab writes it (little-endian, microseconds), in its order. @throws Error if it is cut. */
export async function* recordsOf(file: string): AsyncGenerator<PcapRecord[]> {
  let rest: Buffer = Buffer.alloc(0);
  let skip = FILE_HEADER;
  const bytes: AsyncIterable<Buffer> = createReadStream(file, { highWaterMark: READ }).pipe(createGunzip({ chunkSize: READ }));
  for await (const chunk of bytes) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (rest.length < skip) continue;
    const { batch, at } = split(rest, skip);
    skip = 0;
    rest = rest.subarray(at);
    if (batch.length > 0) yield batch;
  }
  if (rest.length > 0) throw new Error(`${file}: it ends within a record`);
}

function split(bytes: Buffer, from: number): { readonly batch: PcapRecord[]; readonly at: number } {
  const batch: PcapRecord[] = [];
  let at = from;
  while (at + RECORD_HEADER <= bytes.length) {
    const end = at + RECORD_HEADER + bytes.readUInt32LE(at + 8);
    if (end > bytes.length) break;
    batch.push({ time: bytes.readUInt32LE(at) * 1e6 + bytes.readUInt32LE(at + 4), data: bytes.subarray(at + RECORD_HEADER, end) });
    at = end;
  }
  return { batch, at };
}

/** A record as the lab looks at frames. */
export function frameOf({ time, data }: PcapRecord): Frame {
  return frameAt(data, '', time, 0, data.length);
}
