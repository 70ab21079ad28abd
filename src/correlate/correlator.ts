/**
 * Events in, Alerts out: runs the rules filed under each type of Event. It knows no clock but the `now` it is given, and
 * gives the same Alerts for the same Events, however they are batched.
 */
import { createHash } from 'node:crypto';
import type { EventName } from '../events.ts';
import type { Ask, RuleStats } from '../queries.ts';
import { hash, Key, type Seed, Table } from '../table.ts';
import type { Alert, Event, Evidence, Outcome, Party } from '../types.ts';
import { attributionText } from './attribution.ts';
import type { CompiledRule, Lack, PartyField } from './compile.ts';
import type { Budget } from './distinct.ts';
import { believe, noteDoubt } from './doubt.ts';
import { DueQueue } from './duequeue.ts';
import { type Field, isEventName } from './fields.ts';
import { FileNames } from './filenames.ts';
import {
  evidenceOf,
  type Group,
  makeGroup,
  note,
  noteOpening,
  noteSteps,
  noteSuccess,
  noteUntil,
  openGroup,
  resetGroup,
  SAMPLE,
} from './group.ts';
import { Learned } from './learned.ts';
import { type Machine, type Matched, mergeSteps, type Pending } from './machine.ts';
import { Memories } from './memories.ts';
import type { Memory } from './plan.ts';
import { ScheduleMachine } from './schedule.ts';
import { ScriptMachine } from './script.ts';
import { type MachineParts, StepMachine } from './steps.ts';
import { Tools } from './tools.ts';
import { planRow, Watch } from './watch.ts';

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
  readonly index: number;
  /** Longest time between two looks at an open group: the shortest of its idle times. */
  readonly step: number;
  /** Its groups; those that are open are objects. */
  readonly table: Table<Group | undefined>;
  /** Those below their limit; undefined if one match is enough. */
  readonly watch: Watch | undefined;
  /** `limit: auto`. */
  readonly learned: Learned | undefined;
  readonly budget: Budget;
  /** Makes the matches of a rule with a plan. */
  readonly machine: Machine | undefined;
  /** Type of the Event that tells that what an absence waits for did come. */
  readonly met: string;
  evaluations: number;
  matches: number;
  alerts: number;
}

/** What a rule wants an Event for. */
type Role = 'match' | 'success' | 'until' | 'plan';

interface Binding {
  readonly runtime: Runtime;
  readonly role: Role;
}

/** Lists hold so many values for each group that a rule may have. */
const REMEMBERED = 4;
const NO_NAMES: readonly string[] = [];
const VERDICT: readonly string[] = ['verdict'];

/** Events of the steps of a match. */
type Steps = readonly (Event | undefined)[];
const NO_STEPS: Steps = [];

/** An address alone is no longer than this; what is longer costs an object. */
const ADDRESS_BYTES = 40;
const KEY_BYTES = 64;
const LONGEST_KEY = 1024;
/** Slots of exact sets per rule: 4 MB. */
const EXACT_SLOTS = 1 << 20;

/** Runs rules over Events. `out` collects Alerts until someone takes them out of it. */
export class Correlator {
  /** Types of Event that any rule wants. */
  readonly wanted: ReadonlySet<EventName>;
  readonly out: Alert[] = [];
  /** Questions to programs, until someone takes them. */
  readonly asks: Ask[] = [];
  readonly #node: string;
  readonly #seed: Seed;
  readonly #runtimes: readonly Runtime[];
  readonly #bindings = new Map<string, Binding[]>();
  readonly #queue = new DueQueue<Group>();
  readonly #key = new Key(LONGEST_KEY);
  /** What plans wait for. */
  readonly #plans = new DueQueue<Pending>();
  readonly #memories: Memories;
  /** Events that rules raised and that other rules have not looked at yet. */
  #raised: Event[] = [];
  #begun = false;
  readonly #tools: Tools;
  readonly #files = new FileNames();
  #now = 0;
  #serial = 0;

  constructor(rules: readonly CompiledRule[], options: CorrelatorOptions) {
    this.#node = options.node;
    this.#seed = options.seed;
    const longest = Math.max(0, ...rules.map(({ remember }) => remember?.for ?? 0));
    this.#memories = new Memories(longest, longest === 0 ? 1 : options.capacity * REMEMBERED, options.seed);
    this.#tools = new Tools(options.capacity);
    this.#runtimes = rules.map((rule, i) => this.#runtime(rule, i, options));
    const wanted = new Set<EventName>();
    for (const runtime of this.#runtimes) {
      const { on, plan, success, until } = runtime.rule;
      this.#bind(wanted, on, runtime, plan === undefined ? 'match' : 'plan');
      if (plan?.kind === 'script') this.#bind(wanted, ['script.answered'], runtime, 'plan');
      this.#bind(wanted, success?.on ?? [], runtime, 'success');
      this.#bind(wanted, until?.on ?? [], runtime, 'until');
    }
    this.wanted = wanted;
  }

  /** Judges one Event. `now` is the pipeline's time in µs, which never goes back. */
  handle(event: Event, now: number): void {
    this.advance(now);
    this.#judge(event);
    this.#judgeRaised();
  }

  /** Moves the time and does what has fallen due, in the order of the times; two comparisons if there is nothing. */
  advance(now: number): void {
    if (!this.#begun) this.#begin(now);
    while (this.#queue.next <= now || this.#plans.next <= now) {
      const plan = this.#plans.next <= this.#queue.next;
      // When the input came that showed it must not matter.
      this.#now = Math.max(this.#now, plan ? this.#plans.next : this.#queue.next);
      this.#memories.now = this.#now;
      if (plan) this.#planDue();
      else this.#closeNext();
      this.#judgeRaised();
    }
    if (now > this.#now) this.#now = now;
  }

  #begin(now: number): void {
    this.#begun = true;
    for (const { machine } of this.#runtimes) machine?.begin(now);
  }

  #planDue(): void {
    const entry = this.#plans.pop(this.#now);
    if (entry !== undefined) this.#runtimes[entry.rule]!.machine?.due(entry, this.#now);
  }

  #judge(event: Event): void {
    const bindings = this.#bindings.get(event.type);
    if (bindings === undefined) return;
    this.#memories.now = this.#now;
    if (event.type === 'tool.seen') this.#tools.note(event);
    for (let i = 0; i < bindings.length; i++) {
      const { runtime, role } = bindings[i]!;
      runtime.evaluations++;
      if (role === 'match') this.#match(runtime, event);
      else if (role === 'success') this.#succeed(runtime, event);
      else if (role === 'until') this.#end(runtime, event);
      else runtime.machine?.handle(event, this.#now);
    }
  }

  /** Rules that look at other rules: no rule looks at itself, by whatever way, so that this ends (load.ts). */
  #judgeRaised(): void {
    while (this.#raised.length > 0) {
      const raised = this.#raised;
      this.#raised = [];
      for (const event of raised) this.#judge(event);
    }
  }

  /** The input has ended: the last version of every Alert, `closed` only where its idle time has passed. */
  finish(now: number): void {
    this.advance(now);
    const open: Group[] = [];
    for (const { table } of this.#runtimes) table.each(this.#now, (group) => void (group?.open === true && open.push(group)));
    for (const group of open) this.#believe(group, true);
    const last = open.filter((group) => !this.#ruleOf(group).silent).map((group) => this.#alert(group, 'update', this.#now));
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
    const looks: Look[] = [];
    for (const { runtime, role } of this.#bindings.get(event.type) ?? []) {
      if (role === 'match') looks.push(this.#lookAt(runtime, event));
      const progress = role === 'plan' ? runtime.machine?.look(event, this.#now) : undefined;
      if (progress !== undefined) looks.push({ rule: runtime.rule.id, ...progress, open: this.#isOpen(runtime, event) });
    }
    return looks;
  }

  #lookAt({ rule, table, watch, learned }: Runtime, event: Event): Look {
    const matched = rule.where === undefined || rule.where(event, this.#memories);
    const slot = matched ? table.find(this.#keyOf(rule.by, event), this.#now) : -1;
    const group = slot < 0 ? undefined : table.at(slot);
    if (group?.open !== true) {
      const count = slot < 0 ? 0 : (watch?.count(slot) ?? 0);
      const limit = learned?.limit(this.#keyOf(rule.by, event), this.#now) ?? rule.tiers[0]!.limit;
      return { rule: rule.id, matched, count, limit, open: false };
    }
    const count = rule.shape === 'distinct' ? group.distinct.count() : group.events;
    return { rule: rule.id, matched, count, limit: group.limit, open: true };
  }

  #isOpen({ rule, table }: Runtime, event: Event): boolean {
    const slot = table.find(this.#keyOf(rule.by, event), this.#now);
    return slot >= 0 && table.at(slot)?.open === true;
  }

  #ruleOf(group: Group): CompiledRule {
    return this.#runtimes[group.rule]!.rule;
  }

  #runtime(rule: CompiledRule, index: number, options: CorrelatorOptions): Runtime {
    const { capacity, seed } = options;
    const budget: Budget = { left: EXACT_SLOTS };
    const longest = Math.max(...rule.tiers.map(({ within }) => (within === Number.POSITIVE_INFINITY ? 0 : within + 1)));
    const row = planRow(rule);
    const keyBytes = rule.by.length === 1 && rule.by[0]!.kind === 'address' ? ADDRESS_BYTES : KEY_BYTES;
    const table = new Table<Group | undefined>({
      name: `rule ${rule.id}`,
      capacity,
      // Never before the idle time of an open group, and past the end of every window, which belongs to it.
      ttl: Math.max(longest, ...rule.tiers.map(({ idle }) => idle)),
      keyBytes,
      rowBytes: row?.bytes ?? 0,
      seed,
      make: () => undefined,
      reset: (group) => {
        if (group === undefined) return;
        if (group.open) this.#believe(group, true);
        if (group.open) this.#tell(group, 'update', this.#now);
        resetGroup(group);
      },
    });
    const over = rule.until === undefined || rule.until.limit < 0 ? Number.POSITIVE_INFINITY : rule.until.within;
    const step = Math.min(over, ...rule.tiers.map(({ idle }) => idle));
    const machine = this.#machine(rule, index, options);
    const watch = row === undefined ? undefined : new Watch(rule, row, table, this.#files, seed);
    const { auto, tiers } = rule;
    const learned = auto && new Learned(auto, tiers[0]!.within, { name: `limits of ${rule.id}`, capacity, keyBytes, seed });
    return { rule, index, step, table, watch, learned, budget, machine, met: `rule.${rule.id}.met`, evaluations: 0, matches: 0, alerts: 0 };
  }

  #machine(rule: CompiledRule, index: number, { capacity, seed }: CorrelatorOptions): Machine | undefined {
    const { plan, where, by, id } = rule;
    if (plan === undefined) return undefined;
    const matched: Matched = (event, steps, met) => this.#planned(this.#runtimes[index]!, event, steps, met);
    const [memories, queue, serial] = [this.#memories, this.#plans, (): number => this.#serial++];
    const parts: MachineParts = { rule: index, id, seed, capacity, memories, queue, serial, matched };
    if (plan.kind === 'steps') return new StepMachine(plan, parts);
    if (plan.kind === 'schedule') return new ScheduleMachine(plan, where, by, parts);
    return new ScriptMachine(plan, where, by, parts, this.asks);
  }

  #bind(wanted: Set<EventName>, types: readonly string[], runtime: Runtime, role: Role): void {
    for (const type of types) {
      if (isEventName(type)) wanted.add(type);
      const list = this.#bindings.get(type);
      if (list === undefined) this.#bindings.set(type, [{ runtime, role }]);
      else list.push({ runtime, role });
    }
  }

  #keyOf(by: readonly Field[], event: Event): Key {
    const key = this.#key.reset();
    for (let i = 0; i < by.length; i++) by[i]!.append(event, key);
    return key;
  }

  #match(runtime: Runtime, event: Event): void {
    const { where } = runtime.rule;
    if (where === undefined || where(event, this.#memories)) this.#hit(runtime, event, NO_STEPS);
  }

  /** A plan has come to its end. */
  #planned(runtime: Runtime, event: Event, steps: Steps, met: boolean): void {
    // Nearly always it does come, and nobody asks.
    if (met && !this.#bindings.has(runtime.met)) return;
    const { plan, where } = runtime.rule;
    const names = plan?.kind === 'steps' ? plan.steps.map(({ name }) => name) : plan?.kind === 'script' ? VERDICT : NO_NAMES;
    const whole = steps.length === 0 ? event : mergeSteps(event, steps, names);
    if (plan?.kind === 'steps' && where !== undefined && !where(whole, this.#memories)) return;
    if (met) this.#raise(runtime.met, whole, 1, '');
    else this.#hit(runtime, whole, steps);
  }

  #hit(runtime: Runtime, event: Event, steps: Steps): void {
    const { rule, table, watch } = runtime;
    const now = this.#now;
    runtime.matches++;
    if (rule.each) {
      runtime.alerts++;
      this.#memorize(rule, event);
      this.#raise(`rule.${rule.id}`, event, 1, '');
      return;
    }
    const slot = table.put(this.#keyOf(rule.by, event), now);
    if (table.fresh) watch?.begin(slot);
    const known = table.at(slot);
    if (known?.open === true) {
      this.#goOn(rule, known, event, steps);
      return;
    }
    const group = this.#opened(runtime, slot, event, steps);
    if (group === undefined) return;
    noteOpening(group, rule, event);
    this.#whileOpen(rule, group, event, true);
    runtime.alerts++;
    group.id = this.#idOf(rule, event, group.first);
    this.#queue.push(group, now + runtime.step);
    this.#tell(group, 'open', now);
  }

  /** The group of a match, if that opened it. */
  #opened(runtime: Runtime, slot: number, event: Event, steps: Steps): Group | undefined {
    const { rule, watch, learned } = runtime;
    const now = this.#now;
    if (watch === undefined) {
      const group = this.#groupAt(runtime, slot);
      openGroup(group, rule, event, steps, now);
      return group;
    }
    watch.note(slot, event, now);
    const value = rule.field === undefined ? 0 : this.#valueOf(rule.field, event);
    if (learned !== undefined) {
      const level = rule.field === undefined ? watch.level(slot, now) : watch.levelOfValue(slot, value, now);
      const limit = learned.judge(this.#keyOf(rule.by, event), level, now);
      return limit === 0 ? undefined : this.#openWatched(runtime, watch, slot, 0, limit);
    }
    const tier = rule.field === undefined ? watch.mark(slot, now) : watch.value(slot, value, now);
    return tier < 0 ? undefined : this.#openWatched(runtime, watch, slot, tier, rule.tiers[tier]!.limit);
  }

  #openWatched(runtime: Runtime, watch: Watch, slot: number, tier: number, limit: number): Group {
    const group = this.#groupAt(runtime, slot);
    watch.open(slot, group, limit, tier, this.#now);
    return group;
  }

  /** A match of an open group. */
  #goOn(rule: CompiledRule, group: Group, event: Event, steps: Steps): void {
    noteSteps(group, event, steps);
    note(group, rule, event, this.#now);
    if (rule.field !== undefined) group.distinct.add(this.#valueOf(rule.field, event));
    this.#whileOpen(rule, group, event, false);
    if (group.doubts !== undefined && this.#believe(group, false)) this.#tell(group, 'update', this.#now);
  }

  /** The object of a group, made if it has none. */
  #groupAt({ table, index, budget }: Runtime, slot: number): Group {
    const known = table.at(slot);
    if (known !== undefined) return known;
    const group = makeGroup(index, slot, this.#serial++, budget);
    table.assign(slot, group);
    return group;
  }

  #valueOf(field: Field, event: Event): number {
    const key = this.#key.reset();
    field.append(event, key);
    return hash(this.#seed, key);
  }

  /** The Event opened the group, or came after. */
  #whileOpen(rule: CompiledRule, group: Group, event: Event, opens: boolean): void {
    if (rule.until !== undefined && rule.until.limit >= 0) noteUntil(group, rule.until, opens, this.#now);
    this.#memorize(rule, event);
  }

  #memorize({ remember, forget }: CompiledRule, event: Event): void {
    if (remember !== undefined) this.#memories.remember(remember.list, valuesOf(remember, event), remember.for);
    if (forget !== undefined) this.#memories.forget(forget.list, valuesOf(forget, event));
  }

  /** A new version of an Alert, and the Event of its rule. */
  #tell(group: Group, state: Alert['state'], time: number): void {
    const rule = this.#ruleOf(group);
    if (!rule.silent) this.out.push(this.#alert(group, state, time));
    if (state !== 'update')
      this.#raise(`rule.${rule.id}${state === 'open' ? '' : '.over'}`, group.lastEvent!, countOf(rule, group), group.id);
  }

  #raise(type: string, event: Event, count: number, alert: string): void {
    if (this.#bindings.has(type)) this.#raised.push({ ...event, type, data: { ...event.data, count, alert } });
  }

  /** `until`: an Event ends the group, whether it had come to an Alert or not. */
  #end({ rule: { until }, table, watch }: Runtime, event: Event): void {
    if (until === undefined || (until.where !== undefined && !until.where(event, this.#memories))) return;
    const slot = table.find(this.#keyOf(until.by, event), this.#now);
    if (slot < 0) return;
    const group = table.at(slot);
    watch?.release(slot);
    if (group === undefined) table.remove(slot);
    else this.#close(group, this.#now);
  }

  #succeed(runtime: Runtime, event: Event): void {
    const { success } = runtime.rule;
    if (success === undefined || (success.where !== undefined && !success.where(event, this.#memories))) return;
    const slot = runtime.table.find(this.#keyOf(success.by, event), this.#now);
    if (slot < 0) return;
    const doubtful = success.doubt !== undefined && (success.doubt.where === undefined || success.doubt.where(event));
    if (doubtful && runtime.rule.field !== undefined)
      noteDoubt(this.#groupAt(runtime, slot), event, this.#valueOf(runtime.rule.field, event), this.#now);
    const group = runtime.table.at(slot);
    // Below the limit nothing was attacked: a person mistyped and then got it right.
    if (group?.open !== true) return;
    runtime.table.touch(slot, this.#now);
    group.seen = this.#now;
    if (event.time > group.last) group.last = event.time;
    if (doubtful ? this.#believe(group, false) : noteSuccess(group, event)) this.#tell(group, 'update', this.#now);
  }

  /** Judges success in doubt; `over`: nothing more will come. True if that told something new. */
  #believe(group: Group, over: boolean): boolean {
    const doubt = this.#runtimes[group.rule]!.rule.success?.doubt;
    return doubt !== undefined && believe(group, doubt, this.#now, over);
  }

  /** The first group in the queue: too early, not open any more, or over. */
  #closeNext(): void {
    const group = this.#queue.pop(this.#now);
    if (group === undefined) return;
    if (!group.open) {
      this.#discard(group);
      return;
    }
    const { rule, step } = this.#runtimes[group.rule]!;
    const due = Math.min(group.seen + rule.tiers[group.tier]!.idle, group.over);
    // Also if it is over by now: what was over before it comes first. In steps, so that its place in the queue is never
    // too late for the next group in its slot.
    if (due > group.due) {
      this.#queue.push(group, Math.min(due, group.due + step));
      return;
    }
    this.#close(group, due);
  }

  #close(group: Group, time: number): void {
    if (group.open) {
      this.#believe(group, true);
      this.#tell(group, 'closed', time);
    }
    this.#runtimes[group.rule]!.table.remove(group.slot);
    resetGroup(group);
    this.#discard(group);
  }

  /** Gives the object of a group back that is below its limit again, unless it still stands in the queue or has doubts. */
  #discard({ rule, slot, queued, doubts }: Group): void {
    if (!queued && doubts === undefined) this.#runtimes[rule]!.table.assign(slot, undefined);
  }

  #idOf(rule: CompiledRule, event: Event, first: number): string {
    const who = JSON.stringify([this.#node, rule.id, first, ...rule.by.map((field) => field.text(event))]);
    return `${rule.id}-${createHash('sha256').update(who).digest('hex').slice(0, 12)}`;
  }

  #alert(group: Group, state: Alert['state'], time: number): Alert {
    const { rule } = this.#runtimes[group.rule]!;
    const event = group.lastEvent!;
    const count = countOf(rule, group);
    const missing = rule.without.filter(({ where }) => where(event));
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
      ...(group.success === undefined ? {} : { proof: evidenceOf(group.success) }),
      evidence: evidenceOfGroup(group),
      attributed: isAddressParty(rule.subject) ? event.origin : 'packet',
      ...(missing.length === 0 ? {} : { missing: missing.map(({ evidence }) => evidence) }),
      why: [whyOf(rule, group, event, count, this.#tools), ...missing.map(lackText)].join(' '),
    };
  }
}

function countOf(rule: CompiledRule, group: Group): number {
  return rule.measure !== undefined ? group.measured : rule.field === undefined ? group.events : group.distinct.count();
}

function valuesOf({ value }: Memory, event: Event): string[] {
  return value.map((field) => field.text(event));
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
function sampleOf({ fallen, sample }: Group): string[] {
  return [...new Set([...fallen, ...sample])].slice(0, SAMPLE);
}

/** The Events that led to it, the one that showed success, and the last one. */
function evidenceOfGroup({ evidence, opener, success, lastEvent }: Group): Evidence[] {
  const all = [...evidence];
  if (success !== undefined) all.push(evidenceOf(success));
  if (lastEvent !== undefined && lastEvent !== opener && lastEvent !== success) all.push(evidenceOf(lastEvent));
  return all.sort((a, b) => a.time - b.time);
}

const LACKS = {
  media: 'No media of the call was captured',
  requests: 'The requests were not seen, only the answers',
  answers: 'No answer was seen, only the requests',
} as const;

/** What is said with less evidence, in a sentence. */
function lackText({ evidence, concludes }: Lack): string {
  return `${LACKS[evidence]}: it concludes ${concludes}`;
}

function whyOf(rule: CompiledRule, group: Group, event: Event, count: number, tools: Tools): string {
  const { within } = rule.tiers[group.tier]!;
  const { limit, events, first, last } = group;
  const facts = { event, count, estimated: !group.distinct.exact, events, limit, within, first, last };
  const more = group.succeeded ? rule.success?.why : undefined;
  const address = isAddressParty(rule.subject);
  const tool = address ? tools.sentence(event) : '';
  return [rule.why(facts), more?.(facts) ?? '', tool, address ? attributionText(event) : ''].filter((part) => part !== '').join(' ');
}
