/** E1-4: people and thieves of `profile-people.ts` before the habits of `src/profile`, each day of each account judged as the engine does. */
import { type Comparison, Habits } from '../src/profile/habits.ts';
import { Key } from '../src/table.ts';
import { callsOf, dayStart, KINDS, kindOfPerson, machineCalls, type PersonCall, type Theft } from './profile-people.ts';

/** Days each account is watched; people of one seed; days after which a thief may come, and from which on days count for the AUC. */
export const DAYS = 60;
/** See DAYS. */
export const PEOPLE = 100;
/** See DAYS. */
export const MONTH = 30;

/** µs of a morning. */
const NOON = 12 * 3_600_000_000;

/** The distances that are judged: those of papers, and both kinds at once, as the rule has it. */
export const DISTANCES = ['euclidean', 'quadratic', 'mahalanobis', 'hellinger', 'shape', 'both'] as const;
/** Name of one of them. */
export type Distance = (typeof DISTANCES)[number];

/** A day with calls of one account. */
export interface Day {
  /** Name of the kind of person. */
  readonly kind: string;
  /** Hours that had passed: 24, or 12 if the input had ended at noon. */
  readonly hours: number;
  /** Days for which the account is known; calls of the day. */
  readonly age: number;
  readonly calls: number;
  /** A thief called, too. */
  readonly stolen: boolean;
  readonly distances: Readonly<Record<Distance, number>>;
  /** Calls at hours at which the account never calls; those of the thief, if there is one. */
  readonly offHours: number;
}

/** All days with calls of the people of a seed: without thieves, or each account up to the day on which it is stolen. */
export function daysOf(seed: number, theft?: Theft): Day[] {
  return Array.from({ length: PEOPLE }, (_, id) => daysOfPerson(seed, id, theft)).flat();
}

function daysOfPerson(seed: number, id: number, theft: Theft | undefined): Day[] {
  const habits = new Habits(8, { k0: seed, k1: id });
  const account = new Key(8).addNumber(id);
  const stolen = theft === undefined ? -1 : MONTH + ((7 * id + 13 * seed) % (DAYS - MONTH));
  const found: Day[] = [];
  let day = 0;
  let offHours = 0;
  habits.compared = (c) => {
    found.push({
      kind: KINDS[kindOfPerson(seed, id)]!.name,
      hours: c.hours,
      age: c.age,
      calls: c.calls,
      stolen: day === stolen,
      distances: distancesOf(c),
      offHours,
    });
  };
  for (const calls of callsOf(seed, id, DAYS, theft, stolen)) {
    offHours = 0;
    let noon = false;
    for (const { start, minutes, callee, own } of calls) {
      if (!noon && start >= dayStart(day) + NOON) {
        noon = true;
        // Changes nothing: it tells of the day so far.
        habits.finish(dayStart(day) + NOON - 1);
      }
      if (own === (day !== stolen) && habits.isOffHours(account, start)) offHours++;
      habits.count(account, callee | 0, start, minutes, start);
    }
    habits.lapse(dayStart(day + 1));
    if (day++ === stolen) break;
  }
  return found;
}

function distancesOf({ euclidean, quadratic, mahalanobis, hellinger, shape, learnt }: Comparison): Day['distances'] {
  // As detectors do: what too little is known of is not told.
  if (learnt < 3) return { euclidean: 0, quadratic: 0, mahalanobis: 0, hellinger: 0, shape: 0, both: 0 };
  return { euclidean, quadratic, mahalanobis, hellinger, shape, both: mahalanobis * hellinger };
}

/** Machines beside `PEOPLE` people, one of them known. */
export const MACHINES = 10;

/** Who was told to live like a machine after a month: others of the machines, and people by the name of their kind. */
export interface Likeness {
  readonly machines: number;
  readonly people: readonly string[];
}

/** A site of people and machines that call so often a day; the first machine is found after a month. */
export function likenessOf(seed: number, rate: number): Likeness {
  const habits = new Habits(1024, { k0: seed, k1: rate });
  const account = new Key(8);
  const people = Array.from({ length: PEOPLE }, (_, id) => callsOf(seed, id, MONTH + 1));
  const slots = new Map<number, string>();
  const told: string[] = [];
  habits.resembled = ({ slot }) => told.push(slots.get(slot)!);
  const count = (id: number, name: string, calls: Iterable<PersonCall>): void => {
    for (const { start, minutes, callee } of calls) {
      habits.count(account.reset().addNumber(id), callee | 0, start, minutes, start);
      slots.set(habits.table.find(account, start), name);
    }
  };
  for (let day = 0; day <= MONTH; day++) {
    people.forEach((calls, id) => {
      count(id, KINDS[kindOfPerson(seed, id)]!.name, calls.next().value ?? []);
    });
    for (let id = 0; id < MACHINES; id++) count(PEOPLE + id, 'machine', machineCalls(seed, id, day, rate));
    if (day === MONTH) habits.mark(habits.table.at(habits.table.find(account.reset().addNumber(PEOPLE), dayStart(day))));
    while (habits.due <= dayStart(day + 1)) habits.lapse(dayStart(day + 1));
  }
  return { machines: told.filter((name) => name === 'machine').length, people: told.filter((name) => name !== 'machine') };
}
