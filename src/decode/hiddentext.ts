/**
 * Text hidden in a field that carries random characters: Base64 or hexadecimal digits that decode to readable text. Random
 * bytes decode to twelve letters, digits and spaces in a row once in some ten million times; the first four characters
 * already tell almost all of them apart, so that a look costs next to nothing.
 */

/** Result of `hiddenText`: none. */
export const NO_TEXT = 0;
/** Result of `hiddenText`: Base64 (RFC 4648 §4, §5). */
export const BASE64_TEXT = 1;
/** Result of `hiddenText`: hexadecimal digits. */
export const HEX_TEXT = 2;

/** Fewest bytes of text; shorter ones come by chance. */
const SHORTEST = 12;
/** Fewest letters of one case in a row: a word. */
const WORD = 4;
/** Fewest letters behind f: CounterPath's phones write the hexadecimal digits of a digest in Base64. */
const BEYOND_HEX = 3;
/** Most characters looked at. */
const MOST = 512;

/** Value of a Base64 digit, 255: none. */
const SIXTY_FOUR = new Uint8Array(256).fill(255);
for (const [value, c] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  SIXTY_FOUR[c.charCodeAt(0)] = value;
SIXTY_FOUR[0x2d] = 62;
SIXTY_FOUR[0x5f] = 63;
/** Value of a hexadecimal digit, 255: none. */
const SIXTEEN = new Uint8Array(256).fill(255);
for (const [value, c] of [...'0123456789abcdef'].entries()) SIXTEEN[c.charCodeAt(0)] = value;
for (const [value, c] of [...'ABCDEF'].entries()) SIXTEEN[c.charCodeAt(0)] = value + 10;

/** What readable text is made of: 1 letters, digits, space; 2 other printable characters and line ends; 0 anything else. */
const READABLE = new Uint8Array(256);
for (let c = 0x20; c < 0x7f; c++) READABLE[c] = /[A-Za-z0-9 ]/.test(String.fromCharCode(c)) ? 1 : 2;
for (const c of [0x09, 0x0a, 0x0d]) READABLE[c] = 2;

const decoded = new Uint8Array(MOST);
let length = 0;

/** How text is hidden in the word that `b[start, end)` begins with; a word ends where its digits do. */
export function hiddenText(b: Uint8Array, start: number, end: number): number {
  if (end - start < (SHORTEST * 4) / 3) return NO_TEXT;
  if (isBase64(b, start, end)) return BASE64_TEXT;
  return isHex(b, start, end) ? HEX_TEXT : NO_TEXT;
}

/** The text that the last `hiddenText` found. */
export function foundText(): string {
  return Buffer.from(decoded.subarray(0, length)).toString('latin1');
}

function isBase64(b: Uint8Array, start: number, end: number): boolean {
  length = 0;
  const stop = end - start > MOST ? start + MOST : end;
  let bits = 0;
  let n = 0;
  let i = start;
  for (; i < stop; i++) {
    const value = SIXTY_FOUR[b[i]!]!;
    if (value === 255) break;
    bits = (bits << 6) | value;
    n += 6;
    if (n < 8) continue;
    n -= 8;
    const c = (bits >> n) & 255;
    if (READABLE[c] === 0) return false;
    decoded[length++] = c;
  }
  // One digit over is no Base64; the bits that are left over are zero.
  return (i - start) % 4 !== 1 && (bits & ((1 << n) - 1)) === 0 && isText();
}

function isHex(b: Uint8Array, start: number, end: number): boolean {
  length = 0;
  const stop = end - start > MOST ? start + MOST : end;
  for (let i = start; i + 1 < stop; i += 2) {
    const high = SIXTEEN[b[i]!]!;
    const low = SIXTEEN[b[i + 1]!]!;
    if (high === 255 || low === 255) break;
    const c = high * 16 + low;
    if (READABLE[c] === 0) return false;
    decoded[length++] = c;
  }
  return isText();
}

/** Long enough, hardly anything but letters, digits and spaces, and a word among them. */
function isText(): boolean {
  if (length < SHORTEST) return false;
  let plain = 0;
  let run = 0;
  let longest = 0;
  let before = 0;
  let beyond = 0;
  for (let i = 0; i < length; i++) {
    const c = decoded[i]!;
    if (READABLE[c] === 1) plain++;
    const kind = c >= 0x61 && c <= 0x7a ? 1 : c >= 0x41 && c <= 0x5a ? 2 : 0;
    run = kind > 0 && kind === before ? run + 1 : kind > 0 ? 1 : 0;
    before = kind;
    if (run > longest) longest = run;
    if (kind > 0 && (c | 0x20) > 0x66) beyond++;
  }
  return longest >= WORD && beyond >= BEYOND_HEX && plain * 5 >= length * 4;
}
