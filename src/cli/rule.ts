/** `ringfence rule new|test|check|list`: what a person needs who writes rules. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCapture } from '../capture/reader.ts';
import { wallMilliseconds } from '../clock.ts';
import { loadConfig } from '../config.ts';
import type { CompiledRule } from '../correlate/compile.ts';
import { Correlator } from '../correlate/correlator.ts';
import { isEventName } from '../correlate/fields.ts';
import { loadRules } from '../correlate/load.ts';
import { runRuleTests } from '../correlate/ruletests.ts';
import { RingfenceError } from '../errors.ts';
import { Pipeline } from '../pipeline.ts';
import { neutral } from '../publish/neutral.ts';
import type { RuleStats } from '../queries.ts';
import type { Event } from '../types.ts';
import { faultLines } from './faultlines.ts';
import { scaffold } from './rulescaffold.ts';
import { loadSettings, type Settings, type SettingsOptions } from './settings.ts';

/** Where a command writes. */
interface Writer {
  write(text: string): unknown;
}

const LONGEST = 200;
/** Events that `list` keeps to measure rules on. */
const MOST_EVENTS = 500_000;
/** Times that a rule is run to measure it; the quickest counts. */
const RUNS = 3;

/**
 * `rule new ID`: writes a rule that already passes its tests, to be changed.
 * @throws RingfenceError `usage` if the id is none, or the file is there.
 */
export function runRuleNew(id: string, options: { readonly shape: string; readonly dir: string }, out: Writer): Promise<number> {
  if (!/^[a-z][a-z0-9-]*$/.test(id))
    throw new RingfenceError('usage', id, `"${id}" is no name for a rule: small letters, digits and hyphens`);
  const file = join(options.dir, `${id}.yaml`);
  if (existsSync(file)) throw new RingfenceError('usage', file, `${file} is there already`);
  mkdirSync(options.dir, { recursive: true });
  writeFileSync(file, scaffold(id, options.shape), { flag: 'wx' });
  out.write(`${file}: written; change it, then: ringfence rule test ${file}\n`);
  return Promise.resolve(0);
}

/** `rule test`: every test of the rules, passed or not. Exit code 1 if one did not pass or a rule has faults. */
export function runRuleTest(paths: readonly string[], out: Writer): Promise<number> {
  const { rules, faults, surroundings } = loadRules(paths.length > 0 ? paths : standardRules(), { profile: 'default' });
  for (const line of faultLines(faults)) out.write(`${line}\n`);
  let passed = 0;
  let failed = 0;
  for (const { file } of rules) {
    for (const { rule, name, faults: wrong } of runRuleTests(readFileSync(file, 'utf8'), file, surroundings)) {
      if (wrong.length === 0) passed++;
      else failed++;
      out.write(
        `${wrong.length === 0 ? 'ok    ' : 'FAILED'} ${rule}: ${neutral(name, LONGEST)}${wrong.map((each) => `\n         ${each}`).join('')}\n`,
      );
    }
  }
  out.write(`${passed} passed, ${failed} failed\n`);
  return Promise.resolve(failed + faults.length > 0 ? 1 : 0);
}

function standardRules(): readonly string[] {
  const result = loadConfig();
  return 'config' in result ? result.config.rules : [];
}

/** `rule list`: the rules; with captures also what each of them looked at, met and cost. */
export async function runRuleList(captures: readonly string[], options: SettingsOptions, out: Writer): Promise<number> {
  const settings = loadSettings(options);
  const { rules } = settings;
  if (captures.length === 0) {
    const rows = rules.map(({ id, level, class: kind, stage, source, on }) => [id, level, kind, stage, source.shape, on.join(' ')]);
    table([['rule', 'level', 'class', 'stage', 'shape', 'on'], ...rows], out);
    return 0;
  }
  const events: Event[] = [];
  for (const file of captures) await collect(file, settings, events);
  events.sort((a, b) => a.time - b.time);
  const stats = together(settings, events);
  const rows = rules.map((rule, i) => {
    const { evaluations, matches, alerts } = stats[i]!;
    return [rule.id, `${evaluations}`, `${matches}`, `${alerts}`, costOf(rule, evaluations, settings, events).toFixed(0)];
  });
  table([['rule', 'events', 'hits', 'alerts', 'ns per event'], ...rows], out);
  const [first, last] = [events[0], events.at(-1)];
  const span = first === undefined || last === undefined ? 0 : (last.time - first.time) / 1e6;
  out.write(`${events.length} events over ${span.toFixed(0)} s in ${captures.length} captures\n`);
  return 0;
}

/** All Events of a capture, up to a bound. */
async function collect(file: string, { config, rules }: Settings, events: Event[]): Promise<void> {
  const reader = await openCapture(file, { seed: config.seed });
  const pipeline = new Pipeline({ config, rules, boot: 1, sinks: { events: true, calls: false } });
  const take = (): void => {
    for (const event of pipeline.drain().events) if (events.length < MOST_EVENTS) events.push(event);
  };
  try {
    while (await reader.fill()) {
      while (reader.next()) pipeline.handle(reader.packet);
      take();
    }
    pipeline.command({ kind: 'finish' });
    take();
  } finally {
    await reader.close();
  }
}

/** All rules over the Events: what each of them saw, met and told. */
function together({ config, rules }: Settings, events: readonly Event[]): RuleStats[] {
  const correlator = new Correlator(rules, { node: config.node, seed: config.seed, capacity: config.tables.alerts });
  for (const event of events) correlator.handle(event, event.time);
  correlator.finish(events.at(-1)?.time ?? 0);
  return correlator.stats();
}

/** ns that a rule adds to each Event it looks at: with those that feed it, less those alone. */
function costOf(rule: CompiledRule, evaluations: number, settings: Settings, events: readonly Event[]): number {
  const needed = withFeeders(rule, settings.rules);
  const feeders = needed.filter((each) => each !== rule);
  const alone = feeders.length === 0 ? 0 : quickest(feeders, settings, events);
  return evaluations === 0 ? 0 : Math.max(0, ((quickest(needed, settings, events) - alone) * 1e6) / evaluations);
}

/** ms that the quickest run of rules over their Events takes. */
function quickest(rules: readonly CompiledRule[], { config }: Settings, events: readonly Event[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const correlator = new Correlator(rules, { node: config.node, seed: config.seed, capacity: config.tables.alerts });
    const own = events.filter(({ type }) => isEventName(type) && correlator.wanted.has(type));
    const started = wallMilliseconds();
    for (const event of own) correlator.handle(event, event.time);
    best = Math.min(best, wallMilliseconds() - started);
  }
  return best;
}

/** A rule, those it looks at, and those that fill the lists it reads: in the order in which they are loaded. */
function withFeeders(rule: CompiledRule, rules: readonly CompiledRule[]): CompiledRule[] {
  const needed = new Set([rule]);
  for (const each of needed) for (const other of rules) if (feeds(other, each)) needed.add(other);
  return rules.filter((each) => needed.has(each));
}

function feeds({ id, remember, forget }: CompiledRule, rule: CompiledRule): boolean {
  const types = [...rule.on, ...(rule.success?.on ?? []), ...(rule.until?.on ?? [])];
  const lists = Object.keys(rule.source.lists);
  return (
    types.some((type) => type === `rule.${id}` || type.startsWith(`rule.${id}.`)) ||
    [remember, forget].some((memory) => memory !== undefined && lists.includes(memory.list))
  );
}

function table(rows: readonly (readonly string[])[], out: Writer): void {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(cell.length, most[i] ?? 0)), []);
  for (const row of rows)
    out.write(
      `${row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
}
