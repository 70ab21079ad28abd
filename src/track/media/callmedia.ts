/** What each call has to do with media: who is who, when it was answered and over, which endpoints and streams are its own. */
import type { Table } from '../../table.ts';
import type { CallState } from '../calls/callstate.ts';

/** Streams kept of a call, and promised endpoints; what is beyond is only counted. */
const STREAMS = 32;
const PROMISES = 24;

/*
 * What belongs to a call lies together, so that a message costs one or two cache misses. In words of four bytes:
 *
 *    0 generation of its slot        1 caller's tag          2, 3 origin of each side's descriptions
 *    4 streams seen                  5 promised endpoints    6, 7 (free)
 *    8 answered, 10 ended, 12, 14 version of each side (Float64)
 *   16 promised endpoints: slot and generation of each
 *
 * Streams lie apart: most calls of a capture without media have none.
 */
const CALLER = 1;
const ORIGIN = 2;
const STREAM_COUNT = 4;
const PROMISE_COUNT = 5;
/** In numbers of eight bytes. */
const ANSWERED = 4;
const ENDED = 5;
const VERSION = 6;
const PROMISED = 16;
const WORDS = PROMISED + 2 * PROMISES;
const DOUBLES = WORDS / 2;

/** A row for each slot of the table of calls; a slot that holds another call than before begins anew. */
export class CallMedia {
  readonly #calls: Table<CallState>;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  /** Slot and generation of each stream. */
  readonly #streams: Int32Array;

  /** @param calls the table whose slots are meant. */
  constructor(calls: Table<CallState>) {
    const n = calls.capacity;
    this.#calls = calls;
    this.#words = new Int32Array(n * WORDS);
    this.#times = new Float64Array(this.#words.buffer);
    this.#streams = new Int32Array(n * STREAMS * 2);
  }

  /** Makes sure that the row of a slot is that of the call that holds it now. */
  open(call: number): void {
    const generation = this.#calls.generation(call);
    const at = this.#row(call);
    const words = this.#words;
    if (words[at] === generation) return;
    words[at] = generation;
    words[at + CALLER] = 0;
    words[at + ORIGIN] = 0;
    words[at + ORIGIN + 1] = 0;
    words[at + STREAM_COUNT] = 0;
    words[at + PROMISE_COUNT] = 0;
    this.#times[at / 2 + ANSWERED] = 0;
    this.#times[at / 2 + ENDED] = 0;
  }

  /** True if the row is still that of that call. */
  holds(call: number, generation: number): boolean {
    return call >= 0 && this.#words[this.#row(call)] === generation;
  }

  /** The side a From tag (as a number) belongs to: 0 the caller, 1 the callee; the first one seen is the caller. */
  side(call: number, tag: number): number {
    const at = this.#row(call) + CALLER;
    if (this.#words[at] === 0) this.#words[at] = tag | 1;
    return this.#words[at] === (tag | 1) ? 0 : 1;
  }

  answered(call: number): number {
    return this.#times[this.#double(call) + ANSWERED]!;
  }

  ended(call: number): number {
    return this.#times[this.#double(call) + ENDED]!;
  }

  answer(call: number, time: number): void {
    const at = this.#double(call) + ANSWERED;
    if (this.#times[at] === 0) this.#times[at] = time;
  }

  end(call: number, time: number): void {
    const at = this.#double(call) + ENDED;
    if (this.#times[at] === 0) this.#times[at] = time;
  }

  /** Notes the version of the origin (as a number) a side gave; true if it is lower than the one the same origin had before. */
  decreased(call: number, side: number, origin: number, version: number): boolean {
    const at = this.#row(call) + ORIGIN + side;
    const then = this.#double(call) + VERSION + side;
    const lower = this.#words[at] === origin && version < this.#times[then]!;
    this.#words[at] = origin;
    this.#times[then] = version;
    return lower;
  }

  /** How many streams of a call are kept. */
  streamsKept(call: number): number {
    return Math.min(this.#words[this.#row(call) + STREAM_COUNT]!, STREAMS);
  }

  stream(call: number, n: number): number {
    return this.#streams[this.#stream(call, n)]!;
  }

  streamGeneration(call: number, n: number): number {
    return this.#streams[this.#stream(call, n) + 1]!;
  }

  addStream(call: number, slot: number, generation: number): void {
    const count = this.#row(call) + STREAM_COUNT;
    const n = this.#words[count]!;
    if (n < STREAMS) {
      this.#streams[this.#stream(call, n)] = slot;
      this.#streams[this.#stream(call, n) + 1] = generation;
    }
    if (n < 0xffff) this.#words[count] = n + 1;
  }

  /** Puts another stream in the place of one: its counts have moved. */
  moveStream(call: number, from: number, slot: number, generation: number): void {
    for (let n = 0; n < this.streamsKept(call); n++) {
      const at = this.#stream(call, n);
      if (this.#streams[at] !== from) continue;
      this.#streams[at] = slot;
      this.#streams[at + 1] = generation;
      return;
    }
  }

  promisesKept(call: number): number {
    return this.#words[this.#row(call) + PROMISE_COUNT]!;
  }

  promise(call: number, n: number): number {
    return this.#words[this.#row(call) + PROMISED + 2 * n]!;
  }

  promiseGeneration(call: number, n: number): number {
    return this.#words[this.#row(call) + PROMISED + 2 * n + 1]!;
  }

  addPromise(call: number, slot: number, generation: number): void {
    const at = this.#row(call);
    const n = this.#words[at + PROMISE_COUNT]!;
    if (n === PROMISES) return;
    this.#words[at + PROMISED + 2 * n] = slot;
    this.#words[at + PROMISED + 2 * n + 1] = generation;
    this.#words[at + PROMISE_COUNT] = n + 1;
  }

  #row(call: number): number {
    return this.#calls.order(call) * WORDS;
  }

  /** The same row, counted in eight bytes. */
  #double(call: number): number {
    return this.#calls.order(call) * DOUBLES;
  }

  #stream(call: number, n: number): number {
    return (this.#calls.order(call) * STREAMS + n) * 2;
  }
}
