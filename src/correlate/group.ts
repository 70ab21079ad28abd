/**
 * The state of one group of a rule, and its windows. Windows slide over the pipeline's time and are exact; both of their
 * ends belong to them. They serve only until the limit is reached: afterwards everything counts until the group is idle.
 */
import type { Event } from '../types.ts';
import type { CompiledRule, Tier } from './compile.ts';
import { type Budget, Distinct } from './distinct.ts';
import type { Due } from './duequeue.ts';

/** Most values in `sample`. */
export const SAMPLE = 10;
const EVIDENCE = 3;

/** One group: the Events of a rule that have the same values in `by`. Made once per slot of its table, and reused. */
export interface Group extends Due {
  readonly rule: number;
  slot: number;
  open: boolean;
  /** Id of its Alert, once open. */
  id: string;
  /** Index of the tier that was reached. */
  tier: number;
  /** Event times of the first and the last Event, µs. */
  first: number;
  last: number;
  /** The pipeline's time at the last Event, µs. */
  seen: number;
  /** Events, the exact number since the group began, or since its window once it is open. */
  events: number;
  succeeded: boolean;
  /** More than one target was seen. */
  targets: boolean;
  target: string;
  /** Shape count: times of the latest Events, a ring. Shape distinct: when each of `values` was last seen. */
  readonly times: number[];
  /** Shape distinct: hashes of the latest values. */
  readonly values: number[];
  /** Where the ring is written next. */
  head: number;
  readonly distinct: Distinct;
  readonly sample: string[];
  /** Where `sample` is overwritten next, before opening. */
  sampleHead: number;
  /** The latest Events before opening. */
  readonly evidence: Event[];
  lastEvent: Event | undefined;
  success: Event | undefined;
}

/** A fresh group of rule number `rule`. */
export function makeGroup(rule: number, serial: number, budget: Budget): Group {
  return {
    rule,
    serial,
    due: 0,
    queued: false,
    slot: -1,
    open: false,
    id: '',
    tier: 0,
    first: 0,
    last: 0,
    seen: 0,
    events: 0,
    succeeded: false,
    targets: false,
    target: '',
    times: [],
    values: [],
    head: 0,
    distinct: new Distinct(budget),
    sample: [],
    sampleHead: 0,
    evidence: [],
    lastEvent: undefined,
    success: undefined,
  };
}

/** Prepares a group for a new key. Its place in the due-queue stays. */
export function resetGroup(group: Group): void {
  group.open = false;
  group.id = '';
  group.tier = 0;
  group.first = 0;
  group.last = 0;
  group.seen = 0;
  group.events = 0;
  group.succeeded = false;
  group.targets = false;
  group.target = '';
  group.times.length = 0;
  group.values.length = 0;
  group.head = 0;
  group.distinct.clear();
  group.sample.length = 0;
  group.sampleHead = 0;
  group.evidence.length = 0;
  group.lastEvent = undefined;
  group.success = undefined;
}

/** Notes an Event that belongs to the group, whatever the shape: times, target, sample, evidence. */
export function note(group: Group, rule: CompiledRule, event: Event, now: number): void {
  if (group.events === 0 || event.time < group.first) group.first = event.time;
  if (event.time > group.last) group.last = event.time;
  group.seen = now;
  group.events++;
  group.lastEvent = event;
  if (rule.targets && rule.target !== undefined) noteTarget(group, rule.target.field.text(event));
  if (rule.sample !== undefined && (group.sample.length < SAMPLE || !group.open)) noteSample(group, rule.sample.text(event));
  if (!group.open) {
    if (group.evidence.length === EVIDENCE) group.evidence.shift();
    group.evidence.push(event);
  }
}

function noteTarget(group: Group, target: string): void {
  if (group.events === 1) group.target = target;
  else if (group.target !== target) group.targets = true;
}

/** Before opening the latest ten different values, afterwards what still finds room. */
function noteSample(group: Group, value: string): void {
  const { sample } = group;
  if (value === '' || sample.includes(value)) return;
  if (sample.length < SAMPLE) sample.push(value);
  else {
    sample[group.sampleHead] = value;
    group.sampleHead = (group.sampleHead + 1) % SAMPLE;
  }
}

/** Most times (shape count) or values (shape distinct) that the limits of a rule need. */
export function ringLength(rule: CompiledRule): number {
  const kept = rule.shape === 'distinct' ? rule.tiers : rule.tiers.filter(({ within }) => within !== Number.POSITIVE_INFINITY);
  return Math.max(0, ...kept.map(({ limit }) => limit));
}

/** Shape count: notes the time of an Event before opening and opens the group if a limit is reached. */
export function countEvent(group: Group, tiers: readonly Tier[], ring: number, now: number): boolean {
  const { times } = group;
  if (ring > 0) {
    if (times.length < ring) times.push(now);
    else times[group.head] = now;
    group.head = (group.head + 1) % ring;
  }
  for (let i = 0; i < tiers.length; i++) {
    const { limit, within } = tiers[i]!;
    if (within === Number.POSITIVE_INFINITY) {
      if (group.events >= limit) return opened(group, i, limit);
    } else if (times.length >= limit && now - times[(group.head - limit + ring) % ring]! <= within) {
      openWindow(group, within, now);
      return opened(group, i, limit);
    }
  }
  return false;
}

/** Only what lies in the window belongs to the Alert. */
function openWindow(group: Group, within: number, now: number): void {
  let oldest = now;
  group.events = 0;
  for (const time of group.times) {
    if (now - time > within) continue;
    group.events++;
    if (time < oldest) oldest = time;
  }
  beginAt(group, oldest, now);
}

/** The pipeline's time may lag behind that of the Events (clock.ts); the distance between two Events is right in both. */
function beginAt(group: Group, oldest: number, now: number): void {
  group.first = group.last - (now - oldest);
}

function opened(group: Group, tier: number, limit: number): true {
  group.open = true;
  group.tier = tier;
  group.times.length = 0;
  group.values.length = 0;
  // The latest `limit` Events are in the window, those before may not be.
  if (group.evidence.length > limit) group.evidence.splice(0, group.evidence.length - limit);
  return true;
}

/** Shape distinct: notes a value (its hash) and opens the group if a limit is reached. After opening only counts it. */
export function countValue(group: Group, tiers: readonly Tier[], ring: number, hash: number, now: number): boolean {
  if (group.open) {
    group.distinct.add(hash);
    return false;
  }
  remember(group, ring, hash, now);
  for (let i = 0; i < tiers.length; i++) {
    const { limit, within } = tiers[i]!;
    if (group.values.length >= limit && inWindow(group, within, now) >= limit) return openValues(group, i, tiers[i]!, now);
  }
  return false;
}

/** Keeps the values seen last: a new one takes the place of the one seen longest ago. */
function remember(group: Group, ring: number, hash: number, now: number): void {
  const { values, times } = group;
  let i = values.indexOf(hash);
  if (i < 0) i = values.length < ring ? values.length : oldestOf(times);
  values[i] = hash;
  times[i] = now;
}

function oldestOf(times: readonly number[]): number {
  let oldest = 0;
  for (let i = 1; i < times.length; i++) if (times[i]! < times[oldest]!) oldest = i;
  return oldest;
}

function inWindow(group: Group, within: number, now: number): number {
  let n = 0;
  for (const time of group.times) if (now - time <= within) n++;
  return n;
}

function openValues(group: Group, tier: number, { limit, within }: Tier, now: number): true {
  const { values, times } = group;
  let oldest = now;
  group.events = 0;
  for (let i = 0; i < values.length; i++) {
    if (now - times[i]! > within) continue;
    group.distinct.add(values[i]!);
    group.events++;
    if (times[i]! < oldest) oldest = times[i]!;
  }
  beginAt(group, oldest, now);
  return opened(group, tier, limit);
}
