/**
 * `limit: auto`: limits that groups teach (S2-38 [6.5.1]; docs/decisions/0024-learned-limits.md). The highest count that a group's window
 * had is noted for each time of `within` that had Events; what 95 of 100 of these stayed within, twofold, is its limit. What lies `learn`
 * back counts half. An Alert takes the time it opened in out of that, and nothing is learned while it is open. A limit at most doubles in
 * `learn`, and stays between floor and ceiling: so much can be taught by an attacker who is patient.
 */
import { type Key, type Seed, Table } from '../table.ts';

/** Bounds of a learned limit. */
export interface Auto {
  readonly floor: number;
  readonly ceiling: number;
  /** The limit of a group until it has been known for `learn`. */
  readonly start: number;
  /** µs. */
  readonly learn: number;
}

const SHARE = 0.95;
const MARGIN = 2;
/** What a group taught is forgotten when it had no Event for so many times `learn`: by then it counts 1 in 256. */
const LIFE = 8;

/** Counts that are told apart, each by the highest of its class: three or so in each doubling. */
const CLASSES = [1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400, 512, 640, 800, 1000];

/* A row: SINCE (when the group was first seen), PERIOD (when what is running began), LIMIT, then PEAK and the weight of each class. */
const SINCE = 0;
const PERIOD = 1;
const LIMIT = 2;
const DOUBLES = 3;
const PEAK = 0;
const WEIGHTS = 1;

/** What the groups of one rule have taught. Bounded: beyond its capacity the group seen longest ago is forgotten. */
export class Learned {
  readonly #auto: Auto;
  readonly #within: number;
  readonly #table: Table<undefined>;
  readonly #doubles: Float64Array;
  readonly #floats: Float32Array;

  /** @param within µs of the window whose counts are judged. */
  constructor(
    auto: Auto,
    within: number,
    options: { readonly name: string; readonly capacity: number; readonly keyBytes: number; readonly seed: Seed },
  ) {
    this.#auto = auto;
    this.#within = within;
    this.#table = new Table<undefined>({
      ...options,
      ttl: LIFE * Math.max(auto.learn, within),
      rowBytes: 8 * DOUBLES + ((4 * (WEIGHTS + CLASSES.length) + 7) & ~7),
      make: () => undefined,
      reset: () => {},
    });
    this.#doubles = new Float64Array(this.#table.rows.buffer);
    this.#floats = new Float32Array(this.#table.rows.buffer);
  }

  /** Judges a count of a group without an Alert: its limit if it is reached, else 0, and the count is learned. */
  judge(key: Key, count: number, now: number): number {
    const slot = this.#table.put(key, now);
    const row = this.#table.row(slot) >>> 3;
    const d = this.#doubles;
    const at = 2 * (row + DOUBLES);
    if (this.#table.fresh) this.#begin(row, at, now);
    else if (now - d[row + PERIOD]! > this.#within) this.#endPeriod(row, at, now);
    const limit = Math.round(d[row + LIMIT]!);
    const reached = count >= limit;
    this.#floats[at + PEAK] = reached ? 0 : Math.max(count, this.#floats[at + PEAK]!);
    return reached ? limit : 0;
  }

  /** The limit of a group as it was last learned. */
  limit(key: Key, now: number): number {
    const slot = this.#table.find(key, now);
    return slot < 0 ? this.#auto.start : Math.round(this.#doubles[(this.#table.row(slot) >>> 3) + LIMIT]!);
  }

  #begin(row: number, at: number, now: number): void {
    this.#doubles[row + SINCE] = now;
    this.#doubles[row + PERIOD] = now;
    this.#doubles[row + LIMIT] = this.#auto.start;
    this.#floats.fill(0, at, at + WEIGHTS + CLASSES.length);
  }

  /** A period is over when the next one begins. Without a peak an Alert opened in it: nothing is learned of it. */
  #endPeriod(row: number, at: number, now: number): void {
    const d = this.#doubles;
    const { learn } = this.#auto;
    const passed = (now - d[row + PERIOD]!) / learn;
    const peak = this.#floats[at + PEAK]!;
    d[row + PERIOD] = now;
    if (peak === 0) return;
    const known = now - d[row + SINCE]! >= learn;
    const faded = 2 ** -passed;
    for (let i = at + WEIGHTS; i < at + WEIGHTS + CLASSES.length; i++) this.#floats[i]! *= faded;
    this.#floats[at + WEIGHTS + classOf(peak)]! += 1;
    this.#floats[at + PEAK] = 0;
    if (known) d[row + LIMIT] = this.#learnedLimit(at, d[row + LIMIT]! / faded);
  }

  /** What the group taught, at most `most`, within the bounds. */
  #learnedLimit(at: number, most: number): number {
    const { floor, ceiling } = this.#auto;
    return Math.min(ceiling, Math.max(floor, Math.min(most, MARGIN * this.#usual(at + WEIGHTS))));
  }

  /** The count that so many of the periods stayed within. */
  #usual(from: number): number {
    let sum = 0;
    for (let i = 0; i < CLASSES.length; i++) sum += this.#floats[from + i]!;
    let i = 0;
    for (let below = this.#floats[from]!; below < SHARE * sum && i < CLASSES.length - 1; below += this.#floats[from + i]!) i++;
    return CLASSES[i]!;
  }
}

function classOf(count: number): number {
  let i = 0;
  while (CLASSES[i]! < count && i < CLASSES.length - 1) i++;
  return i;
}
