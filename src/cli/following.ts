/** What `analyze --follow` adds: the time that passes while nothing comes, and a line for each alert as it comes. */
import { wallMilliseconds } from '../clock.ts';
import { neutral } from '../publish/neutral.ts';
import type { Alert } from '../types.ts';

/** Alerts whose last line is remembered, so that only what is new about them is told. */
const REMEMBERED = 10_000;

/** The time of a source that is quiet: that of its last packet and what has passed on the wall since it was read. */
export class QuietTime {
  #time = 0;
  #since = 0;

  /** Packets up to this time (µs) were read just now. */
  heard(time: number): void {
    this.#time = time;
    this.#since = wallMilliseconds();
  }

  /** µs; 0: nothing was read so far. */
  get now(): number {
    return this.#time === 0 ? 0 : this.#time + Math.floor((wallMilliseconds() - this.#since) * 1000);
  }
}

/** One line per alert that is new, got worse or succeeded. */
export class AlertLines {
  readonly #told = new Map<string, string>();

  /** The line with its line break; empty if there is nothing new about the alert. */
  line(alert: Alert): string {
    const { id, time, level, rule, subject, outcome, why } = alert;
    const state = `${level} ${outcome === 'succeeded' ? 'succeeded' : ''}`;
    if (this.#told.get(id) === state) return '';
    const [oldest] = this.#told.keys();
    if (this.#told.size === REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
    this.#told.set(id, state);
    const when = new Date(time / 1000).toISOString();
    return `${when} ${state.trim()} ${neutral(rule)} ${neutral(subject.value) || 'unknown'}: ${neutral(why, 400)}\n`;
  }
}
