/**
 * The pcap file format (draft-ietf-opsawg-pcap): layout, file header, and writers. Reading records is the capture's
 * hottest loop and lives in `capture/records.ts`; it takes its offsets from here.
 */

/** Bytes of the file header. */
export const PCAP_HEADER = 24;

/** Most bytes one record may hold: libpcap's MAXIMUM_SNAPLEN. A longer one is a damaged length. */
export const MAX_CAPTURED = 262_144;

/** What the file header says about every record. */
export interface PcapLayout {
  readonly bigEndian: boolean;
  /** Fractions of a second are nanoseconds instead of microseconds. */
  readonly nanoseconds: boolean;
  /** Bytes before each record's data: 16, or 24 for the modified format with interface and protocol. */
  readonly recordHeader: number;
  /** LINKTYPE_ number, without the bits for the frame check sequence. */
  readonly linkType: number;
  readonly snapLength: number;
}

interface Magic {
  readonly nanoseconds: boolean;
  readonly recordHeader: number;
}

const MAGICS = new Map<number, Magic>([
  [0xa1b2c3d4, { nanoseconds: false, recordHeader: 16 }],
  [0xa1b23c4d, { nanoseconds: true, recordHeader: 16 }],
  [0xa1b2cd34, { nanoseconds: false, recordHeader: 24 }],
]);

/** Unsigned 32-bit number at `at`. */
export function u32(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  const a = bytes[at]!;
  const b = bytes[at + 1]!;
  const c = bytes[at + 2]!;
  const d = bytes[at + 3]!;
  return (bigEndian ? (a << 24) | (b << 16) | (c << 8) | d : (d << 24) | (c << 16) | (b << 8) | a) >>> 0;
}

/** Unsigned 16-bit number at `at`. */
export function u16(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  const a = bytes[at]!;
  const b = bytes[at + 1]!;
  return bigEndian ? (a << 8) | b : (b << 8) | a;
}

/** Writes an unsigned 32-bit number at `at`. */
export function putU32(bytes: Uint8Array, at: number, value: number, bigEndian: boolean): void {
  for (let i = 0; i < 4; i++) bytes[at + i] = value >>> (bigEndian ? 24 - 8 * i : 8 * i);
}

/** Writes an unsigned 16-bit number at `at`. */
export function putU16(bytes: Uint8Array, at: number, value: number, bigEndian: boolean): void {
  bytes[at] = bigEndian ? value >>> 8 : value;
  bytes[at + 1] = bigEndian ? value : value >>> 8;
}

/** True if the four bytes at `at` are a pcap magic number of a format read here, in either byte order. */
export function isPcap(bytes: Uint8Array, at: number): boolean {
  return MAGICS.has(u32(bytes, at, false)) || MAGICS.has(u32(bytes, at, true));
}

/** Reads the file header; needs `PCAP_HEADER` bytes at `at`. Undefined if the magic number is not one of pcap's. */
export function readPcapHeader(bytes: Uint8Array, at: number): PcapLayout | undefined {
  const bigEndian = MAGICS.has(u32(bytes, at, true));
  const magic = MAGICS.get(u32(bytes, at, bigEndian));
  if (magic === undefined) return undefined;
  return {
    bigEndian,
    nanoseconds: magic.nanoseconds,
    recordHeader: magic.recordHeader,
    linkType: u32(bytes, at + 20, bigEndian) & 0x03ffffff,
    snapLength: u32(bytes, at + 16, bigEndian),
  };
}

/** What a written file is to look like; left out: little-endian, microseconds, Ethernet, `MAX_CAPTURED`. */
export type PcapChoice = Partial<PcapLayout>;

/** The file header (version 2.4). */
export function writePcapHeader(choice: PcapChoice = {}): Uint8Array {
  const out = new Uint8Array(PCAP_HEADER);
  const big = choice.bigEndian === true;
  const magic = choice.recordHeader === 24 ? 0xa1b2cd34 : choice.nanoseconds === true ? 0xa1b23c4d : 0xa1b2c3d4;
  putU32(out, 0, magic, big);
  putU16(out, 4, 2, big);
  putU16(out, 6, 4, big);
  putU32(out, 16, choice.snapLength ?? MAX_CAPTURED, big);
  putU32(out, 20, choice.linkType ?? 1, big);
  return out;
}

/**
 * One record with its header.
 * @param time µs since 1970; a fraction of a µs is kept by the nanosecond format only.
 * @param original length of the frame on the wire, if the capture cut it.
 */
export function writePcapRecord(time: number, data: Uint8Array, choice: PcapChoice = {}, original: number = data.length): Uint8Array {
  const header = choice.recordHeader ?? 16;
  const big = choice.bigEndian === true;
  const out = new Uint8Array(header + data.length);
  const seconds = Math.floor(time / 1e6);
  const micros = time - seconds * 1e6;
  putU32(out, 0, seconds, big);
  putU32(out, 4, choice.nanoseconds === true ? Math.floor(micros * 1e3) : Math.floor(micros), big);
  putU32(out, 8, data.length, big);
  putU32(out, 12, original, big);
  out.set(data, header);
  return out;
}
