/**
 * Text an attacker chose, made harmless where it is shown. The string inside the engine stays the truth (decision 0005);
 * what is shown has no escape sequence, no bidi mark, no line break and nothing invisible, and a known greatest length.
 */
import { maskPasswords } from '../passwords.ts';

/** Most characters of one text that a terminal shows. */
export const TERMINAL_TEXT = 120;

/** Most characters of one text that JSON carries; a SIP datagram may hold one of 65 kB. */
export const JSON_TEXT = 2048;

/**
 * What has no place in a line: controls (C0, DEL, C1), format and bidi marks, separators, surrogates, private and unassigned
 * code points, everything that is invisible by default, spaces but U+0020, and combining marks past the second in a row.
 */
const HARMFUL = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]|(?! )\p{Zs}|(?<=\p{M}\p{M})\p{M}/gu;

/** The same for JSON, which may keep what only looks strange; all of it lies in strings. */
const HARMFUL_IN_JSON = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** True for text that needs no change: printable ASCII and no line breaks. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Text for a terminal or a page: what could harm is shown as `\xNN` (below U+0100) or `\u{N…}`, and what is longer than
 * `most` characters is cut, with the count of what is missing.
 */
export function neutral(text: string, most: number = TERMINAL_TEXT): string {
  const short = cut(text, most);
  return PLAIN.test(short) ? short : short.replace(HARMFUL, escaped);
}

/**
 * At most `most` characters of a text; the count of those left out stands at its end. A surrogate pair is never cut. Passwords
 * in URIs are masked before: this is the way of every text to an output.
 */
export function cut(whole: string, most: number = JSON_TEXT): string {
  const text = maskPasswords(whole);
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  const end = last >= 0xd800 && last < 0xdc00 ? most - 1 : most;
  return `${text.slice(0, end)}… (${text.length - end} more)`;
}

/**
 * JSON of a value in one line of visible characters: controls, bidi marks, U+2028, U+2029 and invisible characters are written
 * as `\uNNNN`, so that it reads back as the same value and is harmless in a terminal or a script element.
 */
export function neutralJson(value: unknown): string {
  const json = JSON.stringify(value);
  return PLAIN.test(json) ? json : json.replace(HARMFUL_IN_JSON, jsonEscaped);
}

/** What a spreadsheet would take for a formula, after blanks too. */
const FORMULA = /^\s*[=+\-@\t\r|%]/;
/** A number is none, whatever its sign. */
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * One field of a CSV file (RFC 4180): neutral, quoted where that is needed, and behind an apostrophe if a spreadsheet would
 * take it for a formula.
 */
export function neutralCsv(text: string, most: number = JSON_TEXT): string {
  const plain = neutral(text, most);
  const safe = FORMULA.test(plain) && !NUMBER.test(plain) ? `'${plain}` : plain;
  return /[",;\t]|^ | $/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Columns a neutral text takes on a terminal: 0 for combining marks, 2 for wide East Asian characters and emoji, else 1.
 */
export function columns(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let n = 0;
  for (const character of text) n += /\p{M}/u.test(character) ? 0 : isWide(character.codePointAt(0)!) ? 2 : 1;
  return n;
}

/** Unicode East Asian Width W and F, by blocks. */
function isWide(point: number): boolean {
  return (
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point <= 0xa4cf && point !== 0x303f) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe6f) ||
    (point >= 0xff01 && point <= 0xff60) ||
    (point >= 0xffe0 && point <= 0xffe6) ||
    (point >= 0x1f300 && point <= 0x1faff) ||
    (point >= 0x20000 && point <= 0x3fffd)
  );
}

function escaped(character: string): string {
  const point = character.codePointAt(0)!;
  const hex = point.toString(16);
  return point < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}

function jsonEscaped(character: string): string {
  let s = '';
  for (let i = 0; i < character.length; i++) s += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return s;
}
