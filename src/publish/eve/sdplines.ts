/**
 * A session description as EVE shows it: its lines by meaning (RFC 8866 §5), their values as written, under the keys of
 * Suricata 8. Keys of encryption are masked. What a line means for media is read by decode, not here.
 */
import { text } from '../../bytes.ts';
import { MASK } from '../../passwords.ts';
import { type JsonBytes, literal } from './jsonbytes.ts';

/** Lines told of one description. */
const MOST_LINES = 200;

/** Key of a line that stands once in its section, by the letter of the line. */
const KEYS: readonly (Uint8Array | undefined)[] = Array.from({ length: 128 }, (_, letter) => {
  const names: Readonly<Record<string, string>> = {
    v: 'version',
    o: 'origin',
    s: 'session_name',
    i: 'session_info',
    u: 'uri',
    e: 'email',
    p: 'phone_number',
    c: 'connection_data',
    t: 'time',
    m: 'media',
  };
  const name = names[String.fromCharCode(letter)];
  return name === undefined ? undefined : literal(`"${name}":`);
});

const BANDWIDTHS = literal('"bandwidths":[');
const ATTRIBUTES = literal('"attributes":[');
const MEDIA = literal('"media_descriptions":[');
const COMMA = literal(',');
const OPEN = literal('{');
const CLOSE = literal('}');
const CLOSE_LIST = literal(']');

const A = 0x61;
const B = 0x62;
const M = 0x6d;

/** Letter, start and end of the value of each line. */
const lines = new Int32Array(3 * MOST_LINES);
let count = 0;

/** Appends the description `bytes[start, end)` as a JSON object. */
export function putSdp(out: JsonBytes, bytes: Uint8Array, start: number, end: number): void {
  readLines(bytes, start, end);
  let next = sectionEnd(0);
  out.put(OPEN);
  let any = putSection(out, bytes, 0, next);
  if (next < count) {
    if (any) out.put(COMMA);
    out.put(MEDIA);
    any = false;
    while (next < count) {
      const from = next;
      next = sectionEnd(from + 1);
      if (any) out.put(COMMA);
      out.put(OPEN);
      putSection(out, bytes, from, next);
      out.put(CLOSE);
      any = true;
    }
    out.put(CLOSE_LIST);
  }
  out.put(CLOSE);
}

function readLines(bytes: Uint8Array, start: number, end: number): void {
  count = 0;
  let at = start;
  while (at < end && count < MOST_LINES) {
    let stop = at;
    while (stop < end && bytes[stop] !== 0x0d && bytes[stop] !== 0x0a) stop++;
    if (stop - at >= 2 && bytes[at + 1] === 0x3d) {
      const n = 3 * count++;
      lines[n] = bytes[at]!;
      lines[n + 1] = at + 2;
      lines[n + 2] = stop;
    }
    at = stop + 1;
  }
}

/** The index of the first `m=` line from `from` on. */
function sectionEnd(from: number): number {
  let i = from;
  while (i < count && lines[3 * i] !== M) i++;
  return i;
}

/** Members of an object from the lines `[from, to)`. True if there was any. */
function putSection(out: JsonBytes, bytes: Uint8Array, from: number, to: number): boolean {
  let seen = 0;
  let any = false;
  for (let i = from; i < to; i++) {
    const letter = lines[3 * i]!;
    const key = letter < 128 ? KEYS[letter] : undefined;
    if (key === undefined || (seen & (1 << (letter - A))) !== 0) continue;
    seen |= 1 << (letter - A);
    if (any) out.put(COMMA);
    any = true;
    out.put(key);
    out.text(bytes, lines[3 * i + 1]!, lines[3 * i + 2]!);
  }
  any = putList(out, bytes, B, BANDWIDTHS, from, to, any);
  return putList(out, bytes, A, ATTRIBUTES, from, to, any);
}

function putList(out: JsonBytes, bytes: Uint8Array, letter: number, key: Uint8Array, from: number, to: number, before: boolean): boolean {
  let any = false;
  for (let i = from; i < to; i++) {
    if (lines[3 * i] !== letter) continue;
    if (any || before) out.put(COMMA);
    if (!any) out.put(key);
    any = true;
    putAttribute(out, bytes, lines[3 * i + 1]!, lines[3 * i + 2]!);
  }
  if (any) out.put(CLOSE_LIST);
  return any || before;
}

function putAttribute(out: JsonBytes, bytes: Uint8Array, start: number, end: number): void {
  const first = bytes[start]! | 0x20;
  // Only `crypto`, `key-mgmt` and `ice-pwd` begin like this.
  if (first !== 0x63 && first !== 0x6b && first !== 0x69) out.text(bytes, start, end);
  else out.string(maskKeys(text(bytes, start, end)));
}

/** RFC 4568 §9.1: `crypto:1 SUITE inline:KEY|…`; RFC 4567 §3.1: `key-mgmt:mikey KEY`; RFC 8839 §5.4: `ice-pwd:PASSWORD`. */
function maskKeys(attribute: string): string {
  return attribute.replace(/^(crypto:(?:\S+\s+\S+\s+)?)[\s\S]*$/i, `$1${MASK}`).replace(/^(key-mgmt:\S+\s|ice-pwd:)[\s\S]*$/i, `$1${MASK}`);
}
