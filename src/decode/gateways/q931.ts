/**
 * H.225.0 call signalling as far as its Q.931 header tells (ITU-T Q.931 §4; H.225.0 §7): message, call reference, calling and
 * called number, cause. The user-to-user element, in which H.323 keeps names and addresses in packed encoding (PER), is passed
 * over (docs/decisions/0015). Messages come in TPKT (RFC 1006 §6), on a stream of their own.
 */
import { word16 } from '../../bytes.ts';
import type { Span } from '../../types.ts';
import { clearSpan, setSpan } from '../grammar.ts';

/** Length of the head that `frameTpkt` and `isQ931` need: TPKT, discriminator, call reference of two bytes, message type. */
const HEAD = 9;
/** Longest TPKT message believed. */
const LONGEST = 8192;

const CAUSE = 0x08;
const DISPLAY = 0x28;
const CALLING = 0x6c;
const CALLED = 0x70;
const USER_USER = 0x7e;

/** Messages by their code (Q.931 table 4-2, those H.225.0 uses). */
export const Q931_MESSAGES: Readonly<Record<number, string>> = {
  1: 'alerting',
  2: 'proceeding',
  3: 'progress',
  5: 'setup',
  7: 'connect',
  13: 'setup-acknowledge',
  15: 'connect-acknowledge',
  90: 'release-complete',
  98: 'facility',
  110: 'notify',
  117: 'status-inquiry',
  123: 'information',
  125: 'status',
};

/** One Q.931 message. Reused: good until the next is read. */
export interface Q931Message {
  bytes: Uint8Array;
  /** Code of the message, see Q931_MESSAGES. */
  type: number;
  /** Call reference, 15 bits, and whether it was sent to the side that chose it. */
  reference: number;
  toOrigin: boolean;
  /** Digits as written; absent if there are none. */
  calling: Span;
  called: Span;
  display: Span;
  /** Cause value 0 to 127 (Q.850), -1: none. */
  cause: number;
}

/** An empty message for `parseQ931`. */
export function createQ931(): Q931Message {
  const none = (): Span => ({ start: -1, end: -1 });
  return { bytes: new Uint8Array(0), type: 0, reference: 0, toOrigin: false, calling: none(), called: none(), display: none(), cause: -1 };
}

/** Length of the TPKT message at `start`, 0: more bytes are needed; -1: it is none with Q.931 in it. */
export function frameTpkt(b: Uint8Array, start: number, end: number): number {
  const n = end - start;
  if ((n > 0 && b[start] !== 3) || (n > 1 && b[start + 1] !== 0)) return -1;
  if (n < 4) return 0;
  const length = word16(b, start + 2);
  // Four bytes and no more keep a connection alive.
  if (length === 4) return 4;
  if (length < HEAD || length > LONGEST || (n > 4 && b[start + 4] !== 8) || (n > 5 && b[start + 5] !== 2)) return -1;
  return n < HEAD ? 0 : length;
}

/** True if `b[start, end)` is a whole message in its TPKT. */
export function isQ931(b: Uint8Array, start: number, end: number): boolean {
  return end - start >= HEAD && frameTpkt(b, start, end) === end - start && Q931_MESSAGES[b[start + 8]!] !== undefined;
}

/** Reads the message `b[start, end)` with its TPKT. False: it is none. Elements that run over the end are passed over. */
export function parseQ931(m: Q931Message, b: Uint8Array, start: number, end: number): boolean {
  if (!isQ931(b, start, end)) return false;
  m.bytes = b;
  m.toOrigin = (b[start + 6]! & 0x80) !== 0;
  m.reference = ((b[start + 6]! & 0x7f) << 8) | b[start + 7]!;
  m.type = b[start + 8]!;
  m.cause = -1;
  for (const span of [m.calling, m.called, m.display]) clearSpan(span);
  let i = start + HEAD;
  while (i < end) {
    const id = b[i]!;
    // One byte is all of an element whose first bit is set (§4.5.1).
    if ((id & 0x80) !== 0) {
      i++;
      continue;
    }
    const wide = id === USER_USER;
    if (i + (wide ? 3 : 2) > end) break;
    const length = wide ? word16(b, i + 1) : b[i + 1]!;
    const from = i + (wide ? 3 : 2);
    if (from + length > end) break;
    readElement(m, id, b, from, from + length);
    i = from + length;
  }
  return true;
}

function readElement(m: Q931Message, id: number, b: Uint8Array, start: number, end: number): void {
  if (id === DISPLAY) setSpan(m.display, start, end);
  else if (id === CALLING) setNumber(m.calling, b, start, end);
  else if (id === CALLED) setNumber(m.called, b, start, end);
  else if (id === CAUSE) {
    const at = behindExtensions(b, start, end);
    if (at < end) m.cause = b[at]! & 0x7f;
  }
}

function setNumber(span: Span, b: Uint8Array, start: number, end: number): void {
  setSpan(span, behindExtensions(b, start, end), end);
}

/** Behind the bytes that describe the value: the last of them has its first bit set (§4.5.1). */
function behindExtensions(b: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && (b[i]! & 0x80) === 0) i++;
  return Math.min(i + 1, end);
}
