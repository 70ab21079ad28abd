/**
 * Address values of From, To, Contact, Route and their like in place: name-addr or addr-spec with header parameters
 * (RFC 3261 §20.10, §25.1).
 */
import { clearSpan, isSpace, isToken, readNumber, setSpan, skipQuoted, skipSpace, TOO_LARGE, trimSpace } from './grammar.ts';
import { addLong, checkText } from './injection.ts';
import { MAX_ADDRESS, MAX_TAG } from './limits.ts';
import type { AddressView, SipMessage } from './message.ts';
import { addOddity, oddityCode } from './oddities.ts';
import { createParam, nextParam } from './params.ts';
import { clearUri, createUri, parseUri } from './uri.ts';

const LESS = 0x3c;
const GREATER = 0x3e;
const SEMICOLON = 0x3b;
const COMMA = 0x2c;
const QUOTE = 0x22;

const EMPTY_ADDRESS = oddityCode('address-empty');
const LONG = oddityCode('address-long');
const UNCLOSED = oddityCode('address-unclosed');
const UNBRACKETED = oddityCode('address-unbracketed');
const SPACES = oddityCode('address-spaces');
const JUNK = oddityCode('address-junk');
const SEVERAL = oddityCode('header-several-values');
const UNQUOTED = oddityCode('display-name-unquoted');
const DISPLAY_URI = oddityCode('display-name-uri');
const UNTERMINATED = oddityCode('quote-unterminated');
const TAG_EMPTY = oddityCode('tag-empty');
const TAG_DUPLICATE = oddityCode('tag-duplicate');
const TAG_LONG = oddityCode('tag-long');
const EXPIRES_BAD = oddityCode('expires-bad');
const EXPIRES_LARGE = oddityCode('expires-too-large');

/** Largest delta-seconds kept: larger ones are this (2^31 - 1 s are 68 years). */
export const MAX_SECONDS = 2147483647;

const param = createParam();

/** A view with everything absent. */
export function createAddress(): AddressView {
  const span = { start: -1, end: -1 };
  return { span, display: { ...span }, uri: createUri(), params: { ...span }, tag: { ...span }, expires: -1 };
}

/** Makes everything absent. */
export function clearAddress(view: AddressView): void {
  clearSpan(view.span);
  clearSpan(view.display);
  clearUri(view.uri);
  clearSpan(view.params);
  clearSpan(view.tag);
  view.expires = -1;
}

/**
 * Reads the address that begins at `start` and ends at `end`, or before the next comma outside quotes and brackets if
 * `list`. Returns the index of that comma, or `end`. What is odd is added to `m`.
 */
export function parseAddress(m: SipMessage, b: Uint8Array, start: number, end: number, view: AddressView, list: boolean): number {
  clearSpan(view.display);
  clearSpan(view.params);
  clearSpan(view.tag);
  view.expires = -1;
  const from = skipSpace(b, start, end);
  const i = addressStart(m, b, from, end, list);
  const next = i < end && b[i] === LESS ? nameAddress(m, b, from, i, end, view, list) : addrSpec(m, b, from, i, end, view);
  const stop = next < end && b[next] === SEMICOLON ? readParams(m, b, next, end, view, list) : next;
  const last = trimSpace(b, from, stop);
  setSpan(view.span, from, last);
  if (last - from > MAX_ADDRESS) addLong(m, b, LONG, from, last);
  return stop;
}

/** Index of the `<`, or of what ends an address without one: `;`, the comma of a list, or `end`. */
function addressStart(m: SipMessage, b: Uint8Array, i: number, end: number, list: boolean): number {
  while (i < end) {
    const c = b[i]!;
    if (c === LESS || c === SEMICOLON || (list && c === COMMA)) return i;
    if (c === QUOTE) {
      const close = skipQuoted(b, i, end);
      if (close >= 0) {
        i = close;
        continue;
      }
      // RFC 4475 §3.1.2.6: what was meant is clear enough to find the address behind it.
      addOddity(m, UNTERMINATED, i, end);
    }
    i++;
  }
  return i;
}

/** Display name `[from, less)`, then `<URI>`. Returns the index of `;`, `,` or the end behind it. */
function nameAddress(m: SipMessage, b: Uint8Array, from: number, less: number, end: number, view: AddressView, list: boolean): number {
  if (less > from) {
    const stop = trimSpace(b, from, less);
    setSpan(view.display, from, stop);
    if (b[from] === QUOTE && b.indexOf(LESS, from) < less) addOddity(m, DISPLAY_URI, from, stop);
    checkText(m, b, b[from] === QUOTE ? from + 1 : from, b[from] === QUOTE ? stop - 1 : stop);
    if (b[from] !== QUOTE) checkDisplay(m, b, from, stop);
  }
  const i = readBracketed(m, b, less, end, view);
  return i < end ? afterAddress(m, b, i + 1, end, list) : end;
}

/** Any URI in angle brackets, `less` the index of the first. Returns the index of the second, or `end`. */
function readBracketed(m: SipMessage, b: Uint8Array, less: number, end: number, view: AddressView): number {
  let i = less + 1;
  let spaces = false;
  for (; i < end; i++) {
    const c = b[i]!;
    if (c === GREATER) break;
    if (c <= 0x20) spaces = true;
  }
  if (i === end) addOddity(m, UNCLOSED, less, end);
  const first = spaces ? skipSpace(b, less + 1, i) : less + 1;
  const last = spaces ? trimSpace(b, first, i) : i;
  if (spaces) addOddity(m, SPACES, less, i < end ? i + 1 : end);
  if (first >= last) emptyUri(m, less, i < end ? i + 1 : end, view);
  else parseUri(m, b, first, last, view.uri);
  return i;
}

function emptyUri(m: SipMessage, start: number, end: number, view: AddressView): void {
  clearUri(view.uri);
  addOddity(m, EMPTY_ADDRESS, start, end);
}

/** Without quotes a display name is tokens and white space (RFC 3261 §25.1; RFC 4475 §3.1.2.15). */
function checkDisplay(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const c = b[i]!;
    if (isToken(c) || isSpace(c)) continue;
    if (c !== QUOTE) addOddity(m, UNQUOTED, start, end);
    return;
  }
}

/** A URI without brackets up to `stop`: whatever follows a `;` are header parameters (RFC 3261 §20.10). */
function addrSpec(m: SipMessage, b: Uint8Array, from: number, stop: number, end: number, view: AddressView): number {
  const last = trimSpace(b, from, stop);
  if (from >= last) {
    emptyUri(m, from, from < end ? from + 1 : end, view);
    return stop;
  }
  parseUri(m, b, from, last, view.uri);
  for (let i = from; i < last; i++) {
    const c = b[i]!;
    if (c === 0x3f || c === COMMA) {
      addOddity(m, UNBRACKETED, from, last);
      break;
    }
    if (c <= 0x20) {
      addOddity(m, SPACES, from, last);
      break;
    }
  }
  return stop;
}

/** Index of the `;` or list comma behind `>`; anything else there is odd and skipped. */
function afterAddress(m: SipMessage, b: Uint8Array, i: number, end: number, list: boolean): number {
  while (i < end && isSpace(b[i]!)) i++;
  const junk = i;
  while (i < end && b[i] !== SEMICOLON && !(list && b[i] === COMMA)) i++;
  if (i > junk) addOddity(m, b[junk] === COMMA ? SEVERAL : JUNK, junk, i);
  return i;
}

/** Parameters from the `;` at `i` on. Returns the index of the list comma, or `end`. */
function readParams(m: SipMessage, b: Uint8Array, i: number, end: number, view: AddressView, list: boolean): number {
  const start = i + 1;
  while (i < end && b[i] === SEMICOLON) {
    nextParam(m, b, i + 1, end, list, param);
    i = param.next;
    const n = param.nameEnd - param.nameStart;
    if (n === 3) readTag(m, b, view);
    else if (n === 7) readExpires(m, b, view);
  }
  setSpan(view.params, start, i);
  return i;
}

function readTag(m: SipMessage, b: Uint8Array, view: AddressView): void {
  const at = param.nameStart;
  if ((b[at]! | 0x20) !== 0x74 || (b[at + 1]! | 0x20) !== 0x61 || (b[at + 2]! | 0x20) !== 0x67) return;
  const start = param.valueStart;
  const end = param.valueEnd;
  if (view.tag.start >= 0) {
    addOddity(m, TAG_DUPLICATE, at, end < 0 ? param.nameEnd : end);
    return;
  }
  if (start < 0 || start === end) addOddity(m, TAG_EMPTY, at, param.nameEnd);
  else if (end - start > MAX_TAG) addLong(m, b, TAG_LONG, start, end);
  if (start < 0) return;
  setSpan(view.tag, start, end);
  checkText(m, b, start, end);
}

const EXPIRES = Uint8Array.from(Buffer.from('expires', 'latin1'));

function readExpires(m: SipMessage, b: Uint8Array, view: AddressView): void {
  for (let k = 0; k < 7; k++) if ((b[param.nameStart + k]! | 0x20) !== EXPIRES[k]) return;
  // Without a value the fault is about the place where it should stand.
  const noValue = param.valueStart < 0;
  view.expires = readSeconds(m, b, noValue ? param.nameEnd : param.valueStart, noValue ? param.nameEnd : param.valueEnd);
}

/**
 * delta-seconds (RFC 3261 §25.1) in `b[start, end)`: 0 to MAX_SECONDS (larger ones are MAX_SECONDS), -2 if it is no number.
 * Old phones quote it; that is taken.
 */
export function readSeconds(m: SipMessage, b: Uint8Array, start: number, end: number): number {
  if (end - start > 2 && b[start] === QUOTE && b[end - 1] === QUOTE) {
    start++;
    end--;
  }
  const n = readNumber(b, start, end);
  if (n >= 0) return n;
  if (n === TOO_LARGE) {
    if (above32Bits(b, start, end)) addOddity(m, EXPIRES_LARGE, start, end);
    return MAX_SECONDS;
  }
  addOddity(m, EXPIRES_BAD, start, end);
  return -2;
}

/** True if the digits are more than 2^32 - 1. */
function above32Bits(b: Uint8Array, start: number, end: number): boolean {
  while (start < end && b[start] === 0x30) start++;
  if (end - start !== 10) return end - start > 10;
  let n = 0;
  for (let i = start; i < end; i++) n = n * 10 + (b[i]! - 0x30);
  return n > 4294967295;
}
