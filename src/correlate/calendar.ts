/** Times of the day as a crontab writes them, by event time: `minute hour day month weekday`, all five of which must hold (as in SEC). */
import { calendarDay } from '../clock.ts';

/** Which minutes are meant; `zone` is µs to add to UTC. */
export interface CalendarTime {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  readonly zone: number;
}

const MINUTE = 60e6;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 29 February of a given weekday comes within 40 years. */
const MOST_DAYS = 40 * 366;
/** First and last number of each part. */
const RANGES: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];

/** Reads `0 22 * * 1-5`, `0 0 1,15 * *`; undefined if it is no such time. `zone` is `+hh:mm`, or empty for UTC. */
export function parseCalendar(text: string, zone = ''): CalendarTime | undefined {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== RANGES.length) return undefined;
  const [minutes, hours, days, months, weekdays] = parts.map((part, i) => numbers(part, RANGES[i]!));
  if (minutes === undefined || hours === undefined || days === undefined || months === undefined || weekdays === undefined)
    return undefined;
  if (weekdays.has(7)) weekdays.add(0);
  return { minutes, hours, days, months, weekdays, zone: zoneOf(zone) };
}

function zoneOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE);
}

function numbers(text: string, [least, most]: readonly [number, number]): Set<number> | undefined {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [, all, from, to, step] = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (all === undefined && from === undefined) return undefined;
    const first = all === undefined ? Number(from) : least;
    const last = all !== undefined ? most : to === undefined ? (step === undefined ? first : most) : Number(to);
    const stride = Number(step ?? 1);
    if (first < least || last > most || first > last || stride < 1) return undefined;
    for (let n = first; n <= last; n += stride) found.add(n);
  }
  return found;
}

/** The first meant minute that begins after `time` (µs); Infinity if there is none within forty years. */
export function nextTime(calendar: CalendarTime, time: number): number {
  const { zone } = calendar;
  const start = Math.floor((time + zone) / MINUTE) * MINUTE + MINUTE;
  for (let day = Math.floor(start / DAY) * DAY, n = 0; n < MOST_DAYS; day += DAY, n++) {
    const found = isDay(calendar, day) ? minuteOf(calendar, day, start) : -1;
    if (found >= 0) return found - zone;
  }
  return Number.POSITIVE_INFINITY;
}

/** The last meant minute that began at `time` or at most `within` µs before; -1 if there is none. */
export function lastTime(calendar: CalendarTime, time: number, within: number): number {
  const next = nextTime(calendar, time - within - MINUTE);
  return next <= time && next + within > time ? next : -1;
}

function isDay({ days, months, weekdays }: CalendarTime, time: number): boolean {
  const { day, month, weekday } = calendarDay(time);
  return days.has(day) && months.has(month) && weekdays.has(weekday);
}

function minuteOf({ hours, minutes }: CalendarTime, day: number, start: number): number {
  for (let hour = 0; hour < 24; hour++) {
    if (!hours.has(hour)) continue;
    for (let minute = 0; minute < 60; minute++) {
      const time = day + hour * HOUR + minute * MINUTE;
      if (time >= start && minutes.has(minute)) return time;
    }
  }
  return -1;
}
