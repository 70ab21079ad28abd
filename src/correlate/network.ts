/**
 * Addresses and prefixes as text, read for comparison: Events carry addresses as text (IPv4 dotted, RFC 5952 IPv6), rules
 * write networks as `10.0.0.0/8` or `2001:db8::/32`.
 */
import { ADDRESS } from '../bytes.ts';

/** An address prefix: the 16 address bytes (IPv4 as ::ffff:a.b.c.d) and how many of their bits count. */
export interface Network {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

const scratch = new Uint8Array(ADDRESS);

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
  if (!parseAddress(s, scratch)) return false;
  const whole = network.bits >> 3;
  for (let i = 0; i < whole; i++) if (network.bytes[i] !== scratch[i]) return false;
  const rest = network.bits & 7;
  return rest === 0 || (network.bytes[whole]! ^ scratch[whole]!) >> (8 - rest) === 0;
}

/** True if `s` is an IPv4 or IPv6 address. */
export function isAddress(s: string): boolean {
  return parseAddress(s, scratch);
}

function parseAddress(s: string, out: Uint8Array): boolean {
  if (s.includes(':')) return parseIPv6(s, out);
  out.fill(0, 0, 10);
  out[10] = 0xff;
  out[11] = 0xff;
  return parseIPv4(s, 0, out, 12);
}

function parseIPv4(s: string, from: number, out: Uint8Array, at: number): boolean {
  let part = 0;
  let value = -1;
  for (let i = from; i <= s.length; i++) {
    const c = i < s.length ? s.charCodeAt(i) : 0x2e;
    if (c >= 0x30 && c <= 0x39) {
      // A leading zero is refused: it is octal to some readers.
      if (value === 0) return false;
      value = (value < 0 ? 0 : value * 10) + c - 0x30;
      if (value > 255) return false;
    } else if (c === 0x2e && value >= 0 && part < 4) {
      out[at + part++] = value;
      value = -1;
    } else return false;
  }
  return part === 4;
}

/** RFC 4291 §2.2: groups, one `::`, and an IPv4 tail. */
function parseIPv6(s: string, out: Uint8Array): boolean {
  out.fill(0);
  let at = 0;
  let gap = -1;
  let i = 0;
  if (s.startsWith('::')) {
    gap = 0;
    i = 2;
  }
  while (i < s.length) {
    let end = i;
    while (end < s.length && s[end] !== ':') end++;
    if (end === s.length && s.includes('.')) {
      if (at > 12 || !parseIPv4(s, i, out, at)) return false;
      at += 4;
      break;
    }
    const group = s.slice(i, end);
    if (!/^[0-9a-fA-F]{1,4}$/.test(group) || at > 14) return false;
    const value = Number.parseInt(group, 16);
    out[at++] = value >> 8;
    out[at++] = value & 255;
    i = end + 1;
    if (i === s.length) return false;
    if (s[i] === ':') {
      if (gap >= 0) return false;
      gap = at;
      i++;
    }
  }
  if (gap < 0) return at === ADDRESS;
  if (at === ADDRESS) return false;
  out.copyWithin(ADDRESS - (at - gap), gap, at);
  out.fill(0, gap, ADDRESS - (at - gap));
  return true;
}
