/** `ringfence analyze FILE|FOLDER…`: reads captures through the engine and reports. Both sides of the border in one process. */

import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { type Captures, openCaptures } from '../capture/captures.ts';
import { type LogReader, openLogs } from '../capture/logs/logreader.ts';
import type { CaptureCounts, CaptureReader } from '../capture/reader.ts';
import { Incidents } from '../correlate/incidents.ts';
import { type Fault, RingfenceError } from '../errors.ts';
import type { Counts, Family } from '../metrics.ts';
import { Pipeline, type Upward } from '../pipeline.ts';
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
import { AlertLines, QuietTime } from './following.ts';
import { Interrupt } from './interrupt.ts';
import { type OutputOptions, Outputs, printsOutput } from './outputs.ts';
import { askPrograms } from './programs.ts';
import { attackTitles, loadSettings, type Settings, type SettingsOptions } from './settings.ts';

/** Options of the command line. */
export interface AnalyzeOptions extends SettingsOptions, OutputOptions {
  readonly json?: boolean;
  /** Logs to read instead of captures. */
  readonly log?: readonly string[];
  /** Folder for Event segments. */
  readonly events?: string;
  readonly color?: boolean;
  /** Read on as the files grow, and new ones of the folders, until SIGINT. */
  readonly follow?: boolean;
  /** Bytes read at a time; for tests: what is printed does not depend on it. */
  readonly chunkBytes?: number;
}

/** ms between two looks at logs that have not grown. */
const FOLLOWING = 100;

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
  const { log: logs = [] } = options;
  if ((files.length === 0) === (logs.length === 0))
    throw new RingfenceError('usage', '', 'name captures to read, or logs with --log; not both');
  const printed = printsOutput(options);
  const settings = loadSettings(options);
  const faults: Fault[] = [];
  const outputs = new Outputs(options, out, faults);
  const run = new Run(settings, options, outputs, faults);
  const interrupt = new Interrupt();
  const progress = new Progress(err);
  try {
    if (logs.length > 0) await run.readLogs(logs, interrupt, err);
    else await run.read(files, interrupt, progress, err);
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
    if (interrupt.asked && [...files, ...logs].includes('-')) process.kill(process.pid, 'SIGINT');
  }
}

/** Rules may ask again because of what a program said, so often for each batch. */
const MOST_ROUNDS = 8;

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
  #logs: LogReader | undefined;
  #packets = 0;
  /** µs of the latest entry of a log. */
  #lastEntry = 0;
  #tell: (alert: Alert) => void = () => {};

  constructor(settings: Settings, options: AnalyzeOptions, outputs: Outputs, faults: Fault[]) {
    this.#faults = faults;
    const { config, rules, known } = settings;
    const boot = options.events === undefined ? 1 : nextBoot(options.events);
    this.#settings = settings;
    this.#options = options;
    this.#outputs = outputs;
    this.#segments = options.events === undefined ? undefined : new SegmentWriter({ folder: options.events, node: config.node, boot });
    const { records } = outputs;
    this.#keepCalls = options.json === true || outputs.keepsCalls;
    const sinks = { events: options.events !== undefined, calls: options.json === true || outputs.calls, records };
    this.#pipeline = new Pipeline({ config, rules, known, boot, sinks });
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

  /** Reads logs to their end; following, until SIGINT. */
  async readLogs(paths: readonly string[], interrupt: Interrupt, err: Output): Promise<void> {
    const follow = this.#options.follow === true;
    const stop = new AbortController();
    const logs = await interrupt.or(openLogs(paths, follow ? stop.signal : undefined));
    if (logs === undefined) {
      this.#faults.push(interruption(paths[0] ?? '', 0));
      return;
    }
    this.#logs = logs;
    const quiet = new QuietTime();
    const lines = new AlertLines();
    if (follow) this.#tell = (alert) => err.write(lines.line(alert));
    for (let more: boolean | undefined = true; more === true; ) {
      const filling = logs.fill();
      more = await interrupt.or(filling);
      // Following, what there is at that time is read to its end; else it may never come.
      if (more === undefined && follow) {
        stop.abort();
        more = await filling;
      }
      const before = this.#packets;
      for (let entry = logs.next(); entry !== undefined; entry = logs.next()) {
        this.#packets++;
        this.#pipeline.handle(entry);
        this.#lastEntry = Math.max(this.#lastEntry, entry.time);
      }
      if (this.#packets > before) quiet.heard(this.#lastEntry);
      else if (follow) await this.#waitForLogs(quiet);
      await this.#drain();
    }
    if (interrupt.asked && !follow) this.#faults.push(interruption(paths[0] ?? '', logs.counts[0]?.bytes ?? 0));
    if (!interrupt.asked) await logs.close();
  }

  /** Nothing came: time passes all the same. */
  async #waitForLogs(quiet: QuietTime): Promise<void> {
    if (quiet.now > 0) this.#pipeline.handle({ kind: 'tick', time: quiet.now, last: false });
    await sleep(FOLLOWING);
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
    if (this.#packets > 0) this.#pipeline.handle({ kind: 'tick', time: this.#captures?.reader.lastTime ?? this.#lastEntry, last: true });
    this.#pipeline.command({ kind: 'finish' });
    await this.#drain();
    await this.#segments?.close();
    await this.#outputs.finish(this.findings);
  }

  async #drain(): Promise<void> {
    let batch = this.#pipeline.drain();
    for (let round = 0; ; round++) {
      await this.#deliver(batch);
      if (batch.asks.length === 0 || round === MOST_ROUNDS) return;
      for (const verdict of await askPrograms(batch.asks, this.#settings.config.programs)) this.#pipeline.command(verdict);
      batch = this.#pipeline.drain();
    }
  }

  async #deliver(batch: Upward): Promise<void> {
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
      files: this.#captures?.reader.files ?? logSummaries(this.#logs),
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

/** Logs as inputs: their lines as frames, what of them says something as packets. */
function logSummaries(logs: LogReader | undefined): FileSummary[] {
  return (logs?.counts ?? []).map(({ name, bytes, lines, entries, first, last }) => ({
    name,
    log: true,
    bytes,
    frames: lines,
    packets: entries,
    first,
    last,
  }));
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
