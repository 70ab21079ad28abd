/** Method names to codes (RFC 3261 §7.1: case-sensitive). */
import { sameBytes, sameName } from './grammar.ts';
import { METHODS } from './message.ts';

const BYTES: readonly Uint8Array[] = METHODS.map((name) => Uint8Array.from(Buffer.from(name, 'latin1')));
const SMALL: readonly Uint8Array[] = METHODS.map((name) => Uint8Array.from(Buffer.from(name.toLowerCase(), 'latin1')));
/** First code for each first letter, and the next code with the same letter. */
const FIRST = new Uint8Array(256);
const FOLLOWING = new Uint8Array(METHODS.length);
for (let code = METHODS.length - 1; code > 0; code--) {
  const c = BYTES[code]![0]!;
  FOLLOWING[code] = FIRST[c]!;
  FIRST[c] = code;
}

/** Code of the method `bytes[start, end)`, 0 for every other token. */
export function methodCode(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return 0;
  let code = FIRST[bytes[start]!]!;
  while (code !== 0 && !sameBytes(bytes, start, end, BYTES[code]!)) code = FOLLOWING[code]!;
  return code;
}

/** Code of the method that `bytes[start, end)` would be in capitals, 0 if none. */
export function methodAnyCase(bytes: Uint8Array, start: number, end: number): number {
  for (let code = 1; code < METHODS.length; code++) if (sameName(bytes, start, end, SMALL[code]!)) return code;
  return 0;
}

/** Index at which the name of a registered method begins that ends at `end` behind other letters; -1 if there is none. */
export function methodSuffix(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start + 1; i + 3 <= end; i++) if (methodCode(bytes, i, end) !== 0) return i;
  return -1;
}
