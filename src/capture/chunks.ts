/**
 * SIP over SCTP (RFC 4168): the DATA (RFC 9260 §3.3.1) and I-DATA (RFC 8260 §2.1) chunks of a packet. A message split
 * over chunks is put together (`parts.ts`); one that the capture cut comes as a truncated packet.
 */
import { word16, word32 } from '../bytes.ts';
import { isStartLine } from '../decode/sniff.ts';
import { Key, type Seed } from '../table.ts';
import type { Packet } from '../types.ts';
import { Parts } from './parts.ts';
import { isSipPort } from './protocols.ts';

const DATA = 0;
const I_DATA = 64;
/** Flags: outside the order of the stream, first and last part of a message. */
const UNORDERED = 4;
const BEGINNING = 2;
const ENDING = 1;
/** Whole message. */
const BOTH = BEGINNING | ENDING;

/** Walks the chunks of one packet. */
export class Chunks {
  readonly #parts: Parts;
  readonly #key = new Key(64);
  #bytes: Uint8Array = new Uint8Array(0);
  #tunnels = 0;
  #tag = 0;
  #at = 0;
  #end = 0;
  #onPort = false;
  #flushing = false;
  /** Chunks with SIP's port or beginning that gave no packet. */
  parts = 0;

  constructor(seed: Seed) {
    this.#parts = new Parts(seed);
  }

  /** Messages of which parts were not seen. */
  get missing(): number {
    return this.#parts.missing;
  }

  /** Begins with the SCTP packet `bytes[at, end)`; ports go into `packet`. False: too short. */
  begin(packet: Packet, tunnels: number, bytes: Uint8Array, at: number, end: number): boolean {
    if (end - at < 12) return false;
    const { src, dst } = packet;
    src[16] = bytes[at]!;
    src[17] = bytes[at + 1]!;
    dst[16] = bytes[at + 2]!;
    dst[17] = bytes[at + 3]!;
    this.#onPort = isSipPort(packet);
    this.#bytes = bytes;
    this.#tunnels = tunnels;
    this.#tag = word32(bytes, at + 4);
    this.#at = at + 12;
    this.#end = end;
    this.parts = 0;
    return true;
  }

  /** Moves `packet` to the next message in it. */
  more(packet: Packet): boolean {
    const bytes = this.#bytes;
    while (this.#end - this.#at >= 4) {
      const at = this.#at;
      const type = bytes[at]!;
      const length = word16(bytes, at + 2);
      if (length < 4) break;
      this.#at = at + ((length + 3) & ~3);
      const start = at + (type === DATA ? 16 : 20);
      const stop = at + length;
      if ((type !== DATA && type !== I_DATA) || start >= Math.min(stop, this.#end)) continue;
      if (this.#give(packet, at, start, stop)) return true;
    }
    this.#end = 0;
    this.#flushing &&= this.#beginning(packet);
    return this.#flushing;
  }

  /** The input has ended: `more` gives the beginnings of messages whose other parts were not seen. */
  flush(): void {
    this.#flushing = true;
    this.#parts.flush();
  }

  #give(packet: Packet, at: number, start: number, stop: number): boolean {
    const bytes = this.#bytes;
    const end = Math.min(stop, this.#end);
    const flags = bytes[at + 1]!;
    const ours = this.#onPort || isStartLine(bytes, start, end);
    const cut = end < stop;
    if ((flags & BOTH) !== BOTH && !(cut && (flags & BEGINNING) !== 0)) return this.#join(packet, at, ours, start, end, cut);
    if (!ours) return false;
    set(packet, bytes, start, end);
    packet.truncated = cut || (flags & ENDING) === 0;
    return true;
  }

  /** A part of a message: true if that is whole now. */
  #join(packet: Packet, at: number, ours: boolean, start: number, end: number, cut: boolean): boolean {
    const bytes = this.#bytes;
    const flags = bytes[at + 1]!;
    const plain = bytes[at] === DATA;
    const key = this.#key.reset().add(packet.src, 0, 18).add(packet.dst, 0, 18).addNumber(this.#tunnels).addNumber(this.#tag);
    key.addByte(bytes[at]!).addByte(flags & UNORDERED);
    // Stream, and number of the message in it; unordered DATA have none, and are told apart by their numbers in a row.
    key.add(bytes, at + 8, at + 10);
    if (!plain) key.add(bytes, at + 12, at + 16);
    else if ((flags & UNORDERED) === 0) key.add(bytes, at + 10, at + 12);
    if (!ours && !this.#parts.knows(key, packet.time)) return false;
    this.parts++;
    if (cut) return false;
    const begins = (flags & BEGINNING) !== 0;
    // Signed: `Parts` lets them wrap.
    const number = (plain ? word32(bytes, at + 4) : begins ? 0 : word32(bytes, at + 16)) | 0;
    const part = { number, begins, ends: (flags & ENDING) !== 0, bytes: bytes.subarray(start, end) };
    const length = this.#parts.add(key, packet, part);
    if (length < 0) return false;
    set(packet, this.#parts.bytes, 0, length);
    packet.truncated = false;
    packet.frameEnd = packet.frameStart;
    return true;
  }

  #beginning(packet: Packet): boolean {
    const length = this.#parts.next(packet);
    if (length < 0) return false;
    set(packet, this.#parts.bytes, 0, length);
    packet.truncated = true;
    packet.frameEnd = packet.frameStart;
    return true;
  }
}

function set(packet: Packet, bytes: Uint8Array, start: number, end: number): void {
  packet.transport = 'sctp';
  packet.bytes = bytes;
  packet.start = start;
  packet.end = end;
}
