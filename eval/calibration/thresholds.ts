/**
 * How near benign clients come to the thresholds of the rules: the highest count of each group in any window of a counting rule, and
 * for each number in a condition the value that comes nearest to it.
 */
import type { CompiledRule, Tier } from '../../src/correlate/compile.ts';
import type { Event, Level } from '../../src/types.ts';
import { Distribution } from './distribution.ts';

/** A threshold beside what benign traffic showed. */
export interface Threshold {
  readonly rule: string;
  readonly level: Level;
  /** What is compared: `different user in 30 min`, `refusals > 30`. */
  readonly what: string;
  /** Fields whose values make one group. */
  readonly by: string;
  readonly limit: number;
  /** A value below it is what alarms: then low values are the near ones. */
  readonly below: boolean;
  /** A value of the limit itself alarms. */
  readonly inclusive: boolean;
  /** One number of each group that had any, the nearest to the limit. */
  readonly values: Distribution;
  /** Groups for which the rule as a whole was met; undefined: the comparison only lets through what is counted elsewhere. */
  readonly met: number | undefined;
}

/** One rule's groups. */
interface Watch {
  readonly rule: CompiledRule;
  take(event: Event, scope: string): void;
  results(): Threshold[];
}

/** All rules that have a number to be compared with. */
export class Thresholds {
  readonly #watches = new Map<string, Watch[]>();
  readonly #all: Watch[];

  constructor(rules: readonly CompiledRule[]) {
    this.#all = rules.flatMap((rule): Watch[] => [...(rule.shape === 'any' ? [] : [new CountWatch(rule)]), ...conditionsOf(rule)]);
    for (const watch of this.#all) {
      for (const type of watch.rule.on) this.#watches.set(type, [...(this.#watches.get(type) ?? []), watch]);
    }
  }

  /** @param scope name of the recording: the same address in another one is somebody else. */
  take(event: Event, scope: string): void {
    for (const watch of this.#watches.get(event.type) ?? []) watch.take(event, scope);
  }

  results(): Threshold[] {
    return this.#all.flatMap((watch) => watch.results());
  }
}

function groupOf({ by }: CompiledRule, event: Event, scope: string): string {
  return [scope, ...by.map(({ text }) => text(event))].join('\0');
}

/** What one group had within the window of a tier. */
interface Sliding {
  times: number[];
  values: string[];
  peak: number;
}

/** A rule of shape count or distinct: exact sliding windows over everything that its condition lets through. */
class CountWatch implements Watch {
  readonly rule: CompiledRule;
  readonly #tiers: readonly (readonly [Tier, Map<string, Sliding>])[];

  constructor(rule: CompiledRule) {
    this.rule = rule;
    this.#tiers = rule.tiers.map((tier) => [tier, new Map()] as const);
  }

  take(event: Event, scope: string): void {
    if (this.rule.where?.(event) === false) return;
    const key = groupOf(this.rule, event, scope);
    for (const [{ within }, groups] of this.#tiers) {
      const group = groups.get(key) ?? { times: [], values: [], peak: 0 };
      groups.set(key, group);
      this.#slide(group, event, within);
    }
  }

  #slide(group: Sliding, event: Event, within: number): void {
    group.times.push(event.time);
    group.values.push(this.rule.field?.text(event) ?? '');
    const from = group.times.findIndex((time) => time >= event.time - within);
    group.times.splice(0, from);
    group.values.splice(0, from);
    group.peak = Math.max(group.peak, this.rule.shape === 'distinct' ? new Set(group.values).size : group.times.length);
  }

  results(): Threshold[] {
    const { id, level, field, by, on } = this.rule;
    return this.#tiers.map(([{ limit, within }, groups]) => {
      const values = new Distribution();
      for (const { peak } of groups.values()) values.add(peak);
      const what = `${field === undefined ? on.join(', ') : `different ${field.name}`} in ${duration(within)}`;
      const names = by.map(({ name }) => name).join(', ');
      return { rule: id, level, what, by: names, limit, below: false, inclusive: true, values, met: values.atLeast(limit) };
    });
  }
}

function duration(us: number): string {
  const minutes = us / 60_000_000;
  return minutes >= 60 ? `${minutes / 60} h` : `${minutes} min`;
}

const COMPARISON = /(?<![+*/.-] ?)\b([a-z]\w*) (>=|>|<=|<) \$(\w+)(?! ?[*/+-])/g;

/** The comparisons `field > $variable` in a rule's condition; sums and products are not taken apart. */
function conditionsOf(rule: CompiledRule): Watch[] {
  const { where, variables } = rule.source;
  return [...(where ?? '').matchAll(COMPARISON)].flatMap(([, field = '', sign = '', name = '']) => {
    const limit = variables[name]?.value;
    return typeof limit === 'number' ? [new ConditionWatch(rule, field, sign, limit)] : [];
  });
}

/** One comparison in a condition: of each group the value nearest to its limit, whatever the rest of the condition says. */
class ConditionWatch implements Watch {
  readonly rule: CompiledRule;
  readonly #field: string;
  readonly #sign: string;
  readonly #limit: number;
  readonly #nearest = new Map<string, number>();
  readonly #met = new Set<string>();

  constructor(rule: CompiledRule, field: string, sign: string, limit: number) {
    this.rule = rule;
    this.#field = field;
    this.#sign = sign;
    this.#limit = limit;
  }

  take(event: Event, scope: string): void {
    const value = event.data[this.#field] ?? 0;
    if (typeof value !== 'number') return;
    const key = groupOf(this.rule, event, scope);
    const before = this.#nearest.get(key) ?? value;
    this.#nearest.set(key, this.#sign.startsWith('<') ? Math.min(before, value) : Math.max(before, value));
    if (this.rule.where?.(event) !== false) this.#met.add(key);
  }

  results(): Threshold[] {
    const values = new Distribution();
    for (const value of this.#nearest.values()) values.add(value);
    const below = this.#sign.startsWith('<');
    const by = this.rule.by.map(({ name }) => name).join(', ');
    const what = `${this.#field} ${this.#sign} ${this.#limit}`;
    const inclusive = this.#sign.endsWith('=');
    const met = this.rule.shape === 'any' ? this.#met.size : undefined;
    return [{ rule: this.rule.id, level: this.rule.level, what, by, limit: this.#limit, below, inclusive, values, met }];
  }
}

/** Groups whose value alone is on the alarming side of the limit. */
export function crossing({ values, limit, below, inclusive }: Threshold): number {
  // Whole numbers, all of them.
  const high = values.atLeast(inclusive === below ? limit + 1 : limit);
  return below ? values.count - high : high;
}

/** The value that this share of the groups does not pass on the way to the limit. */
export function towards({ values, below }: Threshold, share: number): number {
  return values.quantile(below ? 1 - share : share);
}
