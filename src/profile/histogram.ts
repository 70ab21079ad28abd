/**
 * Histograms of days (S1-49): for each hour how many calls an account placed, to how many different people, and how long they talked. One
 * for the day that goes on, and what is usual on working days and at weekends (S1-54). Cells hold square roots: the spread of
 * a count grows with the count, that of its root does not, so busy and quiet hours, and busy and quiet people, weigh alike.
 */

/** Hours of a day. */
export const HOURS = 24;
/** What is counted of each hour, in this order: calls, different people, minutes a call. The cells of one measure follow each other. */
const MEASURES = 3;
/** Cells of one histogram. */
export const CELLS = HOURS * MEASURES;
/** Code of a kind of day: Monday to Friday. */
export const WEEKDAY = 0;
/** Code of a kind of day: Saturday and Sunday. */
export const WEEKEND = 1;
/** Days of each kind in a month: how far back a profile remembers. */
const MONTH = [22, 9] as const;

const HOUR = 3_600_000_000;
const DAY = HOURS * HOUR;
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4;

/** Days since 1970 (UTC) of a time in µs. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY);
}

/** Hour of the day (UTC) of a time in µs. */
export function hourOf(time: number): number {
  return Math.floor((time % DAY) / HOUR);
}

/** µs at which a day, counted from 1970, begins. */
export function beginningOf(day: number): number {
  return day * DAY;
}

/** Kind of a day, counted from 1970. */
export function kindOf(day: number): number {
  const weekday = (day + EPOCH_WEEKDAY) % 7;
  return weekday === 0 || weekday === 6 ? WEEKEND : WEEKDAY;
}

/** What has been counted of one day, by hour. Plain data. */
export interface DayCounts {
  readonly calls: Uint16Array;
  readonly people: Uint16Array;
  readonly minutes: Float32Array;
}

/** A day without calls. */
export function createDay(): DayCounts {
  return { calls: new Uint16Array(HOURS), people: new Uint16Array(HOURS), minutes: new Float32Array(HOURS) };
}

/** Forgets the day. */
export function clearDay(day: DayCounts): void {
  day.calls.fill(0);
  day.people.fill(0);
  day.minutes.fill(0);
}

/** The histogram of a day, into `cells`. */
export function fillHistogram({ calls, people, minutes }: DayCounts, cells: Float32Array): void {
  for (let hour = 0; hour < HOURS; hour++) {
    const n = calls[hour]!;
    cells[hour] = Math.sqrt(n);
    cells[HOURS + hour] = Math.sqrt(people[hour]!);
    cells[2 * HOURS + hour] = n === 0 ? 0 : Math.sqrt(minutes[hour]! / n);
  }
}

/** What is usual on one kind of day: mean and variance of each cell over the days learnt. Plain data. */
export interface UsualDay {
  /** Days learnt, at most a month of them. */
  days: number;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** Nothing learnt. */
export function createUsual(): UsualDay {
  return { days: 0, mean: new Float32Array(CELLS), variance: new Float32Array(CELLS) };
}

/** Forgets what was learnt. */
export function clearUsual(usual: UsualDay): void {
  usual.days = 0;
  usual.mean.fill(0);
  usual.variance.fill(0);
}

/** Learns a day: as one of all so far, and later as one of a month, so that what is older fades. `kind` is that of the day. */
export function learn(usual: UsualDay, cells: Float32Array, kind: number): void {
  const month = MONTH[kind]!;
  const share = 1 / Math.min(usual.days + 1, month);
  if (usual.days < month) usual.days++;
  const { mean, variance } = usual;
  for (let i = 0; i < CELLS; i++) {
    const off = cells[i]! - mean[i]!;
    mean[i] = mean[i]! + share * off;
    variance[i] = (1 - share) * (variance[i]! + share * off * off);
  }
}
