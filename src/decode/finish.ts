/** What can be said of a message once all its headers are read: what is missing, what does not fit together, its body. */
import { sameRange } from './grammar.ts';
import { CALL_ID, CONTACT, CONTENT_TYPE, CSEQ, FROM, headerValue, MAX_FORWARDS, TO, VIA } from './headers.ts';
import { MAX_VIAS, USUAL_MAX_FORWARDS } from './limits.ts';
import { HEADER_STRIDE, INVITE, REGISTER, type SipMessage, SUBSCRIBE } from './message.ts';
import { addOddity, type OddityName, oddityCode } from './oddities.ts';
import { isStartLine } from './sniff.ts';

const CRLF_BEFORE = oddityCode('crlf-before-start');
const JUNK_BEFORE = oddityCode('junk-before-start');
const UNTERMINATED = oddityCode('headers-unterminated');
const START_LINE_ONLY = oddityCode('start-line-only');
const BYTES_AFTER = oddityCode('bytes-after-body');
const SEVERAL_MESSAGES = oddityCode('several-messages');
const LENGTH_LARGER = oddityCode('content-length-larger');
const MISSING_CONTACT = oddityCode('missing-contact');
const MISSING_TYPE = oddityCode('missing-content-type');
const MISMATCH = oddityCode('cseq-mismatch');
const METHOD_UNKNOWN = oddityCode('cseq-method-unknown');
const TAG_MISSING = oddityCode('tag-missing');
const STAR_MISUSED = oddityCode('contact-star-misused');
const FORWARDS_ZERO = oddityCode('max-forwards-zero');
const FORWARDS_HIGH = oddityCode('max-forwards-high');
const VIAS_MANY = oddityCode('vias-many');

/** Mandatory headers (requirement C-19): five in responses, Max-Forwards too in requests. */
const MANDATORY: readonly (readonly [number, OddityName])[] = [
  [VIA, 'missing-via'],
  [FROM, 'missing-from'],
  [TO, 'missing-to'],
  [CALL_ID, 'missing-call-id'],
  [CSEQ, 'missing-cseq'],
  [MAX_FORWARDS, 'missing-max-forwards'],
];
const MISSING: readonly (readonly [number, number])[] = MANDATORY.map(([id, name]) => [id, oddityCode(name)] as const);
const RESPONSE_MASK = (1 << VIA) | (1 << FROM) | (1 << TO) | (1 << CALL_ID) | (1 << CSEQ);
const REQUEST_MASK = RESPONSE_MASK | (1 << MAX_FORWARDS);

/** Adds the oddity for bytes before the start line. */
export function noteBefore(m: SipMessage, b: Uint8Array, start: number, at: number): void {
  for (let i = start; i < at; i++) {
    if (b[i] === 0x0d || b[i] === 0x0a) continue;
    addOddity(m, JUNK_BEFORE, start, at);
    return;
  }
  addOddity(m, CRLF_BEFORE, start, at);
}

/**
 * Completes the message: `bodyStart` is where its body begins, or -1 if its headers never ended; `seen` has a bit for each
 * header id below 32 that it has.
 */
export function finishMessage(m: SipMessage, b: Uint8Array, bodyStart: number, end: number, seen: number, truncated: boolean): void {
  const cut = truncated && bodyStart < 0;
  if (!cut) {
    const mask = m.isRequest ? REQUEST_MASK : RESPONSE_MASK;
    if ((seen & mask) !== mask) noteMissing(m, seen, end);
  }
  checkTogether(m, b, seen, cut);
  if (cut) forgetAtEnd(m);
  setBody(m, b, bodyStart, end, truncated);
  if ((seen & (1 << CONTENT_TYPE)) === 0 && m.body.end > m.body.start && !isBlankBody(b, m.body.start, m.body.end)) {
    addOddity(m, MISSING_TYPE, m.body.start, m.body.end);
  }
}

/** Forgets oddities of the last header of a datagram that the capture cut, and what follows it: the cut made them. */
function forgetAtEnd(m: SipMessage): void {
  const cut = m.headerCount === 0 ? m.start : m.headers[(m.headerCount - 1) * HEADER_STRIDE + 1]!;
  let n = 0;
  for (let i = 0; i < m.oddityCount; i++) {
    const entry = m.oddities[i]!;
    if (entry.end >= cut) continue;
    const other = m.oddities[n]!;
    other.code = entry.code;
    other.start = entry.start;
    other.end = entry.end;
    n++;
  }
  m.oddityCount = n;
}

function noteMissing(m: SipMessage, seen: number, end: number): void {
  if (m.headerCount === 0) {
    addOddity(m, START_LINE_ONLY, m.start, end);
    return;
  }
  const n = m.isRequest ? 6 : 5;
  for (let k = 0; k < n; k++) {
    const [id, code] = MISSING[k]!;
    if ((seen & (1 << id)) === 0) addOddity(m, code, m.start, end);
  }
}

/** Headers that must agree with each other or with the start line. */
function checkTogether(m: SipMessage, b: Uint8Array, seen: number, cut: boolean): void {
  const { start, end } = m.cseqMethodSpan;
  if (start >= 0) {
    if (!m.isRequest) {
      if (m.cseqMethod === 0) addOddity(m, METHOD_UNKNOWN, start, end);
    } else if (m.method !== m.cseqMethod || (m.method === 0 && !sameRange(b, start, end, m.methodSpan.start, m.methodSpan.end))) {
      addOddity(m, MISMATCH, start, end);
    }
  }
  if (m.from.span.start >= 0 && m.from.tag.start < 0) addOddity(m, TAG_MISSING, m.from.span.start, m.from.span.end);
  if ((seen & (1 << CONTACT)) === 0 && m.isRequest && !cut && (m.method === INVITE || m.method === SUBSCRIBE)) {
    addOddity(m, MISSING_CONTACT, m.start, m.methodSpan.end);
  }
  if (m.contactStar && (m.method !== REGISTER || m.expires !== 0 || m.contactCount > 0)) noteStar(m);
  // -1, -2 (absent, bad) and 1 to 70 are one test apart from the two that are rare.
  if (m.maxForwards > USUAL_MAX_FORWARDS || m.maxForwards === 0) noteMaxForwards(m);
  if (m.viaCount > MAX_VIAS) addOddity(m, VIAS_MANY, m.via.span.start, m.via.span.end);
}

function noteMaxForwards(m: SipMessage): void {
  const value = headerValue(m, MAX_FORWARDS);
  if (value !== undefined && m.isRequest) addOddity(m, m.maxForwards === 0 ? FORWARDS_ZERO : FORWARDS_HIGH, value.start, value.end);
}

function noteStar(m: SipMessage): void {
  addOddity(m, STAR_MISUSED, m.start, m.isRequest ? m.methodSpan.end : m.reason.start);
}

/** Body and end of the message: in a datagram Content-Length may only shorten it (RFC 3261 §18.3). */
function setBody(m: SipMessage, b: Uint8Array, bodyStart: number, end: number, truncated: boolean): void {
  const { body } = m;
  const length = m.contentLength;
  if (bodyStart < 0) {
    body.start = end;
    body.end = end;
    m.end = end;
    if (!truncated) addOddity(m, UNTERMINATED, m.start, end);
    return;
  }
  body.start = bodyStart;
  body.end = length < 0 || bodyStart + length > end ? end : bodyStart + length;
  m.end = body.end;
  if (bodyStart + length > end) {
    if (!truncated) addOddity(m, LENGTH_LARGER, bodyStart, end);
  } else if (body.end < end) noteAfter(m, b, body.end, end);
}

function noteAfter(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  let i = start;
  while (i < end && (b[i] === 0x0d || b[i] === 0x0a)) i++;
  addOddity(m, i < end && isStartLine(b, i, end) ? SEVERAL_MESSAGES : BYTES_AFTER, start, end);
}

/** True if there is nothing but line ends: what some senders put behind the headers. */
function isBlankBody(b: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (b[i] !== 0x0d && b[i] !== 0x0a && b[i] !== 0) return false;
  return true;
}
