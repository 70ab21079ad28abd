/**
 * The headers every SIP message has (RFC 3261 §20), in the form almost every sender writes them, read sixteen bytes at a time.
 * AssemblyScript: compiled to `src/decode/plain.wasm` by `npm run wasm`; `src/decode/plain.ts` fills the tables and takes the
 * results. A reader here either finds exactly what the tolerant reader of that header would, with nothing odd to tell, or it gives
 * up and leaves the line to it; a property test holds the two to the same result.
 *
 * No loop looks for the end of the message: the caller promises a CR at `last`, behind every line that is begun, and no class
 * that is walked over holds a CR. Loads of 16 bytes may reach behind the message; what lies there never counts.
 */

/** Classes of ASCII bytes, 32 bytes each: 16 by low half byte (bits: high half bytes), 16 by high half byte (its bit). */
export const CLASSES: i32 = 0;
const TOKEN: i32 = 0;
const USER: i32 = 1;
const HOST: i32 = 2;
const VALUE: i32 = 3;
const URI_TAIL: i32 = 4;
const QUOTED: i32 = 5;
const WORDS: i32 = 6;
const CALL_ID_BYTE: i32 = 7;
const SINGLE_VALUE: i32 = 8;
const REASON: i32 = 9;
const FREE: i32 = 10;
const LINE: i32 = 11;

/** Names of headers, 64 bytes an entry: 32 of the name in small letters, 32 with the bits its letters may differ in. */
export const NAMES: i32 = 1024;
/** Entries of NAMES by hash, then for each entry the next of the same hash, its length, its header id; 256 bytes each. */
export const NAME_TABLES: i32 = 17408;
/** Names of methods, 16 bytes for each code, then their lengths, a byte each. */
export const METHODS: i32 = 18432;
export const METHOD_LENGTHS: i32 = 18688;
/** How many methods there are. */
export const METHOD_COUNT: i32 = 18704;
/** Longest lengths that are not odd: header name, URI, address, tag, Call-ID, Via, branch, User-Agent; four bytes each. */
export const LIMITS: i32 = 18720;

/** Results, in words of four bytes; -1 is absent. Places are offsets from `base`. */
export const RESULTS: i32 = 20480;
/** Word of RESULTS: kind of start line (0 none, 1 request, 2 status line), then method code or status, then two spans. */
export const START_LINE: i32 = 0;
/** Word of RESULTS: headers read, bits of the hot ids read now, Via values read. */
export const COUNTS: i32 = 16;
/** Words of RESULTS: CSeq number, its method code, method span; Call-ID span; Max-Forwards, Expires, Content-Length. */
export const SMALL: i32 = 20;
export const VIA_AT: i32 = 32;
export const FROM_AT: i32 = 48;
export const TO_AT: i32 = 72;
export const CONTACT_AT: i32 = 96;
/** Word of RESULTS: id, name, end of name, value, end of value of each header. */
export const HEADERS: i32 = 128;
/** Room for bytes that do not lie in this memory. */
export const STAGE: i32 = 65536;

const VIA: i32 = 1;
const FROM: i32 = 2;
const TO: i32 = 3;
const CALL_ID: i32 = 4;
const CSEQ: i32 = 5;
const MAX_FORWARDS: i32 = 6;
const CONTACT: i32 = 7;
const EXPIRES: i32 = 8;
const CONTENT_LENGTH: i32 = 9;
const USER_AGENT: i32 = 11;

const CR: u8 = 0x0d;
const CR_LF: u16 = 0x0a0d;
const SPACE: u8 = 0x20;
const TAB: u8 = 0x09;
const QUOTE: u8 = 0x22;
const COLON: u8 = 0x3a;
const SEMICOLON: u8 = 0x3b;
const LESS: u8 = 0x3c;
const EQUALS: u8 = 0x3d;
const GREATER: u8 = 0x3e;
const AT: u8 = 0x40;
/** `sip:`, `SIP/`, `2.0` and others, as words of a little-endian machine. */
const SIP_COLON: u32 = 0x3a706973;
const SIP_SLASH: u32 = 0x2f504953;
const VERSION: u32 = 0x00302e32;
const VERSION_SLASH: u32 = 0x2f302e32;
const SMALL_LETTERS: u32 = 0x20202020;
const TAG: u32 = 0x00676174;
const EXPI: u32 = 0x69707865;
const IRES: u32 = 0x73657269;
const BRAN: u32 = 0x6e617262;
const CH: u16 = 0x6863;
const RPOR: u32 = 0x726f7072;
const T: u8 = 0x74;
const RECE: u32 = 0x65636572;
const IVED: u32 = 0x64657669;
/** `z9hG` and `4bK`: the magic cookie (RFC 3261 §8.1.1.7). */
const COOKIE: u32 = 0x4768397a;
const COOKIE_END: u32 = 0x004b6234;
const UDP: u32 = 0x20504455;
const TCP: u32 = 0x20504354;
const TLS: u32 = 0x20534c54;
const THREE_BYTES: u32 = 0x00ffffff;
/** `255`: the broadcast address begins so, and is looked at more closely. */
const BROADCAST: u32 = 0x00353532;

let base: i32 = 0;
let last: i32 = 0;
let stop: i32 = 0;
let number: i32 = 0;

// @ts-ignore: decorators
@inline
function byte(i: i32): u8 {
  return load<u8>(i);
}

// @ts-ignore: decorators
@inline
function word(at: i32, value: i32): void {
  store<i32>(RESULTS + (at << 2), value);
}

// @ts-ignore: decorators
@inline
function span(at: i32, start: i32, end: i32): void {
  store<i32>(RESULTS + (at << 2), start - base);
  store<i32>(RESULTS + (at << 2), end - base, 4);
}

// @ts-ignore: decorators
@inline
function none(at: i32): void {
  store<i64>(RESULTS + (at << 2), -1);
}

// @ts-ignore: decorators
@inline
function outside(kind: i32, w: v128): i32 {
  const low = i8x16.swizzle(v128.load(CLASSES + (kind << 5)), v128.and(w, i8x16.splat(0x0f)));
  const high = i8x16.swizzle(v128.load(CLASSES + (kind << 5), 16), i8x16.shr_u(w, 4));
  return i8x16.bitmask(i8x16.eq(v128.and(low, high), i8x16.splat(0)));
}

/** First place from `i` on whose byte is not of the class. */
// @ts-ignore: decorators
@inline
function skip(i: i32, kind: i32): i32 {
  let found = outside(kind, v128.load(i));
  while (found == 0) {
    i += 16;
    found = outside(kind, v128.load(i));
  }
  return i + ctz(found);
}

// @ts-ignore: decorators
@inline
function isDigit(c: u8): bool {
  return c - 0x30 < 10;
}

/** Digits at `i` into `number`; returns the place behind them, at most `most` of them, else 0. */
function digits(i: i32, most: i32): i32 {
  const from = i;
  let n = 0;
  while (isDigit(byte(i))) {
    if (i - from == most) return 0;
    n = n * 10 + <i32>(byte(i) - 0x30);
    i++;
  }
  number = n;
  return i == from ? 0 : i;
}

/** `sip:user@host:port;parameters` up to the byte `close`, into nine words at `at`. Returns the place of `close`, or 0. */
function plainUri(start: i32, close: u8, at: i32): i32 {
  if (load<u32>(start) != SIP_COLON) return 0;
  let host = start + 4;
  let i = skip(host, USER);
  if (byte(i) == AT) {
    if (i == host) return 0;
    span(at + 2, host, i);
    host = ++i;
  } else {
    i = host;
    none(at + 2);
  }
  i = skip(i, HOST);
  if (i == host) return 0;
  span(at + 4, host, i);
  word(at + 6, -1);
  if (byte(i) == COLON) {
    i = digits(i + 1, 5);
    if (i == 0 || number > 65535) return 0;
    word(at + 6, number);
  }
  if (byte(i) == SEMICOLON) {
    const params = ++i;
    i = skip(i, URI_TAIL);
    span(at + 7, params, i);
  } else none(at + 7);
  if (byte(i) != close || i - start > load<i32>(LIMITS, 4)) return 0;
  span(at, start, i);
  return i;
}

/** The display name at `start`; returns the place of the `<` behind it, or 0. */
function plainDisplay(start: i32, at: i32): i32 {
  let i = start;
  if (byte(i) == QUOTE) {
    i = skip(i + 1, QUOTED);
    if (byte(i) != QUOTE) return 0;
    span(at, start, ++i);
    if (byte(i) == SPACE) i++;
  } else {
    i = skip(i, WORDS);
    if (i == start || byte(start) == SPACE) return 0;
    let end = i;
    while (byte(end - 1) == SPACE) end--;
    span(at, start, end);
  }
  return byte(i) == LESS ? i : 0;
}

// @ts-ignore: decorators
@inline
function isExpires(i: i32): bool {
  return (load<u32>(i) | SMALL_LETTERS) == EXPI && (load<u32>(i, 3) | SMALL_LETTERS) == IRES;
}

/** Header parameters from the `;` at `i` on; tag and expires are kept in three words at `at`. Returns the place behind them, or 0. */
function plainParams(i: i32, at: i32): i32 {
  let tagged = false;
  while (byte(i) == SEMICOLON) {
    const name = ++i;
    i = skip(i, TOKEN);
    const n = i - name;
    if (n == 0) return 0;
    const isTag = n == 3 && ((load<u32>(name) | SMALL_LETTERS) & THREE_BYTES) == TAG;
    const expires = n == 7 && isExpires(name);
    if (byte(i) != EQUALS) {
      if (isTag || expires) return 0;
      continue;
    }
    const value = ++i;
    i = skip(i, VALUE);
    if (i == value) return 0;
    if (expires) {
      if (digits(value, 9) != i) return 0;
      word(at + 2, number);
    }
    if (!isTag) continue;
    if (tagged || i - value > load<i32>(LIMITS, 12)) return 0;
    tagged = true;
    span(at, value, i);
  }
  return i;
}

/** `"Display" <sip:…>;tag=…` into 18 words at `at`. Returns the place of the CR behind it, or 0. */
function plainAddress(start: i32, at: i32): i32 {
  let i = start;
  if (byte(i) == LESS) none(at + 2);
  else {
    i = plainDisplay(start, at + 2);
    if (i == 0) return 0;
  }
  i = plainUri(i + 1, GREATER, at + 4);
  if (i == 0) return 0;
  i++;
  none(at + 15);
  word(at + 17, -1);
  if (byte(i) == SEMICOLON) {
    const params = i + 1;
    i = plainParams(i, at + 15);
    if (i == 0) return 0;
    span(at + 13, params, i);
  } else none(at + 13);
  if (byte(i) != CR || i - start > load<i32>(LIMITS, 8)) return 0;
  span(at, start, i);
  return i;
}

/** The number that `[start, end)` is if it is a port, else 0; -1 if it is too long to say. */
function plainPort(start: i32, end: i32): i32 {
  if (end - start > 9) return -1;
  return digits(start, 9) != end || number > 65535 ? 0 : number;
}

/** Parameters of a Via from the `;` at `i` on: branch, received, rport into five words at `at`. Returns the place behind, or 0. */
function plainViaParams(i: i32, at: i32): i32 {
  let branched = false;
  while (byte(i) == SEMICOLON) {
    const name = ++i;
    i = skip(i, TOKEN);
    const n = i - name;
    if (n == 0) return 0;
    const first = load<u32>(name) | SMALL_LETTERS;
    const isRport = n == 5 && first == RPOR && (byte(name + 4) | 0x20) == T;
    const isBranch = n == 6 && first == BRAN && (load<u16>(name, 4) | 0x2020) == CH;
    if (byte(i) != EQUALS) {
      if (isBranch) return 0;
      if (isRport) word(at + 4, 0);
      continue;
    }
    const value = ++i;
    i = skip(i, VALUE);
    if (i == value) return 0;
    if (isBranch) {
      if (branched || i - value < 8 || i - value > load<i32>(LIMITS, 24) || load<u32>(value) != COOKIE || (load<u32>(value, 4) & THREE_BYTES) != COOKIE_END) return 0;
      branched = true;
      span(at, value, i);
    } else if (isRport) {
      const port = plainPort(value, i);
      if (port < 0) return 0;
      word(at + 4, port);
    } else if (n == 8 && first == RECE && (load<u32>(name, 4) | SMALL_LETTERS) == IVED) span(at + 2, value, i);
  }
  return branched ? i : 0;
}

/** `SIP/2.0/UDP host:port;branch=z9hG4bK…`; UDP, TCP or TLS. Returns the place of the CR behind it, or 0. */
function plainVia(start: i32): i32 {
  if (load<u32>(start) != SIP_SLASH || load<u32>(start, 4) != VERSION_SLASH) return 0;
  const transport = load<u32>(start, 8);
  if (transport != UDP && transport != TCP && transport != TLS) return 0;
  const host = start + 12;
  let i = skip(host, HOST);
  if (i == host || (load<u32>(host) & THREE_BYTES) == BROADCAST) return 0;
  span(VIA_AT + 4, host, i);
  word(VIA_AT + 6, -1);
  if (byte(i) == COLON) {
    i = digits(i + 1, 5);
    if (i == 0 || number > 65535) return 0;
    word(VIA_AT + 6, number);
  }
  none(VIA_AT + 9);
  word(VIA_AT + 11, -1);
  i = plainViaParams(i, VIA_AT + 7);
  if (i == 0 || byte(i) != CR || i - start > load<i32>(LIMITS, 20)) return 0;
  span(VIA_AT + 2, start + 8, start + 11);
  span(VIA_AT, start, i);
  return i;
}

/** A value in which nothing parts it from another: what the Vias below the first are looked at for. */
function plainSingle(start: i32): i32 {
  const i = skip(start, SINGLE_VALUE);
  return byte(i) != CR || i == start || byte(i - 1) == SPACE || i - start > load<i32>(LIMITS, 20) ? 0 : i;
}

/** Code of the method `[start, end)`, 0 for every other token. */
function methodCode(start: i32, end: i32): i32 {
  const n = end - start;
  if (n > 15) return 0;
  const w = v128.load(start);
  const mask = (1 << n) - 1;
  const count = load<i32>(METHOD_COUNT);
  for (let code = 1; code < count; code++) {
    if (<i32>load<u8>(METHOD_LENGTHS + code) != n) continue;
    if ((i8x16.bitmask(i8x16.eq(w, v128.load(METHODS + (code << 4)))) & mask) == mask) return code;
  }
  return 0;
}

/** `1 INVITE`: at most nine digits, one space, a token. */
function plainCSeq(start: i32): i32 {
  let i = digits(start, 9);
  if (i == 0 || byte(i) != SPACE) return 0;
  const value = number;
  const method = ++i;
  i = skip(i, TOKEN);
  if (byte(i) != CR || i == method) return 0;
  word(SMALL, value);
  word(SMALL + 1, methodCode(method, i));
  span(SMALL + 2, method, i);
  return i;
}

/** Printable, at most one @. */
function plainCallId(start: i32): i32 {
  let i = skip(start, CALL_ID_BYTE);
  if (byte(i) == AT) i = skip(i + 1, CALL_ID_BYTE);
  if (byte(i) != CR || i == start || i - start > load<i32>(LIMITS, 16)) return 0;
  span(SMALL + 4, start, i);
  return i;
}

/** Text in which nothing is meant for another reader (`injection.ts`). */
function plainAgent(start: i32): i32 {
  const i = skip(start, FREE);
  if (byte(i) != CR || i == start || byte(i - 1) == SPACE || i - start > load<i32>(LIMITS, 28)) return 0;
  return i;
}

/** At most nine digits to the end of the line, into the word `at`. */
function plainNumber(start: i32, at: i32, most: i32): i32 {
  const i = digits(start, 9);
  if (i == 0 || byte(i) != CR || number > most) return 0;
  word(at, number);
  return i;
}

/** Reads the value of a hot header at `v`. */
function plainValue(id: i32, v: i32): i32 {
  switch (id) {
    case VIA:
      return plainVia(v);
    case FROM:
      return plainAddress(v, FROM_AT);
    case TO:
      return plainAddress(v, TO_AT);
    case CALL_ID:
      return plainCallId(v);
    case CSEQ:
      return plainCSeq(v);
    case MAX_FORWARDS:
      return plainNumber(v, SMALL + 6, 255);
    case CONTACT:
      return plainAddress(v, CONTACT_AT);
    case EXPIRES:
      return plainNumber(v, SMALL + 7, 999_999_999);
    case CONTENT_LENGTH:
      return plainNumber(v, SMALL + 8, 999_999_999);
    default:
      return plainAgent(v);
  }
}

/** Id of the header whose name is `[i, i + n)`, any case or compact (RFC 3261 §7.3.3); 0 if unknown. */
function headerId(i: i32, n: i32): i32 {
  if (n > 32) return 0;
  let first = load<u32>(i) | SMALL_LETTERS;
  if (n < 4) first &= (1 << (n << 3)) - 1;
  let entry = <i32>load<u8>(NAME_TABLES + ((first * 0x9e3779b1) >>> 24));
  const low = v128.load(i);
  const high = v128.load(i, 16);
  const mask = n == 32 ? -1 : (1 << n) - 1;
  while (entry != 0) {
    if (<i32>load<u8>(NAME_TABLES + 512 + entry) == n) {
      const at = NAMES + (entry << 6);
      const a = i8x16.bitmask(i8x16.eq(v128.or(low, v128.load(at, 32)), v128.load(at)));
      const b = i8x16.bitmask(i8x16.eq(v128.or(high, v128.load(at, 48)), v128.load(at, 16)));
      if (((a | (b << 16)) & mask) == mask) return <i32>load<u8>(NAME_TABLES + 768 + entry);
    }
    entry = <i32>load<u8>(NAME_TABLES + 256 + entry);
  }
  return 0;
}

/** True if a line ends at `i` and the next one is there and no fold of it (RFC 3261 §7.3.1). */
// @ts-ignore: decorators
@inline
function endsLine(i: i32): bool {
  return load<u16>(i) == CR_LF && i + 2 < stop && byte(i + 2) != SPACE && byte(i + 2) != TAB;
}

/**
 * Reads header lines from `from` on (an offset) for as long as they are plain, at most `room` of them.
 * @param start address of offset 0
 * @param cr offset of a CR: lines that begin behind it are left alone
 * @param end offset behind the message
 * @param seen bits of the hot ids that the message had before
 * @returns the offset of the first line that is not plain, or of the empty line
 */
export function readHeaders(start: i32, from: i32, cr: i32, end: i32, seen: i32, room: i32): i32 {
  base = start;
  last = start + cr;
  stop = start + end;
  let i = start + from;
  let filled = 0;
  let vias = 0;
  let count = 0;
  let out = RESULTS + (HEADERS << 2);
  const longest = load<i32>(LIMITS);
  while (i < last && count < room) {
    const name = i;
    const colon = skip(i, TOKEN);
    const n = colon - name;
    if (byte(colon) != COLON || n == 0 || n > longest) break;
    let v = colon + 1;
    while (byte(v) == SPACE || byte(v) == TAB) v++;
    if (v >= last) break;
    const id = headerId(name, n);
    let s = 0;
    let next = 0;
    if ((id != 0 && id <= CONTENT_LENGTH) || id == USER_AGENT) {
      if ((seen & (1 << id)) == 0) s = plainValue(id, v);
      else if (id == VIA) s = plainSingle(v);
      else break;
      if (s == 0 || !endsLine(s)) break;
      if (id == VIA) vias++;
      filled |= (seen & (1 << id)) == 0 ? 1 << id : 0;
      seen |= 1 << id;
      next = s + 2;
    } else {
      s = skip(v, LINE);
      if (!endsLine(s)) break;
      next = s + 2;
      while (s > v && byte(s - 1) == SPACE) s--;
    }
    store<i32>(out, id);
    store<i32>(out, name - base, 4);
    store<i32>(out, colon - base, 8);
    store<i32>(out, v - base, 12);
    store<i32>(out, s - base, 16);
    out += 20;
    count++;
    i = next;
  }
  word(COUNTS, count);
  word(COUNTS + 1, filled);
  word(COUNTS + 2, vias);
  return i - base;
}

/** `INVITE sip:bob@example.com SIP/2.0` with a registered method. Returns the place of the CR, or 0. */
function plainRequestLine(start: i32): i32 {
  let i = skip(start, TOKEN);
  if (byte(i) != SPACE || i == start) return 0;
  const method = methodCode(start, i);
  if (method == 0) return 0;
  const end = i;
  i = plainUri(i + 1, SPACE, START_LINE + 6);
  if (i == 0 || load<u32>(i + 1) != SIP_SLASH || (load<u32>(i, 5) & THREE_BYTES) != VERSION || byte(i + 8) != CR) return 0;
  word(START_LINE, 1);
  word(START_LINE + 1, method);
  span(START_LINE + 2, start, end);
  return i + 8;
}

/** `SIP/2.0 200 OK` with a code from 100 to 699. Returns the place of the CR, or 0. */
function plainStatusLine(start: i32): i32 {
  if ((load<u32>(start, 4) & THREE_BYTES) != VERSION || byte(start + 7) != SPACE) return 0;
  if (digits(start + 8, 3) != start + 11 || byte(start + 11) != SPACE || number < 100 || number > 699) return 0;
  const i = skip(start + 12, REASON);
  if (byte(i) != CR) return 0;
  word(START_LINE, 2);
  word(START_LINE + 1, number);
  span(START_LINE + 4, start + 12, i);
  return i;
}

/**
 * Reads the start line at offset `from`, if it is plain: START_LINE says what it is. Arguments as for `readHeaders`.
 * @returns the offset behind its line end, or -1
 */
export function readStartLine(start: i32, from: i32, cr: i32, end: i32): i32 {
  base = start;
  if (from >= cr) return -1;
  const i = load<u32>(start + from) == SIP_SLASH ? plainStatusLine(start + from) : plainRequestLine(start + from);
  if (i == 0 || i + 2 >= start + end || load<u16>(i) != CR_LF) return -1;
  return i + 2 - base;
}
