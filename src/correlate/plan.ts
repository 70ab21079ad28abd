/** What the shapes that do not count are made of: steps, times of the day, programs. Compiled by compileplan.ts. Times in µs. */
import type { FieldKind } from '../eventfields.ts';
import type { CalendarTime } from './calendar.ts';
import type { Predicate } from './condition.ts';
import type { Field } from './fields.ts';
import type { EXPECTATIONS } from './ruleschema.ts';

/** One thing that happens in a sequence. */
export interface Step {
  readonly name: string;
  readonly on: readonly string[];
  readonly where: Predicate | undefined;
  readonly by: readonly Field[];
  /** So many Events make the step. */
  readonly times: number;
  /** Longest and shortest time since the step before. */
  readonly within: number;
  readonly after: number;
}

/** Shapes sequence and absence. */
export interface StepsPlan {
  readonly kind: 'steps';
  readonly steps: readonly Step[];
  /** The last step must not come. */
  readonly absence: boolean;
  /** From the first step on; shape absence: from the last that came. */
  readonly within: number;
  readonly ordered: boolean;
  /** Most instances of one group at a time. */
  readonly instances: number;
}

/** Shape schedule. */
export interface SchedulePlan {
  readonly kind: 'schedule';
  readonly at: CalendarTime;
  readonly within: number;
  readonly expect: (typeof EXPECTATIONS)[number];
}

/** Shape script. */
export interface ScriptPlan {
  readonly kind: 'script';
  readonly program: string;
  /** Judges the Event script.answered. */
  readonly verdict: Predicate;
}

/** How matches of a rule come about that are not single Events. */
export type Plan = StepsPlan | SchedulePlan | ScriptPlan;

/** A plan, what its matches look like as Events, and which Events it wants. */
export interface CompiledPlan {
  readonly plan: Plan;
  readonly fields: ReadonlyMap<string, FieldKind>;
  readonly by: readonly Field[];
  readonly on: readonly string[];
}

/** When an Alert is over, beside `idle`. */
export interface Until {
  readonly on: readonly string[];
  readonly where: Predicate | undefined;
  readonly by: readonly Field[];
  /** At most so many Events `within` such a time; -1: no such limit. */
  readonly limit: number;
  readonly within: number;
}

/** What goes into a list, or leaves it. */
export interface Memory {
  readonly list: string;
  readonly value: readonly Field[];
  /** 0: it leaves. */
  readonly for: number;
}

/** Event types beside the catalogue, those of rules among them, each with all its fields. */
export type MoreTypes = ReadonlyMap<string, ReadonlyMap<string, FieldKind>>;

/** What a rule may speak of beside its own file. */
export interface Surroundings {
  readonly types?: MoreTypes;
  /** What the site put into lists. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
}
