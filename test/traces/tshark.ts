/** What tshark sees of a capture, and what we see of it, in the same form. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { addressText, portOf } from '../../src/bytes.ts';
import { openCapture } from '../../src/capture/reader.ts';

const run = promisify(execFile);

const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'udp.srcport',
  'udp.dstport',
  'udp.payload',
  'frame.protocols',
];

/** Frames in all, and the UDP datagrams by frame number: time, addresses, ports, payload in hexadecimal. */
export interface Listing {
  frames: number;
  datagrams: Map<number, string>;
}

/** What tshark sees, one line per datagram; ICMP errors quote datagrams that were not sent in that frame. */
export async function byTshark(path: string): Promise<Listing> {
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const { stdout } = await run('tshark', ['-n', '-r', path, '-T', 'fields', '-E', 'occurrence=f', ...fields], { maxBuffer: 1 << 29 });
  const datagrams = new Map<number, string>();
  let frames = 0;
  for (const row of stdout.split('\n')) {
    if (row === '') continue;
    frames++;
    const [number, time, src4, dst4, src6, dst6, srcPort, dstPort, payload, protocols] = row.split('\t');
    if (srcPort === '' || /:icmp.*:udp/.test(protocols!)) continue;
    const [seconds, fraction = ''] = time!.split('.');
    const micros = Number(seconds) * 1e6 + Number(fraction.slice(0, 6));
    datagrams.set(Number(number), `${micros} ${src4 || src6}:${srcPort} ${dst4 || dst6}:${dstPort} ${payload}`);
  }
  return { frames, datagrams };
}

/** Adds what we see in a capture to `listing`, its frames numbered on. */
export async function addOurs(path: string, listing: Listing): Promise<void> {
  const reader = await openCapture(path);
  const before = listing.datagrams.size;
  while (await reader.fill()) {
    while (reader.next()) {
      const { frameNumber, time, src, dst, bytes, start, end } = reader.packet;
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('hex');
      const line = `${time} ${addressText(src)}:${portOf(src)} ${addressText(dst)}:${portOf(dst)} ${payload}`;
      listing.datagrams.set(listing.frames + frameNumber, line);
    }
  }
  await reader.close();
  const { frames, packets, dropped } = reader.counts;
  assert.equal(frames, packets + [...dropped.values()].reduce((a, b) => a + b, 0), `${path}: each frame is counted once`);
  assert.equal(packets, listing.datagrams.size - before, path);
  assert.deepEqual(reader.faults, [], path);
  listing.frames += frames;
}

/** The first difference of two listings, or nothing. */
export function difference(theirs: Listing, ours: Listing): string | undefined {
  if (theirs.frames !== ours.frames) return `tshark counts ${theirs.frames} frames, we ${ours.frames}`;
  const numbers = new Set([...theirs.datagrams.keys(), ...ours.datagrams.keys()]);
  for (const number of numbers) {
    const their = theirs.datagrams.get(number);
    const our = ours.datagrams.get(number);
    if (their !== our) return `frame ${number}:\n  tshark ${their?.slice(0, 200)}\n  we     ${our?.slice(0, 200)}`;
  }
  return undefined;
}
