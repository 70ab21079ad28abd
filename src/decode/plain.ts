/**
 * The headers every message has, in the form almost every sender writes them: one walk each, straight to the end of the
 * line. A function here either fills its view exactly as the tolerant reader of that header would, with nothing odd to
 * tell, and returns the index of the CR behind the value; or it returns -1 and the tolerant reader does it again.
 *
 * No loop looks for the end of the buffer: the caller promises a CR at or behind `i` in the message, and no class that is
 * walked over holds a CR. That is half the time of a walk.
 */
import {
  CALL_ID_BYTE,
  CLASS,
  clearSpan,
  FREE,
  HOST,
  isDigit,
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
import { MAX_ADDRESS, MAX_BRANCH, MAX_CALL_ID, MAX_TAG, MAX_URI, MAX_USER_AGENT, MAX_VIA } from './limits.ts';
import type { AddressView, SipMessage, UriView, ViaView } from './message.ts';
import { methodCode } from './methods.ts';

const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const AT = 0x40;

/** First index from `i` on whose byte is not of the class. The `| 0` spares a check for overflow: a quarter of the time. */
function skipClass(b: Uint8Array, i: number, bit: number): number {
  while ((CLASS[b[i]!]! & bit) !== 0) i = (i + 1) | 0;
  return i;
}

/**
 * `sip:user@host:port;parameters`, user, port and parameters perhaps absent, ended by the byte `close`. Returns the index
 * of `close`.
 */
export function plainUri(b: Uint8Array, start: number, close: number, view: UriView): number {
  if (b[start] !== 0x73 || b[start + 1] !== 0x69 || b[start + 2] !== 0x70 || b[start + 3] !== COLON) return -1;
  let host = start + 4;
  let i = host;
  i = skipClass(b, i, USER);
  if (b[i] === AT) {
    if (i === host) return -1;
    setSpan(view.user, host, i);
    host = ++i;
  } else {
    i = host;
    clearSpan(view.user);
  }
  i = skipClass(b, i, HOST);
  if (i === host) return -1;
  setSpan(view.host, host, i);
  view.port = -1;
  if (b[i] === COLON) {
    let port = 0;
    const from = ++i;
    for (; isDigit(b[i]!); i++) port = port * 10 + (b[i]! - 0x30);
    if (i === from || i - from > 5 || port > 65535) return -1;
    view.port = port;
  }
  if (b[i] === SEMICOLON) {
    const params = ++i;
    i = skipClass(b, i, URI_TAIL);
    setSpan(view.params, params, i);
  } else clearSpan(view.params);
  if (b[i] !== close || i - start > MAX_URI) return -1;
  setSpan(view.span, start, i);
  clearSpan(view.password);
  clearSpan(view.headers);
  view.scheme = 1;
  return i;
}

/** `"Display" <sip:…>;tag=…` with a quoted, a token or no display name. */
export function plainAddress(b: Uint8Array, start: number, view: AddressView): number {
  let i = start;
  if (b[i] === LESS) clearSpan(view.display);
  else {
    i = plainDisplay(b, start, view);
    if (i < 0) return -1;
  }
  i = plainUri(b, i + 1, GREATER, view.uri) + 1;
  if (i === 0) return -1;
  clearSpan(view.tag);
  view.expires = -1;
  if (b[i] === SEMICOLON) {
    const params = i + 1;
    i = plainParams(b, i, view);
    if (i < 0) return -1;
    setSpan(view.params, params, i);
  } else clearSpan(view.params);
  if (b[i] !== CR || i - start > MAX_ADDRESS) return -1;
  setSpan(view.span, start, i);
  return i;
}

/** The display name; returns the index of the `<` behind it. */
function plainDisplay(b: Uint8Array, start: number, view: AddressView): number {
  let i = start;
  if (b[i] === QUOTE) {
    i++;
    i = skipClass(b, i, QUOTED);
    if (b[i] !== QUOTE) return -1;
    setSpan(view.display, start, ++i);
    if (b[i] === SPACE) i++;
  } else {
    i = skipClass(b, i, WORDS);
    if (i === start || b[start] === SPACE) return -1;
    let last = i;
    while (b[last - 1] === SPACE) last--;
    setSpan(view.display, start, last);
  }
  return b[i] === LESS ? i : -1;
}

/** Parameters from the `;` at `i` on; only the tag is kept. Returns the index behind them. */
function plainParams(b: Uint8Array, i: number, view: AddressView): number {
  while (b[i] === SEMICOLON) {
    const name = ++i;
    i = skipClass(b, i, TOKEN);
    const n = i - name;
    if (n === 0) return -1;
    const isTag = n === 3 && (b[name]! | 0x20) === 0x74 && (b[name + 1]! | 0x20) === 0x61 && (b[name + 2]! | 0x20) === 0x67;
    if (b[i] !== EQUALS) {
      if (isTag || (n === 7 && isExpires(b, name))) return -1;
      continue;
    }
    const value = ++i;
    i = skipClass(b, i, VALUE);
    if (i === value) return -1;
    if (n === 7 && isExpires(b, name) && !plainExpires(b, value, i, view)) return -1;
    if (!isTag) continue;
    if (view.tag.start >= 0 || i - value > MAX_TAG) return -1;
    setSpan(view.tag, value, i);
  }
  return i;
}

/** At most nine digits into `view.expires`. */
function plainExpires(b: Uint8Array, start: number, end: number, view: AddressView): boolean {
  if (end - start > 9) return false;
  let n = 0;
  for (let i = start; i < end; i++) {
    if (!isDigit(b[i]!)) return false;
    n = n * 10 + (b[i]! - 0x30);
  }
  view.expires = n;
  return true;
}

/** A value in which nothing parts it from another: what the Vias below the first are looked at for. */
export function plainSingle(b: Uint8Array, start: number): number {
  const i = skipClass(b, start, SINGLE_VALUE);
  return b[i] !== CR || i === start || b[i - 1] === SPACE || i - start > MAX_VIA ? -1 : i;
}

/** `SIP/2.0/UDP host:port;branch=z9hG4bK…` and other parameters; UDP, TCP or TLS. */
export function plainVia(b: Uint8Array, start: number, view: ViaView): number {
  if (b[start] !== 0x53 || b[start + 1] !== 0x49 || b[start + 2] !== 0x50 || b[start + 3] !== 0x2f || b[start + 4] !== 0x32) return -1;
  if (b[start + 5] !== 0x2e || b[start + 6] !== 0x30 || b[start + 7] !== 0x2f || !isTransport(b, start + 8) || b[start + 11] !== SPACE)
    return -1;
  const host = start + 12;
  let i = host;
  i = skipClass(b, i, HOST);
  // The broadcast address begins so, and is looked at more closely.
  if (i === host || (b[host] === 0x32 && b[host + 1] === 0x35 && b[host + 2] === 0x35)) return -1;
  setSpan(view.host, host, i);
  view.port = -1;
  if (b[i] === COLON) {
    let port = 0;
    const from = ++i;
    for (; isDigit(b[i]!); i++) port = port * 10 + (b[i]! - 0x30);
    if (i === from || i - from > 5 || port > 65535) return -1;
    view.port = port;
  }
  view.branch.start = -1;
  clearSpan(view.received);
  view.rport = -1;
  i = plainViaParams(b, i, view);
  if (i < 0 || b[i] !== CR || view.branch.start < 0 || i - start > MAX_VIA) return -1;
  setSpan(view.transport, start + 8, start + 11);
  setSpan(view.span, start, i);
  return i;
}

function isTransport(b: Uint8Array, i: number): boolean {
  const c = b[i + 1];
  if (b[i] === 0x55) return c === 0x44 && b[i + 2] === 0x50;
  return b[i] === 0x54 && ((c === 0x43 && b[i + 2] === 0x50) || (c === 0x4c && b[i + 2] === 0x53));
}

function plainViaParams(b: Uint8Array, i: number, view: ViaView): number {
  while (b[i] === SEMICOLON) {
    const name = ++i;
    i = skipClass(b, i, TOKEN);
    const n = i - name;
    if (n === 0) return -1;
    const c = b[name];
    if (b[i] !== EQUALS) {
      if (n === 6 && c === 0x62) return -1;
      if (n === 5 && isRport(b, name)) view.rport = 0;
      continue;
    }
    const value = ++i;
    i = skipClass(b, i, VALUE);
    if (i === value) return -1;
    if (n === 6 && isBranch(b, name)) {
      if (view.branch.start >= 0 || i - value < 8 || i - value > MAX_BRANCH || !isCookie(b, value)) return -1;
      setSpan(view.branch, value, i);
    } else if (n === 5 && isRport(b, name)) {
      view.rport = plainPort(b, value, i);
    } else if (n === 8 && isReceived(b, name)) setSpan(view.received, value, i);
  }
  return i;
}

function isBranch(b: Uint8Array, i: number): boolean {
  return (
    (b[i]! | 0x20) === 0x62 &&
    (b[i + 1]! | 0x20) === 0x72 &&
    (b[i + 2]! | 0x20) === 0x61 &&
    (b[i + 3]! | 0x20) === 0x6e &&
    (b[i + 4]! | 0x20) === 0x63 &&
    (b[i + 5]! | 0x20) === 0x68
  );
}

function isExpires(b: Uint8Array, i: number): boolean {
  return (
    (b[i]! | 0x20) === 0x65 &&
    (b[i + 1]! | 0x20) === 0x78 &&
    (b[i + 2]! | 0x20) === 0x70 &&
    (b[i + 3]! | 0x20) === 0x69 &&
    (b[i + 4]! | 0x20) === 0x72 &&
    (b[i + 5]! | 0x20) === 0x65 &&
    (b[i + 6]! | 0x20) === 0x73
  );
}

function isRport(b: Uint8Array, i: number): boolean {
  return (
    (b[i]! | 0x20) === 0x72 &&
    (b[i + 1]! | 0x20) === 0x70 &&
    (b[i + 2]! | 0x20) === 0x6f &&
    (b[i + 3]! | 0x20) === 0x72 &&
    (b[i + 4]! | 0x20) === 0x74
  );
}

function isReceived(b: Uint8Array, i: number): boolean {
  return (
    (b[i]! | 0x20) === 0x72 &&
    (b[i + 1]! | 0x20) === 0x65 &&
    (b[i + 2]! | 0x20) === 0x63 &&
    (b[i + 3]! | 0x20) === 0x65 &&
    (b[i + 4]! | 0x20) === 0x69 &&
    (b[i + 5]! | 0x20) === 0x76 &&
    (b[i + 6]! | 0x20) === 0x65 &&
    (b[i + 7]! | 0x20) === 0x64
  );
}

/** `z9hG4bK` as everyone writes it. */
function isCookie(b: Uint8Array, i: number): boolean {
  return (
    b[i] === 0x7a &&
    b[i + 1] === 0x39 &&
    b[i + 2] === 0x68 &&
    b[i + 3] === 0x47 &&
    b[i + 4] === 0x34 &&
    b[i + 5] === 0x62 &&
    b[i + 6] === 0x4b
  );
}

/** The number that `[start, end)` is if it is a port, else 0. */
function plainPort(b: Uint8Array, start: number, end: number): number {
  let n = 0;
  for (let i = start; i < end; i++) {
    if (!isDigit(b[i]!) || n > 6553) return 0;
    n = n * 10 + (b[i]! - 0x30);
  }
  return n > 65535 ? 0 : n;
}

/**
 * `INVITE sip:bob@example.com SIP/2.0` with a registered method, or `SIP/2.0 200 OK` with a code from 100 to 699. Returns the
 * index of the CR. With it comes the certainty that the bytes are SIP.
 */
export function plainStartLine(b: Uint8Array, start: number, m: SipMessage): number {
  return b[start] === 0x53 && b[start + 3] === 0x2f ? plainStatusLine(b, start, m) : plainRequestLine(b, start, m);
}

function plainRequestLine(b: Uint8Array, start: number, m: SipMessage): number {
  let i = skipClass(b, start, TOKEN);
  if (b[i] !== SPACE) return -1;
  const method = methodCode(b, start, i);
  if (method === 0) return -1;
  const end = i;
  i = plainUri(b, i + 1, SPACE, m.uri);
  if (i < 0 || !isVersion(b, i + 1) || b[i + 8] !== CR) return -1;
  m.isRequest = true;
  m.method = method;
  m.status = 0;
  setSpan(m.methodSpan, start, end);
  clearSpan(m.reason);
  return i + 8;
}

function plainStatusLine(b: Uint8Array, start: number, m: SipMessage): number {
  if (!isVersion(b, start) || b[start + 7] !== SPACE || !isDigit(b[start + 8]!) || !isDigit(b[start + 9]!) || !isDigit(b[start + 10]!))
    return -1;
  const status = (b[start + 8]! - 0x30) * 100 + (b[start + 9]! - 0x30) * 10 + (b[start + 10]! - 0x30);
  if (b[start + 11] !== SPACE || status < 100 || status > 699) return -1;
  const i = skipClass(b, start + 12, REASON);
  if (b[i] !== CR) return -1;
  m.isRequest = false;
  m.method = 0;
  m.status = status;
  clearSpan(m.methodSpan);
  setSpan(m.reason, start + 12, i);
  return i;
}

/** `SIP/2.0` in capitals. */
function isVersion(b: Uint8Array, i: number): boolean {
  return (
    b[i] === 0x53 &&
    b[i + 1] === 0x49 &&
    b[i + 2] === 0x50 &&
    b[i + 3] === 0x2f &&
    b[i + 4] === 0x32 &&
    b[i + 5] === 0x2e &&
    b[i + 6] === 0x30
  );
}

/** `1 INVITE`: number below 10^9, one space, a registered method. */
export function plainCSeq(b: Uint8Array, start: number, m: SipMessage): number {
  let i = start;
  let n = 0;
  for (; isDigit(b[i]!); i++) n = n * 10 + (b[i]! - 0x30);
  if (i === start || i - start > 9 || b[i] !== SPACE) return -1;
  const method = ++i;
  i = skipClass(b, i, TOKEN);
  if (b[i] !== CR || i === method) return -1;
  m.cseq = n;
  m.cseqMethod = methodCode(b, method, i);
  setSpan(m.cseqMethodSpan, method, i);
  return i;
}

/** Printable, at most one @. */
export function plainCallId(b: Uint8Array, start: number, m: SipMessage): number {
  let i = start;
  i = skipClass(b, i, CALL_ID_BYTE);
  if (b[i] === AT)
    do i++;
    while ((CLASS[b[i]!]! & CALL_ID_BYTE) !== 0);
  if (b[i] !== CR || i === start || i - start > MAX_CALL_ID) return -1;
  setSpan(m.callId, start, i);
  return i;
}

/** User-Agent: text in which nothing is meant for another reader (`injection.ts`). */
export function plainAgent(b: Uint8Array, start: number): number {
  const i = skipClass(b, start, FREE);
  return b[i] !== CR || i === start || b[i - 1] === SPACE || i - start > MAX_USER_AGENT ? -1 : i;
}

/** At most nine digits to the end of the line: the number goes to `number.value`. */
export function plainNumber(b: Uint8Array, start: number): number {
  let i = start;
  let n = 0;
  for (; isDigit(b[i]!); i++) n = n * 10 + (b[i]! - 0x30);
  if (b[i] !== CR || i === start || i - start > 9) return -1;
  number.value = n;
  return i;
}

/** What `plainNumber` read. */
export const number = { value: 0 };
