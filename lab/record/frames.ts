/** The frames of a tcpdump file, with what the lab must know of each: a small reader independent of the engine's. */
import { createHash } from 'node:crypto';

/** One captured frame; offsets are into the file's bytes. */
export interface Frame {
  /** Segment it came from. */
  readonly segment: string;
  /** Microseconds since 1970 on the machine's clock. */
  readonly real: number;
  readonly start: number;
  readonly end: number;
  readonly file: Buffer;
  readonly transport: 'udp' | 'tcp' | undefined;
  readonly src: string;
  readonly dst: string;
  /** Where the transport's payload starts. */
  readonly payload: number;
  /** Where the payload ends. */
  readonly payloadEnd: number;
  /** Of a fragment: what the fragments of its datagram have in common, and whether it is the first one. */
  readonly fragment: { readonly of: string; readonly first: boolean } | undefined;
}

const HEADER = 24;
const RECORD = 16;
const ETHERNET = 14;

/** All IPv4 frames of a capture (little-endian, microseconds, Ethernet: what tcpdump writes here). */
export function* framesOf(file: Buffer, segment: string): Generator<Frame> {
  for (let at = HEADER; at + RECORD <= file.length; ) {
    const length = file.readUInt32LE(at + 8);
    const start = at + RECORD;
    if (start + length > file.length) return;
    yield frameAt(file, segment, file.readUInt32LE(at) * 1e6 + file.readUInt32LE(at + 4), start, start + length);
    at = start + length;
  }
}

/** The packet that a frame is about: of an ICMP error (RFC 792: types 3, 4, 11, 12) the one that it quotes, else the frame itself. */
export function subjectOf(told: Frame): Frame {
  const { file, segment, real, start, end, payload } = told;
  const error = file[start + ETHERNET + 9] === 1 && [3, 4, 11, 12].includes(file[payload]!);
  return error && end - payload >= QUOTED ? frameAt(file, segment, real, start, end, payload + 8) : told;
}

/** Least bytes of an ICMP error: its header, and an IPv4 header with ports. */
const QUOTED = 8 + 20 + 4;

/** The Ethernet frame at `[start, end)`. @param ip where its IPv4 header begins, if not behind the Ethernet header. */
export function frameAt(file: Buffer, segment: string, real: number, start: number, end: number, ip: number = start + ETHERNET): Frame {
  const inner = ip + (file[ip]! & 15) * 4;
  const last = Math.min(end, ip + file.readUInt16BE(ip + 2));
  const offset = file.readUInt16BE(ip + 6) & 0x1fff;
  const transport = offset > 0 ? undefined : file[ip + 9] === 17 ? 'udp' : file[ip + 9] === 6 ? 'tcp' : undefined;
  const port = (at: number): string => (transport === undefined ? '' : `:${file.readUInt16BE(at)}`);
  const payload = transport === 'udp' ? inner + 8 : transport === 'tcp' ? inner + (file[inner + 12]! >> 4) * 4 : inner;
  return {
    segment,
    real,
    start,
    end,
    file,
    transport,
    src: dotted(file, ip + 12) + port(inner),
    dst: dotted(file, ip + 16) + port(inner + 2),
    payload,
    payloadEnd: last,
    fragment:
      (file.readUInt16BE(ip + 6) & 0x3fff) === 0
        ? undefined
        : { of: file.toString('latin1', ip + 4, ip + 6) + file.toString('latin1', ip + 12, ip + 20), first: offset === 0 },
  };
}

function dotted(file: Buffer, at: number): string {
  return `${file[at]}.${file[at + 1]}.${file[at + 2]}.${file[at + 3]}`;
}

/** First 16 hexadecimal digits of the SHA-256 of a payload: how labels name packets. */
export function hashOf(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('hex').slice(0, 16);
}

const LONGEST_HEADER = 4000;

/** The Call-ID if the payload looks like a SIP message. */
export function callIdOf({ file, payload, payloadEnd, transport }: Frame): string | undefined {
  if (transport === undefined || payloadEnd - payload < 20) return;
  const first = file[payload]!;
  // A method or SIP/2.0; RTP and STUN have no capital letter first.
  if (first < 0x41 || first > 0x5a) return;
  const text = file.toString('latin1', payload, Math.min(payloadEnd, payload + LONGEST_HEADER));
  if (!text.includes('SIP/2.0')) return;
  return /\r?\n(?:call-id|i)[ \t]*:[ \t]*([^\r\n]*)/i.exec(text)?.[1]?.trim();
}
