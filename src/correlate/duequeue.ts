/**
 * What falls due, in time order: a binary heap that is asked only "is the first one due". It replaces timers. Each entry
 * stands in it at most once, so that it never holds more than there are groups.
 */

/** Something that falls due. Only the queue writes `due` and `queued`. */
export interface Due {
  /** µs. */
  due: number;
  queued: boolean;
  /** Decides between equal times; never changes. */
  readonly serial: number;
}

/** Entries by `due`, then `serial`. */
export class DueQueue<T extends Due> {
  readonly #heap: T[] = [];
  /** When the first entry falls due, µs; Infinity if there is none. */
  next = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#heap.length;
  }

  /** Puts an entry in; one that is in already keeps its earlier time. */
  push(entry: T, due: number): void {
    if (entry.queued) return;
    entry.due = due;
    entry.queued = true;
    const heap = this.#heap;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = entry;
    this.next = heap[0]!.due;
  }

  /** Takes out the first entry if it is due. */
  pop(now: number): T | undefined {
    if (this.next > now) return undefined;
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (last !== first) this.#sink(last);
    first.queued = false;
    this.next = heap.length === 0 ? Number.POSITIVE_INFINITY : heap[0]!.due;
    return first;
  }

  #sink(entry: T): void {
    const heap = this.#heap;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (before(entry, heap[child]!)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = entry;
  }
}

function before(a: Due, b: Due): boolean {
  return a.due < b.due || (a.due === b.due && a.serial < b.serial);
}
