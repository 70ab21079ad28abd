/** Deals out among the answered calls of people what else happens in them, and whose media is recorded in full. */
import type { Random } from '../random.ts';
import type { DaySize, PlannedCall, Twist } from './plan.ts';

/** Of all calls of people, which share has this, at least one; and which calls may have it. */
interface Deal {
  readonly twists: readonly Twist[];
  readonly share: number;
  readonly fits: (call: PlannedCall) => boolean;
}

const long = (seconds: number) => (call: PlannedCall) => call.hold >= seconds;
const byPhone = (seconds: number) => (call: PlannedCall) => call.hold >= seconds && call.from !== 'trunk';

/** Who is transferred is a phone as well: a provider's gateway does not obey REFER. */
const between = (seconds: number) => (call: PlannedCall) => byPhone(seconds)(call) && 'phone' in call.to;

/** G12: hold 3 %, REFER 1 %; the others have no share there. */
const DEALS: readonly Deal[] = [
  { twists: ['transfer'], share: 0.01, fits: between(15) },
  { twists: ['hold', 'music'], share: 0.015, fits: long(20) },
  { twists: ['hold', 'ssrc-on-hold'], share: 0.015, fits: long(20) },
  { twists: ['session-timer'], share: 0.03, fits: byPhone(120) },
  { twists: ['lost-ack'], share: 0.01, fits: byPhone(8) },
  { twists: ['late-rtp'], share: 0.03, fits: long(5) },
  { twists: ['dtmf'], share: 0.03, fits: byPhone(8) },
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
  for (const deal of DEALS) for (const i of pick(count(deal.share), deal.fits)) dealt.set(i, { ...calls[i]!, twists: deal.twists });
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
