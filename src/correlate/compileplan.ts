/** Compiles what only the shapes sequence, absence, schedule and script have: steps, times, programs. */
import type { FieldKind } from '../eventfields.ts';
import { parseCalendar } from './calendar.ts';
import type { Predicate } from './condition.ts';
import { compareKinds, type Field, fieldsOf } from './fields.ts';
import type { CompiledPlan, MoreTypes, SchedulePlan, ScriptPlan, Step, StepsPlan } from './plan.ts';
import type { RuleFile } from './ruleschema.ts';

type Path = readonly (string | number)[];
type Fields = ReadonlyMap<string, FieldKind>;
type StepFile = NonNullable<RuleFile['steps']>[number];

/** What the compiler of a rule does for its parts: it knows the file, its variables and where in it everything stands. */
export interface Workshop {
  readonly file: RuleFile;
  /** `within`, as the profile has it. */
  readonly within: number | string | undefined;
  readonly types: MoreTypes;
  fault(path: Path, at: number, message: string, near?: string): undefined;
  /** The types that are named and exist. */
  typesAt(path: Path, on: string | readonly string[]): string[];
  fieldsAt(path: Path, names: string | readonly string[], fields: Fields): Field[];
  condition(path: Path, source: string | undefined, fields: Fields, steps?: readonly string[]): Predicate | undefined;
  time(path: Path, time: number | string): number;
}

const INSTANCES = 16;
const MOST_INSTANCES_OF_ABSENCE = 64;

/** The plan of a rule; undefined if it is at fault. */
export function compilePlan(shop: Workshop): CompiledPlan | undefined {
  switch (shop.file.shape) {
    case 'sequence':
    case 'absence':
      return stepsPlan(shop);
    case 'schedule':
      return schedulePlan(shop);
    default:
      return scriptPlan(shop);
  }
}

function stepsPlan(shop: Workshop): CompiledPlan | undefined {
  const { file, within } = shop;
  const absence = file.shape === 'absence';
  const { steps: written } = file;
  const least = absence ? 2 : 1;
  if (written === undefined || written.length < least)
    return shop.fault(written === undefined ? ['shape'] : ['steps'], 0, `shape ${file.shape} needs "steps", at least ${least}`);
  if (within === undefined || within === 'idle') return shop.fault(['shape'], 0, `shape ${file.shape} needs "within", a time`);
  for (const key of ['on', 'where'] as const)
    if (file[key] !== undefined) shop.fault([key], 0, `shape ${file.shape} takes no "${key}": its steps have their own`);
  const ordered = file.ordered ?? true;
  if (absence && !ordered) shop.fault(['ordered'], 0, 'shape absence has an order: what comes, then what does not');
  const types = written.map(({ on }, i) => shop.typesAt(['steps', i, 'on'], on));
  if (types.some((found, i) => found.length < listOf(written[i]!.on).length)) return undefined;
  const steps: Step[] = [];
  const known = new Map<string, FieldKind>();
  const learn = (i: number): void => {
    for (const [name, kind] of fieldsOf(types[i]!, shop.types)) known.set(`${written[i]!.name}.${name}`, kind);
  };
  if (!ordered) for (let i = 0; i < written.length; i++) learn(i);
  written.forEach((step, i) => {
    steps.push(compileStep(shop, step, i, types[i]!, known, ordered ? written.slice(0, i) : written));
    if (!(absence && i === written.length - 1)) learn(i);
  });
  checkKeys(shop, steps);
  const end = steps.at(absence ? -2 : -1)!;
  const plan: StepsPlan = {
    kind: 'steps',
    steps,
    absence,
    within: shop.time(['within'], within),
    ordered,
    instances: file.instances ?? (absence ? MOST_INSTANCES_OF_ABSENCE : INSTANCES),
  };
  const fields = new Map([...known, ...(ordered ? fieldsOf(end.on, shop.types) : commonOf(shop, steps))]);
  return { plan, fields, by: end.by, on: [...new Set(steps.flatMap(({ on }) => on))] };
}

/** Which step of an unordered sequence comes last is not known: what all of them have. */
function commonOf(shop: Workshop, steps: readonly Step[]): Map<string, FieldKind> {
  return fieldsOf(
    steps.flatMap(({ on }) => on),
    shop.types,
  );
}

function compileStep(shop: Workshop, step: StepFile, i: number, on: readonly string[], known: Fields, before: readonly StepFile[]): Step {
  const path = ['steps', i];
  const { file } = shop;
  const fields = fieldsOf(on, shop.types);
  if ((file.steps ?? []).findIndex(({ name }) => name === step.name) < i)
    shop.fault([...path, 'name'], 0, `there is a step "${step.name}" already`);
  return {
    name: step.name,
    on,
    where: shop.condition(
      [...path, 'where'],
      step.where,
      new Map([...fields, ...known]),
      before.map(({ name }) => name),
    ),
    by: step.by === undefined ? shop.fieldsAt(['by'], file.by, fields) : shop.fieldsAt([...path, 'by'], step.by, fields),
    times: step.times,
    within: step.within === undefined ? Number.POSITIVE_INFINITY : shop.time([...path, 'within'], step.within),
    after: step.after === undefined ? 0 : shop.time([...path, 'after'], step.after),
  };
}

/** All steps are looked up by the same key. */
function checkKeys(shop: Workshop, steps: readonly Step[]): void {
  const [first, ...others] = steps;
  others.forEach(({ by }, i) => {
    if (first !== undefined && !compareKinds(first.by, by))
      shop.fault(
        ['steps', i + 1, 'by'],
        0,
        `the fields must match those of the first step (${first.by.map(({ name, kind }) => `${name}: ${kind}`).join(', ')})`,
      );
  });
}

/** `on` and `by` of a shape that looks at single Events; undefined if a type is not known, for then nothing can be said of fields. */
export function single(shop: Workshop): Omit<CompiledPlan, 'plan'> | undefined {
  const { on, by, shape } = shop.file;
  if (on === undefined) return shop.fault(['shape'], 0, `shape ${shape} needs "on"`);
  const types = shop.typesAt(['on'], on);
  if (types.length < listOf(on).length) return undefined;
  const fields = fieldsOf(types, shop.types);
  return { on: types, fields, by: shop.fieldsAt(['by'], by, fields) };
}

/** Event types, which may be written as one. */
export function listOf(on: string | readonly string[]): readonly string[] {
  return typeof on === 'string' ? [on] : on;
}

function schedulePlan(shop: Workshop): CompiledPlan | undefined {
  const { within } = shop;
  const { at, zone, expect } = shop.file;
  const looked = single(shop);
  if (looked === undefined) return undefined;
  const { on, fields, by } = looked;
  if (at === undefined || expect === undefined) return shop.fault(['shape'], 0, 'shape schedule needs "at" and "expect"');
  const calendar = parseCalendar(at, zone);
  if (calendar === undefined)
    return shop.fault(['at'], 0, `"${at}" is no time: expected minute hour day month weekday, e.g. "0 22 * * 1-5"`);
  if ((within === undefined) !== (expect === 'report') || within === 'idle')
    return shop.fault(['shape'], 0, 'shape schedule needs "within", a time; with "expect: report" it takes none');
  const plan: SchedulePlan = { kind: 'schedule', at: calendar, within: within === undefined ? 0 : shop.time(['within'], within), expect };
  return { plan, fields: expect === 'report' ? new Map([...fields, ['seen', 'count']]) : fields, by, on };
}

function scriptPlan(shop: Workshop): CompiledPlan | undefined {
  const { program, verdict } = shop.file;
  const looked = single(shop);
  if (looked === undefined) return undefined;
  const { on, fields, by } = looked;
  if (program === undefined) return shop.fault(['shape'], 0, 'shape script needs "program"');
  const answer = fieldsOf(['script.answered']);
  const judged = shop.condition(['verdict'], verdict ?? 'code == 0', answer);
  if (judged === undefined) return undefined;
  const plan: ScriptPlan = { kind: 'script', program, verdict: judged };
  const more = [...answer].map(([name, kind]): [string, FieldKind] => [`verdict.${name}`, kind]);
  return { plan, fields: new Map([...more, ...fields]), by, on };
}
