/**
 * Lines of a message (RFC 3261 §7): where they end, where the next begins, folding (§7.3.1), and the bytes that may not
 * stand in them. CR LF ends a line; LF alone does too, and is odd; CR alone does not.
 */
import { utf8Length } from '../bytes.ts';
import { checkLookup } from './injection.ts';
import type { SipMessage } from './message.ts';
import { addOddity, hasOddity, oddityCode } from './oddities.ts';

const CR = 0x0d;
const LF = 0x0a;

const FOLDED = oddityCode('header-folded');
const BARE_LF = oddityCode('bare-line-feed');
const BARE_CR = oddityCode('bare-carriage-return');
const NUL = oddityCode('nul-byte');
const CONTROL = oddityCode('control-byte');
const BAD_UTF8 = oddityCode('bad-utf8');
const BIDI = oddityCode('bidi-control');
const INVISIBLE = oddityCode('invisible-character');

/** The bytes being read, four at a time: about twice as fast as one at a time. Renewed when the buffer is another. */
let words: DataView = new DataView(new ArrayBuffer(4));
let viewed: Uint8Array = new Uint8Array(0);

/** To be called before `lineEnd` and `wordAt` when the buffer may have changed. */
export function attach(bytes: Uint8Array): void {
  if (bytes === viewed) return;
  viewed = bytes;
  words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Four bytes of the attached buffer, little-endian; `i + 4` must lie inside it. */
export function wordAt(i: number): number {
  return words.getInt32(i, true);
}

/** Index of the line end (its CR or LF) of the line that goes on at `i`, or `end`. */
export function lineEnd(m: SipMessage, b: Uint8Array, i: number, end: number): number {
  for (;;) {
    let c = 0;
    const view = words;
    for (const stop = end - 8; i <= stop; i = (i + 8) | 0) {
      const w = view.getInt32(i, true);
      const x = view.getInt32(i + 4, true);
      // The top bit of a byte: below 0x20, or from 0x7b (`{`) on. A borrow or carry comes only from a byte that is hit itself.
      if ((((w - 0x20202020) | (w + 0x05050505) | w | (x - 0x20202020) | (x + 0x05050505) | x) & 0x80808080) !== 0) break;
    }
    for (; i < end; i++) {
      c = b[i]!;
      if (c < 0x20 || c > 0x7a) break;
    }
    if (i >= end || c === LF) return i;
    if (c === CR && (i + 1 === end || b[i + 1] === LF)) return i;
    i = passByte(m, b, i, end, c);
  }
}

/** Index of the line after the line end at `i`, which `lineEnd` found. */
export function lineStart(m: SipMessage, b: Uint8Array, i: number): number {
  if (b[i] === CR) return i + 2;
  if (!hasOddity(m, BARE_LF)) addOddity(m, BARE_LF, i, i + 1);
  return i + 1;
}

/** Like `lineEnd`, but lines that begin with white space belong to the value (RFC 3261 §7.3.1). */
export function valueEnd(m: SipMessage, b: Uint8Array, i: number, end: number): number {
  i = lineEnd(m, b, i, end);
  while (i < end) {
    const next = b[i] === CR ? i + 2 : i + 1;
    if (next >= end || (b[next] !== 0x20 && b[next] !== 0x09)) return i;
    if (b[i] === LF) lineStart(m, b, i);
    addOddity(m, FOLDED, i, next + 1);
    i = lineEnd(m, b, next, end);
  }
  return i;
}

/** Looks at a byte that is no printable ASCII, or one of `{|}~`; returns the index behind it. */
function passByte(m: SipMessage, b: Uint8Array, i: number, end: number, c: number): number {
  if (c === 0x09) return i + 1;
  if (c >= 0x80) return passUtf8(m, b, i, end);
  if (c >= 0x7b && c !== 0x7f) {
    if (c === 0x7b) checkLookup(m, b, i, end);
    return i + 1;
  }
  // Behind a backslash control characters are legal (RFC 3261 §25.1, quoted-pair; RFC 4475 §3.1.1.2).
  if (b[i - 1] === 0x5c && c !== CR) return i + 1;
  let stop = i + 1;
  while (stop < end && b[stop] === c) stop++;
  // A run of the same byte is one oddity, and the last CR of a run may belong to a line end.
  if (c === CR && b[stop] === LF && stop < end) stop--;
  addOddity(m, c === 0 ? NUL : c === CR ? BARE_CR : CONTROL, i, stop);
  return stop;
}

/** Passes one UTF-8 sequence (RFC 3629), or a run of bytes that are none. */
function passUtf8(m: SipMessage, b: Uint8Array, i: number, end: number): number {
  const n = utf8Length(b, i, end);
  if (n === 3) checkMark(m, b, i);
  if (n > 0) return i + n;
  let stop = i + 1;
  while (stop < end && b[stop]! >= 0x80 && utf8Length(b, stop, end) === 0) stop++;
  addOddity(m, BAD_UTF8, i, stop);
  return stop;
}

/** U+202A to U+202E and U+2066 to U+2069 turn text around; U+200B, U+2060 and U+FEFF are not seen. Marks that scripts need are neither. */
function checkMark(m: SipMessage, b: Uint8Array, i: number): void {
  const c = b[i];
  const d = b[i + 1];
  const e = b[i + 2]!;
  if (c === 0xe2 && ((d === 0x80 && e >= 0xaa && e <= 0xae) || (d === 0x81 && e >= 0xa6 && e <= 0xa9))) addOddity(m, BIDI, i, i + 3);
  else if ((c === 0xe2 && ((d === 0x80 && e === 0x8b) || (d === 0x81 && e === 0xa0))) || (c === 0xef && d === 0xbb && e === 0xbf)) {
    addOddity(m, INVISIBLE, i, i + 3);
  }
}
