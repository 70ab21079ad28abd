/** Keys pressed during a call: telephone-events (RFC 4733 §2.3) and INFO bodies. What was pressed is nobody's business but a rule's. */

import { word16 } from '../../bytes.ts';
import { isDigit, isSpace, readNumber } from '../grammar.ts';
import { DTMF_BODY, DTMF_RELAY_BODY } from '../sdp/body.ts';

/** Keys by event code (RFC 4733 §3.2). */
export const KEYS = '0123456789*#ABCD';

/** One telephone-event or INFO digit. */
export interface DtmfView {
  /** Event code: 0–15 are KEYS, 16 is flash; others are tones. -1: none readable. */
  event: number;
  /** The key is up (RFC 4733 §2.3.3). */
  ended: boolean;
  /** In units of the RTP clock; of INFO in milliseconds. */
  duration: number;
}

/** A view with nothing in it. */
export function createDtmf(): DtmfView {
  return { event: -1, ended: false, duration: 0 };
}

/** Reads the first event of an RTP payload `b[start, end)`. False: it is too short for one. */
export function readTelephoneEvent(b: Uint8Array, start: number, end: number, view: DtmfView): boolean {
  if (end - start < 4) return false;
  view.event = b[start]!;
  view.ended = (b[start + 1]! & 0x80) !== 0;
  view.duration = word16(b, start + 2);
  return true;
}

/**
 * Reads the body of an INFO: application/dtmf-relay (`Signal=5`, `Duration=160`), application/dtmf (the key alone) or
 * application/vnd.nortelnetworks.digits (`p=…`, `d=…` lines). `kind` is that of `findBody`. False: it names no key.
 */
export function readInfoDigit(b: Uint8Array, start: number, end: number, kind: number, view: DtmfView): boolean {
  view.event = -1;
  view.ended = true;
  view.duration = 0;
  if (kind === DTMF_BODY) {
    const i = skip(b, start, end);
    view.event = isField(b, i, end) ? -1 : eventOf(b, i, lineEnd(b, i, end));
    if (view.event >= 0) return true;
  }
  // `s=` and `d=` of Signal and Duration, `d=` of the digit: which it is goes by the type.
  const digit = kind === DTMF_RELAY_BODY || kind === DTMF_BODY ? 0x73 : 0x64;
  for (let i = start; i < end; ) {
    const stop = lineEnd(b, i, end);
    readField(b, i, stop, digit, view);
    i = stop + 1;
  }
  return view.event >= 0;
}

function readField(b: Uint8Array, i: number, stop: number, digit: number, view: DtmfView): void {
  let equals = i;
  while (equals < stop && b[equals] !== 0x3d) equals++;
  if (equals === stop) return;
  const letter = b[skip(b, i, equals)]! | 0x20;
  const v = skip(b, equals + 1, stop);
  let end = stop;
  while (end > v && isSpace(b[end - 1]!)) end--;
  if (letter === digit && view.event < 0) view.event = eventOf(b, v, end);
  else if (letter === 0x64) view.duration = Math.max(0, readNumber(b, v, end));
}

/** Event code of a key as it is written, -1 if it is none. Some write 10 and 11 for star and pound. */
function eventOf(b: Uint8Array, i: number, stop: number): number {
  const length = stop - i;
  const c = length > 0 ? b[i]! : 0;
  if (length === 2 && isDigit(c)) {
    const n = readNumber(b, i, stop);
    return n >= 10 && n <= 16 ? n : -1;
  }
  if (length < 1 || (length > 1 && !isSpace(b[i + 1]!))) return -1;
  if (isDigit(c)) return c - 0x30;
  if (c === 0x2a) return 10;
  if (c === 0x23) return 11;
  const low = c | 0x20;
  return low >= 0x61 && low <= 0x64 ? low - 0x61 + 12 : -1;
}

function isField(b: Uint8Array, i: number, end: number): boolean {
  for (let k = i; k < end && b[k] !== 0x0a; k++) if (b[k] === 0x3d) return true;
  return false;
}

function skip(b: Uint8Array, i: number, end: number): number {
  while (i < end && isSpace(b[i]!)) i++;
  return i;
}

function lineEnd(b: Uint8Array, i: number, end: number): number {
  while (i < end && b[i] !== 0x0a && b[i] !== 0x0d) i++;
  return i;
}
