/**
 * The pipeline's time: one monotone `now` in µs, moved by inputs only. It is the only file that may ask the wall clock,
 * and only for what is not traffic: progress and log lines.
 */

/** Most µs one input may move the clock: a forged or broken time stamp cannot expire every table (design: Time). */
export const MAX_JUMP = 600_000_000;

/** Monotone time with a bounded step. */
export class Clock {
  now = 0;

  /** Moves to the input's time: never back, and by at most `MAX_JUMP`, except for the very first input. */
  advance(time: number): number {
    if (this.now === 0) this.now = time;
    else if (time > this.now) this.now = time - this.now > MAX_JUMP ? this.now + MAX_JUMP : time;
    return this.now;
  }
}

/** Wall-clock milliseconds, for progress display only. */
export function wallMilliseconds(): number {
  return performance.now();
}
