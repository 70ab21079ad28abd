/**
 * Frames of every link type, IP datagrams, fragments and whole captures, made byte by byte for tests. Checksums are
 * left zero: neither Ringfence nor tshark, by default, looks at them.
 */
import { constants, deflateRawSync } from 'node:zlib';
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

/** A GRE header (RFC 2784, 2890). `flags`: its first two bytes; what they announce is zero, the key 7. */
export function gre(type: number, payload: Uint8Array, flags = 0): Buffer {
  const words = (flags & 0x8000 ? '00000000' : '') + (flags & 0x2000 ? '00000007' : '') + (flags & 0x1000 ? '00000000' : '');
  const head = Buffer.alloc(4);
  putU16(head, 0, flags, true);
  putU16(head, 2, type, true);
  return join(head, hex(words), hex(flags & 0x80 ? '00000000' : ''), payload);
}

/** MPLS labels (RFC 3032) before `payload`. */
export function mpls(labels: readonly number[], payload: Uint8Array): Buffer {
  const stack = labels.map((label, i) => {
    const word = new Uint8Array(4);
    putU32(word, 0, (label << 12) | (i + 1 === labels.length ? 0x100 : 0) | 64, true);
    return word;
  });
  return join(...stack, payload);
}

/** An Ethernet frame in VXLAN (RFC 7348), network 42. */
export function vxlan(frame: Uint8Array, port = 4789): Buffer {
  return udp(49_152, port, join(hex('08000000 00002a00'), frame));
}

/** An IP packet in GTP-U (3GPP TS 29.281), tunnel 0x0102. `options`: flags and the bytes they announce. */
export function gtp(packet: Uint8Array, flags = 0, options = ''): Buffer {
  const head = hex(`${(0x30 | flags).toString(16)}ff 0000 00000102${options}`);
  putU16(head, 2, head.length - 8 + packet.length, true);
  return udp(2152, 2152, join(head, packet));
}

/** ERSPAN of type 1, 2 or 3 (draft-foschiano-erspan) in GRE, around an Ethernet frame. */
export function erspan(type: 1 | 2 | 3, frame: Uint8Array): Buffer {
  if (type === 1) return gre(0x88be, frame);
  if (type === 2) return gre(0x88be, join(hex('1001 0005 00000000'), frame), 0x1000);
  return gre(0x22eb, join(hex('2001 0005 00000000 0000 0000'), frame), 0x1000);
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
    ...tunnelled(ip4, ip6),
  ];
}

/** Both packets in tunnels of every kind but MPLS pseudowires, of which tshark has to be told. */
function tunnelled(ip4: Buffer, ip6: Buffer): readonly (readonly [number, Uint8Array])[] {
  const frame = ethernet(0x0800, ip4);
  const four = (protocol: number, payload: Uint8Array): Buffer => ipv4(payload, { protocol, src: '203.0.113.1', dst: '203.0.113.2' });
  return [
    [1, ethernet(0x0800, ip4, [3, 2, 1])],
    [1, ethernet(0x8847, mpls([17, 18], ip4))],
    [1, ethernet(0x8847, mpls([2], ip6))],
    [101, four(4, ip4)],
    [101, four(41, ip6)],
    [101, ipv6(4, ip4)],
    [101, ipv6(41, ip6)],
    [101, four(4, four(4, four(41, ip6)))],
    [101, four(47, gre(0x0800, ip4))],
    [101, four(47, gre(0x86dd, ip6, 0xb000))],
    [101, four(47, gre(0x6558, frame, 0x2000))],
    [101, four(47, join(hex('3001 880b 0000 0001 00000001 ff03 0021'), ip4))],
    [101, four(47, join(hex('3081 880b 0000 0001 00000001 00000001 21'), ip4))],
    [101, four(47, erspan(1, frame))],
    [101, four(47, erspan(2, frame))],
    [101, four(47, erspan(3, frame))],
    [101, four(17, vxlan(frame))],
    [101, four(17, vxlan(ethernet(0x86dd, ip6, [9])))],
    [101, four(17, gtp(ip4))],
    [101, four(17, gtp(ip6, 2, '00010000'))],
    [101, four(17, gtp(ip4, 4, '00000085 01100500'))],
    [101, four(17, udp(1701, 1701, join(hex('0002 0001 0002 ff03 0021'), ip4)))],
    [101, four(17, udp(1701, 1701, join(hex('0a02 0001 0002 00000000 0002 ffff 0057'), ip6)))],
    [9, join(hex('ff030021'), ip4)],
    [50, join(hex('ff030057'), ip6)],
    [104, join(hex('0f000800'), ip4)],
    [51, pppoe(0x21, ip4).subarray(14)],
    [101, four(17, geneve(0x6558, frame))],
    [101, four(17, geneve(0x86dd, ip6, '0102 03 01 00000000'))],
    [101, four(17, udp(50_000, 3544, ip6))],
    [101, four(17, udp(50_000, 3544, join(hex('0001 0000 0000000000000000 00'), hex('0000 1234 01020304'), ip6)))],
    [101, four(50, esp(17, ip4.subarray(20)))],
    [101, four(50, esp(4, ip4))],
    [105, wifi(0x0800, ip4)],
    [105, wifi(0x86dd, ip6, 0x88, 3)],
    [127, radiotap(wifi(0x0800, ip4, 0x88, 2), true)],
    [127, radiotap(wifi(0x0806, ip4))],
    [192, join(hex('0000 0800 69000000'), wifi(0x0800, ip4))],
    [101, ipv4(join(hex('1104 0000 00000001 00000001'), new Uint8Array(12), ip4.subarray(20)), { protocol: 51 })],
  ];
}

/** An IEEE 802.11 data frame with LLC and SNAP. `kind`: first byte, 0x88 with QoS; `flags`: 1 to, 2 from the distribution system, 0x40 protected. */
export function wifi(type: number, payload: Uint8Array, kind = 8, flags = 1): Buffer {
  const head = Buffer.alloc(24 + ((flags & 3) === 3 ? 6 : 0) + ((kind & 0x80) !== 0 ? 2 : 0));
  head[0] = kind;
  head[1] = flags;
  const snapped = Buffer.from([0xaa, 0xaa, 3, 0, 0, 0, type >> 8, type & 255]);
  return join(head, snapped, payload);
}

/** The header of radiotap without any field, or with one. */
export function radiotap(frame: Uint8Array, rate = false): Buffer {
  return join(hex(rate ? '0000 0900 04000000 0c' : '0000 0800 00000000'), frame);
}

/** An NFLOG record with a prefix before the packet. */
export function nflog(packet: Uint8Array, bigEndian = false): Buffer {
  const field = (type: number, data: Uint8Array): Buffer => {
    const head = new Uint8Array(4);
    putU16(head, 0, 4 + data.length, bigEndian);
    putU16(head, 2, type, bigEndian);
    return join(head, data, new Uint8Array(-data.length & 3));
  };
  return join(hex('02 00 0001'), field(10, Buffer.from('drop: ')), field(9, packet));
}

/** A PDU as Wireshark exports it: 192.0.2.1:50000 to 198.51.100.2:5061, TCP, dissector sip. */
export function exported(payload: Uint8Array, six = false): Buffer {
  const tag = (code: number, data: Uint8Array): Buffer => join(Buffer.from([0, code, 0, data.length]), data);
  const ends = six ? [tag(22, address6(SRC6)), tag(23, address6(DST6))] : [tag(20, hex('c0000201')), tag(21, hex('c6336402'))];
  const ports = [tag(24, hex('00000002')), tag(25, hex('0000c350')), tag(26, hex('000013c5'))];
  return join(tag(12, Buffer.from('sip\0')), ...ends, ...ports, tag(0, new Uint8Array(0)), payload);
}

/** Geneve (RFC 8926) around an Ethernet frame or IP packet. */
export function geneve(type: number, payload: Uint8Array, options = ''): Buffer {
  const words = hex(options);
  return udp(50_000, 6081, join(Buffer.from([words.length >> 2, 0, type >> 8, type & 255, 0, 0, 7, 0]), words, payload));
}

/** ESP (RFC 4303) without encryption and with an integrity check of `check` bytes. */
export function esp(protocol: number, payload: Uint8Array, check = 12): Buffer {
  const padding = -(payload.length + 2) & 3;
  const trailer = Buffer.from([...Array.from({ length: padding }, (_, i) => i + 1), padding, protocol]);
  return join(hex('00001000 00000001'), payload, trailer, Buffer.alloc(check, 0xc5));
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

/** A TCP segment (RFC 9293). `flags`: 2 SYN, 4 RST, 1 FIN; ACK is always set. */
export function tcp(srcPort: number, dstPort: number, sequence: number, payload: Uint8Array, flags = 0): Buffer {
  const header = new Uint8Array(20);
  putU16(header, 0, srcPort, true);
  putU16(header, 2, dstPort, true);
  putU32(header, 4, sequence >>> 0, true);
  header[12] = 0x50;
  header[13] = 0x10 | flags;
  putU16(header, 14, 65_535, true);
  return join(header, payload);
}

/** An IPv4 packet with a TCP segment from 192.0.2.1:49152 to 198.51.100.2. */
export function segment(sequence: number, payload: Uint8Array | string, flags = 0, port = 5060): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  return ipv4(tcp(49_152, port, sequence, bytes, flags), { protocol: 6 });
}

/** A WebSocket frame (RFC 6455 §5.2). */
export function webSocket(payload: Uint8Array | string, { opcode = 1, fin = true, mask = '', packed = false } = {}): Buffer {
  const bytes = Buffer.from(payload);
  const key = hex(mask);
  const flag = key.length > 0 ? 0x80 : 0;
  const head =
    bytes.length < 126 ? Buffer.from([0, flag | bytes.length]) : Buffer.from([0, flag | 126, bytes.length >> 8, bytes.length & 255]);
  head[0] = (fin ? 0x80 : 0) | (packed ? 0x40 : 0) | opcode;
  return join(head, key, key.length > 0 ? bytes.map((b, i) => b ^ key[i & 3]!) : bytes);
}

/** What an SCTP chunk says of itself. */
export interface ChunkNumbers {
  /** TSN. */
  readonly number?: number;
  /** FSN of an I-DATA part that is not the first. */
  readonly part?: number;
  readonly stream?: number;
  /** SSN or MID. */
  readonly message?: number;
}

/** An SCTP chunk (RFC 9260 §3.3.1, RFC 8260 §2.1); `flags`: 4 unordered, 2 first, 1 last part. */
export function chunk(
  payload: Uint8Array,
  flags = 3,
  type = 0,
  { number = 1, part = number, stream = 0, message = 0 }: ChunkNumbers = {},
): Buffer {
  const header = Buffer.alloc(type === 64 ? 20 : 16);
  header[0] = type;
  header[1] = flags;
  putU16(header, 2, header.length + payload.length, true);
  putU32(header, 4, number, true);
  putU16(header, 8, stream, true);
  if (type === 64) {
    putU32(header, 12, message, true);
    if ((flags & 2) === 0) putU32(header, 16, part, true);
  } else putU16(header, 10, message, true);
  return join(header, payload, new Uint8Array(-payload.length & 3));
}

/** Messages compressed as permessage-deflate does (RFC 7692 §7.2.1), each with the past that it may refer to. */
export function deflated(messages: readonly string[], takeover = true): Buffer[] {
  let past = '';
  return messages.map((message) => {
    const dictionary = takeover && past !== '' ? { dictionary: Buffer.from(past) } : {};
    const packed = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH, ...dictionary });
    past += message;
    return packed.subarray(0, -4);
  });
}

/** An SCTP packet of chunks. */
export function sctp(srcPort: number, dstPort: number, ...chunks: readonly Uint8Array[]): Buffer {
  const header = new Uint8Array(12);
  putU16(header, 0, srcPort, true);
  putU16(header, 2, dstPort, true);
  putU32(header, 4, 1, true);
  return join(header, ...chunks);
}

/** A SIP message with `body`, for streams. */
export function sipMessage(callId: string, body = '', extra = ''): string {
  const head = ['MESSAGE sip:b@example.org SIP/2.0', 'Via: SIP/2.0/TCP a.example.org;branch=z9hG4bK1', 'Max-Forwards: 70'];
  const rest = ['From: <sip:a@example.org>;tag=1', 'To: <sip:b@example.org>', `Call-ID: ${callId}`, 'CSeq: 1 MESSAGE'];
  const length = [`Content-Length: ${Buffer.byteLength(body)}`, '', ''];
  return [...head, ...rest, ...(extra === '' ? [] : [extra]), ...length].join('\r\n') + body;
}

/** A pcap file of SIP over TCP (without keep-alives, which tshark takes for the end of SIP), cut, joined, reordered and repeated, over SCTP and over WebSocket. */
export function streamZoo(): Buffer {
  const text = ['a', 'b', 'c', 'd'].map((id) => sipMessage(id, `body of ${id}`)).join('');
  const pieces = (size: number, port: number): Buffer[] =>
    Array.from({ length: Math.ceil(text.length / size) }, (_, i) => segment(101 + i * size, text.slice(i * size, (i + 1) * size), 0, port));
  const syn = (port: number): Buffer => segment(100, '', 2, port);
  const [one, two, three, ...rest] = pieces(150, 5060);
  const upgrade =
    'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Protocol: sip\r\n\r\n';
  const grant =
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: sip\r\n\r\n';
  const frames = join(webSocket(sipMessage('w', 'x'), { mask: '01020304' }), webSocket(sipMessage('v')));
  const sctpPacket = ipv4(sctp(5060, 5060, chunk(Buffer.from(sipMessage('s'))), chunk(Buffer.from(sipMessage('t', 'body')))), {
    protocol: 132,
  });
  const all = [
    syn(5062),
    segment(101, text, 0, 5062),
    syn(5060),
    one!,
    three!,
    two!,
    two!,
    ...rest,
    syn(80),
    segment(101, upgrade, 0, 80),
    ipv4(tcp(80, 49_152, 7, Buffer.from(grant)), { protocol: 6, src: '198.51.100.2', dst: '192.0.2.1' }),
    segment(101 + upgrade.length, frames, 0, 80),
    sctpPacket,
    ...sctpParts(),
    ...pieces(70, 5064),
    ...packedTalk(grant),
  ];
  return pcapOf(all, { linkType: 101 });
}

/** Messages in parts of SCTP: DATA of two streams between each other, I-DATA of one stream (RFC 8260). */
function sctpParts(): Buffer[] {
  const packet = (...chunks: readonly Uint8Array[]): Buffer => ipv4(sctp(5060, 5060, ...chunks), { protocol: 132 });
  const [p, q, r] = ['p', 'q', 'r'].map((id) => Buffer.from(sipMessage(id, 'body '.repeat(30))));
  const third = (bytes: Uint8Array, i: number): Uint8Array => bytes.subarray(i * 100, i < 2 ? (i + 1) * 100 : undefined);
  const part = (bytes: Uint8Array, i: number, type: number, numbers: ChunkNumbers): Buffer =>
    chunk(third(bytes, i), i === 0 ? 2 : i === 2 ? 1 : 0, type, numbers);
  return [
    packet(part(p!, 0, 0, { number: 20, stream: 1 })),
    packet(part(p!, 1, 0, { number: 21, stream: 1 }), part(p!, 2, 0, { number: 22, stream: 1 })),
    packet(part(q!, 0, 0, { number: 23, stream: 2, message: 1 }), part(q!, 1, 0, { number: 24, stream: 2, message: 1 })),
    packet(part(q!, 2, 0, { number: 25, stream: 2, message: 1 })),
    ...[0, 1, 2].map((i) => packet(part(r!, i, 64, { number: 26 + i, part: i, stream: 3, message: 5 }))),
  ];
}

/** A WebSocket with permessage-deflate that both sides agreed on. */
function packedTalk(grant: string): Buffer[] {
  const extension = '\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n';
  const ask = `GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Protocol: sip${extension}`;
  const answer = grant.replace('\r\n\r\n', extension);
  const messages = deflated(['k', 'l', 'm'].map((id) => sipMessage(id, 'body '.repeat(30))));
  const frames = messages.map((message) => webSocket(message, { packed: true, mask: '01020304' }));
  const sent = (sequence: number, payload: Uint8Array | string, flags = 0): Buffer =>
    ipv4(tcp(50_000, 80, sequence, Buffer.from(payload), flags), { protocol: 6 });
  return [
    sent(100, '', 2),
    sent(101, ask),
    ipv4(tcp(80, 50_000, 7, Buffer.from(answer)), { protocol: 6, src: '198.51.100.2', dst: '192.0.2.1' }),
    sent(101 + ask.length, join(...frames)),
  ];
}

/** A chunk of HEP version 3; `data` as bytes or hexadecimal. */
export function hepChunk(id: number, data: Uint8Array | string, vendor = 0): Buffer {
  const payload = typeof data === 'string' ? hex(data) : data;
  const head = Buffer.alloc(6);
  putU16(head, 0, vendor, true);
  putU16(head, 2, id, true);
  putU16(head, 4, 6 + payload.length, true);
  return join(head, payload);
}

/** A HEP version 3 packet of chunks. */
export function hep3(...chunks: readonly Uint8Array[]): Buffer {
  const head = Buffer.from('HEP3\0\0');
  putU16(head, 4, 6 + chunks.reduce((sum, each) => sum + each.length, 0), true);
  return join(head, ...chunks);
}

/** The chunks that every HEP packet has: 10.0.0.1:5060 to 10.0.0.2:5070, UDP, a time, SIP, agent 228. */
export function hepBasics(): Buffer[] {
  const chunks: [number, string][] = [
    [1, '02'],
    [2, '11'],
    [3, '0a000001'],
    [4, '0a000002'],
    [7, '13c4'],
    [8, '13ce'],
    [9, '4e4982cb'],
    [10, '0001d4c0'],
    [11, '01'],
    [12, '000000e4'],
  ];
  return chunks.map(([id, data]) => hepChunk(id, data));
}
