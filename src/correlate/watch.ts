/**
 * What a rule of shape count or distinct holds of a group that is below its limit: numbers in the row of its table, no objects. Nearly
 * all groups stay there for good, a million of them if somebody makes a million keys. Windows slide over the pipeline's time and are exact;
 * both of their ends belong to them. Only what is busy or shows samples holds more than its row.
 */
import { hash, Key, type Seed, type Table } from '../table.ts';
import type { Event, Evidence } from '../types.ts';
import type { CompiledRule, Tier } from './compile.ts';
import type { FileNames } from './filenames.ts';
import { EVIDENCE, type Group, SAMPLE } from './group.ts';

/** Times (and values) that lie in the row; who needs more gets a ring of its own, which grows up to the limit. */
const INLINE = 4;

/*
 * A row, in numbers of 8 bytes: FIRST, LAST (Event times), BEGAN (the pipeline's time), then of each piece of evidence its time, then its
 * frame, then the times of the latest Events, then (shape distinct) the hashes of the latest values. Behind them in numbers of 4 bytes:
 */
const FIRST = 0;
const LAST = 1;
const BEGAN = 2;
const PROOF = 3;
const EVENTS = 0;
/** Times in the ring, and where it is written next. */
const KEPT = 1;
const HEAD = 2;
/** Hash of the target of the first Event, and whether there were others. */
const TARGET = 3;
const SEVERAL = 4;
/** Where the samples are overwritten next. */
const SAMPLE_HEAD = 5;
/** Type and file of each piece of evidence. */
const NAMES = 6;

const LONGEST_TARGET = 256;

/** How much of a row a rule needs. */
export interface RowPlan {
  /** Most times (shape count) or values (shape distinct) that its limits need. */
  readonly ring: number;
  readonly inline: number;
  readonly evidence: number;
  /** Numbers of 8 bytes. */
  readonly doubles: number;
  readonly bytes: number;
}

/** The row of a rule; undefined for the shapes whose first match is an Alert. */
export function planRow({ shape, tiers }: CompiledRule): RowPlan | undefined {
  if (shape === 'any') return undefined;
  const kept = shape === 'distinct' ? tiers : tiers.filter(({ within }) => within !== Number.POSITIVE_INFINITY);
  const ring = Math.max(0, ...kept.map(({ limit }) => limit));
  const inline = Math.min(ring, INLINE);
  const evidence = Math.min(EVIDENCE, Math.max(...tiers.map(({ limit }) => limit)));
  const doubles = PROOF + 2 * evidence + (shape === 'distinct' ? 2 : 1) * inline;
  return { ring, inline, evidence, doubles, bytes: 8 * doubles + ((4 * (NAMES + evidence) + 7) & ~7) };
}

/** The groups of one rule below their limit. A group is named by its slot in the table. */
export class Watch {
  readonly #rule: CompiledRule;
  readonly #plan: RowPlan;
  readonly #table: Table<Group | undefined>;
  readonly #files: FileNames;
  readonly #seed: Seed;
  readonly #key = new Key(LONGEST_TARGET);
  readonly #doubles: Float64Array;
  readonly #ints: Int32Array;
  /** Where in a row the times of the latest Events begin. */
  readonly #times: number;
  /** Older than that no limit wants to know. */
  readonly #longest: number;
  /** Rings that outgrew their row: times, then values. By slot; made with the first of them. */
  #rings: (Float64Array | undefined)[] = [];
  /** The latest different values, by slot; one alone needs no list. */
  #samples: (string | readonly string[] | undefined)[] = [];

  constructor(rule: CompiledRule, plan: RowPlan, table: Table<Group | undefined>, files: FileNames, seed: Seed) {
    this.#rule = rule;
    this.#plan = plan;
    this.#table = table;
    this.#files = files;
    this.#seed = seed;
    this.#doubles = new Float64Array(table.rows.buffer);
    this.#ints = new Int32Array(table.rows.buffer);
    this.#times = PROOF + 2 * plan.evidence;
    this.#longest = Math.max(...rule.tiers.map(({ within }) => within));
    if (rule.sample !== undefined) this.#samples = emptyList(table.capacity);
  }

  /** A new key has the slot. */
  begin(slot: number): void {
    const at = this.#intsOf(slot);
    this.#ints.fill(0, at, at + NAMES);
    this.release(slot);
  }

  /** Gives back what the slot holds beside its row. */
  release(slot: number): void {
    if (this.#rings.length > 0) this.#rings[slot] = undefined;
    if (this.#samples.length > 0) this.#samples[slot] = undefined;
  }

  /** Events of a group, or different values. */
  count(slot: number): number {
    return this.#ints[this.#intsOf(slot) + (this.#rule.shape === 'distinct' ? KEPT : EVENTS)]!;
  }

  /** Notes an Event: when, where it lies, its target and sample. */
  note(slot: number, event: Event, now: number): void {
    const d = this.#doubles;
    const ints = this.#ints;
    const rule = this.#rule;
    const row = this.#doublesOf(slot);
    const at = this.#intsOf(slot);
    const { time } = event;
    const events = ints[at + EVENTS]!;
    if (events === 0) d[row + BEGAN] = now;
    if (events === 0 || time < d[row + FIRST]!) d[row + FIRST] = time;
    if (events === 0 || time > d[row + LAST]!) d[row + LAST] = time;
    ints[at + EVENTS] = events + 1;
    const { evidence } = this.#plan;
    const k = events % evidence;
    d[row + PROOF + k] = time;
    d[row + PROOF + evidence + k] = event.frame;
    ints[at + NAMES + k] = (rule.on.indexOf(event.type) << 16) | this.#files.of(event.file);
    if (rule.targets && rule.target !== undefined) this.#noteTarget(at, rule.target.field.text(event), events === 0);
    if (rule.sample !== undefined) this.#noteSample(slot, at, rule.sample.text(event));
  }

  /** Shape count: the time of an Event that was noted. The tier that is reached, or -1. */
  mark(slot: number, now: number): number {
    if (this.#plan.ring > 0) this.#push(slot, now);
    const { tiers } = this.#rule;
    for (let i = 0; i < tiers.length; i++) if (this.#reaches(slot, tiers[i]!, now)) return i;
    return -1;
  }

  /** Shape distinct: the value of an Event that was noted (its hash). The tier that is reached, or -1. */
  value(slot: number, value: number, now: number): number {
    this.#remember(slot, value, now);
    const kept = this.#ints[this.#intsOf(slot) + KEPT]!;
    const { tiers } = this.#rule;
    for (let i = 0; i < tiers.length; i++) {
      const { limit, within } = tiers[i]!;
      if (kept >= limit && this.#inWindow(slot, within, now) >= limit) return i;
    }
    return -1;
  }

  /** `limit: auto`, shape count: the time of an Event that was noted. How many the window that ends now has. */
  level(slot: number, now: number): number {
    this.#push(slot, now);
    const { limit, within } = this.#rule.tiers[0]!;
    let few = 0;
    let many = Math.min(limit, this.#ints[this.#intsOf(slot) + KEPT]!);
    // Times are in order: the last of those that lie in the window is looked for by halving.
    while (few < many) {
      const half = (few + many + 1) >> 1;
      if (this.#latest(slot, half, now) <= within) few = half;
      else many = half - 1;
    }
    return few;
  }

  /** `limit: auto`, shape distinct: the value of an Event that was noted (its hash). How many the window that ends now has. */
  levelOfValue(slot: number, value: number, now: number): number {
    this.#remember(slot, value, now);
    return this.#inWindow(slot, this.#rule.tiers[0]!.within, now);
  }

  /** Events (shape distinct: values) whose times lie in the window that ends now. */
  #inWindow(slot: number, within: number, now: number): number {
    const ring = this.#ringOf(slot);
    const from = this.#ringStart(slot);
    const kept = this.#ints[this.#intsOf(slot) + KEPT]!;
    let n = 0;
    for (let i = from; i < from + kept; i++) if (now - ring[i]! <= within) n++;
    return n;
  }

  /** Opens a group: only what lies in its window belongs to the Alert. What was held for it is given back. */
  open(slot: number, group: Group, limit: number, tier: number, now: number): void {
    const row = this.#doublesOf(slot);
    const at = this.#intsOf(slot);
    const [d, ints] = [this.#doubles, this.#ints];
    group.open = true;
    group.tier = tier;
    group.limit = limit;
    group.first = d[row + FIRST]!;
    group.last = d[row + LAST]!;
    group.seen = now;
    group.events = ints[at + EVENTS]!;
    group.evidence = this.#evidenceOf(slot, Math.min(limit, EVIDENCE, group.events));
    const { within } = this.#rule.tiers[tier]!;
    if (this.#rule.shape === 'distinct' || within !== Number.POSITIVE_INFINITY) this.#openWindow(slot, group, within, now);
    group.targets = ints[at + SEVERAL] === 1;
    const sample = this.#samples[slot];
    group.sample = sample === undefined ? [] : typeof sample === 'string' ? [sample] : [...sample];
    this.release(slot);
  }

  /**
   * The pipeline's time may differ from that of the Events (clock.ts; some are told later); the distance between two Events is
   * right in both, but at the end of the input, when all that waited is told at once: then nothing fell out of the window, and
   * the first Event is known.
   */
  #openWindow(slot: number, group: Group, within: number, now: number): void {
    const ring = this.#ringOf(slot);
    const from = this.#ringStart(slot);
    const kept = this.#ints[this.#intsOf(slot) + KEPT]!;
    const values = this.#rule.shape === 'distinct' ? this.#sizeOf(slot) : 0;
    let oldest = now;
    group.events = 0;
    for (let i = from; i < from + kept; i++) {
      const time = ring[i]!;
      if (now - time > within) continue;
      if (values > 0) group.distinct.add(ring[i + values]!);
      group.events++;
      if (time < oldest) oldest = time;
    }
    if (oldest !== this.#doubles[this.#doublesOf(slot) + BEGAN]!) group.first = group.last - (now - oldest);
  }

  #evidenceOf(slot: number, n: number): Evidence[] {
    const { evidence } = this.#plan;
    const row = this.#doublesOf(slot) + PROOF;
    const at = this.#intsOf(slot);
    const events = this.#ints[at + EVENTS]!;
    return Array.from({ length: n }, (_, i) => {
      const k = (events - n + i) % evidence;
      const names = this.#ints[at + NAMES + k]!;
      const file = this.#files.at(names & 0xffff);
      return { file, frame: this.#doubles[row + evidence + k]!, time: this.#doubles[row + k]!, event: this.#rule.on[names >> 16]! };
    });
  }

  #doublesOf(slot: number): number {
    return this.#table.row(slot) >>> 3;
  }

  #intsOf(slot: number): number {
    return (this.#table.row(slot) >>> 2) + 2 * this.#plan.doubles;
  }

  /** Where the ring lies: in the row, or in one of its own. */
  #ringOf(slot: number): Float64Array {
    return this.#rings.length === 0 ? this.#doubles : (this.#rings[slot] ?? this.#doubles);
  }

  #ringStart(slot: number): number {
    return this.#ringOf(slot) === this.#doubles ? this.#doublesOf(slot) + this.#times : 0;
  }

  /** Times that have room in the ring as it is. */
  #sizeOf(slot: number): number {
    const ring = this.#ringOf(slot);
    return ring === this.#doubles ? this.#plan.inline : this.#rule.shape === 'distinct' ? ring.length / 2 : ring.length;
  }

  #reaches(slot: number, { limit, within }: Tier, now: number): boolean {
    const at = this.#intsOf(slot);
    if (within === Number.POSITIVE_INFINITY) return this.#ints[at + EVENTS]! >= limit;
    if (this.#ints[at + KEPT]! < limit) return false;
    return this.#latest(slot, limit, now) <= within;
  }

  /** µs since Event number `n` of the latest, the last one being the first. */
  #latest(slot: number, n: number, now: number): number {
    const size = this.#sizeOf(slot);
    const place = (this.#ints[this.#intsOf(slot) + HEAD]! - n + size) % size;
    return now - this.#ringOf(slot)[this.#ringStart(slot) + place]!;
  }

  /** Shape count: writes a time into the ring. */
  #push(slot: number, now: number): void {
    const at = this.#intsOf(slot);
    const ints = this.#ints;
    if (ints[at + KEPT] === this.#sizeOf(slot)) this.#room(slot, at, now);
    const size = this.#sizeOf(slot);
    const head = ints[at + HEAD]!;
    this.#ringOf(slot)[this.#ringStart(slot) + head] = now;
    ints[at + HEAD] = (head + 1) % size;
    if (ints[at + KEPT]! < size) ints[at + KEPT]!++;
  }

  /** A full ring gets a larger one, unless it has all that a limit needs or its oldest time is of no use any more. */
  #room(slot: number, at: number, now: number): void {
    const head = this.#ints[at + HEAD]!;
    const size = this.#sizeOf(slot);
    const [ring, from] = [this.#ringOf(slot), this.#ringStart(slot)];
    if (size === this.#plan.ring || now - ring[from + head]! > this.#longest) return;
    const larger = new Float64Array(Math.min(2 * size, this.#plan.ring));
    for (let i = 0; i < size; i++) larger[i] = ring[from + ((head + i) % size)]!;
    this.#keepRing(slot, larger);
    this.#ints[at + HEAD] = size;
  }

  #keepRing(slot: number, ring: Float64Array): void {
    if (this.#rings.length === 0) this.#rings = emptyList(this.#table.capacity);
    this.#rings[slot] = ring;
  }

  /** Shape distinct: keeps the values seen last; a new one takes the place of the one seen longest ago. */
  #remember(slot: number, value: number, now: number): void {
    const place = this.#placeOf(slot, value, now);
    const [ring, from] = [this.#ringOf(slot), this.#ringStart(slot)];
    ring[from + place] = now;
    ring[from + this.#sizeOf(slot) + place] = value;
  }

  #placeOf(slot: number, value: number, now: number): number {
    const [ring, from, size] = [this.#ringOf(slot), this.#ringStart(slot), this.#sizeOf(slot)];
    const at = this.#intsOf(slot);
    const kept = this.#ints[at + KEPT]!;
    let oldest = 0;
    for (let i = 0; i < kept; i++) {
      if (ring[from + size + i] === value) return i;
      if (ring[from + i]! < ring[from + oldest]!) oldest = i;
    }
    if (kept === size && (size === this.#plan.ring || now - ring[from + oldest]! > this.#longest)) return oldest;
    if (kept === size) this.#roomForValues(slot, size);
    this.#ints[at + KEPT] = kept + 1;
    return kept;
  }

  #roomForValues(slot: number, size: number): void {
    const [ring, from] = [this.#ringOf(slot), this.#ringStart(slot)];
    const room = Math.min(2 * size, this.#plan.ring);
    const larger = new Float64Array(2 * room);
    larger.set(ring.subarray(from, from + size), 0);
    larger.set(ring.subarray(from + size, from + 2 * size), room);
    this.#keepRing(slot, larger);
  }

  #noteTarget(at: number, target: string, first: boolean): void {
    const value = hash(this.#seed, this.#key.reset().addString(target));
    if (first) this.#ints[at + TARGET] = value;
    else if (this.#ints[at + TARGET] !== value) this.#ints[at + SEVERAL] = 1;
  }

  /** The latest ten different values. */
  #noteSample(slot: number, at: number, value: string): void {
    if (value === '') return;
    const had = this.#samples[slot];
    if (had === undefined) this.#samples[slot] = value;
    else if (typeof had === 'string') this.#samples[slot] = had === value ? had : [had, value];
    else if (had.includes(value)) return;
    else if (had.length < SAMPLE) this.#samples[slot] = [...had, value];
    else {
      const head = this.#ints[at + SAMPLE_HEAD]!;
      this.#samples[slot] = had.with(head, value);
      this.#ints[at + SAMPLE_HEAD] = (head + 1) % SAMPLE;
    }
  }
}

function emptyList<V>(length: number): (V | undefined)[] {
  return new Array<V | undefined>(length).fill(undefined);
}
