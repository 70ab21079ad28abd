/**
 * Shapes sequence and absence. Every Event that meets the first step starts an instance of its own; later Events advance every
 * instance of their group whose next step they meet (paper 004, S4-07). Bounded: so many groups, so many instances of each.
 */
import { Key, type Seed, Table } from '../table.ts';
import type { Event } from '../types.ts';
import type { DueQueue } from './duequeue.ts';
import type { Instance, Machine, Matched, Pending, Progress } from './machine.ts';
import type { Memories } from './memories.ts';
import type { Step, StepsPlan } from './plan.ts';

/** The instances of one group. */
interface Trail {
  instances: readonly Instance[];
}

/** What a machine is given. */
export interface MachineParts {
  readonly rule: number;
  readonly id: string;
  readonly seed: Seed;
  readonly capacity: number;
  readonly memories: Memories;
  readonly queue: DueQueue<Pending>;
  /** Numbers what stands in the queue. */
  readonly serial: () => number;
  readonly matched: Matched;
}

const KEY_BYTES = 64;
const LONGEST_KEY = 1024;
const NONE: readonly number[] = [];
const NO_STEPS: readonly (Event | undefined)[] = [];

/** Runs the steps of one rule. */
export class StepMachine implements Machine {
  readonly #plan: StepsPlan;
  readonly #parts: MachineParts;
  readonly #table: Table<Trail>;
  readonly #key = new Key(LONGEST_KEY);
  readonly #stepsOf = new Map<string, number[]>();
  /** Numbers the Events. */
  #event = 0;

  constructor(plan: StepsPlan, parts: MachineParts) {
    this.#plan = plan;
    this.#parts = parts;
    plan.steps.forEach(({ on }, k) => {
      for (const type of on) this.#stepsOf.set(type, [...(this.#stepsOf.get(type) ?? []), k]);
    });
    this.#table = new Table<Trail>({
      name: `steps of ${parts.id}`,
      capacity: parts.capacity,
      // Nothing moves later than that after the last move.
      ttl: plan.within + 1,
      keyBytes: KEY_BYTES,
      seed: parts.seed,
      make: () => ({ instances: [] }),
      reset: ({ instances }) => {
        for (const each of instances) each.alive = false;
      },
    });
  }

  begin(): void {}

  handle(event: Event, now: number): void {
    const which = this.#stepsOf.get(event.type) ?? NONE;
    this.#event++;
    for (let i = 0; i < which.length; i++) this.#advance(which[i]!, event, now);
    for (let i = 0; i < which.length; i++) if ((which[i] === 0 || !this.#plan.ordered) && this.#start(which[i]!, event, now)) return;
  }

  due(entry: Pending, now: number): void {
    if (entry.kind !== 'instance' || !entry.alive || entry.step !== this.#plan.steps.length - 1) return;
    // It is another run than the one that was put in.
    if (entry.deadline >= now) this.#parts.queue.push(entry, entry.deadline + 1);
    else {
      entry.alive = false;
      this.#parts.matched(entry.steps[entry.step - 1]!, entry.steps, false);
    }
  }

  look(event: Event, now: number): Progress {
    const { steps, absence } = this.#plan;
    const limit = steps.length - (absence ? 1 : 0);
    let count = 0;
    for (const k of this.#stepsOf.get(event.type) ?? NONE) {
      const slot = this.#table.find(this.#keyOf(steps[k]!, event), now);
      if (slot < 0) continue;
      for (const { touched, counts } of this.#table.at(slot).instances)
        if (touched === this.#event) count = Math.max(count, counts.filter((n, i) => i < limit && n >= steps[i]!.times).length);
    }
    return { matched: count > 0, count, limit };
  }

  #keyOf({ by }: Step, event: Event): Key {
    const key = this.#key.reset();
    for (let i = 0; i < by.length; i++) by[i]!.append(event, key);
    return key;
  }

  #advance(k: number, event: Event, now: number): void {
    const step = this.#plan.steps[k]!;
    const slot = this.#table.find(this.#keyOf(step, event), now);
    if (slot < 0) return;
    const { instances } = this.#table.at(slot);
    for (let i = 0; i < instances.length; i++) {
      const instance = instances[i]!;
      if (!this.#awaits(instance, k, now) || now - instance.moved < step.after) continue;
      this.#parts.memories.steps = instance.steps;
      if (step.where !== undefined && !step.where(event, this.#parts.memories)) continue;
      this.#table.touch(slot, now);
      this.#move(instance, k, event, now);
    }
  }

  #awaits(instance: Instance, k: number, now: number): boolean {
    const { ordered, steps } = this.#plan;
    if (!instance.alive || instance.touched === this.#event) return false;
    if (this.#late(instance, now)) return false;
    return ordered ? instance.step === k : instance.counts[k]! < steps[k]!.times;
  }

  /** Its time is over: it will not move again. */
  #late(instance: Instance, now: number): boolean {
    const { absence, within, steps, ordered } = this.#plan;
    const since = now - (absence ? instance.moved : instance.began);
    const late = since > within || (ordered && now - instance.moved > steps[instance.step]!.within);
    // The end of an absence is told by the queue.
    if (late && !(absence && instance.step === steps.length - 1)) instance.alive = false;
    return late;
  }

  #move(instance: Instance, k: number, event: Event, now: number): void {
    const { steps, ordered, absence } = this.#plan;
    const last = steps.length - 1;
    instance.touched = this.#event;
    instance.counts[k]!++;
    if (!(absence && k === last)) instance.steps[k] = event;
    if (instance.counts[k]! < steps[k]!.times) return;
    instance.moved = now;
    if (ordered) instance.step = k + 1;
    if (absence && k === last - 1) {
      instance.deadline = now + Math.min(this.#plan.within, steps[last]!.within);
      this.#parts.queue.push(instance, instance.deadline + 1);
    } else if (ordered ? k === last : this.#complete(instance)) {
      instance.alive = false;
      this.#parts.matched(event, instance.steps, absence);
    }
  }

  #complete({ counts }: Instance): boolean {
    const { steps } = this.#plan;
    for (let k = 0; k < steps.length; k++) if (counts[k]! < steps[k]!.times) return false;
    return true;
  }

  #start(k: number, event: Event, now: number): boolean {
    const step = this.#plan.steps[k]!;
    this.#parts.memories.steps = NO_STEPS;
    if (step.where !== undefined && !step.where(event, this.#parts.memories)) return false;
    const instance = this.#free(this.#table.at(this.#table.put(this.#keyOf(step, event), now)), now);
    if (instance === undefined) return false;
    instance.alive = true;
    instance.step = 0;
    instance.counts.fill(0);
    instance.steps = this.#plan.steps.map(() => undefined);
    instance.began = now;
    instance.moved = now;
    this.#move(instance, k, event, now);
    return true;
  }

  /** One that is over, a new one, or in the place of the least advanced; none if one alone is allowed and runs. */
  #free(trail: Trail, now: number): Instance | undefined {
    const { instances } = trail;
    let least: Instance | undefined;
    for (const each of instances) {
      if (!each.alive || this.#late(each, now)) return each;
      if (least === undefined || each.step < least.step || (each.step === least.step && each.moved < least.moved)) least = each;
    }
    if (instances.length < this.#plan.instances) {
      const made = this.#make();
      // Not pushed: V8 would make room for another sixteen.
      trail.instances = [...instances, made];
      return made;
    }
    // It may have been advanced by this very Event.
    return this.#plan.instances === 1 || least?.touched === this.#event ? undefined : least;
  }

  #make(): Instance {
    return {
      kind: 'instance',
      rule: this.#parts.rule,
      due: 0,
      queued: false,
      serial: this.#parts.serial(),
      alive: false,
      step: 0,
      counts: this.#plan.steps.map(() => 0),
      steps: [],
      began: 0,
      moved: 0,
      deadline: 0,
      touched: 0,
    };
  }
}
