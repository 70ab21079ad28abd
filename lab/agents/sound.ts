/** What is said in the lab's calls: frames of 10 ms of speech-like sound and of background noise, coded in each codec. */
import { type Random, seeded } from '../random.ts';

/** A codec that the agents speak. */
export interface Codec {
  readonly payloadType: number;
  /** As in rtpmap, e.g. `PCMU/8000`. */
  readonly name: string;
  /** Bytes of 10 ms. */
  readonly frameBytes: number;
}

/** Codecs by payload type (RFC 3551). All of them count 8,000 ticks a second on the wire. */
export const CODECS: ReadonlyMap<number, Codec> = new Map(
  [
    { payloadType: 0, name: 'PCMU/8000', frameBytes: 80 },
    { payloadType: 8, name: 'PCMA/8000', frameBytes: 80 },
    { payloadType: 9, name: 'G722/8000', frameBytes: 80 },
    { payloadType: 18, name: 'G729/8000', frameBytes: 10 },
  ].map((codec) => [codec.payloadType, codec]),
);

/** Which frame (of `framesOf`) comes next; `undefined` while the speaker is silent. */
export type Voice = () => number | undefined;

const VOICED = 96;
const NOISE = 16;

/** Speech: talk spurts and pauses of about a second each, never the same twice. */
export function speech(random: Random): Voice {
  let left = 0;
  let talking = random.chance(0.5);
  let at = 0;
  return () => {
    if (left-- <= 0) {
      talking = !talking;
      left = Math.ceil(random.exponential(talking ? 120 : 100));
      at = random.integer(0, VOICED - 1);
    }
    if (!talking) return undefined;
    at = (at + 1 + (left & 3)) % VOICED;
    return at;
  };
}

/** One recording of so many seconds, played from its beginning and repeated: each call hears the same. */
export function recording(random: Random, seconds: number): () => Voice {
  const speaker = speech(random);
  const frames = Array.from({ length: Math.ceil(seconds * 100) }, () => speaker() ?? VOICED);
  return () => {
    let at = 0;
    return () => frames[at++ % frames.length];
  };
}

/** A ringing tone: one second of four. */
export function tone(random: Random): Voice {
  const frame = random.integer(0, VOICED - 1);
  let at = 0;
  return () => (at++ % 400 < 100 ? frame : VOICED);
}

const cache = new Map<number, readonly Uint8Array[]>();

/** All frames of a codec, voiced ones first, then noise. The sound is the same for every seed: only its order is drawn. */
export function framesOf(codec: Codec): readonly Uint8Array[] {
  const known = cache.get(codec.payloadType);
  if (known) return known;
  const random = seeded(codec.payloadType, 'sound');
  const made = Array.from({ length: VOICED + NOISE }, (_, i) => codeFrame(codec, i, random));
  cache.set(codec.payloadType, made);
  return made;
}

/** A frame of background noise. */
export function noise(count: number): number {
  return VOICED + (count % NOISE);
}

function codeFrame(codec: Codec, index: number, random: Random): Uint8Array {
  if (codec.frameBytes !== 80 || codec.payloadType === 9) return random.bytes(codec.frameBytes);
  const code = codec.payloadType === 0 ? muLaw : aLaw;
  return Uint8Array.from({ length: 80 }, (_, n) => code(index < VOICED ? sample(index, n) : random.integer(-24, 24)));
}

/** A voiced sample: a fundamental and two formants, quiet at the borders of the frame. */
function sample(index: number, n: number): number {
  const pitch = 90 + (index % 12) * 15;
  const angle = (2 * Math.PI * n) / 8000;
  const wave =
    Math.sin(angle * pitch) + 0.5 * Math.sin(angle * (400 + 31 * (index % 17))) + 0.3 * Math.sin(angle * (1200 + 57 * (index % 23)));
  return Math.round(wave * Math.sin((Math.PI * (n + 0.5)) / 80) * (1500 + 60 * index));
}

/** G.711 mu-law. */
function muLaw(linear: number): number {
  const sign = linear < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(linear), 32635) + 132;
  const exponent = Math.max(0, 31 - Math.clz32(magnitude) - 7);
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)) & 255;
}

/** G.711 A-law. */
function aLaw(linear: number): number {
  const sign = linear < 0 ? 0 : 0x80;
  const magnitude = Math.min(Math.abs(linear), 32635) >> 3;
  const exponent = Math.max(0, 31 - Math.clz32(magnitude | 1) - 4);
  const mantissa = exponent === 0 ? magnitude >> 1 : magnitude >> exponent;
  return (sign | (exponent << 4) | (mantissa & 15)) ^ 0x55;
}
