/** When calls come: a Poisson process whose rate follows the hours of a working day (evaluation.md G4, G12). */
import type { Random } from '../random.ts';

/** Calls per hour of the day, relative to each other: an office with a quiet night, a dip at noon and a second, lower peak. */
const BY_HOUR = [2, 1, 1, 1, 2, 5, 16, 45, 88, 118, 128, 112, 70, 84, 118, 122, 104, 74, 46, 34, 26, 17, 9, 4];

/** Seconds of a day. */
export const DAY = 86_400;

/** Part of a day: seconds since midnight, `from` included, `to` not. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Expected share of the calls of `period` that have come by `second` (since midnight): 0 at its start, 1 at its end. */
export function shareBy(second: number, period: Period): number {
  const start = area(period.from);
  return (area(second) - start) / (area(period.to) - start);
}

/** The second at which `shareBy` reaches `share`. */
export function secondOf(share: number, period: Period): number {
  let low = period.from;
  let high = period.to;
  while (high - low > 0.0005) {
    const middle = (low + high) / 2;
    if (shareBy(middle, period) < share) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Arrivals of a Poisson process with `expected` arrivals in the period and the rate of the day curve: exponential gaps in the
 * time in which the rate is constant, carried over into the time of day.
 */
export function arrivals(random: Random, expected: number, period: Period): number[] {
  const found: number[] = [];
  for (let share = random.exponential(1 / expected); share < 1; share += random.exponential(1 / expected))
    found.push(secondOf(share, period));
  return found;
}

/** Arrivals of a Poisson process of constant rate: one every `mean` seconds on average. */
export function steadyArrivals(random: Random, mean: number, period: Period): number[] {
  const found: number[] = [];
  for (let at = period.from + random.exponential(mean); at < period.to; at += random.exponential(mean)) found.push(at);
  return found;
}

/** Area under the curve from midnight; the rate goes in a straight line from the middle of one hour to the middle of the next. */
function area(second: number): number {
  let sum = 0;
  for (let hour = 0; hour * 3600 < second; hour++) {
    const end = Math.min(second - hour * 3600, 3600);
    const before = (height(hour - 1) + height(hour)) / 2;
    const after = (height(hour) + height(hour + 1)) / 2;
    sum += trapezium(before, height(hour), Math.min(end, 1800));
    if (end > 1800) sum += trapezium(height(hour), after, end - 1800);
  }
  return sum;
}

/** Area of the first `seconds` of half an hour in which the rate goes from `start` to `end`. */
function trapezium(start: number, end: number, seconds: number): number {
  return seconds * (start + ((end - start) * seconds) / 3600);
}

function height(hour: number): number {
  return BY_HOUR[(hour + 24) % 24] ?? 0;
}
