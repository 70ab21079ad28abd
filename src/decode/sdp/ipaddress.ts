/** IP addresses written as text, read into the 16 bytes of an endpoint (IPv4 as ::ffff:a.b.c.d; RFC 4291 §2.2). */
import { isDigit, isHex, readNumber } from '../grammar.ts';
import { ipv6Problem, isIPv4 } from '../uri.ts';

/** Reads the dotted IPv4 address `b[start, end)` into `out` at `at`. False: it is none. */
export function readIPv4(b: Uint8Array, start: number, end: number, out: Uint8Array, at: number): boolean {
  if (!isIPv4(b, start, end)) return false;
  out.fill(0, at, at + 10);
  out[at + 10] = 0xff;
  out[at + 11] = 0xff;
  writeIPv4(b, start, end, out, at + 12);
  return true;
}

function writeIPv4(b: Uint8Array, start: number, end: number, out: Uint8Array, at: number): void {
  let from = start;
  let n = at;
  for (let i = start; i <= end; i++) {
    if (i < end && b[i] !== 0x2e) continue;
    out[n++] = readNumber(b, from, i);
    from = i + 1;
  }
}

/** Reads the IPv6 address `b[start, end)`, without brackets, into `out` at `at`. False: it is none. */
export function readIPv6(b: Uint8Array, start: number, end: number, out: Uint8Array, at: number): boolean {
  if (end - start < 2 || ipv6Problem(b, start, end) !== 0) return false;
  out.fill(0, at, at + 16);
  const stop = at + 16;
  let n = at;
  let gap = -1;
  for (let i = start; i < end && b[i] !== 0x25; ) {
    if (b[i] === 0x3a) {
      if (b[i + 1] === 0x3a && i + 1 < end) gap = n;
      i++;
      continue;
    }
    let j = i;
    let value = 0;
    while (j < end && isHex(b[j]!)) value = value * 16 + hexValue(b[j++]!);
    if (j < end && b[j] === 0x2e) {
      if (n + 4 > stop) return false;
      let tail = j;
      while (tail < end && (isDigit(b[tail]!) || b[tail] === 0x2e)) tail++;
      writeIPv4(b, i, tail, out, n);
      n += 4;
      break;
    }
    if (n + 2 > stop) return false;
    out[n++] = value >> 8;
    out[n++] = value & 255;
    i = j;
  }
  // What follows `::` belongs to the end.
  if (gap >= 0 && n < stop) {
    out.copyWithin(stop - (n - gap), gap, n);
    out.fill(0, gap, stop - (n - gap));
  }
  return true;
}

function hexValue(c: number): number {
  return c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57;
}
