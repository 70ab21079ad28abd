/** Recorded Events through rules once more: no packet, no clock but the Events' own times. */
import { MAX_JUMP } from '../clock.ts';
import type { Alert, Event, Tie } from '../types.ts';
import type { CompiledRule } from './compile.ts';
import { Correlator, type CorrelatorOptions } from './correlator.ts';
import { Ties } from './ties.ts';

/** µs by which the first Event of a start of the node may lie before the last one of the start before it. */
const OVERLAP = 60_000_000;

/** Most addresses whose good deeds are counted. */
const MOST_GOOD = 100_000;

/** What an address did that phones do. */
export interface Goodwill {
  /** Bindings granted or refreshed. */
  registrations: number;
  /** Calls confirmed that it had asked for. */
  calls: number;
}

/** Runs several sets of rules over the same Events, so that what differs is the rules' doing and nothing else's. */
export class Replay {
  /** Alerts of each set since they were last taken, in their order. */
  readonly alerts: Alert[][];
  /** What addresses had in common: the same for all sets. */
  readonly ties: Tie[] = [];
  /** By address. */
  readonly goodwill = new Map<string, Goodwill>();
  /** Events judged, and the times of the first and the last. */
  events = 0;
  first = 0;
  last = 0;
  readonly #sets: readonly (readonly CompiledRule[])[];
  readonly #options: CorrelatorOptions;
  #correlators: Correlator[] = [];
  #ties: Ties;
  #now = 0;
  #waiting: Event | undefined;

  constructor(sets: readonly (readonly CompiledRule[])[], options: CorrelatorOptions) {
    this.#sets = sets;
    this.#options = options;
    this.alerts = sets.map(() => []);
    this.#ties = new Ties(options.seed);
    this.#begin();
  }

  /** Takes the next Event of a recording. */
  take(event: Event): void {
    if (this.#waiting !== undefined) this.#judge(this.#waiting, event.time);
    this.#waiting = event;
  }

  /** A start of the node is over; what is open goes on with the next one, unless that lies before it (then it is another recording). */
  next(first: Event): void {
    this.#flush();
    if (first.time >= this.#now - OVERLAP) return;
    this.finish();
    this.#begin();
  }

  /** All recordings are over: the last version of every Alert. */
  finish(): void {
    this.#flush();
    for (const correlator of this.#correlators) correlator.finish(this.#now);
    this.#collect();
  }

  #begin(): void {
    this.#now = 0;
    this.#ties = new Ties(this.#options.seed);
    this.#correlators = this.#sets.map((rules) => new Correlator(rules, this.#options));
  }

  #flush(): void {
    if (this.#waiting !== undefined) this.#judge(this.#waiting, this.#waiting.time);
    this.#waiting = undefined;
  }

  /** A time far ahead is believed if the next Event has it too: one forged packet must not end every window. */
  #judge(event: Event, next: number): void {
    const { time } = event;
    if (this.events++ === 0) this.first = time;
    if (this.#now === 0 || time - this.#now <= MAX_JUMP || next >= time - MAX_JUMP) this.#now = Math.max(this.#now, time);
    this.first = Math.min(this.first, time);
    this.last = Math.max(this.last, time);
    for (const correlator of this.#correlators) correlator.handle(event, this.#now);
    this.#ties.take(event, this.#now);
    this.#credit(event);
    this.#collect();
  }

  #credit({ type, src, data }: Event): void {
    const registered = type === 'registration.changed' && data['change'] !== 'removed';
    const called = type === 'dialog.confirmed' && data['session'] === true;
    if (!registered && !called) return;
    const good = this.goodwill.get(src) ?? { registrations: 0, calls: 0 };
    if (registered) good.registrations++;
    else good.calls++;
    if (this.goodwill.size < MOST_GOOD || this.goodwill.has(src)) this.goodwill.set(src, good);
  }

  #collect(): void {
    for (const [i, { out }] of this.#correlators.entries()) if (out.length > 0) this.alerts[i]!.push(...out.splice(0));
    if (this.#ties.out.length > 0) this.ties.push(...this.#ties.out.splice(0));
  }
}
