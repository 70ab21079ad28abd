/** What tshark sees of a capture, and what we see of it, in the same form. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { addressText, portOf } from '../../src/bytes.ts';
import { openCapture } from '../../src/capture/reader.ts';

const run = promisify(execFile);
/** ESP without encryption is opened by its looks, as we do. */
const PREFERENCES = ['-o', 'esp.enable_null_encryption_decode_heuristic:TRUE'];

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

/** `HEP3` in hexadecimal. */
const HEP = '48455033';

/** Frames in all, and the UDP datagrams by frame number: time, addresses, ports, payload in hexadecimal. */
export interface Listing {
  frames: number;
  datagrams: Map<number, string>;
}

/** What tshark sees, one line per datagram, the innermost of tunnels; ICMP errors quote datagrams that were not sent in that frame. */
export async function byTshark(path: string): Promise<Listing> {
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const { stdout } = await run('tshark', ['-n', '-r', path, '-T', 'fields', '-E', 'occurrence=l', ...PREFERENCES, ...fields], {
    maxBuffer: 1 << 29,
  });
  const datagrams = new Map<number, string>();
  let frames = 0;
  for (const row of stdout.split('\n')) {
    if (row === '') continue;
    frames++;
    const [number, time, src4, dst4, src6, dst6, srcPort, dstPort, payload, protocols] = row.split('\t');
    // Datagrams quoted by ICMP errors, those of tunnels that hold no UDP, and HEP, which tshark does not know.
    if (srcPort === '' || /:icmp.*:udp|:udp:(l2tp:ppp|vxlan|gtp:ip)(?!.*:udp)/.test(protocols!) || payload!.startsWith(HEP)) continue;
    const six = /(^|:)ipv6(?!.*:ip:)/.test(protocols!);
    const [seconds, fraction = ''] = time!.split('.');
    const micros = Number(seconds) * 1e6 + Number(fraction.slice(0, 6));
    datagrams.set(Number(number), `${micros} ${six ? src6 : src4}:${srcPort} ${six ? dst6 : dst4}:${dstPort} ${payload}`);
  }
  return { frames, datagrams };
}

/** SIP messages by frame: their Call-ID and CSeq, in order. */
export type Messages = Map<number, string>;

/** The SIP messages that tshark finds in TCP, SCTP and WebSocket, segments put in order. */
export async function messagesByTshark(path: string): Promise<{ frames: number; messages: Messages }> {
  const fields = ['frame.number', 'sip.Call-ID', 'sip.CSeq', 'udp.srcport'].flatMap((field) => ['-e', field]);
  const order = ['-o', 'tcp.reassemble_out_of_order:TRUE', '-E', 'occurrence=a', '-E', 'aggregator=|'];
  const { stdout } = await run('tshark', ['-n', '-r', path, '-T', 'fields', ...order, ...fields], { maxBuffer: 1 << 29 });
  const messages: Messages = new Map();
  let frames = 0;
  for (const row of stdout.split('\n')) {
    if (row === '') continue;
    frames++;
    const [number, calls, sequences, udp] = row.split('\t');
    if (calls === '' || udp !== '') continue;
    const numbers = sequences!.split('|');
    messages.set(
      Number(number),
      calls!
        .split('|')
        .map((call, i) => `${call} ${numbers[i]}`)
        .join('\n'),
    );
  }
  return { frames, messages };
}

/** The same from us. */
export async function messagesByUs(path: string, into: Messages, before: number): Promise<number> {
  const reader = await openCapture(path);
  while (await reader.fill()) {
    while (reader.next()) {
      const { packet } = reader;
      if (packet.transport === 'udp') continue;
      const message = Buffer.from(packet.bytes.subarray(packet.start, packet.end)).toString('latin1');
      const field = (name: RegExp): string => name.exec(message)?.[1]?.trim() ?? '';
      const line = `${field(/^(?:Call-ID|i)\s*:([^\r\n]*)/im)} ${field(/^CSeq\s*:([^\r\n]*)/im)}`;
      if (line === ' ') continue;
      const number = before + packet.frameNumber;
      const others = into.get(number);
      into.set(number, others === undefined ? line : `${others}\n${line}`);
    }
  }
  await reader.close();
  return before + reader.counts.frames;
}

/** Adds what we see in a capture to `listing`, its frames numbered on. */
export async function addOurs(path: string, listing: Listing): Promise<void> {
  const reader = await openCapture(path);
  const before = listing.datagrams.size;
  let datagrams = 0;
  while (await reader.fill()) {
    while (reader.next()) {
      const { frameNumber, time, src, dst, bytes, start, end, transport, hep } = reader.packet;
      if (transport !== 'udp' || hep !== undefined) continue;
      datagrams++;
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('hex');
      const line = `${time} ${addressText(src)}:${portOf(src)} ${addressText(dst)}:${portOf(dst)} ${payload}`;
      listing.datagrams.set(listing.frames + frameNumber, line);
    }
  }
  await reader.close();
  const { frames, taken, dropped } = reader.counts;
  assert.equal(frames, taken + [...dropped.values()].reduce((a, b) => a + b, 0), `${path}: each frame is counted once`);
  assert.equal(datagrams, listing.datagrams.size - before, path);
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
