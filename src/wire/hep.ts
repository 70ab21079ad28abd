/**
 * HEP, versions 1 to 3: packets that an agent captured elsewhere and sent on (HEP3 specification, revision 37). A pure
 * reader: unknown chunks and chunks of vendors are skipped by their length; of chunks that come twice the first counts.
 */
import { word16, word32 } from '../bytes.ts';
import type { Span } from '../types.ts';

/** It is HEP, and `Hep` is filled. */
export const HEP = 1;
/** It is not HEP. */
export const NOT_HEP = 0;
/** It says it is HEP, and contradicts itself or lacks addresses or payload. */
export const BAD_HEP = -1;

/** `HEP3`. */
const MAGIC: readonly number[] = [0x48, 0x45, 0x50, 0x33];

/** Protocol types of chunk 0x0b that are looked at. */
export const HEP_SIP = 1;
/** RTP. */
export const HEP_RTP = 4;
/** RTCP, mostly as JSON. */
export const HEP_RTCP = 5;

/** One HEP packet. Spans and places are of the bytes that were read. */
export interface Hep {
  version: number;
  /** IP protocol: 6, 17, 132. */
  protocol: number;
  /** Where the addresses lie; both `addressBytes` long: 4 or 16. */
  source: number;
  destination: number;
  addressBytes: number;
  sourcePort: number;
  destinationPort: number;
  /** µs since 1970; 0: none given. */
  time: number;
  /** Protocol type, -1: none given. */
  type: number;
  /** Capture agent id, -1: none given. */
  captureId: number;
  readonly payload: Span;
  /** The payload is compressed (chunk 0x10). */
  compressed: boolean;
  readonly correlation: Span;
  /** Name of the capture agent. */
  readonly node: Span;
}

/** A `Hep` to be filled. */
export function createHep(): Hep {
  const none = (): Span => ({ start: -1, end: -1 });
  return {
    version: 0,
    protocol: -1,
    source: -1,
    destination: -1,
    addressBytes: 0,
    sourcePort: -1,
    destinationPort: -1,
    time: 0,
    type: -1,
    captureId: -1,
    payload: none(),
    compressed: false,
    correlation: none(),
    node: none(),
  };
}

function reset(h: Hep, version: number): void {
  h.version = version;
  h.protocol = -1;
  h.source = -1;
  h.destination = -1;
  h.sourcePort = -1;
  h.destinationPort = -1;
  h.time = 0;
  h.type = -1;
  h.captureId = -1;
  h.compressed = false;
  for (const span of [h.payload, h.correlation, h.node]) {
    span.start = -1;
    span.end = -1;
  }
}

/** Reads the datagram `bytes[start, end)`. `arrival` (µs) decides how the times of version 2 are written. */
export function readHep(h: Hep, bytes: Uint8Array, start: number, end: number, arrival: number): number {
  const first = bytes[start]!;
  if (first === 1 || first === 2) return readOld(h, bytes, start, end, arrival);
  if (end - start < 6 || (first !== 0x48 && first !== 0x45)) return NOT_HEP;
  if (bytes[start + 1] !== 0x45 || bytes[start + 2] !== 0x50 || bytes[start + 3] !== 0x33) return NOT_HEP;
  return readChunks(h, bytes, start, end);
}

/** True if `[start, end)` begins as HEP 3 does. */
export function isHepHead(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 6 && hepLength(bytes, start, end) > 0;
}

/** Length of the HEP 3 packet at `start` (in a stream they follow each other); 0: more bytes are needed; -1: it is none. */
export function hepLength(bytes: Uint8Array, start: number, end: number): number {
  for (let i = 0; i < 4 && start + i < end; i++) if (bytes[start + i] !== MAGIC[i]) return -1;
  if (end - start < 6) return 0;
  const length = word16(bytes, start + 4);
  return length < 6 ? -1 : length;
}

function readChunks(h: Hep, bytes: Uint8Array, start: number, end: number): number {
  const stop = start + word16(bytes, start + 4);
  if (stop > end) return BAD_HEP;
  reset(h, 3);
  let seconds = 0;
  let micros = 0;
  let at = start + 6;
  for (let length = 0; at < stop; at += length) {
    length = stop - at < 6 ? 0 : word16(bytes, at + 4);
    if (length < 6 || at + length > stop) return BAD_HEP;
    if (word16(bytes, at) !== 0) continue;
    const id = word16(bytes, at + 2);
    if (SIZES[id] !== undefined && SIZES[id] !== length - 6) return BAD_HEP;
    if (id === 9 && seconds === 0) seconds = word32(bytes, at + 6);
    else if (id === 10 && micros === 0) micros = word32(bytes, at + 6);
    else takeChunk(h, bytes, id, at + 6, at + length);
  }
  if (seconds > 0) h.time = seconds * 1e6 + (micros < 1e6 ? micros : 0);
  const complete = h.source >= 0 && h.destination >= 0 && h.sourcePort >= 0 && h.destinationPort >= 0 && h.payload.start >= 0;
  return complete ? HEP : BAD_HEP;
}

/** Bytes of the generic chunks of fixed size. */
const SIZES: readonly (number | undefined)[] = [undefined, 1, 1, 4, 4, 16, 16, 2, 2, 4, 4, 1, 4];

function takeChunk(h: Hep, bytes: Uint8Array, id: number, start: number, end: number): void {
  switch (id) {
    case 2:
      if (h.protocol < 0) h.protocol = bytes[start]!;
      break;
    case 3:
    case 5:
      if (h.source < 0) h.source = start;
      h.addressBytes = end - start;
      break;
    case 4:
    case 6:
      if (h.destination < 0) h.destination = start;
      break;
    case 7:
      if (h.sourcePort < 0) h.sourcePort = word16(bytes, start);
      break;
    case 8:
      if (h.destinationPort < 0) h.destinationPort = word16(bytes, start);
      break;
    case 11:
      if (h.type < 0) h.type = bytes[start]!;
      break;
    case 12:
      if (h.captureId < 0) h.captureId = word32(bytes, start);
      break;
    case 15:
    case 16:
      if (h.payload.start < 0) h.compressed = id === 16;
      setOnce(h.payload, start, end);
      break;
    case 17:
      setOnce(h.correlation, start, end);
      break;
    case 19:
      setOnce(h.node, start, end);
  }
}

function setOnce(span: Span, start: number, end: number): void {
  if (span.start >= 0) return;
  span.start = start;
  span.end = end;
}

/**
 * Versions 1 and 2 have no magic number, so all of their header must fit: version, length, family, protocol. The length
 * may or may not count the time of version 2, which agents send with or without two bytes of padding.
 */
function readOld(h: Hep, bytes: Uint8Array, start: number, end: number, arrival: number): number {
  if (end - start < 17) return NOT_HEP;
  const version = bytes[start]!;
  const length = bytes[start + 1]!;
  const family = bytes[start + 2]!;
  const protocol = bytes[start + 3]!;
  const addressBytes = family === 2 ? 4 : family === 10 ? 16 : 0;
  const plain = 8 + 2 * addressBytes;
  const timed = version === 2 && (length === plain + 10 || length === plain + 12);
  if (addressBytes === 0 || (length !== plain && !timed) || (protocol !== 6 && protocol !== 17 && protocol !== 132)) return NOT_HEP;
  reset(h, version);
  h.protocol = protocol;
  h.addressBytes = addressBytes;
  h.sourcePort = word16(bytes, start + 4);
  h.destinationPort = word16(bytes, start + 6);
  h.source = start + 8;
  h.destination = start + 8 + addressBytes;
  let payload = start + length;
  if (version === 2) {
    const at = start + plain;
    if (end - at < 11) return BAD_HEP;
    h.time = oldTime(bytes, at, arrival);
    if (!timed) payload = at + (bytes[at + 10] === 0 && bytes[at + 11] === 0 ? 12 : 10);
    h.captureId = (bytes[at + 9]! << 8) | bytes[at + 8]!;
  }
  if (payload >= end) return BAD_HEP;
  setOnce(h.payload, payload, end);
  return HEP;
}

/** Little-endian as most agents write it, big-endian as some do: the one nearer to the arrival. */
function oldTime(bytes: Uint8Array, at: number, arrival: number): number {
  const big = word32(bytes, at) * 1e6 + (word32(bytes, at + 4) % 1e6);
  const little = swap(word32(bytes, at)) * 1e6 + (swap(word32(bytes, at + 4)) % 1e6);
  return Math.abs(little - arrival) <= Math.abs(big - arrival) ? little : big;
}

function swap(n: number): number {
  return (((n & 255) << 24) | ((n & 0xff00) << 8) | ((n >>> 8) & 0xff00) | (n >>> 24)) >>> 0;
}
