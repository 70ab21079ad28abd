/**
 * Frames of every link type, IP datagrams, fragments and whole captures, made byte by byte for tests. Checksums are
 * left zero: neither Ringfence nor tshark, by default, looks at them.
 */
import { type PcapChoice, putU16, putU32, writePcapHeader, writePcapRecord } from '../../src/wire/pcap.ts';
import { writeEnhanced, writeInterface, writeSection } from '../../src/wire/pcapng.ts';

/** Joins byte arrays. */
export function join(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts);
}

/** Bytes of a hexadecimal string; spaces are for the reader. */
export function hex(s: string): Buffer {
  return Buffer.from(s.replaceAll(' ', ''), 'hex');
}

/** A UDP datagram. `length`: the length field, if it is to lie. */
export function udp(srcPort: number, dstPort: number, payload: Uint8Array, length: number = 8 + payload.length): Buffer {
  const header = new Uint8Array(8);
  putU16(header, 0, srcPort, true);
  putU16(header, 2, dstPort, true);
  putU16(header, 4, length, true);
  return join(header, payload);
}

/** What an IPv4 header says; what is left out is plain. */
export interface Ipv4 {
  readonly src?: string;
  readonly dst?: string;
  readonly protocol?: number;
  readonly id?: number;
  /** Bytes. */
  readonly offset?: number;
  readonly more?: boolean;
  /** A multiple of four bytes. */
  readonly options?: Uint8Array;
  /** Total length, if it is to lie. */
  readonly total?: number;
}

/** An IPv4 packet (RFC 791); UDP from 192.0.2.1 to 198.51.100.2 unless said otherwise. */
export function ipv4(payload: Uint8Array, ip: Ipv4 = {}): Buffer {
  const options = ip.options ?? new Uint8Array(0);
  const header = new Uint8Array(20);
  header[0] = 0x45 + options.length / 4;
  putU16(header, 2, ip.total ?? 20 + options.length + payload.length, true);
  putU16(header, 4, ip.id ?? 1, true);
  putU16(header, 6, ((ip.offset ?? 0) >> 3) | (ip.more === true ? 0x2000 : 0), true);
  header[8] = 64;
  header[9] = ip.protocol ?? 17;
  header.set((ip.src ?? '192.0.2.1').split('.').map(Number), 12);
  header.set((ip.dst ?? '198.51.100.2').split('.').map(Number), 16);
  return join(header, options, payload);
}

/** Sixteen bytes of an IPv6 address given as eight groups. */
export function address6(s: string): Uint8Array {
  const out = new Uint8Array(16);
  s.split(':').forEach((group, i) => {
    putU16(out, 2 * i, Number.parseInt(group, 16), true);
  });
  return out;
}

const SRC6 = '2001:db8:0:0:0:0:0:1';
const DST6 = '2001:db8:0:0:0:0:0:2';

/** An IPv6 packet (RFC 8200) from 2001:db8::1 to 2001:db8::2. `length`: payload length, if it is to lie. */
export function ipv6(next: number, payload: Uint8Array, length: number = payload.length): Buffer {
  const header = new Uint8Array(8);
  header[0] = 0x60;
  putU16(header, 4, length, true);
  header[6] = next;
  header[7] = 64;
  return join(header, address6(SRC6), address6(DST6), payload);
}

/** A hop-by-hop, destination options or routing header of 8 bytes and more, padded. */
export function extension6(next: number, units = 0): Buffer {
  const out = Buffer.alloc(8 + 8 * units);
  out[0] = next;
  out[1] = units;
  out[2] = 1; // PadN; for a routing header a type nobody knows, without segments left
  out[3] = 4 + 8 * units;
  return out;
}

/** An IPv6 fragment header and what follows it. `offset` in bytes. */
export function fragment6(next: number, id: number, offset: number, more: boolean, payload: Uint8Array): Buffer {
  const header = new Uint8Array(8);
  header[0] = next;
  putU16(header, 2, offset | (more ? 1 : 0), true);
  putU32(header, 4, id, true);
  return join(header, payload);
}

/** An Ethernet frame. `tags`: VLAN ids, outermost first; more than one makes the outer ones 802.1ad. */
export function ethernet(type: number, payload: Uint8Array, tags: readonly number[] = []): Buffer {
  const head = hex('020000000001 020000000002');
  const types = [...tags.map((_, i) => (i + 1 < tags.length ? 0x88a8 : 0x8100)), type];
  const rest = new Uint8Array(2 + 4 * tags.length);
  types.forEach((t, i) => {
    putU16(rest, 4 * i, t, true);
  });
  tags.forEach((id, i) => {
    putU16(rest, 4 * i + 2, id, true);
  });
  return join(head, rest, payload);
}

/** An 802.3 frame with LLC and SNAP (RFC 1042). */
export function snap(type: number, payload: Uint8Array): Buffer {
  const llc = hex('aaaa03000000 0000');
  putU16(llc, 6, type, true);
  return ethernet(8 + payload.length, join(llc, payload));
}

/** A frame of a Linux cooked capture, version 1. */
export function sll(type: number, payload: Uint8Array): Buffer {
  const head = hex('0000 0001 0006 020000000002 0000 0000');
  putU16(head, 14, type, true);
  return join(head, payload);
}

/** A frame of a Linux cooked capture, version 2. */
export function sll2(type: number, payload: Uint8Array): Buffer {
  const head = hex('0000 0000 00000002 0001 00 06 020000000002 0000');
  putU16(head, 0, type, true);
  return join(head, payload);
}

/** A BSD loopback frame: the address family as a 32-bit number of either byte order. */
export function loopback(family: number, payload: Uint8Array, bigEndian: boolean): Buffer {
  const head = new Uint8Array(4);
  putU32(head, 0, family, bigEndian);
  return join(head, payload);
}

/** A PPPoE session frame (RFC 2516) carrying PPP `protocol`. */
export function pppoe(protocol: number, payload: Uint8Array): Buffer {
  const head = hex('1100 0001 0000 0000');
  putU16(head, 4, 2 + payload.length, true);
  putU16(head, 6, protocol, true);
  return ethernet(0x8864, join(head, payload));
}

/** A pcap file of frames, one a millisecond from 1,000,000,000 s on. */
export function pcapOf(frames: readonly Uint8Array[], choice: PcapChoice = {}): Buffer {
  return join(writePcapHeader(choice), ...frames.map((frame, i) => writePcapRecord(1e15 + 1000 * i, frame, choice)));
}

const TEXT = Buffer.from('OPTIONS sip:a@b SIP/2.0\r\n\r\n');

/**
 * Frames with their link type: every way to a UDP datagram that is read, and some that lead to none. A UDP length below
 * that of IP is not among them: receivers go by it, and so do we, but tshark 4.0 shows what lies behind it too.
 */
function zoo(): readonly (readonly [number, Uint8Array])[] {
  const datagram = udp(5060, 5070, TEXT);
  const ip4 = ipv4(datagram);
  const ip6 = ipv6(17, datagram);
  const chain = join(extension6(43), extension6(60, 1), extension6(17), datagram);
  const long = join(extension6(17), datagram);
  const four = (start: number, end: number): Buffer =>
    ethernet(0x0800, ipv4(datagram.subarray(start, end), { id: 77, offset: start, more: end < datagram.length }), [6]);
  const six = (start: number, end: number): Buffer =>
    ethernet(0x86dd, ipv6(44, fragment6(60, 78, start, end < long.length, long.subarray(start, end))));
  return [
    [1, ethernet(0x0800, ip4)],
    [1, ethernet(0x86dd, ip6)],
    [1, ethernet(0x0800, ip4, [5])],
    [1, ethernet(0x86dd, ip6, [5, 6])],
    [1, snap(0x0800, ip4)],
    [1, pppoe(0x21, ip4)],
    [1, pppoe(0x57, ip6)],
    [1, join(ethernet(0x0800, ip4), new Uint8Array(9))],
    [113, sll(0x0800, ip4)],
    [113, sll(0x86dd, ip6)],
    [276, sll2(0x0800, ip4)],
    [276, sll2(0x86dd, ip6)],
    [0, loopback(2, ip4, false)],
    [0, loopback(2, ip4, true)],
    [0, loopback(30, ip6, false)],
    [108, loopback(2, ip4, true)],
    [101, ip4],
    [101, ip6],
    [12, ip4],
    [228, ip4],
    [229, ip6],
    [101, ipv4(datagram, { options: new Uint8Array(12).fill(1) })],
    [101, ipv4(datagram, { total: 0 })],
    [101, ipv6(0, chain)],
    [101, ipv6(44, fragment6(17, 5, 0, false, datagram))],
    [1, ethernet(0x0800, ipv4(datagram, { protocol: 6 }))],
    [1, ethernet(0x0806, ip4)],
    [1, ethernet(0x0800, ipv4(join(hex('0303 0000 00000000'), ip4), { protocol: 1 }))],
    [1, four(16, 24)],
    [1, four(24, datagram.length)],
    [1, four(0, 16)],
    [1, six(0, 24)],
    [1, six(32, long.length)],
    [1, six(24, 32)],
  ];
}

/** A pcapng file of all kinds of frames, each on an interface of its own; then the same again in big-endian. */
export function frameZoo(): Buffer {
  const frames = zoo();
  const section = (bigEndian: boolean): Buffer =>
    join(
      writeSection(bigEndian),
      ...frames.map(([linkType], i) => writeInterface({ linkType, resolution: i % 2 === 0 ? 6 : 9 }, bigEndian)),
      ...frames.map(([, frame], i) => writeEnhanced(i, (i % 2 === 0 ? 1n : 1000n) * BigInt(1e15 + 1000 * i), frame, bigEndian)),
    );
  return join(section(false), section(true));
}
