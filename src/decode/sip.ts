/**
 * Reads one SIP message (RFC 3261 §7): a single pass over its header bytes, no allocation, no string. Tolerant and total:
 * whatever the bytes are, it returns, and what was odd is in `message.oddities`.
 */
import { clearAddress, createAddress, parseAddress, readSeconds } from './address.ts';
import { clearDigest, createDigest, parseDigest } from './digest.ts';
import { finishMessage, noteBefore } from './finish.ts';
import { clearSpan, forgetQuotes, isToken, setSpan, skipSpace, trimSpace } from './grammar.ts';
import {
  AUTHORIZATION,
  CALL_ID,
  CONTACT,
  CONTENT_LENGTH,
  CONTENT_TYPE,
  CSEQ,
  DATE,
  EXPIRES,
  FLOW_TIMER,
  FREE_TEXT,
  FROM,
  headerId,
  MAX_BREADTH,
  MAX_FORWARDS,
  PROXY_AUTHENTICATE,
  PROXY_AUTHORIZATION,
  PROXY_REQUIRE,
  RSEQ,
  SERVER,
  SINGLE,
  TO,
  USER_AGENT,
  VIA,
  WARNING,
  WWW_AUTHENTICATE,
} from './headers.ts';
import { addLong, checkFreeText } from './injection.ts';
import { MAX_HEADER_NAME, MAX_HEADERS, MAX_USER_AGENT, MAX_VALUE, MAX_VIA } from './limits.ts';
import { attach, lineEnd, lineStart, valueEnd } from './lines.ts';
import { type DigestView, HEADER_STRIDE, type SipMessage } from './message.ts';
import { addOddity, oddityCode } from './oddities.ts';
import { addressOf, plainHeaders, plainIds, plainStartLine } from './plain.ts';
import { findStart } from './sniff.ts';
import { readStartLine } from './startline.ts';
import { clearUri, createUri } from './uri.ts';
import {
  checkDate,
  checkNumber,
  checkSeconds,
  checkWarning,
  readCallId,
  readContentLength,
  readContentType,
  readCSeq,
  readMaxForwards,
} from './values.ts';
import { clearVia, countValues, createVia, parseVia } from './via.ts';

const NO_COLON = oddityCode('header-no-colon');
const NAME_BAD = oddityCode('header-name-bad');
const NAME_LONG = oddityCode('header-name-long');
const HEADER_EMPTY = oddityCode('header-empty');
const DUPLICATE = oddityCode('header-duplicate');
const MANY = oddityCode('headers-many');
const FOLD_FIRST = oddityCode('fold-before-headers');
const LENGTH_CONFLICT = oddityCode('content-length-conflict');
const VIA_LONG = oddityCode('via-long');
const AGENT_LONG = oddityCode('user-agent-long');
const CONTACT_HEADERS = oddityCode('contact-headers');
const HEADER_LONG = oddityCode('header-long');
const EXTENSION_REQUIRED = oddityCode('extension-required');
const VALUE_EMPTY = oddityCode('value-empty');

const CREDENTIALS = (1 << AUTHORIZATION) | (1 << PROXY_AUTHORIZATION);
const CHALLENGES = (1 << WWW_AUTHENTICATE) | (1 << PROXY_AUTHENTICATE);

/** How far from its end a CR is looked for: most bodies end with one. */
const CR_SEARCH = 256;

const COLON = 0x3a;
const COMMA = 0x2c;

/** Header ids seen in the message being read: bit `id & 31` of word `id >> 5`. */
const seen = new Int32Array(8);
/** Ids below 32 whose views were filled by the message being read; the others still show an earlier message. */
let filled = 0;
/** The message being read has more headers than are kept. */
let many = false;
/** Index of a CR near the end of the datagram: `plain.ts` may read lines that begin before it. -1: there is none. */
let lastCR = -1;
/** Where `plain.ts` reads the bytes. */
let address = 0;
/** Contacts after the first are read into it to find their ends, credentials after the first to see their scheme. */
const spare = createAddress();
const spareDigest = createDigest();

/** An empty message, to be filled by `parseSip` as often as needed. */
export function createMessage(): SipMessage {
  const none = (): { start: number; end: number } => ({ start: -1, end: -1 });
  return {
    bytes: new Uint8Array(0),
    start: 0,
    end: 0,
    isRequest: false,
    method: 0,
    methodSpan: none(),
    uri: createUri(),
    status: 0,
    reason: none(),
    callId: none(),
    cseq: -1,
    cseqMethod: 0,
    cseqMethodSpan: none(),
    from: createAddress(),
    to: createAddress(),
    via: createVia(),
    viaCount: 0,
    contact: createAddress(),
    contactCount: 0,
    contactStar: false,
    expires: -1,
    maxForwards: -1,
    contentLength: -1,
    contentType: none(),
    userAgent: none(),
    credentials: createDigest(),
    challenge: createDigest(),
    body: none(),
    headers: new Int32Array(MAX_HEADERS * HEADER_STRIDE),
    headerCount: 0,
    oddities: [],
    oddityCount: 0,
  };
}

/**
 * Fills `message` from the datagram `bytes[start, end)`. False: it is no SIP at all (see `sniff`), the message is not
 * changed. `truncated`: the capture cut the datagram short, so that what is missing at its end is nobody's fault.
 */
export function parseSip(message: SipMessage, bytes: Uint8Array, start: number, end: number, truncated = false): boolean {
  lastCR = findLastCR(bytes, start, end);
  address = addressOf(bytes, start, end);
  // NaN, too long to be copied: nothing is plain then.
  if (!(address >= 0 || address < 0)) lastCR = -1;
  let i = start < lastCR ? plainStartLine(message, address, start, lastCR, end) : -1;
  if (i >= 0) reset(message, bytes, start);
  else {
    const at = findStart(bytes, start, end);
    if (at < 0) return false;
    reset(message, bytes, at);
    if (at > start) noteBefore(message, bytes, start, at);
    const line = lineEnd(message, bytes, at, end);
    readStartLine(message, bytes, at, line);
    i = line < end ? lineStart(message, bytes, line) : end;
  }
  if (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09)) addOddity(message, FOLD_FIRST, i, i + 1);
  i = readHeaders(message, bytes, i, end);
  clearUnfilled(message);
  finishMessage(message, bytes, i, end, seen[0]!, truncated);
  return true;
}

/** Index of the last CR in the last CR_SEARCH bytes, or -1. */
function findLastCR(b: Uint8Array, start: number, end: number): number {
  const stop = end - CR_SEARCH > start ? end - CR_SEARCH : start;
  let i = end - 1;
  while (i >= stop && b[i] !== 0x0d) i--;
  return i < stop ? -1 : i;
}

function reset(m: SipMessage, bytes: Uint8Array, at: number): void {
  attach(bytes);
  forgetQuotes();
  m.bytes = bytes;
  m.start = at;
  m.oddityCount = 0;
  m.headerCount = 0;
  m.cseq = -1;
  m.cseqMethod = 0;
  clearSpan(m.cseqMethodSpan);
  clearSpan(m.callId);
  clearSpan(m.contentType);
  clearSpan(m.userAgent);
  m.viaCount = 0;
  m.contactCount = 0;
  m.contactStar = false;
  m.expires = -1;
  m.maxForwards = -1;
  m.contentLength = -1;
  for (let k = 0; k < 8; k++) seen[k] = 0;
  filled = 0;
  many = false;
}

/** Makes absent what this message did not fill. */
function clearUnfilled(m: SipMessage): void {
  if ((filled & (1 << FROM)) === 0) clearAddress(m.from);
  if ((filled & (1 << TO)) === 0) clearAddress(m.to);
  if ((filled & (1 << VIA)) === 0) clearVia(m.via);
  if (m.contactCount === 0) clearAddress(m.contact);
  if ((filled & CREDENTIALS) === 0 && m.credentials.span.start >= 0) clearDigest(m.credentials);
  if ((filled & CHALLENGES) === 0 && m.challenge.span.start >= 0) clearDigest(m.challenge);
  if (!m.isRequest && m.uri.span.start >= 0) clearUri(m.uri);
}

/** Reads header lines from `i` on. Returns the index of the body, or -1 if the empty line before it is missing. */
function readHeaders(m: SipMessage, b: Uint8Array, i: number, end: number): number {
  while (i < end) {
    if (i < lastCR) i = readPlain(m, b, i, end);
    const c = b[i]!;
    if (c === 0x0d && (i + 1 === end || b[i + 1] === 0x0a)) return i + 1 < end ? i + 2 : end;
    if (c === 0x0a) return lineStart(m, b, i);
    i = readHeader(m, b, i, end);
  }
  return -1;
}

/** Reads the lines from `i` on that are plain (`plain.ts`); returns the index of the first other line. */
function readPlain(m: SipMessage, b: Uint8Array, i: number, end: number): number {
  // Vias are counted behind the first; one that was empty is none.
  if ((seen[0]! & (1 << VIA)) !== 0 && m.viaCount === 0) return i;
  const from = m.headerCount;
  const next = plainHeaders(m, address, i, lastCR, end, seen[0]!);
  seen[0]! |= plainIds();
  filled |= plainIds();
  const { headers } = m;
  for (let k = from; k < m.headerCount; k++) {
    const at = k * HEADER_STRIDE;
    const id = headers[at]!;
    // Of these the module saw that nothing is meant for another reader.
    if (id === USER_AGENT) takeAgent(m, headers[at + 3]!, headers[at + 4]!);
    else if (id === 0 || id > CONTENT_LENGTH) readKnown(m, b, id, headers[at + 1]!, headers[at + 2]!, headers[at + 3]!, headers[at + 4]!);
  }
  return next;
}

/** Reads the header line at `i` with its folds. Returns the index of the next line. */
function readHeader(m: SipMessage, b: Uint8Array, i: number, end: number): number {
  let v = colonAfter(b, i, end) + 1;
  if (v === 0) return skipLine(m, b, i, end);
  const nameEnd = trimSpace(b, i, v - 1);
  const id = i < nameEnd ? headerId(b, i, nameEnd) : 0;
  while (v < end && (b[v] === 0x20 || b[v] === 0x09)) v++;
  const stop = valueEnd(m, b, v, end);
  let last = stop;
  while (last > v && b[last - 1]! <= 0x20) last--;
  while (v < last && b[v]! <= 0x20) v++;
  keep(m, id, i, nameEnd, v, last);
  readKnown(m, b, id, i, nameEnd, v, last);
  return stop < end ? lineStart(m, b, stop) : end;
}

/** Index of the colon behind the name at `i` and white space, -1 if it is not there. */
function colonAfter(b: Uint8Array, i: number, end: number): number {
  while (i < end && b[i] !== COLON && b[i]! > 0x20) i++;
  while (i < end && (b[i] === 0x20 || b[i] === 0x09)) i++;
  return i < end && b[i] === COLON ? i : -1;
}

/** A line without a colon: odd, and no header. */
function skipLine(m: SipMessage, b: Uint8Array, i: number, end: number): number {
  const stop = valueEnd(m, b, i, end);
  addOddity(m, NO_COLON, i, stop);
  return stop < end ? lineStart(m, b, stop) : end;
}

function keep(m: SipMessage, id: number, name: number, nameEnd: number, value: number, valueStop: number): void {
  const n = m.headerCount;
  if (n >= MAX_HEADERS) {
    if (!many) addOddity(m, MANY, name, valueStop);
    many = true;
    return;
  }
  const headers = m.headers;
  const at = n * HEADER_STRIDE;
  headers[at] = id;
  headers[at + 1] = name;
  headers[at + 2] = nameEnd;
  headers[at + 3] = value;
  headers[at + 4] = valueStop;
  m.headerCount = n + 1;
}

/** Reads the value `b[v, last)` of a header, its name at `[name, nameEnd)`. */
function readKnown(m: SipMessage, b: Uint8Array, id: number, name: number, nameEnd: number, v: number, last: number): void {
  if (id === 0) {
    checkName(m, b, name, nameEnd);
    checkValue(m, b, v, last);
    return;
  }
  const bit = 1 << (id & 31);
  const again = (seen[id >> 5]! & bit) !== 0;
  seen[id >> 5]! |= bit;
  if (again && SINGLE[id] === 1) readAgain(m, b, id, v, last);
  else if (id > FLOW_TIMER) readOther(m, b, id, v, last);
  else if (v === last && id !== USER_AGENT && id !== SERVER) addOddity(m, HEADER_EMPTY, name, v);
  else readHot(m, b, id, v, last);
}

/** Headers nothing is read of: only those that carry text of people or vendors are looked at. */
function readOther(m: SipMessage, b: Uint8Array, id: number, v: number, last: number): void {
  if (FREE_TEXT[id] === 1) checkValue(m, b, v, last);
  else if (last - v > MAX_VALUE) addLong(m, b, HEADER_LONG, v, last);
  if (id === PROXY_REQUIRE && last > v) addOddity(m, EXTENSION_REQUIRED, v, last);
}

function checkValue(m: SipMessage, b: Uint8Array, v: number, last: number): void {
  if (last - v > MAX_VALUE) addLong(m, b, HEADER_LONG, v, last);
  checkFreeText(m, b, v, last);
}

function checkName(m: SipMessage, b: Uint8Array, name: number, end: number): void {
  let bad = name === end;
  for (let i = name; i < end; i++) if (!isToken(b[i]!)) bad = true;
  if (bad) addOddity(m, NAME_BAD, name, end);
  if (end - name > MAX_HEADER_NAME) addLong(m, b, NAME_LONG, name, end);
}

/** A header that may stand once stands again: the first one counts (RFC 4475 §3.3.8). */
function readAgain(m: SipMessage, b: Uint8Array, id: number, v: number, last: number): void {
  addOddity(m, DUPLICATE, v, last);
  if (id === CONTENT_LENGTH && readContentLength(m, b, v, last) !== m.contentLength) addOddity(m, LENGTH_CONFLICT, v, last);
}

function readHot(m: SipMessage, b: Uint8Array, id: number, v: number, last: number): void {
  switch (id) {
    case VIA:
      readVia(m, b, v, last);
      break;
    case FROM:
      parseAddress(m, b, v, last, m.from, false);
      break;
    case TO:
      parseAddress(m, b, v, last, m.to, false);
      break;
    case CALL_ID:
      readCallId(m, b, v, last);
      break;
    case CSEQ:
      readCSeq(m, b, v, last);
      break;
    case MAX_FORWARDS:
      readMaxForwards(m, b, v, last);
      break;
    case CONTACT:
      readContacts(m, b, v, last);
      break;
    case EXPIRES:
      m.expires = readSeconds(m, b, v, last);
      break;
    case CONTENT_LENGTH:
      m.contentLength = readContentLength(m, b, v, last);
      break;
    case CONTENT_TYPE:
      readContentType(m, b, v, last);
      break;
    case USER_AGENT:
      readAgent(m, b, v, last);
      break;
    case SERVER:
      if (!m.isRequest) readAgent(m, b, v, last);
      break;
    default:
      readRare(m, b, id, v, last);
  }
  filled |= 1 << id;
}

function readRare(m: SipMessage, b: Uint8Array, id: number, v: number, last: number): void {
  switch (id) {
    case AUTHORIZATION:
      readDigest(m, b, v, last, m.credentials, id, CREDENTIALS);
      break;
    case PROXY_AUTHORIZATION:
      readDigest(m, b, v, last, m.credentials, id, CREDENTIALS);
      break;
    case WWW_AUTHENTICATE:
      readDigest(m, b, v, last, m.challenge, id, CHALLENGES);
      break;
    case PROXY_AUTHENTICATE:
      readDigest(m, b, v, last, m.challenge, id, CHALLENGES);
      break;
    case DATE:
      checkDate(m, b, v, last);
      break;
    case WARNING:
      checkWarning(m, b, v, last);
      break;
    case RSEQ:
    case MAX_BREADTH:
      checkNumber(m, b, v, last);
      break;
    default:
      checkSeconds(m, b, v, last);
      break;
  }
}

/** Via values of one line (RFC 3261 §20.42): the first of the message is read, the others are counted. */
function readVia(m: SipMessage, b: Uint8Array, v: number, last: number): void {
  if (last - v > MAX_VIA) addLong(m, b, VIA_LONG, v, last);
  let i = v;
  if (m.viaCount === 0) {
    i = parseVia(m, b, v, last, m.via) + 1;
    m.viaCount = 1;
    if (i > last) return;
  }
  m.viaCount += countValues(m, b, i, last);
}

/** Contact values of one line (RFC 3261 §20.10). */
function readContacts(m: SipMessage, b: Uint8Array, v: number, last: number): void {
  if (last - v === 1 && b[v] === 0x2a) {
    m.contactStar = true;
    return;
  }
  let i = v;
  while (i <= last) {
    i = skipSpace(b, i, last);
    if (i === last || b[i] === COMMA) {
      addOddity(m, VALUE_EMPTY, i === last ? i - 1 : i, i === last ? i : i + 1);
      i++;
      continue;
    }
    const view = m.contactCount === 0 ? m.contact : spare;
    i = parseAddress(m, b, i, last, view, true);
    m.contactCount++;
    if (view.uri.headers.start >= 0) addOddity(m, CONTACT_HEADERS, view.uri.headers.start, view.uri.headers.end);
    if (i === last) return;
    i++;
  }
}

function readAgent(m: SipMessage, b: Uint8Array, v: number, last: number): void {
  if (last - v > MAX_USER_AGENT) addLong(m, b, AGENT_LONG, v, last);
  checkFreeText(m, b, v, last);
  takeAgent(m, v, last);
}

/** The first User-Agent or Server counts. */
function takeAgent(m: SipMessage, v: number, last: number): void {
  if (m.userAgent.start < 0) setSpan(m.userAgent, v, last);
}

/** The first Digest of a message counts, else the first of any scheme (RFC 3261 §22). `group`: bits of its two headers. */
function readDigest(m: SipMessage, b: Uint8Array, v: number, last: number, view: DigestView, id: number, group: number): void {
  const proxy = id === PROXY_AUTHORIZATION || id === PROXY_AUTHENTICATE;
  const challenge = group === CHALLENGES;
  if ((filled & group) === 0) {
    parseDigest(m, b, v, last, view, proxy, challenge);
    return;
  }
  const noted = m.oddityCount;
  parseDigest(m, b, v, last, spareDigest, proxy, challenge);
  if (!spareDigest.digest || view.digest) return;
  m.oddityCount = noted;
  parseDigest(m, b, v, last, view, proxy, challenge);
}
