/**
 * `node tools/secbench.ts [--lines N] [--runs N] [--keys N]`: SEC and Ringfence over the same lines with equal rules (test/sec): lines a second
 * of one core. Then what a rule of each shape holds for so many keys, three Events each, below its limit (keymemory.ts); `--keys 0` leaves that out.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Event } from '../src/types.ts';
import { paperCorrelator, runSec } from '../test/sec/judge.ts';
import { eventLines, eventOf } from '../test/sec/lines.ts';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '3' },
    keys: { type: 'string', default: '1000000' },
  },
});
const wanted = Number(values.lines);
const runs = Number(values.runs);

/** Enough lines: about 4.6 come of a second of traffic. */
function linesOf(n: number): string[] {
  return eventLines(7, Math.ceil(n / 4.2), 8).slice(0, n);
}

/** s of CPU that the best of the runs took; the work is given its number. */
async function best(work: () => number | Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) least = Math.min(least, await work());
  return least;
}

function ours(lines: readonly string[]): number {
  const correlator = paperCorrelator();
  const started = process.cpuUsage();
  for (let i = 0; i < lines.length; i++) {
    const event = eventOf(lines[i]!, i);
    if (event !== undefined) correlator.handle(event, event.time);
    correlator.asks.length = 0;
  }
  return seconds(process.cpuUsage(started));
}

function oursOfEvents(events: readonly Event[]): number {
  const correlator = paperCorrelator();
  const started = process.cpuUsage();
  for (const event of events) {
    correlator.handle(event, event.time);
    correlator.asks.length = 0;
  }
  return seconds(process.cpuUsage(started));
}

function seconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}

/** User and system time of children so far, s. */
function childrenTime(): number {
  const { stdout } = spawnSync('sh', ['-c', `cat /proc/${process.pid}/stat`], { encoding: 'utf8' });
  const fields = stdout.slice(stdout.lastIndexOf(')') + 2).split(' ');
  // cutime and cstime of proc(5), in ticks of 10 ms.
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

async function theirs(lines: readonly string[]): Promise<number> {
  const before = childrenTime();
  await runSec(lines);
  return childrenTime() - before;
}

const lines = linesOf(wanted);
const events = lines.map(eventOf).filter((event) => event !== undefined);
const sec = await best(() => theirs(lines));
const all = await best(() => ours(lines));
const alone = await best(() => oursOfEvents(events));
const rate = (time: number): string => Math.round(lines.length / time).toLocaleString('en');
console.log(`${lines.length.toLocaleString('en')} lines, best of ${runs}, CPU time of one core`);
console.log(`sec                        ${rate(sec)} lines/s`);
console.log(`ringfence, lines read      ${rate(all)} lines/s, ${(sec / all).toFixed(1)} x sec`);
console.log(`ringfence, Events          ${rate(alone)} Events/s, ${(sec / alone).toFixed(1)} x sec`);

for (const shape of Number(values.keys) > 0 ? ['count', 'distinct', 'sequence', 'absence'] : []) {
  const args = ['--expose-gc', '--max-old-space-size=8192', join(import.meta.dirname, 'keymemory.ts'), shape, '--keys', values.keys];
  const { megabytes, rate: events }: { megabytes: number; rate: number } = JSON.parse(
    spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout,
  );
  const each = Math.round((megabytes * 1e6) / Number(values.keys)).toLocaleString('en');
  console.log(`${shape.padEnd(26)} ${megabytes.toLocaleString('en')} MB, ${each} bytes a key; ${events.toLocaleString('en')} Events/s`);
}
