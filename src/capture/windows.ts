/**
 * Room for the bytes of TCP streams that wait: a fixed pool of windows, each a piece of one direction of a connection.
 * Bytes lie where their sequence number puts them; what came first stays. When all windows are taken, the one that was
 * used longest ago is given up, so who floods pushes out the oldest first.
 */
import { createOrigin, type Origin } from './origin.ts';

/** Bytes of a window: a message of the largest size and a segment of the largest size behind it. */
export const WINDOW = 128 * 1024;
/** Windows there are: 32 MiB, made as they are needed. */
export const MAX_WINDOWS = 256;
/** Pieces behind a gap that a window keeps apart. */
const MAX_PIECES = 64;

/** The bytes of one direction from `base` on. */
export class Window {
  readonly bytes: Buffer = Buffer.alloc(WINDOW);
  /** Sequence number of `bytes[0]`. */
  base = 0;
  /** Bytes there in a row from the start. */
  have = 0;
  /** What lies behind a gap: start, end, start, end …, in order, apart from each other. */
  readonly pieces: number[] = [];
  /** Segments held since the gap was met, and when that was (µs). */
  held = 0;
  since = 0;
  /** Slot of the stream in its table, and the generation of that; -1: free. */
  slot = -1;
  generation = 0;
  /** Counts uses, to find the one used longest ago. */
  used = 0;
  /** Both endpoints, and of the last segment what the packet says of its frame. */
  readonly origin: Origin = createOrigin();

  /** Begins anew at sequence number `base`. */
  begin(base: number): void {
    this.base = base;
    this.have = 0;
    this.pieces.length = 0;
    this.held = 0;
  }

  /**
   * Puts `from[start, end)` at `at`, where nothing is yet; both kinds of overlap keep what was there. False: no room.
   */
  put(at: number, from: Uint8Array, start: number, end: number): boolean {
    const stop = at + end - start;
    if (stop > WINDOW || this.pieces.length >= 2 * MAX_PIECES) return false;
    let next = Math.max(at, this.have);
    const { pieces } = this;
    for (let k = 0; k < pieces.length && next < stop; k += 2) {
      if (pieces[k]! > next) this.#copy(next, Math.min(stop, pieces[k]!), at, from, start);
      next = Math.max(next, pieces[k + 1]!);
    }
    if (next < stop) this.#copy(next, stop, at, from, start);
    this.#join(at, stop);
    return true;
  }

  /** Forgets the first `count` bytes. */
  drop(count: number): void {
    const last = this.pieces.length > 0 ? this.pieces[this.pieces.length - 1]! : this.have;
    this.bytes.copyWithin(0, count, last);
    this.base = (this.base + count) | 0;
    this.have = Math.max(0, this.have - count);
    for (let k = 0; k < this.pieces.length; k++) this.pieces[k]! -= count;
    this.#absorb();
  }

  #copy(next: number, stop: number, at: number, from: Uint8Array, start: number): void {
    for (let i = next; i < stop; i++) this.bytes[i] = from[start + i - at]!;
  }

  /** Notes that `[start, end)` is there now. */
  #join(start: number, end: number): void {
    const { pieces } = this;
    let first = 0;
    while (first < pieces.length && pieces[first + 1]! < start) first += 2;
    let last = first;
    let from = start;
    let to = end;
    while (last < pieces.length && pieces[last]! <= to) {
      from = Math.min(from, pieces[last]!);
      to = Math.max(to, pieces[last + 1]!);
      last += 2;
    }
    pieces.splice(first, last - first, from, to);
    this.#absorb();
  }

  /** What is no longer behind a gap joins the bytes in a row. */
  #absorb(): void {
    const { pieces } = this;
    while (pieces.length > 0 && pieces[0]! <= this.have) {
      this.have = Math.max(this.have, pieces[1]!);
      pieces.splice(0, 2);
    }
    if (pieces.length === 0) this.held = 0;
  }
}

/** The pool. */
export class Windows {
  readonly all: Window[] = [];
  #free: Window[] = [];
  #uses = 0;

  /** A free window, or the one used longest ago: its `slot` still names who had it. */
  take(): Window {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.all.length < MAX_WINDOWS) {
      const made = new Window();
      this.all.push(made);
      return made;
    }
    return this.all.reduce((oldest, each) => (each.used < oldest.used ? each : oldest));
  }

  /** Marks a window as used just now. */
  touch(window: Window): void {
    window.used = ++this.#uses;
  }

  /** Gives a window back. */
  release(window: Window): void {
    window.slot = -1;
    this.#free.push(window);
  }
}
