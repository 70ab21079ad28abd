/**
 * From a link frame to its payload: link header, VLAN tags, tunnels, IPv4 or IPv6 with extension headers, fragments,
 * UDP, SCTP, TCP. Of a tunnel the innermost addresses count; the packet names the tunnels it came through, outermost first.
 * Every frame either fills `packet` or is dropped for exactly one named reason. Nothing is allocated for a frame.
 *
 * Three ends matter below: `end`, where the captured bytes stop; `wire`, where the frame stopped on the wire (later
 * than `end` if the snap length cut it); `claimed`, where the IP header says its payload stops.
 */
import { portOf, word16 } from '../bytes.ts';
import type { CaptureOddity } from '../carriage.ts';
import { Key, type Seed } from '../table.ts';
import type { Packet } from '../types.ts';
import { Agents } from './agents.ts';
import { Chunks } from './chunks.ts';
import { BROKEN, DUPLICATE, type Fragment, Fragments, OVERLAP, WHOLE } from './fragments.ts';
import { Handshakes } from './handshakes.ts';
import { behindRadio, openExported, openNflog, openWifi } from './linkheaders.ts';
import { ETHERNET, EXPORTED, HDLC, type Link, LOOPBACK, MPLS, NFLOG, NO_LINK, PPP, PPPOE, RADIO, RAW, SLL, SLL2, WIFI } from './links.ts';
import { createOrigin, noteEnds, notePlace, recall } from './origin.ts';
import { carries, GENEVE_PORT, GTP_PORT, isExtension, isSnap, isTunnelPort, isTyped, L2TP_PORT, notUdp, TEREDO_PORT } from './protocols.ts';
import {
  ARP,
  FRAGMENT_DUPLICATE,
  FRAGMENT_EXPIRED,
  FRAGMENT_MALFORMED,
  FRAGMENT_OVERLAP,
  FRAGMENT_PENDING,
  MALFORMED,
  NOT_IP,
  OTHER_PROTOCOL,
  REASONS,
  SCTP,
  SHORT,
  STREAM,
  TAKEN,
  TUNNEL,
  TUNNEL_DEPTH,
  UNSUPPORTED_LINK,
} from './reasons.ts';
import { Streams } from './streams.ts';
import {
  CLOSED,
  CUT,
  ERSPAN_1,
  ERSPAN_2,
  ERSPAN_3,
  FRAME_INSIDE,
  type Inside,
  IP_INSIDE,
  MAX_TUNNELS,
  OPEN,
  openErspan,
  openEsp,
  openGeneve,
  openGre,
  openGtp,
  openL2tp,
  openMpls,
  openPpp,
  openTeredo,
  openVxlan,
  type Path,
  Paths,
  PPP_INSIDE,
} from './tunnels.ts';

const UDP = 17;
const NOTHING = new Uint8Array(0);

/** Strips frames into one reused packet. */
export class Frames {
  readonly packet: Packet;
  /** Frames per reason code, without what `fragments` later gave up. */
  readonly #counts: number[] = REASONS.map(() => 0);
  readonly #fragments: Fragments;
  readonly #streams: Streams;
  readonly #handshakes: Handshakes;
  readonly #chunks: Chunks;
  readonly #agents = new Agents();
  /** Packets beyond the first of a frame, and those of no frame at the end. */
  #extra = 0;
  /** What `more` asks: the chunks of SCTP, else the streams. */
  #chunked = false;
  /** The input has ended. */
  #finished = false;
  /** A HEP packet of a stream was opened: what `packet` said before. */
  #opened = false;
  readonly #outer = createOrigin();
  /** The frame before left something to put back: tunnels, a transport. */
  #dirty = false;
  /** The frame may give more packets: call `more`. */
  pending = false;
  readonly #key = new Key(48);
  readonly #fragment: Fragment = { bytes: NOTHING, from: 0, to: 0, offset: 0, more: false, next: 0, strict: false };
  /** Both addresses of `packet` have the ::ffff:0:0/96 prefix in place. */
  #mapped = false;
  /** Tunnels entered in this frame: how many, by which path, and a number that tells neighbours apart. */
  #depth = 0;
  #tunnels = 0;
  readonly #paths = new Paths();
  #path: Path = this.#paths.root;
  readonly #inside: Inside = { at: 0, type: 0, id: 0 };
  /** Depth at which a datagram was put together in this frame, -1: none was. */
  #whole = -1;

  constructor(packet: Packet, seed: Seed) {
    this.packet = packet;
    this.#fragments = new Fragments(seed);
    this.#streams = new Streams(seed);
    this.#handshakes = new Handshakes(seed);
    this.#chunks = new Chunks(seed);
  }

  /**
   * Strips the frame `bytes[start, end)` that had `original` bytes on the wire; `packet.time` is set already. True if
   * `packet` now holds a payload; `pending` if there may be more.
   */
  strip(link: Link, bytes: Uint8Array, start: number, end: number, original: number): boolean {
    const packet = this.packet;
    packet.vlan = -1;
    packet.frame = bytes;
    packet.frameStart = start;
    packet.frameEnd = end;
    if (this.#dirty) this.#leave();
    const reason = this.#link(link, bytes, start, end, start + original > end ? start + original : end);
    this.#counts[reason]!++;
    return reason === TAKEN;
  }

  /** Moves `packet` to the next payload of the same frame. False: that was all. */
  more(): boolean {
    this.packet.odd = 0;
    this.pending = this.#next();
    if (this.pending) this.#extra++;
    return this.pending;
  }

  #next(): boolean {
    const { packet } = this;
    while (!this.#chunked) {
      if (this.#opened) this.#close();
      if (!this.#streams.more(packet)) break;
      if (!this.#streams.isHep || this.#openHep() === TAKEN) return true;
    }
    if (!this.#chunked && !this.#finished) return false;
    this.#chunked = true;
    if (this.#chunks.more(packet)) return true;
    this.#finished = false;
    return false;
  }

  /** The stream gave a HEP packet: what is in it. */
  #openHep(): number {
    const { packet } = this;
    noteEnds(this.#outer, packet);
    notePlace(this.#outer, packet);
    this.#opened = true;
    this.#mapped = false;
    return this.#agents.open(packet, packet.bytes, packet.start, packet.end);
  }

  /** Back from the packet in HEP to the stream that it came in. */
  #close(): void {
    this.#opened = false;
    recall(this.#outer, this.packet);
    this.packet.hep = undefined;
    this.packet.handshakes = undefined;
  }

  /** The input has ended: fragments that still wait are given up; `more` gives what streams hold behind gaps. */
  finish(): void {
    this.#fragments.finish();
    this.#chunked = false;
    this.#finished = true;
    this.#chunks.flush();
    this.#streams.flush();
    this.pending = true;
  }

  /** Packets so far. */
  get packets(): number {
    return this.#counts[TAKEN]! + this.#extra;
  }

  /** Frames that gave a packet, or more than one. */
  get taken(): number {
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

  /** What was odd about frames, by name: counts of fragments and streams; those that did not occur are left out. */
  oddities(): Map<string, number> {
    const fragments = this.#fragments;
    const streams = this.#streams;
    const all: [CaptureOddity, number][] = [
      ['fragment-tiny', fragments.tiny],
      ['fragment-overlap', fragments.overlaps],
      ['fragment-conflict', fragments.conflicts],
      ['stream-overlap', streams.overlaps],
      ['stream-conflict', streams.conflicts],
      ['stream-reset', streams.resets],
      ['stream-joined', streams.joined],
      ['stream-gap', streams.gaps],
      ['stream-resync', streams.resyncs],
      ['stream-evicted', streams.evicted],
      ['websocket-closed', streams.closed],
      ['sctp-missing', this.#chunks.missing],
    ];
    return new Map(all.filter(([, count]) => count > 0));
  }

  #link(link: Link, bytes: Uint8Array, at: number, end: number, wire: number): number {
    switch (link.code) {
      case ETHERNET:
        return end - at < 14 ? SHORT : this.#typed(bytes, at + 12, end, wire);
      case SLL:
        return end - at < 16 ? SHORT : this.#typed(bytes, at + 14, end, wire);
      case SLL2:
        return end - at < 20 ? SHORT : this.#tagged(bytes, at + 20, end, wire, word16(bytes, at));
      case LOOPBACK:
        return end - at < 4 ? SHORT : this.#loopback(bytes, at, end, wire);
      case RAW:
        return this.#ip(bytes, at, end, wire);
      case PPP:
        return this.#content(bytes, at, end, wire, PPP_INSIDE);
      case HDLC:
        return this.#hdlc(bytes, at, end, wire);
      case PPPOE:
        return this.#content(bytes, at, end, wire, 0x8864);
      case MPLS:
        return this.#content(bytes, at, end, wire, 0x8847);
      case WIFI:
        return this.#linked(openWifi(bytes, at, end, this.#inside), bytes, end, wire);
      case RADIO: {
        const inner = behindRadio(bytes, at, end);
        return inner > end ? SHORT : this.#linked(openWifi(bytes, inner, end, this.#inside), bytes, end, wire);
      }
      case NFLOG:
        return this.#linked(openNflog(bytes, at, end, this.#inside), bytes, end, wire);
      case EXPORTED:
        return this.#exported(bytes, at, end, wire);
      case NO_LINK:
        return NOT_IP;
      default:
        return UNSUPPORTED_LINK;
    }
  }

  /** What a link header that was `opened` says is inside. */
  #linked(opened: number, bytes: Uint8Array, end: number, wire: number): number {
    if (opened !== OPEN) return opened === CUT ? SHORT : NOT_IP;
    return this.#content(bytes, this.#inside.at, end, wire, this.#inside.type);
  }

  /** What Wireshark had put together or decrypted: a payload without any header but its own. */
  #exported(bytes: Uint8Array, at: number, end: number, wire: number): number {
    const { packet } = this;
    this.#mapped = false;
    this.#dirty = true;
    if (openExported(packet, bytes, at, end, this.#inside) !== OPEN) return SHORT;
    packet.bytes = bytes;
    packet.start = this.#inside.at;
    packet.end = end;
    packet.truncated = wire > end;
    return TAKEN;
  }

  /** The type lies right before the payload: Ethernet and SLL. */
  #typed(bytes: Uint8Array, at: number, end: number, wire: number): number {
    const type = word16(bytes, at);
    return type === 0x0800 ? this.#ip(bytes, at + 2, end, wire) : this.#tagged(bytes, at + 2, end, wire, type);
  }

  /**
   * What `type` says is at `start`. VLAN tags (IEEE 802.1Q, 802.1ad) and SNAP (RFC 1042) put another type before it.
   */
  #tagged(bytes: Uint8Array, start: number, end: number, wire: number, first: number): number {
    let at = start;
    let type = first;
    for (;;) {
      if (type === 0x0800 || type === 0x86dd) return this.#ip(bytes, at, end, wire);
      if (type === 0x8100 || type === 0x88a8 || type === 0x9100) {
        if (end - at < 4) return SHORT;
        if (this.packet.vlan < 0) this.packet.vlan = ((bytes[at]! & 15) << 8) | bytes[at + 1]!;
        type = word16(bytes, at + 2);
        at += 4;
      } else if (isSnap(bytes, at, end, type)) {
        type = word16(bytes, at + 6);
        at += 8;
      } else return type === 0x0806 ? ARP : this.#content(bytes, at, end, wire, type);
    }
  }

  /** What tunnels carry, PPP and MPLS: `type` is an Ethernet type or a constant of `tunnels.ts`. */
  #content(bytes: Uint8Array, at: number, end: number, wire: number, type: number): number {
    switch (type) {
      case IP_INSIDE:
        return this.#ip(bytes, at, end, wire);
      case FRAME_INSIDE:
        return end - at < 14 ? SHORT : this.#typed(bytes, at + 12, end, wire);
      case 0x8864: // PPPoE session (RFC 2516)
        return end - at < 8 ? SHORT : this.#enter('pppoe', openPpp(bytes, at + 6, end, this.#inside), bytes, end, wire);
      case PPP_INSIDE:
        return this.#enter('ppp', openPpp(bytes, at, end, this.#inside), bytes, end, wire);
      case 0x8847:
      case 0x8848:
        return this.#enter('mpls', openMpls(bytes, at, end, this.#inside), bytes, end, wire);
      case ERSPAN_1:
      case ERSPAN_2:
      case ERSPAN_3:
        return this.#enter('erspan', openErspan(type, bytes, at, end, this.#inside), bytes, end, wire);
      default:
        return type <= 0xffff && isTyped(type) ? this.#tagged(bytes, at, end, wire, type) : NOT_IP;
    }
  }

  /** Goes on with what `#inside` says, if `opened` is well. */
  #enter(tunnel: string, opened: number, bytes: Uint8Array, end: number, wire: number): number {
    const { at, type, id } = this.#inside;
    this.#inside.id = 0;
    if (opened !== OPEN) return opened === CLOSED ? (tunnel === 'ppp' || tunnel === 'pppoe' ? NOT_IP : TUNNEL) : SHORT;
    if (this.#depth === MAX_TUNNELS) return TUNNEL_DEPTH;
    this.#depth++;
    this.#tunnels = (Math.imul(this.#tunnels, 0x01000193) ^ id) | 0;
    this.#path = this.#paths.step(this.#path, tunnel);
    this.packet.tunnel = this.#path.name;
    this.#dirty = true;
    return this.#content(bytes, at, end, wire, type);
  }

  /** Forgets the tunnels and the transport of the frame before. */
  #leave(): void {
    this.#dirty = false;
    this.packet.transport = 'udp';
    this.packet.odd = 0;
    this.packet.hep = undefined;
    this.packet.handshakes = undefined;
    this.#depth = 0;
    this.#tunnels = 0;
    this.#path = this.#paths.root;
    this.packet.tunnel = '';
  }

  /** PPP in HDLC-like framing, or Cisco's HDLC, whose first bytes are those of no PPP. */
  #hdlc(bytes: Uint8Array, at: number, end: number, wire: number): number {
    if (end - at < 4) return SHORT;
    if (bytes[at] !== 0x0f && bytes[at] !== 0x8f) return this.#content(bytes, at, end, wire, PPP_INSIDE);
    return this.#tagged(bytes, at + 4, end, wire, word16(bytes, at + 2));
  }

  /** The family has the byte order of the capturing host (NULL) or of the network (LOOP); it is small, so both show. */
  #loopback(bytes: Uint8Array, at: number, end: number, wire: number): number {
    const little = bytes[at + 2] === 0 && bytes[at + 3] === 0;
    if (!little && (bytes[at] !== 0 || bytes[at + 1] !== 0)) return NOT_IP;
    const family = little ? bytes[at]! | (bytes[at + 1]! << 8) : word16(bytes, at + 2);
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
    const total = word16(bytes, at + 2);
    if (header < 20 || (total !== 0 && total < header)) return MALFORMED;
    const protocol = bytes[at + 9]!;
    if (protocol !== UDP && !carries(protocol)) return notUdp(protocol);
    if (end - at < header) return SHORT;
    // Length 0: the network card cut the datagram up after the capture had seen it.
    const claimed = total === 0 ? wire : at + total;
    this.#addresses4(bytes, at);
    const fragmented = ((bytes[at + 6]! & 0x3f) << 8) | bytes[at + 7]!;
    if (fragmented !== 0) return this.#fragment4(bytes, at, at + header, end, wire, claimed, fragmented);
    if (protocol === UDP) return this.#udp(bytes, at + header, end, wire, claimed);
    return this.#headers(bytes, at + header, end, wire, claimed, protocol);
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
    const protocol = bytes[ip + 9]!;
    if (this.#whole === this.#depth) return FRAGMENT_MALFORMED;
    if (claimed > end || claimed < at) return this.#cutFragment(bytes, at, end, wire, claimed, offset, protocol);
    const key = this.#key.reset().addByte(4).addByte(protocol);
    key.add(bytes, ip + 4, ip + 6).add(bytes, ip + 12, ip + 20);
    return this.#reassemble(key, bytes, at, claimed, offset, (fragmented & 0x2000) !== 0, protocol, false);
  }

  /** RFC 8200 §3. */
  #ipv6(bytes: Uint8Array, at: number, end: number, wire: number): number {
    if (end - at < 40) return SHORT;
    const length = word16(bytes, at + 4);
    // Length 0: a jumbogram (RFC 2675), or as with IPv4.
    const claimed = length === 0 ? wire : at + 40 + length;
    const { src, dst } = this.packet;
    this.#mapped = false;
    for (let i = 0; i < 16; i++) {
      src[i] = bytes[at + 8 + i]!;
      dst[i] = bytes[at + 24 + i]!;
    }
    return this.#headers(bytes, at + 40, end, wire, claimed, bytes[at + 6]!);
  }

  /** The chain of extension headers (RFC 8200 §4; in IPv4 only AH, RFC 4302) down to the transport. */
  #headers(bytes: Uint8Array, start: number, end: number, wire: number, claimed: number, first: number): number {
    let at = start;
    let next = first;
    while (next !== UDP) {
      if (next !== 44 && !isExtension(next)) return this.#transport(next, bytes, at, end, wire, claimed);
      if (end - at < 8) return SHORT;
      if (next === 44) {
        const fragmented = word16(bytes, at + 2);
        // An atomic fragment (RFC 6946) is a datagram that only looks like one.
        if ((fragmented & 0xfff9) !== 0) return this.#fragment6(bytes, at, end, wire, claimed, fragmented);
      }
      const length = next === 44 ? 8 : next === 51 ? (bytes[at + 1]! + 2) << 2 : (bytes[at + 1]! + 1) << 3;
      next = bytes[at]!;
      at += length;
    }
    return this.#udp(bytes, at, end, wire, claimed);
  }

  /** What is no UDP: tunnels are opened. */
  #transport(protocol: number, bytes: Uint8Array, at: number, end: number, wire: number, claimed: number): number {
    if (!carries(protocol)) return notUdp(protocol);
    if (at > end) return SHORT;
    if (claimed < at) return MALFORMED;
    const stop = claimed < wire ? claimed : wire;
    const last = stop < end ? stop : end;
    const inside = this.#inside;
    if (protocol === 6) return this.#tcp(bytes, at, last, stop);
    if (protocol === 132) return this.#sctp(bytes, at, last);
    if (protocol === 50) return this.#esp(bytes, at, last, stop, claimed);
    if (protocol === 47) return this.#enter('gre', openGre(bytes, at, last, inside), bytes, last, stop);
    inside.at = at;
    inside.type = IP_INSIDE;
    const name = this.#mapped ? (protocol === 4 ? '4in4' : '6in4') : protocol === 4 ? '4in6' : '6in6';
    return this.#enter(name, OPEN, bytes, last, stop);
  }

  /** ESP without encryption, as IMS uses it between phone and proxy (3GPP TS 33.203): what else it holds is closed. */
  #esp(bytes: Uint8Array, at: number, end: number, stop: number, claimed: number): number {
    const inside = this.#inside;
    if (this.#depth === MAX_TUNNELS) return TUNNEL_DEPTH;
    if (end < stop || claimed > stop || openEsp(bytes, at, end, inside) !== OPEN) return OTHER_PROTOCOL;
    this.#depth++;
    this.#tunnels = (Math.imul(this.#tunnels, 0x01000193) ^ inside.id) | 0;
    this.#path = this.#paths.step(this.#path, 'esp');
    this.packet.tunnel = this.#path.name;
    this.#dirty = true;
    const from = at + 8;
    const last = inside.at;
    inside.id = 0;
    return inside.type === UDP ? this.#udp(bytes, from, last, last, last) : this.#transport(inside.type, bytes, from, last, last, last);
  }

  #fragment6(bytes: Uint8Array, at: number, end: number, wire: number, claimed: number, fragmented: number): number {
    const offset = fragmented & 0xfff8;
    // A fragment header inside a datagram put together is not opened again, but for one in a tunnel.
    if (this.#whole === this.#depth) return FRAGMENT_MALFORMED;
    if (claimed > end || claimed < at + 8) return this.#cutFragment(bytes, at + 8, end, wire, claimed, offset, bytes[at]!);
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
  #cutFragment(bytes: Uint8Array, at: number, end: number, wire: number, claimed: number, offset: number, next: number): number {
    if (offset !== 0 || (next !== UDP && !carries(next))) return SHORT;
    return next === UDP ? this.#udp(bytes, at, end, wire, claimed) : this.#transport(next, bytes, at, end, wire, claimed);
  }

  #reassemble(key: Key, bytes: Uint8Array, from: number, to: number, offset: number, more: boolean, next: number, strict: boolean): number {
    const { packet } = this;
    key.addByte(packet.vlan & 255).addByte((packet.vlan >> 8) & 255);
    if (this.#depth > 0) key.addNumber(this.#tunnels);
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
        return this.#reassembled();
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

  #reassembled(): number {
    const { bytes, length, next, odd } = this.#fragments;
    this.#whole = this.#depth;
    if (odd !== 0) {
      this.packet.odd |= odd;
      this.#dirty = true;
    }
    const reason = this.#headers(bytes, 0, length, length, length, next);
    this.#whole = -1;
    return reason;
  }

  /** RFC 9293. */
  #tcp(bytes: Uint8Array, at: number, end: number, stop: number): number {
    const reason = this.#streams.segment(this.packet, this.#tunnels, bytes, at, end, stop);
    if (reason === SHORT || reason === MALFORMED) return reason;
    if (reason === TAKEN) this.#handshakes.spoken(this.packet);
    if (this.#handshakes.take(this.packet, this.#tunnels, bytes[at + 13]!) && reason !== TAKEN) {
      this.#dirty = true;
      this.#handshakes.tell(this.packet, bytes, end);
      return TAKEN;
    }
    if (reason !== TAKEN) return reason;
    this.#dirty = true;
    this.pending = true;
    this.#chunked = false;
    if (!this.#streams.isHep) return TAKEN;
    const inside = this.#openHep();
    if (inside === TAKEN) return TAKEN;
    this.pending = this.#next();
    return this.pending ? TAKEN : inside;
  }

  /** RFC 9260. */
  #sctp(bytes: Uint8Array, at: number, end: number): number {
    if (!this.#chunks.begin(this.packet, this.#tunnels, bytes, at, end)) return SHORT;
    if (!this.#chunks.more(this.packet)) return this.#chunks.parts > 0 ? STREAM : SCTP;
    this.#dirty = true;
    this.pending = true;
    this.#chunked = true;
    return TAKEN;
  }

  /** A tunnel in a datagram to its port, if that is what it is; -1 if not. */
  #udpTunnel(port: number, bytes: Uint8Array, at: number, end: number, wire: number): number {
    const inside = this.#inside;
    switch (port) {
      case L2TP_PORT:
        return openL2tp(bytes, at, end, inside) === OPEN ? this.#enter('l2tp', OPEN, bytes, end, wire) : -1;
      case GTP_PORT:
        return openGtp(bytes, at, end, inside) === OPEN ? this.#enter('gtp', OPEN, bytes, end, wire) : -1;
      case GENEVE_PORT:
        return openGeneve(bytes, at, end, inside) === OPEN ? this.#enter('geneve', OPEN, bytes, end, wire) : -1;
      case TEREDO_PORT:
        return openTeredo(bytes, at, end, inside) === OPEN ? this.#enter('teredo', OPEN, bytes, end, wire) : -1;
      default:
        return openVxlan(bytes, at, end, inside) === OPEN ? this.#enter('vxlan', OPEN, bytes, end, wire) : -1;
    }
  }

  /** HEP is told by its content: agents send it to any port. */
  #hep(bytes: Uint8Array, start: number, end: number): number {
    const reason = this.#agents.open(this.packet, bytes, start, end);
    if (reason < 0) return TAKEN;
    this.#dirty = true;
    this.#mapped = false;
    return reason;
  }

  /** RFC 768. */
  #udp(bytes: Uint8Array, at: number, end: number, wire: number, claimed: number): number {
    const start = at + 8;
    if (start > end) return SHORT;
    const length = word16(bytes, at + 4);
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
    const port = portOf(dst);
    if (isTunnelPort(port)) {
      const reason = this.#udpTunnel(port, bytes, start, packet.end, stop);
      if (reason >= 0) return reason;
    }
    const first = bytes[start]!;
    if (first <= 2 || first === 0x48 || first === 0x45) return this.#hep(bytes, start, packet.end);
    return TAKEN;
  }
}
