/**
 * Bytes to strings and strings to keys, by one rule each (docs/decisions/0005-bytes-to-strings.md).
 */

const HEX = '0123456789abcdef';
const strict = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of `bytes[start, end)`: valid UTF-8 as it is, every byte that is not part of valid UTF-8 as `\xNN`, and a
 * backslash that would read as such an escape as `\x5c`. Reversible with `untext`.
 */
export function text(bytes: Uint8Array, start: number, end: number): string {
  if (start < 0 || start >= end) return '';
  let plain = true;
  for (let i = start; i < end; i++) {
    const b = bytes[i]!;
    if (b >= 0x80 || b === 0x5c) {
      plain = false;
      break;
    }
  }
  if (plain) return latin1(bytes, start, end);
  return slowText(bytes.subarray(start, end));
}

/** Most bytes of one text that are kept: whoever sends us 60 kB of Call-ID must not make us remember it. */
export const LONGEST_TEXT = 256;

/** `text` of at most `LONGEST_TEXT` bytes; of a longer range the beginning, and how many bytes were left out. For what is kept. */
export function keptText(bytes: Uint8Array, start: number, end: number): string {
  const over = end - start - LONGEST_TEXT;
  return over <= 0 ? text(bytes, start, end) : `${text(bytes, start, end - over)}…(${over} more bytes)`;
}

/** `bytes[start, end)` as Latin-1; only for bytes known to be ASCII. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= 24) {
    let s = '';
    for (let i = start; i < end; i++) s += String.fromCharCode(bytes[i]!);
    return s;
  }
  return Buffer.prototype.latin1Slice.call(bytes, start, end);
}

function slowText(bytes: Uint8Array): string {
  let s = '';
  for (let i = 0; i < bytes.length; ) {
    const b = bytes[i]!;
    if (b === 0x5c) {
      s += bytes[i + 1] === 0x78 ? '\\x5c' : '\\';
      i++;
      continue;
    }
    const n = utf8Length(bytes, i, bytes.length);
    if (n === 0) {
      s += `\\x${HEX[b >> 4]}${HEX[b & 15]}`;
      i++;
    } else {
      s += n === 1 ? String.fromCharCode(b) : strict.decode(bytes.subarray(i, i + n));
      i += n;
    }
  }
  return s;
}

/** Length of the valid UTF-8 sequence (RFC 3629) that begins at `i` and ends before `end`, 0 if there is none. */
export function utf8Length(bytes: Uint8Array, i: number, end: number): number {
  const b = bytes[i]!;
  if (b < 0x80) return 1;
  const n = b >= 0xc2 && b <= 0xdf ? 2 : b >= 0xe0 && b <= 0xef ? 3 : b >= 0xf0 && b <= 0xf4 ? 4 : 0;
  if (n === 0 || i + n > end) return 0;
  const c = bytes[i + 1]!;
  // The second byte excludes overlong forms, surrogates and code points above U+10FFFF.
  const low = b === 0xe0 ? 0xa0 : b === 0xf0 ? 0x90 : 0x80;
  const high = b === 0xed ? 0x9f : b === 0xf4 ? 0x8f : 0xbf;
  if (c < low || c > high) return 0;
  for (let k = 2; k < n; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return 0;
  return n;
}

/** The bytes that `text` made `s` from. */
export function untext(s: string): Uint8Array {
  const out: number[] = [];
  for (let i = 0; i < s.length; ) {
    const hex = s[i] === '\\' && s[i + 1] === 'x' ? s.slice(i + 2, i + 4) : '';
    if (/^[0-9a-f]{2}$/.test(hex)) {
      out.push(Number.parseInt(hex, 16));
      i += 4;
    } else {
      const point = String.fromCodePoint(s.codePointAt(i)!);
      out.push(...Buffer.from(point, 'utf8'));
      i += point.length;
    }
  }
  return Uint8Array.from(out);
}

/** The 16 bits at `i`, big-endian, as protocols write them. */
export function word16(bytes: Uint8Array, i: number): number {
  return (bytes[i]! << 8) | bytes[i + 1]!;
}

/** The 32 bits at `i`, big-endian and unsigned. */
export function word32(bytes: Uint8Array, i: number): number {
  return ((bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!) >>> 0;
}

/** Length of an endpoint key: 16 address bytes and the port. */
export const ENDPOINT = 18;
/** Length of the address part of an endpoint key. */
export const ADDRESS = 16;

/** The endpoint of nobody, never written to: its address is empty in Events. */
export const NO_ENDPOINT: Uint8Array = new Uint8Array(ENDPOINT);

/** True if the address of an endpoint is the one at `at` of `bytes`, mostly another endpoint. */
export function sameAddress(endpoint: Uint8Array, bytes: Uint8Array, at = 0): boolean {
  for (let i = 0; i < ADDRESS; i++) if (endpoint[i] !== bytes[at + i]) return false;
  return true;
}

/** True if the endpoint holds an IPv4 address (::ffff:0:0/96). */
export function isIPv4(endpoint: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (endpoint[i] !== 0) return false;
  return endpoint[10] === 0xff && endpoint[11] === 0xff;
}

/** Address of an endpoint as text: dotted IPv4 or RFC 5952 IPv6. */
export function addressText(endpoint: Uint8Array): string {
  if (isIPv4(endpoint)) return `${endpoint[12]}.${endpoint[13]}.${endpoint[14]}.${endpoint[15]}`;
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(word16(endpoint, i));
  // RFC 5952 §4.2: the longest run of two or more zero groups, the first of equals.
  let best = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > length) {
      best = i;
      length = n;
    }
  }
  const hex = groups.map((g) => g.toString(16));
  if (best < 0) return hex.join(':');
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + length).join(':')}`;
}

/** Port of an endpoint. */
export function portOf(endpoint: Uint8Array): number {
  return word16(endpoint, ADDRESS);
}

/** Keeps `bytes[start, end)` at `at` of a row: a length byte, then at most `most` (≤ 255) bytes; more are cut. */
export function keepShort(row: Uint8Array, at: number, most: number, bytes: Uint8Array, start: number, end: number): void {
  const n = start < 0 ? 0 : Math.min(end - start, most);
  row[at] = n;
  for (let i = 0; i < n; i++) row[at + 1 + i] = bytes[start + i]!;
}

/** The text that `keepShort` kept at `at`. */
export function shortText(row: Uint8Array, at: number): string {
  return text(row, at + 1, at + 1 + row[at]!);
}

/** The 32-bit word at `at`, signed, as `putRowWord` keeps it: small numbers and hashes that lie in a row of a table. */
export function rowWord(rows: Uint8Array, at: number): number {
  return rows[at]! | (rows[at + 1]! << 8) | (rows[at + 2]! << 16) | (rows[at + 3]! << 24);
}

/** Keeps 32 bits of a number at `at`. */
export function putRowWord(rows: Uint8Array, at: number, n: number): void {
  rows[at] = n;
  rows[at + 1] = n >> 8;
  rows[at + 2] = n >> 16;
  rows[at + 3] = n >> 24;
}

/** True if one of `count` words, each `stride` bytes behind the one before it, is `wanted`. */
export function hasRowWord(rows: Uint8Array, from: number, stride: number, count: number, wanted: number): boolean {
  for (let i = 0, at = from; i < count; i++, at += stride) if (rowWord(rows, at) === wanted) return true;
  return false;
}
