/**
 * What must be looked at again when time has passed: entries in the order of their deadlines, without a timer.
 * All entries of one queue wait equally long, so the order of pushing is the order of deadlines.
 */

/** In place of a slot: nothing waits here any more. */
const CANCELLED = -1;

/** A bounded queue of (slot, generation) pairs of a table, each with the time (µs) it falls due. */
export class TimeoutQueue {
  readonly #slots: Int32Array;
  readonly #generations: Uint32Array;
  readonly #due: Float64Array;
  readonly #mask: number;
  #head = 0;
  #tail = 0;
  /** Entries that were given up because the queue was full. */
  dropped = 0;

  /** @param capacity most entries waiting, rounded up to a power of two. */
  constructor(capacity: number) {
    let size = 8;
    while (size < capacity) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Int32Array(size);
    this.#generations = new Uint32Array(size);
    this.#due = new Float64Array(size);
  }

  /** µs at which the first entry falls due; infinite if none waits. */
  get next(): number {
    return this.#head === this.#tail ? Number.POSITIVE_INFINITY : this.#due[this.#head & this.#mask]!;
  }

  /** Adds an entry; when full, the oldest is given up and counted. Returns its place, for `cancel`. */
  push(slot: number, generation: number, due: number): number {
    if (this.#tail - this.#head > this.#mask) {
      this.#head++;
      this.dropped++;
    }
    const i = this.#tail++ & this.#mask;
    this.#slots[i] = slot;
    this.#generations[i] = generation;
    this.#due[i] = due;
    return this.#tail - 1;
  }

  /**
   * Takes an entry back: what it waited for has come. Far cheaper than to find out when it falls due, since by then its slot has
   * left the processor's cache. `place` is what `push` returned for that slot; -1 and places that have passed do nothing.
   */
  cancel(place: number, slot: number): void {
    if (place < this.#head || place >= this.#tail || this.#slots[place & this.#mask] !== slot) return;
    this.#slots[place & this.#mask] = CANCELLED;
    while (this.#head < this.#tail && this.#slots[this.#head & this.#mask] === CANCELLED) this.#head++;
  }

  /** Takes the first entry if it is due at `now`; then `slot`, `generation` and `due` hold it. */
  take(now: number): boolean {
    let i = 0;
    do {
      if (this.next > now) return false;
      i = this.#head++ & this.#mask;
    } while (this.#slots[i] === CANCELLED);
    this.slot = this.#slots[i]!;
    this.generation = this.#generations[i]!;
    this.due = this.#due[i]!;
    return true;
  }

  slot = -1;
  generation = 0;
  due = 0;
}
