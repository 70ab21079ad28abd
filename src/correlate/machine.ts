/** What a plan is when it runs: Events go in, matches come out, some only when their time has come. */
import type { Event } from '../types.ts';
import type { Due } from './duequeue.ts';
import type { MoreTypes } from './plan.ts';

/** Something of a machine that falls due. */
export type Pending = Instance | ClockHand;

/** One run through the steps of a sequence: every first match starts its own (S4-07). */
export interface Instance extends Due {
  readonly kind: 'instance';
  /** Number of the rule. */
  readonly rule: number;
  alive: boolean;
  /** The step that is awaited. */
  step: number;
  /** How many Events each step has had. */
  readonly counts: number[];
  /** The last Event of each step. */
  steps: (Event | undefined)[];
  /** The pipeline's time of the first Event and of the last complete step, µs. */
  began: number;
  moved: number;
  /** Shape absence: until when the last step may come, µs. */
  deadline: number;
  /** The last Event that advanced it: one Event is one step. */
  touched: number;
}

/** The next time of a schedule. */
export interface ClockHand extends Due {
  readonly kind: 'clock';
  readonly rule: number;
}

/** Takes a match: its Event, and those of the steps that led to it. `met`: shape absence, the last step did come. */
export type Matched = (event: Event, steps: readonly (Event | undefined)[], met: boolean) => void;

/** Runs one plan. Times are the pipeline's, µs. */
export interface Machine {
  handle(event: Event, now: number): void;
  /** What it had put into the queue has fallen due. */
  due(entry: Pending, now: number): void;
  /** Looks at the clock for the first time. */
  begin(now: number): void;
  /** For `explain`: what an Event that `handle` has just been given did; undefined if that cannot be said. Changes nothing. */
  look(event: Event, now: number): Progress | undefined;
}

/** How far a plan has come with an Event. */
export interface Progress {
  /** The Event was one of the steps. */
  readonly matched: boolean;
  /** Steps that were met, of so many. */
  readonly count: number;
  readonly limit: number;
}

/** The Event of a match: the last one, with the fields of earlier steps as `step.field`. */
export function mergeSteps(event: Event, steps: readonly (Event | undefined)[], names: readonly string[]): Event {
  const data: Record<string, string | number | boolean> = { ...event.data };
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i];
    const name = names[i];
    if (step === undefined || name === undefined) continue;
    const { src, srcPort, dst, dstPort, origin, via, callId, account } = step;
    for (const [field, value] of Object.entries({ ...step.data, src, srcPort, dst, dstPort, origin, via, callId, account }))
      data[`${name}.${field}`] = value;
  }
  return { ...event, data };
}

/** Types that a rule raises, with their fields: for rules that look at it. */
export function raisedTypes(id: string, fields: ReadonlyMap<string, FieldKinds>, absence: boolean): MoreTypes {
  const own: ReadonlyMap<string, FieldKinds> = new Map<string, FieldKinds>([...fields, ['count', 'count'], ['alert', 'name']]);
  const types = [`rule.${id}`, `rule.${id}.over`, ...(absence ? [`rule.${id}.met`] : [])];
  return new Map(types.map((type) => [type, own]));
}

type FieldKinds = MoreTypes extends ReadonlyMap<string, ReadonlyMap<string, infer K>> ? K : never;
