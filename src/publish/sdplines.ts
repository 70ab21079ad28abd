/**
 * A session description as EVE shows it: its lines by meaning (RFC 8866 §5), their values as written. Keys (`k=`, `a=crypto`)
 * are masked. What a line means for media is read by decode, not here.
 */
import { text } from '../bytes.ts';
import { cut, MASK } from './neutral.ts';

/** One `m=` section. */
interface MediaLines {
  media: string;
  session_info?: string;
  connection_data?: string;
  bandwidths?: string[];
  attributes?: string[];
}

/** The whole description; keys as in Suricata 8. */
export interface SdpLines {
  version?: string;
  origin?: string;
  session_name?: string;
  session_info?: string;
  uri?: string;
  email?: string;
  phone_number?: string;
  connection_data?: string;
  bandwidths?: string[];
  time?: string;
  attributes?: string[];
  media_descriptions?: MediaLines[];
  /** Lines beyond the bound. */
  left_out?: number;
}

/** Lines told of one description, and characters of a line. */
const MOST_LINES = 200;
const MOST_TEXT = 512;

const SINGLE = {
  v: 'version',
  o: 'origin',
  s: 'session_name',
  u: 'uri',
  e: 'email',
  p: 'phone_number',
  t: 'time',
} as const;

/** Reads the description `bytes[start, end)`. */
export function sdpLines(bytes: Uint8Array, start: number, end: number): SdpLines {
  const out: SdpLines = {};
  let media: MediaLines | undefined;
  let lines = 0;
  for (let at = start; at < end; ) {
    let stop = at;
    while (stop < end && bytes[stop] !== 0x0d && bytes[stop] !== 0x0a) stop++;
    if (stop > at && ++lines <= MOST_LINES) media = take(out, media, text(bytes, at, stop));
    at = stop + 1;
  }
  if (lines > MOST_LINES) out.left_out = lines - MOST_LINES;
  return out;
}

function take(out: SdpLines, media: MediaLines | undefined, line: string): MediaLines | undefined {
  const kind = line[0] ?? '';
  const value = cut(line.slice(2), MOST_TEXT);
  if (line[1] !== '=') return media;
  const section = media ?? out;
  if (kind === 'm') {
    const next = { media: value };
    (out.media_descriptions ??= []).push(next);
    return next;
  }
  if (kind === 'a') (section.attributes ??= []).push(maskedKey(value));
  else if (kind === 'b') (section.bandwidths ??= []).push(value);
  else if (kind === 'c') section.connection_data ??= value;
  else if (kind === 'i') section.session_info ??= value;
  else if (isSingle(kind)) out[SINGLE[kind]] ??= value;
  return media;
}

function isSingle(kind: string): kind is keyof typeof SINGLE {
  return Object.hasOwn(SINGLE, kind);
}

/** RFC 4568 §9.1: `crypto:1 SUITE inline:KEY|…`; RFC 4567 §3.1: `key-mgmt:mikey KEY`; ICE passwords (RFC 8839 §5.4). */
function maskedKey(attribute: string): string {
  return attribute.replace(/^(crypto:(?:\S+\s+\S+\s+)?)[\s\S]*$/i, `$1${MASK}`).replace(/^(key-mgmt:\S+|ice-pwd:)[\s\S]*$/i, `$1${MASK}`);
}
