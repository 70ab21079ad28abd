/** One run: network, captures, site, background phones, the scenario, and then the folder. The order of a run on one screen. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import type { Phone } from './agents/phone.ts';
import { background } from './benign/background.ts';
import { Network } from './network/network.ts';
import { type Random, seeded } from './random.ts';
import { Campaigns } from './record/campaigns.ts';
import { Captures } from './record/captures.ts';
import { finish, hashFiles, type Recorded, writeServerLogs } from './record/finish.ts';
import type { CallRecord, Manifest, ToolRun } from './record/folder.ts';
import { Timeline } from './record/timeline.ts';
import { prepareSandbox, setResolver } from './sandbox.ts';
import type { Intensity, Lab, Scenario, Segment, SegmentName, Site } from './scenario.ts';
import type { Launch } from './servers/process.ts';
import { type RunningSite, startSite } from './servers/site.ts';

/** What is to be run. */
export interface Order {
  readonly scenario: Scenario;
  readonly intensity: Intensity;
  readonly seed: number;
  /** Folder of the run, made by it; a run that fails leaves `FOLDER.partial` with its logs. */
  readonly folder: string;
}

/** Background phones of an attack run that does not say. */
const PHONES = 20;

/** First simulated second of all runs: runs start on a day of 2026 drawn by the seed. */
const YEAR = Date.UTC(2026, 0, 5) * 1000;
const DAY = 86_400e6;

/** Runs one scenario in this sandbox and writes its folder. @throws Error if anything failed; the partial folder then stays. */
export async function run(order: Order, signal: AbortSignal): Promise<Manifest> {
  const began = performance.now();
  const partial = `${order.folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(partial, 'logs'), { recursive: true });
  const random = seeded(order.seed, `${order.scenario.name}/${order.intensity.name}`);
  const state = new RunState(random.fork('start').integer(0, 300), signal);
  prepareSandbox();
  const network = new Network(random.fork('network'));
  await network.ready();
  const captures = await Captures.start(network, partial);
  const tools = new Tools(network, join(partial, 'logs'), signal);
  const segment = segmentsOf(network);
  const resolver = segment('site').address();
  setResolver(resolver);
  const { site: wish = {}, attack } = order.scenario;
  const accounts = wish.accounts ?? (wish.phones ?? PHONES) + 20;
  const logs = join(partial, 'logs');
  const onBridge = (incoming: string, outgoing: string, media: readonly string[]): void => {
    state.timeline.leg(outgoing, incoming);
    for (const address of media) state.timeline.media(address, incoming, now());
  };
  const site = await startSite({ random, wish, accounts, segment, resolver, launch: tools.start, logs, onBridge });
  let dropped: readonly string[] = [];
  try {
    const phones: Phone[] = [];
    const lab = { ...makeLab(order, random, state, segment, tools, site), phones };
    const life = attack === undefined ? undefined : await background(lab, wish.phones ?? PHONES);
    // Phones and attackers share one lab object: by it the two ends of a planned call find each other.
    phones.push(...(life?.phones ?? []));
    await order.scenario.run(lab, order.intensity);
    await life?.stop();
  } finally {
    await site.stop();
    await captures.stop();
    dropped = network.dropped();
    network.close();
  }
  if (dropped.length > 0) throw new Error(`the network lost packets, ${dropped.join(', ')}: the machine is too busy for this run`);
  writeServerLogs(join(partial, 'logs'), await site.records(), site.queries, state.timeline);
  const recorded = await finish(partial, captures.files, state.timeline, state.campaigns, state.calls, network.impairment.loss);
  const manifest = await manifestOf(order, state, network, tools, site, recorded, partial, (performance.now() - began) / 1000);
  writeFileSync(join(partial, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
  rmSync(order.folder, { recursive: true, force: true });
  renameSync(partial, order.folder);
  return manifest;
}

/** What a run gathers while it goes on. */
class RunState {
  readonly startReal = now();
  readonly start: number;
  readonly timeline: Timeline;
  readonly campaigns = new Campaigns(now);
  readonly calls: CallRecord[] = [];
  readonly hardNegatives: Record<string, number> = {};
  readonly signal: AbortSignal;

  constructor(day: number, signal: AbortSignal) {
    this.start = YEAR + day * DAY;
    this.timeline = new Timeline(this.start - this.startReal);
    this.signal = signal;
  }
}

/** Microseconds since 1970 on the clock of the captures. */
function now(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** The programs of a run: started inside a segment, stopped by their process ids, their output kept. */
class Tools {
  readonly runs: ToolRun[] = [];
  readonly #network: Network;
  readonly #logs: string;
  readonly #signal: AbortSignal;

  constructor(network: Network, logs: string, signal: AbortSignal) {
    this.#network = network;
    this.#logs = logs;
    this.#signal = signal;
  }

  /** A program that runs until it is stopped. */
  start: Launch = async (segment, command, output, version = versionOf(command[0]!)) => {
    const log = openSync(output, 'w');
    const child = this.#network.spawn(segment, command, log, log);
    closeSync(log);
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    this.runs.push({ command, version, namespace: segment, exit: null });
    return { pid: child.pid ?? 0, ended, stop: async () => await stop(child, ended) };
  };

  /** A program that ends by itself, at the latest after `seconds`. */
  run = async (segment: SegmentName, command: readonly string[], seconds: number): Promise<{ exit: number | null; output: string }> => {
    const name = `${command[0]!.replace(/.*\//, '')}-${this.runs.length + 1}`;
    const file = join(this.#logs, `${name}.log`);
    const log = openSync(file, 'a');
    const child = this.#network.spawn(segment, command, log, log);
    closeSync(log);
    const timer = setTimeout(() => child.kill('SIGTERM'), seconds * 1000);
    const stop = (): boolean => child.kill('SIGTERM');
    this.#signal.addEventListener('abort', stop, { once: true });
    const exit = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    clearTimeout(timer);
    this.#signal.removeEventListener('abort', stop);
    this.runs.push({ command, version: versionOf(command[0]!), namespace: segment, exit });
    return { exit, output: existsSync(file) ? readFileSync(file, 'utf8') : '' };
  };
}

/** Milliseconds that a program has to end by itself. */
const PATIENCE = 3000;

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  await ended;
  clearTimeout(kill);
}

const versions = new Map<string, string>();

/** What Debian says of the package that the program came from, e.g. `sip-tester 1:3.6.1-1`. */
function versionOf(program: string): string {
  const known = versions.get(program);
  if (known !== undefined) return known;
  const version = ask('sh', [
    '-c',
    'f=$(readlink -f "$(command -v "$0")"); p=$(dpkg -S "$f" | head -n 1 | cut -d: -f1); dpkg-query -W "$p"',
    program,
  ]).replace('\t', ' ');
  versions.set(program, version);
  return version;
}

function ask(program: string, arguments_: readonly string[]): string {
  try {
    return execFileSync(program, arguments_, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

/** The segments of the network, each one object, so that what it draws goes on. */
function segmentsOf(network: Network): Lab['segment'] {
  const segments = new Map<SegmentName, Segment>();
  return (name) => {
    const segment = segments.get(name) ?? network.segment(name);
    segments.set(name, segment);
    return segment;
  };
}

function makeLab(order: Order, random: Random, state: RunState, segment: Lab['segment'], tools: Tools, site: Site): Omit<Lab, 'phones'> {
  const { timeline, campaigns, signal } = state;
  return {
    seed: order.seed,
    random: random.fork('scenario'),
    site,
    segment,
    campaign: (about) => campaigns.open(about),
    tool: tools.run,
    sleep: async (ms) => await sleep(ms, signal),
    now,
    unit: (callId, simulated) => timeline.unit({ callId, real: now(), simulated }),
    media: (address, callId) => timeline.media(address, callId, now()),
    start: state.start,
    hardNegative: (name) => {
      state.hardNegatives[name] = (state.hardNegatives[name] ?? 0) + 1;
    },
    call: (record) => state.calls.push(record),
    signal,
  };
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      signal.removeEventListener('abort', stop);
      resolve();
    }
    function stop(): void {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal.addEventListener('abort', stop, { once: true });
  });
}

async function manifestOf(
  { scenario, intensity, seed }: Order,
  state: RunState,
  network: Network,
  tools: Tools,
  site: RunningSite,
  recorded: Recorded,
  folder: string,
  seconds: number,
): Promise<Manifest> {
  const { campaigns, first, last, packets, sipMessages } = recorded;
  return {
    format: 1,
    scenario: scenario.name,
    kind: scenario.attack === undefined ? 'benign' : 'attack',
    ...(scenario.attack === undefined ? {} : { attack: scenario.attack }),
    intensity: intensity.name,
    seed,
    commit: commit(),
    host: host(),
    impairment: { by: network.impairedBy, ...network.impairment },
    site: { kind: site.kind, domain: site.domain, servers: site.servers },
    first,
    last,
    seconds: Math.round(seconds * 10) / 10,
    campaigns,
    tools: tools.runs,
    hardNegatives: state.hardNegatives,
    packets,
    sipMessages,
    files: await hashFiles(folder),
  };
}

/** The machine that recordings are made on. */
export function host(): string {
  return `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}`;
}

/** Commit of the lab, with `+` if the tree has changes. */
export function commit(): string {
  const git = (...words: string[]): string => ask('git', ['-C', import.meta.dirname, ...words]);
  return `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain', '--', '.', '../src') === '' ? '' : '+'}`;
}
