/**
 * The basic rules of RFC 3261 §25.1 over bytes: classes, linear white space, tokens, numbers. Everything else in this
 * folder is built on these few functions; none of them allocates.
 */
import type { Span } from '../types.ts';

/** Bit of `CLASS`: token characters (RFC 3261 §25.1). */
export const TOKEN = 1;
const HEX = 2;
const DIGIT = 4;
/** Bit of `CLASS`: means nothing to the structure of a URI and needs no escape (RFC 3261 §25.1, RFC 3966 §3). */
export const URI_PLAIN = 8;
/** Bit of `CLASS`: letters, digits, dot, hyphen, and the underscore that is seen in names. */
export const HOST = 16;
/** Bit of `CLASS`: tokens and what stands in addresses, URNs and locations given as parameter values: `[ ] : / @ = ? $ &`. */
export const LOOSE = 32;
/** Bit of `CLASS`: URI parameters with their separators: URI_PLAIN but `'` and `$`, and `;`, `:`, `[`, `]`. */
export const URI_TAIL = 64;

/** Bit of `CLASS`: what stands in a quoted string for itself and means nothing to any other reader (`injection.ts`). */
export const QUOTED = 128;
/** Bit of `CLASS`: tokens and space, without `'`, `` ` `` and `%`. */
export const WORDS = 256;
/** Bit of `CLASS`: what stands in a quoted string for itself, without space and @. */
export const CALL_ID_BYTE = 512;

/** Bit of `CLASS`: printable ASCII but comma and quote. */
export const SINGLE_VALUE = 1024;

/** Bit of `CLASS`: printable ASCII but `<` and `{`. */
export const REASON = 2048;

/** Bit of `CLASS`: URI_PLAIN but what text for a database, a shell or a file system is made of: `'`, `$`, `/`. */
export const USER = 4096;

/** Bit of `CLASS`: LOOSE but `'`, `` ` ``, `$` and `%`. */
export const VALUE = 8192;

/** Bit of `CLASS`: printable ASCII that means nothing to another reader where slashes are common (`checkFreeText`). */
export const FREE = 16384;

/** Bit of `CLASS`: printable ASCII but `{`. */
export const LINE = 32768;

/** Class bits of every byte value. */
export const CLASS: Uint16Array = classes();

function classes(): Uint16Array {
  const table = new Uint16Array(256);
  const mark = (bytes: string, bit: number): void => {
    for (const c of Buffer.from(bytes, 'latin1')) table[c]! |= bit;
  };
  const digits = '0123456789';
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  mark(`${digits}${letters}-.!%*_+\`'~`, TOKEN);
  mark(`${digits}abcdefABCDEF`, HEX);
  mark(digits, DIGIT);
  // What may stand in a URI and means nothing to its structure; `%` and `@:;?[]` do.
  mark(`${digits}${letters}-_.!~*'()&=+$,/#`, URI_PLAIN);
  mark(`${digits}${letters}.-_`, HOST);
  mark(`${digits}${letters}-.!%*_+\`'~[]:/@=?$&`, LOOSE);
  mark(`${digits}${letters}-_.!~*()&=+,/#;:[]`, URI_TAIL);
  mark(`${digits}${letters}-.!*_+~ `, WORDS);
  mark(`${digits}${letters}-_.!~*()&=+,#`, USER);
  mark(`${digits}${letters}-.!*_+~[]:/@=?&`, VALUE);
  const text = Buffer.from('\'"\\$%{<>|`;', 'latin1');
  for (let c = 0x20; c < 0x7f; c++) {
    const hostile = text.includes(c);
    if (c !== 0x7b) table[c]! |= LINE;
    if (c !== 0x3c && c !== 0x7b) table[c]! |= REASON;
    if (!hostile) table[c]! |= FREE;
    if (!hostile && c !== 0x26) table[c]! |= QUOTED;
    if ((!hostile || c === 0x3b) && c !== 0x20 && c !== 0x40) table[c]! |= CALL_ID_BYTE;
    if (c !== 0x22 && c !== 0x2c) table[c]! |= SINGLE_VALUE;
  }
  return table;
}

/** True for the characters of a token (RFC 3261 §25.1). */
export function isToken(c: number): boolean {
  return (CLASS[c]! & TOKEN) !== 0;
}

/** True for 0-9, a-f, A-F. */
export function isHex(c: number): boolean {
  return (CLASS[c]! & HEX) !== 0;
}

/** True for 0-9. */
export function isDigit(c: number): boolean {
  return (CLASS[c]! & DIGIT) !== 0;
}

/** True for characters of a URI that neither structure nor escape it (RFC 3261 §25.1, RFC 3966 §3). */
export function isUriPlain(c: number): boolean {
  return (CLASS[c]! & URI_PLAIN) !== 0;
}

/** True for the bytes LWS is made of: space, tab, and CR LF of a folded line (RFC 3261 §25.1). */
export function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x0d || c === 0x0a;
}

/** First index in `[i, end)` that is not LWS, or `end`. */
export function skipSpace(bytes: Uint8Array, i: number, end: number): number {
  while (i < end && isSpace(bytes[i]!)) i++;
  return i;
}

/** End of `[start, end)` without the LWS at its end. */
export function trimSpace(bytes: Uint8Array, start: number, end: number): number {
  while (end > start && isSpace(bytes[end - 1]!)) end--;
  return end;
}

/** First index in `[i, end)` that is no token character, or `end`. */
export function skipToken(bytes: Uint8Array, i: number, end: number): number {
  while (i < end && (CLASS[bytes[i]!]! & TOKEN) !== 0) i = (i + 1) | 0;
  return i;
}

// From where on no quoted string is closed before `openEnd`. Without it a line of quotes that never close would be searched to
// its end once for each of them.
let openFrom = -1;
let openEnd = -1;

/** Forgets what `skipQuoted` learned: before other bytes are read. */
export function forgetQuotes(): void {
  openFrom = -1;
  openEnd = -1;
}

/**
 * Index after the quoted string that opens at `i` (RFC 3261 §25.1: a backslash quotes the next byte), or -1 if it is not
 * closed before `end`. Once that is so, it is so for every quote behind `i`: the search met it as a quoted byte, and goes on
 * alike from there.
 */
export function skipQuoted(bytes: Uint8Array, i: number, end: number): number {
  if (openFrom >= 0 && i >= openFrom && end <= openEnd) return -1;
  let j = i + 1;
  while (j < end) {
    const c = bytes[j]!;
    if (c === 0x22) return j + 1;
    j = (j + (c === 0x5c ? 2 : 1)) | 0;
  }
  openFrom = i;
  openEnd = end;
  return -1;
}

/** True if `[start, end)` is `lower` in any case; `lower` holds small letters, digits, `-` or `/` only. */
export function sameName(bytes: Uint8Array, start: number, end: number, lower: Uint8Array): boolean {
  const n = lower.length;
  if (end - start !== n) return false;
  for (let k = 0; k < n; k++) {
    const c = bytes[start + k]!;
    if (c !== lower[k] && (c < 0x41 || c > 0x5a || c + 0x20 !== lower[k])) return false;
  }
  return true;
}

/** True if `[start, end)` are exactly these bytes. */
export function sameBytes(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  const n = other.length;
  if (end - start !== n) return false;
  for (let k = 0; k < n; k++) if (bytes[start + k] !== other[k]) return false;
  return true;
}

/** True if `[start, end)` and `[from, to)` hold the same bytes. */
export function sameRange(bytes: Uint8Array, start: number, end: number, from: number, to: number): boolean {
  if (end - start !== to - from) return false;
  for (let i = start, k = from; i < end; i++, k++) if (bytes[i] !== bytes[k]) return false;
  return true;
}

/** Result of `readNumber`: there was nothing to read. */
export const EMPTY = -1;
/** Result of `readNumber`: something else than digits. */
export const NOT_A_NUMBER = -2;
/** Result of `readNumber`: digits, but more than 2^31 - 1. */
export const TOO_LARGE = -3;

/** The decimal number that `[start, end)` is, 0 to 2^31 - 1, or EMPTY, NOT_A_NUMBER, TOO_LARGE. */
export function readNumber(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return EMPTY;
  let n = 0;
  for (let i = start; i < end; i++) {
    const d = bytes[i]! - 0x30;
    if (d < 0 || d > 9) return NOT_A_NUMBER;
    if (n > 214748363) n = n === 214748364 && d <= 7 ? 2147483640 + d : TOO_LARGE;
    else n = n * 10 + d;
    if (n === TOO_LARGE || (n >= 2147483640 && i + 1 < end)) return restIsDigits(bytes, i + 1, end);
  }
  return n;
}

function restIsDigits(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) if (!isDigit(bytes[i]!)) return NOT_A_NUMBER;
  return TOO_LARGE;
}

/** Sets both ends of a span. */
export function setSpan(span: Span, start: number, end: number): void {
  span.start = start;
  span.end = end;
}

/** Marks a span as absent. */
export function clearSpan(span: Span): void {
  span.start = -1;
  span.end = -1;
}
