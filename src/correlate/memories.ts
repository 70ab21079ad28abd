/** What rules remember in lists for a time (SEC's contexts): bounded, and forgotten by event time. */
import { Key, type Seed, Table } from '../table.ts';
import type { Event } from '../types.ts';
import type { Held } from './condition.ts';

interface Entry {
  /** µs. */
  until: number;
}

const KEY_BYTES = 64;
const LONGEST_KEY = 1024;

/** The values in all lists, and what else a condition may ask: the steps before, which whoever asks sets first. */
export class Memories implements Held {
  steps: readonly (Event | undefined)[] = [];
  readonly #table: Table<Entry>;
  readonly #key = new Key(LONGEST_KEY);
  #now = 0;

  /**
   * @param longest the longest time anything is remembered, µs.
   * @param capacity most values in all lists together; beyond, what was renewed longest ago is forgotten.
   */
  constructor(longest: number, capacity: number, seed: Seed) {
    const reset = (entry: Entry): void => {
      entry.until = 0;
    };
    this.#table = new Table<Entry>({
      name: 'lists',
      capacity,
      ttl: longest + 1,
      keyBytes: KEY_BYTES,
      seed,
      make: () => ({ until: 0 }),
      reset,
    });
  }

  /** The pipeline's time, µs. */
  set now(now: number) {
    this.#now = now;
  }

  /** Puts values into a list for `time` µs, from now on. */
  remember(list: string, values: readonly string[], time: number): void {
    this.#table.at(this.#table.put(this.#keyOf(list, values), this.#now)).until = this.#now + time;
  }

  /** Takes values out of a list. */
  forget(list: string, values: readonly string[]): void {
    const slot = this.#table.find(this.#keyOf(list, values), this.#now);
    if (slot >= 0) this.#table.remove(slot);
  }

  remembers(list: string, values: readonly string[]): boolean {
    const slot = this.#table.find(this.#keyOf(list, values), this.#now);
    return slot >= 0 && this.#table.at(slot).until >= this.#now;
  }

  #keyOf(list: string, values: readonly string[]): Key {
    const key = this.#key.reset();
    key.addString(list);
    for (const value of values) key.addString(value);
    return key;
  }
}
