/**
 * The pcapng file format (draft-ietf-opsawg-pcapng): block types and layouts, the interface description with its
 * options, exact time stamps, and writers. The walk over the blocks lives in `capture/records.ts`.
 */
import { putU16, putU32, u16, u32 } from './pcap.ts';

/** Section header: the same number in both byte orders. */
export const SECTION = 0x0a0d0d0a;
/** Interface description. */
export const INTERFACE = 1;
/** The obsolete packet block. */
export const PACKET = 2;
/** Simple packet block: no time, interface 0. */
export const SIMPLE = 3;
/** Journal export: no packet, but tshark counts it as a frame. */
export const JOURNAL = 9;
/** Enhanced packet block. */
export const ENHANCED = 6;

/** Names of addresses. */
export const NAMES = 4;
/** Statistics of an interface. */
export const STATISTICS = 5;
/** Decryption secrets. */
export const SECRETS = 10;
const CUSTOM = 0xbad;
const CUSTOM_NOT_COPIED = 0x40000bad;

/** Names of the blocks that are no frames; every other type is `unknown`. */
export const BLOCK_NAMES: ReadonlyMap<number, string> = new Map([
  [SECTION, 'section'],
  [INTERFACE, 'interface'],
  [NAMES, 'names'],
  [STATISTICS, 'statistics'],
  [SECRETS, 'secrets'],
  [CUSTOM, 'custom'],
  [CUSTOM_NOT_COPIED, 'custom'],
]);

/** Type and length before, length after a block's body. */
export const SMALLEST_BLOCK = 12;
/** Bytes of a section header without options. */
export const SMALLEST_SECTION = 28;
/** A longer block is a damaged length; Wireshark draws the line at the same place. */
export const MAX_BLOCK = 16 * 1024 * 1024;

const BYTE_ORDER = 0x1a2b3c4d;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;

/** What an interface description says. */
export interface Interface {
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** Most bytes captured of a frame; 0: no limit. */
  readonly snapLength: number;
  /** if_tsresol as written: `n` for 10^-n s, `0x80 | n` for 2^-n s. */
  readonly resolution: number;
  /** if_tsoffset: seconds to add to each time. */
  readonly offset: number;
}

/** Byte order of the section header at `at` (needs 12 bytes): undefined if its byte-order magic is neither. */
export function sectionByteOrder(bytes: Uint8Array, at: number): 'big' | 'little' | undefined {
  if (u32(bytes, at + 8, true) === BYTE_ORDER) return 'big';
  return u32(bytes, at + 8, false) === BYTE_ORDER ? 'little' : undefined;
}

/** Reads the interface description block `bytes[start, end)`, trailing length included. Undefined if it is too short. */
export function readInterface(bytes: Uint8Array, start: number, end: number, bigEndian: boolean): Interface | undefined {
  if (end - start < 20) return undefined;
  let resolution = 6;
  let offset = 0;
  for (let at = start + 16; at + 4 <= end - 4; ) {
    const code = u16(bytes, at, bigEndian);
    const length = u16(bytes, at + 2, bigEndian);
    if (code === 0 || at + 4 + length > end - 4) break;
    if (code === IF_TSRESOL && length === 1) resolution = bytes[at + 4]!;
    if (code === IF_TSOFFSET && length === 8) offset = signed64(bytes, at + 4, bigEndian);
    at += 4 + ((length + 3) & ~3);
  }
  return { linkType: u16(bytes, start + 8, bigEndian), snapLength: u32(bytes, start + 12, bigEndian), resolution, offset };
}

/** A decryption secrets block. */
export interface Secrets {
  /** Secrets type as in the format's draft: 0x544c534b is a TLS key log, 0x5353484b SSH, 0x57474b4c WireGuard. */
  readonly type: number;
  /** A copy of the secrets. */
  readonly data: Uint8Array;
}

/** Reads the decryption secrets block `bytes[start, end)`, trailing length included. Undefined if it makes no sense. */
export function readSecrets(bytes: Uint8Array, start: number, end: number, bigEndian: boolean): Secrets | undefined {
  if (end - start < 20) return undefined;
  const length = u32(bytes, start + 12, bigEndian);
  if (start + 16 + length > end - 4) return undefined;
  return { type: u32(bytes, start + 8, bigEndian), data: bytes.slice(start + 16, start + 16 + length) };
}

const ISB_IFDROP = 5;
const ISB_OSDROP = 7;

/** Frames that the interface statistics block `bytes[start, end)` says were lost, by the interface or the system. */
export function readLost(bytes: Uint8Array, start: number, end: number, bigEndian: boolean): number {
  let lost = 0;
  for (let at = start + 20; at + 12 <= end - 4; ) {
    const code = u16(bytes, at, bigEndian);
    const length = u16(bytes, at + 2, bigEndian);
    if (code === 0) break;
    if ((code === ISB_IFDROP || code === ISB_OSDROP) && length === 8) lost += Math.max(0, signed64(bytes, at + 4, bigEndian));
    at += 4 + ((length + 3) & ~3);
  }
  return lost;
}

function signed64(bytes: Uint8Array, at: number, bigEndian: boolean): number {
  const first = u32(bytes, at, bigEndian);
  const second = u32(bytes, at + 4, bigEndian);
  const high = (bigEndian ? first : second) | 0;
  return high * 4294967296 + (bigEndian ? second : first);
}

/** Turns an interface's 64-bit ticks into µs since 1970, rounded down, exactly. */
export class TickScale {
  /** Ticks per µs where that is a whole number small enough to divide by without loss, else 0. */
  readonly #perMicro: number;
  readonly #offset: number;
  readonly #numerator: bigint;
  readonly #denominator: bigint;

  constructor(face: Interface) {
    const n = face.resolution & 0x7f;
    const binary = face.resolution > 0x7f;
    this.#offset = face.offset * 1e6;
    this.#numerator = 1_000_000n;
    this.#denominator = binary ? 1n << BigInt(n) : 10n ** BigInt(n);
    // Remainder times 2^32 must stay below 2^53, so the divisor below 2^21.
    this.#perMicro = !binary && n >= 6 && n <= 12 ? 10 ** (n - 6) : 0;
  }

  /** @param high and `low`: the unsigned halves of the ticks. */
  micros(high: number, low: number): number {
    const d = this.#perMicro;
    if (d === 0) return Number((((BigInt(high) << 32n) | BigInt(low)) * this.#numerator) / this.#denominator) + this.#offset;
    const rest = high % d;
    return ((high - rest) / d) * 4294967296 + Math.floor((rest * 4294967296 + low) / d) + this.#offset;
  }
}

/** One block: type, body padded to 32 bits, length on both ends. */
export function writeBlock(type: number, body: Uint8Array, bigEndian = false): Uint8Array {
  const length = SMALLEST_BLOCK + ((body.length + 3) & ~3);
  const out = new Uint8Array(length);
  putU32(out, 0, type, bigEndian);
  putU32(out, 4, length, bigEndian);
  out.set(body, 8);
  putU32(out, length - 4, length, bigEndian);
  return out;
}

const OPT_COMMENT = 1;
/** Most bytes of a comment; an option could hold 65,535. */
const MAX_COMMENT = 4096;

/** An opt_comment and the end of the options; nothing without a comment. */
function commentOptions(comment: string, bigEndian: boolean): Uint8Array {
  if (comment === '') return new Uint8Array(0);
  const room = new Uint8Array(MAX_COMMENT);
  // Whole characters only.
  const text = room.subarray(0, new TextEncoder().encodeInto(comment, room).written);
  const out = new Uint8Array(4 + ((text.length + 3) & ~3) + 4);
  putU16(out, 0, OPT_COMMENT, bigEndian);
  putU16(out, 2, text.length, bigEndian);
  out.set(text, 4);
  return out;
}

/** A decryption secrets block (`Secrets.type` says of what kind). */
export function writeSecrets({ type, data }: Secrets, bigEndian = false): Uint8Array {
  const body = new Uint8Array(8 + data.length);
  putU32(body, 0, type, bigEndian);
  putU32(body, 4, data.length, bigEndian);
  body.set(data, 8);
  return writeBlock(SECRETS, body, bigEndian);
}

/** Section header of unknown section length, version 1.0, with a comment if there is one. */
export function writeSection(bigEndian = false, comment = ''): Uint8Array {
  const options = commentOptions(comment, bigEndian);
  const body = new Uint8Array(16 + options.length).fill(0xff);
  body.set(options, 16);
  putU32(body, 0, BYTE_ORDER, bigEndian);
  putU16(body, 4, 1, bigEndian);
  putU16(body, 6, 0, bigEndian);
  return writeBlock(SECTION, body, bigEndian);
}

/** Interface description; left out: Ethernet, no snap length, µs (then no option is written), offset 0. */
export function writeInterface(face: Partial<Interface> = {}, bigEndian = false): Uint8Array {
  const body = new Uint8Array(32);
  putU16(body, 0, face.linkType ?? 1, bigEndian);
  putU32(body, 4, face.snapLength ?? 0, bigEndian);
  let at = 8;
  if (face.resolution !== undefined) {
    putU16(body, at, IF_TSRESOL, bigEndian);
    putU16(body, at + 2, 1, bigEndian);
    body[at + 4] = face.resolution;
    at += 8;
  }
  if (face.offset !== undefined) {
    putU16(body, at, IF_TSOFFSET, bigEndian);
    putU16(body, at + 2, 8, bigEndian);
    putTicks(body, at + 4, BigInt.asUintN(64, BigInt(face.offset)), bigEndian, bigEndian);
    at += 12;
  }
  return writeBlock(INTERFACE, body.subarray(0, at), bigEndian);
}

function putTicks(body: Uint8Array, at: number, ticks: bigint, highFirst: boolean, bigEndian: boolean): void {
  const high = Number(ticks >> 32n);
  const low = Number(ticks & 0xffffffffn);
  putU32(body, at, highFirst ? high : low, bigEndian);
  putU32(body, at + 4, highFirst ? low : high, bigEndian);
}

/** Enhanced packet block. `ticks` in the interface's resolution; `original`: length on the wire; a comment if there is one. */
export function writeEnhanced(
  face: number,
  ticks: bigint,
  data: Uint8Array,
  bigEndian = false,
  original: number = data.length,
  comment = '',
): Uint8Array {
  const options = commentOptions(comment, bigEndian);
  const body = new Uint8Array(20 + (options.length === 0 ? data.length : (data.length + 3) & ~3) + options.length);
  putU32(body, 0, face, bigEndian);
  putTicks(body, 4, ticks, true, bigEndian);
  putU32(body, 12, data.length, bigEndian);
  putU32(body, 16, original, bigEndian);
  body.set(data, 20);
  body.set(options, body.length - options.length);
  return writeBlock(ENHANCED, body, bigEndian);
}

/** Simple packet block. */
export function writeSimple(data: Uint8Array, bigEndian = false, original: number = data.length): Uint8Array {
  const body = new Uint8Array(4 + data.length);
  putU32(body, 0, original, bigEndian);
  body.set(data, 4);
  return writeBlock(SIMPLE, body, bigEndian);
}

/** The obsolete packet block: a 16-bit interface and a drop count, then as the enhanced one. */
export function writePacket(face: number, ticks: bigint, data: Uint8Array, bigEndian = false, original: number = data.length): Uint8Array {
  const block = writeEnhanced(0, ticks, data, bigEndian, original);
  putU32(block, 0, PACKET, bigEndian);
  putU16(block, 8, face, bigEndian);
  putU16(block, 10, 0xffff, bigEndian);
  return block;
}
