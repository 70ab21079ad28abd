/**
 * What SIPVicious writes into its From tags (requirements M-10, M-11): the hexadecimal form of `data`, a byte 1 and a random
 * decimal number. svcrack's data is `user:password`, each guess in clear; svwar's is the extension it asks for; svmap's the
 * address and port it scans. A tag of that form gives the tool away whatever User-Agent it claims.
 */
import { text, word16 } from '../bytes.ts';
import type { Span } from '../types.ts';
import { isHex } from './grammar.ts';

/** What a tag of that form says. Strings by `text` of bytes.ts. */
export type TagData =
  | { readonly kind: 'guess'; readonly user: string; readonly password: string }
  | { readonly kind: 'extension'; readonly user: string }
  | { readonly kind: 'target'; readonly address: string; readonly port: number };

const ONE = 0x31;
const THREE = 0x33;
const ZERO = 0x30;

/** What the tag `bytes[span]` says, undefined if it is of another form. Nothing is allocated for another form. */
export function readTag(bytes: Uint8Array, span: Span): TagData | undefined {
  const mark = markOf(bytes, span.start, span.end);
  if (mark < 0) return;
  const data = unhex(bytes, span.start, mark);
  const colon = data.indexOf(0x3a);
  if (colon >= 0) return { kind: 'guess', user: text(data, 0, colon), password: text(data, colon + 1, data.length) };
  if (data.length === 12 && data.every(isHex)) return target(unhex(data, 0, 12));
  return { kind: 'extension', user: text(data, 0, data.length) };
}

/** The password in the tag `bytes[span]`, empty if there is none. Secret: it is masked in every output. */
export function readGuess(bytes: Uint8Array, span: Span): string {
  const tag = readTag(bytes, span);
  return tag?.kind === 'guess' ? tag.password : '';
}

/** Where the `01` of that form stands, or -1. Read from the end, where almost every other tag differs at once. */
function markOf(b: Uint8Array, start: number, end: number): number {
  if (start < 0 || end - start < 6 || ((end - start) & 1) !== 0) return -1;
  let i = end - 2;
  while (i > start && b[i] === THREE && b[i + 1]! >= ZERO && b[i + 1]! <= 0x39) i -= 2;
  if (i <= start || i === end - 2 || b[i] !== ZERO || b[i + 1] !== ONE) return -1;
  for (let k = start; k < i; k++) if (!isHex(b[k]!)) return -1;
  return i;
}

function unhex(b: Uint8Array, start: number, end: number): Uint8Array {
  const out = new Uint8Array((end - start) >> 1);
  for (let k = 0; k < out.length; k++) out[k] = (digit(b[start + 2 * k]!) << 4) | digit(b[start + 2 * k + 1]!);
  return out;
}

function digit(c: number): number {
  return c <= 0x39 ? c - ZERO : (c | 0x20) - 0x57;
}

/** IPv4 address and port, six bytes. */
function target(b: Uint8Array): TagData {
  return { kind: 'target', address: `${b[0]}.${b[1]}.${b[2]}.${b[3]}`, port: word16(b, 4) };
}
