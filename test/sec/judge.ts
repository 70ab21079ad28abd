/** Runs the rules of paper 001 in SEC and in Ringfence over the same lines, and tells the alarms of each. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askPrograms } from '../../src/cli/programs.ts';
import type { CompiledRule } from '../../src/correlate/compile.ts';
import { Correlator } from '../../src/correlate/correlator.ts';
import { loadRules } from '../../src/correlate/load.ts';
import { RingfenceError } from '../../src/errors.ts';
import type { Alert } from '../../src/types.ts';
import { eventOf, LINE_TYPES } from './lines.ts';

const HERE = import.meta.dirname;
const COMPARE = join(HERE, 'compare.sh');
/** SEC raises the same alarm again while an attack goes on; nearer than that it is one. */
const SAME = 300;

/** One alarm: which attack, about whom, and its time in s. */
export interface Alarm {
  readonly attack: string;
  readonly about: string;
  readonly time: number;
}

/** The rules of test/sec/rules, compiled. */
export function paperRules(): CompiledRule[] {
  const { rules, faults } = loadRules([join(HERE, 'rules')], { profile: 'default', proven: true, types: LINE_TYPES });
  const [fault] = faults;
  if (fault !== undefined) throw new RingfenceError('rule-invalid', fault.where, fault.message);
  return rules;
}

/** Alarms of Ringfence; `after` are seconds that pass when the lines have ended. */
export async function ringfenceAlarms(lines: readonly string[], after: number): Promise<Alarm[]> {
  const correlator = paperCorrelator();
  let now = 0;
  for (const [i, line] of lines.entries()) {
    const event = eventOf(line, i);
    if (event === undefined) continue;
    now = event.time;
    correlator.handle(event, now);
    if (correlator.asks.length > 0) await answer(correlator, now);
  }
  correlator.advance(now + after * 1e6);
  return correlator.out.filter(({ state }) => state === 'open').map(alarmOf);
}

/** Has the programs answer before the next line. */
async function answer(correlator: Correlator, now: number): Promise<void> {
  const verdicts = await askPrograms(correlator.asks.splice(0), { compare: ['/bin/sh', COMPARE] });
  for (const { ask, code, said } of verdicts) {
    const data = { asked: ask.id, program: ask.program, code, said };
    correlator.handle({ ...ask.event, type: 'script.answered', time: now, data }, now);
  }
}

/** A fresh correlator with those rules. */
export function paperCorrelator(): Correlator {
  return new Correlator(paperRules(), { node: 'judge', seed: { k0: 1, k1: 2 }, capacity: 65_536 });
}

function alarmOf({ rule, subject, target, time }: Alert): Alarm {
  return { attack: rule, about: target.value === '' ? subject.value : `${subject.value},${target.value}`, time: Math.floor(time / 1e6) };
}

/**
 * Runs SEC over lines, by their time; what it printed. Its programs have a second to answer before its input ends. (By its own clock no
 * window would end within a run, and what waits in them makes SEC slower with every line.)
 */
export async function runSec(lines: readonly string[], rules = 'paper001.sec'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sec-'));
  try {
    const conf = join(folder, rules);
    writeFileSync(conf, readFileSync(join(HERE, rules), 'utf8').replace('@COMPARE@', COMPARE));
    const sec = spawnSync('sh', ['-c', 'command -v sec'], { encoding: 'utf8' }).stdout.trim();
    const first = `${Math.floor(Number.parseFloat(lines[0] ?? '0'))}`;
    const args = [join(HERE, 'secclock.pl'), first, sec, `--conf=${conf}`, '--input=-', '--notail', '--bufsize=1', '--nointevents'];
    const child = spawn('perl', args, { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, TZ: 'UTC' } });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.stdin.write(`${lines.join('\n')}\n`, () => setTimeout(() => child.stdin.end(), 1000));
    await ended;
    return out;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Alarms of SEC. */
export async function secAlarms(lines: readonly string[], rules?: string): Promise<Alarm[]> {
  const out = await runSec(lines, rules);
  return [...out.matchAll(/^ALARM (\d+) (\S+) (\S+)$/gm)].map(([, time, attack = '', about = '']) => ({
    attack,
    about,
    time: Number(time),
  }));
}

/** Alarms without those that repeat an earlier one about the same attack of the same one. */
export function withoutRepeats(alarms: readonly Alarm[]): Alarm[] {
  const last = new Map<string, number>();
  return [...alarms]
    .sort((a, b) => a.time - b.time)
    .filter(({ attack, about, time }) => {
      const key = `${attack} ${about}`;
      const before = last.get(key);
      last.set(key, time);
      return before === undefined || time - before > SAME;
    });
}

/** Alarms of one side that the other does not have, a second more or less. */
export function missing(of: readonly Alarm[], among: readonly Alarm[]): string[] {
  const has = ({ attack, about, time }: Alarm): boolean =>
    among.some((each) => each.attack === attack && each.about === about && Math.abs(each.time - time) <= 1);
  return of.filter((alarm) => !has(alarm)).map(({ attack, about }) => `${attack} ${about}`);
}

/** Number of rules in SEC's file that are of the paper: all but the two that keep its clock. */
export function secRules(): number {
  const own = readFileSync(join(HERE, 'paper001.sec'), 'utf8');
  return [...own.matchAll(/^type=/gm)].length - [...own.matchAll(/^type=Suppress$/gm)].length;
}
