/** What `replay` tells, as text and as JSON. Text that comes from recordings is neutral in both. */
import type { Changed, Difference, Told } from '../correlate/difference.ts';
import type { Goodwill } from '../correlate/replay.ts';
import type { Fault } from '../errors.ts';
import { alertOf, incidentOf } from '../publish/analysis.ts';
import { clock, day, isoTime, number, type Page, pad, paint, several, span, wrap } from '../publish/layout.ts';
import { cut, neutral, neutralJson } from '../publish/neutral.ts';
import { OUTCOME_NOTES, othersText, toneOf } from '../publish/wording.ts';
import type { Incident } from '../types.ts';

/** Most lines of one list of the text. */
const MOST = 20;
/** Version of the JSON object; a new key does not raise it. */
const REPLAY_SCHEMA = 1;

/** Everything a replay found. */
export interface Replayed {
  readonly version: string;
  /** Segments read, Events in them, times of the first and the last in µs. */
  readonly segments: number;
  readonly events: number;
  readonly first: number;
  readonly last: number;
  /** Rules now and then, and the ids of those that were changed, added or left out. */
  readonly rules: { readonly present: number; readonly changed: readonly string[] };
  /** Undefined: nothing was to be compared. */
  readonly difference: Difference | undefined;
  /** Of the rules replayed: with --rules those, else the present ones. */
  readonly alerts: readonly Told[];
  readonly incidents: readonly Incident[];
  readonly goodwill: ReadonlyMap<string, Goodwill>;
  /** What the recordings cannot tell. */
  readonly notes: readonly string[];
  readonly faults: readonly Fault[];
}

/** The text, with a line break at its end. */
export function replayText(found: Replayed, page: Page): string {
  const { segments, events, first, last, difference, notes, faults } = found;
  const when = events === 0 ? '' : `, ${day(first)} ${clock(first)} to ${day(last)} ${clock(last)} UTC (${span(last - first)})`;
  const sections = [
    [`Replayed ${several(events, 'Event')} of ${several(segments, 'segment')}${when}.`],
    difference === undefined ? story(found, page) : comparison(found, difference, page),
    [...notes.map((note) => `note: ${neutral(note, 400)}`), ...faults.map(({ message }) => `fault: ${neutral(message, 400)}`)],
  ];
  const wrapped = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.flatMap((line) => wrap(leadOf(line), line.trimStart(), page.width)));
  return `${wrapped.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function leadOf(line: string): string {
  return ' '.repeat(line.length - line.trimStart().length);
}

/** What one set of rules makes of all recordings. */
function story({ alerts, incidents }: Replayed, page: Page): string[] {
  const lines = incidents.slice(0, MOST).map((incident) => {
    const { subject, level, outcome, first, last, stages } = incident;
    const others = incident.others.length === 0 ? '' : `; also from ${neutral(othersText(incident, 8), 1000)}`;
    const who = paint(page, toneOf(level), neutral(subject.value) || 'unknown');
    return `  ${who}  ${level}${OUTCOME_NOTES[outcome]}, ${day(first)} ${clock(first)} (${span(last - first)}): ${stages.map(({ stage }) => stage).join(', ')}${others}`;
  });
  return [`${several(alerts.length, 'alert')} in ${several(incidents.length, 'incident')}:`, ...lines, ...rest(incidents.length)];
}

function comparison({ rules, goodwill }: Replayed, difference: Difference, page: Page): string[] {
  const { added, gone, changed, same, accused, cleared } = difference;
  const what = `${several(rules.changed.length, 'rule')} changed (${rules.changed.map((id) => neutral(id)).join(', ') || 'none'}).`;
  if (added.length + gone.length + changed.length === 0) return [`${what} Nothing differs: ${several(same, 'alert')} as before.`];
  return [
    `${what} ${number(added.length)} more, ${number(gone.length)} gone, ${number(changed.length)} changed, ${number(same)} as before.`,
    ...section(
      'Would have come',
      added.map((told) => toldLine(told, page)),
    ),
    ...section(
      'Would have stayed away',
      gone.map((told) => toldLine(told, page)),
    ),
    ...section(
      'Would have come in another way',
      changed.map((each) => changedLine(each, page)),
    ),
    ...section(
      'Accused who was not',
      accused.map((who) => `  ${neutral(who)}${goodText(goodwill.get(who))}`),
    ),
    ...section(
      'No longer accused',
      cleared.map((who) => `  ${neutral(who)}${goodText(goodwill.get(who))}`),
    ),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title} (${number(lines.length)}):`, ...lines.slice(0, MOST), ...rest(lines.length)];
}

function rest(count: number): string[] {
  return count > MOST ? [`  and ${number(count - MOST)} more; all of them: --json`] : [];
}

function toldLine({ alert, opened }: Told, page: Page): string {
  const { rule, level, outcome, subject, target, count } = alert;
  const whom = target.value === '' ? '' : ` at ${neutral(target.value)}`;
  return `  ${day(opened)} ${clock(opened)}  ${paint(page, toneOf(level), pad(level, 8))}  ${rule}: ${neutral(subject.value) || 'unknown'}${whom}, ${number(count)}${OUTCOME_NOTES[outcome]}`;
}

function changedLine({ before, after }: Changed, page: Page): string {
  const how: string[] = [];
  if (after.opened < before.opened) how.push(`${span(before.opened - after.opened)} sooner`);
  if (after.opened > before.opened) how.push(`${span(after.opened - before.opened)} later`);
  for (const key of ['level', 'outcome', 'count'] as const)
    if (before.alert[key] !== after.alert[key]) how.push(`${key} ${before.alert[key]} before`);
  return `${toldLine(after, page)} (${how.join(', ') || 'other times'})`;
}

/** What speaks for an address: it is not proof, a hijacker registers too. */
function goodText(good: Goodwill | undefined): string {
  if (good === undefined) return '';
  return `, which had ${several(good.registrations, 'registration')} granted and ${several(good.calls, 'call')} confirmed: it may be a good phone`;
}

/** The JSON object, with a line break at its end. */
export function replayJson(found: Replayed): string {
  const { version, segments, events, first, last, rules, difference, alerts, incidents, goodwill, notes, faults } = found;
  const told = ({ alert, opened }: Told): unknown => ({ opened: isoTime(opened), ...alertOf(alert) });
  const who = (value: string): unknown => ({ value: cut(value), registrations: 0, calls: 0, ...goodwill.get(value) });
  const compared = difference && {
    added: difference.added.map(told),
    gone: difference.gone.map(told),
    changed: difference.changed.map(({ before, after }) => ({ before: told(before), after: told(after) })),
    same: difference.same,
    accused: difference.accused.map(who),
    cleared: difference.cleared.map(who),
  };
  const object = {
    schema: REPLAY_SCHEMA,
    ringfence: version,
    input: { segments, events, first: events === 0 ? null : isoTime(first), last: events === 0 ? null : isoTime(last) },
    rules,
    ...(compared === undefined ? { alerts: alerts.map(told) } : { difference: compared }),
    incidents: incidents.map(incidentOf),
    notes: notes.map((note) => cut(note)),
    faults: faults.map(({ code, where, message }) => ({ code, where: cut(where), message: cut(message) })),
  };
  return `${neutralJson(object)}\n`;
}
