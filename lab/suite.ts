/** Many runs: which ones a suite holds, and how they are made, two at a time, each in a sandbox of its own; what is there already is not made again. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { missingFor } from './needs.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

/** One run of a suite. */
export interface Job {
  readonly scenario: Scenario;
  readonly intensity: string;
  readonly seed: number;
}

/** Least runs of each attack of the catalogue in the full suite, over its scenarios and intensities. */
const RUNS = 10;

/**
 * The runs of a suite. `small`: one run of each scenario marked small, with one seed. `full`: every scenario at all its
 * intensities, and each attack of the catalogue at least ten times, not counting what is run at other kinds of site than the usual
 * one; benign scenarios as often as they want (ten days).
 * @param first seed of the first run; other first seeds give other runs of the same kind.
 */
export function suite(kind: 'small' | 'full', first: number, scenarios: readonly Scenario[] = SCENARIOS): Job[] {
  if (kind === 'small') return scenarios.filter(({ small }) => small === true).flatMap((scenario) => jobs(scenario, first).slice(0, 1));
  const benign = scenarios.filter(({ attack }) => attack === undefined);
  const attacks = scenarios.filter(({ attack }) => attack !== undefined);
  const elsewhere = attacks.filter(isElsewhere);
  const usual = Map.groupBy(
    attacks.filter((scenario) => !isElsewhere(scenario)),
    ({ attack }) => attack,
  );
  return [
    ...benign.flatMap((scenario) => repeated([scenario], first, scenario.runs ?? 1)),
    ...inTurn([...usual.values()].map((list) => repeated(list, first, RUNS))),
    ...elsewhere.flatMap((scenario) => jobs(scenario, first)),
  ];
}

function isElsewhere({ site }: Scenario): boolean {
  return site?.kind === 'b2bua' || site?.kind === 'asterisk';
}

/** The first of each list, then the second of each …: a suite that is interrupted has something of every attack. */
function inTurn(lists: readonly (readonly Job[])[]): Job[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat();
}

/** All intensities of the scenarios, with one seed after the other, until there are `least` runs. */
function repeated(scenarios: readonly Scenario[], first: number, least: number): Job[] {
  const list: Job[] = [];
  const once = scenarios.flatMap((scenario) => jobs(scenario, first)).length;
  for (let seed = first; list.length < least; seed++) list.push(...scenarios.flatMap((scenario) => jobs(scenario, seed)));
  return list.slice(0, Math.max(least, once));
}

function jobs(scenario: Scenario, seed: number): Job[] {
  return scenario.intensities.map(({ name }) => ({ scenario, intensity: name, seed }));
}

/** Folder of a job below the folder of the suite. */
export function folderOf(out: string, { scenario, intensity, seed }: Job): string {
  return join(out, `${scenario.name}_${intensity.replaceAll(/[^A-Za-z0-9.]+/g, '-')}_${seed}`);
}

/** What a suite came to. */
export interface Tally {
  made: number;
  kept: number;
  /** Its scenario needs a program that is not here. */
  skipped: number;
  failed: number;
}

/**
 * Makes all runs. One that fails is tried once more, then told with the end of its log; the others go on. What needs a program that
 * is missing is left out, and told with the program's name.
 */
export async function runSuite(
  jobs: readonly Job[],
  out: string,
  parallel: number,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<Tally> {
  mkdirSync(out, { recursive: true });
  const tally: Tally = { made: 0, kept: 0, skipped: 0, failed: 0 };
  // Long runs go one after the other in the first lane, so that they never take the machine from each other.
  const long = jobs.filter(({ scenario }) => scenario.long === true);
  const short = jobs.filter(({ scenario }) => scenario.long !== true);
  let done = 0;
  const began = performance.now();
  const take = (lane: number): Job | undefined => (lane === 0 ? long.shift() : undefined) ?? short.shift();
  const worker = async (_: unknown, lane: number): Promise<void> => {
    for (let each = take(lane); each !== undefined && !signal.aborted; each = take(lane)) {
      const { result, why } = await settle(each, out, signal);
      if (signal.aborted) return;
      tally[result]++;
      done++;
      const minutes = ((performance.now() - began) / 60_000).toFixed(1);
      tell(`${done}/${jobs.length} ${minutes} min  ${result.padEnd(7)} ${folderOf('', each)}${why}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return tally;
}

/** One run, unless it is there already or cannot be; what is to be said of it. */
async function settle(each: Job, out: string, signal: AbortSignal): Promise<{ readonly result: keyof Tally; readonly why: string }> {
  if (existsSync(join(folderOf(out, each), 'manifest.json'))) return { result: 'kept', why: '' };
  const missing = missingFor(each.scenario);
  if (missing.length > 0) return { result: 'skipped', why: `: ${missing.join(', ')} missing` };
  const result = await make(each, out, signal);
  return { result, why: result === 'failed' ? `\n${logOf(out, each)}` : '' };
}

async function make(each: Job, out: string, signal: AbortSignal): Promise<'made' | 'failed'> {
  for (let tries = 0; tries < 2 && !signal.aborted; tries++) {
    if ((await child(each, out, signal)) !== 0) continue;
    // Only what went wrong is worth keeping beside the runs.
    rmSync(`${folderOf(out, each)}.log`);
    return 'made';
  }
  return 'failed';
}

const MAIN = join(import.meta.dirname, 'main.ts');

async function child(each: Job, out: string, signal: AbortSignal): Promise<number> {
  const log = openSync(`${folderOf(out, each)}.log`, 'w');
  const command = [MAIN, 'run', each.scenario.name, '--intensity', each.intensity, '--seed', String(each.seed), '--out', out];
  const started = spawn(process.execPath, command, { stdio: ['ignore', log, log] });
  closeSync(log);
  const stop = (): boolean => started.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number>((resolve) => {
    started.once('error', () => resolve(1));
    started.once('exit', (status) => resolve(status ?? 1));
  });
  signal.removeEventListener('abort', stop);
  return code;
}

/** Lines of a failed run's log that are shown. */
const TAIL = 6;

function logOf(out: string, each: Job): string {
  const lines = readFileSync(`${folderOf(out, each)}.log`, 'utf8')
    .trimEnd()
    .split('\n');
  return lines
    .slice(-TAIL)
    .map((line) => `    ${line}`)
    .join('\n');
}
