/**
 * One MGCP message in place (RFC 3435 §3; the extensions of RFC 3660 are packages, which change no grammar): a command
 * `CRCX 1204 aaln/1@gw MGCP 1.0` or a response `200 1204 OK`, parameter lines `C: A3C4`, and behind an empty line the session
 * description. Several messages may share a datagram, parted by a line with a single dot (§3.5.5). Tolerant and total: no
 * allocation, no string.
 */
import type { Span } from '../../types.ts';
import { clearSpan, isDigit, isSpace, sameName, setSpan, skipSpace, trimSpace } from '../grammar.ts';

/** Verbs by code; 0 stands for every other, such as those of third parties (`XPIN`). RFC 3435 §3.2.1.1, RFC 3991 (MESG). */
export const VERBS = ['', 'EPCF', 'CRCX', 'MDCX', 'DLCX', 'RQNT', 'NTFY', 'AUEP', 'AUCX', 'RSIP', 'MESG'] as const;
/** Code of a verb, see VERBS. */
export const CRCX = 2;
/** Code of a verb, see VERBS. */
export const MDCX = 3;
/** Code of a verb, see VERBS. */
export const DLCX = 4;
/** Code of a verb. */
export const NTFY = 6;
/** Code of a verb. */
export const AUEP = 7;
/** Code of a verb. */
export const RSIP = 9;

/** Most parameter lines kept of one message. */
const MAX_PARAMETERS = 48;
/** Numbers per parameter: start and end of name and value. */
const STRIDE = 4;
/** Longest first line: an endpoint has at most 255 bytes (RFC 3435 §3.2.1.3), and no more is looked at. */
const LONGEST_LINE = 512;
/** Most digits of a transaction identifier (RFC 3435 §3.2.1.2). */
const ID_DIGITS = 9;

/** One MGCP message. Reused: good until the next is read. */
export interface MgcpMessage {
  bytes: Uint8Array;
  start: number;
  end: number;
  isCommand: boolean;
  /** Code in VERBS; 0 for responses and other verbs. */
  verb: number;
  verbSpan: Span;
  /** 1 to 999999999. */
  transaction: number;
  /** `local@domain` of a command. */
  endpoint: Span;
  /** Response code 0 to 999, -1 for commands. */
  code: number;
  /** Parameters in order, start and end of name and value each. */
  parameters: Int32Array;
  parameterCount: number;
  /** Session description(s), empty if there is none. */
  body: Span;
  /** Where the next message of the datagram begins, -1: there is none. */
  next: number;
}

/** An empty message for `parseMgcp`. */
export function createMgcp(): MgcpMessage {
  const none = (): Span => ({ start: -1, end: -1 });
  return {
    bytes: new Uint8Array(0),
    start: 0,
    end: 0,
    isCommand: false,
    verb: 0,
    verbSpan: none(),
    transaction: 0,
    endpoint: none(),
    code: -1,
    parameters: new Int32Array(MAX_PARAMETERS * STRIDE),
    parameterCount: 0,
    body: none(),
    next: -1,
  };
}

/** True if an MGCP message begins at `i`: the whole first line must have its form, there is little else to go by. */
export function isMgcp(b: Uint8Array, i: number, end: number): boolean {
  if (end - i < 5) return false;
  // The fourth or fifth byte tells almost everything else apart, before a line end is looked for.
  const space = isDigit(b[i]!) ? i + 3 : i + 4;
  if (b[space] !== 0x20 || !isDigit(b[space + 1]!)) return false;
  const stop = end - i > LONGEST_LINE ? i + LONGEST_LINE : end;
  const line = lineEnd(b, i, stop);
  return space === i + 3 ? isResponse(b, i, line) : isCommand(b, i, line);
}

/** Three digits, a space, an identifier, then the end or a space. */
function isResponse(b: Uint8Array, i: number, line: number): boolean {
  if (!isDigit(b[i + 1]!) || !isDigit(b[i + 2]!)) return false;
  const stop = digitsEnd(b, i + 4, line);
  return stop - i - 4 <= ID_DIGITS && (stop === line || b[stop] === 0x20);
}

/** Four letters or digits, an identifier, an endpoint, `MGCP` and a version. */
function isCommand(b: Uint8Array, i: number, line: number): boolean {
  for (let k = i; k < i + 4; k++) if (!isLetter(b[k]!) && !(k > i && isDigit(b[k]!))) return false;
  const stop = digitsEnd(b, i + 5, line);
  if (stop - i - 5 > ID_DIGITS || b[stop] !== 0x20) return false;
  const version = wordEnd(b, stop + 1, line);
  return (
    version > stop + 1 &&
    line - version >= 7 &&
    (b[version + 1]! | 0x20) === 0x6d &&
    (b[version + 2]! | 0x20) === 0x67 &&
    (b[version + 3]! | 0x20) === 0x63 &&
    (b[version + 4]! | 0x20) === 0x70 &&
    b[version + 5] === 0x20 &&
    isDigit(b[version + 6]!)
  );
}

/** Reads the message that begins at `start`. False: it is none, and `m` says nothing. */
export function parseMgcp(m: MgcpMessage, b: Uint8Array, start: number, end: number): boolean {
  if (!isMgcp(b, start, end)) return false;
  m.bytes = b;
  m.start = start;
  m.parameterCount = 0;
  m.next = -1;
  const line = lineEnd(b, start, end);
  readFirst(m, b, start, line);
  let i = nextLine(b, line, end);
  clearSpan(m.body);
  let inBody = false;
  while (i < end) {
    const stop = lineEnd(b, i, end);
    if (stop === i + 1 && b[i] === 0x2e) {
      m.next = nextLine(b, stop, end);
      break;
    }
    if (!inBody && stop === i) {
      inBody = true;
      setSpan(m.body, nextLine(b, stop, end), nextLine(b, stop, end));
    } else if (inBody) m.body.end = nextLine(b, stop, end);
    else readParameter(m, b, i, stop);
    i = nextLine(b, stop, end);
  }
  m.end = i;
  if (m.next >= end) m.next = -1;
  return true;
}

function readFirst(m: MgcpMessage, b: Uint8Array, start: number, line: number): void {
  m.isCommand = !isDigit(b[start]!);
  const id = start + (m.isCommand ? 5 : 4);
  const stop = digitsEnd(b, id, line);
  let n = 0;
  for (let i = id; i < stop; i++) n = n * 10 + (b[i]! - 0x30);
  m.transaction = n;
  if (m.isCommand) {
    setSpan(m.verbSpan, start, start + 4);
    setSpan(m.endpoint, stop + 1, wordEnd(b, stop + 1, line));
    m.verb = verbCode(b, start);
    m.code = -1;
    return;
  }
  clearSpan(m.verbSpan);
  clearSpan(m.endpoint);
  m.verb = 0;
  m.code = (b[start]! - 0x30) * 100 + (b[start + 1]! - 0x30) * 10 + (b[start + 2]! - 0x30);
}

/** Verbs are not case-sensitive (RFC 3435 §3.2.1.1). */
function verbCode(b: Uint8Array, i: number): number {
  for (let code = 1; code < VERBS.length; code++) {
    const verb = VERBS[code]!;
    let k = 0;
    while (k < 4 && (b[i + k]! & 0xdf) === verb.charCodeAt(k)) k++;
    if (k === 4) return code;
  }
  return 0;
}

function readParameter(m: MgcpMessage, b: Uint8Array, line: number, end: number): void {
  if (m.parameterCount === MAX_PARAMETERS) return;
  let colon = line;
  while (colon < end && b[colon] !== 0x3a) colon++;
  if (colon === end) return;
  const at = m.parameterCount++ * STRIDE;
  const value = skipSpace(b, colon + 1, end);
  m.parameters[at] = line;
  m.parameters[at + 1] = trimSpace(b, line, colon);
  m.parameters[at + 2] = value;
  m.parameters[at + 3] = trimSpace(b, value, end);
}

/** Writes the value of the first parameter with that one-letter name (capital, any case matches) into `into`; absent if there is none. */
export function parameter(m: MgcpMessage, letter: number, into: Span): Span {
  clearSpan(into);
  const { parameters } = m;
  for (let at = 0; at < m.parameterCount * STRIDE; at += STRIDE) {
    if (parameters[at + 1]! - parameters[at]! !== 1 || (m.bytes[parameters[at]!]! & 0xdf) !== letter) continue;
    setSpan(into, parameters[at + 2]!, parameters[at + 3]!);
    return into;
  }
  return into;
}

/** What an RSIP says of its endpoints: nothing, they are back, they are out of service, something else (RFC 3435 §2.3.12). */
export const NOT_SAID = 0;
/** See NOT_SAID: `restart`, or `disconnected` and there again. */
export const RESTART = 1;
/** See NOT_SAID. */
export const FORCED = 2;
const OTHERWISE = 3;
const METHODS = [Buffer.from('restart'), Buffer.from('disconnected'), Buffer.from('forced')];
const METHOD_CODES = [RESTART, RESTART, FORCED];

/** The restart method (`RM:`) of an RSIP: a code, see NOT_SAID. */
export function restartMethod({ bytes, parameters, parameterCount }: MgcpMessage): number {
  for (let at = 0; at < parameterCount * STRIDE; at += STRIDE) {
    const name = parameters[at]!;
    if (parameters[at + 1]! - name !== 2 || (bytes[name]! & 0xdf) !== 0x52 || (bytes[name + 1]! & 0xdf) !== 0x4d) continue;
    const known = METHODS.findIndex((method) => sameName(bytes, parameters[at + 2]!, parameters[at + 3]!, method));
    return METHOD_CODES[known] ?? OTHERWISE;
  }
  return NOT_SAID;
}

/** Places of the names of all parameters kept, in order; for people, not for the hot path. */
export function parameterNames(m: MgcpMessage): Span[] {
  return Array.from({ length: m.parameterCount }, (_, k) => ({ start: m.parameters[k * STRIDE]!, end: m.parameters[k * STRIDE + 1]! }));
}

function isLetter(c: number): boolean {
  const l = c | 0x20;
  return l >= 0x61 && l <= 0x7a;
}

function digitsEnd(b: Uint8Array, i: number, end: number): number {
  while (i < end && isDigit(b[i]!)) i++;
  return i;
}

function wordEnd(b: Uint8Array, i: number, end: number): number {
  while (i < end && !isSpace(b[i]!)) i++;
  return i;
}

/** Index of the CR or LF that ends the line at `i`, or `end`. */
function lineEnd(b: Uint8Array, i: number, end: number): number {
  while (i < end && b[i] !== 0x0d && b[i] !== 0x0a) i++;
  return i;
}

function nextLine(b: Uint8Array, i: number, end: number): number {
  if (i < end && b[i] === 0x0d) i++;
  return i < end && b[i] === 0x0a ? i + 1 : i;
}
