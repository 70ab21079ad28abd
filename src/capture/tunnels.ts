/**
 * Headers of tunnels: pure readers that say what lies inside and where. They follow nothing: `frames.ts` does, with a
 * bound on the depth. Ethernet types below stand as on the wire; what has none of its own has a number above 16 bits.
 */
import { word16, word32 } from '../bytes.ts';

/** An Ethernet frame. */
export const FRAME_INSIDE = 0x1_0000;
/** An IP packet; its version is in its first four bits. */
export const IP_INSIDE = 0x1_0001;
/** A PPP frame (RFC 1661), with or without address and control (RFC 1662). */
export const PPP_INSIDE = 0x1_0002;
/** ERSPAN type I: an Ethernet frame right behind GRE (draft-foschiano-erspan). */
export const ERSPAN_1 = 0x1_0003;
/** ERSPAN type II. */
export const ERSPAN_2 = 0x1_0004;
/** ERSPAN type III. */
export const ERSPAN_3 = 0x1_0005;

/** What a tunnel's header said: content of Ethernet type `type` begins at `at`. `id` tells neighbours apart (VNI, TEID, key). */
export interface Inside {
  at: number;
  type: number;
  id: number;
}

/** The header was read: `Inside` is filled. */
export const OPEN = 0;
/** The capture holds too little of the header. */
export const CUT = 1;
/** It is not that tunnel, or a form of it that is not read. */
export const CLOSED = 2;

/** Most tunnels opened around one payload. */
export const MAX_TUNNELS = 8;
/** Most different paths through tunnels that get a name of their own. */
const MAX_PATHS = 1024;

/** Paths through tunnels as constant strings such as `gre/erspan`: the same path is the same string. */
export interface Path {
  readonly name: string;
  readonly next: Map<string, Path>;
}

/** Makes and keeps paths. */
export class Paths {
  readonly root: Path = { name: '', next: new Map() };
  #count = 0;

  /** The path that goes on from `path` through `tunnel`; past a bound on all of them it stays what it was. */
  step(path: Path, tunnel: string): Path {
    const known = path.next.get(tunnel);
    if (known !== undefined) return known;
    if (this.#count === MAX_PATHS) return path;
    this.#count++;
    const made: Path = { name: path.name === '' ? tunnel : `${path.name}/${tunnel}`, next: new Map() };
    path.next.set(tunnel, made);
    return made;
  }
}

/** GRE: RFC 2784 with key and sequence number of RFC 2890; version 1 of PPTP (RFC 2637). Source routes (RFC 1701) are not read. */
export function openGre(bytes: Uint8Array, at: number, end: number, inside: Inside): number {
  if (end - at < 4) return CUT;
  const flags = word16(bytes, at);
  const version = flags & 7;
  if (version > 1 || (flags & 0x4000) !== 0) return CLOSED;
  const sequence = (flags & 0x1000) !== 0;
  let next = at + 4;
  if ((flags & 0x8000) !== 0) next += 4;
  if ((flags & 0x2000) !== 0 && next + 4 <= end) inside.id = word32(bytes, next);
  if ((flags & 0x2000) !== 0) next += 4;
  if (sequence) next += 4;
  if (version === 1 && (flags & 0x80) !== 0) next += 4;
  if (next > end) return CUT;
  inside.at = next;
  inside.type = greContent(word16(bytes, at + 2), sequence);
  return OPEN;
}

function greContent(type: number, sequence: boolean): number {
  switch (type) {
    case 0x6558:
      return FRAME_INSIDE;
    case 0x880b:
      return PPP_INSIDE;
    case 0x88be:
      // Type I has no header of its own and no sequence number; type II has both.
      return sequence ? ERSPAN_2 : ERSPAN_1;
    case 0x22eb:
      return ERSPAN_3;
    default:
      return type;
  }
}

/** ERSPAN (draft-foschiano-erspan) of the type that GRE announced. */
export function openErspan(type: number, bytes: Uint8Array, at: number, end: number, inside: Inside): number {
  const header = type === ERSPAN_1 ? 0 : type === ERSPAN_2 ? 8 : 12;
  if (at + header > end) return CUT;
  inside.at = at + header;
  inside.type = FRAME_INSIDE;
  if (type === ERSPAN_1) return OPEN;
  inside.id = word16(bytes, at + 2) & 0x3ff;
  if (type === ERSPAN_2) return bytes[at]! >> 4 === 1 ? OPEN : CLOSED;
  if (bytes[at]! >> 4 !== 2) return CLOSED;
  if ((bytes[at + 11]! & 1) !== 0) inside.at += 8; // platform-specific subheader
  const content = (bytes[at + 10]! >> 2) & 0x1f; // frame type: 0 Ethernet, 2 IP
  if (content === 2) inside.type = IP_INSIDE;
  return content === 0 || content === 2 ? OPEN : CLOSED;
}

/** A stack of MPLS labels (RFC 3032). What follows is told by its first four bits (RFC 4928): IP, or Ethernet (RFC 4448). */
export function openMpls(bytes: Uint8Array, start: number, end: number, inside: Inside): number {
  let at = start;
  for (;;) {
    if (end - at < 5) return CUT;
    inside.id = (word32(bytes, at) >>> 12) | 0;
    at += 4;
    if ((bytes[at - 2]! & 1) !== 0) break;
  }
  const nibble = bytes[at]! >> 4;
  inside.type = nibble === 4 || nibble === 6 ? IP_INSIDE : FRAME_INSIDE;
  // Zero: the control word of a pseudowire; one: its associated channel, which carries no traffic (RFC 4385).
  inside.at = nibble === 0 ? at + 4 : at;
  return nibble === 1 ? CLOSED : OPEN;
}

/** PPP (RFC 1661): address and control may be there, the protocol may be one byte (RFC 1662 §3.2, RFC 1661 §6.5). */
export function openPpp(bytes: Uint8Array, start: number, end: number, inside: Inside): number {
  let at = start;
  if (end - at >= 2 && bytes[at] === 0xff && bytes[at + 1] === 3) at += 2;
  if (end - at < 2) return CUT;
  const short = (bytes[at]! & 1) !== 0;
  const protocol = short ? bytes[at]! : word16(bytes, at);
  inside.at = at + (short ? 1 : 2);
  inside.type = protocol === 0x281 || protocol === 0x283 ? 0x8847 : IP_INSIDE;
  return protocol === 0x21 || protocol === 0x57 || inside.type !== IP_INSIDE ? OPEN : CLOSED;
}

/** VXLAN (RFC 7348), also with a group policy; its other bits are zero, so that no text passes for it. */
export function openVxlan(bytes: Uint8Array, at: number, end: number, inside: Inside): number {
  if (end - at < 8 || (bytes[at]! & 0x7f) !== 8 || bytes[at + 7] !== 0) return CLOSED;
  inside.id = word32(bytes, at + 4);
  inside.at = at + 8;
  inside.type = FRAME_INSIDE;
  return OPEN;
}

/** A GTP-U G-PDU (3GPP TS 29.281 §5) with its extension headers, around an IP packet. */
export function openGtp(bytes: Uint8Array, at: number, end: number, inside: Inside): number {
  if (end - at < 9 || (bytes[at]! & 0xf0) !== 0x30 || bytes[at + 1] !== 255) return CLOSED;
  let next = at + 8;
  if ((bytes[at]! & 7) !== 0) {
    let extension = (bytes[at]! & 4) !== 0 ? bytes[at + 11]! : 0;
    next += 4;
    while (extension !== 0) {
      const length = next < end ? bytes[next]! << 2 : 0;
      if (length === 0 || next + length > end) return CLOSED;
      extension = bytes[next + length - 1]!;
      next += length;
    }
  }
  if (next >= end) return CLOSED;
  const version = bytes[next]! >> 4;
  if (version !== 4 && version !== 6) return CLOSED;
  inside.id = word32(bytes, at + 4);
  inside.at = next;
  inside.type = IP_INSIDE;
  return OPEN;
}

/** A data message of L2TPv2 (RFC 2661 §3.1); control messages are none. */
export function openL2tp(bytes: Uint8Array, at: number, end: number, inside: Inside): number {
  if (end - at < 8) return CLOSED;
  const flags = word16(bytes, at);
  if ((flags & 0xb4ff) !== 2) return CLOSED; // control bit, reserved bits, version
  const ids = at + ((flags & 0x4000) !== 0 ? 4 : 2);
  let next = ids + 4 + ((flags & 0x0800) !== 0 ? 4 : 0);
  if ((flags & 0x0200) !== 0) next = next + 2 <= end ? next + 2 + word16(bytes, next) : end;
  if (next >= end) return CLOSED;
  inside.id = word32(bytes, ids);
  inside.at = next;
  inside.type = PPP_INSIDE;
  return OPEN;
}

/** Geneve (RFC 8926 §3): Ethernet or an IP packet behind options; control messages are none. */
export function openGeneve(bytes: Uint8Array, at: number, end: number, inside: Inside): number {
  if (end - at < 8 || bytes[at]! >> 6 !== 0 || (bytes[at + 1]! & 0xbf) !== 0 || bytes[at + 7] !== 0) return CLOSED;
  const type = word16(bytes, at + 2);
  const next = at + 8 + ((bytes[at]! & 0x3f) << 2);
  if (next >= end || (type !== 0x6558 && type !== 0x0800 && type !== 0x86dd)) return CLOSED;
  inside.id = word32(bytes, at + 4);
  inside.at = next;
  inside.type = type === 0x6558 ? FRAME_INSIDE : IP_INSIDE;
  return OPEN;
}

/** Teredo (RFC 4380 §5.1.1): an IPv6 packet behind an authentication and an origin indication, if there are any. */
export function openTeredo(bytes: Uint8Array, start: number, end: number, inside: Inside): number {
  let at = start;
  if (end - at >= 4 && bytes[at] === 0 && bytes[at + 1] === 1) at += 13 + bytes[at + 2]! + bytes[at + 3]!;
  if (end - at >= 8 && bytes[at] === 0 && bytes[at + 1] === 0) at += 8;
  if (end - at < 40 || bytes[at]! >> 4 !== 6 || at + 40 + word16(bytes, at + 4) !== end) return CLOSED;
  inside.at = at;
  inside.type = IP_INSIDE;
  return OPEN;
}

/** Bytes of the integrity check at the end of ESP: HMAC-MD5-96 and SHA-1-96, SHA-256-128, none. */
const CHECKS = [12, 16, 0] as const;

/**
 * ESP (RFC 4303 §2) without encryption (RFC 2410): nothing says so, but padding counts 1, 2, 3 …, and the transport in it has
 * to fit. `inside.type` is the protocol, `inside.at` the end of its packet, which begins behind 8 bytes of header.
 */
export function openEsp(bytes: Uint8Array, at: number, end: number, inside: Inside): number {
  for (const check of CHECKS) {
    const trailer = end - check - 2;
    if (trailer < at + 16) continue;
    const padding = bytes[trailer]!;
    const last = trailer - padding;
    if (last < at + 16 || !isPadding(bytes, last, padding) || !fits(bytes, at + 8, last, bytes[trailer + 1]!)) continue;
    inside.id = word32(bytes, at);
    inside.type = bytes[trailer + 1]!;
    inside.at = last;
    return OPEN;
  }
  return CLOSED;
}

function isPadding(bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[at + i] !== i + 1) return false;
  return true;
}

/** True if `[at, end)` is a datagram, segment or packet of that length. */
function fits(bytes: Uint8Array, at: number, end: number, protocol: number): boolean {
  switch (protocol) {
    case 17:
      return word16(bytes, at + 4) === end - at;
    case 6:
      return end - at >= 20 && bytes[at + 12]! >> 4 >= 5 && at + ((bytes[at + 12]! >> 4) << 2) <= end && (bytes[at + 12]! & 0x0e) === 0;
    case 4:
      return end - at >= 20 && bytes[at]! >> 4 === 4 && word16(bytes, at + 2) === end - at;
    case 41:
      return end - at >= 40 && bytes[at]! >> 4 === 6 && word16(bytes, at + 4) === end - at - 40;
    default:
      return false;
  }
}
