/** `ringfence eval FOLDER…`: judges Ringfence and its peers on runs of the lab. */
import { join, resolve } from 'node:path';
import { Cache, defaultCache } from '../../eval/cache.ts';
import type { Detector } from '../../eval/detector.ts';
import { allDetectors } from '../../eval/detectors.ts';
import { commit, type Evaluation, evaluate } from '../../eval/evaluate.ts';
import { markdownReport } from '../../eval/markdown.ts';
import { logOpening, type Openings } from '../../eval/opened.ts';
import { pageReport } from '../../eval/page.ts';
import { FIRST_TEST_SEED, findRuns, type Run } from '../../eval/runs.ts';
import { textReport } from '../../eval/text.ts';
import { wallMilliseconds } from '../clock.ts';
import { RingfenceError } from '../errors.ts';
import { neutral } from '../publish/neutral.ts';
import { type Output, pageOf, print } from '../publish/print.ts';
import { OutFile } from '../store/outfile.ts';
import type { Streams } from './analyze.ts';

/** Options of the command line. */
export interface EvalOptions {
  readonly set?: 'validation' | 'test' | 'all';
  /** Names, with commas between them; absent: all. */
  readonly detectors?: string;
  readonly json?: string;
  readonly html?: string;
  readonly markdown?: string;
  /** Folder of kept results; `false`: nothing is kept. */
  readonly cache?: string | false;
  /** File that openings of the test set are written to. */
  readonly log?: string;
  readonly color?: boolean;
}

/** A detector failed on a run. */
const FAILED = 2;

/**
 * Evaluates, prints the tables and writes the pages that are wanted.
 * @returns the exit code: 0, or 2 if a detector failed on a run.
 * @throws RingfenceError `usage`, `run-invalid` or `output-failed`.
 */
export async function runEval(
  folders: readonly string[],
  options: EvalOptions,
  { out, err }: Streams = { out: process.stdout, err: process.stderr },
): Promise<number> {
  // What cannot be written is said before anything is read; an interruption later leaves nothing half written behind.
  for (const { file } of openFiles(options)) file.abandon();
  const detectors = chosen(options.detectors, allDetectors());
  const runs = chosenRuns(findRuns(folders), options.set ?? 'validation');
  const cache = options.cache === false ? undefined : resolve(options.cache ?? defaultCache());
  const openings = open(runs, detectors, options.log ?? join(cache ?? '.', 'opened.jsonl'));
  const progress = new Steps(err);
  const evaluation = await evaluate({
    runs,
    detectors,
    cache: new Cache(cache),
    ...(openings === undefined ? {} : { openings }),
    report: (at, of, what) => progress.show(at, of, what),
  }).finally(() => progress.clear());
  await print(out, [textReport(evaluation, { ...pageOf(out, options.color), ...(out.isTTY === true ? {} : { width: 160 }) })]);
  write(openFiles(options), evaluation);
  return evaluation.detectors.some(({ failed }) => failed.length > 0) ? FAILED : 0;
}

function write(files: readonly Wanted[], evaluation: Evaluation): void {
  try {
    for (const { file, write: text } of files) file.write(Buffer.from(text(evaluation)));
    for (const { file } of files) file.commit();
  } finally {
    for (const { file } of files) file.abandon();
  }
}

interface Wanted {
  readonly file: OutFile;
  readonly write: (evaluation: Evaluation) => string;
}

/** Opens the outputs. @throws RingfenceError `output-failed` if one cannot be written. */
function openFiles({ json, html, markdown }: EvalOptions): Wanted[] {
  const wanted: readonly (readonly [string | undefined, Wanted['write']])[] = [
    [json, (evaluation) => `${JSON.stringify(evaluation, null, 1)}\n`],
    [html, pageReport],
    [markdown, markdownReport],
  ];
  return wanted.flatMap(([path, write]) => (path === undefined ? [] : [{ file: new OutFile(path), write }]));
}

function chosen(names: string | undefined, all: readonly Detector[]): Detector[] {
  if (names === undefined) return [...all];
  const wanted = names.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => all.every((detector) => detector.name !== name));
  if (unknown !== undefined) {
    throw new RingfenceError('usage', '', `no detector is named ${unknown}; there are ${all.map(({ name }) => name).join(', ')}`);
  }
  // Ringfence is what is judged: it is always there, and first.
  return all.filter(({ name }, i) => i === 0 || wanted.includes(name));
}

function chosenRuns(runs: readonly Run[], set: 'validation' | 'test' | 'all'): Run[] {
  const own = runs.filter(({ split }) => set === 'all' || split === set);
  if (own.length > 0) return own;
  const other = set === 'validation' ? 'test' : 'validation';
  const seeds = set === 'validation' ? `below ${FIRST_TEST_SEED}` : `from ${FIRST_TEST_SEED} on`;
  throw new RingfenceError('usage', '', `none of ${runs.length} runs is of the ${set} set (seeds ${seeds}); try --set ${other}`);
}

/** Logs that test runs are about to be read, if there are any. */
function open(runs: readonly Run[], detectors: readonly Detector[], log: string): Openings | undefined {
  const closed = runs.filter(({ split }) => split === 'test');
  if (closed.length === 0) return undefined;
  const names = detectors.map(({ name, version }) => `${name} ${version}`);
  return logOpening(log, closed, commit(), names);
}

/** Milliseconds between two lines of progress where there is no terminal to write over. */
const PATIENCE = 15_000;

/** What is being done, on one line of a terminal; elsewhere a line now and then. */
class Steps {
  readonly #out: Output;
  #next = wallMilliseconds() + PATIENCE;
  #shown = false;

  constructor(out: Output) {
    this.#out = out;
  }

  show(at: number, of: number, what: string): void {
    const line = neutral(`${at} of ${of}: ${what}`, (this.#out.columns ?? 120) - 1);
    if (this.#out.isTTY === true) {
      this.#out.write(`\r${line}\x1b[K`);
      this.#shown = true;
    } else if (wallMilliseconds() >= this.#next) {
      this.#next = wallMilliseconds() + PATIENCE;
      this.#out.write(`${line}\n`);
    }
  }

  clear(): void {
    if (this.#shown) this.#out.write('\r\x1b[K');
  }
}
