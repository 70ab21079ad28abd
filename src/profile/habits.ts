/**
 * Habits of accounts (S1-49 to S1-54): what an account's days look like and whom it calls, learnt from its calls as they end, and each day
 * with calls compared with what was usual before it. A call counts once it is over and if it was placed with credentials: what
 * anybody may write into From is nobody's habit. Days and hours are UTC; all that follows has to do with repetition, not with the sun.
 */
import { type Key, type Seed, Table } from '../table.ts';
import { TimeoutQueue } from '../timeouts.ts';
import { COUNTRIES, clearHabit, createHabit, type Habit, usualOf } from './account.ts';
import { addCall, callsToStrangers, clearCallees, hellinger, learnCallees, shapeDistance } from './callees.ts';
import { euclidean, mahalanobis, quadratic } from './distances.ts';
import {
  beginningOf,
  CELLS,
  clearDay,
  type DayCounts,
  dayOf,
  fillHistogram,
  HOURS,
  hourOf,
  kindOf,
  learn,
  WEEKDAY,
  WEEKEND,
} from './histogram.ts';
import { type Resembled, tellLikeness } from './likeness.ts';

/** µs an account is remembered after its last call: a month and some days, so that who comes back from his holidays is known. */
const MEMORY = 40 * 86_400_000_000;
/** Days without a call that are learnt one by one; who was away for longer is learnt as somebody who calls less. */
const MOST_IDLE = 31;
/** Days that are closed in one go: at midnight all accounts are due, and packets must not wait for them. */
const AT_ONCE = 32;
/** Mean of a cell below which nothing is called in that hour: one call fades to it in 29 working days, or in 19 days of weekends. */
const NEVER = 0.012;
/** Calls without which an account has no hours yet. */
const ENOUGH_CALLS = 20;

/** A day beside what was usual before. Reused: good until the next one. */
export interface Comparison {
  /** Slot of the account in the table. */
  slot: number;
  /** Hours of the day that had passed: 24, or fewer at the end of the input. */
  hours: number;
  kind: number;
  /** Days since the account was first seen; days of this kind that were learnt, at most a month of them. */
  age: number;
  learnt: number;
  calls: number;
  people: number;
  strangers: number;
  minutes: number;
  euclidean: number;
  quadratic: number;
  mahalanobis: number;
  hellinger: number;
  shape: number;
}

/** Hears of each day that was compared. */
export type Compared = (comparison: Comparison) => void;

/** All accounts that place calls with a password. */
export class Habits {
  readonly table: Table<Habit>;
  /** Who hears of a day that is over; set by whoever wants to. */
  compared: Compared = () => undefined;
  /** Who hears of accounts that are like machines; set by whoever wants to. */
  resembled: Resembled = () => undefined;
  readonly #closing: TimeoutQueue;
  /** Some account is known as a machine since classes were last made. */
  #machines = false;
  readonly #cells = new Float32Array(CELLS);
  readonly #comparison: Comparison = {
    slot: -1,
    hours: HOURS,
    kind: WEEKDAY,
    age: 0,
    learnt: 0,
    calls: 0,
    people: 0,
    strangers: 0,
    minutes: 0.5,
    euclidean: 0.5,
    quadratic: 0.5,
    mahalanobis: 0.5,
    hellinger: 0.5,
    shape: 0.5,
  };

  constructor(capacity: number, seed: Seed) {
    this.#closing = new TimeoutQueue(capacity);
    this.table = new Table<Habit>({ name: 'habits', capacity, ttl: MEMORY, keyBytes: 48, seed, make: createHabit, reset: clearHabit });
  }

  /** µs at which a day is to be closed; infinite if none is. */
  get due(): number {
    return this.#closing.next;
  }

  /**
   * A call of an account is over. @param start µs at which it was placed @param minutes of talk @param callee hash of whom it called.
   * Returns the account.
   */
  count(account: Key, callee: number, start: number, minutes: number, now: number): Habit {
    const slot = this.table.put(account, now);
    const habit = this.table.at(slot);
    const day = dayOf(now);
    if (this.table.fresh) {
      habit.since = day;
      habit.day = day;
    }
    if (habit.day !== day) this.#close(slot, habit, day);
    if (habit.callees.calls === 0) this.#closing.push(slot, this.table.generation(slot), beginningOf(day + 1));
    // What began before midnight counts for the first hour after it.
    const hour = hourOf(Math.max(start, beginningOf(day)));
    habit.last = now;
    const at = addCall(habit.callees, callee);
    habit.counts.calls[hour]!++;
    habit.counts.minutes[hour]! += minutes;
    if (at < 0 || habit.lastHour[at] !== hour || habit.callees.count[at] === 1) habit.counts.people[hour]!++;
    if (at >= 0) habit.lastHour[at] = hour;
    return habit;
  }

  /** An account called a country (hash of its code). */
  visit(habit: Habit, country: number, now: number): void {
    const { countries, countryDays, countryCount } = habit;
    for (let i = 0; i < Math.min(countryCount, COUNTRIES); i++) if (countries[i] === country) return;
    const at = habit.countryCount++ % COUNTRIES;
    countries[at] = country;
    countryDays[at] = dayOf(now);
  }

  /** Closes days that are over, some at a time. */
  lapse(now: number): void {
    const today = dayOf(now);
    for (let n = 0; n < AT_ONCE && this.#closing.take(now); n++) {
      const { slot, generation } = this.#closing;
      if (!this.table.alive(slot, generation, now)) continue;
      const habit = this.table.at(slot);
      if (habit.day < today) this.#close(slot, habit, today);
    }
    if (!this.#machines || this.#closing.next <= now) return;
    this.#machines = false;
    tellLikeness(this.table, now, (resemblance) => this.resembled(resemblance));
  }

  /** The calls of an account are those of a machine. */
  mark(habit: Habit): void {
    habit.machine = true;
    this.#machines = true;
  }

  /** The input has ended: compares what there is of each day with the same hours of other days. */
  finish(now: number): void {
    this.table.each(now, (habit, slot) => {
      if (habit.callees.calls === 0) return;
      const isOver = habit.day < dayOf(now);
      this.#compare(slot, habit, isOver ? HOURS : hourOf(now) + 1);
      this.compared(this.#comparison);
    });
  }

  /**
   * True if the account has calls enough to tell, and has not called within an hour of this hour of the day for six weeks or more, or since
   * it is known: that may be a day, so look at `ageOf` as well.
   */
  isOffHours(account: Key, now: number): boolean {
    const slot = this.table.find(account, now);
    if (slot < 0) return false;
    const { usual, usualCallees } = this.table.at(slot);
    if (usualCallees.calls < ENOUGH_CALLS) return false;
    const hour = hourOf(now);
    for (const { mean } of usual) {
      for (let i = hour + HOURS - 1; i <= hour + HOURS + 1; i++) if (mean[i % HOURS]! > NEVER) return false;
    }
    return true;
  }

  /** Days for which an account is known, 0 if it is not. */
  ageOf(account: Key, now: number): number {
    const slot = this.table.find(account, now);
    return slot < 0 ? 0 : dayOf(now) - this.table.at(slot).since;
  }

  /** True if an account called a country (hash of its code) on a day before today. */
  knowsCountry(account: Key, country: number, now: number): boolean {
    const slot = this.table.find(account, now);
    if (slot < 0) return false;
    const { countries, countryDays, countryCount } = this.table.at(slot);
    for (let i = 0; i < Math.min(countryCount, COUNTRIES); i++) {
      if (countries[i] === country) return countryDays[i]! < dayOf(now);
    }
    return false;
  }

  /** The day of an account is over: it is told, and learnt, and another begins. */
  #close(slot: number, habit: Habit, today: number): void {
    if (habit.callees.calls > 0) {
      this.#compare(slot, habit, HOURS);
      this.compared(this.#comparison);
      // `#compare` left the histogram of the day in the cells.
      learn(habit.usual[kindOf(habit.day) === WEEKEND ? 1 : 0], this.#cells, kindOf(habit.day));
      learnCallees(habit.usualCallees, habit.callees, today - habit.day);
      clearDay(habit.counts);
      clearCallees(habit.callees);
      habit.day++;
    }
    this.#idle(habit, today);
  }

  /** Learns the days from `habit.day` to the one before `today`, on which nothing was called. */
  #idle(habit: Habit, today: number): void {
    this.#cells.fill(0);
    for (let day = Math.max(habit.day, today - MOST_IDLE); day < today; day++) {
      learn(habit.usual[kindOf(day) === WEEKEND ? 1 : 0], this.#cells, kindOf(day));
    }
    habit.day = today;
  }

  #compare(slot: number, habit: Habit, hours: number): void {
    const cells = this.#cells;
    fillHistogram(habit.counts, cells);
    const { callees, usualCallees } = habit;
    const c = this.#comparison;
    c.slot = slot;
    c.hours = hours;
    c.kind = kindOf(habit.day);
    const usual = usualOf(habit.usual, c.kind);
    c.age = habit.day - habit.since;
    c.learnt = usual.days;
    c.calls = callees.calls;
    c.people = callees.known + callees.strangers;
    c.strangers = callsToStrangers(callees, usualCallees);
    c.minutes = minutesOf(habit.counts);
    c.euclidean = euclidean(cells, usual, hours);
    c.quadratic = quadratic(cells, usual, hours);
    c.mahalanobis = mahalanobis(cells, usual, hours);
    c.hellinger = hellinger(callees, usualCallees);
    c.shape = shapeDistance(callees, usualCallees);
  }
}

function minutesOf({ minutes }: DayCounts): number {
  let sum = 0;
  for (let hour = 0; hour < HOURS; hour++) sum += minutes[hour]!;
  return sum;
}
