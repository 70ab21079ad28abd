/**
 * A group that is open, which is an Alert: from here on everything counts until it is idle. What a group is below its limit stands in
 * watch.ts; only one whose success is in doubt is an object before it opens.
 */
import type { Event, Evidence } from '../types.ts';
import type { CompiledRule } from './compile.ts';
import { type Budget, Distinct } from './distinct.ts';
import type { Doubts } from './doubt.ts';
import type { Due } from './duequeue.ts';
import type { Until } from './plan.ts';

/** Most values in `sample`. */
export const SAMPLE = 10;
/** Most Events before opening that an Alert shows. */
export const EVIDENCE = 3;

/** One group: the Events of a rule that have the same values in `by`. Made when it opens. */
export interface Group extends Due {
  readonly rule: number;
  readonly slot: number;
  open: boolean;
  /** Id of its Alert, once open. */
  id: string;
  /** Index of the tier that was reached, and its limit. */
  tier: number;
  limit: number;
  /** Event times of the first and the last Event, µs. */
  first: number;
  last: number;
  /** The pipeline's time at the last Event, µs. */
  seen: number;
  /** Events since its window began. */
  events: number;
  /** Highest value of what the rule measures. */
  measured: number;
  succeeded: boolean;
  /** More than one target was seen. */
  targets: boolean;
  target: string;
  /** `until`: times of the latest Events, a ring. */
  times: number[];
  /** How many of `times` are meant. */
  kept: number;
  /** Where the ring is written next. */
  head: number;
  readonly distinct: Distinct;
  sample: string[];
  /** The latest Events before opening. */
  evidence: Evidence[];
  /** The Event that opened it, the last one of `evidence`. */
  opener: Event | undefined;
  lastEvent: Event | undefined;
  success: Event | undefined;
  /** Accounts that success was seen for, the first ones. */
  fallen: readonly string[];
  /** When it is back to normal if nothing more comes (`until`), the pipeline's time, µs. */
  over: number;
  /** Success in doubt (doubt.ts), if there was any. */
  doubts: Doubts | undefined;
}

const NONE: readonly string[] = [];

/** A fresh group of rule number `rule`, in a slot of its table. */
export function makeGroup(rule: number, slot: number, serial: number, budget: Budget): Group {
  return {
    rule,
    slot,
    serial,
    due: 0,
    queued: false,
    open: false,
    id: '',
    tier: 0,
    limit: 0,
    first: 0,
    last: 0,
    seen: 0,
    events: 0,
    measured: 0,
    succeeded: false,
    targets: false,
    target: '',
    times: [],
    kept: 0,
    head: 0,
    distinct: new Distinct(budget),
    sample: [],
    evidence: [],
    opener: undefined,
    lastEvent: undefined,
    success: undefined,
    fallen: NONE,
    over: Number.POSITIVE_INFINITY,
    doubts: undefined,
  };
}

/** Prepares a group for a new key. Its place in the due-queue stays. */
export function resetGroup(group: Group): void {
  group.open = false;
  group.id = '';
  group.tier = 0;
  group.limit = 0;
  group.first = 0;
  group.last = 0;
  group.seen = 0;
  group.events = 0;
  group.measured = 0;
  group.succeeded = false;
  group.targets = false;
  group.target = '';
  group.times = [];
  group.kept = 0;
  group.head = 0;
  group.distinct.clear();
  group.sample = [];
  group.evidence = [];
  group.opener = undefined;
  group.lastEvent = undefined;
  group.success = undefined;
  group.doubts = undefined;
  group.over = Number.POSITIVE_INFINITY;
  group.fallen = NONE;
}

/** Shape any: opens the group with its first match, and the Events of the steps that led there. */
export function openGroup(group: Group, rule: CompiledRule, event: Event, steps: readonly (Event | undefined)[], now: number): void {
  group.limit = rule.tiers[0]!.limit;
  group.first = event.time;
  for (const step of steps) {
    if (step === undefined || step.id === event.id) continue;
    group.evidence.push(evidenceOf(step));
    if (step.time < group.first) group.first = step.time;
  }
  group.evidence.push(evidenceOf(event));
  group.evidence = group.evidence.slice(-EVIDENCE);
  note(group, rule, event, now);
  group.open = true;
}

/** The group has opened with that Event: what it names. */
export function noteOpening(group: Group, rule: CompiledRule, event: Event): void {
  group.opener = event;
  group.lastEvent = event;
  if (rule.targets && rule.target !== undefined) group.target = rule.target.field.text(event);
}

/** Notes an Event of an open group, whatever the shape: times, target, sample. */
export function note(group: Group, rule: CompiledRule, event: Event, now: number): void {
  if (event.time < group.first) group.first = event.time;
  if (event.time > group.last) group.last = event.time;
  group.seen = now;
  group.events++;
  group.lastEvent = event;
  if (rule.measure !== undefined) group.measured = Math.max(group.measured, rule.measure(event));
  if (group.open && rule.targets && rule.target !== undefined && rule.target.field.text(event) !== group.target) group.targets = true;
  if (rule.sample !== undefined && group.sample.length < SAMPLE) noteSample(group, rule.sample.text(event));
}

/** Notes that an Event of an open group had earlier steps: it began then. */
export function noteSteps(group: Group, event: Event, steps: readonly (Event | undefined)[]): void {
  for (const step of steps) if (step !== undefined && step.id !== event.id && step.time < group.first) group.first = step.time;
}

/** Where an Event lies. */
export function evidenceOf({ file, frame, time, type }: Event): Evidence {
  return { file, frame, time, event: type };
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

/** What still finds room. */
function noteSample(group: Group, value: string): void {
  if (value !== '' && !group.sample.includes(value)) group.sample.push(value);
}
