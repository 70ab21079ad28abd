/** `ringfence analyze FILE…`: reads captures through the engine and reports. Both sides of the border in one process. */
import { stat } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import type { CaptureReader } from '../capture/reader.ts';
import { openCapture } from '../capture/reader.ts';
import { Incidents } from '../correlate/incidents.ts';
import { type Fault, RingfenceError } from '../errors.ts';
import type { Counts } from '../metrics.ts';
import { Pipeline } from '../pipeline.ts';
import { analysisJson } from '../publish/analysis.ts';
import { type FileSummary, type Findings, severity, WARNING } from '../publish/findings.ts';
import { neutral } from '../publish/neutral.ts';
import { type Output, pageOf, print } from '../publish/print.ts';
import { Progress } from '../publish/progress.ts';
import { report } from '../publish/report.ts';
import { AlertFold } from '../store/fold.ts';
import { nextBoot, SegmentWriter } from '../store/segments.ts';
import { Spool } from '../store/spool.ts';
import type { Alert, Call } from '../types.ts';
import { version } from '../version.ts';
import { Interrupt } from './interrupt.ts';
import { loadSettings, type Settings, type SettingsOptions } from './settings.ts';

/** Options of the command line. */
export interface AnalyzeOptions extends SettingsOptions {
  readonly json?: boolean;
  /** Folder for Event segments. */
  readonly events?: string;
  readonly color?: boolean;
  /** Bytes read at a time; for tests: what is printed does not depend on it. */
  readonly chunkBytes?: number;
}

/** Exit code bits. */
const ALERTS = 1;
const FAULTS = 2;

/** Where it writes. */
export interface Streams {
  readonly out: Output;
  readonly err: Output;
}

/**
 * Analyzes captures in the given order and prints the report or the JSON object.
 * @returns the exit code: bit 1 for alerts at warning or above, bit 2 for faults. Interrupted while reading standard input, it
 * reports and then ends by the signal.
 * @throws RingfenceError for faults in configuration and rules, and `output-failed`.
 */
export async function runAnalyze(
  files: readonly string[],
  options: AnalyzeOptions,
  { out, err }: Streams = { out: process.stdout, err: process.stderr },
): Promise<number> {
  // The engine allocates little that lives long: a young generation that grows to V8's 134 MB only costs memory and cache.
  setFlagsFromString('--semi-space-growth-factor=1');
  const run = new Run(loadSettings(options), options);
  const interrupt = new Interrupt();
  const progress = new Progress(err, await totalSize(files));
  try {
    for (const file of files) {
      if (interrupt.asked) break;
      await run.read(file, interrupt, progress);
    }
    await run.finish();
  } finally {
    interrupt.stop();
    progress.clear();
  }
  try {
    const { findings } = run;
    if (options.json === true) {
      for (const { message } of findings.faults) err.write(`ringfence: ${neutral(message, 400)}\n`);
      await print(out, analysisJson(findings));
    } else {
      await print(out, [await report(findings, pageOf(out, options.color))]);
    }
    return (run.serious ? ALERTS : 0) | (findings.faults.length > 0 ? FAULTS : 0);
  } finally {
    run.close();
    // A read of standard input that still waits would keep the process until its writer ends: end as SIGINT ends a program.
    if (interrupt.asked && files.includes('-')) process.kill(process.pid, 'SIGINT');
  }
}

/** Bytes of all files, 0 if one of them has no size. */
async function totalSize(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map((file) =>
      file === '-'
        ? 0
        : stat(file).then(
            ({ size }) => size,
            () => 0,
          ),
    ),
  );
  return files.includes('-') ? 0 : sizes.reduce((sum, size) => sum + size, 0);
}

/** One analysis: the engine and what it has said so far. */
class Run {
  /** An alert was at warning or above. */
  serious = false;
  readonly #settings: Settings;
  readonly #options: AnalyzeOptions;
  readonly #pipeline: Pipeline;
  readonly #segments: SegmentWriter | undefined;
  readonly #alerts: AlertFold;
  readonly #calls: Spool<Call>;
  readonly #incidents = new Incidents();
  readonly #files: FileSummary[] = [];
  readonly #faults: Fault[] = [];
  readonly #dropped: Record<string, number> = {};
  #packets = 0;
  /** Bytes of the files that are behind. */
  #read = 0;
  #lastTime = 0;

  constructor(settings: Settings, options: AnalyzeOptions) {
    const { config, rules } = settings;
    const boot = options.events === undefined ? 1 : nextBoot(options.events);
    this.#settings = settings;
    this.#options = options;
    this.#segments = options.events === undefined ? undefined : new SegmentWriter({ folder: options.events, node: config.node, boot });
    this.#pipeline = new Pipeline({ config, rules, boot, sinks: { events: options.events !== undefined, calls: options.json === true } });
    this.#alerts = new AlertFold(config.limits.alerts);
    this.#calls = new Spool<Call>(config.limits.calls, (json) => JSON.parse(json));
  }

  /** Reads one file to its end, or to an interruption. A file that cannot be opened is a fault and no more. */
  async read(file: string, interrupt: Interrupt, progress: Progress): Promise<void> {
    try {
      const { chunkBytes } = this.#options;
      const chunk = chunkBytes === undefined ? {} : { chunkBytes };
      const opening = openCapture(file, { firstOrdinal: this.#packets + 1, seed: this.#settings.config.seed, ...chunk });
      const reader = await interrupt.or(opening);
      if (reader === undefined) {
        this.#faults.push(interruption(file, 0));
        return;
      }
      try {
        await this.#readAll(file, reader, interrupt, progress);
      } finally {
        if (!interrupt.asked) await reader.close();
      }
    } catch (error) {
      if (!(error instanceof RingfenceError) || error.code === 'output-failed') throw error;
      const { code, where, message } = error;
      this.#faults.push({ code, where, message });
    }
  }

  async #readAll(file: string, reader: CaptureReader, interrupt: Interrupt, progress: Progress): Promise<void> {
    const { packet } = reader;
    let first = Number.POSITIVE_INFINITY;
    let last = 0;
    while (await interrupt.or(reader.fill())) {
      while (reader.next()) {
        this.#packets++;
        if (packet.time < first) first = packet.time;
        if (packet.time > last) last = packet.time;
        this.#pipeline.handle(packet);
      }
      await this.#drain();
      progress.update(this.#read + reader.position, this.#packets);
    }
    const { frames, packets, bytes, dropped } = reader.counts;
    this.#files.push({ name: file, frames, packets, bytes, first: packets > 0 ? first : 0, last });
    for (const [reason, n] of dropped) this.#dropped[reason] = (this.#dropped[reason] ?? 0) + n;
    this.#faults.push(...reader.faults);
    if (interrupt.asked) this.#faults.push(interruption(file, reader.position));
    this.#read += reader.position;
    if (reader.lastTime > this.#lastTime) this.#lastTime = reader.lastTime;
  }

  /** Says to the engine that the input has ended, and takes its last words. */
  async finish(): Promise<void> {
    if (this.#packets > 0) this.#pipeline.handle({ kind: 'tick', time: this.#lastTime, last: true });
    this.#pipeline.command({ kind: 'finish' });
    await this.#drain();
    await this.#segments?.close();
  }

  async #drain(): Promise<void> {
    const { events, alerts, calls } = this.#pipeline.drain();
    for (const alert of alerts) this.#take(alert);
    for (const call of calls) this.#calls.add(call);
    const segments = this.#segments;
    if (segments === undefined) return;
    for (const event of events) {
      while (!segments.add(event)) await segments.flush(true);
    }
    if (segments.due) await segments.flush();
  }

  #take(alert: Alert): void {
    if (severity(alert.level) >= WARNING) this.serious = true;
    this.#alerts.add(alert);
    this.#incidents.add(alert);
  }

  /** All that was found. */
  get findings(): Findings {
    const counts: Counts = { ...this.#pipeline.query('counts'), dropped: this.#dropped };
    return {
      rules: this.#settings.rules.map(({ title }) => title),
      version: version(),
      files: this.#files,
      counts,
      alerts: this.#alerts,
      incidents: this.#incidents.list(),
      calls: this.#calls,
      callSummary: this.#pipeline.query('calls'),
      faults: this.#faults,
    };
  }

  /** Gives temporary files back. */
  close(): void {
    this.#alerts.close();
    this.#calls.close();
  }
}

function interruption(file: string, offset: number): Fault {
  return { code: 'interrupted', where: file, offset, message: `${file}: interrupted; only what was read so far is reported` };
}
