/**
 * Calls abroad that a server accepted: who places them, how many at a time, to how many numbers of one range, and what they cost. Whoever
 * has stolen an account calls numbers that pay him: in a row or at once, to ranges he has rented (S4-03, S4-36).
 */
import { ADDRESS, hasRowWord, putRowWord } from '../../bytes.ts';
import { hash, Key, type Seed, Table } from '../../table.ts';
import type { CallState } from '../calls/callstate.ts';
import type { Observation } from '../observation.ts';
import { createNumberView, NUMBER_CLASSES, readAbroad } from './numberplan.ts';

/** µs a caller's calls abroad are remembered: what he has called in a week is nothing new. */
const MEMORY = 7 * 86_400_000_000;
/** µs after which counts and cost are halved: a night is one whole. */
const HALF_LIFE = 6 * 3_600_000_000;
/** Numbers, and countries, that are remembered. */
const NUMBERS = 16;
const COUNTRIES = 8;
/** Digits at the end that differ within a range, as ranges are rented. */
const RANGE = 3;
/** Digits at the beginning by which countries are told apart here. */
const COUNTRY = 3;

/** Who calls abroad: a user at an address. Plain data. Its row holds hashes of numbers and of their ranges, by turns, then of countries. */
export interface TollState {
  /** Calls to numbers that cost more than `abroad`, halved every 6 h; those of them that have not ended. */
  costly: number;
  open: number;
  /** Cents of calls abroad that ended, halved every 6 h. */
  cents: number;
  /** Different numbers so far that cost more than `abroad`, and that lie in a range with one called before; halved every 6 h. */
  numbers: number;
  neighbours: number;
  known: number;
  countries: number;
  /** µs of the last halving. */
  halved: number;
}

/** All callers of numbers abroad. */
export class Tolls {
  readonly table: Table<TollState>;
  /** The number that was dialled last. */
  readonly number = createNumberView();
  /** Nothing of the number's country was called before. */
  fresh = false;
  readonly #key = new Key(ADDRESS + 4);
  readonly #name = new Key(64);
  readonly #seed: Seed;

  constructor(capacity: number, seed: Seed) {
    this.#seed = seed;
    this.table = new Table<TollState>({
      name: 'callers abroad',
      capacity,
      ttl: MEMORY,
      keyBytes: ADDRESS + 4,
      rowBytes: 4 * (2 * NUMBERS + COUNTRIES),
      seed,
      make: () => ({ costly: 0, open: 0, cents: 0.5, numbers: 0, neighbours: 0, known: 0, countries: 0, halved: 0.5 }),
      // `begin` resets it: it knows the time.
      reset: () => {},
    });
  }

  /** A server accepted a call, that is: it rings, or was answered. Its caller, if it goes abroad and that was not known yet. */
  accepted(o: Observation, c: CallState, now: number): TollState | undefined {
    const { message: m } = o;
    const { user } = m.to.uri;
    if (c.toll >= 0 || !readAbroad(m.bytes, user.start, user.end, this.number)) return undefined;
    const from = m.from.uri.user;
    const key = this.#key.reset().add(o.client, 0, ADDRESS);
    const slot = this.table.put(key.addNumber(this.#hashOf(m.bytes, from.start, from.end)), now);
    const t = this.table.at(slot);
    if (this.table.fresh) begin(t, now);
    c.toll = slot;
    c.tollGeneration = this.table.generation(slot);
    c.tollCents = this.number.cents;
    halve(t, now);
    if (this.number.kind > 0) {
      t.costly++;
      t.open++;
    }
    this.#remember(this.table.row(slot), t, m.bytes);
    return t;
  }

  /** A call abroad is over. */
  over(c: CallState, now: number): void {
    if (c.toll < 0 || !this.table.alive(c.toll, c.tollGeneration, now)) return;
    const t = this.table.at(c.toll);
    halve(t, now);
    if (c.answered > 0) t.cents += ((c.ended - c.answered) / 60_000_000) * c.tollCents;
    if (c.tollCents > 0 && t.open > 0) t.open--;
    c.tollCents = 0;
  }

  #remember(row: number, t: TollState, bytes: Uint8Array): void {
    const { start, end } = this.number;
    const { rows } = this.table;
    const country = this.#hashOf(bytes, start, start + COUNTRY);
    const countries = row + 4 * 2 * NUMBERS;
    this.fresh = !hasRowWord(rows, countries, 4, Math.min(t.countries, COUNTRIES), country);
    if (this.fresh) putRowWord(rows, countries + 4 * (t.countries++ % COUNTRIES), country);
    const number = this.#hashOf(bytes, start, end);
    const kept = Math.min(t.known, NUMBERS);
    if (hasRowWord(rows, row, 8, kept, number)) return;
    const range = this.#hashOf(bytes, start, end - RANGE);
    if (this.number.kind > 0) t.numbers++;
    if (hasRowWord(rows, row + 4, 8, kept, range)) t.neighbours++;
    const at = row + 8 * (t.known++ % NUMBERS);
    putRowWord(rows, at, number);
    putRowWord(rows, at + 4, range);
  }

  #hashOf(bytes: Uint8Array, start: number, end: number): number {
    return start < 0 ? 0 : hash(this.#seed, this.#name.reset().add(bytes, start, end));
  }
}

/** Name of the class of a number. */
export function classOf(kind: number): (typeof NUMBER_CLASSES)[number] {
  return NUMBER_CLASSES[kind]!;
}

function begin(t: TollState, now: number): void {
  t.costly = 0;
  t.open = 0;
  t.cents = 0;
  t.numbers = 0;
  t.neighbours = 0;
  t.known = 0;
  t.countries = 0;
  t.halved = now;
}

function halve(t: TollState, now: number): void {
  while (now - t.halved >= HALF_LIFE) {
    t.costly >>= 1;
    t.numbers >>= 1;
    t.neighbours >>= 1;
    t.cents = t.cents / 2;
    t.halved += HALF_LIFE;
    if (t.costly === 0 && t.neighbours === 0 && t.cents < 1) t.halved = now;
  }
}
