/**
 * Tool DNA, version 1: a fingerprint of the program that made a request, from what its author decided and its user rarely
 * changes. The User-Agent is no part of it. Two halves, both text without numbers that are drawn per message:
 *
 * - core, the same for all methods: order of the headers every request has, how lines are written, Via, the grammar of
 *   branch, From tag and Call-ID, how From is written;
 * - build, of this kind of request: method, order of all headers, CSeq, Contact, Content-Length, order of the Digest
 *   parameters, habits of SDP.
 *
 * In each half fields are parted by `_`, see `DNA_FIELDS` in knowndna.ts. A DNA in short is `d1-` and a hash of each half, 32 bits each.
 */
import { text } from '../../bytes.ts';
import { hash, Key } from '../../table.ts';
import type { Span } from '../../types.ts';
import {
  AUTHORIZATION,
  CALL_ID,
  CONTENT_LENGTH,
  CSEQ,
  FROM,
  HEADERS,
  MAX_FORWARDS,
  PROXY_AUTHORIZATION,
  TO,
  USER_AGENT,
  VIA,
} from '../headers.ts';
import { HEADER_STRIDE, METHODS, type SipMessage } from '../message.ts';
import { type Writing, write, writeBranch, writeByte, writeCallId, writeForm, writeNumber, writeTag } from './tokens.ts';

/** Raised when the same message would give another DNA. */
const VERSION = 1;

/** A DNA. One is reused for all requests: good until the next one is read. */
export interface Dna {
  /** Hashes of the halves: 32 bits, signed. The same on every machine. */
  core: number;
  build: number;
  readonly coreText: Writing;
  readonly buildText: Writing;
}

const LONGEST = 160;
/** Hashes are published: one seed for all. */
const SEED = { k0: 0x736970, k1: 0x646e61 };
const key = new Key(LONGEST);

/** Letters of headers in `order` and `headers`; `z` stands for all others that are known, `?` for those nobody knows. */
const HEADER_LETTERS: Readonly<Record<string, string>> = {
  Via: 'V',
  From: 'F',
  To: 'T',
  'Call-ID': 'I',
  CSeq: 'S',
  'Max-Forwards': 'M',
  Contact: 'C',
  Expires: 'E',
  'Content-Length': 'L',
  'Content-Type': 'Y',
  Authorization: 'A',
  'Proxy-Authorization': 'P',
  Accept: 'a',
  Allow: 'w',
  Supported: 's',
  Route: 'R',
  'Record-Route': 'r',
  Event: 'e',
  Date: 'd',
  Require: 'q',
  Subject: 'j',
  Organization: 'g',
  Timestamp: 't',
  'Session-Expires': 'x',
  'Min-SE': 'n',
  'Allow-Events': 'k',
  'Refer-To': 'h',
  'Referred-By': 'b',
  'P-Asserted-Identity': 'i',
  'P-Preferred-Identity': 'f',
  'Accept-Encoding': 'c',
  'Accept-Language': 'l',
  Privacy: 'v',
};

const LETTERS = Uint8Array.from(HEADERS.map(({ name }, id) => (id === 0 ? 0x3f : (HEADER_LETTERS[name] ?? 'z').charCodeAt(0))));
const NAMES: readonly Uint8Array[] = HEADERS.map(({ name }) => Uint8Array.from(Buffer.from(name, 'latin1')));
/** Ids of the headers in `order`, by bit. */
const ALWAYS = (1 << VIA) | (1 << MAX_FORWARDS) | (1 << FROM) | (1 << TO) | (1 << CALL_ID) | (1 << CSEQ) | (1 << CONTENT_LENGTH);

const COMMA = 0x2c;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const SPACE = 0x20;
const LF = 0x0a;
const CR = 0x0d;

/** An empty DNA, to be filled by `readDna` as often as needed. */
export function createDna(): Dna {
  const writing = (): Writing => ({ bytes: new Uint8Array(LONGEST), length: 0 });
  return { core: 0, build: 0, coreText: writing(), buildText: writing() };
}

/**
 * A number of 30 bits that is the same for requests of one client that differ only in what it draws: which headers in which
 * order, how long their names are, how long the From tag is by and by, how the branch goes on. Cheap: it says when `readDna` is worth its time.
 */
export function sketch(m: SipMessage): number {
  const { headers } = m;
  const stop = m.headerCount * HEADER_STRIDE;
  let h = m.method + 1;
  for (let at = 0; at < stop; at += HEADER_STRIDE) {
    h = Math.imul(h ^ headers[at]! ^ ((headers[at + 2]! - headers[at + 1]!) << 8), 0x01000193);
  }
  // What follows the cookie of the branch: many write a hyphen or a dot there, others begin at once.
  const next = m.bytes[m.via.branch.start + 7]!;
  h = Math.imul(h ^ ((m.from.tag.end - m.from.tag.start) >> 3) ^ (next < 0x30 ? next << 8 : 0), 0x5bd1e995);
  return (h ^ (h >>> 15)) & 0x3fffffff;
}

/** Fills `dna` from a request. Some hundred nanoseconds; allocates nothing, but for tags that hold a message. */
export function readDna(dna: Dna, m: SipMessage): void {
  const { coreText: core, buildText: build } = dna;
  core.length = 0;
  writeOrder(core, m, ALWAYS);
  part(core);
  writeLines(core, m);
  part(core);
  writeParams(core, m.bytes, m.via.host.end, m.via.span.end);
  part(core);
  writeBranch(core, m.bytes, m.via.branch, m.callId);
  part(core);
  writeTag(core, m.bytes, m.from.tag);
  part(core);
  writeCallId(core, m.bytes, m.callId);
  part(core);
  writeAddress(core, m.bytes, m.from.display, m.from.uri.span, m.from.span);
  build.length = 0;
  write(build, METHODS[m.method]! || 'other');
  part(build);
  writeOrder(build, m, -1);
  part(build);
  writeNumbering(build, m.cseq);
  part(build);
  if (m.contactCount === 0) write(build, 'none');
  else writeAddress(build, m.bytes, m.contact.display, m.contact.uri.span, m.contact.span);
  part(build);
  writeLength(build, m);
  part(build);
  writeDigest(build, m);
  part(build);
  writeSdp(build, m);
  dna.core = hashOf(core);
  dna.build = hashOf(build);
}

/** A half as text. */
export function writtenText({ bytes, length }: Writing): string {
  return text(bytes, 0, length);
}

/** The DNA in short, e.g. `d1-0f3a9c21-77b0e14d`. */
export function dnaName({ core, build }: Pick<Dna, 'core' | 'build'>): string {
  return `d${VERSION}-${hex(core)}-${hex(build)}`;
}

function hex(n: number): string {
  return (n >>> 0).toString(16).padStart(8, '0');
}

function hashOf({ bytes, length }: Writing): number {
  return hash(SEED, key.reset().add(bytes, 0, length));
}

function part(to: Writing): void {
  writeByte(to, 0x5f);
}

/** Letters of the headers whose bit is in `ids`, all if that is -1; the User-Agent is none, a header repeated is one. */
function writeOrder(to: Writing, { headers, headerCount }: SipMessage, ids: number): void {
  let last = -1;
  for (let at = 0; at < headerCount * HEADER_STRIDE; at += HEADER_STRIDE) {
    const id = headers[at]!;
    if (id === last || id === USER_AGENT || (ids !== -1 && (id > 31 || (ids & (1 << id)) === 0))) continue;
    writeByte(to, LETTERS[id]!);
    last = id;
  }
}

const COMPACT = 1;
const ODD_CASE = 2;
const GAP_BEFORE = 4;
const TIGHT = 8;
const WIDE = 16;
/** Words for these bits, in their order. */
const LINE_HABITS = ['compact', 'case', 'before', 'tight', 'wide'] as const;

/** How header lines are written: `lf` or `crlf`, then what is unusual in any of them but Content-Length. */
function writeLines(to: Writing, m: SipMessage): void {
  const { bytes: b, headers } = m;
  let habits = 0;
  for (let at = 0; at < m.headerCount * HEADER_STRIDE; at += HEADER_STRIDE) {
    habits |= habitsOf(b, headers[at]!, headers[at + 1]!, headers[at + 2]!, headers[at + 3]!);
  }
  write(to, endsInCrLf(m) ? 'crlf' : 'lf');
  for (let i = 0; i < LINE_HABITS.length; i++) {
    if ((habits & (1 << i)) === 0) continue;
    writeByte(to, COMMA);
    write(to, LINE_HABITS[i]!);
  }
}

function habitsOf(b: Uint8Array, id: number, name: number, nameEnd: number, value: number): number {
  let habits = 0;
  if (nameEnd - name === 1) habits |= COMPACT;
  else if (id > 0 && !isNamed(b, name, nameEnd, NAMES[id]!)) habits |= ODD_CASE;
  if (b[nameEnd] !== COLON) habits |= GAP_BEFORE;
  else if (value === nameEnd + 1) habits |= TIGHT;
  else if (id !== CONTENT_LENGTH && value > nameEnd + 2) habits |= WIDE;
  return habits;
}

function isNamed(b: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (b[start + i] !== name[i]) return false;
  return true;
}

/** Of the start line: the rest follows it, nearly always. */
function endsInCrLf({ bytes: b, uri, end }: SipMessage): boolean {
  let i = Math.max(uri.span.end, 0);
  while (i < end && b[i] !== LF) i++;
  return b[i - 1] === CR;
}

/** First letters of the names of parameters in `[start, end)` behind the first semicolon, e.g. `br` for branch, rport. */
function writeParams(to: Writing, b: Uint8Array, start: number, end: number): void {
  let quoted = false;
  let told = 0;
  for (let i = Math.max(start, 0); i < end && told < 8; i++) {
    if (b[i] === QUOTE) quoted = !quoted;
    if (quoted || b[i] !== SEMICOLON) continue;
    let c = b[i + 1]!;
    if (c === SPACE) {
      writeByte(to, SPACE);
      c = b[i + 2]!;
    }
    writeByte(to, isLetter(c) && i + 1 < end ? c : 0x3f);
    told++;
  }
}

function isLetter(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a);
}

/** `quoted`, `token` or no display name, `tight` if no space parts it from the `<`, `bare` without angle brackets; then its parameters. */
function writeAddress(to: Writing, b: Uint8Array, display: Span, uri: Span, span: Span): void {
  const angle = uri.start > 0 && b[uri.start - 1] === 0x3c;
  if (display.end > display.start) {
    write(to, b[display.start] === QUOTE ? 'quoted' : 'token');
    if (angle && b[uri.start - 2] !== SPACE) write(to, '-tight');
  } else write(to, angle ? 'plain' : 'bare');
  const behind = angle ? uri.end + 1 : uri.end;
  if (behind < span.end) {
    writeByte(to, SEMICOLON);
    writeParams(to, b, behind, span.end);
  }
}

/** CSeq: up to 9 as it is, of larger numbers how many digits they have. */
function writeNumbering(to: Writing, cseq: number): void {
  let digits = 1;
  for (let n = cseq; n >= 10; n /= 10) digits++;
  if (cseq < 0) write(to, 'none');
  else if (digits > 1) write(to, 'n');
  if (cseq >= 0) writeNumber(to, digits > 1 ? digits : cseq);
}

/** Content-Length: `none`, `right`, or `long` if less follows than it says (what follows beyond is no part of it); `wide` with more than one space before it. */
function writeLength(to: Writing, { bytes: b, headers, headerCount, contentLength, body, end }: SipMessage): void {
  const follows = body.start < 0 ? 0 : end - body.start;
  write(to, contentLength < 0 ? 'none' : contentLength > follows ? 'long' : 'right');
  for (let at = 0; at < headerCount * HEADER_STRIDE; at += HEADER_STRIDE) {
    if (headers[at] !== CONTENT_LENGTH || b[headers[at + 3]! - 2] !== SPACE) continue;
    write(to, ',wide');
    return;
  }
}

/** First letters of the Digest parameters, upper case if quoted, `N` and `n` of nonce, `k` nc, `c` cnonce, `p` response; `,` if tight. */
function writeDigest(to: Writing, m: SipMessage): void {
  const { bytes: b, headers, headerCount } = m;
  for (let at = 0; at < headerCount * HEADER_STRIDE; at += HEADER_STRIDE) {
    if (headers[at] !== AUTHORIZATION && headers[at] !== PROXY_AUTHORIZATION) continue;
    writePairs(to, b, headers[at + 3]!, headers[at + 4]!);
    return;
  }
  write(to, 'none');
}

function writePairs(to: Writing, b: Uint8Array, start: number, end: number): void {
  let i = start;
  while (i < end && b[i] !== SPACE) i++;
  let loose = true;
  let first = true;
  for (let told = 0; i < end && told < 16; told++) {
    if (!first && b[i] !== SPACE) loose = false;
    first = false;
    while (i < end && b[i] === SPACE) i++;
    const name = i;
    while (i < end && b[i] !== EQUALS && b[i] !== COMMA) i++;
    const quoted = b[i + 1] === QUOTE;
    if (i < end) writeByte(to, pairLetter(b, name, i) - (quoted ? 0x20 : 0));
    i = behindValue(b, i, end);
  }
  if (!loose) writeByte(to, COMMA);
}

/** Behind the comma that ends a value, a quoted one as a whole. */
function behindValue(b: Uint8Array, start: number, end: number): number {
  let quoted = false;
  let i = start;
  for (; i < end && (quoted || b[i] !== COMMA); i++) if (b[i] === QUOTE && b[i - 1] !== 0x5c) quoted = !quoted;
  return i + 1;
}

/** A lower-case letter: the first of its name, but k for nc and p for response, which others begin with too; x for what is none. */
function pairLetter(b: Uint8Array, start: number, end: number): number {
  const c = b[start]! | 0x20;
  if (c === 0x6e && end - start === 2) return 0x6b;
  if (c === 0x72 && end - start === 8) return 0x70;
  return c >= 0x61 && c <= 0x7a ? c : 0x78;
}

/** Letters of the lines of an SDP in their order, repeated ones once; then what stands in s= and as user in o=. */
function writeSdp(to: Writing, m: SipMessage): void {
  const { bytes: b, body } = m;
  if (body.start < 0 || b[body.start] !== 0x76 || b[body.start + 1] !== EQUALS) write(to, 'none');
  else writeDescription(to, m);
}

function writeDescription(to: Writing, { bytes: b, body, from }: SipMessage): void {
  let last = 0;
  let origin = -1;
  let session = -1;
  let told = 0;
  for (let i = body.start; i + 1 < body.end && told < 24; ) {
    const c = b[i]!;
    if (c !== last && isLetter(c)) {
      writeByte(to, c);
      told++;
    }
    if (c === 0x6f && origin < 0) origin = i + 2;
    if (c === 0x73 && session < 0) session = i + 2;
    last = c;
    while (i < body.end && b[i] !== LF) i++;
    i++;
  }
  write(to, ',s=');
  writeName(to, b, session, lineEnd(b, session, body.end));
  write(to, ',o=');
  const user = wordEnd(b, origin, body.end);
  if (origin >= 0 && isSame(b, origin, user, from.uri.user)) write(to, 'from');
  else writeName(to, b, origin, user);
}

function lineEnd(b: Uint8Array, start: number, end: number): number {
  let i = Math.max(start, 0);
  while (i < end && b[i] !== CR && b[i] !== LF) i++;
  return i;
}

function wordEnd(b: Uint8Array, start: number, end: number): number {
  let i = Math.max(start, 0);
  while (i < end && b[i]! > SPACE) i++;
  return i;
}

function isSame(b: Uint8Array, start: number, end: number, { start: from, end: to }: Span): boolean {
  if (from < 0 || end - start !== to - from) return false;
  for (let i = 0; i < end - start; i++) if (b[start + i] !== b[from + i]) return false;
  return true;
}

const LONGEST_NAME = 20;

/** A name as it is if it is short and made of letters, what is drawn by its form. */
function writeName(to: Writing, b: Uint8Array, start: number, end: number): void {
  if (start < 0 || end - start > LONGEST_NAME || !isPlainName(b, start, end)) writeForm(to, b, start, end);
  else for (let i = start; i < end; i++) writeByte(to, b[i]!);
}

/** Letters and, between words, spaces, dots and hyphens. */
function isPlainName(b: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isLetter(b[i]!) && b[i] !== SPACE && b[i] !== 0x2d && b[i] !== 0x2e) return false;
  return end > start;
}
