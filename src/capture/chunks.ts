/**
 * SIP over SCTP (RFC 4168): the DATA (RFC 9260 §3.3.1) and I-DATA (RFC 8260 §2.1) chunks of a packet. A message split
 * over chunks is not put together: its first part comes as a truncated packet, the others count as `stream`.
 */
import { isStartLine } from '../decode/sniff.ts';
import type { Packet } from '../types.ts';

const DATA = 0;
const I_DATA = 64;
/** Flags: first and last part of a message. */
const BEGINNING = 2;
const ENDING = 1;

/** Walks the chunks of one packet. */
export class Chunks {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #onPort = false;
  /** Chunks with SIP's port or beginning that gave no packet. */
  parts = 0;

  /** Begins with the SCTP packet `bytes[at, end)`; ports go into `packet`. False: too short. */
  begin(packet: Packet, bytes: Uint8Array, at: number, end: number): boolean {
    if (end - at < 12) return false;
    const { src, dst } = packet;
    src[16] = bytes[at]!;
    src[17] = bytes[at + 1]!;
    dst[16] = bytes[at + 2]!;
    dst[17] = bytes[at + 3]!;
    this.#onPort = isSipPort(src) || isSipPort(dst);
    this.#bytes = bytes;
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
      const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
      if (length < 4) break;
      this.#at = at + ((length + 3) & ~3);
      const start = at + (type === DATA ? 16 : 20);
      const stop = at + length;
      if ((type !== DATA && type !== I_DATA) || start >= Math.min(stop, this.#end)) continue;
      if (this.#give(packet, bytes[at + 1]! & 3, start, stop)) return true;
    }
    this.#end = 0;
    return false;
  }

  #give(packet: Packet, part: number, start: number, stop: number): boolean {
    const bytes = this.#bytes;
    const end = Math.min(stop, this.#end);
    if (!this.#onPort && !isStartLine(bytes, start, end)) return false;
    if ((part & BEGINNING) === 0) {
      this.parts++;
      return false;
    }
    packet.transport = 'sctp';
    packet.bytes = bytes;
    packet.start = start;
    packet.end = end;
    packet.truncated = end < stop || (part & ENDING) === 0;
    return true;
  }
}

function isSipPort(endpoint: Uint8Array): boolean {
  const port = (endpoint[16]! << 8) | endpoint[17]!;
  return port === 5060 || port === 5061;
}
