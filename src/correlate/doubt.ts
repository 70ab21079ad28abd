/**
 * Success in doubt: an Event that shows success for an attacker as it does for someone who made a slip and then got it right
 * (one wrong password, then the right one). The other accounts of the same attack decide: where few have it, it was the
 * attacker; where many have it, these are people (S3-14; evaluation E3-7).
 */
import type { Event } from '../types.ts';
import type { Predicate } from './condition.ts';
import { type Group, noteSuccess, SAMPLE } from './group.ts';

/** Which Events are in doubt, and when they are believed. */
export interface Doubt {
  readonly where: Predicate | undefined;
  /** Part of the different values of the group, from 0 to 1, that may have it. */
  readonly share: number;
  /** µs after which one is judged: by then the others have shown what they are. */
  readonly after: number;
}

/** The Events in doubt of one group. */
export interface Doubts {
  /** Hashes of the different values that have it, up to a bound. */
  readonly values: number[];
  /** Those not believed yet, and the pipeline's time of each. */
  events: readonly Event[];
  times: readonly number[];
}

/** More different values than that are many, whatever the share. */
const MOST_VALUES = 256;

/** Notes an Event in doubt; `hash` is that of its value. */
export function noteDoubt(group: Group, event: Event, hash: number, now: number): void {
  group.doubts ??= { values: [], events: [], times: [] };
  const { values, events, times } = group.doubts;
  if (values.includes(hash) || values.length > MOST_VALUES) return;
  values.push(hash);
  if (events.length >= SAMPLE) return;
  group.doubts.events = [...events, event];
  group.doubts.times = [...times, now];
}

/**
 * Believes what is old enough while few have it. True if that told something new.
 * @param over nothing more will come: age does not matter.
 */
export function believe(group: Group, { share, after }: Doubt, now: number, over: boolean): boolean {
  const { doubts } = group;
  if (doubts === undefined || doubts.events.length === 0 || !group.open) return false;
  const ripe = doubts.times.filter((time) => over || now - time >= after).length;
  if (ripe === 0 || doubts.values.length > Math.min(share * group.distinct.count(), MOST_VALUES)) return false;
  const news = doubts.events.slice(0, ripe).map((event) => noteSuccess(group, event));
  doubts.events = doubts.events.slice(ripe);
  doubts.times = doubts.times.slice(ripe);
  return news.includes(true);
}
