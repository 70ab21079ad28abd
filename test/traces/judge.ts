/** Holds what `analyze` says of a capture against what is expected of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runAnalyze } from '../../src/cli/analyze.ts';
import { type Alert, type AttackClass, LEVELS } from '../../src/types.ts';
import type { Expectation, ExpectedAlert } from './expectation.ts';

/** What the judge reads of an Alert in `analyze --json`. */
export type SeenAlert = Pick<Alert, 'rule' | 'class' | 'level' | 'subject' | 'target' | 'outcome' | 'count' | 'sample'> & {
  readonly evidence: readonly { readonly frame: number }[];
};

/** What `analyze` says of one capture: alerts at `warning` or above, messages of its faults, its exit code. */
export interface Found {
  readonly status: number;
  readonly alerts: readonly SeenAlert[];
  readonly faults: readonly string[];
  /** It was read after a conversion that the program itself had asked for. */
  readonly converted?: boolean;
}

/**
 * From good to bad. `agreed`: all that is expected and nothing else. `beyond`: all but what no rule can see (`ExpectedAlert.beyond`).
 * `differs`: the right class and attacker, but the target, outcome, count or evidence is wrong. `false alarm`: something else
 * is raised. `missed`: an attack is not told. `not read`: the capture cannot be read.
 */
export const JUDGEMENTS = ['agreed', 'beyond', 'differs', 'false alarm', 'missed', 'not read'] as const;
/** One of them. */
export type Judgement = (typeof JUDGEMENTS)[number];

/** What became of one expected Alert. */
export interface Answer {
  readonly expected: ExpectedAlert;
  /** Class and attacker are told. */
  readonly told: boolean;
  /** What is wrong with it, empty if nothing is. */
  readonly fault: string;
}

/** The judgement of one capture. */
export interface Verdict {
  readonly judgement: Judgement;
  readonly answers: readonly Answer[];
  /** Alerts that nothing allows. */
  readonly surplus: readonly SeenAlert[];
}

/**
 * Runs the whole program over one capture with the rules and settings it comes with. Where it says that a capture has to be
 * converted with editcap, that is done, and the program is run again.
 */
export async function analyze(path: string): Promise<Found> {
  const found = await analyzeOnce(path);
  if (found.faults.length !== 1 || !found.faults[0]!.includes('convert it with editcap -F pcap')) return found;
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-'));
  const converted = join(folder, 'converted.pcap');
  const { status } = spawnSync('editcap', ['-F', 'pcap', path, converted]);
  const second = status === 0 ? { ...(await analyzeOnce(converted)), converted: true } : found;
  rmSync(folder, { recursive: true });
  return second;
}

async function analyzeOnce(path: string): Promise<Found> {
  const text = { out: '', err: '' };
  const into = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        text[name] += chunk.toString();
        done();
      },
    });
  const status = await runAnalyze([path], { json: true }, { out: into('out'), err: into('err') });
  const { alerts, faults }: { alerts: SeenAlert[]; faults: { message: string }[] } = JSON.parse(text.out);
  const loud = alerts.filter((alert) => LEVELS.indexOf(alert.level) >= LEVELS.indexOf('warning'));
  return { status, alerts: loud, faults: faults.map(({ message }) => message) };
}

/** Judges a capture. */
export function judge(expectation: Expectation, found: Found): Verdict {
  const answers = expectation.alerts.map((expected) => answer(expected, found.alerts));
  const surplus = found.alerts.filter((alert) => !isAllowed(alert, expectation));
  return { judgement: worst(answers, surplus, found), answers, surplus };
}

function worst(answers: readonly Answer[], surplus: readonly SeenAlert[], found: Found): Judgement {
  const demanded = answers.filter(({ expected }) => expected.beyond === undefined);
  if (found.faults.length > 0) return 'not read';
  if (demanded.some(({ told }) => !told)) return 'missed';
  if (surplus.length > 0) return 'false alarm';
  if (demanded.some(({ fault }) => fault !== '')) return 'differs';
  return answers.every(({ fault }) => fault === '') ? 'agreed' : 'beyond';
}

function answer(expected: ExpectedAlert, alerts: readonly SeenAlert[]): Answer {
  const all = alerts.filter((alert) => hasClass(alert, expected) && isBy(alert, expected.attacker));
  // A tool is told at its first request by its DNA, the attack it makes apart from that: where both are, the latter counts.
  const attacks = all.filter(({ rule }) => !rule.startsWith('tool-'));
  const same = attacks.length > 0 ? attacks : all;
  const [largest] = same.toSorted((a, b) => b.count - a.count);
  const who = expected.attacker === '' ? 'anyone' : expected.attacker;
  if (largest === undefined) return { expected, told: false, fault: `no ${expected.class} by ${who}` };
  return { expected, told: true, fault: faultOf(expected, same, largest) };
}

function faultOf(expected: ExpectedAlert, same: readonly SeenAlert[], largest: SeenAlert): string {
  const { attackers = 1, apart = false, target, outcomes, least, most } = expected;
  const sources = new Set(same.map((alert) => alert.subject.value)).size;
  if (sources < attackers) return `${sources} of ${attackers} attackers`;
  if (same.length > sources && !apart) return `one attack in ${same.length} alerts`;
  if (target !== '' && !same.some((alert) => names(alert, target))) return `target ${largest.target.value || 'unnamed'}, not ${target}`;
  const wrong = same.find((alert) => !outcomes.includes(alert.outcome));
  if (wrong !== undefined) return `outcome ${wrong.outcome}, not ${outcomes.join(' or ')}`;
  if (largest.count < least || largest.count > most) return `count ${largest.count}, not ${least} to ${most}`;
  return same.every(({ evidence }) => evidence.length > 0 && evidence.every(({ frame }) => frame > 0)) ? '' : 'names no frame';
}

/** True if the alert names that address or account as its target. */
function names(alert: SeenAlert, target: string): boolean {
  return [alert.target.value, ...alert.sample].some((value) => isAddress(value, target));
}

function hasClass(alert: SeenAlert, expected: ExpectedAlert): boolean {
  const classes: readonly AttackClass[] = [expected.class, ...(expected.also ?? [])];
  return classes.includes(alert.class);
}

function isBy(alert: SeenAlert, attacker: string): boolean {
  return attacker === '' || isAddress(alert.subject.value, attacker);
}

/** True if `value` is that address, with or without a port. */
function isAddress(value: string, address: string): boolean {
  return value === address || value.startsWith(`${address}:`) || value.startsWith(`[${address}]:`);
}

function isAllowed(alert: SeenAlert, { alerts, may }: Expectation): boolean {
  if (alerts.some((expected) => hasClass(alert, expected) && isBy(alert, expected.attacker))) return true;
  return may.includes(alert.class) && (alerts.length === 0 || alerts.some(({ attacker }) => isBy(alert, attacker)));
}
