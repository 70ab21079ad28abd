/** Sizes of benign runs. */
import { DAY } from './curve.ts';
import type { DaySize } from './plan.ts';

/** A day of G12 with so many desk phones and calls of people. */
export function daySize(phones: number, calls: number): DaySize {
  const rates = { callCentre: 400, probe: 60, stale: 75, machines: 12 };
  return { period: { from: 0, to: DAY }, phones, calls, full: 0.032, longestFull: 100, storm: 60, ...rates, stretch: 140, pace: 45 };
}

/** An hour of a small office, with all hard negatives: for CI. */
export const HOUR: DaySize = {
  period: { from: 36_000, to: 39_600 },
  phones: 12,
  calls: 60,
  full: 0.05,
  longestFull: 14,
  storm: 5,
  callCentre: 15,
  probe: 300,
  stale: 300,
  machines: 3,
  stretch: 12,
  pace: 15,
};
