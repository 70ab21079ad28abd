/** Header values that are numbers, dates or tokens: CSeq, Max-Forwards, Date, Retry-After and their like. */
import { readSeconds } from './address.ts';
import { clearSpan, isDigit, isSpace, readNumber, setSpan, skipSpace, skipToken, TOO_LARGE } from './grammar.ts';
import { addLong, checkFreeText, checkText } from './injection.ts';
import { MAX_CALL_ID, MAX_CONTENT_TYPE } from './limits.ts';
import type { SipMessage } from './message.ts';
import { methodCode } from './methods.ts';
import { addOddity, oddityCode } from './oddities.ts';

const CSEQ_BAD = oddityCode('cseq-bad');
const CSEQ_LARGE = oddityCode('cseq-too-large');
const CALL_ID_BAD = oddityCode('call-id-bad');
const CALL_ID_LONG = oddityCode('call-id-long');
const MAX_FORWARDS_BAD = oddityCode('max-forwards-bad');
const CONTENT_LENGTH_BAD = oddityCode('content-length-bad');
const NUMBER_BAD = oddityCode('number-bad');
const DATE_BAD = oddityCode('date-bad');
const WARNING_BAD = oddityCode('warning-bad');
const TYPE_LONG = oddityCode('content-type-long');
const TYPE_BAD = oddityCode('content-type-bad');

/** `CSeq: 1 INVITE` (RFC 3261 §20.16) into `m.cseq`, `m.cseqMethod` and its span. */
export function readCSeq(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  let i = start;
  while (i < end && isDigit(b[i]!)) i++;
  const n = readNumber(b, start, i);
  m.cseq = n < 0 ? -1 : n;
  if (n === TOO_LARGE) addOddity(m, CSEQ_LARGE, start, i);
  clearSpan(m.cseqMethodSpan);
  m.cseqMethod = 0;
  const method = skipSpace(b, i, end);
  const stop = skipToken(b, method, end);
  if (i === start || method === i || method === stop || stop !== end) addOddity(m, CSEQ_BAD, start, end);
  if (method === stop) return;
  setSpan(m.cseqMethodSpan, method, stop);
  m.cseqMethod = methodCode(b, method, stop);
}

/** Call-ID (RFC 3261 §20.8): no white space, at most one @; a host is not required (C-20). */
export function readCallId(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  setSpan(m.callId, start, end);
  if (end - start > MAX_CALL_ID) addLong(m, b, CALL_ID_LONG, start, end);
  let ats = 0;
  for (let i = start; i < end; i++) {
    const c = b[i]!;
    if (c === 0x40) ats++;
    else if (c <= 0x20) ats = 2;
  }
  if (ats > 1) addOddity(m, CALL_ID_BAD, start, end);
  checkText(m, b, start, end);
}

/** Max-Forwards (RFC 3261 §20.22): 0 to 255, else -2. */
export function readMaxForwards(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  const n = readNumber(b, start, end);
  m.maxForwards = n >= 0 && n <= 255 ? n : -2;
  if (m.maxForwards < 0) addOddity(m, MAX_FORWARDS_BAD, start, end);
}

/** Content-Length (RFC 3261 §20.14), -2 if it is no number below 2^31. */
export function readContentLength(m: SipMessage, b: Uint8Array, start: number, end: number): number {
  const n = readNumber(b, start, end);
  if (n >= 0) return n;
  addOddity(m, CONTENT_LENGTH_BAD, start, end);
  return -2;
}

/** Content-Type (RFC 3261 §20.15): type/subtype, parameters are read on demand. */
export function readContentType(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  setSpan(m.contentType, start, end);
  if (end - start > MAX_CONTENT_TYPE) addLong(m, b, TYPE_LONG, start, end);
  checkFreeText(m, b, start, end);
  const type = skipToken(b, start, end);
  const slash = skipSpace(b, type, end);
  const subtype = skipSpace(b, slash + 1, end);
  if (type === start || slash >= end || b[slash] !== 0x2f || skipToken(b, subtype, end) === subtype) addOddity(m, TYPE_BAD, start, end);
}

/**
 * Checks a header of seconds that may have a comment or parameters behind the number: Retry-After, Session-Expires,
 * Min-SE (RFC 3261 §20.33, RFC 4028 §4). Returns the seconds as `readSeconds` does.
 */
export function checkSeconds(m: SipMessage, b: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && b[i] !== 0x3b && b[i] !== 0x28 && !isSpace(b[i]!)) i++;
  return readSeconds(m, b, start, i);
}

/** Checks a header that is one number: RSeq (RFC 3262 §7.1), Max-Breadth (RFC 5393 §5.3.3.1), below 2^31. */
export function checkNumber(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  if (readNumber(b, start, end) < 0) addOddity(m, NUMBER_BAD, start, end);
}

/** Checks a Warning (RFC 3261 §20.43): a code of three digits, then agent and text. */
export function checkWarning(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  let i = start;
  while (i < end && isDigit(b[i]!)) i++;
  if (i - start !== 3 || i >= end || !isSpace(b[i]!)) addOddity(m, WARNING_BAD, start, end);
}

const DAYS = 'MonTueWedThuFriSatSun';
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
/** The shape of an RFC 1123 date: `0` stands for a digit, `a` for a letter, the rest for itself. */
const SHAPE = 'aaa, 00 aaa 0000 00:00:00 GMT';

/** Checks a Date (RFC 3261 §20.17): `Sat, 13 Nov 2010 23:29:00 GMT`, no other zone (RFC 4475 §3.1.2.12). */
export function checkDate(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  if (!isDate(b, start, end)) addOddity(m, DATE_BAD, start, end);
}

/** Seconds since 1970 of an RFC 1123 date (RFC 3261 §20.17), -1 if it is none. Days by the proleptic Gregorian calendar. */
export function readDate(b: Uint8Array, s: number, end: number): number {
  if (!isDate(b, s, end)) return -1;
  let month = 1;
  while (!isName(b, s + 8, MONTHS.slice(3 * month - 3, 3 * month))) month++;
  // The year begins in March, so that the leap day is its last.
  const year = readNumber(b, s + 12, s + 16) - (month > 2 ? 0 : 1);
  const day = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + readNumber(b, s + 5, s + 7) - 1;
  const days = 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + day - 719_468;
  return ((days * 24 + readNumber(b, s + 17, s + 19)) * 60 + readNumber(b, s + 20, s + 22)) * 60 + readNumber(b, s + 23, s + 25);
}

function isDate(b: Uint8Array, s: number, end: number): boolean {
  if (end - s !== SHAPE.length) return false;
  for (let k = 0; k < SHAPE.length; k++) {
    const want = SHAPE.charCodeAt(k);
    const c = b[s + k]!;
    if (want === 0x30 ? !isDigit(c) : want === 0x61 ? (c | 0x20) < 0x61 || (c | 0x20) > 0x7a : c !== want) return false;
  }
  return (
    isName(b, s, DAYS) &&
    isName(b, s + 8, MONTHS) &&
    readNumber(b, s + 5, s + 7) <= 31 &&
    readNumber(b, s + 17, s + 19) < 24 &&
    readNumber(b, s + 20, s + 22) < 60 &&
    readNumber(b, s + 23, s + 25) <= 60
  );
}

/** True if the three letters at `s` are one of the names. */
function isName(b: Uint8Array, s: number, names: string): boolean {
  for (let k = 0; k < names.length; k += 3) {
    if (b[s] === names.charCodeAt(k) && b[s + 1] === names.charCodeAt(k + 1) && b[s + 2] === names.charCodeAt(k + 2)) return true;
  }
  return false;
}
