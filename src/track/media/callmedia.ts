/** What each call has to do with media: who is who, when it was answered and over, which endpoints and streams are its own. */
import type { Table } from '../../table.ts';
import type { CallState } from '../calls/callstate.ts';

/** Streams kept of a call, and promised endpoints; what is beyond is only counted. */
const STREAMS = 32;
const PROMISES = 24;
const SIDES = 2;

/** Columns by slot of the table of calls; a slot that holds another call than before begins anew. */
export class CallMedia {
  readonly #calls: Table<CallState>;
  readonly #generation: Uint16Array;
  readonly #caller: Int32Array;
  readonly #answered: Float64Array;
  readonly #ended: Float64Array;
  readonly #origin: Int32Array;
  readonly #version: Float64Array;
  readonly #streamCount: Uint16Array;
  readonly #streams: Int32Array;
  readonly #streamGenerations: Uint16Array;
  readonly #promiseCount: Uint8Array;
  readonly #promises: Int32Array;
  readonly #promiseGenerations: Uint16Array;

  /** @param calls the table whose slots are meant. */
  constructor(calls: Table<CallState>) {
    const n = calls.capacity;
    this.#calls = calls;
    this.#generation = new Uint16Array(n);
    this.#caller = new Int32Array(n);
    this.#answered = new Float64Array(n);
    this.#ended = new Float64Array(n);
    this.#origin = new Int32Array(n * SIDES);
    this.#version = new Float64Array(n * SIDES);
    this.#streamCount = new Uint16Array(n);
    this.#streams = new Int32Array(n * STREAMS);
    this.#streamGenerations = new Uint16Array(n * STREAMS);
    this.#promiseCount = new Uint8Array(n);
    this.#promises = new Int32Array(n * PROMISES);
    this.#promiseGenerations = new Uint16Array(n * PROMISES);
  }

  /** Makes sure that the columns of a slot are those of the call that holds it now. */
  open(call: number): void {
    const generation = this.#calls.generation(call);
    if (this.#generation[call] === generation) return;
    this.#generation[call] = generation;
    this.#caller[call] = 0;
    this.#answered[call] = 0;
    this.#ended[call] = 0;
    for (let side = 0; side < SIDES; side++) this.#origin[call * SIDES + side] = 0;
    this.#streamCount[call] = 0;
    this.#promiseCount[call] = 0;
  }

  /** True if the columns are still those of that call. */
  holds(call: number, generation: number): boolean {
    return call >= 0 && this.#generation[call] === generation;
  }

  /** The side a From tag (as a number) belongs to: 0 the caller, 1 the callee; the first one seen is the caller. */
  side(call: number, tag: number): number {
    if (this.#caller[call] === 0) this.#caller[call] = tag | 1;
    return this.#caller[call] === (tag | 1) ? 0 : 1;
  }

  answered(call: number): number {
    return this.#answered[call]!;
  }

  ended(call: number): number {
    return this.#ended[call]!;
  }

  answer(call: number, time: number): void {
    if (this.#answered[call] === 0) this.#answered[call] = time;
  }

  end(call: number, time: number): void {
    if (this.#ended[call] === 0) this.#ended[call] = time;
  }

  /** Notes the version of the origin (as a number) a side gave; true if it is lower than the one the same origin had before. */
  decreased(call: number, side: number, origin: number, version: number): boolean {
    const at = call * SIDES + side;
    const lower = this.#origin[at] === origin && version < this.#version[at]!;
    this.#origin[at] = origin;
    this.#version[at] = version;
    return lower;
  }

  /** How many streams of a call are kept. */
  streamsKept(call: number): number {
    return Math.min(this.#streamCount[call]!, STREAMS);
  }

  stream(call: number, n: number): number {
    return this.#streams[call * STREAMS + n]!;
  }

  streamGeneration(call: number, n: number): number {
    return this.#streamGenerations[call * STREAMS + n]!;
  }

  addStream(call: number, slot: number, generation: number): void {
    const n = this.#streamCount[call]!;
    if (n < STREAMS) {
      this.#streams[call * STREAMS + n] = slot;
      this.#streamGenerations[call * STREAMS + n] = generation;
    }
    if (n < 0xffff) this.#streamCount[call] = n + 1;
  }

  /** Puts another stream in the place of one: its counts have moved. */
  moveStream(call: number, from: number, slot: number, generation: number): void {
    for (let n = 0; n < this.streamsKept(call); n++) {
      const at = call * STREAMS + n;
      if (this.#streams[at] !== from) continue;
      this.#streams[at] = slot;
      this.#streamGenerations[at] = generation;
      return;
    }
  }

  promisesKept(call: number): number {
    return this.#promiseCount[call]!;
  }

  promise(call: number, n: number): number {
    return this.#promises[call * PROMISES + n]!;
  }

  promiseGeneration(call: number, n: number): number {
    return this.#promiseGenerations[call * PROMISES + n]!;
  }

  addPromise(call: number, slot: number, generation: number): void {
    const n = this.#promiseCount[call]!;
    if (n === PROMISES) return;
    this.#promises[call * PROMISES + n] = slot;
    this.#promiseGenerations[call * PROMISES + n] = generation;
    this.#promiseCount[call] = n + 1;
  }
}
