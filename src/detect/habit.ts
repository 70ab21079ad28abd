/** A day of an account is compared with its habits. */
import { NO_ENDPOINT, text } from '../bytes.ts';
import type { Comparison, Habits } from '../profile/habits.ts';
import { WEEKEND } from '../profile/histogram.ts';
import { type Emitter, typeIndex } from './emitter.ts';

const TYPE = typeIndex('profile.compared');
/** Days an account must be known, and days of the kind that must have been learnt, before there is a habit. */
const KNOWN_DAYS = 4;
const LEARNT = 3;

/** Emits `profile.compared` for a day that is over at `time` (µs). */
export function detectHabit(c: Comparison, { table }: Habits, emitter: Emitter, time: number): void {
  if (c.age < KNOWN_DAYS || c.learnt < LEARNT || !emitter.wants(TYPE)) return;
  const key = table.keyAt(c.slot);
  const { source: src, file, frame } = table.at(c.slot);
  const account = text(key, 0, key.length);
  const scene = { time, src, dst: NO_ENDPOINT, callId: '', account, file, frame };
  emitter.emit('profile.compared', TYPE, scene, {
    kind: c.kind === WEEKEND ? 'weekend' : 'weekday',
    hours: c.hours,
    days: c.age,
    learnt: c.learnt,
    calls: c.calls,
    callees: c.people,
    strangers: c.strangers,
    minutes: hundredths(c.minutes),
    euclidean: hundredths(c.euclidean),
    quadratic: hundredths(c.quadratic),
    mahalanobis: hundredths(c.mahalanobis),
    hellinger: hundredths(c.hellinger),
    shape: hundredths(c.shape),
  });
}

function hundredths(n: number): number {
  return Math.round(100 * n) / 100;
}
