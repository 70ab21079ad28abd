/**
 * The walk over the records of a pcap or pcapng byte stream: where each frame lies and when it was seen. Both walkers
 * have the same shape; they look at a window of the stream and never read.
 */
import type { ErrorCode } from '../errors.ts';
import type { Where } from '../types.ts';
import { MAX_CAPTURED, type PcapLayout, u16, u32 } from '../wire/pcap.ts';
import {
  ENHANCED,
  INTERFACE,
  JOURNAL,
  MAX_BLOCK,
  PACKET,
  readInterface,
  SECTION,
  SIMPLE,
  SMALLEST_BLOCK,
  SMALLEST_SECTION,
  sectionByteOrder,
  TickScale,
} from '../wire/pcapng.ts';
import { type Link, linkOf, NO_LINK } from './links.ts';

/** What was read of the stream and not yet used up: `bytes[at, end)`. */
export interface Window {
  bytes: Buffer;
  at: number;
  end: number;
  /** Offset of `bytes[0]` in the uncompressed stream. */
  base: number;
}

/** An interface of the capture: where its packets were seen, and how many frames it gave. */
export interface Face {
  readonly where: Where;
  readonly link: Link;
  frames: number;
}

/** `next` found a frame. */
export const FRAME = 1;
/** `next` needs more bytes. */
export const WANT = 0;
/** `next` met damage: the walk is over, `code` and `message` tell why. */
export const DAMAGE = -1;

/** A block that is no frame. */
const SKIP = 2;

/** A walker: after `FRAME`, the numbers describe the frame `window.bytes[start, end)`. */
export interface Records {
  readonly faces: readonly Face[];
  face: Face;
  start: number;
  end: number;
  /** Bytes of the frame on the wire, as far as the record says. */
  original: number;
  /** µs since 1970, rounded down. */
  time: number;
  /** Offset of the record in `window.bytes`. */
  record: number;
  code: ErrorCode;
  message: string;
  next(window: Window): number;
}

function makeFace(file: string, linkType: number): Face {
  const link = linkOf(linkType);
  return { where: { source: 'file', file, link: link.name }, link, frames: 0 };
}

/** Walks pcap records; the file header is behind it. */
export class PcapRecords implements Records {
  readonly faces: readonly Face[];
  face: Face;
  start = 0;
  end = 0;
  original = 0;
  time = 0.5; // A fraction, so that the field is a double from the start.
  record = 0;
  code: ErrorCode = 'capture-corrupt';
  message = '';
  readonly #header: number;
  readonly #big: boolean;
  readonly #nanoseconds: boolean;

  constructor(file: string, layout: PcapLayout) {
    this.face = makeFace(file, layout.linkType);
    this.faces = [this.face];
    this.#header = layout.recordHeader;
    this.#big = layout.bigEndian;
    this.#nanoseconds = layout.nanoseconds;
  }

  next(window: Window): number {
    const at = window.at;
    const start = at + this.#header;
    if (start > window.end) return WANT;
    const bytes = window.bytes;
    let seconds: number;
    let fraction: number;
    let captured: number;
    let original: number;
    if (this.#big) {
      seconds = u32(bytes, at, true);
      fraction = u32(bytes, at + 4, true);
      captured = u32(bytes, at + 8, true);
      original = u32(bytes, at + 12, true);
    } else {
      seconds = u32(bytes, at, false);
      fraction = u32(bytes, at + 4, false);
      captured = u32(bytes, at + 8, false);
      original = u32(bytes, at + 12, false);
    }
    if (captured > MAX_CAPTURED) {
      this.message = `a record claims ${captured} bytes, more than the ${MAX_CAPTURED} a record may have`;
      return DAMAGE;
    }
    if (start + captured > window.end) return WANT;
    this.record = at;
    this.start = start;
    this.end = start + captured;
    this.original = original;
    this.time = seconds * 1e6 + (this.#nanoseconds ? Math.floor(fraction / 1000) : fraction);
    this.face.frames++;
    window.at = start + captured;
    return FRAME;
  }
}

interface Tap {
  readonly face: Face;
  readonly ticks: TickScale;
  readonly snapLength: number;
}

/** Walks pcapng blocks from the first section header on. */
export class PcapngRecords implements Records {
  readonly faces: Face[] = [];
  face: Face;
  start = 0;
  end = 0;
  original = 0;
  time = 0.5; // A fraction, so that the field is a double from the start.
  record = 0;
  code: ErrorCode = 'capture-corrupt';
  message = '';
  readonly #file: string;
  readonly #nowhere: Face;
  #big = false;
  /** Interfaces of the current section. */
  #taps: Tap[] = [];

  constructor(file: string) {
    this.#file = file;
    this.#nowhere = { where: { source: 'file', file, link: 'none' }, link: { code: NO_LINK, name: 'none' }, frames: 0 };
    this.face = this.#nowhere;
    this.faces.push(this.#nowhere);
    this.time = 0;
  }

  next(window: Window): number {
    for (;;) {
      const verdict = this.#block(window);
      if (verdict !== SKIP) return verdict;
    }
  }

  #block(window: Window): number {
    const at = window.at;
    const bytes = window.bytes;
    if (window.end - at < SMALLEST_BLOCK) return WANT;
    const type = u32(bytes, at, this.#big);
    // A section sets the byte order of everything in it, its own length first.
    if (type === SECTION && !this.#orient(bytes, at)) return this.#damage('a section header without its byte-order mark');
    const length = u32(bytes, at + 4, this.#big);
    if (length < SMALLEST_BLOCK || (length & 3) !== 0 || length > MAX_BLOCK) {
      return this.#damage(`a block of type ${type} claims ${length} bytes`);
    }
    const end = at + length;
    if (end > window.end) return WANT;
    if (u32(bytes, end - 4, this.#big) !== length) return this.#damage('the two lengths of a block differ');
    window.at = end;
    this.record = at;
    const verdict = this.#body(bytes, type, at, end);
    // The fault is reported at the block it lies in.
    if (verdict === DAMAGE) window.at = at;
    return verdict;
  }

  #orient(bytes: Uint8Array, at: number): boolean {
    const order = sectionByteOrder(bytes, at);
    this.#big = order === 'big';
    return order !== undefined;
  }

  #body(bytes: Uint8Array, type: number, at: number, end: number): number {
    switch (type) {
      case ENHANCED:
        return this.#packet(bytes, at, end, u32(bytes, at + 8, this.#big));
      case SECTION:
        return this.#section(bytes, at, end);
      case INTERFACE:
        return this.#interface(bytes, at, end);
      case PACKET:
        return this.#packet(bytes, at, end, u16(bytes, at + 8, this.#big));
      case SIMPLE:
        return this.#simple(bytes, at, end);
      case JOURNAL:
        return this.#emit(this.#nowhere, at + 8, end - 4, end - at - 12, this.time);
      default:
        return SKIP;
    }
  }

  #section(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < SMALLEST_SECTION) return this.#damage('a section header of less than 28 bytes');
    const major = u16(bytes, at + 12, this.#big);
    if (major !== 1) return this.#damage(`a section of pcapng version ${major}, not 1`);
    this.#taps = [];
    return SKIP;
  }

  #interface(bytes: Uint8Array, at: number, end: number): number {
    const face = readInterface(bytes, at, end, this.#big);
    if (face === undefined) return this.#damage('an interface description of less than 20 bytes');
    const tap = { face: makeFace(this.#file, face.linkType), ticks: new TickScale(face), snapLength: face.snapLength };
    this.#taps.push(tap);
    this.faces.push(tap.face);
    return SKIP;
  }

  /**
   * Enhanced and obsolete packet blocks: they differ in where the interface number is. In a block too short for one, that
   * number was read from what follows; the length is judged first.
   */
  #packet(bytes: Uint8Array, at: number, end: number, number: number): number {
    if (end - at < 32) return this.#damage('a packet block of less than 32 bytes');
    const tap = this.#taps[number];
    if (tap === undefined) return this.#damage(`a packet of interface ${number}, which is not described`);
    const big = this.#big;
    const captured = u32(bytes, at + 20, big);
    if (captured > MAX_CAPTURED || at + 28 + captured > end - 4) return this.#damage(`a packet block claims ${captured} bytes of data`);
    const time = tap.ticks.micros(u32(bytes, at + 12, big), u32(bytes, at + 16, big));
    return this.#emit(tap.face, at + 28, at + 28 + captured, u32(bytes, at + 24, big), time);
  }

  /** A simple packet block has no time of its own: it keeps that of the record before it. */
  #simple(bytes: Uint8Array, at: number, end: number): number {
    const tap = this.#taps[0];
    if (tap === undefined || end - at < 16) return this.#damage('a simple packet block without an interface');
    const original = u32(bytes, at + 8, this.#big);
    const captured = tap.snapLength === 0 ? original : Math.min(original, tap.snapLength);
    if (captured > MAX_CAPTURED || at + 12 + captured > end - 4)
      return this.#damage(`a simple packet block claims ${captured} bytes of data`);
    return this.#emit(tap.face, at + 12, at + 12 + captured, original, this.time);
  }

  #emit(face: Face, start: number, end: number, original: number, time: number): number {
    this.face = face;
    this.start = start;
    this.end = end;
    this.original = original;
    this.time = time;
    face.frames++;
    return FRAME;
  }

  #damage(message: string): number {
    this.message = message;
    return DAMAGE;
  }
}
