/**
 * SIP over a stream (RFC 3261 §18.3): where a message ends and the next begins. Pure functions over bytes in a row; who
 * has the stream keeps a `Framing` per direction, so that no byte is looked at twice however small the segments.
 */
import { isDigit, skipToken } from './grammar.ts';
import { METHODS } from './message.ts';
import { methodCode } from './methods.ts';
import { isStartLine } from './sniff.ts';

/** A message is whole: it has `Framing.total` bytes. */
export const DONE = 1;
/** It may become a message: more bytes are needed. */
export const MORE = 0;
/** What stands here is no SIP message: look for the next start line (`findStartLine`). */
export const BAD = -1;

/** Most bytes of a message; a Content-Length beyond that is not believed, and the head alone is the message. */
export const MAX_MESSAGE = 65_535;
/** Bytes after which the first line has to look like a start line, though it is not at its end. */
const PATIENCE = 512;

/** How far the message in the making was looked at; offsets count from its first byte. */
export interface Framing {
  /** The line being read. */
  line: number;
  /** First byte not looked at. */
  scanned: number;
  /** Content-Length, -1 if there was none so far. */
  length: number;
  /** Bytes of the message, 0 until its head is whole. */
  total: number;
}

/** A `Framing` at the beginning of a message. */
export function createFraming(): Framing {
  return { line: 0, scanned: 0, length: -1, total: 0 };
}

/** Makes ready for the next message. */
export function resetFraming(f: Framing): void {
  f.line = 0;
  f.scanned = 0;
  f.length = -1;
  f.total = 0;
}

/**
 * Looks for the end of the message that begins at `start`: DONE, MORE or BAD. A message without a believable
 * Content-Length ends with its head.
 */
export function frameSip(f: Framing, bytes: Uint8Array, start: number, end: number): number {
  while (f.total === 0) {
    let i = start + f.scanned;
    while (i < end && bytes[i] !== 0x0a) i++;
    f.scanned = i - start;
    if (i === end) return isHopeless(f, bytes, start, end) ? BAD : MORE;
    if (f.scanned >= MAX_MESSAGE || !readLine(f, bytes, start, i)) return BAD;
    f.scanned++;
    f.line = f.scanned;
  }
  return end - start >= f.total ? DONE : MORE;
}

function isHopeless(f: Framing, bytes: Uint8Array, start: number, end: number): boolean {
  if (f.scanned >= MAX_MESSAGE) return true;
  return f.line === 0 && f.scanned > PATIENCE && !isStartLine(bytes, start, end);
}

/** Takes the line that ends with the line feed at `feed`. False: it was to be a start line and is none. */
function readLine(f: Framing, bytes: Uint8Array, start: number, feed: number): boolean {
  const line = start + f.line;
  if (f.line === 0) return isStartLine(bytes, start, feed);
  if (feed === line || (feed === line + 1 && bytes[line] === 0x0d)) {
    const head = feed + 1 - start;
    f.total = f.length > 0 && head + f.length <= MAX_MESSAGE ? head + f.length : head;
  } else if (f.length < 0) f.length = contentLength(bytes, line, feed);
  return true;
}

const CONTENT_LENGTH = Buffer.from('content-length');

/** Value of a Content-Length header (or `l`, RFC 3261 §7.3.3); -1: another header, or not a number. */
function contentLength(bytes: Uint8Array, line: number, end: number): number {
  const first = bytes[line]! | 0x20;
  let i = line + 1;
  if (first === 0x63) {
    for (let k = 1; k < CONTENT_LENGTH.length; k++, i++) if ((bytes[i]! | 0x20) !== (CONTENT_LENGTH[k]! | 0x20)) return -1;
  } else if (first !== 0x6c) return -1;
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09)) i++;
  if (bytes[i] !== 0x3a) return -1;
  i++;
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09)) i++;
  if (i >= end || !isDigit(bytes[i]!)) return -1;
  let n = 0;
  for (; i < end && isDigit(bytes[i]!); i++) n = n < MAX_MESSAGE ? n * 10 + bytes[i]! - 0x30 : n;
  return n;
}

/** Index of the first byte that is no line end: RFC 5626 §3.5.1 keeps connections alive with them. */
export function skipKeepAlive(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && (bytes[i] === 0x0d || bytes[i] === 0x0a)) i++;
  return i;
}

/**
 * Index of the first line from `start` on that is a start line of SIP, or -1. `start` counts as the start of a line. Here
 * only status lines and methods with an RFC count: in the middle of a message much else looks like a request of some sort.
 */
export function findStartLine(bytes: Uint8Array, start: number, end: number): number {
  let line = start;
  while (line < end) {
    if (isPlainStart(bytes, line, end) && isStartLine(bytes, line, end)) return line;
    while (line < end && bytes[line] !== 0x0a) line++;
    line++;
  }
  return -1;
}

function isPlainStart(bytes: Uint8Array, start: number, end: number): boolean {
  const word = skipToken(bytes, start, end);
  return bytes[word] === 0x2f || methodCode(bytes, start, word) !== 0;
}

const BEGINNINGS: readonly Uint8Array[] = [...METHODS.slice(1).map((name) => `${name} sip`), 'SIP/2.0 '].map((s) => Buffer.from(s));

/** True if a stream that begins with these bytes is SIP, or may be when more of it is there. Line ends before it are skipped. */
export function mayBeSip(bytes: Uint8Array, start: number, end: number): boolean {
  const i = skipKeepAlive(bytes, start, end);
  if (i >= end) return false;
  if (isStartLine(bytes, i, end)) return hasThreeWords(bytes, i, end);
  return end - i < 12 && BEGINNINGS.some((beginning) => isPrefix(beginning, bytes, i, end));
}

/** False for the tail of a start line, which has its version but no method. */
function hasThreeWords(bytes: Uint8Array, start: number, end: number): boolean {
  let spaces = 0;
  for (let i = start; i < end && bytes[i] !== 0x0a; i++) if (bytes[i] === 0x20 || bytes[i] === 0x09) spaces++;
  return spaces >= 2 || bytes[skipToken(bytes, start, end)] === 0x2f;
}

function isPrefix(beginning: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > beginning.length) return false;
  for (let i = start; i < end; i++) if (bytes[i] !== beginning[i - start]) return false;
  return true;
}
