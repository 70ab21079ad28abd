/** docs/captures.md: what the program makes of each capture, beside what is expected. */
import type { Expectation, ExpectedAlert } from '../test/traces/expectation.ts';
import { type Found, JUDGEMENTS, type Judgement, type SeenAlert, type Verdict } from '../test/traces/judge.ts';
import type { Labelled } from '../test/traces/labelled.ts';
import { scores } from './capture-scores.ts';

/** One capture with what was said of it. */
export interface Result {
  readonly expectation: Expectation;
  readonly verdict: Verdict;
  readonly found: Found;
}

/** One row of a part of the page: the file as a link text, and the verdict; for the test that holds the program to it. */
export interface Row {
  readonly file: string;
  readonly judgement: string;
}

const INTRODUCTION = `# What the captures show, and what is found

Made by \`npm run captures -- --write\`; do not edit. Every row of the index of captures is here. Expectations are written from
the packets with tshark (\`test/traces/expected/\`, the commands and what they printed beside them) before the detectors that
meet them. Half of the captures, drawn by the hash of their paths, were kept from whoever made or tuned detectors (blind half); five
that had been worked with before that (\`KNOWN\` in \`test/traces/expectation.ts\`) are on the seen side, whatever their hash.

The blind half was opened once, at the commit its part names, and that part is not made again: what was learnt from it would
flatter it. Learnt and mended since: a quoted string that begins with dashes is no SQL (the false alarm), SQL in an address of a
session description is injection, many requests for each of a few users are a flood and not only a scan. Not fully blind were
three of its covert channels (tc-02.17, .19, .20): who wrote that detector had read one line about each.

Only alerts at \`warning\` and above count. Verdicts:

- **agreed**: everything that is expected, and nothing else
- **beyond**: agreed but for an attack that no principled rule can see in these packets, or that later work is to find; the reason is in the row
- **differs**: class and attacker are right; target, outcome or count is not
- **false alarm**: something is raised that did not happen
- **missed**: an attack is not told
- **not read**: the capture could not be read to its end
`;

const HEAD = '| capture | what happened | expected | found | verdict |\n|---|---|---|---|---|';

/** Heading of a part. */
export const heading = (half: 'seen' | 'blind'): string => `## ${half === 'seen' ? 'Seen' : 'Blind'} half`;

/** One half as a part of the page. `by`: version and commit that made it. */
export function part(half: 'seen' | 'blind', results: readonly Result[], by: string): string {
  const totals = JUDGEMENTS.map((judgement) => `${results.filter(({ verdict }) => verdict.judgement === judgement).length} ${judgement}`);
  const rows = results.map(row).join('\n');
  const summary = `${results.length} captures, by ${by}: ${totals.join(', ')}.`;
  return `${heading(half)}\n\n${summary}\n\n${scores(results)}\n\n${HEAD}\n${rows}\n`;
}

/** The blind half before its time: names alone. */
export function closedPart(files: readonly string[]): string {
  const rows = files.map((file) => `| \`${shortName(file)}\` | | | | not run yet |`).join('\n');
  return `${heading('blind')}\n\n${files.length} captures, not run yet.\n\n${HEAD}\n${rows}\n`;
}

/** Messages that somebody labelled attacks, without a capture. */
export function labelledPart({ messages, told, valid, missed }: Labelled): string {
  const rows = [...valid].map(([reason, n]) => `| ${n} | nothing is wrong with it: ${reason} |`).join('\n');
  const intro = `${messages} messages that somebody labelled attacks (malformed after RFC 4475, sent by SIPp), of which only the messages are kept. The decoder
alone can speak of them. Sections are those of RFC 4475.`;
  const table = `| messages | what the decoder says |\n|--:|---|\n| ${told} | what is broken in it |\n| ${missed.length} | nothing, although something is |\n${rows}`;
  return `## Labelled messages\n\n${intro}\n\n${table}\n`;
}

/** The whole page. `labelled`: a part; `others`: rows of the index that are no captures, with the reason. */
export function page(seen: string, blind: string, labelled: string, others: readonly { file: string; reason: string }[]): string {
  const rows = others.map(({ file, reason }) => `| \`${shortName(file)}\` | ${reason} |`).join('\n');
  return `${INTRODUCTION}\n${seen}\n${blind}\n${labelled}\n## Not captures\n\n${others.length} rows of the index.\n\n| file | what it is |\n|---|---|\n${rows}\n`;
}

/** A part of a page as it stands there, or undefined. */
export function partOf(text: string, half: 'seen' | 'blind'): string | undefined {
  const start = text.indexOf(`\n${heading(half)}\n`);
  if (start < 0) return undefined;
  const end = text.indexOf('\n## ', start + 1);
  return text.slice(start + 1, end < 0 ? undefined : end);
}

/** The rows of a part. */
export function rowsOf(text: string): Row[] {
  const rows = text.slice(text.indexOf(HEAD) + HEAD.length).split('\n');
  return rows.flatMap((line) => {
    const file = /^\| `([^`]*)` \|/.exec(line)?.[1];
    const judgement = /([^|]*)\|$/.exec(line)?.[1]?.trim();
    return file === undefined || judgement === undefined ? [] : [{ file, judgement }];
  });
}

/** Path as the page names it. */
export function shortName(file: string): string {
  return file.replace(/^captures\//, '');
}

function row({ expectation, verdict, found: { alerts, faults, converted } }: Result): string {
  const wrong = verdict.answers.filter(({ fault }) => fault !== '').map(({ fault }) => fault);
  const unread = faults.map((fault) => `fault: ${fault.replace(/^\S*\//, '')}`);
  const note = [
    ...(converted === true ? ['read after editcap -F pcap'] : []),
    ...wrong,
    ...verdict.surplus.map((alert) => `${alert.class} is not expected`),
    ...unread,
  ];
  const found = alerts.length === 0 ? '–' : alerts.map(foundText).join('<br>');
  const cells = [`\`${shortName(expectation.file)}\``, expectation.story, expectedText(expectation), found + noteText(note)];
  return `| ${[...cells.map(cell), verdict.judgement].join(' | ')} |`;
}

function noteText(notes: readonly string[]): string {
  return notes.length === 0 ? '' : `<br>*${notes.join('; ')}*`;
}

function expectedText({ alerts }: Expectation): string {
  return alerts.length === 0 ? 'nothing' : alerts.map(oneExpected).join('<br>');
}

function oneExpected(expected: ExpectedAlert): string {
  const who = expected.attacker === '' ? `${expected.attackers ?? 'any'} addresses` : expected.attacker;
  const whom = expected.target === '' ? '' : ` on ${expected.target}`;
  const text = `${expected.class} by ${who}${whom}, ${expected.outcomes.join(' or ')}`;
  return expected.beyond === undefined ? text : `beyond: ${text} (${expected.beyond})`;
}

function foundText({ class: kind, subject, target, outcome, count }: SeenAlert): string {
  const whom = target.value === '' ? '' : ` on ${target.value}`;
  return `${kind} by ${subject.value}${whom}, ${outcome}, ${count}×`;
}

/** Text in a cell of a table: no bars, no line ends, no markup of its own. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}

/** True if `now` is worse than what the page says. */
export function isWorse(now: Judgement, said: string): boolean {
  const order: readonly string[] = JUDGEMENTS;
  return order.indexOf(now) > order.indexOf(said);
}
