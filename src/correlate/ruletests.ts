/** Runs the tests that stand in a rule file: their Events through a correlator with that rule alone. */
import { COMMON_FIELDS, type FieldKind } from '../eventfields.ts';
import { type Alert, ATTRIBUTIONS, type Event } from '../types.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { Correlator } from './correlator.ts';
import { fieldsOfType } from './fields.ts';
import type { MoreTypes, Surroundings } from './plan.ts';
import type { RuleTest } from './ruleschema.ts';

/** Outcome of one test; `faults` is empty if it passed. */
export interface TestResult {
  readonly rule: string;
  readonly name: string;
  readonly faults: readonly string[];
}

/** When tests begin, µs: 2026-01-01. */
const START = 1_767_225_600e6;
const SEED = { k0: 0x52696e67, k1: 0x66656e63 };

/**
 * Runs all tests of a rule, each under its own profile and without what a site changed.
 * @param text the rule file.
 */
export function runRuleTests(text: string, file: string, surroundings: Surroundings = {}): TestResult[] {
  const { rule } = compileRule(text, file, 'default', {}, false, surroundings);
  if (rule === undefined) return [];
  return rule.source.tests.map((t) => {
    const own = t.profile === 'default' ? rule : compileRule(text, file, t.profile, {}, false, surroundings).rule;
    return {
      rule: rule.id,
      name: t.name,
      faults: own === undefined ? [`the rule does not compile under profile ${t.profile}`] : runTest(own, t, surroundings.types),
    };
  });
}

function runTest(rule: CompiledRule, t: RuleTest, types?: MoreTypes): string[] {
  const correlator = new Correlator([rule], { node: 'test', seed: SEED, capacity: 1024 });
  const events = testEvents(t, types);
  for (const event of events) correlator.handle(event, event.time);
  // Until every Alert is over: before that none can be said to have failed. What does not come has its time first.
  const last = (events.at(-1)?.time ?? START) + t.pause;
  correlator.finish(last + waitOf(rule) + Math.max(...rule.tiers.map(({ idle }) => idle)));
  return compareAlerts(t, correlator.out, rule.silent ? correlator.stats()[0]!.alerts : 0);
}

/** µs after the last Event until the last thing that does not come has not come. */
function waitOf({ plan }: CompiledRule): number {
  return plan?.kind === 'steps' && plan.absence ? plan.within + 1 : 0;
}

/** A rule that only raises Events has as many Alerts as Events. */
function compareAlerts(t: RuleTest, out: readonly Alert[], raised: number): string[] {
  const found = Math.max(new Set(out.map(({ id }) => id)).size, raised);
  const last = out.at(-1);
  const faults = found === t.alerts ? [] : [`expected ${t.alerts} alerts, received ${found}`];
  for (const key of ['outcome', 'level', 'count'] as const) {
    const expected = t[key];
    if (expected !== undefined && last?.[key] !== expected)
      faults.push(`expected ${key} ${expected}, received ${last?.[key] ?? 'no alert'}`);
  }
  const [expected, named] = [t.missing, last?.missing ?? []].map((list) => list?.join(', ') || 'nothing');
  if (t.missing !== undefined && expected !== named) faults.push(`expected ${expected} to be missing, received ${named}`);
  return faults;
}

/** The Events a test stands for, in the order of their times. */
function testEvents(t: RuleTest, types?: MoreTypes): Event[] {
  const events: Event[] = [];
  for (const { type, at, times, every, ...given } of t.events)
    for (let n = 1; n <= times; n++) events.push(testEvent(type, given, START + at + (n - 1) * every, n, types));
  events.sort((a, b) => a.time - b.time);
  return events.map((event, i) => ({ ...event, id: `test.1.${i + 1}`, frame: i + 1 }));
}

/** An Event for tests: fields that are not given are '', 0 or false. `{n}` in texts becomes `n`. */
export function testEvent(type: string, given: Readonly<Record<string, unknown>>, time: number, n: number, types?: MoreTypes): Event {
  const fields = [...(fieldsOfType(type, types) ?? [])].filter(([name]) => !Object.hasOwn(COMMON_FIELDS, name));
  const filled = new Map(Object.entries(given).map(([name, value]) => [name, fill(value, n)]));
  const text = (name: string): string => `${filled.get(name) ?? ''}`;
  const data = Object.fromEntries(fields.map(([name, kind]) => [name, filled.get(name) ?? emptyOf(kind)]));
  return {
    id: `test.1.${n}`,
    time,
    type,
    node: 'test',
    src: text('src'),
    srcPort: Number(filled.get('srcPort') ?? 5060),
    dst: text('dst'),
    dstPort: Number(filled.get('dstPort') ?? 5060),
    origin: ATTRIBUTIONS.find((name) => name === text('origin')) ?? 'packet',
    via: text('via'),
    callId: text('callId'),
    account: text('account'),
    data,
    file: 'test',
    frame: n,
  };
}

function fill(value: unknown, n: number): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return `${value}`.replaceAll('{n}', `${n}`);
}

function emptyOf(kind: FieldKind): string | number | boolean {
  if (kind === 'flag') return false;
  return ['port', 'number', 'count', 'duration', 'status'].includes(kind) ? 0 : '';
}
