/** Via values in place (RFC 3261 §20.42, §18.2.1; rport: RFC 3581). */
import { clearSpan, isSpace, readNumber, sameName, setSpan, skipQuoted, skipSpace, skipToken, trimSpace } from './grammar.ts';
import { addLong } from './injection.ts';
import { MAX_BRANCH } from './limits.ts';
import type { SipMessage, ViaView } from './message.ts';
import { addOddity, oddityCode } from './oddities.ts';
import { createParam, nextParam } from './params.ts';
import { checkHost, readPort } from './uri.ts';

const SLASH = 0x2f;
const SEMICOLON = 0x3b;
const COMMA = 0x2c;
const COLON = 0x3a;

const VIA_BAD = oddityCode('via-bad');
const VERSION = oddityCode('via-version');
const TRANSPORT = oddityCode('via-transport-unknown');
const BROADCAST = oddityCode('via-broadcast');
const BRANCH_MISSING = oddityCode('branch-missing');
const BRANCH_LONG = oddityCode('branch-long');
const BRANCH_EMPTY = oddityCode('branch-empty');
const NO_COOKIE = oddityCode('branch-no-cookie');
const VALUE_EMPTY = oddityCode('value-empty');
const UNTERMINATED = oddityCode('quote-unterminated');

const param = createParam();

function word(s: string): Uint8Array {
  return Uint8Array.from(Buffer.from(s, 'latin1'));
}

const BROADCAST_ADDRESS = word('255.255.255.255');
/** Registered transports of Via (IANA): small letters. */
const TRANSPORTS = ['udp', 'tcp', 'tls', 'sctp', 'tls-sctp', 'ws', 'wss', 'dtls-udp', 'tls-tcp'].map(word);

/** A view with everything absent. */
export function createVia(): ViaView {
  const span = { start: -1, end: -1 };
  return { span, transport: { ...span }, host: { ...span }, port: -1, branch: { ...span }, received: { ...span }, rport: -1 };
}

/** Makes everything absent. */
export function clearVia(view: ViaView): void {
  clearSpan(view.span);
  clearSpan(view.transport);
  clearSpan(view.host);
  clearSpan(view.branch);
  clearSpan(view.received);
  view.port = -1;
  view.rport = -1;
}

/** Reads the Via value that begins at `start`. Returns the index of the comma behind it, or `end`. */
export function parseVia(m: SipMessage, b: Uint8Array, start: number, end: number, view: ViaView): number {
  clearVia(view);
  start = skipSpace(b, start, end);
  let i = readProtocol(m, b, start, end, view);
  if (i < 0) {
    addOddity(m, VIA_BAD, start, end);
    i = start;
    while (i < end && b[i] !== SEMICOLON && b[i] !== COMMA) i++;
  } else i = readSentBy(m, b, i, end, view);
  while (i < end && b[i] === SEMICOLON) {
    nextParam(m, b, i + 1, end, true, param);
    i = param.next;
    readParam(b, view);
  }
  setSpan(view.span, start, trimSpace(b, start, i));
  checkBranch(m, b, view);
  return i;
}

/** `SIP / 2.0 / UDP` and the white space behind it; -1 if that is not what is there. */
function readProtocol(m: SipMessage, b: Uint8Array, start: number, end: number, view: ViaView): number {
  const name = skipToken(b, start, end);
  let i = skipSpace(b, name, end);
  if (name === start || b[i] !== SLASH || i >= end) return -1;
  const version = skipSpace(b, i + 1, end);
  i = skipToken(b, version, end);
  const versionEnd = i;
  i = skipSpace(b, i, end);
  if (version === versionEnd || i >= end || b[i] !== SLASH) return -1;
  i = skipSpace(b, i + 1, end);
  const transport = i;
  i = skipToken(b, i, end);
  if (i === transport || i >= end || !isSpace(b[i]!)) return -1;
  setSpan(view.transport, transport, i);
  if (!isSip20(b, start, name, version, versionEnd)) addOddity(m, VERSION, start, versionEnd);
  if (!isTransport(b, transport, i)) addOddity(m, TRANSPORT, transport, i);
  return skipSpace(b, i, end);
}

function isSip20(b: Uint8Array, name: number, nameEnd: number, version: number, versionEnd: number): boolean {
  if (nameEnd - name !== 3 || versionEnd - version !== 3) return false;
  if ((b[name]! | 0x20) !== 0x73 || (b[name + 1]! | 0x20) !== 0x69 || (b[name + 2]! | 0x20) !== 0x70) return false;
  return b[version] === 0x32 && b[version + 1] === 0x2e && b[version + 2] === 0x30;
}

function isTransport(b: Uint8Array, start: number, end: number): boolean {
  for (let k = 0; k < TRANSPORTS.length; k++) if (sameName(b, start, end, TRANSPORTS[k]!)) return true;
  return false;
}

/** Host and port; returns the index of `;`, `,` or the end behind them. */
function readSentBy(m: SipMessage, b: Uint8Array, start: number, end: number, view: ViaView): number {
  let i = start;
  if (b[i] === 0x5b) while (i < end && b[i] !== 0x5d) i++;
  while (i < end && b[i] !== COLON && b[i] !== SEMICOLON && b[i] !== COMMA) i++;
  const stop = trimSpace(b, start, i);
  if (start === stop) addOddity(m, VIA_BAD, start, i);
  else {
    setSpan(view.host, start, stop);
    if (stop - start === 15 && sameName(b, start, stop, BROADCAST_ADDRESS)) addOddity(m, BROADCAST, start, stop);
    else checkHost(m, b, start, stop);
  }
  return i < end && b[i] === COLON ? readSentPort(m, b, start, i, end, view) : i;
}

/** The port behind the colon at `i`; returns the index behind it. */
function readSentPort(m: SipMessage, b: Uint8Array, host: number, i: number, end: number, view: ViaView): number {
  const from = skipSpace(b, i + 1, end);
  while (i < end && b[i] !== SEMICOLON && b[i] !== COMMA) i++;
  view.port = readPort(m, b, host, from, trimSpace(b, from, i));
  return i;
}

const BRANCH = Buffer.from('branch');
const RPORT = Buffer.from('rport');
const RECEIVED = Buffer.from('received');

/** Takes branch, received and rport from `param`. */
function readParam(b: Uint8Array, view: ViaView): void {
  const { nameStart, nameEnd, valueStart, valueEnd } = param;
  if (sameName(b, nameStart, nameEnd, BRANCH)) {
    if (view.branch.start < 0) setSpan(view.branch, valueStart < 0 ? nameEnd : valueStart, valueStart < 0 ? nameEnd : valueEnd);
  } else if (sameName(b, nameStart, nameEnd, RPORT)) {
    const port = readNumber(b, valueStart, valueEnd);
    view.rport = valueStart < 0 || port < 0 || port > 65535 ? 0 : port;
  } else if (valueStart >= 0 && sameName(b, nameStart, nameEnd, RECEIVED)) setSpan(view.received, valueStart, valueEnd);
}

/** The magic cookie `z9hG4bK` (RFC 3261 §8.1.1.7) and something behind it. */
function checkBranch(m: SipMessage, b: Uint8Array, view: ViaView): void {
  const { start, end } = view.branch;
  if (end - start > MAX_BRANCH) addLong(m, b, BRANCH_LONG, start, end);
  if (start < 0) addOddity(m, BRANCH_MISSING, view.span.start, view.span.end);
  else if (start === end) addOddity(m, BRANCH_EMPTY, start, end);
  else if (!hasCookie(b, start, end)) addOddity(m, NO_COOKIE, start, end);
  else if (end - start === 7) addOddity(m, BRANCH_EMPTY, start, end);
}

function hasCookie(b: Uint8Array, s: number, end: number): boolean {
  // Compared in any case, as all tokens are (RFC 3261 §7.3.1).
  return (
    end - s >= 7 &&
    (b[s]! | 0x20) === 0x7a &&
    b[s + 1] === 0x39 &&
    (b[s + 2]! | 0x20) === 0x68 &&
    (b[s + 3]! | 0x20) === 0x67 &&
    b[s + 4] === 0x34 &&
    (b[s + 5]! | 0x20) === 0x62 &&
    (b[s + 6]! | 0x20) === 0x6b
  );
}

/** Number of Via values in `b[start, end)`: commas outside quotes part them; empty elements are odd and not counted. */
export function countValues(m: SipMessage, b: Uint8Array, start: number, end: number): number {
  let n = 0;
  let empty = true;
  for (let i = start; i < end; i++) {
    const c = b[i]!;
    if (c === COMMA) {
      if (empty) addOddity(m, VALUE_EMPTY, i, i + 1);
      else n++;
      empty = true;
    } else if (c === 0x22) {
      const close = skipQuoted(b, i, end);
      if (close < 0) {
        addOddity(m, UNTERMINATED, i, end);
        return n + 1;
      }
      i = close - 1;
      empty = false;
    } else if (!isSpace(c)) empty = false;
  }
  if (empty) addOddity(m, VALUE_EMPTY, end - 1, end);
  return empty ? n : n + 1;
}
