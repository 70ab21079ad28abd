/**
 * How refusals follow each other: as the timer of a device sends its REGISTERs, faster than anybody types, or neither. A device with a
 * wrong password repeats it for ever, and a passive sensor cannot see in a digest that it is the same one; its clock shows it.
 */
import { REGISTER } from '../decode/message.ts';
import { hash, Key, type Seed } from '../table.ts';
import type { Observation } from './observation.ts';
import { tenths } from './peers.ts';

/** Tenths of a second that lie at least between two tries of a device. */
const SHORTEST_PAUSE = 200;
/** A pause may be that of so many beats: some are lost. */
const MOST_BEATS = 4;
/** Refusals in even pauses that are remembered: so few uneven ones are forgiven afterwards. */
const MOST_STEADY = 64;
/** Refusals in even pauses from which on the beat is known: what is missed of it may be made good, and a longer silence says nothing. */
const KNOWN_BEAT = 2;
/** What one more pause weighs in a beat that is known: a fourth. */
const SMOOTHING = 4;
/** Most tries that a device may be behind its beat, and still make good at once. */
const MOST_OWED = 8;
/** Tenths of a second within which nobody types another password. */
const HASTE = 20;
/** Tenths of a second after which a burst of tries is over: a person has read that the password was wrong, and typed another. */
const BURST = 50;
/** Call-IDs are compared by hash. */
const CALLS: Seed = { k0: 0x63616c, k1: 0x6c7321 };
const KEY = new Key(256);

/** Refusals of one source for one account, in time. Plain data. */
export interface Pace {
  /** Hash of the Call-ID of the last refusal, when it was (`tenths`), the beat in tenths (0: none), and how many came on it. */
  call: number;
  when: number;
  beat: number;
  steady: number;
  /** Tries that a device with that beat has missed and not made good. */
  owed: number;
  /** Refusals of the present burst that came too soon after the one before for a person. */
  hasty: number;
  /** `proof` of the transaction of the last refusal. */
  tried: number;
}

/** Nothing was refused yet. */
export function noPace(): Pace {
  return { call: 0, when: 0, beat: 0, steady: 0, owed: 0, hasty: 0, tried: 0 };
}

/** Begins anew. */
export function forgetPace(p: Pace): void {
  p.call = 0;
  p.when = 0;
  p.beat = 0;
  p.steady = 0;
  p.owed = 0;
  p.hasty = 0;
  p.tried = 0;
}

/**
 * Notes whether a refusal came as the timer of a device sends its REGISTERs: one Call-ID from boot to boot (RFC 3261 §10.2), in even
 * pauses of 20 s or more. Who guesses is neither so even nor so slow, as a rule. One nonce and response again is no other password:
 * off the beat it says nothing. Nor do those with which a device that was held up makes good at once what it missed: they are no more
 * than the beat would have had, and that is what tells it from who guesses.
 *
 * @param proof of nonce and response.
 */
export function notePace(p: Pace, o: Observation, proof: number): void {
  const { bytes, callId, cseqMethod } = o.message;
  const call = hash(CALLS, KEY.reset().add(bytes, Math.max(0, callId.start), Math.max(0, callId.end)));
  const when = tenths(o.packet.time);
  const pause = when - p.when;
  const same = cseqMethod === REGISTER && call === p.call;
  const beats = p.beat === 0 ? 1 : Math.max(1, Math.round(pause / p.beat));
  const even = same && pause >= SHORTEST_PAUSE && beats <= MOST_BEATS && isNear(pause, beats, p.beat);
  if (!even && same && saysNothing(p, pause, when, proof)) return;
  hasten(p, pause);
  const known = same && p.steady >= KNOWN_BEAT;
  p.tried = proof;
  p.call = call;
  p.when = when;
  p.owed = known ? Math.min(p.owed + beats - 1, MOST_OWED) : 0;
  if (even) keepEven(p, pause / beats);
  else if (!known || beats <= MOST_BEATS) keepUneven(p, same ? pause : -1);
}

/** Refusals of the burst right after which a message came: passwords that no person typed. */
export function hasteBefore(p: Pace, o: Observation): number {
  return tenths(o.packet.time) - p.when < BURST ? p.hasty : 0;
}

function isNear(pause: number, beats: number, beat: number): boolean {
  return beat === 0 || Math.abs(pause - beats * beat) * 8 <= beat;
}

/** Off the beat: the same password as before, or one of those that were missed. */
function saysNothing(p: Pace, pause: number, when: number, proof: number): boolean {
  if (proof === p.tried) {
    if (pause < SHORTEST_PAUSE || !isPart(pause, p.beat)) return true;
    p.beat = pause;
    p.when = when;
    return true;
  }
  if (p.owed === 0 || pause >= HASTE) return false;
  p.owed--;
  return true;
}

/** True if the beat was taken for several of these: some were missed just then. */
function isPart(pause: number, beat: number): boolean {
  const parts = Math.round(beat / pause);
  return parts > 1 && parts <= MOST_BEATS && Math.abs(beat - parts * pause) * 8 <= pause;
}

function hasten(p: Pace, pause: number): void {
  if (pause < HASTE) p.hasty++;
  else if (pause >= BURST) p.hasty = 0;
}

function keepEven(p: Pace, pause: number): void {
  p.steady = Math.min(p.steady + 1, MOST_STEADY);
  p.beat += Math.round((pause - p.beat) / (p.steady > KNOWN_BEAT ? SMOOTHING : 1));
}

/** One that is off the beat costs half of what was gathered: a packet was late, a button pressed. @param pause below 0: it has another Call-ID. */
function keepUneven(p: Pace, pause: number): void {
  p.steady = pause < 0 ? 0 : p.steady >> 1;
  if (p.steady === 0) p.beat = pause >= SHORTEST_PAUSE ? pause : 0;
}
