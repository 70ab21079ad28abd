/**
 * The bounded, expiring table in which all state lives (design: State).
 *
 * Set-associative: a key's hash chooses a bucket of eight slots; the full key is verified on a hit; a new key takes an
 * empty or expired slot of its bucket, else the slot touched longest ago (an eviction, counted). The hash is
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
  length = 0;

  /** @param capacity longest key in bytes; longer parts are cut, `cut` says so. */
  constructor(capacity = 512) {
    this.bytes = new Uint8Array(capacity);
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

/** HalfSipHash-1-3 (32 bits) of `bytes[0, length)`. */
export function hash(seed: Seed, bytes: Uint8Array, length: number): number {
  let v0 = seed.k0;
  let v1 = seed.k1;
  let v2 = 0x6c796765 ^ seed.k0;
  let v3 = 0x74656462 ^ seed.k1;
  const whole = length & ~3;
  for (let i = 0; i <= whole; i += 4) {
    // The last word holds the rest and the length, as the specification has it.
    const m =
      i < whole
        ? bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
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
  /** Bytes of a key kept inline; longer keys are kept apart, at the cost of an object each. */
  readonly keyBytes: number;
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
  /** Entries whose time had passed when their slot was taken or swept. */
  readonly expired: number;
}

/** Plain data a table can be restored from. */
export interface TableSnapshot<V> {
  readonly entries: readonly { readonly key: readonly number[]; readonly until: number; readonly value: V }[];
}

export class Table<V> {
  readonly name: string;
  readonly capacity: number;
  ttl: number;
  inserted = 0;
  evicted = 0;
  expired = 0;
  /** Set by `put`: the entry was made by that call. */
  fresh = false;

  readonly #seed: Seed;
  readonly #make: () => V;
  readonly #reset: (value: V) => void;
  readonly #stride: number;
  readonly #mask: number;
  readonly #hashes: Int32Array;
  readonly #until: Float64Array;
  readonly #lengths: Uint16Array;
  readonly #generations: Uint32Array;
  readonly #keys: Uint8Array;
  readonly #long = new Map<number, Uint8Array>();
  readonly #values: (V | undefined)[];

  constructor(options: TableOptions<V>) {
    let capacity = WAYS;
    while (capacity < options.capacity) capacity *= 2;
    this.name = options.name;
    this.capacity = capacity;
    this.ttl = options.ttl;
    this.#seed = options.seed;
    this.#make = options.make;
    this.#reset = options.reset;
    this.#stride = options.keyBytes;
    this.#mask = capacity / WAYS - 1;
    this.#hashes = new Int32Array(capacity);
    this.#until = new Float64Array(capacity);
    this.#lengths = new Uint16Array(capacity);
    this.#generations = new Uint32Array(capacity);
    this.#keys = new Uint8Array(capacity * options.keyBytes);
    this.#values = [];
  }

  /** Slot of a live entry, or -1. Does not touch it. */
  find(key: Key, now: number): number {
    const h = hash(this.#seed, key.bytes, key.length);
    const first = (h & this.#mask) * WAYS;
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.#hashes[slot] === h && this.#until[slot]! > now && this.#holds(slot, key)) return slot;
    }
    return -1;
  }

  /** Slot of the entry, made if there is none (then `fresh` is true); touches it: it lives `ttl` from `now`. */
  put(key: Key, now: number): number {
    const h = hash(this.#seed, key.bytes, key.length);
    const first = (h & this.#mask) * WAYS;
    let free = first;
    let oldest = Number.POSITIVE_INFINITY;
    for (let slot = first; slot < first + WAYS; slot++) {
      const until = this.#until[slot]!;
      if (this.#hashes[slot] === h && until > now && this.#holds(slot, key)) {
        this.#until[slot] = now + this.ttl;
        this.fresh = false;
        return slot;
      }
      if (until < oldest) {
        oldest = until;
        free = slot;
      }
    }
    if (oldest > now) this.evicted++;
    else if (oldest > 0) this.expired++;
    this.#take(free, h, key, now + this.ttl);
    return free;
  }

  /** The value in a slot that `find` or `put` returned. */
  at(slot: number): V {
    return this.#values[slot]!;
  }

  /** Tells two uses of the same slot apart: remember it with the slot to see later whether the entry is still the same. */
  generation(slot: number): number {
    return this.#generations[slot]!;
  }

  /** True while the slot still holds that generation and its time has not passed. */
  alive(slot: number, generation: number, now: number): boolean {
    return this.#generations[slot] === generation && this.#until[slot]! > now;
  }

  /** Makes the entry live until `now + ttl`. */
  touch(slot: number, now: number): void {
    this.#until[slot] = now + this.ttl;
  }

  /** Makes the entry live until `time` (µs); a time that has passed removes it. */
  expireAt(slot: number, time: number): void {
    this.#until[slot] = time;
  }

  remove(slot: number): void {
    this.#until[slot] = 0;
    this.#long.delete(slot);
  }

  /** Calls `visit` for each live entry, in slot order. */
  each(now: number, visit: (value: V, slot: number) => void): void {
    for (let slot = 0; slot < this.capacity; slot++) if (this.#until[slot]! > now) visit(this.#values[slot]!, slot);
  }

  /** The key of a slot, copied. */
  keyAt(slot: number): Uint8Array {
    const n = this.#lengths[slot]!;
    return this.#long.get(slot) ?? this.#keys.slice(slot * this.#stride, slot * this.#stride + n);
  }

  stats(): TableStats {
    return { name: this.name, capacity: this.capacity, inserted: this.inserted, evicted: this.evicted, expired: this.expired };
  }

  snapshot(now: number): TableSnapshot<V> {
    const entries: { key: number[]; until: number; value: V }[] = [];
    this.each(now, (value, slot) => {
      entries.push({ key: [...this.keyAt(slot)], until: this.#until[slot]!, value: structuredClone(value) });
    });
    return { entries };
  }

  /** Adds the entries of a snapshot; the same seed is not needed. */
  restore(snapshot: TableSnapshot<V>, now: number): void {
    for (const entry of snapshot.entries) {
      const key = new Key(Math.max(entry.key.length, 8)).add(Uint8Array.from(entry.key), 0, entry.key.length);
      const slot = this.put(key, now);
      this.#until[slot] = entry.until;
      this.#values[slot] = structuredClone(entry.value);
    }
  }

  #holds(slot: number, key: Key): boolean {
    const n = key.length;
    if (this.#lengths[slot] !== n) return false;
    const bytes = key.bytes;
    if (n > this.#stride) {
      const long = this.#long.get(slot)!;
      for (let i = 0; i < n; i++) if (long[i] !== bytes[i]) return false;
      return true;
    }
    const keys = this.#keys;
    const at = slot * this.#stride;
    for (let i = 0; i < n; i++) if (keys[at + i] !== bytes[i]) return false;
    return true;
  }

  #take(slot: number, h: number, key: Key, until: number): void {
    const n = key.length;
    if (this.#lengths[slot]! > this.#stride) this.#long.delete(slot);
    if (n > this.#stride) this.#long.set(slot, key.bytes.slice(0, n));
    else {
      const keys = this.#keys;
      const bytes = key.bytes;
      const at = slot * this.#stride;
      for (let i = 0; i < n; i++) keys[at + i] = bytes[i]!;
    }
    this.#lengths[slot] = n;
    this.#hashes[slot] = h;
    this.#until[slot] = until;
    this.#generations[slot]!++;
    const value = this.#values[slot];
    if (value === undefined) {
      while (this.#values.length <= slot) this.#values.push(undefined);
      this.#values[slot] = this.#make();
    } else this.#reset(value);
    this.inserted++;
    this.fresh = true;
  }
}
