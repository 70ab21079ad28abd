/**
 * The text report: verdict first, then who did what, what to do, what was read. It reads the findings once and is short,
 * however long the capture was. All text of the capture is neutral, guessed passwords are not in it.
 */
import type { Fault } from '../errors.ts';
import type { Family } from '../metrics.ts';
import type { Alert, Evidence, Incident } from '../types.ts';
import { adviceFor } from './advice.ts';
import { callRows } from './calls/callsection.ts';
import { type Digest, digestOf, fallenOf, isEntry, SHOWN } from './digest.ts';
import { type Findings, inputTotal, severity } from './findings.ts';
import { bytes, clock, day, listed, number, type Page, pad, paint, several, span, wrap } from './layout.ts';
import { neutral } from './neutral.ts';
import { deed, doer, verdictOf } from './verdict.ts';
import { OUTCOME_NOTES, othersText, STAGE_NAMES, toneOf } from './wording.ts';

/** Most lines of a list that grows with the input. */
const MOST = 12;
/** Most targets or accounts of one attacker by name. */
const NAMES = 8;

/** The report, with a line break at its end. */
export async function report(findings: Findings, page: Page): Promise<string> {
  const digest = await digestOf(findings);
  const { tone, text } = verdictOf(findings, digest);
  const sections = [
    wrap('', text, page.width).map((line) => paint(page, tone, line)),
    attackers(digest, page),
    others(digest, page),
    next(digest, page),
    traffic(findings, page),
    calls(findings, page),
    faults(findings.faults, page),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function heading(text: string, page: Page): string {
  return paint(page, 'title', text);
}

function attackers(digest: Digest, page: Page): string[] {
  if (digest.incidents.length === 0) return [];
  const days = new Set(digest.incidents.flatMap(({ first, last }) => [day(first), day(last)]));
  const when = days.size === 1 ? `${[...days][0]}, times in UTC` : 'times in UTC';
  const blocks = digest.incidents.flatMap((incident, i) => [
    ...(i > 0 ? [''] : []),
    ...attacker(incident, i + 1, digest, days.size > 1, page),
  ]);
  const more = digest.attackers - digest.incidents.length;
  const rest = more > 0 ? ['', `  ${several(more, 'more attacker')}; all of them: --json`] : [];
  return [heading(`${digest.attackers === 1 ? 'Attacker' : 'Attackers'} (${when})`, page), '', ...blocks, ...rest];
}

function attacker(incident: Incident, ordinal: number, digest: Digest, dated: boolean, page: Page): string[] {
  const alerts = incident.stages.flatMap(({ alerts: ids }) => ids.flatMap((id) => digest.byId.get(id) ?? []));
  const head = `  ${ordinal}  ${neutral(incident.subject.value) || 'unknown'}`;
  const badge = `${incident.level}${OUTCOME_NOTES[incident.outcome]}`;
  const when = `${dated ? `${day(incident.first)} ` : ''}${clock(incident.first)} to ${clock(incident.last)} (${span(incident.last - incident.first)})`;
  const stages = alerts.sort((a, b) => a.first - b.first).flatMap((alert) => stageLines(alert, dated, page));
  return [
    `${paint(page, toneOf(incident.level), pad(head, 24))}  ${paint(page, toneOf(incident.level), badge)}  ${paint(page, 'faint', when)}`,
    ...stages,
    ...about(incident, alerts, page),
  ];
}

function stageLines(alert: Alert, dated: boolean, page: Page): string[] {
  const when = `${dated ? `${day(alert.first)} ` : ''}${clock(alert.first)}`;
  const lead = `     ${when}  ${pad(STAGE_NAMES[alert.stage], 12)}  `;
  return wrap(lead, `${neutral(alert.title)}. ${neutral(alert.why, 400)}`, page.width);
}

function about(incident: Incident, alerts: readonly Alert[], page: Page): string[] {
  const rows: [string, string][] = [];
  if (incident.others.length > 0) rows.push(['also from', neutral(othersText(incident, NAMES), 1000)]);
  if (incident.targets.length > 0) rows.push(['targets', targetsText(incident, alerts)]);
  if (incident.accounts.length > 0) {
    // What fell comes before what is at risk, and is never among the "more".
    const fallen = alerts.flatMap(fallenOf);
    rows.push(['accounts at risk', names([...new Set([...fallen, ...incident.accounts])])]);
  }
  const guesses = alerts.filter((alert) => alert.stage === 'credential').reduce((sum, { count }) => sum + count, 0);
  if (guesses > 0) rows.push(['guesses', `${several(guesses, 'password')} tried (never shown)`]);
  const look = lookCloser(alerts);
  const width = Math.max(...rows.map(([name]) => name.length), 'look closer'.length);
  const lines = rows.flatMap(([name, text]) => wrap(`     ${pad(name, width)}  `, text, page.width));
  // Not wrapped, so that it can be copied.
  if (look !== undefined) lines.push(`     ${pad('look closer', width)}  ringfence explain ${shellWord(look.file)} --packet ${look.frame}`);
  return lines;
}

/** The packet that shows the most: what proves success in the worst alert, else the last one of its evidence. */
function lookCloser(alerts: readonly Alert[]): Evidence | undefined {
  const pointers = [...alerts].sort(worstFirst).map(({ proof, evidence }) => {
    return proof !== undefined && proof.frame > 0 ? proof : evidence.findLast(({ frame }) => frame > 0);
  });
  return pointers.find((each) => each !== undefined);
}

/** Got in, then level, then the latest. */
function worstFirst(a: Alert, b: Alert): number {
  const got = Number(isEntry(b)) - Number(isEntry(a));
  return got || severity(b.level) - severity(a.level) || b.first - a.first;
}

/** A sample names at most ten of the servers that a scan contacted: its count tells how many there were. */
function targetsText({ targets }: Incident, alerts: readonly Alert[]): string {
  const scans = alerts.filter((alert) => alert.class === 'server-scan' && alert.target.kind === 'none');
  const most = Math.max(0, ...scans.map(({ count }) => count));
  if (most <= targets.length) return names(targets);
  return `${number(most)}, among them ${targets
    .slice(0, NAMES)
    .map((value) => neutral(value, 60))
    .join(', ')}`;
}

function names(values: readonly string[]): string {
  const shown = values.slice(0, NAMES).map((value) => neutral(value, 60));
  return shown.join(', ') + (values.length > NAMES ? ` and ${number(values.length - NAMES)} more` : '');
}

/** A file name as a shell takes it; neutral, so that a hostile one is shown and not run. */
function shellWord(file: string): string {
  const text = neutral(file, 300);
  return /^[\w./+:@%=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function others({ others: alerts, minor, serious, byId }: Digest, page: Page): string[] {
  const lines = alerts
    .slice(0, SHOWN)
    .flatMap((alert) => wrap(`  ${pad(alert.level, 8)}  `, `${doer(alert)} ${deed(alert)}. ${neutral(alert.why, 400)}`, page.width));
  const more = serious - byId.size - Math.min(alerts.length, SHOWN);
  if (more > 0 && alerts.length > 0) lines.push(`  and ${several(more, 'more alert')}; all of them: --json`);
  for (const [title, count] of [...minor].slice(0, MOST))
    lines.push(...wrap(`  ${pad('remark', 8)}  `, `${neutral(title)}${count > 1 ? `, ${number(count)} times` : ''}`, page.width));
  return lines.length === 0 ? [] : [heading('Also noticed', page), '', ...lines];
}

function next(digest: Digest, page: Page): string[] {
  const advice = adviceFor(digest);
  if (advice.length === 0) return [];
  return [heading('What to do next', page), '', ...advice.flatMap((text, i) => wrap(`  ${i + 1}  `, text, page.width))];
}

function traffic({ files, counts, skipped = {} }: Findings, page: Page): string[] {
  if (files.length === 0) return [];
  const total = inputTotal(files);
  const rows: [string, string][] = [['input', inputText(files)]];
  if (total.packets > 0) rows.push(['time', timeText(total.first, total.last)]);
  const families: [string, Family][] = [
    ['payloads', counts.protocol],
    ['requests', counts.method],
    ['answers', counts.answer],
    ['sign-ins', counts.outcome],
    ['calls', counts.call],
    ['media', counts.media],
    ['oddities', counts.oddity],
    ['not read', counts.dropped],
    ['not seen', counts.capture],
    ['skipped', skipped],
  ];
  for (const [name, family] of families) if (Object.keys(family).length > 0) rows.push([name, familyText(family)]);
  return [heading('Traffic', page), '', ...listed(rows, page)];
}

function calls({ callSummary }: Findings, page: Page): string[] {
  const rows = callSummary === undefined ? [] : callRows(callSummary);
  return rows.length === 0 ? [] : [heading('Calls', page), '', ...listed(rows, page)];
}

function inputText(files: Findings['files']): string {
  const { frames, packets, bytes: size } = inputTotal(files);
  const from = files.length === 1 ? neutral(files[0]!.name) : several(files.length, 'file');
  const what = files.some(({ log }) => log === true)
    ? `${several(packets, 'entry', 'entries')} in ${several(frames, 'line')}`
    : `${several(packets, 'packet')} in ${several(frames, 'frame')}`;
  return `${from}: ${what}, ${bytes(size)}`;
}

function timeText(first: number, last: number): string {
  const end = day(first) === day(last) ? clock(last) : `${day(last)} ${clock(last)}`;
  return `${day(first)} ${clock(first)} to ${end} UTC (${span(last - first)})`;
}

/** `REGISTER 440, OPTIONS 61`, the most frequent first. */
function familyText(family: Family): string {
  const all = Object.entries(family).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const shown = all.slice(0, MOST).map(([name, n]) => `${neutral(name)} ${number(n)}`);
  return shown.join(', ') + (all.length > MOST ? ` and ${several(all.length - MOST, 'more kind')}` : '');
}

function faults(all: readonly Fault[], page: Page): string[] {
  if (all.length === 0) return [];
  const lines = all.slice(0, MOST).flatMap(({ code, message }) => wrap(`  ${code}  `, neutral(message, 400), page.width));
  const rest = all.length > MOST ? [`  and ${several(all.length - MOST, 'more fault')}; all of them: --json`] : [];
  return [paint(page, 'warn', 'Faults'), '', ...lines, ...rest];
}
