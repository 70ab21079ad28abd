/**
 * The start line and the headers every message has, in the form almost every sender writes them, read sixteen bytes at a time
 * by WebAssembly (`wasm/plain.ts`, docs/decisions/0014-plain-headers.md). This file gives it its tables and moves what it found
 * into the message. What is not plain is left to the tolerant readers, line by line.
 */
import { readFileSync } from 'node:fs';
import { ARENA, startModule } from '../arena.ts';
import type { Span } from '../types.ts';
import {
  CALL_ID_BYTE,
  CLASS,
  clearSpan,
  FREE,
  HOST,
  LINE,
  QUOTED,
  REASON,
  SINGLE_VALUE,
  setSpan,
  TOKEN,
  URI_TAIL,
  USER,
  VALUE,
  WORDS,
} from './grammar.ts';
import { CALL_ID, CONTACT, CONTENT_LENGTH, CSEQ, EXPIRES, FROM, HEADERS, MAX_FORWARDS, TO, VIA } from './headers.ts';
import { MAX_ADDRESS, MAX_BRANCH, MAX_CALL_ID, MAX_HEADER_NAME, MAX_HEADERS, MAX_TAG, MAX_URI, MAX_USER_AGENT, MAX_VIA } from './limits.ts';
import { type AddressView, HEADER_STRIDE, METHODS, type SipMessage, type UriView } from './message.ts';

type Reader = (...args: number[]) => number;

const exported = startModule(readFileSync(new URL('./plain.wasm', import.meta.url)));

function isReader(value: unknown): value is Reader {
  return typeof value === 'function';
}

function reader(name: string): Reader {
  const value = exported[name];
  if (!isReader(value)) throw new TypeError(`plain.wasm lacks ${name}`);
  return value;
}

/** A place in the module's memory or results. */
function place(name: string): number {
  const global = exported[name];
  return typeof global === 'object' && global !== null && 'value' in global ? Number(global.value) : Number.NaN;
}

const readHeaders = reader('readHeaders');
const readStartLine = reader('readStartLine');
const START_LINE = place('START_LINE');
const COUNTS = place('COUNTS');
const SMALL = place('SMALL');
const VIA_AT = place('VIA_AT');
const FROM_AT = place('FROM_AT');
const TO_AT = place('TO_AT');
const CONTACT_AT = place('CONTACT_AT');
const LINES = place('HEADERS');
const STAGE = place('STAGE');
/** Longest message that is copied for the reader; a longer one outside the arena is left to the tolerant readers. */
const STAGE_BYTES = 2 * 65_536;
const RESULTS = new Int32Array(ARENA.buffer, place('RESULTS'));

writeClasses();
writeNames();
writeMethods();
const limits = [MAX_HEADER_NAME, MAX_URI, MAX_ADDRESS, MAX_TAG, MAX_CALL_ID, MAX_VIA, MAX_BRANCH, MAX_USER_AGENT];
new Int32Array(ARENA.buffer, place('LIMITS'), limits.length).set(limits);

/** By low half of the byte: which high halves are in the class; by high half: its bit. */
function writeClasses(): void {
  const kinds = [TOKEN, USER, HOST, VALUE, URI_TAIL, QUOTED, WORDS, CALL_ID_BYTE, SINGLE_VALUE, REASON, FREE, LINE];
  for (const [k, kind] of kinds.entries()) {
    const at = place('CLASSES') + 32 * k;
    for (let c = 0; c < 128; c++) {
      if ((CLASS[c]! & kind) === 0) continue;
      ARENA[at + (c & 15)]! |= 1 << (c >> 4);
      ARENA[at + 16 + (c >> 4)] = 1 << (c >> 4);
    }
  }
}

/** Full and compact names of all headers, chained by the hash of their first four letters; what is entered last is found first. */
function writeNames(): void {
  const names = place('NAMES');
  const tables = place('NAME_TABLES');
  let entry = 0;
  for (let id = HEADERS.length - 1; id > 0; id--) {
    const { name, compact } = HEADERS[id]!;
    for (const written of compact === '' ? [name] : [compact, name]) {
      const lower = Buffer.from(written.toLowerCase(), 'latin1');
      const at = names + 64 * ++entry;
      for (const [k, c] of lower.entries()) {
        ARENA[at + k] = c;
        ARENA[at + 32 + k] = c >= 0x61 && c <= 0x7a ? 0x20 : 0;
      }
      const slot = tables + hashName(lower);
      ARENA[tables + 256 + entry] = ARENA[slot]!;
      ARENA[tables + 512 + entry] = lower.length;
      ARENA[tables + 768 + entry] = id;
      ARENA[slot] = entry;
    }
  }
}

/** As `headerId` of the module has it: of the first four bytes, with the bits set that letters may differ in. */
function hashName(lower: Buffer): number {
  let first = 0;
  for (let k = 0; k < 4 && k < lower.length; k++) first |= (lower[k]! | 0x20) << (8 * k);
  return Math.imul(first, 0x9e3779b1) >>> 24;
}

function writeMethods(): void {
  for (const [code, name] of METHODS.entries()) {
    ARENA.set(Buffer.from(name, 'latin1'), place('METHODS') + 16 * code);
    ARENA[place('METHOD_LENGTHS') + code] = name.length;
  }
  ARENA[place('METHOD_COUNT')] = METHODS.length;
}

let known: Uint8Array = ARENA;

/**
 * Makes the message `bytes[start, end)` readable by the module: bytes outside the arena are copied.
 * @returns the address of `bytes[0]`, for the calls below; NaN: it is too long to be copied
 */
export function addressOf(bytes: Uint8Array, start: number, end: number): number {
  if (bytes === known) return bytes.byteOffset;
  if (bytes.buffer === ARENA.buffer) {
    known = bytes;
    return bytes.byteOffset;
  }
  if (end - start > STAGE_BYTES) return Number.NaN;
  ARENA.set(bytes.subarray(start, end), STAGE);
  return STAGE - start;
}

/**
 * `INVITE sip:bob@example.com SIP/2.0` with a registered method, or `SIP/2.0 200 OK`, at `i`. With it comes the certainty that the
 * bytes are SIP.
 * @param address from `addressOf`
 * @param cr index of a CR in the message; a line that begins behind it is left alone
 * @returns the index of the next line, or -1
 */
export function plainStartLine(m: SipMessage, address: number, i: number, cr: number, end: number): number {
  const next = readStartLine(address, i, cr, end);
  if (next < 0) return -1;
  m.isRequest = RESULTS[START_LINE] === 1;
  if (m.isRequest) {
    m.method = RESULTS[START_LINE + 1]!;
    m.status = 0;
    takeSpan(m.methodSpan, START_LINE + 2);
    clearSpan(m.reason);
    takeUri(m.uri, START_LINE + 6);
  } else {
    m.method = 0;
    m.status = RESULTS[START_LINE + 1]!;
    clearSpan(m.methodSpan);
    takeSpan(m.reason, START_LINE + 4);
  }
  return next;
}

/**
 * Reads the header lines from `i` on that are plain into the message; hot ones that are there for the first time (and any Via) are
 * read out, of the others the place is kept.
 * @param seen bits of the ids below 32 that the message had before
 * @returns the index of the first line that is not plain, or of the empty line; `plainIds` tells what was read out
 */
export function plainHeaders(m: SipMessage, address: number, i: number, cr: number, end: number, seen: number): number {
  const next = readHeaders(address, i, cr, end, seen, MAX_HEADERS - m.headerCount);
  const from = m.headerCount * HEADER_STRIDE;
  const words = RESULTS[COUNTS]! * HEADER_STRIDE;
  const { headers } = m;
  for (let k = 0; k < words; k++) headers[from + k] = RESULTS[LINES + k]!;
  m.headerCount += RESULTS[COUNTS]!;
  m.viaCount += RESULTS[COUNTS + 2]!;
  const ids = RESULTS[COUNTS + 1]!;
  if ((ids & (1 << VIA)) !== 0) takeVia(m);
  if ((ids & (1 << FROM)) !== 0) takeAddress(m.from, FROM_AT);
  if ((ids & (1 << TO)) !== 0) takeAddress(m.to, TO_AT);
  if ((ids & (1 << CALL_ID)) !== 0) takeSpan(m.callId, SMALL + 4);
  if ((ids & (1 << CSEQ)) !== 0) {
    m.cseq = RESULTS[SMALL]!;
    m.cseqMethod = RESULTS[SMALL + 1]!;
    takeSpan(m.cseqMethodSpan, SMALL + 2);
  }
  if ((ids & (1 << CONTACT)) !== 0) {
    m.contactCount = 1;
    takeAddress(m.contact, CONTACT_AT);
  }
  if ((ids & (1 << MAX_FORWARDS)) !== 0) m.maxForwards = RESULTS[SMALL + 6]!;
  if ((ids & (1 << EXPIRES)) !== 0) m.expires = RESULTS[SMALL + 7]!;
  if ((ids & (1 << CONTENT_LENGTH)) !== 0) m.contentLength = RESULTS[SMALL + 8]!;
  return next;
}

/** Bits of the hot ids that the last call of `plainHeaders` read out. */
export function plainIds(): number {
  return RESULTS[COUNTS + 1]!;
}

function takeSpan(span: Span, at: number): void {
  setSpan(span, RESULTS[at]!, RESULTS[at + 1]!);
}

function takeUri(view: UriView, at: number): void {
  view.scheme = 1;
  takeSpan(view.span, at);
  takeSpan(view.user, at + 2);
  takeSpan(view.host, at + 4);
  view.port = RESULTS[at + 6]!;
  takeSpan(view.params, at + 7);
  clearSpan(view.password);
  clearSpan(view.headers);
}

function takeAddress(view: AddressView, at: number): void {
  takeSpan(view.span, at);
  takeSpan(view.display, at + 2);
  takeUri(view.uri, at + 4);
  takeSpan(view.params, at + 13);
  takeSpan(view.tag, at + 15);
  view.expires = RESULTS[at + 17]!;
}

function takeVia({ via }: SipMessage): void {
  takeSpan(via.span, VIA_AT);
  takeSpan(via.transport, VIA_AT + 2);
  takeSpan(via.host, VIA_AT + 4);
  via.port = RESULTS[VIA_AT + 6]!;
  takeSpan(via.branch, VIA_AT + 7);
  takeSpan(via.received, VIA_AT + 9);
  via.rport = RESULTS[VIA_AT + 11]!;
}
