/** Deals out among the answered calls of people what else happens in them, and whose media is recorded in full. */
import type { Random } from '../random.ts';
import type { DaySize, PlannedCall, Twist } from './plan.ts';

/** Of all calls of people, which share has this, at least one; and which calls may have it. */
interface Deal {
  readonly twists: readonly Twist[];
  readonly share: number;
  /** Least seconds of talk, and which calls of that length may have it. */
  readonly seconds: number;
  readonly fits: (call: PlannedCall) => boolean;
}

const any = (): boolean => true;
const byPhone = (call: PlannedCall): boolean => call.from !== 'trunk';

/** Who is transferred is a phone as well: a provider's gateway does not obey REFER. */
const between = (call: PlannedCall): boolean => byPhone(call) && 'phone' in call.to;

/** G12: hold 3 %, REFER 1 %; the others have no share there. */
const DEALS: readonly Deal[] = [
  { twists: ['transfer'], share: 0.01, seconds: 15, fits: between },
  { twists: ['hold', 'music'], share: 0.015, seconds: 20, fits: any },
  { twists: ['hold', 'ssrc-on-hold'], share: 0.015, seconds: 20, fits: any },
  { twists: ['session-timer'], share: 0.03, seconds: 120, fits: byPhone },
  { twists: ['lost-ack'], share: 0.01, seconds: 8, fits: byPhone },
  { twists: ['late-rtp'], share: 0.03, seconds: 5, fits: any },
  { twists: ['dtmf'], share: 0.03, seconds: 8, fits: byPhone },
];

/** The same calls with very short ones, twists (one deal per call) and full media dealt out. */
export function dealTwists(calls: readonly PlannedCall[], size: DaySize, random: Random): PlannedCall[] {
  const dealt = new Map<number, PlannedCall>();
  const pick = (count: number, fits: (call: PlannedCall, index: number) => boolean): number[] => {
    const fit = calls.flatMap((call, i) => (call.result === 'answered' && !dealt.has(i) && fits(call, i) ? [i] : []));
    return random.shuffle(fit).slice(0, count);
  };
  const count = (share: number): number => Math.ceil(share * calls.length);
  for (const i of pick(count(0.01), () => true))
    dealt.set(i, { ...calls[i]!, hold: 0.3 + 1.7 * random.unit(), media: 'full', kind: 'very-short' });
  for (const { twists, share, seconds, fits } of DEALS) {
    const chosen = pick(count(share), (call) => call.hold >= seconds && fits(call));
    for (const i of chosen) dealt.set(i, { ...calls[i]!, twists });
    // A short day may have no call that fits: then somebody answers after all, and they talk for long enough.
    if (chosen.length > 0) continue;
    const left = calls.flatMap((call, i) => (!dealt.has(i) && fits(call) && call.at + call.ring + 2 * seconds < size.period.to ? [i] : []));
    for (const i of random.shuffle(left).slice(0, 1))
      dealt.set(i, { ...calls[i]!, result: 'answered', media: 'edges', hold: seconds * (1 + random.unit()), twists });
  }
  const mixed = calls.map((call, i) => dealt.get(i) ?? call);
  return recordInFull(mixed, count(size.full), size, random);
}

/** Calls that are not too long to be played in real time, drawn among all. */
function recordInFull(calls: readonly PlannedCall[], count: number, size: DaySize, random: Random): PlannedCall[] {
  const fit = calls.flatMap((call, i) =>
    call.result === 'answered' && call.hold > 5 && call.hold < size.longestFull && !heavy(call) ? [i] : [],
  );
  const full = new Set(random.shuffle(fit).slice(0, count));
  return calls.map((call, i) => (full.has(i) ? { ...call, media: 'full' } : call));
}

/** A refresh of a session timer comes minutes after the answer: not in a call that is played in real time. */
function heavy(call: PlannedCall): boolean {
  return call.twists.includes('session-timer');
}
