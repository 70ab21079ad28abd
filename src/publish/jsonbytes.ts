/**
 * JSON written as bytes, for outputs of a line per message: what is plain is copied byte by byte, everything else takes the
 * way of `neutralJson` (decision 0005), so that the two cannot be told apart.
 */
import { addressText, ENDPOINT, text } from '../bytes.ts';
import { MASK } from '../passwords.ts';
import { cut, JSON_TEXT, neutralJson } from './neutral.ts';

/** 1: the byte stands in a JSON string as it is. */
const PLAIN = new Uint8Array(256);
for (let b = 0x20; b < 0x7f; b++) PLAIN[b] = b === 0x22 || b === 0x5c ? 0 : 1;

const QUOTE = 0x22;
const ZERO = 0x30;
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
    this.#room(24);
    if (value < 0 || value > 0x7fffffff) {
      this.length += this.bytes.write(String(value), this.length, 'latin1');
      return;
    }
    let digits = 1;
    for (let v = value; v >= 10; v = (v / 10) | 0) digits++;
    this.padded(value, digits);
  }

  /** Appends a whole number below 2^31 in that many digits. */
  padded(value: number, digits: number): void {
    const out = this.bytes;
    let v = value;
    for (let i = this.length + digits - 1; i >= this.length; i--) {
      const tenth = (v / 10) | 0;
      out[i] = ZERO + (v - tenth * 10);
      v = tenth;
    }
    this.length += digits;
  }

  /** Appends the JSON string of the text of `bytes[start, end)`, at most `JSON_TEXT` characters of it; `start` < 0: the empty string. */
  text(bytes: Uint8Array, start: number, end: number): void {
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
        if (PLAIN[b] === 0) break;
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
