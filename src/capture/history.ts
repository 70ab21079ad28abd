/**
 * The last bytes of the TCP directions that are followed, so that a segment which repeats a place with other bytes is
 * told from a plain retransmission. One ring for all of them: nothing is allocated for a segment, and a flood only
 * shortens the memory.
 */

/** Bytes kept, segments kept, and how many of these are looked through for one that overlaps. */
const RING = 1024 * 1024;
const SEGMENTS = 4096;
const LOOKED = 256;
/** Longest segment kept. */
const LONGEST = 65_535;

/** The ring. */
export class History {
  /** Not cleared: nothing is read of it that was not written. */
  readonly #bytes: Buffer = Buffer.allocUnsafeSlow(RING);
  /** By segment: its stream, that one's generation, sequence number, length, place in the ring counted without end. */
  readonly #slots = new Int32Array(SEGMENTS);
  readonly #generations = new Uint32Array(SEGMENTS);
  readonly #sequences = new Int32Array(SEGMENTS);
  readonly #lengths = new Int32Array(SEGMENTS);
  readonly #places = new Float64Array(SEGMENTS);
  #count = 0;
  #head = 0;

  /** Remembers that `bytes[start, end)` came at `sequence` of a stream. */
  keep(slot: number, generation: number, sequence: number, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length <= 0 || length > LONGEST) return;
    // In one piece: what is left at the end of the ring is skipped.
    if ((this.#head % RING) + length > RING) this.#head += RING - (this.#head % RING);
    const i = this.#count++ % SEGMENTS;
    this.#slots[i] = slot;
    this.#generations[i] = generation;
    this.#sequences[i] = sequence;
    this.#lengths[i] = length;
    this.#places[i] = this.#head;
    const at = this.#head % RING;
    if (length < 64) for (let k = 0; k < length; k++) this.#bytes[at + k] = bytes[start + k]!;
    else Buffer.prototype.copy.call(bytes, this.#bytes, at, start, end);
    this.#head += length;
  }

  /** True if `bytes[start, end)` at `sequence` of a stream says other bytes than those remembered for the same place. */
  differs(slot: number, generation: number, sequence: number, bytes: Uint8Array, start: number, end: number): boolean {
    const last = Math.max(0, this.#count - Math.min(LOOKED, SEGMENTS));
    for (let n = this.#count - 1; n >= last; n--) {
      const i = n % SEGMENTS;
      if (this.#places[i]! < this.#head - RING) return false;
      if (this.#slots[i] !== slot || this.#generations[i] !== generation) continue;
      const ahead = (sequence - this.#sequences[i]!) | 0;
      const from = Math.max(0, ahead);
      const to = Math.min(this.#lengths[i]!, ahead + end - start);
      const place = this.#places[i]! % RING;
      for (let k = from; k < to; k++) if (this.#bytes[place + k] !== bytes[start + k - ahead]) return true;
    }
    return false;
  }
}
