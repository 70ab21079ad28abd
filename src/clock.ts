/**
 * The pipeline's time: one monotone `now` in µs, moved by inputs only. It is the only file that may ask the wall clock,
 * and only for what is not traffic: progress and log lines.
 */

/** Most µs a single input may move the clock: one forged or broken time stamp cannot expire every table (design: Time). */
export const MAX_JUMP = 600_000_000;
/** Inputs in a row that must agree before time is believed to have gone back. */
const BACK = 4;

/**
 * Monotone time. An input up to `MAX_JUMP` ahead moves it. One further ahead moves nothing until a second input agrees with it:
 * then there was a silence, and the clock follows at once. Inputs far behind, `BACK` of them in a row, begin another epoch
 * (files in the wrong order, a clock that was set): from then on the clock runs on by their differences and never back.
 */
export class Clock {
  now = 0;
  /** µs added to the times of inputs in this epoch. */
  #shift = 0;
  /** A time far ahead that one input has claimed, 0 if none. */
  #claimed = 0;
  #behind = 0;

  /** Takes the time of an input; returns `now`. */
  advance(time: number): number {
    const mapped = time + this.#shift;
    const ahead = mapped - this.now;
    if (this.now === 0) this.now = time;
    else if (ahead > MAX_JUMP) this.#leap(mapped);
    else if (ahead < -MAX_JUMP) this.#fallBack(time);
    else {
      this.#claimed = 0;
      this.#behind = 0;
      if (ahead > 0) this.now = mapped;
    }
    return this.now;
  }

  #leap(mapped: number): void {
    this.#behind = 0;
    if (this.#claimed !== 0 && Math.abs(mapped - this.#claimed) <= MAX_JUMP) {
      this.now = Math.max(mapped, this.#claimed);
      this.#claimed = 0;
    } else this.#claimed = mapped;
  }

  #fallBack(time: number): void {
    this.#claimed = 0;
    if (++this.#behind < BACK) return;
    this.#behind = 0;
    this.#shift = this.now - time;
  }
}

/** Wall-clock milliseconds, for progress display only. */
export function wallMilliseconds(): number {
  return performance.now();
}

/** The calendar day (UTC) of a time in µs since 1970: day of the month from 1, month from 1, day of the week from 0 (Sunday). */
export function calendarDay(time: number): { readonly day: number; readonly month: number; readonly weekday: number } {
  const date = new Date(time / 1000);
  return { day: date.getUTCDate(), month: date.getUTCMonth() + 1, weekday: date.getUTCDay() };
}
