/** Finds the part of a message body that is wanted: alone, in a multipart (RFC 2046 §5.1, RFC 5621), or without a type. */
import { isSpace, sameName, skipSpace } from '../grammar.ts';
import { CONTENT_TYPE, headerId } from '../headers.ts';
import { HEADER_STRIDE, type SipMessage } from '../message.ts';
import { addOddity, oddityCode } from '../oddities.ts';
import { looksLikeSdp, parseSdp } from './sdp.ts';
import type { Sdp } from './sdpview.ts';

const ENCODED = oddityCode('body-encoded');
const MULTIPART_BAD = oddityCode('multipart-bad');
const SEVERAL = oddityCode('sdp-several');
const UNTYPED = oddityCode('sdp-untyped');

/** Kinds of content that are read further. */
const OTHER_BODY = 0;
/** application/sdp (RFC 8866 §8.1). */
export const SDP_BODY = 1;
/** application/dtmf-relay: Signal= and Duration= lines. */
export const DTMF_RELAY_BODY = 2;
/** application/dtmf: a digit. */
export const DTMF_BODY = 3;
/** application/vnd.nortelnetworks.digits: p= and d= lines. */
export const NORTEL_BODY = 4;
const MULTIPART = 5;

function word(s: string): Uint8Array {
  return Uint8Array.from(Buffer.from(s, 'latin1'));
}

const TYPES: readonly (readonly [name: Uint8Array, kind: number])[] = [
  [word('application/sdp'), SDP_BODY],
  [word('application/dtmf-relay'), DTMF_RELAY_BODY],
  [word('application/dtmf'), DTMF_BODY],
  [word('application/vnd.nortelnetworks.digits'), NORTEL_BODY],
];
const MULTIPART_PREFIX = word('multipart/');
const BOUNDARY = word('boundary=');
const IDENTITY = word('identity');
const ENCODING = word('content-encoding');
const CONTENT_ENCODING = headerId(ENCODING, 0, ENCODING.length);

/** Most nested multiparts that are opened, and parts looked at in all. */
const DEEPEST = 2;
const MOST_PARTS = 16;

/** The part that was found: reused, good until the next look. */
export interface BodyPart {
  /** SDP_BODY and the other codes; OTHER_BODY: nothing that is read further. */
  kind: number;
  start: number;
  end: number;
}

let parts = 0;

/** A part with nothing in it. */
export function createBodyPart(): BodyPart {
  return { kind: OTHER_BODY, start: -1, end: -1 };
}

/** Finds what the body of `m` holds (`out`) and reads it into `sdp` if it is a description. `truncated`: the capture cut its end. */
export function readBody(m: SipMessage, out: BodyPart, sdp: Sdp, truncated: boolean): void {
  findBody(m, out);
  if (out.kind === SDP_BODY) parseSdp(m, out.start, out.end, sdp, truncated);
}

/** Looks for the first part of the body that is read further. */
function findBody(m: SipMessage, out: BodyPart): void {
  out.kind = OTHER_BODY;
  const { start, end } = m.body;
  if (start < 0 || start >= end) return;
  if (m.contentType.start < 0) {
    if (!looksLikeSdp(m.bytes, start, end)) return;
    addOddity(m, UNTYPED, start, end);
    take(out, SDP_BODY, start, end);
    return;
  }
  const kind = kindOf(m.bytes, m.contentType.start, m.contentType.end);
  if (kind === OTHER_BODY) return;
  if (isEncoded(m, m.bytes)) {
    addOddity(m, ENCODED, start, end);
    return;
  }
  if (kind !== MULTIPART) {
    take(out, kind, start, end);
    return;
  }
  parts = 0;
  findPart(m, m.contentType.start, m.contentType.end, start, end, 1, out);
}

function take(out: BodyPart, kind: number, start: number, end: number): void {
  out.kind = kind;
  out.start = start;
  out.end = end;
}

/** What a Content-Type value says; parameters do not matter. */
function kindOf(b: Uint8Array, start: number, end: number): number {
  let stop = start;
  while (stop < end && b[stop] !== 0x3b && !isSpace(b[stop]!)) stop++;
  for (let k = 0; k < TYPES.length; k++) if (sameName(b, start, stop, TYPES[k]![0])) return TYPES[k]![1];
  const prefix = start + MULTIPART_PREFIX.length;
  return prefix < stop && sameName(b, start, prefix, MULTIPART_PREFIX) ? MULTIPART : OTHER_BODY;
}

/** True if a Content-Encoding other than identity covers the body (RFC 3261 §20.12). */
function isEncoded(m: SipMessage, b: Uint8Array): boolean {
  const { headers, headerCount } = m;
  for (let at = 0; at < headerCount * HEADER_STRIDE; at += HEADER_STRIDE) {
    if (headers[at] === CONTENT_ENCODING) return !sameName(b, headers[at + 3]!, headers[at + 4]!, IDENTITY);
  }
  return false;
}

/** Goes through the parts of the multipart `[start, end)` whose Content-Type is `[type, typeEnd)`.*/
function findPart(m: SipMessage, type: number, typeEnd: number, start: number, end: number, depth: number, out: BodyPart): void {
  const b = m.bytes;
  let from = boundaryAt(b, type, typeEnd);
  if (from < 0) {
    addOddity(m, MULTIPART_BAD, start, end);
    return;
  }
  let to = from;
  if (b[from] === 0x22) {
    from++;
    to = from;
    while (to < typeEnd && b[to] !== 0x22) to++;
  } else while (to < typeEnd && b[to] !== 0x3b && !isSpace(b[to]!)) to++;
  let at = delimiter(b, start, end, from, to);
  if (at < 0 || to === from) {
    addOddity(m, MULTIPART_BAD, start, end);
    return;
  }
  while (at >= 0 && parts++ < MOST_PARTS) {
    const head = nextLine(b, at + 2 + to - from, end);
    const next = delimiter(b, head, end, from, to);
    readPart(m, head, next < 0 ? end : next, depth, out);
    at = next;
  }
}

/** Headers of one part, then whether it is what is wanted: the first counts. */
function readPart(m: SipMessage, start: number, end: number, depth: number, out: BodyPart): void {
  const b = m.bytes;
  let type = -1;
  let typeEnd = -1;
  let i = start;
  while (i < end && b[i] !== 0x0d && b[i] !== 0x0a) {
    let colon = i;
    while (colon < end && b[colon] !== 0x3a && b[colon] !== 0x0a) colon++;
    const next = nextLine(b, i, end);
    if (colon < next && headerId(b, i, colon) === CONTENT_TYPE) {
      type = skipSpace(b, colon + 1, next);
      typeEnd = next;
      while (typeEnd > type && isSpace(b[typeEnd - 1]!)) typeEnd--;
    }
    i = next;
  }
  const body = nextLine(b, i, end);
  const kind = type < 0 ? OTHER_BODY : kindOf(b, type, typeEnd);
  if (kind === MULTIPART) {
    if (depth < DEEPEST) findPart(m, type, typeEnd, body, end, depth + 1, out);
  } else if (kind !== OTHER_BODY && out.kind === OTHER_BODY) take(out, kind, body, end);
  else if (kind === SDP_BODY && out.kind === SDP_BODY) addOddity(m, SEVERAL, body, end);
}

/** Index behind `boundary=` in a Content-Type value, any case, or -1. */
function boundaryAt(b: Uint8Array, start: number, end: number): number {
  for (let i = start; i + BOUNDARY.length <= end; i++) {
    if ((b[i]! | 0x20) === 0x62 && sameStart(b, i)) return i + BOUNDARY.length;
  }
  return -1;
}

function sameStart(b: Uint8Array, i: number): boolean {
  for (let k = 0; k < BOUNDARY.length; k++) {
    const c = b[i + k]!;
    if ((c >= 0x41 && c <= 0x5a ? c | 0x20 : c) !== BOUNDARY[k]) return false;
  }
  return true;
}

/** Index of the next line that begins with `--` and the boundary `[from, to)`, or -1. */
function delimiter(b: Uint8Array, start: number, end: number, from: number, to: number): number {
  for (let i = start; i < end; i = nextLine(b, i, end)) {
    if (b[i] !== 0x2d || b[i + 1] !== 0x2d || i + 2 + to - from > end) continue;
    let k = from;
    while (k < to && b[i + 2 + k - from] === b[k]) k++;
    if (k === to) return i;
  }
  return -1;
}

/** Index of the line behind the one at `i`, or `end`. */
function nextLine(b: Uint8Array, i: number, end: number): number {
  while (i < end && b[i] !== 0x0a) i++;
  return i < end ? i + 1 : end;
}
