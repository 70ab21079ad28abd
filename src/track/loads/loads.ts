/**
 * Loads: what was asked of someone within the last minute, and how it came out, in rings of six buckets of ten seconds. Rows are
 * numbers in the bytes of a table, so that counting allocates nothing; a row is made only for who is asked often.
 */
import { ENDPOINT, keepShort, shortText } from '../../bytes.ts';
import { INVITE, METHODS, OPTIONS, REGISTER } from '../../decode/message.ts';
import { SKETCH, sketchAdd, sketchCount } from '../../sketch.ts';
import { type Key, type Seed, Table } from '../../table.ts';

/** Requests begun (outside dialogs, each once). In rows of answers and of other payloads: these. */
export const BEGUN = 0;
/** What only a party that hears the answers sends: credentials, ACK. */
export const FOLLOWED = 1;
/** Challenged (401, 407). */
export const CHALLENGED = 2;
/** Answered with 2xx. */
export const COMPLETED = 3;
/** Refused for good: 3xx, 4xx but 408 and challenges, 6xx. */
export const REFUSED = 4;
/** Failed at the server: 408 and 5xx. */
export const FAILED = 5;
/** Brought to an end: a final answer that is no challenge, for INVITE also acknowledged. */
export const FINISHED = 6;
/** Challenged, and no credentials within 2 s. */
export const ABANDONED = 7;
/** INVITE whose final answer was not acknowledged within 2 s (RFC 3261 §17.1.1.3). */
export const UNACKNOWLEDGED = 8;
/** Not answered within 4 s, and over UDP not sent again either, as RFC 3261 §17.1 demands after 0.5 s. */
export const SILENT = 9;
/** INVITE that has hung at 100 Trying for 4 s: the server waits for a host or a name. Taken back when it goes on. */
export const HANGING = 10;
/** INVITE that has rung for 4 s. Taken back with its final answer. */
export const RINGING = 11;
/** ACKs, whatever call they belong to. */
export const ACKS = 12;
const METRICS = 13;

/** Who a row is about: one source at one target, one target, one account, other payloads or lone answers to one address. */
export const LOAD_KINDS = ['source', 'target', 'account', 'noise', 'answers'] as const;
/** Kind of a row, see LOAD_KINDS. */
export const PAIR = 0;
/** Kind of a row, see LOAD_KINDS. */
export const TARGET = 1;
/** Kind of a row, see LOAD_KINDS. */
export const ACCOUNT = 2;
/** Kind of a row, see LOAD_KINDS. */
export const NOISE = 3;
/** Kind of a row, see LOAD_KINDS. */
export const ANSWERS = 4;

/** Methods that are counted apart; the last stands for all others. */
export const LOAD_METHODS = ['INVITE', 'REGISTER', 'OPTIONS', 'other'] as const;
const CLASSES = LOAD_METHODS.length;
const REGISTERS = 1;
const CLASS_OF = METHODS.map((_, code) => (code === INVITE ? 0 : code === REGISTER ? 1 : code === OPTIONS ? 2 : 3));

/** Index into LOAD_METHODS of a method's code. */
export function loadClass(method: number): number {
  return CLASS_OF[method]!;
}

const BUCKETS = 6;
/** µs of a bucket. */
const BUCKET = 10_000_000;
/** µs that a row looks back at most. */
export const WINDOW = BUCKETS * BUCKET;
/** From how many on a rise is told, by class of methods; of OPTIONS a flood is told sooner, as nothing else shows it. */
const FLOORS = [64, 64, 32, 64] as const;
const FLOOR_UNFINISHED = 8;

/* The words of a row: the ring, its sums, and for each class of methods the next numbers (begun, unfinished) worth telling. */
const CELL = CLASSES * METRICS;
const SUMS = BUCKETS * CELL;
const NEXT = SUMS + CELL;
const WORDS = NEXT + 2 * CLASSES;
/* Behind them: two sketches (this minute, the one before), the endpoints of source and target, the name of the account. */
const THIS = 4 * WORDS;
const BEFORE = THIS + SKETCH;
const SRC = BEFORE + SKETCH;
const DST = SRC + ENDPOINT;
const NAME = DST + ENDPOINT;
const LONGEST = 63;
const ROW = NAME + 1 + LONGEST;

/** A row's plain data beside its numbers. */
export interface Load {
  kind: number;
  /** Number of the bucket counted into, since 1970. */
  bucket: number;
  /** µs when counting began, and when it was last told. */
  since: number;
  told: number;
  /** One bit for each class of methods that is in `risen`. */
  pending: number;
  /** A source: link to the row of its target, 0 without one. */
  target: number;
  /** Where the request lies that made it rise last. */
  time: number;
  file: string;
  frame: number;
}

/** What a row holds, when it is told. */
export interface LoadFacts {
  readonly kind: number;
  /** Index into LOAD_METHODS. */
  readonly method: number;
  /** Sums of the window by metric. */
  readonly sums: ArrayLike<number>;
  readonly unfinished: number;
  /** INVITEs that hang at 100 Trying, and that ring, now: those of the window for 4 s or more. */
  readonly hanging: number;
  readonly ringing: number;
  /** PAIR: what of the target, whoever asked, was not finished, and about how many sources are behind it; else 0. */
  readonly targetUnfinished: number;
  readonly targetSources: number;
  /** Begun per second. */
  readonly rate: number;
  /** Different users asked for (PAIR) or different sources behind what was not finished (TARGET, ACCOUNT) or that answered (ANSWERS). */
  readonly different: number;
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  readonly account: string;
  readonly load: Load;
}

/** All rows. */
export class Loads {
  readonly table: Table<Load>;
  /** Rows whose numbers have risen since someone last took them: slot × 4 + class of methods. */
  readonly risen: number[] = [];
  readonly #words: Uint32Array;
  #bucket = 0;
  /** µs at which the bucket ends. */
  #until = 0;

  /** @param capacity most rows; more than 32,768 make no sense for a link. */
  constructor(capacity: number, seed: Seed) {
    this.table = new Table<Load>({
      name: 'loads',
      capacity: Math.min(capacity, 32_768),
      ttl: 2 * WINDOW,
      keyBytes: 64,
      rowBytes: ROW,
      seed,
      make: () => ({ kind: 0, bucket: 0, since: 0.5, told: 0.5, pending: 0, target: 0, time: 0.5, file: '', frame: 0 }),
      reset: () => {},
    });
    this.#words = new Uint32Array(this.table.rows.buffer);
  }

  /** A link to the row of a slot, to be kept where it will be needed: one number, 0 is none. */
  link(slot: number): number {
    return ((slot + 1) << 16) | this.table.generation(slot);
  }

  /** The slot of a link, -1 if its row is no more. */
  follow(link: number, now: number): number {
    if (link === 0) return -1;
    const slot = (link >>> 16) - 1;
    return this.table.alive(slot, link & 0xffff, now) ? slot : -1;
  }

  /** The row of a key, made if there is none: then `begun` requests are put to its account. */
  open(key: Key, kind: number, method: number, begun: number, now: number): number {
    const slot = this.table.put(key, now);
    if (!this.table.fresh) return slot;
    const row = this.table.row(slot);
    this.table.rows.fill(0, row, row + ROW);
    const load = this.table.at(slot);
    load.kind = kind;
    load.bucket = this.#at(now);
    load.since = now;
    load.told = now;
    load.pending = 0;
    load.target = 0;
    const base = row >> 2;
    for (let i = 0; i < CLASSES; i++) {
      this.#words[base + NEXT + 2 * i] = FLOORS[i]!;
      this.#words[base + NEXT + 2 * i + 1] = FLOOR_UNFINISHED;
    }
    const at = method * METRICS + BEGUN;
    this.#words[base + (load.bucket % BUCKETS) * CELL + at] = begun;
    this.#words[base + SUMS + at] = begun;
    return slot;
  }

  /** Keeps who a row is about, for its Events; an empty account is none. */
  name(slot: number, src: Uint8Array, dst: Uint8Array): void {
    const { rows } = this.table;
    const row = this.table.row(slot);
    for (let i = 0; i < ENDPOINT; i++) {
      rows[row + SRC + i] = src[i]!;
      rows[row + DST + i] = dst[i]!;
    }
  }

  /** Keeps the account `bytes[start, end)` a row is about. */
  nameAccount(slot: number, bytes: Uint8Array, start: number, end: number): void {
    keepShort(this.table.rows, this.table.row(slot) + NAME, LONGEST, bytes, start, end);
  }

  /** Counts one more of a metric. True if that makes a rise worth telling, which is then in `risen`. */
  count(slot: number, method: number, metric: number, now: number): boolean {
    const load = this.table.at(slot);
    const bucket = this.#at(now);
    const base = this.table.row(slot) >> 2;
    this.table.touch(slot, now);
    const before = this.risen.length;
    if (bucket !== load.bucket) this.#roll(slot, load, base, bucket, now);
    const words = this.#words;
    const at = method * METRICS + metric;
    words[base + (bucket % BUCKETS) * CELL + at]!++;
    const sum = ++words[base + SUMS + at]!;
    if (metric === BEGUN) this.#rose(slot, load, base + NEXT + 2 * method, sum, method, now);
    else if (metric >= ABANDONED && metric < ACKS)
      this.#rose(slot, load, base + NEXT + 2 * method + 1, this.#open(base, method), method, now);
    return this.risen.length > before;
  }

  /** Counts one less of what goes on: HANGING or RINGING. Its bucket may go below zero, the sum is right all the same. */
  uncount(slot: number, method: number, metric: number, now: number): void {
    const load = this.table.at(slot);
    const bucket = this.#at(now);
    const base = this.table.row(slot) >> 2;
    if (bucket !== load.bucket) this.#roll(slot, load, base, bucket, now);
    const at = method * METRICS + metric;
    this.#words[base + (bucket % BUCKETS) * CELL + at]!--;
    this.#words[base + SUMS + at]!--;
  }

  /** Notes one of the different things of a row, by its hash. */
  note(slot: number, hash: number): void {
    sketchAdd(this.table.rows, this.table.row(slot) + THIS, hash);
  }

  /** What the row tells of a class of methods, to be called once for each entry of `risen`. */
  facts(slot: number, method: number, now: number): LoadFacts {
    this.table.at(slot).pending &= ~(1 << method);
    return this.look(slot, method, now);
  }

  /** The same at any time. */
  look(slot: number, method: number, now: number): LoadFacts {
    const load = this.table.at(slot);
    const { rows } = this.table;
    const row = this.table.row(slot);
    const base = row >> 2;
    const sums = this.#words.slice(base + SUMS + method * METRICS, base + SUMS + (method + 1) * METRICS);
    const target = this.follow(load.target, now);
    const since = Math.max(load.since, (load.bucket - BUCKETS + 1) * BUCKET);
    return {
      kind: load.kind,
      method,
      sums,
      unfinished: this.#unfinished(base, method),
      hanging: this.#going(base, method, HANGING),
      ringing: this.#going(base, method, RINGING),
      targetUnfinished: target < 0 ? 0 : this.#unfinished(this.table.row(target) >> 2, method),
      targetSources: target < 0 ? 0 : sketchCount(rows, this.table.row(target) + THIS, this.table.row(target) + BEFORE),
      rate: Math.round(sums[BEGUN]! / Math.max(1, (now - since) / 1e6)),
      different: sketchCount(rows, row + THIS, row + BEFORE),
      src: rows.slice(row + SRC, row + SRC + ENDPOINT),
      dst: rows.slice(row + DST, row + DST + ENDPOINT),
      account: shortText(rows, row + NAME),
      load,
    };
  }

  #at(now: number): number {
    if (now < this.#until) return this.#bucket;
    this.#bucket = Math.floor(now / BUCKET);
    this.#until = (this.#bucket + 1) * BUCKET;
    return this.#bucket;
  }

  /**
   * How many requests of the window were begun and not brought to an end. An INVITE that was challenged lacks both the ACK and
   * the credentials: it counts once. Where no answer of any kind is seen, ACKs and credentials show that they came, to the request
   * before and to this one; other methods
   * have nothing that shows it.
   */
  #unfinished(base: number, method: number): number {
    const words = this.#words;
    const at = base + SUMS + method * METRICS;
    let silent = words[at + SILENT]!;
    if (silent > 0 && !this.#heard(base)) silent = method > REGISTERS ? 0 : Math.max(0, silent - 2 * words[at + FOLLOWED]!);
    return Math.max(words[at + ABANDONED]!, words[at + UNACKNOWLEDGED]!) + silent + this.#going(base, method, HANGING);
  }

  /** How many hang or ring: more may have ended within the window than began in it. */
  #going(base: number, method: number, metric: number): number {
    return Math.max(0, this.#words[base + SUMS + method * METRICS + metric]! | 0);
  }

  /** What is told when it rises: unfinished, or ringing. */
  #open(base: number, method: number): number {
    return this.#unfinished(base, method) + this.#going(base, method, RINGING);
  }

  /** An answer to anything of the row was seen within the window. */
  #heard(base: number): boolean {
    for (let method = 0; method < CLASSES; method++) {
      const at = base + SUMS + method * METRICS;
      for (let metric = CHALLENGED; metric <= FAILED; metric++) if (this.#words[at + metric]! > 0) return true;
    }
    return false;
  }

  #rose(slot: number, load: Load, next: number, value: number, method: number, now: number): void {
    const words = this.#words;
    if (value < words[next]!) return;
    while (words[next]! <= value) words[next]! *= 2;
    this.#tell(slot, load, method, now);
  }

  #tell(slot: number, load: Load, method: number, now: number): void {
    load.told = now;
    if ((load.pending & (1 << method)) !== 0) return;
    load.pending |= 1 << method;
    this.risen.push(slot * CLASSES + method);
  }

  /** Forgets the buckets that have left the window. What stays high is told again once a window. */
  #roll(slot: number, load: Load, base: number, bucket: number, now: number): void {
    const words = this.#words;
    const steps = Math.min(bucket - load.bucket, BUCKETS);
    if (steps === BUCKETS) load.since = now;
    for (let step = 1; step <= steps; step++) {
      const cell = base + ((bucket - steps + step) % BUCKETS) * CELL;
      for (let i = 0; i < CELL; i++) {
        words[base + SUMS + i]! -= words[cell + i]!;
        words[cell + i] = 0;
      }
    }
    if (Math.floor(bucket / BUCKETS) !== Math.floor(load.bucket / BUCKETS)) this.#turn(slot);
    load.bucket = bucket;
    const late = now - load.told >= WINDOW;
    for (let method = 0; method < CLASSES; method++) {
      const unfinished = this.#open(base, method);
      sink(words, base + NEXT + 2 * method, words[base + SUMS + method * METRICS + BEGUN]!, FLOORS[method]!);
      sink(words, base + NEXT + 2 * method + 1, unfinished, FLOOR_UNFINISHED);
      if (late && unfinished >= FLOOR_UNFINISHED) this.#tell(slot, load, method, now);
    }
  }

  /** A minute has begun: its sketch is empty. */
  #turn(slot: number): void {
    const { rows } = this.table;
    const row = this.table.row(slot);
    rows.copyWithin(row + BEFORE, row + THIS, row + THIS + SKETCH);
    rows.fill(0, row + THIS, row + THIS + SKETCH);
  }
}

/** What has fallen to a quarter is told again when it rises. */
function sink(words: Uint32Array, next: number, value: number, floor: number): void {
  while (words[next]! > floor && words[next]! > value * 4) words[next]! /= 2;
}
