/**
 * URIs in place: sip and sips (RFC 3261 §19.1), tel (RFC 3966), any other as far as it looks like user@host. White space
 * is passed over in silence here: whether it may be there is known to the caller, who reports it.
 */
import { ADDRESS } from '../bytes.ts';
import { readIPv6 } from '../network.ts';
import { CLASS, clearSpan, HOST, isDigit, isHex, isSpace, isUriPlain, readNumber, setSpan, trimSpace } from './grammar.ts';
import { addLong, checkText } from './injection.ts';
import { MAX_URI } from './limits.ts';
import type { SipMessage, UriView } from './message.ts';
import { addOddity, oddityCode } from './oddities.ts';

const AT = 0x40;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const QUESTION = 0x3f;
const PERCENT = 0x25;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** What is written to and not read. */
const address = new Uint8Array(ADDRESS);
/** The longest address in writing, and a colon too many. */
const mended = new Uint8Array(46);

const URI_LONG = oddityCode('uri-long');
const SCHEME_UNKNOWN = oddityCode('uri-scheme-unknown');
const NO_SCHEME = oddityCode('uri-no-scheme');
const HOST_EMPTY = oddityCode('uri-host-empty');
const HOST_BAD = oddityCode('uri-host-bad');
const USER_EMPTY = oddityCode('uri-user-empty');
const PORT_BAD = oddityCode('uri-port-bad');
const PASSWORD = oddityCode('uri-password');
const TWO_ATS = oddityCode('uri-two-ats');
const BYTE_BAD = oddityCode('uri-byte-bad');
const ESCAPE_BAD = oddityCode('escape-bad');
const ESCAPE_NUL = oddityCode('escape-nul');
const ESCAPE_LINE_END = oddityCode('escape-line-end');
const ESCAPE_CONTROL = oddityCode('escape-control');
const IPV6_UNBRACKETED = oddityCode('ipv6-unbracketed');
const IPV6_BAD = oddityCode('ipv6-bad');
const IPV6_THREE_COLONS = oddityCode('ipv6-three-colons');
const TEL_BAD = oddityCode('tel-bad');

/** A view with everything absent. */
export function createUri(): UriView {
  const span = { start: -1, end: -1 };
  return {
    span,
    scheme: 0,
    user: { ...span },
    password: { ...span },
    host: { ...span },
    port: -1,
    params: { ...span },
    headers: { ...span },
  };
}

/** Makes everything absent. */
export function clearUri(view: UriView): void {
  clearSpan(view.span);
  clearParts(view);
  view.scheme = 0;
}

function clearParts(view: UriView): void {
  clearSpan(view.user);
  clearSpan(view.password);
  clearSpan(view.host);
  clearSpan(view.params);
  clearSpan(view.headers);
  view.port = -1;
}

/**
 * Reads the URI `b[start, end)` (without angle brackets) into `view`; what is odd is added to `m`. Never fails: parts
 * that cannot be found are absent.
 */
export function parseUri(m: SipMessage, b: Uint8Array, start: number, end: number, view: UriView): void {
  setSpan(view.span, start, end);
  clearParts(view);
  if (end - start > MAX_URI) addLong(m, b, URI_LONG, start, end);
  const c = b[start]! | 0x20;
  if (c === 0x73 && (b[start + 1]! | 0x20) === 0x69 && (b[start + 2]! | 0x20) === 0x70 && start + 4 <= end) {
    const d = b[start + 3]!;
    if (d === COLON) {
      view.scheme = 1;
      parseSipUri(m, b, start + 4, end, view);
      return;
    }
    if ((d | 0x20) === 0x73 && start + 5 <= end && b[start + 4] === COLON) {
      view.scheme = 2;
      parseSipUri(m, b, start + 5, end, view);
      return;
    }
  } else if (
    c === 0x74 &&
    (b[start + 1]! | 0x20) === 0x65 &&
    (b[start + 2]! | 0x20) === 0x6c &&
    b[start + 3] === COLON &&
    start + 4 <= end
  ) {
    view.scheme = 3;
    parseTel(m, b, start + 4, end, view);
    return;
  }
  view.scheme = 0;
  parseOther(m, b, start, end, view);
}

/** What follows `sip:` (RFC 3261 §19.1.1). The first @ ends the user: an unescaped @ may stand nowhere else. */
function parseSipUri(m: SipMessage, b: Uint8Array, start: number, end: number, view: UriView): void {
  let at = start;
  while (at < end && b[at] !== AT) at++;
  if (at === end) {
    parseHost(m, b, start, end, view);
    return;
  }
  parseUser(m, b, start, at, view);
  parseHost(m, b, at + 1, end, view);
}

function parseUser(m: SipMessage, b: Uint8Array, start: number, end: number, view: UriView): void {
  let colon = -1;
  for (let i = start; i < end; i++) {
    const c = b[i]!;
    if (isUriPlain(c)) continue;
    if (c === COLON && colon < 0) colon = i;
    else {
      checkByte(m, b, i, end, c);
      if (c === PERCENT) checkEscape(m, b, i, end);
    }
  }
  checkText(m, b, start, end);
  if (colon >= 0) {
    setSpan(view.user, start, colon);
    setSpan(view.password, colon + 1, end);
    addOddity(m, PASSWORD, colon + 1, end);
  } else setSpan(view.user, start, end);
  if (start === end || colon === start) addOddity(m, USER_EMPTY, start, end + 1);
}

/** A byte with a meaning or none in a URI: escapes are checked, structure passes, the rest is odd. */
function checkByte(m: SipMessage, b: Uint8Array, i: number, end: number, c: number): void {
  if (c === PERCENT) {
    if (i + 3 > end || !isHex(b[i + 1]!) || !isHex(b[i + 2]!)) addOddity(m, ESCAPE_BAD, i, Math.min(i + 3, end));
    else if (b[i + 1] === 0x30 && b[i + 2] === 0x30) addOddity(m, ESCAPE_NUL, i, i + 3);
  } else if (c === AT) addOddity(m, TWO_ATS, i, i + 1);
  else if (c !== SEMICOLON && c !== QUESTION && c !== COLON && c !== OPEN && c !== CLOSE && !isSpace(c)) addOddity(m, BYTE_BAD, i, i + 1);
}

/** An escaped control character in a user; `%00` is told by `checkByte`. */
function checkEscape(m: SipMessage, b: Uint8Array, i: number, end: number): void {
  if (i + 3 > end) return;
  const high = b[i + 1]!;
  const low = b[i + 2]! | 0x20;
  if (high === 0x30 && (low === 0x61 || low === 0x64)) addOddity(m, ESCAPE_LINE_END, i, i + 3);
  else if ((high === 0x30 || high === 0x31) && low !== 0x30 && isHex(b[i + 2]!)) addOddity(m, ESCAPE_CONTROL, i, i + 3);
}

/** Host, port, parameters and headers. */
function parseHost(m: SipMessage, b: Uint8Array, start: number, end: number, view: UriView): void {
  let i = hostEnd(b, start, end);
  const stop = trimSpace(b, start, i);
  setSpan(view.host, start, stop);
  if (start === stop) addOddity(m, HOST_EMPTY, start, i < end ? i + 1 : end);
  else checkHost(m, b, start, stop);
  if (i < end && b[i] === COLON) {
    const from = i + 1;
    i = from;
    while (i < end && b[i] !== SEMICOLON && b[i] !== QUESTION) i++;
    view.port = readPort(m, b, start, from, trimSpace(b, from, i));
  }
  if (i < end) parseParams(m, b, i, end, view);
}

/** Index of the `:`, `;` or `?` that ends the host, or `end`. A bracketed address ends behind its bracket. */
export function hostEnd(b: Uint8Array, start: number, end: number): number {
  let i = start;
  if (b[i] === OPEN) while (i < end && b[i] !== CLOSE) i++;
  while (i < end) {
    const c = b[i]!;
    if (c === COLON || c === SEMICOLON || c === QUESTION) break;
    i++;
  }
  return i;
}

/** Port number of `b[from, to)`, -2 and an oddity if it is none. `host` is where its host starts. */
export function readPort(m: SipMessage, b: Uint8Array, host: number, from: number, to: number): number {
  const port = readNumber(b, from, to);
  if (port >= 0 && port < 65536) return port;
  addOddity(m, looksLikeIPv6(b, host, to) ? IPV6_UNBRACKETED : PORT_BAD, from, to);
  return -2;
}

/** True if `b[start, end)` has at least two colons and nothing but what an IPv6 address is made of. */
function looksLikeIPv6(b: Uint8Array, start: number, end: number): boolean {
  let colons = 0;
  for (let i = start; i < end; i++) {
    const c = b[i]!;
    if (c === COLON) colons++;
    else if (!isHex(c) && c !== 0x2e) return false;
  }
  return colons >= 2;
}

/** Adds what is odd about the host `b[start, end)`: name, IPv4 address or bracketed IPv6 (RFC 3261 §25.1). */
export function checkHost(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  if (b[start] === OPEN) {
    checkIPv6(m, b, start, end);
    return;
  }
  for (let i = start; i < end; i++) {
    if ((CLASS[b[i]!]! & HOST) !== 0) continue;
    if (b[i] === AT) addOddity(m, TWO_ATS, i, i + 1);
    else addOddity(m, HOST_BAD, start, end);
    return;
  }
}

/** `[...]`: hex groups, colons, an IPv4 tail, an RFC 6874 zone. Three colons are a known slip (RFC 5118 §4.9). */
function checkIPv6(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  const inner = end - 1;
  if (b[inner] !== CLOSE || end - start < 4) {
    addOddity(m, IPV6_BAD, start, end);
    return;
  }
  const problem = ipv6Problem(b, start + 1, inner);
  if (problem !== 0) addOddity(m, problem === 1 ? IPV6_BAD : IPV6_THREE_COLONS, start, end);
}

/** 0: an IPv6 address (RFC 4291 §2.2), perhaps with a zone; 1: none; 2: one but for three colons in a row. */
export function ipv6Problem(b: Uint8Array, start: number, end: number): number {
  const stop = zoneStart(b, start, end);
  if (readIPv6(b, start, stop, address)) return 0;
  return hasThirdColon(b, start, stop) ? 2 : 1;
}

/** Index of the `%` before the zone of an IPv6 address (RFC 4007 §11.2), or `end`. */
export function zoneStart(b: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && b[i] !== PERCENT) i++;
  return i;
}

/** True if it is an address once one colon of three is taken away. */
function hasThirdColon(b: Uint8Array, start: number, end: number): boolean {
  if (end - start > mended.length) return false;
  for (let i = start; i + 2 < end; i++) {
    if (b[i] !== COLON || b[i + 1] !== COLON || b[i + 2] !== COLON) continue;
    mended.set(b.subarray(start, i));
    mended.set(b.subarray(i + 1, end), i - start);
    return readIPv6(mended, 0, end - start - 1, address);
  }
  return false;
}

/** `;a=b;c` and `?x=y`: finds the two parts and checks their bytes. */
function parseParams(m: SipMessage, b: Uint8Array, start: number, end: number, view: UriView): void {
  let question = -1;
  for (let i = start; i < end; i++) {
    const c = b[i]!;
    if (isUriPlain(c)) continue;
    if (c === QUESTION && question < 0) question = i;
    else checkByte(m, b, i, end, c);
  }
  const stop = question < 0 ? end : question;
  if (b[start] === SEMICOLON) setSpan(view.params, start + 1, stop);
  if (question >= 0) setSpan(view.headers, question + 1, end);
}

/** What follows `tel:` (RFC 3966 §3): the number is the user, there is no host. */
function parseTel(m: SipMessage, b: Uint8Array, start: number, end: number, view: UriView): void {
  let i = start;
  let digits = 0;
  let bad = false;
  for (; i < end && b[i] !== SEMICOLON && b[i] !== QUESTION; i++) {
    const c = b[i]!;
    if (isHex(c) || c === 0x2a || c === 0x23) digits++;
    else if (!(c === 0x2b && i === start) && c !== 0x2d && c !== 0x2e && c !== 0x28 && c !== 0x29 && !isSpace(c)) bad = true;
  }
  setSpan(view.user, start, i);
  if (bad || digits === 0) addOddity(m, TEL_BAD, start, i);
  if (i < end) parseParams(m, b, i, end, view);
}

/** Other schemes, or none: user and host if there is an @, nothing else is known about them. */
function parseOther(m: SipMessage, b: Uint8Array, start: number, end: number, view: UriView): void {
  let i = start;
  const letter = i < end && (b[i]! | 0x20) >= 0x61 && (b[i]! | 0x20) <= 0x7a;
  while (letter && i < end && isSchemeByte(b[i]!)) i++;
  if (letter && i < end && b[i] === COLON) {
    addOddity(m, SCHEME_UNKNOWN, start, i);
    i++;
  } else {
    addOddity(m, NO_SCHEME, start, end);
    i = start;
  }
  for (let at = i; at < end; at++) {
    if (b[at] !== AT) continue;
    setSpan(view.user, i, at);
    const stop = hostEnd(b, at + 1, end);
    setSpan(view.host, at + 1, trimSpace(b, at + 1, stop));
    return;
  }
}

function isSchemeByte(c: number): boolean {
  const l = c | 0x20;
  return (l >= 0x61 && l <= 0x7a) || isDigit(c) || c === 0x2b || c === 0x2d || c === 0x2e;
}
