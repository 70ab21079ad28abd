/**
 * The state of one group of a rule, and its windows. Windows slide over the pipeline's time and are exact; both of their
 * ends belong to them. They serve only until the limit is reached: afterwards everything counts until the group is idle.
 */
import type { Event } from '../types.ts';
import type { CompiledRule, Tier } from './compile.ts';
import { type Budget, Distinct } from './distinct.ts';
import type { Doubts } from './doubt.ts';
import type { Due } from './duequeue.ts';
import type { Until } from './plan.ts';

/** Most values in `sample`. */
export const SAMPLE = 10;
const EVIDENCE = 3;
/** Longer lists are given back when their group is over. */
const SMALL = 32;

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
  /** The pipeline's time at the first and at the last Event, µs. */
  began: number;
  seen: number;
  /** Events, the exact number since the group began, or since its window once it is open. */
  events: number;
  /** Highest value of what the rule measures. */
  measured: number;
  succeeded: boolean;
  /** More than one target was seen. */
  targets: boolean;
  target: string;
  /**
   * Shape count: times of the latest Events, a ring. Shape distinct: when each of `values` was last seen. Like the other
   * lists here it is overwritten, not emptied, for the next key: fresh lists would cost more than all the rest.
   */
  readonly times: number[];
  /** Shape distinct: hashes of the latest values. */
  readonly values: number[];
  /** How many of `times` (and `values`) are meant. */
  kept: number;
  /** Where the ring is written next. */
  head: number;
  readonly distinct: Distinct;
  readonly sample: string[];
  /** How many of `sample` are meant. */
  sampled: number;
  /** Where `sample` is overwritten next, before opening. */
  sampleHead: number;
  /** The latest Events before opening, a ring. */
  readonly evidence: Event[];
  /** How many Events were written to `evidence`. */
  noted: number;
  lastEvent: Event | undefined;
  success: Event | undefined;
  /** Accounts that success was seen for, the first ones. */
  fallen: readonly string[];
  /** Its matches have several Events each. */
  stepped: boolean;
  /** When it is back to normal if nothing more comes (`until`), the pipeline's time, µs. */
  over: number;
  /** Success in doubt (doubt.ts), if there was any. */
  doubts: Doubts | undefined;
}

const NONE: readonly string[] = [];

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
    began: 0,
    seen: 0,
    events: 0,
    measured: 0,
    succeeded: false,
    targets: false,
    target: '',
    times: [],
    values: [],
    kept: 0,
    head: 0,
    distinct: new Distinct(budget),
    sample: [],
    sampled: 0,
    sampleHead: 0,
    evidence: [],
    noted: 0,
    lastEvent: undefined,
    success: undefined,
    fallen: NONE,
    stepped: false,
    over: Number.POSITIVE_INFINITY,
    doubts: undefined,
  };
}

/** Prepares a group for a new key. Its place in the due-queue stays. */
export function resetGroup(group: Group): void {
  group.open = false;
  group.id = '';
  group.tier = 0;
  group.first = 0;
  group.last = 0;
  group.began = 0;
  group.seen = 0;
  group.events = 0;
  group.measured = 0;
  group.succeeded = false;
  group.targets = false;
  group.target = '';
  forgetWindow(group);
  group.distinct.clear();
  if (group.sampled > 1) group.sample.length = 0;
  group.sampled = 0;
  group.sampleHead = 0;
  if (group.noted > 1) group.evidence.length = 0;
  group.noted = 0;
  group.lastEvent = undefined;
  group.success = undefined;
  group.doubts = undefined;
  group.stepped = false;
  group.over = Number.POSITIVE_INFINITY;
  group.fallen = NONE;
}

function forgetWindow(group: Group): void {
  if (group.kept > SMALL) {
    group.times.length = 0;
    group.values.length = 0;
  }
  group.kept = 0;
  group.head = 0;
}

/** Notes an Event that belongs to the group, whatever the shape: times, target, sample, evidence. */
export function note(group: Group, rule: CompiledRule, event: Event, now: number): void {
  if ((group.events === 0 && group.noted === 0) || event.time < group.first) group.first = event.time;
  if (group.events === 0) group.began = now;
  if (event.time > group.last) group.last = event.time;
  group.seen = now;
  group.events++;
  group.lastEvent = event;
  if (rule.measure !== undefined) group.measured = Math.max(group.measured, rule.measure(event));
  if (rule.targets && rule.target !== undefined) noteTarget(group, rule.target.field.text(event));
  if (rule.sample !== undefined && (group.sampled < SAMPLE || !group.open)) noteSample(group, rule.sample.text(event));
  if (!group.open) group.evidence[group.noted++ % EVIDENCE] = event;
}

/** Notes an Event of an earlier step of a match: it began then, and it is evidence. */
export function noteStep(group: Group, event: Event): void {
  group.stepped = true;
  if (group.noted === 0 || event.time < group.first) group.first = event.time;
  if (!group.open) group.evidence[group.noted++ % EVIDENCE] = event;
}

/**
 * Back to normal: notes an Event of an open group, or its opening. It is over when a time of `within` had at most `limit` Events; that time
 * begins with the opening, and whenever there are more, anew with the oldest Event that leaves it no more (as in SEC's SingleWith2Thresholds).
 */
export function noteUntil(group: Group, { limit, within }: Until, opening: boolean, now: number): void {
  if (opening) {
    group.kept = 0;
    group.head = 0;
    group.over = now + within;
    return;
  }
  const { times } = group;
  times[group.head] = now;
  group.head = (group.head + 1) % (limit + 1);
  if (group.kept < limit) group.kept++;
  else group.over = (limit === 0 ? now : times[(group.head + 1) % (limit + 1)]!) + within;
}

/** Notes an Event that shows success. True if it tells something new: the first one, or one more account (S3-14: a spray takes several). */
export function noteSuccess(group: Group, event: Event): boolean {
  const { account } = event;
  const fresh = account !== '' && group.fallen.length < SAMPLE && !group.fallen.includes(account);
  if (fresh) group.fallen = [...group.fallen, account];
  if (group.succeeded) return fresh;
  group.succeeded = true;
  group.success = event;
  return true;
}

function noteTarget(group: Group, target: string): void {
  if (group.events === 1) group.target = target;
  else if (group.target !== target) group.targets = true;
}

/** Before opening the latest ten different values, afterwards what still finds room. */
function noteSample(group: Group, value: string): void {
  const { sample, sampled } = group;
  if (value === '') return;
  for (let i = 0; i < sampled; i++) if (sample[i] === value) return;
  if (sampled < SAMPLE) sample[group.sampled++] = value;
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
    times[group.head] = now;
    group.head = (group.head + 1) % ring;
    if (group.kept < ring) group.kept++;
  }
  for (let i = 0; i < tiers.length; i++) {
    const { limit, within } = tiers[i]!;
    if (within === Number.POSITIVE_INFINITY) {
      if (group.events >= limit) return opened(group, i, limit);
    } else if (group.kept >= limit && now - times[(group.head - limit + ring) % ring]! <= within) {
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
  for (let i = 0; i < group.kept; i++) {
    const time = group.times[i]!;
    if (now - time > within) continue;
    group.events++;
    if (time < oldest) oldest = time;
  }
  beginAt(group, oldest, now);
}

/**
 * The pipeline's time may differ from that of the Events (clock.ts; some are told later); the distance between two Events is
 * right in both, but at the end of the input, when all that waited is told at once: then nothing fell out of the window, and
 * the first Event is known.
 */
function beginAt(group: Group, oldest: number, now: number): void {
  if (oldest === group.began) return;
  group.first = group.last - (now - oldest);
}

function opened(group: Group, tier: number, limit: number): true {
  group.open = true;
  group.tier = tier;
  forgetWindow(group);
  // The latest `limit` Events are in the window, those before may not be.
  const evidence = latest(group, Math.min(group.stepped ? EVIDENCE : limit, EVIDENCE, group.noted));
  group.evidence.length = 0;
  group.evidence.push(...evidence);
  group.noted = evidence.length;
  return true;
}

function latest(group: Group, n: number): Event[] {
  return Array.from({ length: n }, (_, i) => group.evidence[(group.noted - n + i) % EVIDENCE]!);
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
    if (group.kept >= limit && inWindow(group, within, now) >= limit) return openValues(group, i, tiers[i]!, now);
  }
  return false;
}

/** Keeps the values seen last: a new one takes the place of the one seen longest ago. */
function remember(group: Group, ring: number, hash: number, now: number): void {
  const { values, times } = group;
  const i = placeOf(group, ring, hash);
  values[i] = hash;
  times[i] = now;
}

function placeOf(group: Group, ring: number, hash: number): number {
  const { values, times } = group;
  let oldest = 0;
  for (let i = 0; i < group.kept; i++) {
    if (values[i] === hash) return i;
    if (times[i]! < times[oldest]!) oldest = i;
  }
  return group.kept < ring ? group.kept++ : oldest;
}

function inWindow(group: Group, within: number, now: number): number {
  let n = 0;
  for (let i = 0; i < group.kept; i++) if (now - group.times[i]! <= within) n++;
  return n;
}

function openValues(group: Group, tier: number, { limit, within }: Tier, now: number): true {
  const { values, times } = group;
  let oldest = now;
  group.events = 0;
  for (let i = 0; i < group.kept; i++) {
    if (now - times[i]! > within) continue;
    group.distinct.add(values[i]!);
    group.events++;
    if (times[i]! < oldest) oldest = times[i]!;
  }
  beginAt(group, oldest, now);
  return opened(group, tier, limit);
}
