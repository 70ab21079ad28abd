/** `ringfence replay --events DIR [--rules NEW]`: recorded Events under other rules, and what would have differed. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CompiledRule } from '../correlate/compile.ts';
import { differenceOf, Verdict } from '../correlate/difference.ts';
import { Incidents } from '../correlate/incidents.ts';
import { loadRules } from '../correlate/load.ts';
import { Replay } from '../correlate/replay.ts';
import { type Fault, RingfenceError } from '../errors.ts';
import { type Output, pageOf, print } from '../publish/print.ts';
import { readSegment, segmentFiles } from '../store/segments.ts';
import { version } from '../version.ts';
import { faultLines, notText } from './faultlines.ts';
import { type Replayed, replayJson, replayText } from './replayed.ts';
import { loadSettings, type Settings, type SettingsOptions } from './settings.ts';

/** Options of the command line. */
export interface ReplayOptions extends SettingsOptions {
  /** Folder of segments. */
  readonly events: string;
  /** The changed rules replace all present ones, not only those with their ids. */
  readonly instead?: boolean;
  readonly json?: boolean;
  readonly color?: boolean;
}

/** Exit code bits. */
const DIFFERS = 1;
const FAULTS = 2;

/**
 * Replays and prints what came of it.
 * @returns the exit code: bit 1 if something differs, bit 2 for faults.
 * @throws RingfenceError for faults in the options, configuration and rules, and `usage` if the folder holds no segment.
 */
export async function runReplay(options: ReplayOptions, out: Output = process.stdout): Promise<number> {
  const { config, profile, events: folder } = options;
  const settings = loadSettings({ ...(config === undefined ? {} : { config }), ...(profile === undefined ? {} : { profile }) });
  const changed = options.rules === undefined ? undefined : changedRules(options.rules, settings, options);
  const sets = changed === undefined ? [settings.rules] : [settings.rules, changed];
  const files = segmentFiles(folder);
  if (files.length === 0) throw new RingfenceError('usage', folder, `${folder} holds no Event segments; \`analyze --events\` writes them`);
  const { node, seed, tables } = settings.config;
  const replay = new Replay(sets, { node, seed, capacity: tables.alerts });
  const run = new Run(replay, sets.length);
  for (const name of files) await run.read(join(folder, name));
  run.finish();
  const found = run.found(settings.rules, changed);
  await print(out, [options.json === true ? replayJson(found) : replayText(found, pageOf(out, options.color))]);
  const { difference } = found;
  const differs = difference !== undefined && difference.added.length + difference.gone.length + difference.changed.length > 0;
  return (differs ? DIFFERS : 0) | (found.faults.length > 0 ? FAULTS : 0);
}

/** The rules to compare with: the changed ones in the place of the present ones, or instead of all of them. */
function changedRules(path: string, { config, rules: present }: Settings, options: ReplayOptions): readonly CompiledRule[] {
  const binary = notText(path, 'rule-invalid');
  const loaded = loadRules([path], { profile: options.profile ?? config.profile, overrides: config.overrides });
  // What the config says of rules that are not among the changed ones was checked with the present ones.
  const faults = binary === undefined ? loaded.faults.filter(({ where }) => !where.startsWith('overrides.')) : [binary];
  const [fault] = faults;
  if (fault !== undefined) throw new RingfenceError(fault.code, fault.where, faultLines(faults).join('\n'));
  if (options.instead === true) return loaded.rules;
  const byId = new Map(present.map((rule) => [rule.id, rule]));
  for (const rule of loaded.rules) byId.set(rule.id, rule);
  return [...byId.values()];
}

/** One replay and what it has said so far. */
class Run {
  readonly #replay: Replay;
  readonly #verdicts: readonly Verdict[];
  readonly #incidents = new Incidents();
  readonly #faults: Fault[] = [];
  /** Types of Event by the number of segments whose writer knew them. */
  readonly #known = new Map<string, number>();
  #segments = 0;
  /** Start of the node that the last segment was of. */
  #boot = '';

  constructor(replay: Replay, sets: number) {
    this.#replay = replay;
    this.#verdicts = Array.from({ length: sets }, () => new Verdict());
  }

  async read(path: string): Promise<void> {
    const types = new Set<string>();
    const boot = basename(path).split('-')[1]!;
    for await (const events of readSegment(path, this.#faults, types)) {
      if (boot !== this.#boot && events[0] !== undefined) {
        this.#replay.next(events[0]);
        this.#boot = boot;
      }
      for (const event of events) this.#replay.take(event);
      this.#collect();
    }
    this.#segments++;
    for (const type of types) this.#known.set(type, (this.#known.get(type) ?? 0) + 1);
  }

  finish(): void {
    this.#replay.finish();
    this.#collect();
  }

  #collect(): void {
    const { alerts, ties } = this.#replay;
    for (const alert of alerts.at(-1)!) this.#incidents.add(alert);
    for (const tie of ties.splice(0)) this.#incidents.tie(tie);
    for (const [i, verdict] of this.#verdicts.entries()) for (const alert of alerts[i]!.splice(0)) verdict.add(alert);
  }

  found(present: readonly CompiledRule[], changed: readonly CompiledRule[] | undefined): Replayed {
    const [before, after = before] = this.#verdicts.map((verdict) => verdict.list());
    const { events, first, last, goodwill } = this.#replay;
    return {
      version: version(),
      segments: this.#segments,
      events,
      first,
      last,
      rules: { present: present.length, changed: changed === undefined ? [] : changedIds(present, changed) },
      difference: changed === undefined ? undefined : differenceOf(before!, after!),
      alerts: after!,
      incidents: this.#incidents.list(),
      goodwill,
      notes: this.#notes(changed ?? present),
      faults: this.#faults,
    };
  }

  #notes(rules: readonly CompiledRule[]): string[] {
    const notes = rules.flatMap(({ id, on, success }) =>
      [...on, ...(success?.on ?? [])]
        .filter((type) => (this.#known.get(type) ?? 0) < this.#segments)
        .map((type) => `${id} asks for ${type}, which some segments cannot hold: they were written before that type of Event was made`),
    );
    const left = this.#verdicts.reduce((sum, verdict) => sum + verdict.left, 0);
    return left === 0 ? notes : [...notes, `${left} alerts were too many to compare`];
  }
}

/** Ids of rules that are not the same file content in both sets. */
function changedIds(before: readonly CompiledRule[], after: readonly CompiledRule[]): string[] {
  const texts = (rules: readonly CompiledRule[]): Map<string, string> =>
    new Map(rules.map(({ id, file }) => [id, readFileSync(file, 'utf8')]));
  const was = texts(before);
  const is = texts(after);
  return [...new Set([...was.keys(), ...is.keys()])].filter((id) => was.get(id) !== is.get(id)).sort();
}
