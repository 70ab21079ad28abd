/**
 * Text in a header value that is written for another reader than SIP: for a database, a shell, a printf, a file system, a
 * browser, a logging library or a buffer of fixed size (attack A37; requirement S2-34). One look for bytes without which
 * none of them works, then one bounded walk over the value with its escapes decoded. A name with an apostrophe, a legal
 * escape or a lone percent sign is none of this.
 */
import { isDigit, isHex } from './grammar.ts';
import type { SipMessage } from './message.ts';
import { addOddity, hasOddity, type OddityName, oddityCode } from './oddities.ts';
import { FORMAT, LOOKUP, MARKUP, PATH, phraseAt, QUERY, SHELL, startsWith, VERB } from './phrases.ts';

/** What is found, by bit. */
const KINDS: readonly (readonly [number, OddityName])[] = [
  [QUERY, 'sql-injection'],
  [SHELL, 'shell-injection'],
  [PATH, 'path-traversal'],
  [MARKUP, 'markup-injection'],
  [LOOKUP, 'lookup-injection'],
  [FORMAT, 'format-string'],
];
const CODES: readonly (readonly [number, number])[] = KINDS.map(([bit, name]) => [bit, oddityCode(name)] as const);
const EXPRESSION = oddityCode('lookup-injection');
const OVERFLOW = oddityCode('overflow-pattern');

/** Most bytes of a value that are looked at. */
const MOST = 1024;
/** How far a comparison or the end of a comment is looked for: nothing may cost more the longer the value is. */
const NEAR = 64;
/** Bytes that the beginning of an expression takes, its letters perhaps escaped. */
const LONGEST_LOOKUP = 24;
/** Fewest repetitions that make a pattern for a buffer, and the longest unit that is looked for. */
const REPEATS = 128;
const LONGEST_UNIT = 4;

/** 1 for bytes one of which every such text holds; 2 for those that words of other fields are full of. */
const TRIGGER = new Uint8Array(256);
for (const c of Buffer.from('\'"\\$%{<>|`;', 'latin1')) TRIGGER[c] = 1;
for (const c of Buffer.from('/&', 'latin1')) TRIGGER[c] = 2;

const AMPERSAND = 0x26;
const APOSTROPHE = 0x27;
const BACKTICK = 0x60;
const DOLLAR = 0x24;
const EQUALS = 0x3d;
const HASH = 0x23;
const PERCENT = 0x25;
const QUOTE = 0x22;
const SPACE = 0x20;

/** The value in small letters, escapes decoded, white space and SQL comments as one space each. */
const folded = new Uint8Array(MOST);

/** Looks at `b[start, end)`, the value of a field in which `/` and `&` mean something to nobody but an attacker: a user, a name. */
export function checkText(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  const stop = end - start > MOST ? start + MOST : end;
  for (let i = start; i < stop; i++) {
    if (TRIGGER[b[i]!] === 0) continue;
    report(m, b, start, stop, end);
    return;
  }
}

/** Looks at `b[start, end)`, the value of a field that is full of `/` anyway: User-Agent, Content-Type, vendors' headers. */
export function checkFreeText(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  const stop = end - start > MOST ? start + MOST : end;
  for (let i = start; i < stop; i++) {
    if (TRIGGER[b[i]!] !== 1) continue;
    report(m, b, start, stop, end);
    return;
  }
}

/**
 * Looks whether a value that is too long repeats one to four bytes: what fuzzers and exploits fill buffers with. Base64, hexadecimal
 * digits and lists do not.
 */
function checkOverflow(m: SipMessage, b: Uint8Array, start: number, end: number): void {
  for (let unit = 1; unit <= LONGEST_UNIT; unit++) {
    let run = 0;
    for (let i = start + unit; i < end; i++) {
      run = b[i] === b[i - unit] ? run + 1 : 0;
      if (run < REPEATS * unit) continue;
      addOddity(m, OVERFLOW, i + 1 - unit - run, i + 1);
      return;
    }
  }
}

/** A value longer than its field should be: the oddity `code` for it, and what it is filled with. */
export function addLong(m: SipMessage, b: Uint8Array, code: number, start: number, end: number): void {
  addOddity(m, code, start, end);
  checkOverflow(m, b, start, end);
}

/** `{` behind `$` in any header: expressions that logging libraries resolve (CVE-2021-44228). `i`: index of the `{`. */
export function checkLookup(m: SipMessage, b: Uint8Array, i: number, end: number): void {
  // One is enough: a value full of them costs no more.
  if (b[i - 1] !== DOLLAR || hasOddity(m, EXPRESSION)) return;
  const near = end - i > LONGEST_LOOKUP ? i + LONGEST_LOOKUP : end;
  const n = fold(b, i - 1, near);
  if ((phraseAt(folded, 0, n) & LOOKUP) === 0) return;
  let stop = i;
  while (stop < end && stop - i < MOST && b[stop] !== 0x0d && b[stop] !== 0x0a) stop++;
  addOddity(m, EXPRESSION, i - 1, stop);
}

function report(m: SipMessage, b: Uint8Array, start: number, stop: number, end: number): void {
  const formats = countFormats(b, start, stop) ? FORMAT : 0;
  const n = fold(b, start, stop);
  const found = formats | phrases(n) | quotes(n);
  if (found === 0) return;
  for (const [bit, code] of CODES) if ((found & bit) !== 0) addOddity(m, code, start, end);
}

/** Writes `b[start, end)` into `folded`; returns its length. */
function fold(b: Uint8Array, start: number, end: number): number {
  let n = 0;
  for (let i = start; i < end; ) {
    let c = b[i]!;
    i++;
    if (c === PERCENT) {
      // `%2527` is `'` to whoever decodes twice.
      const twice = b[i] === 0x32 && b[i + 1] === 0x35 && i + 4 <= end && isHex(b[i + 2]!) && isHex(b[i + 3]!);
      const at = twice ? i + 2 : i;
      if (at + 2 <= end && isHex(b[at]!) && isHex(b[at + 1]!)) {
        c = digit(b[at]!) * 16 + digit(b[at + 1]!);
        i = at + 2;
      }
    } else if (c === 0x2f && b[i] === 0x2a && i < end) {
      const close = commentEnd(b, i + 1, end);
      if (close > 0) {
        c = SPACE;
        i = close;
      }
    } else if (c === 0x2b) c = SPACE;
    if (c >= 0x41 && c <= 0x5a) c += 0x20;
    else if (c === 0x09 || c === 0x0a || c === 0x0d) c = SPACE;
    if (c === SPACE && n > 0 && folded[n - 1] === SPACE) continue;
    folded[n++] = c;
  }
  return n;
}

function digit(c: number): number {
  return c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57;
}

/** Index behind the end mark of a comment of SQL whose text goes on at `i`, or -1. */
function commentEnd(b: Uint8Array, i: number, end: number): number {
  const stop = end - i > NEAR ? i + NEAR : end;
  for (; i + 1 < stop; i++) if (b[i] === 0x2a && b[i + 1] === 0x2f) return i + 2;
  return -1;
}

/** Bits of all phrases that stand in the folded value. */
function phrases(n: number): number {
  let found = 0;
  for (let i = 0; i < n; i++) found |= phraseAt(folded, i, n);
  return found;
}

/** QUERY if a quote ends a string and SQL goes on behind it; SHELL for a command in backticks or behind `;` or `|`. */
function quotes(n: number): number {
  let found = 0;
  for (let i = 0; i < n; i++) {
    const c = folded[i]!;
    // Behind `=` a quote opens a string of SIP and ends none of SQL: `boundary="--1"`.
    const opens = c === QUOTE && i > 0 && folded[i - 1] === EQUALS;
    if ((c === APOSTROPHE || c === QUOTE) && !opens && goesOn(i + 1, n)) found |= QUERY;
    else if (c === BACKTICK || c === 0x3b || c === 0x7c || c === AMPERSAND) found |= commandAt(i + 1, n);
  }
  return found;
}

/** True if SQL goes on behind the quote before `i`. */
function goesOn(i: number, n: number): boolean {
  while (i < n && (folded[i] === SPACE || folded[i] === 0x29)) i++;
  if (i >= n) return false;
  const c = folded[i]!;
  if (c === 0x2d) return folded[i + 1] === 0x2d && i + 1 < n;
  if (c === HASH) return i + 1 === n;
  if (c === 0x7c) return folded[i + 1] === 0x7c && i + 1 < n;
  if (c === 0x3b) return verbAt(i + 1, n);
  if (startsWith(folded, i, n, 'union ') || startsWith(folded, i, n, 'having ') || startsWith(folded, i, n, 'order by ')) return true;
  const word = startsWith(folded, i, n, 'or') ? 2 : startsWith(folded, i, n, 'and') ? 3 : 0;
  const next = folded[i + word]!;
  return word > 0 && i + word < n && !(next >= 0x61 && next <= 0x7a) && compares(i + word, n, next !== APOSTROPHE && next !== QUOTE);
}

function verbAt(i: number, n: number): boolean {
  while (i < n && folded[i] === SPACE) i++;
  return (phraseAt(folded, i, n) & VERB) !== 0 || (i + 1 < n && folded[i] === 0x2d && folded[i + 1] === 0x2d);
}

/** True if a comparison, a call or (with `strings`) another string stands in what follows. `'and'` is a word in quotes. */
function compares(i: number, n: number, strings: boolean): boolean {
  const stop = n - i > NEAR ? i + NEAR : n;
  for (; i < stop; i++) {
    const c = folded[i]!;
    if (
      c === 0x3d ||
      c === 0x3c ||
      c === 0x3e ||
      c === 0x28 ||
      (strings && (c === APOSTROPHE || c === QUOTE)) ||
      startsWith(folded, i, n, ' like ')
    )
      return true;
  }
  return false;
}

/** SHELL if one of the usual commands follows, white space between. */
function commandAt(i: number, n: number): number {
  for (let k = 0; k < 3 && i < n && (folded[i] === SPACE || folded[i] === AMPERSAND || folded[i] === 0x7c); k++) i++;
  let stop = i;
  while (stop < n && folded[stop]! >= 0x61 && folded[stop]! <= 0x7a) stop++;
  const c = folded[stop];
  // A parameter is `;name=` or `;name:`, and a command is followed by what it is to do.
  if (stop === n || (c !== SPACE && c !== BACKTICK && c !== 0x3b && c !== 0x7c && c !== DOLLAR)) return 0;
  return isCommand(i, stop) ? SHELL : 0;
}

const COMMANDS = [
  'cat',
  'wget',
  'curl',
  'sh',
  'bash',
  'nc',
  'rm',
  'id',
  'uname',
  'ping',
  'reboot',
  'chmod',
  'python',
  'perl',
  'busybox',
  'tftp',
];

function isCommand(start: number, end: number): boolean {
  for (const word of COMMANDS) if (word.length === end - start && startsWith(folded, start, end, word)) return true;
  return false;
}

/**
 * True for conversions of printf that no escape of a URI is (RFC 3261 §25.1: `%` and two hexadecimal digits): three of them, or two
 * of which one is `%n`, which writes to memory.
 */
function countFormats(b: Uint8Array, start: number, end: number): boolean {
  let all = 0;
  let writes = 0;
  for (let i = start; i + 1 < end; i++) {
    if (b[i] !== PERCENT) continue;
    const letter = conversion(b, i + 1, end);
    if (letter === 0) continue;
    all++;
    if (letter === 0x6e) writes++;
  }
  return all >= 3 || (all === 2 && writes > 0);
}

/** The letter of the conversion whose `%` stands before `i`: `%s`, `%08x`, `%10$n`, `%lu`; 0 for an escape or anything else. */
function conversion(b: Uint8Array, i: number, end: number): number {
  const from = i;
  let digits = 0;
  while (i < end && (isDigit(b[i]!) || b[i] === 0x2e)) {
    i++;
    digits++;
  }
  const positional = i < end && b[i] === DOLLAR;
  if (positional) i++;
  while (i < end && (b[i] === 0x6c || b[i] === 0x68)) i++;
  if (i >= end) return 0;
  const c = b[i]!;
  const known = c === 0x6e || c === 0x73 || c === 0x78 || c === 0x70 || c === 0x75 || (c === 0x64 && !(i + 1 < end && isHex(b[i + 1]!)));
  if (!known) return 0;
  // `%20s…` is a space and an s: behind digits that may be an escape only a control character in a run of conversions counts.
  const looksEscaped = digits >= 2 && !positional;
  return looksEscaped && (b[from]! >= 0x32 || !(i + 1 === end || b[i + 1] === PERCENT)) ? 0 : c;
}
