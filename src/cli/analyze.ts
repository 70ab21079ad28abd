/** `ringfence analyze FILE|FOLDER…`: reads captures through the engine and reports. Both sides of the border in one process. */

import { setFlagsFromString } from 'node:v8';
import { type Captures, openCaptures } from '../capture/captures.ts';
import type { CaptureCounts, CaptureReader } from '../capture/reader.ts';
import { Incidents } from '../correlate/incidents.ts';
import type { Fault } from '../errors.ts';
import type { Counts, Family } from '../metrics.ts';
import { Pipeline } from '../pipeline.ts';
import { analysisJson } from '../publish/analysis.ts';
import { type Findings, severity, WARNING } from '../publish/findings.ts';
import { neutral } from '../publish/neutral.ts';
import { type Output, pageOf, print } from '../publish/print.ts';
import { Progress } from '../publish/progress.ts';
import { report } from '../publish/report.ts';
import { AlertFold } from '../store/fold.ts';
import { nextBoot, SegmentWriter } from '../store/segments.ts';
import { Spool } from '../store/spool.ts';
import type { Alert, Call } from '../types.ts';
import { version } from '../version.ts';
import { AlertLines, QuietTime } from './following.ts';
import { Interrupt } from './interrupt.ts';
import { type OutputOptions, Outputs, printsOutput } from './outputs.ts';
import { attackTitles, loadSettings, type Settings, type SettingsOptions } from './settings.ts';

/** Options of the command line. */
export interface AnalyzeOptions extends SettingsOptions, OutputOptions {
  readonly json?: boolean;
  /** Folder for Event segments. */
  readonly events?: string;
  readonly color?: boolean;
  /** Read on as the files grow, and new ones of the folders, until SIGINT. */
  readonly follow?: boolean;
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
 * Analyzes captures, merged in order of time, and prints the report or the JSON object.
 * Following, each alert is told in a line on `err` as it comes, and SIGINT is the ordinary end.
 * @returns the exit code: bit 1 for alerts at warning or above, bit 2 for faults. Interrupted while reading standard input, it
 * reports and then ends by the signal.
 * @throws RingfenceError for faults in the options, configuration and rules, and `output-failed`.
 */
export async function runAnalyze(
  files: readonly string[],
  options: AnalyzeOptions,
  { out, err }: Streams = { out: process.stdout, err: process.stderr },
): Promise<number> {
  // The engine allocates little that lives long: a young generation that grows to V8's 134 MB only costs memory and cache.
  setFlagsFromString('--semi-space-growth-factor=1');
  // Functions are compiled once, when their ways are known: V8's standard compiles many twice (0.2 s of its threads a run).
  setFlagsFromString('--invocation-count-for-turbofan=30000');
  const printed = printsOutput(options);
  const settings = loadSettings(options);
  const faults: Fault[] = [];
  const outputs = new Outputs(options, out, faults);
  const run = new Run(settings, options, outputs, faults);
  const interrupt = new Interrupt();
  const progress = new Progress(err);
  try {
    await run.read(files, interrupt, progress, err);
    await run.finish();
  } catch (error) {
    outputs.abandon();
    throw error;
  } finally {
    interrupt.stop();
    progress.clear();
  }
  try {
    const { findings } = run;
    if (printed) for (const { message } of findings.faults) err.write(`ringfence: ${neutral(message, 400)}\n`);
    else if (options.json === true) {
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
  readonly #faults: Fault[];
  readonly #outputs: Outputs;
  readonly #keepCalls: boolean;
  #captures: Captures | undefined;
  #packets = 0;
  #tell: (alert: Alert) => void = () => {};

  constructor(settings: Settings, options: AnalyzeOptions, outputs: Outputs, faults: Fault[]) {
    this.#faults = faults;
    const { config, rules } = settings;
    const boot = options.events === undefined ? 1 : nextBoot(options.events);
    this.#settings = settings;
    this.#options = options;
    this.#outputs = outputs;
    this.#segments = options.events === undefined ? undefined : new SegmentWriter({ folder: options.events, node: config.node, boot });
    const { records } = outputs;
    this.#keepCalls = options.json === true || outputs.keepsCalls;
    const sinks = { events: options.events !== undefined, calls: options.json === true || outputs.calls, records };
    this.#pipeline = new Pipeline({ config, rules, boot, sinks });
    this.#alerts = new AlertFold(config.limits.alerts);
    this.#calls = new Spool<Call>(config.limits.calls, (json) => JSON.parse(json));
  }

  /** Reads all to the end, or to an interruption. */
  async read(paths: readonly string[], interrupt: Interrupt, progress: Progress, err: Output): Promise<void> {
    const { chunkBytes, follow } = this.#options;
    const stop = new AbortController();
    const chunk = chunkBytes === undefined ? {} : { chunkBytes };
    const following = follow === true ? { follow: stop.signal } : {};
    const captures = await interrupt.or(openCaptures(paths, { seed: this.#settings.config.seed, ...chunk, ...following }));
    if (captures === undefined) {
      this.#faults.push(interruption(paths[0] ?? '', 0));
      return;
    }
    const { reader } = captures;
    this.#captures = captures;
    progress.total = captures.size;
    try {
      if (follow === true) await this.#followAll(captures, interrupt, stop, err);
      else while ((await interrupt.or(reader.fill())) === true) await this.#take(captures, progress);
      this.#faults.push(...captures.faults(), ...reader.faults);
      if (interrupt.asked && follow !== true) this.#faults.push(interruption(reader.packet.where.file, reader.position));
    } finally {
      if (!interrupt.asked) await reader.close();
    }
  }

  /** Reads on until SIGINT, then to where the files end at that time. */
  async #followAll(captures: Captures, interrupt: Interrupt, stop: AbortController, err: Output): Promise<void> {
    const { reader } = captures;
    const quiet = new QuietTime();
    const lines = new AlertLines();
    this.#tell = (alert) => err.write(lines.line(alert));
    for (;;) {
      const filling = reader.fill();
      if ((await interrupt.or(filling)) === undefined) stop.abort();
      if (!(await filling)) return;
      const before = this.#packets;
      await this.#take(captures, undefined);
      if (this.#packets > before) quiet.heard(reader.lastTime);
      else if (quiet.now > 0) {
        this.#pipeline.handle({ kind: 'tick', time: quiet.now, last: false });
        await this.#drain();
      }
    }
  }

  /** Takes what was read through the engine. */
  async #take({ reader }: Captures, progress: Progress | undefined): Promise<void> {
    this.#packets += handleAll(reader, this.#pipeline);
    await this.#drain();
    progress?.update(reader.position, this.#packets);
  }

  /** Says to the engine that the input has ended, and takes its last words. */
  async finish(): Promise<void> {
    if (this.#packets > 0) this.#pipeline.handle({ kind: 'tick', time: this.#captures?.reader.lastTime ?? 0, last: true });
    this.#pipeline.command({ kind: 'finish' });
    await this.#drain();
    await this.#segments?.close();
    await this.#outputs.finish(this.findings);
  }

  async #drain(): Promise<void> {
    const batch = this.#pipeline.drain();
    const { events, alerts, ties, calls } = batch;
    for (const alert of alerts) this.#note(alert);
    for (const tie of ties) this.#incidents.tie(tie);
    if (this.#keepCalls) for (const call of calls) this.#calls.add(call);
    await this.#outputs.take(batch);
    const segments = this.#segments;
    if (segments === undefined) return;
    for (const event of events) {
      while (!segments.add(event)) await segments.flush(true);
    }
    if (segments.due) await segments.flush();
  }

  #note(alert: Alert): void {
    this.#tell(alert);
    if (severity(alert.level) >= WARNING) this.serious = true;
    this.#alerts.add(alert);
    this.#incidents.add(alert);
  }

  /** All that was found. */
  get findings(): Findings {
    const read = this.#captures?.reader.counts;
    const counts: Counts = {
      ...this.#pipeline.query('counts'),
      dropped: Object.fromEntries(read?.dropped ?? []),
      capture: captureCounts(read),
    };
    return {
      rules: attackTitles(this.#settings.rules),
      version: version(),
      skipped: Object.fromEntries(this.#captures?.skipped() ?? []),
      files: this.#captures?.reader.files ?? [],
      counts,
      alerts: this.#alerts,
      incidents: this.#incidents.list(),
      calls: this.#calls,
      callSummary: this.#pipeline.query('calls'),
      faults: this.#faults,
      own: this.#settings.config.network.own,
    };
  }

  /** Gives temporary files back. */
  close(): void {
    this.#alerts.close();
    this.#calls.close();
  }
}

/** What the capture could not show; frames that were lost before it among it. */
function captureCounts(read: CaptureCounts | undefined): Family {
  const lost = read?.lost ?? 0;
  return { ...Object.fromEntries(read?.oddities ?? []), ...(lost > 0 ? { lost } : {}) };
}

/** Takes every packet that was read through the engine; how many. Not part of an async method: V8 compiles loops in those again and again. */
function handleAll(reader: CaptureReader, pipeline: Pipeline): number {
  const { packet } = reader;
  let packets = 0;
  while (reader.next()) {
    packets++;
    pipeline.handle(packet);
  }
  return packets;
}

function interruption(file: string, offset: number): Fault {
  return { code: 'interrupted', where: file, offset, message: `${file}: interrupted; only what was read so far is reported` };
}
