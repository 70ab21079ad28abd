/**
 * WebSocket as SIP uses it (RFC 6455, RFC 7118): the HTTP upgrade that asks for or grants the subprotocol `sip`, and
 * frames. Pure readers; a message may span frames, with control frames between them.
 */
import { word16 } from '../bytes.ts';

/** Head or message is whole. */
export const WHOLE = 1;
/** More bytes are needed. */
export const PARTIAL = 0;
/** It is no upgrade to SIP, or no frame of SIP's. */
export const NONE = -1;

/** Most bytes of the head of an upgrade, and of a message. */
const MAX_HEAD = 16_384;
const MAX_MESSAGE = 65_535;

/** A frame's header (RFC 6455 §5.2). One object is reused. */
export interface FrameHeader {
  /** Last frame of its message. */
  fin: boolean;
  /** First reserved bit: of a data message, it is compressed (RFC 7692 §6). */
  packed: boolean;
  /** 0 continuation, 1 text, 2 binary, 8 and above control. */
  opcode: number;
  /** Where the four mask bytes lie, -1: not masked. */
  mask: number;
  /** Payload: `bytes[start, end)`. */
  start: number;
  end: number;
}

/** A `FrameHeader` to be filled. */
export function createFrameHeader(): FrameHeader {
  return { fin: false, packed: false, opcode: 0, mask: -1, start: 0, end: 0 };
}

/** True if this may be the head of a WebSocket upgrade, from either side, with `Upgrade: websocket` in view. */
export function isUpgrade(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 64) return false;
  const asks = startsWith(bytes, start, 'get ');
  if (!asks && !startsWith(bytes, start, 'http/1.1 101')) return false;
  return header(bytes, start, end < start + MAX_HEAD ? end : start + MAX_HEAD, 'upgrade:', 'websocket');
}

/** WHOLE: `[start, at)` is the head of an upgrade that names subprotocol `sip` (RFC 7118 §4); `at` is in `h.end`. */
export function readUpgrade(h: FrameHeader, bytes: Uint8Array, start: number, end: number): number {
  let i = start + 3;
  while (i < end && !(bytes[i] === 0x0a && bytes[i - 1] === 0x0d && bytes[i - 2] === 0x0a)) i++;
  if (i >= end) return end - start > MAX_HEAD ? NONE : PARTIAL;
  h.end = i + 1;
  return header(bytes, start, h.end, 'sec-websocket-protocol:', 'sip') ? WHOLE : NONE;
}

/** Reads the frame header at `at`. WHOLE: the header and its payload are there. NONE: an extension nobody agreed on, or too long. */
export function readFrame(h: FrameHeader, bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 2) return PARTIAL;
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  // Only the first frame of a data message may say that it is compressed.
  const code = first & 15;
  if ((first & 0x30) !== 0 || ((first & 0x40) !== 0 && (code === 0 || code >= 8))) return NONE;
  h.packed = (first & 0x40) !== 0;
  h.fin = (first & 0x80) !== 0;
  h.opcode = code;
  let length = second & 0x7f;
  if (length === 127) return NONE;
  let next = at + 2;
  if (length === 126) {
    if (end - next < 2) return PARTIAL;
    length = word16(bytes, next);
    next += 2;
  }
  h.mask = (second & 0x80) !== 0 ? next : -1;
  if (h.mask >= 0) next += 4;
  h.start = next;
  h.end = next + length;
  return h.end <= end ? WHOLE : PARTIAL;
}

/** A message in the making: where the next frame header lies, counted from its first, and payload bytes so far. */
export interface Gathering {
  next: number;
  payload: number;
  /** The message is compressed. */
  packed: boolean;
}

/** Looks for the end of the message whose frames begin at `start`. WHOLE: it has `g.next` bytes with its headers. */
export function gather(g: Gathering, h: FrameHeader, bytes: Uint8Array, start: number, end: number): number {
  for (;;) {
    const verdict = readFrame(h, bytes, start + g.next, end);
    if (verdict !== WHOLE) return verdict;
    if (h.end - start > 2 * MAX_MESSAGE) return NONE;
    const first = g.next === 0;
    g.next = h.end - start;
    if (h.opcode < 8) {
      if (h.opcode > 0) g.packed = h.packed;
      g.payload += h.end - h.start;
      if (g.payload > MAX_MESSAGE) return NONE;
      if (h.fin) return WHOLE;
    } else if (first) return WHOLE; // a control frame between messages is one of its own, without payload
  }
}

/** Puts the payload of the message whose frames are `bytes[start, end)` into `out`, unmasked; its length. */
export function unmask(h: FrameHeader, bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
  let length = 0;
  for (let at = start; at < end; at = h.end) {
    readFrame(h, bytes, at, end);
    if (h.opcode >= 8) continue;
    for (let i = h.start; i < h.end; i++) {
      out[length++] = h.mask < 0 ? bytes[i]! : bytes[i]! ^ bytes[h.mask + ((i - h.start) & 3)]!;
    }
  }
  return length;
}

function startsWith(bytes: Uint8Array, at: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    const c = bytes[at + i]!;
    if ((c >= 0x41 && c <= 0x5a ? c | 0x20 : c) !== lower.charCodeAt(i)) return false;
  }
  return true;
}

/** True if a line begins with `name` and holds `value` as a word, whatever the case. */
function header(bytes: Uint8Array, start: number, end: number, name: string, value: string): boolean {
  for (let line = start; line < end; ) {
    let feed = line;
    while (feed < end && bytes[feed] !== 0x0a) feed++;
    if (feed - line > name.length && startsWith(bytes, line, name) && holds(bytes, line + name.length, feed, value)) return true;
    line = feed + 1;
  }
  return false;
}

function holds(bytes: Uint8Array, start: number, end: number, value: string): boolean {
  for (let i = start; i + value.length <= end; i++) {
    const after = i + value.length < end ? bytes[i + value.length]! : 0x0d;
    if (startsWith(bytes, i, value) && isSeparator(bytes[i - 1]!) && isSeparator(after)) return true;
  }
  return false;
}

function isSeparator(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x2c || c === 0x3a || c === 0x0d || c === 0x0a;
}
