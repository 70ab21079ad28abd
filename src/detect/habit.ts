/** A day of an account is compared with its habits, and an account with machines. */
import { NO_ENDPOINT, text } from '../bytes.ts';
import type { Comparison, Habits } from '../profile/habits.ts';
import { WEEKEND } from '../profile/histogram.ts';
import type { Resemblance } from '../profile/likeness.ts';
import { type Emitter, type Scene, typeIndex } from './emitter.ts';

const TYPE = typeIndex('profile.compared');
const LIKENESS = typeIndex('profile.resembles');
/** Days an account must be known, and days of the kind that must have been learnt, before there is a habit. */
const KNOWN_DAYS = 4;
const LEARNT = 3;

/** Emits `profile.compared` for a day that is over. Its time is that of the last call of the day. */
export function detectHabit(c: Comparison, habits: Habits, emitter: Emitter): void {
  if (c.age < KNOWN_DAYS || c.learnt < LEARNT || !emitter.wants(TYPE)) return;
  emitter.emit('profile.compared', TYPE, accountScene(habits, c.slot), {
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

/** Emits `profile.resembles` for an account whose days are like those of a machine. */
export function detectLikeness({ slot, age, members, machines, accounts }: Resemblance, habits: Habits, emitter: Emitter): void {
  if (!emitter.wants(LIKENESS)) return;
  emitter.emit('profile.resembles', LIKENESS, accountScene(habits, slot), { days: age, members, machines, accounts });
}

function accountScene({ table }: Habits, slot: number): Scene {
  const key = table.keyAt(slot);
  const { last: time, source: src, file, frame } = table.at(slot);
  return { time, src, dst: NO_ENDPOINT, callId: '', account: text(key, 0, key.length), file, frame };
}

function hundredths(n: number): number {
  return Math.round(100 * n) / 100;
}
