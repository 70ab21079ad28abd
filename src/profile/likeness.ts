/** Accounts that live like a known machine (S1-51). */
import type { Table } from '../table.ts';
import { FEW_DAYS, type Habit } from './account.ts';
import { classesOf } from './classes.ts';
import { CELLS, dayOf } from './histogram.ts';

/** Most classes of accounts; most accounts that are put into them, as that is done in one go (15 ms); days until one is told again. */
const CLASSES = 8;
const MOST_CLASSED = 512;
const AGAIN = 30;
/** Root of the calls of a busy hour. */
const BUSY_HOUR = 3;

/** An account whose days are like those of a known machine. */
export interface Resemblance {
  readonly slot: number;
  /** Days since the account was first seen. */
  readonly age: number;
  /** Accounts of its class, those known as machines among them; accounts that were put into classes. */
  readonly members: number;
  readonly machines: number;
  readonly accounts: number;
}

/** Hears of each account that is like a machine. */
export type Resembled = (resemblance: Resemblance) => void;

/** Puts accounts into classes, and tells who is in one with a machine, if that class is not that of most. */
export function tellLikeness(table: Table<Habit>, now: number, tell: Resembled): void {
  const slots = sampleOf(table, now);
  // A rule of thumb: the root of half of them.
  const count = Math.min(CLASSES, Math.max(2, Math.floor(Math.sqrt(slots.length / 2))));
  const classes = classesOf(
    slots.map((slot) => portrait(table.at(slot))),
    count,
  );
  const members = new Int32Array(CLASSES);
  const machines = new Int32Array(CLASSES);
  slots.forEach((slot, i) => {
    members[classes[i]!]!++;
    if (table.at(slot).machine) machines[classes[i]!]!++;
  });
  const today = dayOf(now);
  slots.forEach((slot, i) => {
    const habit = table.at(slot);
    const found = { members: members[classes[i]!]!, machines: machines[classes[i]!]!, accounts: slots.length };
    if (found.machines === 0 || habit.machine || 2 * found.members > slots.length || today - habit.resembled < AGAIN) return;
    habit.resembled = today;
    tell({ slot, age: today - habit.since, ...found });
  });
}

/** All machines, and others as they come: places in a table are as good as drawn. */
function sampleOf(table: Table<Habit>, now: number): number[] {
  const machines: number[] = [];
  const others: number[] = [];
  table.each(now, (habit, slot) => {
    if (habit.usual[0].days + habit.usual[1].days < FEW_DAYS) return;
    if (habit.machine && machines.length < MOST_CLASSED / 2) machines.push(slot);
    else if (!habit.machine && others.length < MOST_CLASSED / 2) others.push(slot);
  });
  return [...machines, ...others];
}

/** What an account looks like to others: its usual hours, and the shape of its list of people, which weighs as much as a busy hour. */
function portrait({ usual: [weekday, weekend], usualCallees }: Habit): Float32Array {
  const point = new Float32Array(2 * CELLS + usualCallees.shape.length + 1);
  point.set(weekday.mean);
  point.set(weekend.mean, CELLS);
  usualCallees.shape.forEach((share, i) => {
    point[2 * CELLS + i] = BUSY_HOUR * share;
  });
  point[point.length - 1] = usualCallees.calls === 0 ? 0 : (BUSY_HOUR * usualCallees.strangers) / usualCallees.calls;
  return point;
}
