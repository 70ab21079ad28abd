/** What is known of one account: the day that goes on, and what is usual. */
import { ENDPOINT } from '../bytes.ts';
import { type CalleeCounts, clearCallees, createCallees, createUsualCallees, type UsualCallees } from './callees.ts';
import { clearDay, clearUsual, createDay, createUsual, type DayCounts, type UsualDay, WEEKDAY, WEEKEND } from './histogram.ts';

/** Days of a kind that are too few to compare with. */
export const FEW_DAYS = 3;
/** Countries that are remembered of an account. */
export const COUNTRIES = 8;

const NOT_YET = Number.NEGATIVE_INFINITY;

/** An account. Plain data. */
export interface Habit {
  /** Day (since 1970) that is counted, and the first one. */
  day: number;
  since: number;
  readonly counts: DayCounts;
  readonly callees: CalleeCounts;
  /** Hour in which each callee of the day was last called, by his place among `callees`. */
  readonly lastHour: Int8Array;
  readonly usual: readonly [UsualDay, UsualDay];
  readonly usualCallees: UsualCallees;
  /** Country codes it called, hashed, each with the day of the first call; as a ring. */
  readonly countries: Int32Array;
  readonly countryDays: Int32Array;
  countryCount: number;
  /** Its calls were shown to be those of a machine. */
  machine: boolean;
  /** Day on which it was told that it is like a machine. */
  resembled: number;
  /** µs at which its last call ended, where that came from, and the packet that ended it. */
  last: number;
  readonly source: Uint8Array;
  file: string;
  frame: number;
}

/** What is usual on such a day; of the other kind while too little of this one was learnt, as on the first weekends. */
export function usualOf([weekday, weekend]: Habit['usual'], kind: number): UsualDay {
  const own = kind === WEEKEND ? weekend : weekday;
  const other = kind === WEEKEND ? weekday : weekend;
  return own.days < FEW_DAYS && other.days > own.days ? other : own;
}

/** An account that nothing is known of. */
export function createHabit(): Habit {
  const callees = createCallees();
  return {
    day: 0,
    since: 0,
    counts: createDay(),
    callees,
    lastHour: new Int8Array(callees.person.length),
    usual: [createUsual(), createUsual()],
    usualCallees: createUsualCallees(),
    countries: new Int32Array(COUNTRIES),
    countryDays: new Int32Array(COUNTRIES),
    countryCount: 0,
    machine: false,
    resembled: NOT_YET,
    last: 0.5,
    source: new Uint8Array(ENDPOINT),
    file: '',
    frame: 0,
  };
}

/** Forgets the account. */
export function clearHabit(habit: Habit): void {
  clearDay(habit.counts);
  clearCallees(habit.callees);
  clearUsual(habit.usual[WEEKDAY]);
  clearUsual(habit.usual[WEEKEND]);
  clearCallees(habit.usualCallees);
  habit.usualCallees.shape.fill(0);
  habit.countryCount = 0;
  habit.machine = false;
  habit.resembled = NOT_YET;
}
