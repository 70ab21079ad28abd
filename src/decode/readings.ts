/**
 * One message, two readings: the one of RFC 3261, and the one of a server that forgives more. Where the two differ on the
 * start line, on From, To, Call-ID, CSeq or on where the body ends, a sensor may see another message than the server
 * behind it acts on. Only messages with an oddity that can bring this about are read twice (`mayDiffer`).
 *
 * Readers differ in what RFC 3261 leaves to them or forbids to senders: which of two headers counts (§7.3.1: none may stand
 * twice; RFC 4475 §3.3.8), whether LF or CR alone ends a line (§7), whether a line that begins with white space goes on
 * (§7.3.1; old readers take it for a header), whether a zero byte ends a text (readers in C), how a bad Content-Length is
 * read (RFC 4475 §3.1.2.3), whether a datagram ends where Content-Length says (§18.3) and holds one message only.
 */
import { keptText } from '../bytes.ts';
import { isDigit, isSpace, sameRange, skipSpace, trimSpace } from './grammar.ts';
import { CALL_ID, CONTENT_LENGTH, CSEQ, FROM, headerId, TO } from './headers.ts';
import type { AddressView, SipMessage } from './message.ts';
import { methodAnyCase } from './methods.ts';
import { ODDITY_NAMES, type OddityName } from './oddities.ts';

/** What two readings can differ on, by index. */
export const READ_FIELDS = ['start-line', 'from', 'to', 'call-id', 'cseq', 'body'] as const;

/** A field with two readings. */
export interface TwoReadings {
  readonly field: (typeof READ_FIELDS)[number];
  /** The value as RFC 3261 has it; of a body its length in bytes. */
  readonly strict: string;
  readonly tolerant: string;
  /** Name of the oddity that parts the two. */
  readonly oddity: OddityName;
}

/** Bits: ways to be tolerant. */
const LINE_ENDS = 1;
const LAST = 2;
const NO_FOLDS = 4;
const C_STRINGS = 8;
const PREFIX_NUMBER = 16;
const DATAGRAM_END = 32;
const ADDRESS = 64;
const SECOND_MESSAGE = 128;
const START_LINE = 256;
const BLANK_LINE = 512;

/** Oddities that can part the readings, and by which tolerance. */
const WAYS = {
  'bare-line-feed': LINE_ENDS,
  'bare-carriage-return': LINE_ENDS,
  'header-duplicate': LAST,
  'header-folded': NO_FOLDS | BLANK_LINE,
  'fold-before-headers': NO_FOLDS | BLANK_LINE,
  'nul-byte': C_STRINGS,
  'content-length-bad': PREFIX_NUMBER,
  'content-length-conflict': LAST,
  'bytes-after-body': DATAGRAM_END,
  'several-messages': SECOND_MESSAGE | DATAGRAM_END,
  'header-several-values': ADDRESS,
  'uri-two-ats': ADDRESS,
  'tag-duplicate': ADDRESS,
  'display-name-uri': ADDRESS,
  'quote-unterminated': ADDRESS,
  'escape-nul': ADDRESS,
  'request-uri-spaces': START_LINE,
  'method-case': START_LINE,
  'cseq-mismatch': START_LINE,
} as const satisfies Partial<Record<OddityName, number>>;

/** An oddity that can part two readings. */
export type AmbiguousOddity = keyof typeof WAYS;

/** The same by code; 0: says nothing about readings. */
const WAYS_OF: Partial<Record<OddityName, number>> = WAYS;
const WAYS_BY_CODE = Uint16Array.from(ODDITY_NAMES, (name) => WAYS_OF[name] ?? 0);

/** Ways that read the lines again, each by itself; LAST counts together with the line ends that were forgiven. */
const LINE_WAYS = [LINE_ENDS, LAST, LINE_ENDS | LAST, NO_FOLDS, BLANK_LINE, C_STRINGS, PREFIX_NUMBER, DATAGRAM_END] as const;

const CR = 0x0d;
const LF = 0x0a;

/** Start and end of each field of READ_FIELDS, then of Content-Length; -1: absent. */
interface Reading {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

const LENGTH = READ_FIELDS.length;
const BODY = 5;
const reading = (): Reading => ({ starts: new Int32Array(LENGTH + 1), ends: new Int32Array(LENGTH + 1) });
const strict = reading();
const tolerant = reading();

/** Index of the field of a header id, -1: none. */
function fieldOf(id: number): number {
  if (id === FROM) return 1;
  if (id === TO) return 2;
  if (id === CALL_ID) return 3;
  if (id === CSEQ) return 4;
  return id === CONTENT_LENGTH ? LENGTH : -1;
}

/** True if the message has an oddity that can part two readings. */
export function mayDiffer(m: SipMessage): boolean {
  for (let i = 0; i < m.oddityCount; i++) if (WAYS_BY_CODE[m.oddities[i]!.code]! !== 0) return true;
  return false;
}

/**
 * Each field of the message on which the two readings differ, at most one entry a field; `end`: of the datagram, or of the framed
 * message. A field that one of the readings does not find at all is no second reading but a message refused.
 */
export function readTwice(m: SipMessage, end: number): TwoReadings[] {
  const ways = waysOf(m);
  const found: TwoReadings[] = [];
  readLines(m.bytes, m.start, end, 0, strict);
  // Without From, To, Call-ID and CSeq there is no strict reading: the message is refused.
  const readable = strict.starts.subarray(1, BODY).some((at) => at >= 0);
  for (const way of LINE_WAYS) if (readable && (way & ways) === way) compareLines(m, end, way, found);
  if ((ways & SECOND_MESSAGE) !== 0) compareSecond(m, end, found);
  if ((ways & START_LINE) !== 0) compareStart(m, found);
  if ((ways & ADDRESS) !== 0) {
    compareAddress(m, m.from, 'from', found);
    compareAddress(m, m.to, 'to', found);
  }
  return found;
}

function waysOf(m: SipMessage): number {
  let ways = 0;
  for (let i = 0; i < m.oddityCount; i++) ways |= WAYS_BY_CODE[m.oddities[i]!.code]!;
  return ways;
}

/** Reads the lines with one more tolerance and adds what comes out differently. */
function compareLines(m: SipMessage, end: number, way: number, found: TwoReadings[]): void {
  const b = m.bytes;
  readLines(b, m.start, end, way, tolerant);
  for (let k = 0; k < LENGTH; k++) {
    const from = strict.starts[k]!;
    const to = strict.ends[k]!;
    const start = tolerant.starts[k]!;
    const stop = tolerant.ends[k]!;
    if (from < 0 || start < 0 || (start === stop && k !== BODY) || sameRange(b, from, to, start, stop)) continue;
    // The same line cut at its fold is a reader that cannot read folds at all; another line is another reading.
    if (way === NO_FOLDS && start === from) continue;
    if (k === BODY) {
      if (to - from !== stop - start) add(m, way, k, `${to - from} bytes`, `${stop - start} bytes`, found);
    } else add(m, way, k, keptText(b, from, to), keptText(b, start, stop), found);
  }
}

function add(m: SipMessage, way: number, k: number, one: string, other: string, found: TwoReadings[]): void {
  const field = READ_FIELDS[k]!;
  if (one === other || found.some((each) => each.field === field)) return;
  found.push({ field, strict: one, tolerant: other, oddity: oddityFor(m, way) });
}

/** The first oddity of the message that allows that way. */
function oddityFor(m: SipMessage, way: number): OddityName {
  let i = 0;
  while ((WAYS_BY_CODE[m.oddities[i]!.code]! & way) === 0) i++;
  return ODDITY_NAMES[m.oddities[i]!.code]!;
}

/** Finds the fields in `b[start, end)`. */
function readLines(b: Uint8Array, start: number, end: number, way: number, into: Reading): void {
  into.starts.fill(-1);
  into.ends.fill(-1);
  const stop = (way & C_STRINGS) === 0 ? end : beforeNul(b, start, end);
  let i = lineStop(b, start, stop, way);
  set(into, 0, b, start, i);
  let last = -1;
  while (i < stop) {
    const line = nextLine(b, i);
    i = lineStop(b, line, stop, way);
    // A line of nothing but white space goes on (§7.3.1), or ends the headers for who cuts white space off first.
    if (i === line || ((way & BLANK_LINE) !== 0 && trimSpace(b, line, i) === line)) {
      setBody(b, nextLine(b, i), end, way, into);
      return;
    }
    const folded = isSpace(b[line]!);
    if (folded && (way & NO_FOLDS) === 0) {
      if (last >= 0) into.ends[last] = trimSpace(b, into.starts[last]!, i);
      continue;
    }
    last = takeHeader(b, folded ? skipSpace(b, line, i) : line, i, way, into);
  }
}

/** Takes a header line; returns the index of the field it is, -1: none that counts. */
function takeHeader(b: Uint8Array, line: number, end: number, way: number, into: Reading): number {
  let colon = line;
  while (colon < end && b[colon] !== 0x3a) colon++;
  const nameEnd = trimSpace(b, line, colon);
  const k = nameEnd > line && colon < end ? fieldOf(headerId(b, line, nameEnd)) : -1;
  if (k < 0 || (into.starts[k]! >= 0 && (way & LAST) === 0)) return -1;
  set(into, k, b, skipSpace(b, colon + 1, end), end);
  return k;
}

function set(into: Reading, k: number, b: Uint8Array, start: number, end: number): void {
  into.starts[k] = start;
  into.ends[k] = trimSpace(b, start, end);
}

/** Index of the line end of the line at `i`: CR LF; with LINE_ENDS a CR or LF alone too. */
function lineStop(b: Uint8Array, i: number, end: number, way: number): number {
  for (; i < end; i++) {
    const c = b[i]!;
    if (c === CR && i + 1 < end && b[i + 1] === LF) return i;
    if ((way & LINE_ENDS) !== 0 && (c === LF || c === CR)) return i;
  }
  return end;
}

function nextLine(b: Uint8Array, i: number): number {
  return b[i] === CR && b[i + 1] === LF ? i + 2 : i + 1;
}

function beforeNul(b: Uint8Array, start: number, end: number): number {
  const nul = b.indexOf(0, start);
  return nul < 0 || nul > end ? end : nul;
}

function setBody(b: Uint8Array, start: number, end: number, way: number, into: Reading): void {
  const length = (way & DATAGRAM_END) !== 0 ? -1 : contentLength(b, into.starts[LENGTH]!, into.ends[LENGTH]!, way);
  into.starts[BODY] = Math.min(start, end);
  into.ends[BODY] = length < 0 || start + length > end ? end : start + length;
}

/** Content-Length, -1 if it says nothing; with PREFIX_NUMBER as `atoi` reads it, a negative one as 0. */
function contentLength(b: Uint8Array, start: number, end: number, way: number): number {
  if (start < 0) return -1;
  let n = 0;
  let i = (way & PREFIX_NUMBER) !== 0 && b[start] === 0x2b ? start + 1 : start;
  for (; i < end && isDigit(b[i]!) && n < 1e9; i++) n = n * 10 + (b[i]! - 0x30);
  return i === end || (way & PREFIX_NUMBER) !== 0 ? n : -1;
}

/** A reader that takes a datagram for a stream goes on with the second message (§18.3 has it ignored). */
function compareSecond(m: SipMessage, end: number, found: TwoReadings[]): void {
  const b = m.bytes;
  const start = skipSpace(b, m.end, end);
  const line = keptText(b, m.start, trimSpace(b, m.start, lineStop(b, m.start, m.end, LINE_ENDS)));
  add(m, SECOND_MESSAGE, 0, line, keptText(b, start, lineStop(b, start, end, LINE_ENDS)), found);
}

/** The method in small letters or in the CSeq, the Request-URI up to the first or the last space. */
function compareStart(m: SipMessage, found: TwoReadings[]): void {
  const b = m.bytes;
  const { start, end } = m.methodSpan;
  const written = keptText(b, start, end);
  const { span } = m.uri;
  let word = span.start;
  while (word < span.end && !isSpace(b[word]!)) word++;
  if (word < span.end) add(m, START_LINE, 0, keptText(b, span.start, word), keptText(b, span.start, span.end), found);
  if (m.method === 0 && methodAnyCase(b, start, end) !== 0) add(m, START_LINE, 0, written, written.toUpperCase(), found);
  else if (m.cseqMethodSpan.start >= 0) add(m, START_LINE, 0, written, keptText(b, m.cseqMethodSpan.start, m.cseqMethodSpan.end), found);
}

/** `user@host;tag` as read here, and as readers do that heed no quotes, or take the last @, tag or value, or stop at `%00`. */
function compareAddress(m: SipMessage, view: AddressView, field: 'from' | 'to', found: TwoReadings[]): void {
  if (view.span.start < 0) return;
  const b = m.bytes;
  const value = keptText(b, view.span.start, lineStop(b, view.span.start, m.end, LINE_ENDS));
  const { uri, tag } = view;
  const own = identity(
    keptText(b, uri.user.start, uri.user.end),
    keptText(b, uri.host.start, uri.host.end),
    keptText(b, tag.start, tag.end),
  );
  const k = field === 'from' ? 1 : 2;
  for (const other of [firstBracket(value), lastParts(value)]) {
    if (other !== '' && other !== own) add(m, ADDRESS, k, own, other, found);
  }
  const cut = own.indexOf('%00');
  if (cut >= 0) add(m, ADDRESS, k, own, own.slice(0, cut), found);
}

function identity(user: string, host: string, tag: string): string {
  const at = user.includes('@') || host.includes('@') ? ' @ ' : '@';
  return `${user}${at}${host}${tag === '' ? '' : `;tag=${tag}`}`;
}

/** What stands in the first angle brackets, whatever is quoted. */
function firstBracket(value: string): string {
  const less = value.indexOf('<');
  const greater = value.indexOf('>', less);
  if (less < 0 || greater < 0) return '';
  return partsOf(value.slice(less + 1, greater), value.slice(greater), false);
}

/** The last angle brackets, in it the last @, behind it the last tag. */
function lastParts(value: string): string {
  const less = value.lastIndexOf('<');
  const greater = value.indexOf('>', less);
  if (less < 0 || greater < 0) return '';
  return partsOf(value.slice(less + 1, greater), value.slice(greater), true);
}

function partsOf(uri: string, rest: string, last: boolean): string {
  const bare = uri.replace(/^\s*[A-Za-z]+:/, '').replace(/[;?].*$/s, '');
  const at = last ? bare.lastIndexOf('@') : bare.indexOf('@');
  const tags = [...rest.matchAll(/;\s*tag\s*=\s*([^;,>\s]*)/gi)].map((found) => found[1]!);
  const user = at < 0 ? '' : bare.slice(0, at).replace(/:.*$/s, '');
  const host = bare.slice(at + 1).trim();
  return identity(user, host.replace(/:\d+$/, ''), (last ? tags.at(-1) : tags[0]) ?? '');
}
