/**
 * Parameters `;name=value;name` of header values (RFC 3261 §7.3.1, §25.1 generic-param), walked in place. The walker is a
 * pair of functions over one reused record, so that the hot path allocates nothing.
 */
import { CLASS, isSpace, isToken, LOOSE, skipQuoted, skipSpace, TOKEN, trimSpace } from './grammar.ts';
import type { SipMessage } from './message.ts';
import { addOddity, oddityCode } from './oddities.ts';

const EMPTY_PARAMETER = oddityCode('parameter-empty');
const BAD_PARAMETER = oddityCode('parameter-bad');
const UNTERMINATED = oddityCode('quote-unterminated');

/** The parameter just read. */
export interface Param {
  nameStart: number;
  nameEnd: number;
  /** -1: no `=`. A quoted value keeps its quotes. */
  valueStart: number;
  valueEnd: number;
  /** Index behind it: at the next `;` or `,` or at the end. */
  next: number;
}

/** A record for `nextParam`. */
export function createParam(): Param {
  return { nameStart: -1, nameEnd: -1, valueStart: -1, valueEnd: -1, next: -1 };
}

/**
 * Reads the parameter that begins at `i` (behind its `;`), up to the next `;`, the `,` that ends the value (only if
 * `list`) or `end`. What is odd is added to `m`.
 */
export function nextParam(m: SipMessage, b: Uint8Array, i: number, end: number, list: boolean, param: Param): void {
  if (!plainParam(b, i, end, list, param)) anyParam(m, b, i, end, list, param);
}

/** `name`, `name=value` without white space and quotes: almost all parameters. False: it is another. */
function plainParam(b: Uint8Array, i: number, end: number, list: boolean, param: Param): boolean {
  param.nameStart = i;
  while (i < end && (CLASS[b[i]!]! & TOKEN) !== 0) i++;
  if (i === param.nameStart) return false;
  param.nameEnd = i;
  param.valueStart = -1;
  param.valueEnd = -1;
  if (i < end && b[i] === 0x3d) {
    param.valueStart = ++i;
    while (i < end && (CLASS[b[i]!]! & LOOSE) !== 0) i++;
    if (i === param.valueStart) return false;
    param.valueEnd = i;
  }
  param.next = i;
  return i === end || b[i] === 0x3b || (list && b[i] === 0x2c);
}

function anyParam(m: SipMessage, b: Uint8Array, i: number, end: number, list: boolean, param: Param): void {
  while (i < end && isSpace(b[i]!)) i++;
  const name = i;
  while (i < end && isToken(b[i]!)) i++;
  param.nameStart = name;
  param.nameEnd = i;
  param.valueStart = -1;
  param.valueEnd = -1;
  if (i < end && b[i] !== 0x3d && isSpace(b[i]!)) i = skipSpace(b, i, end);
  if (i < end && b[i] === 0x3d) i = readValue(m, b, i + 1, end, list, param);
  const junk = i;
  while (i < end && b[i] !== 0x3b && !(list && b[i] === 0x2c)) i++;
  param.next = i;
  if (i > junk) {
    // An unusual value without quotes, such as an IPv6 address: it belongs to the value, or makes a name that is none.
    const stop = trimSpace(b, junk, i);
    if (stop > junk) {
      if (param.valueStart >= 0) param.valueEnd = stop;
      else param.nameEnd = stop;
      addOddity(m, BAD_PARAMETER, param.nameStart, stop);
    }
  } else if (name === param.nameEnd || (param.valueStart >= 0 && param.valueStart === param.valueEnd))
    addOddity(m, EMPTY_PARAMETER, name, i < end ? i + 1 : end);
}

/** The value behind `=`; returns the index behind it. Brackets are for addresses and ports in Via and Contact. */
function readValue(m: SipMessage, b: Uint8Array, i: number, end: number, list: boolean, param: Param): number {
  i = skipSpace(b, i, end);
  param.valueStart = i;
  if (i < end && b[i] === 0x22) {
    const close = skipQuoted(b, i, end);
    if (close < 0) {
      addOddity(m, UNTERMINATED, i, end);
      param.valueEnd = end;
      return end;
    }
    i = close;
  } else {
    while (i < end && (CLASS[b[i]!]! & LOOSE) !== 0) i++;
  }
  param.valueEnd = i;
  const next = skipSpace(b, i, end);
  return next === end || b[next] === 0x3b || (list && b[next] === 0x2c) ? next : i;
}
