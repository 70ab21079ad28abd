/**
 * The bounded, expiring table in which all state lives (design: State; docs/decisions/0002-the-table.md).
 *
 * Set-associative: a key's hash chooses a bucket of eight slots; the full key is verified on a hit; a new key takes an
 * empty or expired slot of its bucket, else the slot that would expire first (an eviction, counted). The hash is
 * HalfSipHash-1-3 under a secret seed, so nobody who does not know the seed can aim at a bucket. There is no timer: a
 * slot is expired when the pipeline's `now` has passed its time, seen when it is next looked at or swept.
 *
 * Values are plain data, one object per slot, made once and reset for each new key: no allocation per packet.
 */

const WAYS = 8;

/** Seed of all hashes of a run: two 32-bit words from the config. */
export interface Seed {
  readonly k0: number;
  readonly k1: number;
}

/** A key under construction: bytes in a scratch buffer. One per owner, reused for every look-up. */
export class Key {
  readonly bytes: Uint8Array;
  /** The same bytes, four at a time. */
  readonly words: Int32Array;
  length = 0;

  /** @param capacity longest key in bytes, rounded up to a multiple of four; what does not fit is folded in. */
  constructor(capacity = 512) {
    this.bytes = new Uint8Array((capacity + 3) & ~3);
    this.words = new Int32Array(this.bytes.buffer);
  }

  reset(): this {
    this.length = 0;
    return this;
  }

  /** Appends `bytes[start, end)`. What does not fit is folded into the last eight bytes, so that long keys still differ. */
  add(bytes: Uint8Array, start: number, end: number): this {
    const own = this.bytes;
    const room = own.length - this.length;
    const stop = end - start <= room ? end : start + room;
    let n = this.length;
    for (let i = start; i < stop; i++) own[n++] = bytes[i]!;
    this.length = n;
    if (stop < end) this.#fold(bytes, stop, end);
    return this;
  }

  addByte(b: number): this {
    if (this.length < this.bytes.length) this.bytes[this.length++] = b;
    return this;
  }

  /** Appends the 32 bits of a number. */
  addNumber(n: number): this {
    return this.addByte(n & 255)
      .addByte((n >> 8) & 255)
      .addByte((n >> 16) & 255)
      .addByte((n >> 24) & 255);
  }

  /** Appends UTF-16 code units, low byte first where above 0x7f; ends with a zero byte so that neighbours cannot run together. */
  addString(s: string): this {
    for (let i = 0; i < s.length; i++) {
      const c = s.charCodeAt(i);
      if (c < 0x80) this.addByte(c);
      else
        this.addByte(0xff)
          .addByte(c & 255)
          .addByte(c >> 8);
    }
    return this.addByte(0);
  }

  #fold(bytes: Uint8Array, start: number, end: number): void {
    const own = this.bytes;
    let h = 0x9e3779b9;
    let g = 0x85ebca6b;
    for (let i = start; i < end; i++) {
      h = Math.imul(h ^ bytes[i]!, 0x01000193);
      g = Math.imul(g + bytes[i]!, 0x27d4eb2f) ^ (g >>> 15);
    }
    for (let i = 0; i < 4; i++) {
      own[own.length - 8 + i]! ^= h >>> (8 * i);
      own[own.length - 4 + i]! ^= g >>> (8 * i);
    }
  }
}

/** HalfSipHash-1-3 (32 bits) of a key; words are read as this machine orders them, little-endian on all we support. */
export function hash(seed: Seed, { bytes, words, length }: Key): number {
  let v0 = seed.k0;
  let v1 = seed.k1;
  let v2 = 0x6c796765 ^ seed.k0;
  let v3 = 0x74656462 ^ seed.k1;
  const whole = length & ~3;
  for (let i = 0; i <= whole; i += 4) {
    // The last word holds the rest and the length, as the specification has it.
    const m =
      i < whole
        ? words[i >> 2]!
        : (length << 24) |
          (length - whole > 2 ? bytes[i + 2]! << 16 : 0) |
          (length - whole > 1 ? bytes[i + 1]! << 8 : 0) |
          (length - whole > 0 ? bytes[i]! : 0);
    v3 ^= m;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= m;
  }
  v2 ^= 0xff;
  for (let r = 0; r < 3; r++) {
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
  }
  return v1 ^ v3;
}

/** What a table is for and how large it may get. */
export interface TableOptions<V> {
  /** For metrics and messages. */
  readonly name: string;
  /** Most entries; rounded up to a power of two, at least 8. */
  readonly capacity: number;
  /** µs an entry lives after it was last touched. */
  readonly ttl: number;
  /** Bytes of a key kept inline, at most 65,535; longer keys are kept apart, at the cost of an object each. */
  readonly keyBytes: number;
  /** Bytes of each entry that its owner may use as it likes (`rows`, `row`), 0 if not given. */
  readonly rowBytes?: number;
  readonly seed: Seed;
  /** Makes a slot's value, once per slot. */
  readonly make: () => V;
  /** Prepares a slot's value for a new key. */
  readonly reset: (value: V) => void;
}

/** Counts since the table was made. */
export interface TableStats {
  readonly name: string;
  readonly capacity: number;
  readonly inserted: number;
  /** Live entries pushed out for want of room. */
  readonly evicted: number;
  /** Entries whose time had passed when their slot was taken. */
  readonly expired: number;
}

/** Plain data a table can be restored from. */
export interface TableSnapshot<V> {
  readonly entries: readonly {
    readonly key: readonly number[];
    readonly row: readonly number[];
    readonly until: number;
    readonly value: V;
  }[];
}

/*
 * All that is looked at to find a key lies in one block of 128 bytes a bucket, so that a look-up costs few cache misses:
 *
 *   bytes   0…31   hash of each of the 8 slots     (Int32,   #hashes,  32 a bucket)
 *          32…95   µs until which it lives         (Float64, #until,   16 a bucket, from the 4th)
 *          96…111  length of its key               (Uint16,  #counts,  64 a bucket, from the 48th)
 *         112…127  generation: entries it has held (Uint16,  #counts,  64 a bucket, from the 56th)
 */
const BLOCK = 128;

/** A bounded, expiring map from bytes to values of one kind. */
export class Table<V> {
  readonly name: string;
  readonly capacity: number;
  /** µs an entry lives after it was last touched. */
  readonly ttl: number;
  inserted = 0;
  evicted = 0;
  expired = 0;
  /** Set by `put`: the entry was made by that call. */
  fresh = false;
  /** The free bytes of all entries; those of a slot begin at `row(slot)`. */
  readonly rows: Uint8Array;

  readonly #seed: Seed;
  readonly #make: () => V;
  readonly #reset: (value: V) => void;
  readonly #keyBytes: number;
  readonly #stride: number;
  readonly #mask: number;
  /** Bits of a bucket's number. */
  readonly #shift: number;
  readonly #hashes: Int32Array;
  readonly #until: Float64Array;
  readonly #counts: Uint16Array;
  /** `rows`, four bytes at a time. */
  readonly #words: Int32Array;
  readonly #long = new Map<number, Uint8Array>();
  readonly #values: (V | undefined)[];

  constructor(options: TableOptions<V>) {
    let capacity = WAYS;
    while (capacity < options.capacity) capacity *= 2;
    const blocks = new ArrayBuffer((capacity / WAYS) * BLOCK);
    this.name = options.name;
    this.capacity = capacity;
    this.ttl = options.ttl;
    this.#seed = options.seed;
    this.#make = options.make;
    this.#reset = options.reset;
    // Multiples of four: keys are compared and copied by words.
    this.#keyBytes = (options.keyBytes + 3) & ~3;
    this.#stride = (this.#keyBytes + (options.rowBytes ?? 0) + 3) & ~3;
    this.#mask = capacity / WAYS - 1;
    this.#shift = 31 - Math.clz32(capacity / WAYS);
    this.#hashes = new Int32Array(blocks);
    this.#until = new Float64Array(blocks);
    this.#counts = new Uint16Array(blocks);
    this.rows = new Uint8Array(capacity * this.#stride);
    this.#words = new Int32Array(this.rows.buffer);
    // Its full length at once: an array that grows while it is hot makes V8 throw away what it compiled, again and again.
    this.#values = new Array<V | undefined>(capacity).fill(undefined);
  }

  /** Slot of a live entry, or -1. Does not touch it. */
  find(key: Key, now: number): number {
    const h = hash(this.#seed, key);
    const bucket = h & this.#mask;
    const hashes = this.#hashes;
    const first = bucket * 32;
    for (let i = first; i < first + WAYS; i++) {
      if (hashes[i] === h) {
        const way = i - first;
        if (this.#until[bucket * 16 + 4 + way]! > now && this.#holds(bucket, way, key)) return bucket * WAYS + way;
      }
    }
    return -1;
  }

  /** Slot of the entry, made if there is none (then `fresh` is true); touches it: it lives `ttl` from `now`. */
  put(key: Key, now: number): number {
    const h = hash(this.#seed, key);
    const bucket = h & this.#mask;
    const hashes = this.#hashes;
    const first = bucket * 32;
    for (let i = first; i < first + WAYS; i++) {
      if (hashes[i] !== h) continue;
      const way = i - first;
      const t = bucket * 16 + 4 + way;
      if (this.#until[t]! > now && this.#holds(bucket, way, key)) {
        this.#until[t] = now + this.ttl;
        this.fresh = false;
        return bucket * WAYS + way;
      }
    }
    const way = this.#freest(bucket, now);
    const slot = bucket * WAYS + way;
    this.#fill(slot, key);
    hashes[first + way] = h;
    this.#until[bucket * 16 + 4 + way] = now + this.ttl;
    this.inserted++;
    this.fresh = true;
    return slot;
  }

  /** The value in a slot that `find` or `put` returned. */
  at(slot: number): V {
    return this.#values[slot]!;
  }

  /** Puts another value into a slot that `find` or `put` returned. */
  assign(slot: number, value: V): void {
    this.#values[slot] = value;
  }

  /** Where the free bytes of a slot begin in `rows`. */
  row(slot: number): number {
    return this.#place(slot) + this.#keyBytes;
  }

  /**
   * The slots in the order in which memory is best laid out for them: first the first slot of each bucket, then the second of each,
   * and so on. Most tables are never full, and their buckets fill from the front: so what is used lies together, and the rest of
   * the memory is never touched.
   */
  order(slot: number): number {
    return ((slot & (WAYS - 1)) << this.#shift) | (slot >> 3);
  }

  #place(slot: number): number {
    return this.order(slot) * this.#stride;
  }

  /** Tells two uses of the same slot apart: remember it with the slot to see later whether the entry is still the same. */
  generation(slot: number): number {
    return this.#counts[(slot >> 3) * 64 + 56 + (slot & 7)]!;
  }

  /** The hash of a slot's key: 32 bits that differ, most likely, when keys do. */
  hashAt(slot: number): number {
    return this.#hashes[(slot >> 3) * 32 + (slot & 7)]!;
  }

  /** True while the slot still holds that generation and its time has not passed. */
  alive(slot: number, generation: number, now: number): boolean {
    return this.generation(slot) === generation && this.#until[untilIndex(slot)]! > now;
  }

  /** Makes the entry live until `now + ttl`. */
  touch(slot: number, now: number): void {
    this.#until[untilIndex(slot)] = now + this.ttl;
  }

  /** Makes the entry live until `time` (µs). */
  expireAt(slot: number, time: number): void {
    this.#until[untilIndex(slot)] = time;
  }

  remove(slot: number): void {
    this.#until[untilIndex(slot)] = 0;
    this.#long.delete(slot);
  }

  /** Calls `visit` for each entry that is live at `now`, in slot order. */
  each(now: number, visit: (value: V, slot: number) => void): void {
    for (let slot = 0; slot < this.#values.length; slot++) {
      const value = this.#values[slot];
      if (value !== undefined && this.#until[untilIndex(slot)]! > now) visit(value, slot);
    }
  }

  /** The key of a slot, copied. */
  keyAt(slot: number): Uint8Array {
    const n = this.#counts[(slot >> 3) * 64 + 48 + (slot & 7)]!;
    return this.#long.get(slot) ?? this.rows.slice(this.#place(slot), this.#place(slot) + n);
  }

  /** Where the key of a slot begins in `rows`, of a table whose keys are all inline. */
  keyStart(slot: number): number {
    return this.#place(slot);
  }

  stats(): TableStats {
    return { name: this.name, capacity: this.capacity, inserted: this.inserted, evicted: this.evicted, expired: this.expired };
  }

  snapshot(now: number): TableSnapshot<V> {
    const entries: { key: number[]; row: number[]; until: number; value: V }[] = [];
    this.each(now, (value, slot) => {
      const row = [...this.rows.subarray(this.row(slot), this.#place(slot) + this.#stride)];
      entries.push({ key: [...this.keyAt(slot)], row, until: this.#until[untilIndex(slot)]!, value: structuredClone(value) });
    });
    return { entries };
  }

  /** Adds the entries of a snapshot of a table with rows of the same size; the same seed is not needed. */
  restore(snapshot: TableSnapshot<V>, now: number): void {
    for (const entry of snapshot.entries) {
      const key = new Key(Math.max(entry.key.length, 8)).add(Uint8Array.from(entry.key), 0, entry.key.length);
      const slot = this.put(key, now);
      this.expireAt(slot, entry.until);
      this.rows.set(entry.row, this.row(slot));
      this.#values[slot] = structuredClone(entry.value);
    }
  }

  #holds(bucket: number, way: number, key: Key): boolean {
    const n = key.length;
    if (this.#counts[bucket * 64 + 48 + way] !== n) return false;
    const slot = bucket * WAYS + way;
    if (n > this.#keyBytes) return same(this.#long.get(slot)!, 0, key.bytes, 0, n);
    const at = this.#place(slot);
    const word = at >> 2;
    const whole = n >> 2;
    for (let i = 0; i < whole; i++) if (this.#words[word + i] !== key.words[i]) return false;
    return same(this.rows, at, key.bytes, whole << 2, n);
  }

  /**
   * Which slot of a bucket a new key gets: of those whose time has passed the one it passed last, since that one is still in
   * the processor's cache and memory that was never needed stays untouched; else the one whose time passes first.
   */
  #freest(bucket: number, now: number): number {
    const times = this.#until;
    const first = bucket * 16 + 4;
    let best = first;
    let until = times[first]!;
    for (let i = first + 1; i < first + WAYS; i++) {
      const u = times[i]!;
      if (u <= now ? u > until || until > now : u < until) {
        until = u;
        best = i;
      }
    }
    if (until > now) this.evicted++;
    else if (until > 0) this.expired++;
    return best - first;
  }

  #fill(slot: number, key: Key): void {
    const value = this.#values[slot];
    if (value === undefined) this.#values[slot] = this.#make();
    else this.#reset(value);
    const counts = this.#counts;
    const count = (slot >> 3) * 64 + 48 + (slot & 7);
    const n = key.length;
    if (counts[count]! > this.#keyBytes) this.#long.delete(slot);
    counts[count] = n;
    counts[count + 8]!++;
    if (n > this.#keyBytes) {
      this.#long.set(slot, key.bytes.slice(0, n));
      return;
    }
    const word = this.#place(slot) >> 2;
    const words = this.#words;
    // The last word may bring bytes behind the key; nobody reads them.
    for (let i = 0; i < (n + 3) >> 2; i++) words[word + i] = key.words[i]!;
  }
}

/** Index of a slot's time in the blocks. */
function untilIndex(slot: number): number {
  return (slot >> 3) * 16 + 4 + (slot & 7);
}

function same(own: Uint8Array, at: number, bytes: Uint8Array, from: number, n: number): boolean {
  for (let i = from; i < n; i++) if (own[at + i] !== bytes[i]) return false;
  return true;
}
