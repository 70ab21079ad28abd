/**
 * JSON written as bytes, for outputs of a line per message: what is plain is copied byte by byte, everything else takes the
 * way of `neutralJson` (decision 0005), so that the two cannot be told apart.
 */
import { addressText, ENDPOINT, text } from '../../bytes.ts';
import { MASK } from '../../passwords.ts';
import { cut, JSON_TEXT, neutralJson } from '../neutral.ts';

/** 1: the byte stands in a JSON string as it is. */
const PLAIN = new Uint8Array(256);
for (let b = 0x20; b < 0x7f; b++) PLAIN[b] = b === 0x22 || b === 0x5c ? 0 : 1;

/** The same without `@`: a text with one may hold a URI, and that a password. */
const SURE = PLAIN.slice();
SURE[0x40] = 0;

/** The three digits of the numbers below 1000. */
const DIGITS = new Uint8Array(3000);
for (let n = 0; n < 1000; n++) DIGITS.set(Buffer.from(String(n).padStart(3, '0')), 3 * n);

const QUOTE = 0x22;
/** Room that every call of `room` promises at least. */
const SLACK = 1 << 13;

/** The bytes of text that needs no escape, for `JsonBytes.put`. */
export function literal(plain: string): Uint8Array {
  return Uint8Array.from(Buffer.from(plain, 'latin1'));
}

/** Grows by what is written; whoever owns it takes the bytes and sets `length` to 0. */
export class JsonBytes {
  bytes: Buffer;
  length = 0;

  /** @param size bytes to begin with. */
  constructor(size = 1 << 16) {
    this.bytes = Buffer.allocUnsafeSlow(Math.max(size, SLACK));
  }

  /** Makes room for `n` bytes and some more. */
  #room(n: number): void {
    if (this.length + n + SLACK <= this.bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + n + SLACK));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }

  /** Appends bytes as they are. */
  put(plain: Uint8Array): void {
    this.#room(plain.length);
    const out = this.bytes;
    let n = this.length;
    for (let i = 0; i < plain.length; i++) out[n++] = plain[i]!;
    this.length = n;
  }

  /** Appends a whole number. */
  number(value: number): void {
    if (value >= 0 && value < 1000) this.#small(value);
    else {
      this.#room(24);
      if (value < 0 || value > 0x7fffffff) this.length += this.bytes.write(String(value), this.length, 'latin1');
      else this.padded(value, value < 10_000 ? 4 : value < 100_000 ? 5 : digitsOf(value));
    }
  }

  /** Most numbers of a line: octets, counts, lengths. */
  #small(value: number): void {
    this.#room(3);
    const out = this.bytes;
    let n = this.length;
    const at = value * 3;
    if (value >= 100) out[n++] = DIGITS[at]!;
    if (value >= 10) out[n++] = DIGITS[at + 1]!;
    out[n++] = DIGITS[at + 2]!;
    this.length = n;
  }

  /** Appends a whole number below 2^31 in that many digits. */
  padded(value: number, digits: number): void {
    const out = this.bytes;
    let v = value;
    let i = this.length + digits;
    this.length = i;
    let left = digits;
    for (; left >= 3; left -= 3) {
      const rest = (v / 1000) | 0;
      const at = (v - rest * 1000) * 3;
      out[--i] = DIGITS[at + 2]!;
      out[--i] = DIGITS[at + 1]!;
      out[--i] = DIGITS[at]!;
      v = rest;
    }
    if (left === 2) {
      out[--i] = DIGITS[v * 3 + 2]!;
      out[--i] = DIGITS[v * 3 + 1]!;
    } else if (left === 1) out[--i] = DIGITS[v * 3 + 2]!;
  }

  /** Appends the JSON string of the text of `bytes[start, end)`, at most `JSON_TEXT` characters of it; `start` < 0: the empty string. */
  text(bytes: Uint8Array, start: number, end: number): void {
    this.#text(bytes, start, end, PLAIN);
  }

  /** Like `text`, but whatever in it looks like the password of a URI is masked. */
  loose(bytes: Uint8Array, start: number, end: number): void {
    this.#text(bytes, start, end, SURE);
  }

  #text(bytes: Uint8Array, start: number, end: number, plain: Uint8Array): void {
    const room = end - start;
    this.#room(room);
    const out = this.bytes;
    const before = this.length;
    let n = before;
    out[n++] = QUOTE;
    if (room <= JSON_TEXT) {
      let i = start;
      for (; i < end; i++) {
        const b = bytes[i]!;
        if (plain[b] === 0) break;
        out[n++] = b;
      }
      if (i >= end) {
        out[n++] = QUOTE;
        this.length = n;
        return;
      }
    }
    this.string(text(bytes, start, end));
  }

  /** Appends the JSON string of a text, cut and neutral. */
  string(value: string): void {
    this.raw(neutralJson(cut(value)));
  }

  /** Appends text that is JSON already. */
  raw(json: string): void {
    this.#room(json.length * 3);
    this.length += this.bytes.write(json, this.length);
  }

  /** Like `text`, with `bytes[from, to)` masked. */
  masked(bytes: Uint8Array, start: number, end: number, from: number, to: number): void {
    if (from < start || to > end) this.text(bytes, start, end);
    else this.string(text(bytes, start, from) + MASK + text(bytes, to, end));
  }

  /** Appends the address of the endpoint at `at` as a JSON string. */
  address(bytes: Uint8Array, at: number): void {
    this.#room(64);
    const out = this.bytes;
    out[this.length++] = QUOTE;
    if (isMapped(bytes, at)) {
      for (let i = 12; i < 16; i++) {
        if (i > 12) out[this.length++] = 0x2e;
        this.number(bytes[at + i]!);
      }
    } else this.length += out.write(addressText(bytes.subarray(at, at + ENDPOINT)), this.length, 'latin1');
    out[this.length++] = QUOTE;
  }
}

/** True if an IPv4 address, mapped into IPv6, begins at `at`. */
function isMapped(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + 10; i++) if (bytes[i] !== 0) return false;
  return bytes[at + 10] === 0xff && bytes[at + 11] === 0xff;
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let v = value; v >= 10; v = (v / 10) | 0) digits++;
  return digits;
}
