/**
 * What a call that is over says of who made it: a person, or a machine that plays one recording to everybody on a list (SPIT), or one
 * that rings once and hangs up (wangiri). The shares below are odds for Wald's sequential test (S0-64: rate, spread, answers, duration).
 */
import { ANSWERED, CANCELLED, type CallState } from '../calls/callstate.ts';
import { CALLEE, CALLER } from '../calls/dialogstate.ts';

/** Shape of a call: the callee hung up within 6 s of answering, within 20 s. */
export const CUT_AT_ONCE = 0;
/** See CUT_AT_ONCE. */
export const CUT_SOON = 1;
/** The caller ended it, after as long a talk as in a call of his before, to somebody else. */
export const EQUAL = 2;
const TALK = 3;
const TALK_ENDED_BY_CALLEE = 4;
/** It rang for less than 3 s and the caller gave up. */
export const ONE_RING = 5;
const GIVEN_UP = 6;
const NOBODY_THERE = 7;
const REFUSED = 8;

/** µs of talk until which a callee has hung up at once, soon; µs of ringing that are one ring. */
const AT_ONCE = 6_000_000;
const SOON = 20_000_000;
const RING = 3_000_000;

/**
 * Of a hundred calls to somebody new, how many have the shape: of a machine with a recording, of people and their machines (a call
 * centre, whose callees listen; offices). Estimates, made with the lab's generators and validation runs in view: not measured on real
 * traffic. Order as the codes above.
 */
const RECORDING = [30, 15, 20, 15, 8, 5, 12, 10, 12] as const;
const PEOPLE = [2, 6, 3, 30, 26, 10, 18, 5, 12] as const;
/** Of a hundred calls of a machine that rings once, of all others. */
const RINGING = { itself: 90, others: 5 } as const;

/** Natural logarithm of how much likelier each shape is with a recording than with people. */
export const RECORDING_ODDS: readonly number[] = RECORDING.map((share, shape) => Math.log(share / PEOPLE[shape]!));
/** The same for a machine that rings once: of one ring, of all else. */
export const RINGING_ODDS = {
  ring: Math.log(RINGING.itself / RINGING.others),
  else: Math.log((100 - RINGING.itself) / (100 - RINGING.others)),
} as const;

/** Shape of a call that is over. @param equal its talk was as long as one before. */
export function shapeOf(c: CallState, equal: boolean): number {
  if (c.disposition === ANSWERED) return shapeOfTalk(c, equal);
  if (c.disposition === CANCELLED && c.hungUpBy === CALLER) {
    return c.ended - (c.ringing > 0 ? c.ringing : c.start) < RING ? ONE_RING : GIVEN_UP;
  }
  return c.status === 404 || c.status === 604 || c.status === 410 ? NOBODY_THERE : REFUSED;
}

function shapeOfTalk(c: CallState, equal: boolean): number {
  const talk = c.ended - c.answered;
  if (c.hungUpBy !== CALLEE) return equal ? EQUAL : TALK;
  if (talk < AT_ONCE) return CUT_AT_ONCE;
  return talk < SOON ? CUT_SOON : TALK_ENDED_BY_CALLEE;
}
