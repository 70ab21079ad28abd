/** From a rule file to a rule that can run: names and conditions checked against the catalogue of Events, closures made. */
import type { Fault } from '../errors.ts';
import type { FieldKind } from '../eventfields.ts';
import { EVENT_NAMES } from '../events.ts';
import { check, type Place } from '../readyaml.ts';
import { nearest, parseDuration } from '../schema.ts';
import type { AttackClass, Event, Lacking, Level, Party, Stage } from '../types.ts';
import { compilePlan, listOf, single, type Workshop } from './compileplan.ts';
import { compileCondition, type Predicate } from './condition.ts';
import type { Doubt } from './doubt.ts';
import type { VariableValue } from './expression.ts';
import { compareKinds, type Field, fieldsOf, fieldsOfType, makeField, numberOf, typeOf } from './fields.ts';
import type { CompiledPlan, Memory, MoreTypes, Plan, Surroundings, Until } from './plan.ts';
import { RULE, type RuleFile } from './ruleschema.ts';
import { compileTemplate, type Template } from './template.ts';
import { unsoundFaults } from './unsound.ts';

/** So many within such a time (µs; Infinity: since the last pause of `idle`), over after `idle` µs of silence. */
export interface Tier {
  readonly limit: number;
  readonly within: number;
  readonly idle: number;
}

/** A party of an Alert: its kind and the field that names it. */
export interface PartyField {
  readonly kind: Party['kind'];
  readonly field: Field;
}

/** A rule that can run. Times in µs. */
export interface CompiledRule {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly level: Level;
  readonly class: AttackClass;
  readonly stage: Stage;
  /** Event types of the catalogue, of rules (`rule.ID`) and of other sources. */
  readonly on: readonly string[];
  /** Matches that are not single Events; then `shape` is `any`. */
  readonly plan: Plan | undefined;
  /** Fields of what matches, for rules that look at this one. */
  readonly fields: ReadonlyMap<string, FieldKind>;
  /** No Alerts, only Events for other rules. */
  readonly silent: boolean;
  /** Silent, and each match is told, not only the first one of a group. */
  readonly each: boolean;
  readonly until: Until | undefined;
  readonly remember: Memory | undefined;
  readonly forget: Memory | undefined;
  /** `where` without the exceptions, as one condition; of a plan with steps, only the exceptions. */
  readonly where: Predicate | undefined;
  readonly by: readonly Field[];
  readonly shape: 'any' | 'count' | 'distinct';
  /** Shape distinct: whose values are counted. */
  readonly field: Field | undefined;
  /** Shape any: reads the number whose highest value is the count of the Alert. */
  readonly measure: ((event: Event) => number) | undefined;
  /** One or two; any of them opens an Alert. */
  readonly tiers: readonly Tier[];
  readonly subject: PartyField;
  readonly target: PartyField | undefined;
  /** The target is not one of `by`: there may be several. */
  readonly targets: boolean;
  readonly sample: Field | undefined;
  readonly success: CompiledSuccess | undefined;
  readonly why: Template;
  readonly without: readonly Lack[];
  /** The file it came from, and what it says. */
  readonly file: string;
  readonly source: RuleFile;
}

/** Evidence that is missing if the last Event of an Alert meets a condition, and what is concluded without it. */
export interface Lack {
  readonly evidence: Lacking;
  readonly where: Predicate;
  readonly concludes: string;
}

/** What shows that an attack succeeded. */
export interface CompiledSuccess {
  readonly on: readonly string[];
  readonly where: Predicate | undefined;
  readonly by: readonly Field[];
  readonly level: Level;
  readonly why: Template | undefined;
  /** Shape distinct: Events that are only believed while few of the values have them. */
  readonly doubt: Doubt | undefined;
}

/** What a site may change of one rule: its variables, and whom it exempts. */
export interface RuleOverride {
  readonly variables?: Readonly<Record<string, VariableValue>>;
  readonly except?: readonly string[];
}

/** Most that a sliding window or a set before its opening keeps of one group. */
export const MOST_KEPT = 1000;

/**
 * Compiles the text of one rule file under a profile; all faults are found, with file, line and column.
 * @param proven its tests are not asked for: others have run them.
 */
export function compileRule(
  text: string,
  file: string,
  profile: string,
  override: RuleOverride = {},
  proven = false,
  surroundings: Surroundings = {},
): { readonly rule: CompiledRule | undefined; readonly faults: readonly Fault[] } {
  const { value, faults, raw, locate } = check(RULE, text, file, 'rule-invalid');
  if (value === undefined) return { rule: undefined, faults: [...faults, ...unsoundFaults(raw(), file, locate)] };
  const compiler = new Compiler(value, file, profile, override, locate, surroundings);
  const rule = compiler.rule();
  if (!proven) compiler.tests();
  return { rule: compiler.faults.length === 0 ? rule : undefined, faults: compiler.faults };
}

type Path = readonly (string | number)[];

/** Which Events a rule wants, and what its matches look like. */
type Looked = Omit<CompiledPlan, 'plan'> & { readonly plan?: Plan };

class Compiler {
  readonly faults: Fault[] = [];
  readonly #file: RuleFile;
  readonly #name: string;
  readonly #override: RuleOverride;
  readonly #types: MoreTypes;
  readonly #lists: ReadonlyMap<string, readonly string[]>;
  readonly #locate: (path: Path, at?: number) => Place;
  readonly #profile: NonNullable<RuleFile['profiles'][string]>;
  readonly #path: Path;
  readonly #variables: Readonly<Record<string, VariableValue>>;

  constructor(
    file: RuleFile,
    name: string,
    profile: string,
    override: RuleOverride,
    locate: (path: Path, at?: number) => Place,
    { types, lists }: Surroundings,
  ) {
    this.#types = types ?? new Map();
    this.#lists = new Map(Object.keys(file.lists).map((list) => [list, lists?.[list] ?? []]));
    this.#file = file;
    this.#name = name;
    this.#override = override;
    this.#locate = locate;
    this.#profile = file.profiles[profile] ?? {};
    this.#path = ['profiles', profile];
    this.#variables = this.#readVariables();
  }

  rule(): CompiledRule | undefined {
    const file = this.#file;
    const shop = this.#workshop();
    const looked: Looked | undefined = this.#planned() ? compilePlan(shop) : single(shop);
    if (looked === undefined) return undefined;
    const { on, fields, by } = looked;
    const { plan } = looked;
    const field = this.#counted(fields);
    const sample = file.sample === undefined ? field : this.#field(['sample'], file.sample, fields);
    const target = file.target === undefined ? undefined : this.#party('target', file.target, fields);
    const subject = this.#party('subject', file.subject, fields);
    // One match of a plan has one subject, whatever it is grouped by.
    if (plan === undefined && subject !== undefined && !by.some(({ name }) => name === subject.field.name))
      this.#fault(['subject', 'value'], 0, `the subject must be one of "by": ${by.map(({ name }) => name).join(', ')}`);
    const rule = {
      id: file.id,
      version: file.version,
      title: file.title,
      level: file.level,
      class: file.class,
      stage: file.stage,
      on,
      plan,
      fields,
      silent: file.raise === 'event',
      each: file.raise === 'event' && file.quiet === undefined && file.shape !== 'count' && file.shape !== 'distinct',
      until: this.#until(by),
      remember: file.remember === undefined ? undefined : this.#memory('remember', file.remember, file.remember.for, fields),
      forget: file.forget === undefined ? undefined : this.#memory('forget', file.forget, 0, fields),
      where: this.#whereAll(plan?.kind === 'steps' ? fields : fieldsOf(on, this.#types)),
      by,
      shape: this.#shape(),
      field,
      measure: this.#measure(fields),
      tiers: this.#tiers(),
      target,
      targets: target !== undefined && !by.some(({ name }) => name === target.field.name),
      sample,
      success: this.#success(by, fields),
      why: this.#template(['why'], file.why, fields),
      without: this.#without(fields),
      file: this.#name,
      source: file,
    };
    this.#strayKeys();
    return subject === undefined ? undefined : { ...rule, subject };
  }

  #planned(): boolean {
    const { shape } = this.#file;
    return shape !== 'any' && shape !== 'count' && shape !== 'distinct';
  }

  #workshop(): Workshop {
    return {
      file: this.#file,
      within: this.#profile.within ?? this.#file.within,
      types: this.#types,
      fault: (path, at, message, near) => this.#fault(path, at, message, near),
      typesAt: (path, on) => this.#typesAt(path, on),
      fieldsAt: (path, names, fields) => this.#by(path, typeof names === 'string' ? names : [...names], fields),
      condition: (path, source, fields, steps) => this.#condition(path, source, fields, steps),
      time: (path, time) => this.#time(path, time),
    };
  }

  /** Keys that only other shapes have. */
  #strayKeys(): void {
    const { shape } = this.#file;
    const steps = shape === 'sequence' || shape === 'absence';
    for (const key of ['steps', 'ordered', 'instances'] as const) if (!steps) this.#stray(key);
    for (const key of ['at', 'zone', 'expect'] as const) if (shape !== 'schedule') this.#stray(key);
    for (const key of ['program', 'verdict'] as const) if (shape !== 'script') this.#stray(key);
  }

  #stray(key: 'steps' | 'ordered' | 'instances' | 'at' | 'zone' | 'expect' | 'program' | 'verdict'): void {
    if (this.#file[key] !== undefined) this.#fault([key], 0, `shape ${this.#file.shape} takes no "${key}"`);
  }

  #until(by: readonly Field[]): Until | undefined {
    const clause = this.#file.until;
    if (clause === undefined) return undefined;
    const { on, limit, within } = clause;
    if ((on === undefined) === (limit === undefined) || (limit === undefined) !== (within === undefined))
      return this.#fault(['until'], 0, '"until" has either "on" (and "where", "by") or "limit" and "within"');
    const types = on === undefined ? [] : this.#typesAt(['until', 'on'], on);
    const fields = fieldsOf(types, this.#types);
    const names = by.map(({ name }) => name);
    const own = on === undefined ? by : this.#by(['until', clause.by === undefined ? 'on' : 'by'], clause.by ?? names, fields);
    if (!compareKinds(by, own)) this.#fault(['until'], 0, `the fields of until must match "by" (${kindsOf(by)})`);
    return {
      on: types,
      where: this.#condition(['until', 'where'], clause.where, fields),
      by: own,
      limit: limit ?? -1,
      within: within === undefined ? 0 : this.#time(['until', 'within'], within),
    };
  }

  #memory(
    key: 'remember' | 'forget',
    { list, value }: NonNullable<RuleFile['forget']>,
    time: number | string,
    fields: ReadonlyMap<string, FieldKind>,
  ): Memory {
    return { list, value: this.#by([key, 'value'], value, fields), for: time === 0 ? 0 : this.#time([key, 'for'], time) };
  }

  #fault(path: Path, at: number, message: string, near?: string): undefined {
    const { line, column, offset } = this.#locate(path, at);
    const meant = near === undefined ? '' : `; did you mean "${near}"?`;
    this.faults.push({ code: 'rule-invalid', where: `${this.#name}:${line}:${column}`, offset, message: message + meant });
    return undefined;
  }

  #shape(): CompiledRule['shape'] {
    const { shape } = this.#file;
    return shape === 'count' || shape === 'distinct' ? shape : 'any';
  }

  #readVariables(): Record<string, VariableValue> {
    const known = this.#file.variables;
    const values = Object.fromEntries(Object.entries(known).map(([name, { value }]): [string, VariableValue] => [name, value]));
    for (const [name, value] of Object.entries(this.#override.variables ?? {})) {
      const own = Object.hasOwn(known, name) ? known[name] : undefined;
      if (own === undefined) this.#overrideFault(`unknown variable "${name}"`, nearest(name, Object.keys(known)));
      else if (sort(own.value) !== sort(value))
        this.#overrideFault(`variable "${name}" must be ${sort(own.value)}, received ${sort(value)}`);
      else values[name] = value;
    }
    return values;
  }

  #overrideFault(message: string, near?: string): void {
    const meant = near === undefined ? '' : `; did you mean "${near}"?`;
    this.faults.push({ code: 'config-invalid', where: `overrides.${this.#file.id}`, message: message + meant });
  }

  #typesAt(path: Path, on: string | readonly string[]): string[] {
    return listOf(on).filter((type, i) => {
      if (fieldsOfType(type, this.#types) !== undefined) return true;
      const near = nearest(type, [...EVENT_NAMES, ...this.#types.keys()]);
      const what = type.startsWith('rule.') ? 'there is no rule that raises' : 'unknown Event type';
      this.#fault(typeof on === 'string' ? path : [...path, i], 0, `${what} "${type}"`, near);
      return false;
    });
  }

  #by(path: Path, names: RuleFile['by'], fields: ReadonlyMap<string, FieldKind>): Field[] {
    const list = typeof names === 'string' ? [names] : names;
    const found = list.map((name, i) => this.#field(typeof names === 'string' ? path : [...path, i], name, fields));
    return found.filter((field) => field !== undefined);
  }

  #field(path: Path, name: string, fields: ReadonlyMap<string, FieldKind>): Field | undefined {
    const kind = fields.get(name);
    if (kind === undefined)
      return this.#fault(path, 0, `unknown field "${name}" (allowed: ${[...fields.keys()].join(', ')})`, nearest(name, fields.keys()));
    if (kind === 'secret') return this.#fault(path, 0, `"${name}" is a secret: it cannot be grouped by, counted or shown`);
    return makeField(name, kind);
  }

  #party(key: 'subject' | 'target', party: RuleFile['subject'], fields: ReadonlyMap<string, FieldKind>): PartyField | undefined {
    const field = this.#field([key, 'value'], party.value, fields);
    return field === undefined ? undefined : { kind: party.kind, field };
  }

  #counted(fields: ReadonlyMap<string, FieldKind>): Field | undefined {
    const { shape, field } = this.#file;
    if (shape === 'distinct')
      return field === undefined ? this.#fault(['shape'], 0, 'shape distinct needs "field"') : this.#field(['field'], field, fields);
    return field === undefined ? undefined : this.#fault(['field'], 0, `shape ${shape} takes no "field"`);
  }

  #measure(fields: ReadonlyMap<string, FieldKind>): CompiledRule['measure'] {
    const { shape, measure } = this.#file;
    if (measure === undefined) return undefined;
    if (shape !== 'any') return this.#fault(['measure'], 0, `shape ${shape} takes no "measure": it counts`);
    const field = this.#field(['measure'], measure, fields);
    if (field === undefined) return undefined;
    return typeOf(field.kind) === 'number' ? numberOf(measure) : this.#fault(['measure'], 0, `"${measure}" is no number`);
  }

  /** The `where` of the file or its profile, without what `except` exempts. */
  #whereAll(fields: ReadonlyMap<string, FieldKind>): Predicate | undefined {
    const own = this.#profile.where;
    const where =
      own === undefined
        ? this.#condition(['where'], this.#file.where, fields)
        : this.#condition([...this.#path, 'where'], own ?? undefined, fields);
    const exempt = this.#file.except.map((source, i) => this.#condition(['except', i], source, fields));
    for (const source of this.#override.except ?? []) {
      const made = compileCondition(source, { fields, variables: this.#variables, lists: this.#lists });
      if ('wrong' in made)
        this.#overrideFault(`except "${source}", character ${made.wrong.at + 1}: ${made.wrong.message}`, made.wrong.near);
      else exempt.push(made.predicate);
    }
    return without(
      where,
      exempt.filter((predicate) => predicate !== undefined),
    );
  }

  #condition(
    path: Path,
    source: string | undefined,
    fields: ReadonlyMap<string, FieldKind>,
    steps: readonly string[] = [],
  ): Predicate | undefined {
    if (source === undefined) return undefined;
    const made = compileCondition(source, { fields, variables: this.#variables, steps, lists: this.#lists });
    return 'wrong' in made ? this.#fault(path, made.wrong.at, made.wrong.message, made.wrong.near) : made.predicate;
  }

  #template(path: Path, source: string, fields: ReadonlyMap<string, FieldKind>): Template {
    const { template, wrong } = compileTemplate(source, fields);
    for (const { at, message, near } of wrong) this.#fault(path, at, message, near);
    return template;
  }

  /** Path of a key in the profile if it stands there, else in the file. */
  #pathOf(key: 'limit' | 'within' | 'idle' | 'slower'): Path {
    return this.#profile[key] === undefined ? [key] : [...this.#path, key];
  }

  #idle(): number {
    const { shape, quiet } = this.#file;
    if (quiet !== undefined && (shape === 'count' || shape === 'distinct'))
      this.#fault(['quiet'], 0, `shape ${shape} takes no "quiet", its alerts end by "idle"`);
    if (quiet !== undefined) return this.#time(['quiet'], quiet);
    return this.#time(this.#pathOf('idle'), this.#profile.idle ?? this.#file.idle);
  }

  #tiers(): Tier[] {
    const { shape, limit, within, slower } = { ...this.#file, ...this.#profile };
    const idle = this.#idle();
    if (shape !== 'count' && shape !== 'distinct') {
      for (const key of ['limit', 'within', 'slower'] as const)
        if (this.#file[key] !== undefined && (shape === 'any' || key !== 'within'))
          this.#fault([key], 0, `shape ${shape} takes no "${key}": one ${shape === 'any' ? 'Event' : 'match'} is enough`);
      return [{ limit: 1, within: Number.POSITIVE_INFINITY, idle }];
    }
    if (limit === undefined || within === undefined) {
      this.#fault(['shape'], 0, `shape ${shape} needs "limit" and "within"`);
      return [];
    }
    const first = this.#tier(this.#pathOf('limit'), limit, this.#pathOf('within'), within, idle);
    if (slower === undefined || slower === null) return [first];
    const path = this.#pathOf('slower');
    const pause = slower.idle === undefined ? idle : this.#time([...path, 'idle'], slower.idle);
    const second = this.#tier([...path, 'limit'], slower.limit, [...path, 'within'], slower.within, pause);
    if ((first.within === Number.POSITIVE_INFINITY) !== (second.within === Number.POSITIVE_INFINITY))
      this.#fault([...path, 'within'], 0, '"within: idle" in both limits or in none');
    if (first.within === Number.POSITIVE_INFINITY && pause !== idle)
      this.#fault([...path, 'idle'], 0, 'with "within: idle" both limits have the same "idle"');
    return [first, second];
  }

  #tier(limitPath: Path, limit: number | string, withinPath: Path, within: number | string, idle: number): Tier {
    const tier = {
      limit: this.#limit(limitPath, limit),
      within: within === 'idle' ? Number.POSITIVE_INFINITY : this.#time(withinPath, within),
      idle,
    };
    const unlimited = this.#file.shape === 'count' && tier.within === Number.POSITIVE_INFINITY;
    if (tier.limit > MOST_KEPT && !unlimited) this.#fault(limitPath, 0, `a limit above ${MOST_KEPT} needs shape count and "within: idle"`);
    return tier;
  }

  #limit(path: Path, limit: number | string): number {
    if (limit === 'auto') this.#fault(path, 0, '"auto" is reserved: learned limits are not built yet, write a number');
    if (typeof limit === 'number' || limit === 'auto') return Number(limit);
    const value = this.#variable(path, limit);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
    if (value !== undefined) this.#fault(path, 0, `"${limit}" is ${String(value)}, a limit is a whole number from 1`);
    return 1;
  }

  #time(path: Path, time: number | string): number {
    if (typeof time === 'number') return time;
    const value = this.#variable(path, time);
    const us = typeof value === 'string' ? parseDuration(value) : -1;
    if (us > 0) return us;
    if (value !== undefined) this.#fault(path, 0, `"${time}" is ${String(value)}, expected a duration, e.g. 10m`);
    return 1;
  }

  #variable(path: Path, reference: string): VariableValue | undefined {
    const name = reference.slice(1);
    if (Object.hasOwn(this.#variables, name)) return this.#variables[name];
    const near = nearest(name, Object.keys(this.#variables));
    return this.#fault(path, 0, `unknown variable "${reference}"`, near === undefined ? undefined : `$${near}`);
  }

  #success(by: readonly Field[], shown: ReadonlyMap<string, FieldKind>): CompiledSuccess | undefined {
    const clause = this.#file.success;
    if (clause === undefined) return undefined;
    const on = this.#typesAt(['success', 'on'], clause.on);
    const fields = fieldsOf(on, this.#types);
    const own =
      clause.by === undefined
        ? this.#by(
            ['success', 'on'],
            by.map(({ name }) => name),
            fields,
          )
        : this.#by(['success', 'by'], clause.by, fields);
    const path = ['success', clause.by === undefined ? 'on' : 'by'];
    if (!compareKinds(by, own)) this.#fault(path, 0, `the fields of success must match "by" (${kindsOf(by)})`);
    return {
      on,
      where: this.#condition(['success', 'where'], clause.where, fields),
      by: own,
      level: clause.level ?? this.#file.level,
      why: clause.why === undefined ? undefined : this.#template(['success', 'why'], clause.why, shown),
      doubt: this.#doubt(clause.doubt, fields),
    };
  }

  #without(fields: ReadonlyMap<string, FieldKind>): readonly Lack[] {
    return this.#file.without.flatMap(({ evidence, where: source, concludes }, i) => {
      const where = this.#condition(['without', i, 'where'], source, fields);
      return where === undefined ? [] : [{ evidence, where, concludes }];
    });
  }

  #doubt(doubt: NonNullable<RuleFile['success']>['doubt'], fields: ReadonlyMap<string, FieldKind>): Doubt | undefined {
    if (doubt === undefined) return undefined;
    const { field, shape } = this.#file;
    const path = ['success', 'doubt'];
    if (shape !== 'distinct') return this.#fault(path, 0, 'only shape distinct can doubt: it goes by how many of the values have it');
    if (field !== undefined && !fields.has(field)) return this.#fault(path, 0, `the Events of success have no field "${field}"`);
    return { where: this.#condition([...path, 'where'], doubt.where, fields), share: doubt.share, after: doubt.after };
  }

  /** Each rule proves that it fires and that it does not. */
  tests(): void {
    const { tests } = this.#file;
    if (!tests.some(({ alerts }) => alerts > 0)) this.#fault(['tests'], 0, 'no test fires this rule');
    if (!tests.some(({ alerts }) => alerts === 0)) this.#fault(['tests'], 0, 'no test shows what does not fire this rule (alerts: 0)');
    tests.forEach((t, i) => {
      t.events.forEach(({ type, at: _at, times: _times, every: _every, ...given }, j) => {
        this.#testEvent(['tests', i, 'events', j], type, given);
      });
    });
  }

  #testEvent(path: Path, type: string, given: Readonly<Record<string, unknown>>): void {
    this.#typesAt([...path, 'type'], type);
    const fields = fieldsOf([type], this.#types);
    for (const [name, value] of Object.entries(given)) {
      const kind = fields.get(name);
      if (kind === undefined) this.#fault([...path, name], 0, `${type} has no field "${name}"`, nearest(name, fields.keys()));
      else if (typeof value !== valueType(kind))
        this.#fault([...path, name], 0, `"${name}" must be ${valueType(kind)}, received ${typeof value}`);
    }
  }
}

function without(where: Predicate | undefined, exempt: readonly Predicate[]): Predicate | undefined {
  if (exempt.length === 0) return where;
  return (event) => (where === undefined || where(event)) && !exempt.some((predicate) => predicate(event));
}

function kindsOf(by: readonly Field[]): string {
  return by.map(({ name, kind }) => `${name}: ${kind}`).join(', ');
}

function sort(value: VariableValue): string {
  if (typeof value === 'object') return 'a list';
  if (typeof value === 'string') return parseDuration(value) < 0 ? 'a text' : 'a duration';
  return typeof value === 'number' ? 'a number' : 'true or false';
}

/** JavaScript type of the values of a kind in an Event. */
function valueType(kind: FieldKind): 'number' | 'boolean' | 'string' {
  if (kind === 'flag') return 'boolean';
  return ['port', 'number', 'count', 'duration', 'status'].includes(kind) ? 'number' : 'string';
}
