/**
 * Addresses and prefixes in writing: Events carry addresses as text (IPv4 dotted, RFC 5952 IPv6), rules and the config
 * write networks as `10.0.0.0/8` or `2001:db8::/32`, SIP headers hold addresses as bytes.
 */
import { ADDRESS } from './bytes.ts';

/** An address prefix: the 16 address bytes (IPv4 as ::ffff:a.b.c.d) and how many of their bits count. */
export interface Network {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

const DOT = 0x2e;
const COLON = 0x3a;
/** Longest address in writing: six groups and an IPv4 tail. */
const LONGEST = 45;

const scratch = new Uint8Array(ADDRESS);
const letters = new Uint8Array(LONGEST);

/** Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; undefined if it is neither or has bits set beyond the prefix. */
export function parseNetwork(s: string): Network | undefined {
  const slash = s.indexOf('/');
  const bytes = new Uint8Array(ADDRESS);
  if (!parseAddress(slash < 0 ? s : s.slice(0, slash), bytes)) return undefined;
  const offset = s.includes(':') ? 0 : 96;
  const written = slash < 0 ? '' : s.slice(slash + 1);
  const bits = slash < 0 ? 128 : /^\d{1,3}$/.test(written) ? Number(written) + offset : 129;
  if (bits > 128) return undefined;
  for (let i = bits; i < 128; i++) if ((bytes[i >> 3]! >> (7 - (i & 7))) & 1) return undefined;
  return { bytes, bits };
}

/** True if the address written in `s` lies in the network; false if `s` is no address. */
export function contains(network: Network, s: string): boolean {
  return parseAddress(s, scratch) && holds(network, scratch);
}

/** True if the 16 address bytes (or the endpoint that begins with them) lie in the network. */
export function holds(network: Network, address: Uint8Array): boolean {
  const whole = network.bits >> 3;
  for (let i = 0; i < whole; i++) if (network.bytes[i] !== address[i]) return false;
  const rest = network.bits & 7;
  return rest === 0 || (network.bytes[whole]! ^ address[whole]!) >> (8 - rest) === 0;
}

/** True if `s` is an IPv4 or IPv6 address. */
export function isAddress(s: string): boolean {
  return parseAddress(s, scratch);
}

function parseAddress(s: string, out: Uint8Array): boolean {
  if (s.length > LONGEST) return false;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    // Beyond ASCII nothing is an address, whatever its low byte.
    letters[i] = c < 0x80 ? c : 0;
  }
  return readAddress(letters, 0, s.length, out);
}

/** Reads the address written in `b[start, end)`, without brackets, into the first 16 bytes of `out`; false, and `out` is undefined, if it is none. */
export function readAddress(b: Uint8Array, start: number, end: number, out: Uint8Array): boolean {
  for (let i = start; i < end; i++) if (b[i] === COLON) return readIPv6(b, start, end, out);
  return readIPv4(b, start, end, out);
}

/** Reads a dotted IPv4 address into the first 16 bytes of `out`, as ::ffff:a.b.c.d; false, and `out` is undefined, if it is none. */
export function readIPv4(b: Uint8Array, start: number, end: number, out: Uint8Array): boolean {
  out.fill(0, 0, 10);
  out[10] = 0xff;
  out[11] = 0xff;
  return readDotted(b, start, end, out, 12);
}

function readDotted(b: Uint8Array, start: number, end: number, out: Uint8Array, at: number): boolean {
  let part = 0;
  let value = -1;
  for (let i = start; i <= end; i++) {
    const c = i < end ? b[i]! : DOT;
    if (c >= 0x30 && c <= 0x39) {
      // A leading zero is refused: it is octal to some readers, and no dec-octet (RFC 3986 §3.2.2).
      if (value === 0) return false;
      value = (value < 0 ? 0 : value * 10) + c - 0x30;
      if (value > 255) return false;
    } else if (c === DOT && value >= 0 && part < 4) {
      out[at + part++] = value;
      value = -1;
    } else return false;
  }
  return part === 4;
}

/**
 * Reads an IPv6 address (RFC 4291 §2.2: groups, one `::`, an IPv4 tail; no brackets, no zone) into the first 16 bytes of `out`; false,
 * and `out` is undefined, if it is none.
 */
export function readIPv6(b: Uint8Array, start: number, end: number, out: Uint8Array): boolean {
  out.fill(0, 0, ADDRESS);
  let at = 0;
  let gap = -1;
  let i = start;
  if (b[i] === COLON && i + 1 < end && b[i + 1] === COLON) {
    gap = 0;
    i += 2;
  }
  while (i < end) {
    const stop = groupEnd(b, i, end);
    if (b[stop] === DOT && stop < end) {
      if (at > 12 || !readDotted(b, i, end, out, at)) return false;
      at += 4;
      break;
    }
    const value = readGroup(b, i, stop);
    if (value < 0 || at > 14) return false;
    out[at++] = value >> 8;
    out[at++] = value & 255;
    i = stop + 1;
    if (i === end) return false;
    if (i < end && b[i] === COLON) {
      if (gap >= 0) return false;
      gap = at;
      i++;
    }
  }
  return spread(out, at, gap);
}

/** Index of the colon or dot behind the group at `i`, or `end`. */
function groupEnd(b: Uint8Array, i: number, end: number): number {
  while (i < end && b[i] !== COLON && b[i] !== DOT) i++;
  return i;
}

/** Value of one to four hexadecimal digits, -1 if that is not what stands there. */
function readGroup(b: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > 4) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const c = b[i]!;
    const letter = c | 0x20;
    if (c >= 0x30 && c <= 0x39) value = (value << 4) | (c - 0x30);
    else if (letter >= 0x61 && letter <= 0x66) value = (value << 4) | (letter - 0x57);
    else return -1;
  }
  return value;
}

/** Moves what stands behind the `::` at `gap` to the end; false if the groups are too many or too few. */
function spread(out: Uint8Array, at: number, gap: number): boolean {
  if (gap < 0) return at === ADDRESS;
  if (at === ADDRESS) return false;
  out.copyWithin(ADDRESS - (at - gap), gap, at);
  out.fill(0, gap, ADDRESS - (at - gap));
  return true;
}
