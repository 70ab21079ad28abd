/**
 * Headers of links that say more than a type: IEEE 802.11 with and without radiotap or PPI before it, Linux NFLOG, and
 * the PDUs that Wireshark exports, which is how SIP that it decrypted is handed on. Pure readers, as in `tunnels.ts`.
 */
import { word16 } from '../bytes.ts';
import type { Packet } from '../types.ts';
import { CLOSED, CUT, type Inside, IP_INSIDE, OPEN } from './tunnels.ts';

/** Port types of exported PDUs (Wireshark's epan/exported_pdu tags). */
const SCTP_PORT = 1;
const TCP_PORT = 2;

/** Where the 802.11 frame begins behind a radiotap or PPI header, whose length stands in bytes 2 and 3; beyond the end: cut. */
export function behindRadio(bytes: Uint8Array, at: number, end: number): number {
  return end - at < 4 ? end + 1 : at + (bytes[at + 2]! | (bytes[at + 3]! << 8));
}

/** An 802.11 data frame (IEEE 802.11 §9.3.2) with LLC and SNAP in it; others, and protected ones, are CLOSED. */
export function openWifi(bytes: Uint8Array, at: number, end: number, inside: Inside): number {
  if (end - at < 24) return CUT;
  const kind = bytes[at]!;
  const flags = bytes[at + 1]!;
  // Type data with a body; not encrypted.
  if ((kind & 0x0c) !== 8 || (kind & 0x40) !== 0 || (flags & 0x40) !== 0) return CLOSED;
  let next = at + ((flags & 3) === 3 ? 30 : 24);
  if ((kind & 0x80) !== 0) {
    // Aggregated frames have headers of their own between them.
    if (next < end && (bytes[next]! & 0x80) !== 0) return CLOSED;
    next += (flags & 0x80) !== 0 ? 6 : 2;
  }
  if (next + 8 > end) return CUT;
  if (bytes[next] !== 0xaa || bytes[next + 1] !== 0xaa || bytes[next + 2] !== 3) return CLOSED;
  inside.at = next + 8;
  inside.type = word16(bytes, next + 6);
  return OPEN;
}

/** NFLOG (LINKTYPE 239): fields of the capturing host's byte order; the one of type 9 is the IP packet. */
export function openNflog(bytes: Uint8Array, start: number, end: number, inside: Inside): number {
  let at = start + 4;
  while (at + 4 <= end) {
    const little = bytes[at]! | (bytes[at + 1]! << 8);
    const big = word16(bytes, at);
    // Of the two readings the one that fits: fields are short, so that the wrong one is far too long.
    const isLittle = little <= big;
    const length = isLittle ? little : big;
    const type = isLittle ? bytes[at + 2]! | (bytes[at + 3]! << 8) : word16(bytes, at + 2);
    if (length < 4) return CLOSED;
    if (type === 9) {
      inside.at = at + 4;
      inside.type = IP_INSIDE;
      return OPEN;
    }
    at += (length + 3) & ~3;
  }
  return CUT;
}

/** An exported PDU (LINKTYPE 252): its tags fill the endpoints and the transport of `packet`; the payload begins at `inside.at`. */
export function openExported(packet: Packet, bytes: Uint8Array, start: number, end: number, inside: Inside): number {
  packet.src.fill(0);
  packet.dst.fill(0);
  for (let at = start; at + 4 <= end; ) {
    const tag = word16(bytes, at);
    const length = word16(bytes, at + 2);
    at += 4;
    if (at + length > end) return CUT;
    if (tag === 0) {
      inside.at = at + length;
      return OPEN;
    }
    takeTag(packet, bytes, at, tag, length);
    at += length;
  }
  return CUT;
}

function takeTag(packet: Packet, bytes: Uint8Array, at: number, tag: number, length: number): void {
  switch (tag) {
    case 20:
    case 22:
      putAddress(packet.src, bytes, at, length);
      break;
    case 21:
    case 23:
      putAddress(packet.dst, bytes, at, length);
      break;
    case 24:
      if (length === 4) packet.transport = bytes[at + 3] === TCP_PORT ? 'tcp' : bytes[at + 3] === SCTP_PORT ? 'sctp' : 'udp';
      break;
    case 25:
      if (length === 4) packet.src.set(bytes.subarray(at + 2, at + 4), 16);
      break;
    case 26:
      if (length === 4) packet.dst.set(bytes.subarray(at + 2, at + 4), 16);
  }
}

function putAddress(out: Uint8Array, bytes: Uint8Array, at: number, length: number): void {
  if (length !== 4 && length !== 16) return;
  if (length === 4) out.fill(255, 10, 12);
  for (let i = 0; i < length; i++) out[16 - length + i] = bytes[at + i]!;
}
