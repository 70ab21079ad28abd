/** The first line of a message: Request-Line (RFC 3261 §7.1) or Status-Line (§7.2). */
import { isDigit, isSpace, isToken, setSpan, trimSpace } from './grammar.ts';
import { addLong, checkFreeText } from './injection.ts';
import { MAX_METHOD } from './limits.ts';
import type { SipMessage } from './message.ts';
import { methodAnyCase, methodCode, methodSuffix } from './methods.ts';
import { addOddity, oddityCode } from './oddities.ts';
import { parseUri } from './uri.ts';

const SPACES = oddityCode('start-line-spaces');
const TRAILING = oddityCode('start-line-trailing-space');
const INCOMPLETE = oddityCode('start-line-incomplete');
const VERSION_UNKNOWN = oddityCode('version-unknown');
const VERSION_CASE = oddityCode('version-case');
const METHOD_UNKNOWN = oddityCode('method-unknown');
const METHOD_CASE = oddityCode('method-case');
const METHOD_PREFIX = oddityCode('method-prefix');
const METHOD_LONG = oddityCode('method-long');
const METHOD_BAD = oddityCode('method-bad');
const STATUS_BAD = oddityCode('status-bad');
const URI_EMPTY = oddityCode('request-uri-empty');
const URI_BRACKETS = oddityCode('request-uri-brackets');
const URI_SPACES = oddityCode('request-uri-spaces');
const URI_HEADERS = oddityCode('request-uri-headers');

function isBlank(c: number): boolean {
  return c === 0x20 || c === 0x09;
}

/** True if `SIP/` in any case stands at `i`. */
function isSipSlash(b: Uint8Array, i: number, end: number): boolean {
  return i + 4 <= end && b[i + 3] === 0x2f && (b[i]! | 0x20) === 0x73 && (b[i + 1]! | 0x20) === 0x69 && (b[i + 2]! | 0x20) === 0x70;
}

/** Reads the start line `b[start, end)`, without its line end, into `m`. */
export function readStartLine(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  if (isSipSlash(b, start, end)) readStatusLine(m, b, start, end);
  else readRequestLine(m, b, start, end);
}

function readStatusLine(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  m.isRequest = false;
  m.method = 0;
  setSpan(m.methodSpan, -1, -1);
  let i = start;
  while (i < end && !isBlank(b[i]!)) i++;
  checkVersion(m, b, start, i);
  const code = skipBlanks(m, b, i, end);
  i = code;
  while (i < end && !isBlank(b[i]!)) i++;
  m.status = readStatus(m, b, code, i);
  // One space parts code and phrase; the phrase may be empty, the space may not (RFC 4475 §3.1.1.13), but often is.
  setSpan(m.reason, i < end ? i + 1 : end, end);
  checkFreeText(m, b, m.reason.start, m.reason.end);
}

function readStatus(m: SipMessage, b: Uint8Array, start: number, end: number): number {
  let n = 0;
  for (let i = start; i < end; i++) {
    if (!isDigit(b[i]!)) n = 1000;
    else if (n < 1000) n = n * 10 + (b[i]! - 0x30);
  }
  if (n > 999) n = 0;
  if (end - start !== 3 || n < 100 || n > 699) addOddity(m, STATUS_BAD, start, end);
  return end - start === 3 ? n : 0;
}

/** Index of the next part; more than one space, or a tab, is odd. */
function skipBlanks(m: SipMessage, b: Uint8Array, i: number, end: number): number {
  const from = i;
  while (i < end && isBlank(b[i]!)) i++;
  if (i - from > 1 || (i > from && b[from] === 0x09)) addOddity(m, SPACES, from, i);
  return i;
}

function checkVersion(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  if (end - start !== 7 || b[start + 4] !== 0x32 || b[start + 5] !== 0x2e || b[start + 6] !== 0x30 || !isSipSlash(b, start, end)) {
    addOddity(m, VERSION_UNKNOWN, start, end);
  } else if (b[start] !== 0x53 || b[start + 1] !== 0x49 || b[start + 2] !== 0x50) addOddity(m, VERSION_CASE, start, end);
}

function readRequestLine(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  m.isRequest = true;
  m.status = 0;
  setSpan(m.reason, -1, -1);
  let i = start;
  while (i < end && !isBlank(b[i]!)) i++;
  readMethod(m, b, start, i);
  const uri = skipBlanks(m, b, i, end);
  let last = end;
  while (last > uri && isBlank(b[last - 1]!)) last--;
  if (last < end && last > uri) addOddity(m, TRAILING, last, end);
  // The version is the last word, so that a Request-URI with spaces is seen whole.
  let version = last;
  while (version > uri && !isBlank(b[version - 1]!)) version--;
  if (isSipSlash(b, version, last)) {
    checkVersion(m, b, version, last);
    readRequestUri(m, b, uri, uriEnd(m, b, uri, version));
  } else {
    addOddity(m, INCOMPLETE, start, end);
    readRequestUri(m, b, uri, last);
  }
}

/** End of the Request-URI before the version; more than one space between them is odd. */
function uriEnd(m: SipMessage, b: Uint8Array, uri: number, version: number): number {
  let i = version;
  while (i > uri && isBlank(b[i - 1]!)) i--;
  if (version - i > 1 || (version > i && b[i] === 0x09)) addOddity(m, SPACES, i, version);
  return i;
}

function readMethod(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  setSpan(m.methodSpan, start, end);
  m.method = methodCode(b, start, end);
  if (m.method !== 0) return;
  for (let i = start; i < end; i++) {
    if (isToken(b[i]!)) continue;
    addOddity(m, METHOD_BAD, start, end);
    break;
  }
  if (end - start > MAX_METHOD) addLong(m, b, METHOD_LONG, start, end);
  if (methodAnyCase(b, start, end) !== 0) addOddity(m, METHOD_CASE, start, end);
  else {
    const suffix = methodSuffix(b, start, end);
    if (suffix >= 0) addOddity(m, METHOD_PREFIX, start, suffix);
    else addOddity(m, METHOD_UNKNOWN, start, end);
  }
}

function readRequestUri(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  if (start >= end) {
    addOddity(m, URI_EMPTY, start, Math.max(end, start));
    setSpan(m.uri.span, start, start);
    parseNothing(m);
    return;
  }
  let spaces = false;
  for (let i = start; i < end; i++) if (b[i]! <= 0x20) spaces = true;
  if (spaces) addOddity(m, URI_SPACES, start, end);
  if (b[start] === 0x3c) {
    addOddity(m, URI_BRACKETS, start, end);
    let last = end;
    if (last > start + 1 && b[last - 1] === 0x3e) last--;
    start++;
    while (start < last && isSpace(b[start]!)) start++;
    end = trimSpace(b, start, last);
  }
  parseUri(m, b, start, end, m.uri);
  if (m.uri.headers.start >= 0 && m.uri.scheme > 0) addOddity(m, URI_HEADERS, m.uri.headers.start - 1, m.uri.headers.end);
}

function parseNothing(m: SipMessage): void {
  const { uri } = m;
  uri.scheme = 0;
  uri.port = -1;
  for (const span of [uri.user, uri.password, uri.host, uri.params, uri.headers]) setSpan(span, -1, -1);
}
