/**
 * Events in, Alerts out: runs the rules filed under each type of Event. It knows no clock but the `now` it is given, and
 * gives the same Alerts for the same Events, however they are batched.
 */
import { createHash } from 'node:crypto';
import type { EventName } from '../events.ts';
import type { RuleStats } from '../queries.ts';
import { hash, Key, type Seed, Table } from '../table.ts';
import type { Alert, Event, Evidence, Outcome, Party } from '../types.ts';
import { attributionText } from './attribution.ts';
import type { CompiledRule, PartyField } from './compile.ts';
import type { Budget } from './distinct.ts';
import { believe, noteDoubt } from './doubt.ts';
import { DueQueue } from './duequeue.ts';
import type { Field } from './fields.ts';
import { countEvent, countValue, type Group, makeGroup, note, noteSuccess, resetGroup, ringLength, SAMPLE } from './group.ts';

/** What one rule makes of one Event, for `explain`. */
export interface Look {
  readonly rule: string;
  readonly matched: boolean;
  /** Events or different values in its group so far; 0 if there is none. */
  readonly count: number;
  readonly limit: number;
  readonly open: boolean;
}

/** What the correlator needs to know. */
export interface CorrelatorOptions {
  readonly node: string;
  readonly seed: Seed;
  /** Groups each rule may hold; beyond, the one seen longest ago is pushed out (its open Alert gets a last version first). */
  readonly capacity: number;
}

/** A rule with its state. */
interface Runtime {
  readonly rule: CompiledRule;
  readonly ring: number;
  /** Longest time between two looks at an open group: the shortest of its idle times. */
  readonly step: number;
  readonly table: Table<Group>;
  evaluations: number;
  matches: number;
  alerts: number;
}

interface Binding {
  readonly runtime: Runtime;
  readonly success: boolean;
}

const KEY_BYTES = 64;
const LONGEST_KEY = 1024;
/** Slots of exact sets per rule: 4 MB. */
const EXACT_SLOTS = 1 << 20;

/** Runs rules over Events. `out` collects Alerts until someone takes them out of it. */
export class Correlator {
  /** Types of Event that any rule wants. */
  readonly wanted: ReadonlySet<EventName>;
  readonly out: Alert[] = [];
  readonly #node: string;
  readonly #seed: Seed;
  readonly #runtimes: readonly Runtime[];
  readonly #bindings = new Map<string, Binding[]>();
  readonly #queue = new DueQueue<Group>();
  readonly #key = new Key(LONGEST_KEY);
  #now = 0;
  #serial = 0;

  constructor(rules: readonly CompiledRule[], options: CorrelatorOptions) {
    this.#node = options.node;
    this.#seed = options.seed;
    this.#runtimes = rules.map((rule, i) => this.#runtime(rule, i, options));
    const wanted = new Set<EventName>();
    for (const runtime of this.#runtimes) {
      for (const type of runtime.rule.on) this.#bind(wanted, type, { runtime, success: false });
      for (const type of runtime.rule.success?.on ?? []) this.#bind(wanted, type, { runtime, success: true });
    }
    this.wanted = wanted;
  }

  /** Judges one Event. `now` is the pipeline's time in µs, which never goes back. */
  handle(event: Event, now: number): void {
    this.advance(now);
    const bindings = this.#bindings.get(event.type);
    if (bindings === undefined) return;
    for (let i = 0; i < bindings.length; i++) {
      const { runtime, success } = bindings[i]!;
      runtime.evaluations++;
      if (success) this.#succeed(runtime, event);
      else this.#match(runtime, event);
    }
  }

  /** Moves the time and closes what has been idle for long enough; one comparison if there is nothing to close. */
  advance(now: number): void {
    if (now > this.#now) this.#now = now;
    while (this.#queue.next <= this.#now) this.#closeNext();
  }

  /** The input has ended: the last version of every Alert, `closed` only where its idle time has passed. */
  finish(now: number): void {
    this.advance(now);
    const open: Group[] = [];
    for (const { table } of this.#runtimes) table.each(this.#now, (group) => void (group.open && open.push(group)));
    for (const group of open) this.#believe(group, true);
    const last = open.map((group) => this.#alert(group, 'update', this.#now));
    this.out.push(...last.sort((a, b) => a.first - b.first || (a.id < b.id ? -1 : 1)));
  }

  /** Counts per rule, in the order of the rules. */
  stats(): RuleStats[] {
    return this.#runtimes.map(({ rule, table, evaluations, matches, alerts }) => {
      return { rule: rule.id, evaluations, matches, alerts, table: table.stats() };
    });
  }

  /** What each rule makes of an Event that `handle` has just been given. Changes nothing. */
  look(event: Event): Look[] {
    const bindings = (this.#bindings.get(event.type) ?? []).filter(({ success }) => !success);
    return bindings.map(({ runtime: { rule, table } }) => {
      const matched = rule.where === undefined || rule.where(event);
      const slot = matched ? table.find(this.#keyOf(rule.by, event), this.#now) : -1;
      if (slot < 0) return { rule: rule.id, matched, count: 0, limit: rule.tiers[0]!.limit, open: false };
      const group = table.at(slot);
      const count = rule.shape !== 'distinct' ? group.events : group.open ? group.distinct.count() : group.kept;
      return { rule: rule.id, matched, count, limit: rule.tiers[group.tier]!.limit, open: group.open };
    });
  }

  #runtime(rule: CompiledRule, index: number, { capacity, seed }: CorrelatorOptions): Runtime {
    const budget: Budget = { left: EXACT_SLOTS };
    const longest = Math.max(...rule.tiers.map(({ within }) => (within === Number.POSITIVE_INFINITY ? 0 : within + 1)));
    const table = new Table<Group>({
      name: `rule ${rule.id}`,
      capacity,
      // Never before the idle time of an open group, and past the end of every window, which belongs to it.
      ttl: Math.max(longest, ...rule.tiers.map(({ idle }) => idle)),
      keyBytes: KEY_BYTES,
      seed,
      make: () => makeGroup(index, this.#serial++, budget),
      reset: (group) => {
        if (group.open) this.#believe(group, true);
        if (group.open) this.out.push(this.#alert(group, 'update', this.#now));
        resetGroup(group);
      },
    });
    const step = Math.min(...rule.tiers.map(({ idle }) => idle));
    return { rule, ring: ringLength(rule), step, table, evaluations: 0, matches: 0, alerts: 0 };
  }

  #bind(wanted: Set<EventName>, type: EventName, binding: Binding): void {
    wanted.add(type);
    const list = this.#bindings.get(type);
    if (list === undefined) this.#bindings.set(type, [binding]);
    else list.push(binding);
  }

  #keyOf(by: readonly Field[], event: Event): Key {
    const key = this.#key.reset();
    for (let i = 0; i < by.length; i++) by[i]!.append(event, key);
    return key;
  }

  #match(runtime: Runtime, event: Event): void {
    const { rule, table } = runtime;
    const now = this.#now;
    if (rule.where !== undefined && !rule.where(event)) return;
    runtime.matches++;
    const slot = table.put(this.#keyOf(rule.by, event), now);
    const group = table.at(slot);
    group.slot = slot;
    note(group, rule, event, now);
    if (!this.#reached(runtime, group, event)) {
      if (group.doubts !== undefined && this.#believe(group, false)) this.out.push(this.#alert(group, 'update', now));
      return;
    }
    runtime.alerts++;
    group.id = this.#idOf(rule, event, group.first);
    this.#queue.push(group, now + runtime.step);
    this.out.push(this.#alert(group, 'open', now));
  }

  /** The Event opened the group. */
  #reached({ rule, ring }: Runtime, group: Group, event: Event): boolean {
    if (rule.field === undefined) return !group.open && countEvent(group, rule.tiers, ring, this.#now);
    const key = this.#key.reset();
    rule.field.append(event, key);
    return countValue(group, rule.tiers, ring, hash(this.#seed, key), this.#now);
  }

  #succeed(runtime: Runtime, event: Event): void {
    const { success } = runtime.rule;
    if (success === undefined || (success.where !== undefined && !success.where(event))) return;
    const slot = runtime.table.find(this.#keyOf(success.by, event), this.#now);
    if (slot < 0) return;
    const group = runtime.table.at(slot);
    const doubtful = success.doubt !== undefined && (success.doubt.where === undefined || success.doubt.where(event));
    if (doubtful && runtime.rule.field !== undefined) {
      const value = this.#key.reset();
      runtime.rule.field.append(event, value);
      noteDoubt(group, event, hash(this.#seed, value), this.#now);
    }
    // Below the limit nothing was attacked: a person mistyped and then got it right.
    if (!group.open) return;
    runtime.table.touch(slot, this.#now);
    group.seen = this.#now;
    if (event.time > group.last) group.last = event.time;
    if (doubtful ? this.#believe(group, false) : noteSuccess(group, event)) this.out.push(this.#alert(group, 'update', this.#now));
  }

  /** Judges success in doubt; `over`: nothing more will come. True if that told something new. */
  #believe(group: Group, over: boolean): boolean {
    const doubt = this.#runtimes[group.rule]!.rule.success?.doubt;
    return doubt !== undefined && believe(group, doubt, this.#now, over);
  }

  /** The first group in the queue: too early, not open any more, or over. */
  #closeNext(): void {
    const group = this.#queue.pop(this.#now);
    if (group?.open !== true) return;
    const { rule, step, table } = this.#runtimes[group.rule]!;
    const due = group.seen + rule.tiers[group.tier]!.idle;
    // Also if it is over by now: what was over before it comes first. In steps, so that its place in the queue is never
    // too late for the next group in its slot.
    if (due > group.due) {
      this.#queue.push(group, Math.min(due, group.due + step));
      return;
    }
    this.#believe(group, true);
    // Not `now`: when the input came that showed it must not matter.
    this.out.push(this.#alert(group, 'closed', due));
    table.remove(group.slot);
    resetGroup(group);
  }

  #idOf(rule: CompiledRule, event: Event, first: number): string {
    const who = JSON.stringify([this.#node, rule.id, first, ...rule.by.map((field) => field.text(event))]);
    return `${rule.id}-${createHash('sha256').update(who).digest('hex').slice(0, 12)}`;
  }

  #alert(group: Group, state: Alert['state'], time: number): Alert {
    const { rule } = this.#runtimes[group.rule]!;
    const event = group.lastEvent!;
    const count = rule.measure !== undefined ? group.measured : rule.field === undefined ? group.events : group.distinct.count();
    return {
      id: group.id,
      time,
      node: this.#node,
      rule: rule.id,
      ruleVersion: rule.version,
      title: rule.title,
      level: group.succeeded ? (rule.success?.level ?? rule.level) : rule.level,
      class: rule.class,
      stage: rule.stage,
      subject: partyOf(rule.subject, event),
      target: rule.target === undefined || group.targets ? { kind: 'none', value: '' } : partyOf(rule.target, event),
      outcome: outcomeOf(rule, group, state),
      state,
      first: group.first,
      last: group.last,
      count,
      sample: sampleOf(group),
      ...(group.fallen.length === 0 ? {} : { fallen: group.fallen }),
      ...(group.success === undefined ? {} : { proof: pointer(group.success) }),
      evidence: evidenceOf(group),
      attributed: isAddressParty(rule.subject) ? event.origin : 'packet',
      why: whyOf(rule, group, event, count),
    };
  }
}

/** The subject is who acted, by his address: only of him is said how he was found. */
function isAddressParty({ field }: PartyField): boolean {
  return field.name === 'src';
}

function partyOf(party: PartyField, event: Event): Party {
  // Of kind none it names nobody: its field only tells groups apart.
  return { kind: party.kind, value: party.kind === 'none' ? '' : party.field.text(event) };
}

/** Failed only when over: while it goes on, at the end of the input too, the next try may succeed. */
function outcomeOf(rule: CompiledRule, group: Group, state: Alert['state']): Outcome {
  if (group.succeeded) return 'succeeded';
  return state === 'closed' && rule.success !== undefined ? 'failed' : 'unknown';
}

/** The accounts that fell come first: of all the names they matter most. */
function sampleOf({ fallen, sample, sampled }: Group): string[] {
  return [...new Set([...fallen, ...sample.slice(0, sampled)])].slice(0, SAMPLE);
}

/** The Events that led to it, the one that showed success, and the last one. */
function evidenceOf(group: Group): Evidence[] {
  const events = group.evidence.slice(0, group.noted);
  if (group.success !== undefined) events.push(group.success);
  if (group.lastEvent !== undefined && !events.includes(group.lastEvent)) events.push(group.lastEvent);
  events.sort((a, b) => a.time - b.time);
  return events.map(pointer);
}

function pointer({ file, frame, time, type }: Event): Evidence {
  return { file, frame, time, event: type };
}

function whyOf(rule: CompiledRule, group: Group, event: Event, count: number): string {
  const { limit, within } = rule.tiers[group.tier]!;
  const { events, first, last } = group;
  const facts = { event, count, estimated: !group.distinct.exact, events, limit, within, first, last };
  const more = group.succeeded ? rule.success?.why : undefined;
  const sure = isAddressParty(rule.subject) ? attributionText(event) : '';
  return [rule.why(facts), more?.(facts) ?? '', sure].filter((part) => part !== '').join(' ');
}
