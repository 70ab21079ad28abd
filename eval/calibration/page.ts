/** docs/calibration.md: what benign clients do, beside the thresholds of paper 003 and of the rules. */
import { severity, WARNING } from '../../src/publish/findings.ts';
import { hashOf } from '../opened.ts';
import { IDLE } from './behaviour.ts';
import type { Calibration } from './calibrate.ts';
import { crossing, type Threshold, towards } from './thresholds.ts';

/** Threshold of paper 003 for messages of a login, and the one of the module as shipped (S3-10, S3-11; evaluation.md §4). */
const PAPER = { messages: 20, users: 10 } as const;
const SHIPPED = { messages: 50, users: 25 } as const;

/** The page. @param command that made it. @param commit of the program. */
export function calibrationPage(calibration: Calibration, command: string, commit: string): string {
  const { runs, alerts } = calibration;
  const seeds = runs.map(({ manifest }) => manifest.seed);
  const doubtful = calibration.thresholds.filter((each) => verdict(each) === DOUBTFUL).map(({ rule, what }) => `${rule} (${what})`);
  const messages = runs.reduce((sum, { manifest }) => sum + manifest.sipMessages, 0);
  const raised = [...alerts].map(([rule, times]) => `${rule} ${times}`).join(', ');
  return `# What benign clients do, and the thresholds beside it

Made by \`${command}\`, commit ${commit}; do not edit. ${runs.length} benign days of the lab (validation set, seeds ${Math.min(...seeds)} to ${Math.max(...seeds)}, set
${hashOf(runs).slice(0, 12)}), ${whole(messages)} SIP messages, read by the program's own capture, decode and track, without labels (E3-2).
Alerts at \`warning\` or above while reading them: ${raised === '' ? 'none' : raised}.
Thresholds within what 99.9 % of benign groups do: ${doubtful.length === 0 ? 'none' : [...new Set(doubtful)].join(', ')}.

The numbers are those of our benign model, mistyped passwords, phones with last month's password, shared addresses and the storm after
a power cut among them. They bound what a rule may call an attack here; they are no measurement of a network in use.

## What paper 003 measured

${paperTable(calibration)}

## How it is distributed

${measureTable(calibration)}

## Thresholds of the rules that count

Each group (the values of the fields in *by*) that had anything to count, with the most it had in any window of the rule. *Crossed*: groups
whose count reaches the threshold. *Doubtful*: the threshold lies within the benign 99.9 %.

${thresholdTable(calibration.thresholds.filter(isCount))}

## Numbers in the conditions of rules

Each comparison with a variable, alone: of each group the value that comes nearest to the limit. Most of these decide nothing alone, so *met*
says for how many groups the whole condition held. *Doubtful*: it held, and the limit lies within the benign 99.9 %; *leans on the rest*: it
lies there, and only the other parts of the condition kept the rule silent; *told as notice*: the rule disturbs nobody.

${thresholdTable(calibration.thresholds.filter((each) => !isCount(each)))}
`;
}

function isCount({ what }: Threshold): boolean {
  return what.includes(' in ');
}

function paperTable({ measures }: Calibration): string {
  const values = (name: string, of: string) => measures.find((each) => each.name.startsWith(name) && each.of.startsWith(of))!.values;
  const messages = values('Messages until', 'login');
  const answers = values('Answers 200', 'login');
  const gaps = values('Pause between', 'refusal');
  const address = values('Users in', 'address');
  const within = (list: typeof messages, bound: number): string => share(list.count - list.atLeast(bound + 1), list.count);
  const below = (bound: number): string => share(address.count - address.atLeast(bound), address.count);
  const idle = IDLE / 1e6;
  return table(
    ['measure', 'paper 003', 'here'],
    [
      ['logins that take at most 20 messages', '> 99.9 %', within(messages, PAPER.messages)],
      ['logins that take at most 20 answers 200 or 401', '> 99.9 %, if answers are meant', within(answers, PAPER.messages)],
      ['logins that take at most 50 messages (the module as shipped)', '', within(messages, SHIPPED.messages)],
      ['addresses with fewer than 10 users in 30 min', '“most”', below(PAPER.users)],
      ['addresses with fewer than 25 users in 30 min (the module as shipped)', '', below(SHIPPED.users)],
      ['refusals more than 30 min after the one before', '0.01 % (of attack requests)', share(gaps.atLeast(idle), gaps.count)],
    ],
  );
}

function measureTable({ measures }: Calibration): string {
  const rows = measures.map(({ name, of, unit, values }) => {
    const at = (part: number): string => `${number(values.quantile(part))}${unit === '' ? '' : ` ${unit}`}`;
    return [name, of, whole(values.count), at(0.5), at(0.95), at(0.99), at(0.999), at(1)];
  });
  return table(['measure', 'of each', 'observations', 'median', 'p95', 'p99', 'p99.9', 'max'], rows);
}

function thresholdTable(thresholds: readonly Threshold[]): string {
  const rows = thresholds.map((each) => {
    const { rule, what, by, values, limit, met } = each;
    const at = (part: number): string => (values.count === 0 ? '–' : number(towards(each, part)));
    const crossed = values.count === 0 ? '–' : String(crossing(each));
    const counted = [rule, what, by, number(limit), whole(values.count), at(0.5), at(0.99), at(0.999), at(1), crossed];
    return isCount(each) ? [...counted, verdict(each)] : [...counted, met === undefined ? '–' : String(met), verdict(each)];
  });
  const head = ['rule', 'what', 'by', 'threshold', 'groups', 'median', '99 %', '99.9 %', 'nearest', 'crossed'];
  return table([...head, ...(thresholds.every(isCount) ? [] : ['met']), 'verdict'], rows);
}

const DOUBTFUL = '**doubtful**';

function verdict(each: Threshold): string {
  const { values, limit, below, inclusive, met, level } = each;
  if (values.count === 0) return 'nothing seen';
  const usual = towards(each, 0.999);
  const inside = below ? (inclusive ? usual <= limit : usual < limit) : inclusive ? usual >= limit : usual > limit;
  if (!inside) return crossing(each) === 0 ? 'never reached' : 'beyond 99.9 %';
  if (met === undefined || met === 0) return 'leans on the rest';
  return severity(level) < WARNING ? `told as ${level}` : DOUBTFUL;
}

function share(part: number, of: number): string {
  return of === 0 ? '–' : `${((100 * part) / of).toFixed(3)} % of ${whole(of)}`;
}

function number(value: number): string {
  return Number.isNaN(value) ? '–' : whole(value >= 100 ? Math.round(value) : Math.round(value * 10) / 10);
}

function whole(value: number): string {
  return value.toLocaleString('en-US');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
