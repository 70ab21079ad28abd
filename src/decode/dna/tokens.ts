/**
 * The grammar of what a client draws at random: branch, tag, Call-ID. Nobody changes it with the User-Agent. Each form is
 * one letter for the characters, the size up to which it is rounded, and the separators: `d11-` decimal with a hyphen, at
 * most 11 bytes; `guid` RFC 9562 §4.
 */
import type { Span } from '../../types.ts';
import { readTag } from '../guess.ts';

/** Text under construction, as bytes. What does not fit is left out. */
export interface Writing {
  readonly bytes: Uint8Array;
  length: number;
}

const DIGIT = 1;
const HEX = 2;
const LOWER = 4;
const UPPER_HEX = 8;
const UPPER = 16;

/** Bits of the classes above per byte, 0 for all others. */
const KIND = new Uint8Array(128);
for (let c = 0x30; c <= 0x39; c++) KIND[c] = DIGIT;
for (let c = 0x61; c <= 0x7a; c++) KIND[c] = c <= 0x66 ? HEX : LOWER;
for (let c = 0x41; c <= 0x5a; c++) KIND[c] = c <= 0x46 ? UPPER_HEX : UPPER;

/** Separators that are told, in the order in which they are. The underscore counts as a letter: it parts the fields of a DNA. */
const SEPARATORS = Uint8Array.from(Buffer.from('-.:/+~*%!$=|', 'latin1'));
/** Bit of its separator per byte plus one, 0: none of them. */
const SEPARATOR = new Uint8Array(128);
for (const [i, c] of SEPARATORS.entries()) SEPARATOR[c] = i + 1;

/** Sizes to which lengths are rounded up: 32 bits in hex or decimal fall together, so do 64 and 80 bits in decimal. */
const SIZES = Uint16Array.from([0, 4, 6, 11, 16, 20, 26, 32, 36, 48, 71, 128, 65535]);
/** From this length on separators among mixed letters are letters of a larger alphabet. */
const LONG = 16;
/** RFC 3261 §8.1.1.7. */
const COOKIE = Uint8Array.from(Buffer.from('z9hG4bK', 'latin1'));
const HYPHEN = 0x2d;
const AT = 0x40;

/** Appends ASCII. */
export function write(to: Writing, s: string): void {
  for (let i = 0; i < s.length; i++) writeByte(to, s.charCodeAt(i));
}

/** Appends one byte. */
export function writeByte(to: Writing, c: number): void {
  if (to.length < to.bytes.length) to.bytes[to.length++] = c;
}

/** Appends a number of at most six digits. */
export function writeNumber(to: Writing, n: number): void {
  let unit = 100_000;
  while (unit > 1 && n < unit) unit /= 10;
  for (; unit >= 1; unit /= 10) writeByte(to, 0x30 + (Math.floor(n / unit) % 10));
}

/** Appends the form of `bytes[start, end)`, `none` if it is empty. */
export function writeForm(to: Writing, bytes: Uint8Array, start: number, end: number): void {
  if (start < 0 || end <= start) write(to, 'none');
  else if (isGuid(bytes, start, end)) write(to, 'guid');
  else writeAlphabet(to, bytes, start, end);
}

function writeAlphabet(to: Writing, bytes: Uint8Array, start: number, end: number): void {
  let kinds = 0;
  let separators = 0;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (c >= 0x80) continue;
    kinds |= KIND[c]!;
    if (SEPARATOR[c] !== 0) separators |= 1 << SEPARATOR[c]!;
  }
  const letter = letterOf(kinds);
  writeByte(to, letter);
  writeNumber(to, sizeOf(end - start));
  if (letter === MIXED && end - start >= LONG) return;
  for (let i = 0; i < SEPARATORS.length; i++) if ((separators & (2 << i)) !== 0) writeByte(to, SEPARATORS[i]!);
}

const MIXED = 0x6d;

/** `d` decimal, `x` and `X` hexadecimal, `l` lower and `u` upper case, `m` mixed, `o` no letter or digit. */
function letterOf(kinds: number): number {
  if (kinds === 0) return 0x6f;
  if (kinds === DIGIT) return 0x64;
  if ((kinds & ~(DIGIT | HEX)) === 0) return 0x78;
  if ((kinds & ~(DIGIT | UPPER_HEX)) === 0) return 0x58;
  if ((kinds & (UPPER | UPPER_HEX)) === 0) return 0x6c;
  return (kinds & (LOWER | HEX)) === 0 ? 0x75 : MIXED;
}

function sizeOf(n: number): number {
  let i = 0;
  while (SIZES[i]! < n && i < SIZES.length - 1) i++;
  return SIZES[i]!;
}

function isGuid(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 36) return false;
  for (let i = 0; i < 36; i++) {
    const c = bytes[start + i]!;
    const hyphen = i === 8 || i === 13 || i === 18 || i === 23;
    if (hyphen ? c !== HYPHEN : c >= 0x80 || (KIND[c]! & (DIGIT | HEX | UPPER_HEX)) === 0) return false;
  }
  return true;
}

/**
 * Appends the form of a branch without its cookie, `bare-` before it if there is no cookie; `digits-once` for a hyphen and
 * each digit once, `triple` for three numbers behind hyphens; `call-id` behind it if it holds the Call-ID.
 */
export function writeBranch(to: Writing, bytes: Uint8Array, branch: Span, callId: Span): void {
  const { end } = branch;
  const cookie = branch.start >= 0 && startsWith(bytes, branch.start, end, COOKIE);
  const start = cookie ? branch.start + COOKIE.length : branch.start;
  if (!cookie && start >= 0) write(to, 'bare-');
  if (isDigitsOnce(bytes, start, end)) write(to, 'digits-once');
  else if (isTriple(bytes, start, end)) write(to, 'triple');
  else writeForm(to, bytes, start, end);
  if (endsWith(bytes, start, end, callId)) write(to, '=call-id');
}

function startsWith(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start < word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

/** `[start, end)` ends with the bytes of a span of some length. */
function endsWith(bytes: Uint8Array, start: number, end: number, span: Span): boolean {
  const n = span.end - span.start;
  if (n < 6 || end - start < n) return false;
  for (let i = 0; i < n; i++) if (bytes[end - n + i] !== bytes[span.start + i]) return false;
  return true;
}

/** A hyphen, then the ten digits in any order (Mr.SIP draws them without putting back). */
function isDigitsOnce(bytes: Uint8Array, start: number, end: number): boolean {
  if (start < 0 || end - start !== 11 || bytes[start] !== HYPHEN) return false;
  let seen = 0;
  for (let i = start + 1; i < end; i++) seen |= 1 << (bytes[i]! - 0x30);
  return seen === 0x3ff;
}

/** `-1-2-3`: process, call and message number (SIPp). */
function isTriple(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  for (let k = 0; k < 3; k++) {
    if (i < 0 || i >= end || bytes[i] !== HYPHEN) return false;
    const from = ++i;
    while (i < end && bytes[i]! >= 0x30 && bytes[i]! <= 0x39) i++;
    if (i === from) return false;
  }
  return i === end;
}

/** Appends the form of a From tag; `says-target`, `says-extension`, `says-guess` for one that holds a message (guess.ts). */
export function writeTag(to: Writing, bytes: Uint8Array, tag: Span): void {
  const said = readTag(bytes, tag);
  if (said === undefined) writeForm(to, bytes, tag.start, tag.end);
  else {
    write(to, 'says-');
    write(to, said.kind);
  }
}

/** Appends the form of a Call-ID: what stands before `@`, then `@address`, `@name`, or nothing without one. */
export function writeCallId(to: Writing, bytes: Uint8Array, { start, end }: Span): void {
  let at = Math.max(start, 0);
  while (at < end && bytes[at] !== AT) at++;
  if (isDistinct(bytes, start, at)) write(to, 'distinct27');
  else writeForm(to, bytes, start, at);
  if (at >= end) return;
  write(to, isAddress(bytes, at + 1, end) ? '@address' : '@name');
}

/** 27 different lower-case letters and digits, then a number of five digits (Mr.SIP). */
function isDistinct(bytes: Uint8Array, start: number, end: number): boolean {
  if (start < 0 || end - start !== 32) return false;
  let digits = 0;
  let letters = 0;
  for (let i = start; i < start + 27; i++) {
    const c = bytes[i]!;
    const digit = c >= 0x30 && c <= 0x39;
    if (!digit && (c < 0x61 || c > 0x7a)) return false;
    const bit = 1 << (digit ? c - 0x30 : c - 0x61);
    if (((digit ? digits : letters) & bit) !== 0) return false;
    if (digit) digits |= bit;
    else letters |= bit;
  }
  for (let i = start + 27; i < end; i++) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  return true;
}

/** Digits, dots, colons and what else stands in an address: enough to tell it from a name. */
function isAddress(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    const part = (c >= 0x30 && c <= 0x3a) || c === 0x2e || c === 0x5b || c === 0x5d;
    if (!part && (bytes[start] !== 0x5b || c >= 0x80 || (KIND[c]! & (HEX | UPPER_HEX)) === 0)) return false;
  }
  return true;
}
