/** Counts of a key in a sliding window: all that threshold rules know. */

/** Times of the last hits of each key. */
export class Rates {
  readonly #count: number;
  readonly #period: number;
  readonly #hits = new Map<string, { times: number[]; next: number }>();

  /** @param count of hits within `period` µs that is reported. */
  constructor(count: number, period: number) {
    this.#count = count;
    this.#period = period;
  }

  /** Takes a hit. @returns the time of the oldest of the last `count` hits if all of them lie within the period. */
  hit(key: string, time: number): number | undefined {
    let of = this.#hits.get(key);
    if (of === undefined) this.#hits.set(key, (of = { times: [], next: 0 }));
    of.times[of.next] = time;
    of.next = (of.next + 1) % this.#count;
    if (of.times.length < this.#count) return undefined;
    const oldest = of.times[of.next] ?? time;
    return time - oldest < this.#period ? oldest : undefined;
  }
}
