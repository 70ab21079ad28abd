/**
 * People who telephone, drawn by seed, and thieves who call on their accounts: what E1-4 judges profiles on. Both are made up, like all who
 * live in a laboratory: working days and weekends, shifts, holidays, busy days, friends and strangers, but nobody was asked or recorded.
 */
import { type Random, seeded } from '../lab/random.ts';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday. */
const START = 1_767_571_200_000_000;
/** µs at which the days of `callsOf` begin. */
export const dayStart = (day: number): number => START + day * DAY;

/** One call. */
export interface PersonCall {
  /** µs since 1970 at which it is placed. */
  readonly start: number;
  readonly minutes: number;
  /** Number of whom is called. */
  readonly callee: number;
  /** The owner of the account calls, and no thief. */
  readonly own: boolean;
}

/** What a person does. */
interface Person {
  readonly random: Random;
  /** Mean calls on a working day, at a weekend. */
  readonly calls: readonly [number, number];
  /** Hours, first and last, on a working day and at a weekend. */
  readonly hours: readonly (readonly [number, number])[];
  /** Works early, late and at night by turns of a week. */
  readonly shifts: boolean;
  readonly friends: readonly number[];
  /** Share of calls to somebody who was never called before. */
  readonly strangers: number;
  readonly minutes: number;
  /** First and last day of his holidays. */
  readonly away: readonly [number, number];
}

/** Whose accounts they are: share of all, mean calls on a working day and how many of these at a weekend, begin and length of the day. */
export const KINDS = [
  { name: 'office', share: 0.5, calls: [3, 12], weekend: 0.1, begin: [7, 9], length: [8, 10], friends: [8, 25], strangers: [0.03, 0.12] },
  { name: 'sales', share: 0.12, calls: [20, 40], weekend: 0.02, begin: [8, 9], length: [8, 9], friends: [20, 40], strangers: [0.3, 0.6] },
  { name: 'home', share: 0.2, calls: [1, 4], weekend: 1.6, begin: [8, 10], length: [11, 13], friends: [5, 12], strangers: [0.02, 0.1] },
  { name: 'shifts', share: 0.1, calls: [2, 6], weekend: 0.9, begin: [6, 6], length: [8, 8], friends: [5, 12], strangers: [0.03, 0.1] },
  { name: 'seldom', share: 0.08, calls: [0.2, 0.7], weekend: 1, begin: [8, 11], length: [10, 12], friends: [3, 6], strangers: [0.05, 0.2] },
] as const;
const SHIFTS = 3;

function between(random: Random, [low, high]: readonly [number, number]): number {
  return low + (high - low) * random.unit();
}

function drawKind(random: Random): number {
  let left = random.unit();
  return Math.max(
    0,
    KINDS.findIndex(({ share }) => {
      left -= share;
      return left < 0;
    }),
  );
}

/** Index in `KINDS` of a person of a seed. */
export function kindOfPerson(seed: number, id: number): number {
  return drawKind(seeded(seed, `person ${id}`));
}

/** A person of one seed. */
function draw(random: Random, id: number, days: number): Person {
  const found = drawKind(random);
  const kind = KINDS[found]!;
  const calls = between(random, kind.calls);
  const begin = Math.round(between(random, kind.begin));
  const end = begin + Math.round(between(random, kind.length));
  const away = random.integer(0, days - 1);
  return {
    random,
    calls: [calls, calls * kind.weekend],
    hours: [
      [begin, end],
      [begin + 1, end + 1],
    ],
    shifts: found === SHIFTS,
    friends: Array.from({ length: Math.round(between(random, kind.friends)) }, (_, i) => id * 1e6 + i),
    strangers: between(random, kind.strangers),
    minutes: random.logNormal(2, 0.5),
    away: [away, away + random.integer(4, 13)],
  };
}

/** How much busier than usual a day is: gamma distributed with mean 1 and shape 4, so that days vary by half. */
function busyness(random: Random): number {
  return (random.exponential(1) + random.exponential(1) + random.exponential(1) + random.exponential(1)) / 4;
}

/** What is odd about a day, though it is its owner's: a project with new people, an evening of work. */
interface Mood {
  readonly factor: number;
  readonly strangers: number;
  readonly later: number;
}

function moodOf({ random, strangers, away }: Person, day: number): Mood {
  const draw = random.unit();
  const factor = busyness(random);
  if (day >= away[0] && day <= away[1]) return { factor: draw < 0.8 ? 0 : 0.2 * factor, strangers, later: 0 };
  if (draw < 0.03) return { factor: 0, strangers, later: 0 };
  if (draw < 0.045) return { factor: 3 * factor, strangers: Math.max(strangers, 0.5), later: 0 };
  if (draw < 0.065) return { factor, strangers, later: random.integer(3, 5) };
  return { factor, strangers, later: 0 };
}

function ownCalls(person: Person, day: number): PersonCall[] {
  const { random, friends } = person;
  const mood = moodOf(person, day);
  const kind = day % 7 >= 5 ? 1 : 0;
  const [from, to] = person.hours[kind]!;
  const shift = person.shifts ? 8 * (Math.floor(day / 7) % 3) : 0;
  const count = poisson(random, person.calls[kind]! * mood.factor);
  return Array.from({ length: count }, () => {
    const hour = from + shift + mood.later * random.unit() + (to - from) * random.unit();
    // Who is called more often stands first.
    const friend = friends[Math.floor(friends.length * random.unit() ** 2.5)]!;
    const callee = random.chance(mood.strangers) ? random.integer(1e9, 2e9) : friend;
    return {
      start: dayStart(day) + Math.floor((hour % 24) * HOUR),
      minutes: Math.min(120, random.logNormal(person.minutes, 1)),
      callee,
      own: true,
    };
  });
}

function poisson(random: Random, mean: number): number {
  let n = 0;
  for (let left = mean - random.exponential(1); left > 0; left -= random.exponential(1)) n++;
  return n;
}

/** What thieves do with an account. */
export const THEFTS = {
  'fraud, 40 calls at night': { calls: 40, hours: [0, 5], numbers: 20, minutes: 10 },
  'fraud, 10 calls at night': { calls: 10, hours: [0, 5], numbers: 5, minutes: 10 },
  'fraud, 10 calls by day': { calls: 10, hours: [9, 17], numbers: 5, minutes: 10 },
  'fraud, 3 calls by day': { calls: 3, hours: [9, 17], numbers: 1, minutes: 10 },
  'recordings, 200 calls by day': { calls: 200, hours: [9, 17], numbers: 200, minutes: 0.3 },
} as const;
/** Name of one of them. */
export type Theft = keyof typeof THEFTS;

function stolenCalls(random: Random, theft: Theft, day: number): PersonCall[] {
  const { calls, hours, numbers, minutes } = THEFTS[theft];
  const first = random.integer(2e9, 2.1e9);
  const begin = between(random, hours) * 0.7 + 0.3 * hours[0];
  const length = Math.min(3 + 2 * random.unit(), hours[1] - begin);
  return Array.from({ length: calls }, () => ({
    start: dayStart(day) + Math.floor((begin + length * random.unit()) * HOUR),
    minutes: random.logNormal(minutes, 0.7),
    callee: first + random.integer(0, numbers - 1),
    own: false,
  }));
}

/** The calls of a person of a seed, day by day, in order of their starts. @param stolen day on which a thief calls too */
export function* callsOf(seed: number, id: number, days: number, theft?: Theft, stolen?: number): Generator<PersonCall[]> {
  const random = seeded(seed, `person ${id}`);
  const person = draw(random, id, days);
  for (let day = 0; day < days; day++) {
    const calls = ownCalls(person, day);
    if (theft !== undefined && day === stolen) calls.push(...stolenCalls(seeded(seed, `thief ${id} ${theft}`), theft, day));
    yield calls.sort((a, b) => a.start - b.start);
  }
}

/** The calls of a machine with a recording on one working day: about so many, to anybody, between nine and five. */
export function machineCalls(seed: number, id: number, day: number, rate: number): PersonCall[] {
  if (day % 7 >= 5) return [];
  const random = seeded(seed, `machine ${id} day ${day}`);
  const calls = Array.from({ length: poisson(random, rate) }, () => ({
    start: dayStart(day) + Math.floor((9 + 8 * random.unit()) * HOUR),
    minutes: random.chance(0.7) ? 0.1 + 0.1 * random.unit() : 0.6,
    callee: random.integer(1e9, 2e9),
    own: true,
  }));
  return calls.sort((a, b) => a.start - b.start);
}
