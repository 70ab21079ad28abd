/**
 * From a link frame to its UDP payload: link header, VLAN tags, IPv4 or IPv6 with extension headers, fragments, UDP.
 * Every frame either fills `packet` or is dropped for exactly one named reason. Nothing is allocated for a frame.
 *
 * Three ends matter below: `end`, where the captured bytes stop; `wire`, where the frame stopped on the wire (later
 * than `end` if the snap length cut it); `claimed`, where the IP header says its payload stops.
 */
import { Key, type Seed } from '../table.ts';
import type { Packet } from '../types.ts';
import { BROKEN, DUPLICATE, type Fragment, Fragments, OVERLAP, WHOLE } from './fragments.ts';
import { ETHERNET, type Link, LOOPBACK, NO_LINK, RAW, SLL, SLL2 } from './links.ts';

/**
 * Why a frame gave no packet, by code; code 0 is a packet. `short`: the capture holds too little of a header, or of a
 * fragment. `malformed`: a header contradicts itself. `tunnel`: IP in IP, GRE, MPLS, which are not opened.
 * `fragment-pending`: stored, and waiting or since made whole; `fragment-expired`: stored, but its datagram was given up.
 */
export const REASONS = [
  '',
  'tcp',
  'icmp',
  'sctp',
  'arp',
  'tunnel',
  'other-protocol',
  'not-ip',
  'fragment-pending',
  'fragment-expired',
  'fragment-duplicate',
  'fragment-overlap',
  'fragment-malformed',
  'unsupported-link',
  'short',
  'malformed',
] as const;
/** One of the list above: the keys of `CaptureCounts.dropped`. @public */
export type Reason = Exclude<(typeof REASONS)[number], ''>;

const TAKEN = 0;
const TCP = 1;
const ICMP = 2;
const SCTP = 3;
const ARP = 4;
const TUNNEL = 5;
const OTHER_PROTOCOL = 6;
const NOT_IP = 7;
const FRAGMENT_PENDING = 8;
const FRAGMENT_EXPIRED = 9;
const FRAGMENT_DUPLICATE = 10;
const FRAGMENT_OVERLAP = 11;
const FRAGMENT_MALFORMED = 12;
const UNSUPPORTED_LINK = 13;
const SHORT = 14;
const MALFORMED = 15;

const UDP = 17;
const NOTHING = new Uint8Array(0);

/** Strips frames into one reused packet. */
export class Frames {
  readonly packet: Packet;
  /** Frames per reason code, without what `fragments` later gave up. */
  readonly #counts: number[] = REASONS.map(() => 0);
  readonly #fragments: Fragments;
  readonly #key = new Key(48);
  readonly #fragment: Fragment = { bytes: NOTHING, from: 0, to: 0, offset: 0, more: false, next: 0, strict: false };
  /** Both addresses of `packet` have the ::ffff:0:0/96 prefix in place. */
  #mapped = false;

  constructor(packet: Packet, seed: Seed) {
    this.packet = packet;
    this.#fragments = new Fragments(seed);
  }

  /**
   * Strips the frame `bytes[start, end)` that had `original` bytes on the wire; `packet.time` is set already. True if
   * `packet` now holds a UDP payload.
   */
  strip(link: Link, bytes: Uint8Array, start: number, end: number, original: number): boolean {
    const packet = this.packet;
    packet.vlan = -1;
    packet.frame = bytes;
    packet.frameStart = start;
    packet.frameEnd = end;
    const reason = this.#link(link, bytes, start, end, start + original > end ? start + original : end);
    this.#counts[reason]!++;
    return reason === TAKEN;
  }

  /** The input has ended: fragments that still wait are given up. */
  finish(): void {
    this.#fragments.finish();
  }

  /** Packets so far. */
  get packets(): number {
    return this.#counts[TAKEN]!;
  }

  /** Frames that gave no packet, by reason; reasons that did not occur are left out. */
  dropped(): Map<string, number> {
    const counts = [...this.#counts];
    const { expired, overlapped } = this.#fragments;
    counts[FRAGMENT_PENDING]! -= expired + overlapped;
    counts[FRAGMENT_EXPIRED]! += expired;
    counts[FRAGMENT_OVERLAP]! += overlapped;
    const dropped = new Map<string, number>();
    for (let code = 1; code < REASONS.length; code++) if (counts[code]! > 0) dropped.set(REASONS[code]!, counts[code]!);
    return dropped;
  }

  #link(link: Link, bytes: Uint8Array, at: number, end: number, wire: number): number {
    switch (link.code) {
      case ETHERNET:
        return end - at < 14 ? SHORT : this.#typed(bytes, at + 12, end, wire);
      case SLL:
        return end - at < 16 ? SHORT : this.#typed(bytes, at + 14, end, wire);
      case SLL2:
        return end - at < 20 ? SHORT : this.#tagged(bytes, at + 20, end, wire, (bytes[at]! << 8) | bytes[at + 1]!);
      case LOOPBACK:
        return end - at < 4 ? SHORT : this.#loopback(bytes, at, end, wire);
      case RAW:
        return this.#ip(bytes, at, end, wire);
      case NO_LINK:
        return NOT_IP;
      default:
        return UNSUPPORTED_LINK;
    }
  }

  /** The type lies right before the payload: Ethernet and SLL. */
  #typed(bytes: Uint8Array, at: number, end: number, wire: number): number {
    const type = (bytes[at]! << 8) | bytes[at + 1]!;
    return type === 0x0800 ? this.#ip(bytes, at + 2, end, wire) : this.#tagged(bytes, at + 2, end, wire, type);
  }

  /**
   * What `type` says is at `start`. VLAN tags (IEEE 802.1Q, 802.1ad), SNAP (RFC 1042) and PPPoE sessions (RFC 2516) put
   * another type before it.
   */
  #tagged(bytes: Uint8Array, start: number, end: number, wire: number, first: number): number {
    let at = start;
    let type = first;
    for (;;) {
      if (type === 0x0800 || type === 0x86dd) return this.#ip(bytes, at, end, wire);
      if (type === 0x8100 || type === 0x88a8 || type === 0x9100) {
        if (end - at < 4) return SHORT;
        if (this.packet.vlan < 0) this.packet.vlan = ((bytes[at]! & 15) << 8) | bytes[at + 1]!;
        type = (bytes[at + 2]! << 8) | bytes[at + 3]!;
        at += 4;
      } else if (isSnap(bytes, at, end, type)) {
        type = (bytes[at + 6]! << 8) | bytes[at + 7]!;
        at += 8;
      } else if (type === 0x8864) {
        if (end - at < 8) return SHORT;
        const protocol = (bytes[at + 6]! << 8) | bytes[at + 7]!;
        return protocol === 0x21 || protocol === 0x57 ? this.#ip(bytes, at + 8, end, wire) : NOT_IP;
      } else if (type === 0x0806) return ARP;
      else return type === 0x8847 || type === 0x8848 ? TUNNEL : NOT_IP;
    }
  }

  /** The family has the byte order of the capturing host (NULL) or of the network (LOOP); it is small, so both show. */
  #loopback(bytes: Uint8Array, at: number, end: number, wire: number): number {
    const little = bytes[at + 2] === 0 && bytes[at + 3] === 0;
    if (!little && (bytes[at] !== 0 || bytes[at + 1] !== 0)) return NOT_IP;
    const family = little ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at + 2]! << 8) | bytes[at + 3]!;
    // AF_INET6 of Linux and Windows, NetBSD and OpenBSD, FreeBSD, macOS.
    const known = family === 2 || family === 10 || family === 23 || family === 24 || family === 28 || family === 30;
    return known ? this.#ip(bytes, at + 4, end, wire) : NOT_IP;
  }

  #ip(bytes: Uint8Array, at: number, end: number, wire: number): number {
    if (at >= end) return SHORT;
    const version = bytes[at]! >> 4;
    if (version === 4) return this.#ipv4(bytes, at, end, wire);
    return version === 6 ? this.#ipv6(bytes, at, end, wire) : MALFORMED;
  }

  /** RFC 791 §3.1. */
  #ipv4(bytes: Uint8Array, at: number, end: number, wire: number): number {
    if (end - at < 20) return SHORT;
    const header = (bytes[at]! & 15) << 2;
    const total = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (header < 20 || (total !== 0 && total < header)) return MALFORMED;
    const protocol = bytes[at + 9]!;
    if (protocol !== UDP) return notUdp(protocol);
    if (end - at < header) return SHORT;
    // Length 0: the network card cut the datagram up after the capture had seen it.
    const claimed = total === 0 ? wire : at + total;
    this.#addresses4(bytes, at);
    const fragmented = ((bytes[at + 6]! & 0x3f) << 8) | bytes[at + 7]!;
    if (fragmented !== 0) return this.#fragment4(bytes, at, at + header, end, wire, claimed, fragmented);
    return this.#udp(bytes, at + header, end, wire, claimed);
  }

  #addresses4(bytes: Uint8Array, at: number): void {
    const { src, dst } = this.packet;
    if (!this.#mapped) {
      src.fill(0, 0, 10).fill(255, 10, 12);
      dst.fill(0, 0, 10).fill(255, 10, 12);
      this.#mapped = true;
    }
    src[12] = bytes[at + 12]!;
    src[13] = bytes[at + 13]!;
    src[14] = bytes[at + 14]!;
    src[15] = bytes[at + 15]!;
    dst[12] = bytes[at + 16]!;
    dst[13] = bytes[at + 17]!;
    dst[14] = bytes[at + 18]!;
    dst[15] = bytes[at + 19]!;
  }

  #fragment4(bytes: Uint8Array, ip: number, at: number, end: number, wire: number, claimed: number, fragmented: number): number {
    const offset = (fragmented & 0x1fff) << 3;
    if (claimed > end || claimed < at) return this.#cutFragment(bytes, at, end, wire, claimed, offset);
    const key = this.#key.reset().addByte(4).addByte(UDP);
    key.add(bytes, ip + 4, ip + 6).add(bytes, ip + 12, ip + 20);
    return this.#reassemble(key, bytes, at, claimed, offset, (fragmented & 0x2000) !== 0, UDP, false);
  }

  /** RFC 8200 §3. */
  #ipv6(bytes: Uint8Array, at: number, end: number, wire: number): number {
    if (end - at < 40) return SHORT;
    const length = (bytes[at + 4]! << 8) | bytes[at + 5]!;
    // Length 0: a jumbogram (RFC 2675), or as with IPv4.
    const claimed = length === 0 ? wire : at + 40 + length;
    const { src, dst } = this.packet;
    this.#mapped = false;
    for (let i = 0; i < 16; i++) {
      src[i] = bytes[at + 8 + i]!;
      dst[i] = bytes[at + 24 + i]!;
    }
    return this.#headers6(bytes, at + 40, end, wire, claimed, bytes[at + 6]!);
  }

  /** The chain of extension headers (RFC 8200 §4) down to UDP. */
  #headers6(bytes: Uint8Array, start: number, end: number, wire: number, claimed: number, first: number): number {
    let at = start;
    let next = first;
    while (next !== UDP) {
      // Hop-by-hop options, routing, destination options, authentication (RFC 4302).
      const plain = next === 0 || next === 43 || next === 60 || next === 51;
      if (!plain && next !== 44) return notUdp(next);
      if (end - at < 8) return SHORT;
      if (next === 44) {
        const fragmented = (bytes[at + 2]! << 8) | bytes[at + 3]!;
        // An atomic fragment (RFC 6946) is a datagram that only looks like one.
        if ((fragmented & 0xfff9) !== 0) return this.#fragment6(bytes, at, end, wire, claimed, fragmented);
      }
      const length = next === 44 ? 8 : next === 51 ? (bytes[at + 1]! + 2) << 2 : (bytes[at + 1]! + 1) << 3;
      next = bytes[at]!;
      at += length;
    }
    return this.#udp(bytes, at, end, wire, claimed);
  }

  #fragment6(bytes: Uint8Array, at: number, end: number, wire: number, claimed: number, fragmented: number): number {
    const offset = fragmented & 0xfff8;
    // A fragment header inside a reassembled datagram is not opened again.
    if (bytes === this.#fragments.bytes) return FRAGMENT_MALFORMED;
    if (claimed > end || claimed < at + 8) return bytes[at] === UDP ? this.#cutFragment(bytes, at + 8, end, wire, claimed, offset) : SHORT;
    const { src, dst } = this.packet;
    const key = this.#key
      .reset()
      .addByte(6)
      .add(bytes, at + 4, at + 8)
      .add(src, 0, 16)
      .add(dst, 0, 16);
    return this.#reassemble(key, bytes, at + 8, claimed, offset, (fragmented & 1) !== 0, bytes[at]!, true);
  }

  /** A fragment that is cut, or shorter than it says, cannot be put together; the first one still shows how its payload begins. */
  #cutFragment(bytes: Uint8Array, at: number, end: number, wire: number, claimed: number, offset: number): number {
    return offset === 0 ? this.#udp(bytes, at, end, wire, claimed) : SHORT;
  }

  #reassemble(key: Key, bytes: Uint8Array, from: number, to: number, offset: number, more: boolean, next: number, strict: boolean): number {
    const { packet } = this;
    key.addByte(packet.vlan & 255).addByte((packet.vlan >> 8) & 255);
    const fragment = this.#fragment;
    fragment.bytes = bytes;
    fragment.from = from;
    fragment.to = to;
    fragment.offset = offset;
    fragment.more = more;
    fragment.next = next;
    fragment.strict = strict;
    const fragments = this.#fragments;
    switch (fragments.add(key, packet.time, fragment)) {
      case WHOLE:
        packet.frameEnd = packet.frameStart;
        return this.#headers6(fragments.bytes, 0, fragments.length, fragments.length, fragments.length, fragments.next);
      case DUPLICATE:
        return FRAGMENT_DUPLICATE;
      case OVERLAP:
        return FRAGMENT_OVERLAP;
      case BROKEN:
        return FRAGMENT_MALFORMED;
      default:
        return FRAGMENT_PENDING;
    }
  }

  /** RFC 768. */
  #udp(bytes: Uint8Array, at: number, end: number, wire: number, claimed: number): number {
    const start = at + 8;
    if (start > end) return SHORT;
    const length = (bytes[at + 4]! << 8) | bytes[at + 5]!;
    // Length 0 is for jumbograms (RFC 2675 §4), so for IPv6 alone.
    if (start > claimed || (length < 8 && (length !== 0 || this.#mapped))) return MALFORMED;
    let stop = claimed < wire ? claimed : wire;
    if (length !== 0 && at + length < stop) stop = at + length;
    const packet = this.packet;
    const { src, dst } = packet;
    src[16] = bytes[at]!;
    src[17] = bytes[at + 1]!;
    dst[16] = bytes[at + 2]!;
    dst[17] = bytes[at + 3]!;
    packet.bytes = bytes;
    packet.start = start;
    packet.end = stop > end ? end : stop;
    packet.truncated = stop > end;
    return TAKEN;
  }
}

/** RFC 1042: LLC with SNAP and Ethernet types after an 802.3 length (or SLL's 0x0004). */
function isSnap(bytes: Uint8Array, at: number, end: number, type: number): boolean {
  if (type > 1500 || end - at < 8) return false;
  return (
    bytes[at] === 0xaa && bytes[at + 1] === 0xaa && bytes[at + 2] === 3 && bytes[at + 3] === 0 && bytes[at + 4] === 0 && bytes[at + 5] === 0
  );
}

function notUdp(protocol: number): number {
  switch (protocol) {
    case 6:
      return TCP;
    case 1:
    case 58:
      return ICMP;
    case 132:
      return SCTP;
    case 4:
    case 41:
    case 47:
      return TUNNEL;
    default:
      return OTHER_PROTOCOL;
  }
}
