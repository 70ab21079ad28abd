/**
 * `npm run bench`: what `ringfence analyze` costs beside other programs, whole processes on the same files in turn.
 * CPU is user + system seconds, the median of the runs after one warm-up; memory is the highest peak of the runs. Only
 * ratios of one run mean anything: machines drift.
 *
 * usage: node tools/bench.ts [--sip FILE] [--mix FILE] [--runs N] [--seed N] [--long N] [--write]
 *   --sip, --mix  the two workloads; made by ../shared/bench/make_workload.py if not given
 *   --runs        measured runs per program, 5
 *   --seed        of made workloads, 42; another seed gives another file of the same kind
 *   --long        memory check: the file so many times over, on standard input; 10, 0 for none
 *   --write       put the result into docs/benchmarks.md
 * environment: RINGFENCE_BENCH_CACHE  folder for made workloads (else the system's temporary folder)
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { ROOT, shared } from '../test/peers.ts';

/** One measured run. */
interface Cost {
  /** User + system seconds. */
  readonly cpu: number;
  readonly wall: number;
  /** Peak resident memory in MB. */
  readonly memory: number;
  readonly status: number;
}

interface Program {
  readonly name: string;
  readonly about: string;
  readonly cwd: string;
  readonly command: (file: string) => readonly string[];
}

interface Workload {
  readonly name: string;
  readonly about: string;
  readonly file: string;
  /** Ours may cost this share of Suricata. */
  readonly bar: number;
}

/** Most MB ours may use, whatever the length of the file. */
const MEMORY_BAR = 250;
const OURS = 'ringfence analyze';
const SURICATA = 'Suricata 7';
const OURS_EVE = 'ringfence analyze --eve';
const SURICATA_EVE = 'Suricata 7 with EVE';
/** Ours with EVE may cost this share of Suricata's. */
const EVE_BAR = 0.5;

const { values: options } = parseArgs({
  options: {
    sip: { type: 'string' },
    mix: { type: 'string' },
    runs: { type: 'string', default: '5' },
    seed: { type: 'string', default: '42' },
    long: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
});
const scratch = mkdtempSync(join(tmpdir(), 'ringfence-bench-'));

/** Runs a command and reports its own rusage and its exit code on file descriptor 3: Node does not tell what a child used. */
const METER = `
import os, resource, subprocess, sys, time
t = time.monotonic()
p = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
u = resource.getrusage(resource.RUSAGE_CHILDREN)
os.write(3, f'{u.ru_utime + u.ru_stime} {time.monotonic() - t} {u.ru_maxrss / 1024} {p.returncode}'.encode())
`;

function meter(command: readonly string[], cwd: string, stdin: 'ignore' | 'pipe'): { child: ChildProcess; cost: Promise<Cost> } {
  const child = spawn('python3', ['-c', METER, ...command], { cwd, stdio: [stdin, 'ignore', 'inherit', 'pipe'] });
  return { child, cost: report(child) };
}

async function report(child: ChildProcess): Promise<Cost> {
  const chunks: Buffer[] = [];
  child.stdio[3]?.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  const [cpu, wall, memory, status] = Buffer.concat(chunks).toString().split(' ').map(Number);
  if (status === undefined) throw new Error(`${child.spawnargs.slice(3).join(' ')}: the meter died`);
  return { cpu: cpu!, wall: wall!, memory: memory!, status };
}

function programs(): Program[] {
  const list: Program[] = [
    {
      name: OURS,
      about: 'everything on: decode, track, detect, rules, report',
      cwd: ROOT,
      command: (file) => [process.execPath, 'bin/ringfence.js', 'analyze', file],
    },
    {
      name: OURS_EVE,
      about: 'the same, and a line of EVE for each message, call and stream',
      cwd: ROOT,
      command: (file) => [process.execPath, 'bin/ringfence.js', 'analyze', '--eve', join(scratch, 'eve.json'), file],
    },
    {
      name: 'pick.mjs',
      about: 'the floor for JavaScript: records, method and six headers, no state',
      cwd: ROOT,
      command: (file) => [process.execPath, shared('bench/pick.mjs').path, file],
    },
    {
      name: 'walk.mjs',
      about: 'records only, no look inside',
      cwd: ROOT,
      command: (file) => [process.execPath, shared('bench/walk.mjs').path, file],
    },
  ];
  const suricata = spawnSync('suricata', ['-V'], { encoding: 'utf8' });
  if (suricata.status !== 0) {
    console.log('no suricata: its rows and the bars are left out (Debian backports: apt-get install suricata)');
    return list;
  }
  for (const name of ['suricata.yaml', 'suricata-eve.yaml', 'suricata-sip.rules'])
    copyFileSync(shared(`bench/${name}`).path, join(scratch, name));
  for (const folder of ['log', 'log-eve']) mkdirSync(join(scratch, folder));
  const version = suricata.stdout.match(/\d+\.\d+\.\d+/)?.[0] ?? '';
  const about = `${version}, 12 SIP rules, all SIP ports decoded, fast log`;
  list.push({ name: SURICATA, about, cwd: scratch, command: (file) => ['suricata', '-c', 'suricata.yaml', '-l', 'log', '-r', file] });
  list.push({
    name: SURICATA_EVE,
    about: `${version}, the same rules, EVE of alerts and SIP`,
    cwd: scratch,
    command: (file) => ['suricata', '-c', 'suricata-eve.yaml', '-l', 'log-eve', '-r', file],
  });
  return list;
}

function workloads(): Workload[] {
  const sip = options.sip ?? made('sip1m', ['100000', '30769', '100000', '0', '2000']);
  const mix = options.mix ?? made('mix1m', ['20000', '6154', '20000', '65', '2000']);
  return [
    { name: 'SIP', about: '1,000,000 SIP messages, 555 MB', file: sip, bar: 0.31 },
    { name: 'mix', about: '1,000,000 packets, a fifth SIP, the rest RTP, 295 MB', file: mix, bar: 0.45 },
  ];
}

/** A workload from the cache, made if it is not there. */
function made(name: string, counts: readonly string[]): string {
  const cache = process.env['RINGFENCE_BENCH_CACHE'] ?? join(tmpdir(), 'ringfence-workloads');
  const file = join(cache, `${name}-${options.seed}.pcap`);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  const args = [shared('bench/make_workload.py').path, shared('bench/real_mix.pcap').path, `${file}.part`, ...counts, options.seed];
  const run = spawnSync('python3', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.status !== 0) throw new Error(`make_workload.py failed for ${name}`);
  renameSync(`${file}.part`, file);
  return file;
}

/** All programs in turn, run after run, so that a drift of the machine meets all alike; the first run does not count. */
async function interleaved(list: readonly Program[], file: string): Promise<Map<string, Cost[]>> {
  const costs = new Map<string, Cost[]>(list.map((program) => [program.name, []]));
  for (let run = 0; run <= Number(options.runs); run++) {
    for (const program of list) {
      const cost = await meter(program.command(file), program.cwd, 'ignore').cost;
      if (cost.status > 1) throw new Error(`${program.name} on ${file}: exit code ${cost.status}`);
      if (run > 0) costs.get(program.name)?.push(cost);
    }
  }
  return costs;
}

/** Alerts in the log of Suricata's last run. */
function alertsOfSuricata(): number | undefined {
  const log = join(scratch, 'log', 'fast.log');
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : undefined;
}

/** The file `times` times over, each repetition later by its span, through standard input. */
async function long(program: Program, file: string, times: number): Promise<Cost> {
  const { child, cost } = meter(program.command('-'), program.cwd, 'pipe');
  const { stdin } = child;
  if (stdin === null) throw new Error('no standard input');
  stdin.write(readHeader(file));
  for (let k = 0; k < times; k++) await repeat(file, stdin, k);
  stdin.end();
  return cost;
}

const FILE_HEADER = 24;

function readHeader(file: string): Buffer {
  const header = Buffer.alloc(FILE_HEADER);
  const fd = openSync(file, 'r');
  readSync(fd, header);
  closeSync(fd);
  if (header.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error(`${file}: not a µs pcap`);
  return header;
}

/** Writes the records of a µs pcap with their time moved by `k` times 1,000 s (the workloads span 500 s). */
async function repeat(file: string, out: Writable, k: number): Promise<void> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { start: FILE_HEADER, highWaterMark: 4 << 20 })) {
    const bytes = Buffer.concat([rest, chunk]);
    let at = 0;
    while (at + 16 <= bytes.length) {
      const next = at + 16 + bytes.readUInt32LE(at + 8);
      if (next > bytes.length) break;
      bytes.writeUInt32LE(bytes.readUInt32LE(at) + k * 1000, at);
      at = next;
    }
    rest = bytes.subarray(at);
    if (!out.write(bytes.subarray(0, at))) await once(out, 'drain');
  }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

interface Result {
  readonly workload: Workload;
  readonly costs: ReadonlyMap<string, readonly Cost[]>;
  readonly long: Cost | undefined;
  /** Alerts that Suricata's rules raised on it; undefined without Suricata. */
  readonly suricataAlerts: number | undefined;
}

function cpuOf(result: Result, name: string): number {
  return median((result.costs.get(name) ?? []).map((cost) => cost.cpu));
}

function memoryOf(result: Result, name: string): number {
  return Math.max(...(result.costs.get(name) ?? []).map((cost) => cost.memory));
}

function table(result: Result, list: readonly Program[]): string {
  const rows = list.map(({ name, about }) => {
    const cells = [SURICATA, 'pick.mjs'].map((other) => (cpuOf(result, name) / cpuOf(result, other)).toFixed(2).replace('NaN', '–'));
    const wall = median((result.costs.get(name) ?? []).map((cost) => cost.wall));
    return `| ${name} | ${cpuOf(result, name).toFixed(2)} | ${wall.toFixed(2)} | ${cells.join(' | ')} | ${memoryOf(result, name).toFixed(0)} | ${about} |`;
  });
  const head = ['| program | CPU s | wall s | × Suricata | × pick.mjs | peak MB | what it does |', '|---|---|---|---|---|---|---|'];
  return [`### ${result.workload.name}: ${result.workload.about}`, '', ...head, ...rows].join('\n');
}

/** What was aimed at and what came out; each line begins with `met` or `missed`. */
function bars(result: Result): string[] {
  const { workload } = result;
  const line = (met: boolean, what: string): string => `- ${met ? 'met' : 'missed'}: ${workload.name}: ${what}`;
  const memory = memoryOf(result, OURS);
  const ratio = cpuOf(result, OURS) / cpuOf(result, SURICATA);
  const beside = result.suricataAlerts === undefined ? '' : `, where Suricata's 12 rules raise ${result.suricataAlerts}`;
  const alerts = (result.costs.get(OURS) ?? []).some((cost) => cost.status !== 0);
  const lines = [
    line(memory <= MEMORY_BAR, `${memory.toFixed(0)} MB, at most ${MEMORY_BAR}`),
    line(!alerts, `no alert on benign traffic${beside}`),
  ];
  if (!Number.isNaN(ratio)) lines.unshift(line(ratio <= workload.bar, `${ratio.toFixed(2)} × Suricata's CPU, at most ${workload.bar}`));
  const eve = cpuOf(result, OURS_EVE) / cpuOf(result, SURICATA_EVE);
  if (!Number.isNaN(eve)) lines.push(line(eve <= EVE_BAR, `with EVE ${eve.toFixed(2)} × Suricata's CPU with EVE, at most ${EVE_BAR}`));
  if (result.long !== undefined) {
    const grown = result.long.memory;
    const flat = grown <= Math.max(memory * 1.15, memory + 10) && grown <= MEMORY_BAR;
    lines.push(
      line(flat, `${grown.toFixed(0)} MB at ${options.long} times the length (standard input), ${result.long.cpu.toFixed(1)} CPU s`),
    );
  }
  return lines;
}

/** The measured part of docs/benchmarks.md. */
function page(results: readonly Result[], list: readonly Program[]): string {
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Linux ${release()}, Node ${process.version}`;
  const how = `\`npm run bench\`, median of ${options.runs} runs in turn after a warm-up; commit ${commit}, ${new Date().toISOString().slice(0, 10)}; ${machine}.`;
  return [how, ...results.map((result) => table(result, list)), 'Targets:', results.flatMap(bars).join('\n')].join('\n\n');
}

function write(text: string): void {
  const file = join(ROOT, 'docs', 'benchmarks.md');
  const old = readFileSync(file, 'utf8');
  const [begin, end] = ['<!-- measured -->', '<!-- end -->'];
  if (!old.includes(begin) || !old.includes(end)) throw new Error(`${file} lacks its marks`);
  writeFileSync(file, `${old.split(begin)[0]}${begin}\n${text}\n${end}${old.split(end)[1]}`);
}

async function main(): Promise<void> {
  const list = programs();
  const ours = list.find((program) => program.name === OURS)!;
  const results: Result[] = [];
  for (const workload of workloads()) {
    const costs = await interleaved(list, workload.file);
    const times = Number(options.long);
    const suricataAlerts = alertsOfSuricata();
    results.push({ workload, costs, suricataAlerts, long: times > 0 ? await long(ours, workload.file, times) : undefined });
  }
  const text = page(results, list);
  console.log(text);
  if (options.write) write(text);
  if (results.flatMap(bars).some((line) => line.startsWith('- missed'))) process.exitCode = 1;
}

try {
  await main();
} finally {
  rmSync(scratch, { recursive: true });
}
