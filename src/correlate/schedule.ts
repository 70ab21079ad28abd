/** Shape schedule: what is, or is not, to be expected at a time of the day. By event time; no clock is asked. */
import { Key, Table } from '../table.ts';
import type { Event } from '../types.ts';
import { lastTime, nextTime } from './calendar.ts';
import type { Predicate } from './condition.ts';
import type { Field } from './fields.ts';
import type { ClockHand, Machine, Pending } from './machine.ts';
import type { SchedulePlan } from './plan.ts';
import type { MachineParts } from './steps.ts';

/** A group that was seen. */
interface Known {
  event: Event | undefined;
  /** The pipeline's time of its last Event, µs. */
  seen: number;
  /** Events since the last report. */
  count: number;
}

/** µs for which a group is expected again. */
const EXPECTED = 7 * 86_400e6;
const KEY_BYTES = 64;
const LONGEST_KEY = 1024;

/** Runs the schedule of one rule. */
export class ScheduleMachine implements Machine {
  readonly #plan: SchedulePlan;
  readonly #parts: MachineParts;
  readonly #where: Predicate | undefined;
  readonly #by: readonly Field[];
  readonly #hand: ClockHand;
  readonly #table: Table<Known>;
  readonly #key = new Key(LONGEST_KEY);
  /** The minute that the hand points to, µs. */
  #next = 0;

  constructor(plan: SchedulePlan, where: Predicate | undefined, by: readonly Field[], parts: MachineParts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#where = where;
    this.#by = by;
    this.#hand = { kind: 'clock', rule: parts.rule, due: 0, queued: false, serial: parts.serial() };
    this.#table = new Table<Known>({
      name: `schedule of ${parts.id}`,
      capacity: parts.capacity,
      ttl: EXPECTED,
      keyBytes: KEY_BYTES,
      seed: parts.seed,
      make: () => ({ event: undefined, seen: 0, count: 0 }),
      reset: (known) => {
        known.event = undefined;
        known.count = 0;
      },
    });
  }

  /** The first time that is judged begins after `now`: of an earlier one the beginning may not have been seen. */
  begin(now: number): void {
    if (this.#plan.expect === 'none') return;
    this.#next = nextTime(this.#plan.at, now);
    this.#wind();
  }

  handle(event: Event, now: number): void {
    const { expect, at, within } = this.#plan;
    this.#parts.memories.steps = [];
    if (this.#where !== undefined && !this.#where(event, this.#parts.memories)) return;
    if (expect === 'none') {
      if (lastTime(at, now, within) >= 0) this.#parts.matched(event, [], false);
      return;
    }
    const key = this.#key.reset();
    for (const field of this.#by) field.append(event, key);
    const known = this.#table.at(this.#table.put(key, now));
    known.event = event;
    known.seen = now;
    known.count++;
  }

  look(): undefined {}

  due(_: Pending, now: number): void {
    const { expect, at } = this.#plan;
    let alive = 0;
    this.#table.each(now, (known) => {
      alive++;
      if (expect === 'report') this.#report(known);
      else if (known.seen < this.#next && known.event !== undefined) this.#parts.matched(known.event, [], false);
    });
    // With nothing to expect, a long pause costs one look.
    this.#next = nextTime(at, alive === 0 ? now : this.#next);
    this.#wind();
  }

  #report(known: Known): void {
    const { event, count } = known;
    if (event === undefined || count === 0) return;
    known.count = 0;
    this.#parts.matched({ ...event, data: { ...event.data, seen: count } }, [], false);
  }

  #wind(): void {
    const due = this.#plan.expect === 'report' ? this.#next : this.#next + this.#plan.within + 1;
    if (due !== Number.POSITIVE_INFINITY) this.#parts.queue.push(this.#hand, due);
  }
}
