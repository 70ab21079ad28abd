/** Judges detectors on runs of the lab: every detector on every run, one after the other, and what comes of it. */
import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import { version } from '../src/version.ts';
import type { Cache, Found } from './cache.ts';
import type { Detector } from './detector.ts';
import { hashOf, type Openings } from './opened.ts';
import { type Run, readCalls, readLabels } from './runs.ts';
import { type RunScore, type RunSummary, score, type Truth } from './score.ts';
import { type Summary, summarize } from './summary.ts';
import { type Judged, type JudgedGlobal, judgeAttacks, judgeGlobals } from './verdict.ts';

/** One detector's results. */
export interface DetectorResult {
  readonly name: string;
  readonly version: string;
  /** Version of the program behind it. */
  readonly program?: string;
  /** Why it did not run at all. */
  readonly unavailable?: string;
  /** Runs on which it failed; they are not in its scores. */
  readonly failed: readonly { readonly run: string; readonly reason: string }[];
  readonly scores: readonly RunScore[];
  readonly summary: Summary;
}

/** Everything that an evaluation found: what every report is made from. */
export interface Evaluation {
  readonly format: 1;
  /** When, by what and where it was judged (G11). */
  readonly made: { readonly time: string; readonly version: string; readonly commit: string; readonly node: string; readonly host: string };
  readonly set: 'validation' | 'test' | 'validation and test';
  /** SHA-256 over the manifests of the set. */
  readonly hash: string;
  /** How often its test runs were opened. */
  readonly openings?: Openings;
  readonly runs: readonly RunSummary[];
  /** The first is Ringfence. */
  readonly detectors: readonly DetectorResult[];
  /** Ringfence against required.ts. */
  readonly attacks: readonly Judged[];
  readonly globals: readonly JudgedGlobal[];
}

/** Detector whose comparison of addresses ours must be better than (E2-2). */
const ADDRESS_RULE = 'paper-002';

/** Runs that may be replayed in real time at once: replays mostly wait, but more would make each other late. */
const REPLAYS = 4;

/** Is told what is being done: `at` of `of` steps. */
export type Report = (at: number, of: number, what: string) => void;

/** What is to be judged. */
export interface EvaluationOrder {
  readonly runs: readonly Run[];
  readonly detectors: readonly Detector[];
  readonly cache: Cache;
  readonly openings?: Openings;
  readonly report?: Report;
}

/**
 * Judges. Findings that the cache has are not found again.
 * @throws RingfenceError `run-invalid` if a run is not what its manifest says. A detector that fails on a run is listed with it.
 */
export async function evaluate({ runs, detectors, cache, openings, report = () => {} }: EvaluationOrder): Promise<Evaluation> {
  const trials = detectors.map((detector) => new Trial(detector));
  const ready = trials.filter(({ unavailable }) => unavailable === undefined);
  const summaries: RunSummary[] = [];
  const steps = runs.length * (ready.length + 1);
  let step = 0;
  const [slow = [], quick = []] = [true, false].map((way) => ready.filter(({ detector }) => (detector.realTime === true) === way));
  const replays = new Set<Promise<void>>();
  for (const run of runs) {
    report(step++, steps, `${run.name}: reading`);
    const truth = await truthOf(run, cache);
    summaries.push(truth.summary);
    const replay: Promise<void> = Promise.all(slow.map((trial) => trial.judge(run, truth, cache))).then(() => void replays.delete(replay));
    replays.add(replay);
    for (const trial of quick) {
      report(step++, steps, `${run.name}: ${trial.detector.name}`);
      await trial.judge(run, truth, cache);
    }
    step += slow.length;
    while (replays.size >= REPLAYS) await Promise.race(replays);
  }
  if (slow.length > 0) report(step, steps, `the last of ${slow.map(({ detector }) => detector.name).join(', ')}`);
  await Promise.all(replays);
  report(steps, steps, 'summing up');
  const results = trials.map((trial) => trial.result());
  const [own] = results;
  return {
    format: 1,
    made: madeHere(),
    set: setOf(runs),
    hash: hashOf(runs),
    ...(openings === undefined ? {} : { openings }),
    runs: summaries,
    detectors: results,
    attacks: judgeAttacks(own?.scores ?? []),
    globals: judgeGlobals(own?.scores ?? [], own?.summary ?? summarize([]), results.find(({ name }) => name === ADDRESS_RULE)?.scores),
  };
}

function setOf(runs: readonly Run[]): Evaluation['set'] {
  const splits = new Set(runs.map(({ split }) => split));
  return splits.size > 1 ? 'validation and test' : splits.has('test') ? 'test' : 'validation';
}

async function truthOf(run: Run, cache: Cache): Promise<Truth> {
  const { manifest } = run;
  const labels = readLabels(run);
  const messages = await cache.messages(run, labels);
  const summary: RunSummary = {
    name: run.name,
    scenario: manifest.scenario,
    kind: manifest.kind,
    ...(manifest.attack === undefined ? {} : { attack: manifest.attack }),
    intensity: manifest.intensity,
    seed: manifest.seed,
    split: run.split,
    hash: run.hash,
    capture: manifest.files['merged.pcap.gz'] ?? '',
    commit: manifest.commit,
    host: manifest.host,
    duration: manifest.last - manifest.first,
    calls: readCalls(run).length,
    sipMessages: messages.sip.reduce((total, sip) => total + sip, 0),
    labelled: labels.length,
    hardNegatives: manifest.hardNegatives,
    tools: [...new Set(manifest.tools.map((tool) => `${tool.command[0] ?? ''}: ${tool.version}`))],
  };
  return { summary, campaigns: manifest.campaigns, labels, messages };
}

/** One detector at work. */
class Trial {
  readonly detector: Detector;
  readonly unavailable: string | undefined;
  readonly #scores: RunScore[] = [];
  #asked = 0;
  readonly #failed: { run: string; reason: string }[] = [];

  constructor(detector: Detector) {
    // A version may be asked of a program: once is enough.
    this.detector = { ...detector };
    this.unavailable = detector.available();
  }

  async judge(run: Run, truth: Truth, cache: Cache): Promise<void> {
    // Runs of a real-time detector end in any order, but what is drawn from the scores must be the same each time.
    const at = this.#asked++;
    try {
      const found = cache.known(this.detector, run) ?? (await this.#find(run, cache));
      this.#scores[at] = score(found.findings, truth, this.detector.realTime === true ? Number.NaN : found.seconds);
    } catch (error) {
      this.#failed.push({ run: run.name, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  async #find(run: Run, cache: Cache): Promise<Found> {
    const started = performance.now();
    const { name, hash, capture, logs, site, first, last } = run;
    // Only what a detector may know: neither the manifest nor the folder.
    const findings = await this.detector.findings({ name, hash, capture, logs, site, first, last });
    const found = { findings, seconds: (performance.now() - started) / 1000 };
    cache.keep(this.detector, run, found);
    return found;
  }

  result(): DetectorResult {
    const { name, version: own, program = '' } = this.detector;
    const unavailable = this.unavailable === undefined ? {} : { unavailable: this.unavailable };
    // A run on which it failed has left a hole.
    const scores = this.#scores.filter(() => true);
    const behind = program === '' ? {} : { program };
    return { name, version: own, ...behind, ...unavailable, failed: this.#failed, scores, summary: summarize(scores) };
  }
}

function madeHere(): Evaluation['made'] {
  return {
    time: new Date().toISOString(),
    version: version(),
    commit: commit(),
    node: process.version,
    host: `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}`,
  };
}

/** Commit of this program, `+` if its source was changed; in an installed package its version. */
export function commit(): string {
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', import.meta.dirname, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain', '--', '.', '../src', '../rules') === '' ? '' : '+'}`;
  } catch {
    return `package ${version()}`;
  }
}
