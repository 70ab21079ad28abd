/** docs/profiles.md: what came of E1-4. */
import { auc, bootstrap, poissonUpper, proportionLower } from '../eval/statistics.ts';
import { KINDS, THEFTS } from './profile-people.ts';
import { DAYS, type Day, DISTANCES, type Distance, type Likeness, MACHINES, MONTH, PEOPLE } from './profile-trial.ts';

/** The people of one seed: their own days, and by theft the days on which they were robbed. */
export interface Trial {
  readonly clean: readonly Day[];
  /** The same days as far as they had come at noon, for those that went on. */
  readonly mornings: readonly Day[];
  readonly thefts: Readonly<Record<string, readonly Day[]>>;
}

/** All that the page shows. */
export interface Trials {
  /** For choosing cut-offs, and for judging them. */
  readonly chosen: readonly Trial[];
  readonly tested: readonly Trial[];
  /** Sites with machines that call so often a day. */
  readonly likeness: readonly { readonly rate: number; readonly sites: readonly Likeness[] }[];
  /** First seed of each. */
  readonly first: readonly [number, number];
  readonly commit: string;
  /** Cut-offs that stand in the rules: of the warning, and of the hint. */
  readonly rules: { readonly told: number; readonly hinted: number };
}

/** Days from which on, and calls of a day from which on, the rules tell. */
const RULE = { days: 7, calls: 5 } as const;
/** False positives per user-month that are allowed: for a warning, for a hint. */
const ALLOWED = { warning: 0.005, hint: 0.1 } as const;
const STEP = 0.05;

/** The page. */
export function profilePage(trials: Trials): string {
  const { chosen, tested, first, commit, rules } = trials;
  const told = choose(chosen, ALLOWED.warning);
  const hinted = choose(chosen, ALLOWED.hint);
  const last = first.map((seed, i) => seed + [chosen, tested][i]!.length - 1);
  return `# Profiles of accounts (E1-4)

Made by \`npm run profiles -- --seeds ${tested.length} --write\` at commit ${commit}; do not edit.

Ringfence learns what the days of an account look like and whom it calls, and compares each day with calls with the days of about a month
before it (Event \`profile.compared\`; rules \`profile-anomaly\`, \`profile-hint\`; S1-49 to S1-54). Paper 001 gives no figures for this; these are ours.

**What it was tried on is made up**: ${PEOPLE} people a seed over ${DAYS} days, drawn by \`tools/profile-people.ts\`: office, sales, home, shift work
by turns of a week, and such as hardly telephone; with weekends, holidays, days off, days three times as busy with many new people, evenings of work.
A thief calls on one day after the first ${MONTH}, beside the owner. Real people differ more, so expect more false positives than
here. Seeds ${first[0]} to ${last[0]} chose the cut-offs, seeds ${first[1]} to ${last[1]} give the figures below; no other figure of this page was used to choose anything.

## How well a day with a thief is told from days without

Area under the ROC curve over all accounts with one cut-off, days without a thief from day ${MONTH} on; 95 % bootstrap intervals over seeds. \`both\` is
Mahalanobis times Hellinger, large only if hours and people both differ: what the rules go by.

${aucTable(tested)}

Three calls by day are more than usual for who telephones little, and nothing for all others: no cut-off that one can live with tells them
(below). Such a thief is found by what the number costs (rule \`toll-fraud\`), or not at all.

## The cut-offs of the rules

The lowest cut-off of \`both\`, in steps of ${STEP}, with at most so many false positives per user-month on the choosing seeds; an account is judged
from its ${RULE.days}th day on, on days with ${RULE.calls} calls or more.

${cutTable(tested, told, hinted, rules)}

False positives at the cut-off of the warning by who the account belongs to: ${byKind(tested, rules.told)}. At that of the hint: ${byKind(tested, rules.hinted)}.

If each day ended at noon, as the last one of a capture may: ${mornings(tested, rules.told)} false warnings per user-month, and ${mornings(tested, rules.hinted)} at the cut-off of the hint.

## Calls at hours at which the account never calls

For rule \`toll-off-hours\`, which also wants a costly number in a country new to the account: ${offHours(tested)}.

## Accounts that live like a known machine

For rule \`profile-class\` (S1-51): ${PEOPLE} people and ${MACHINES} machines that play a recording a site, one of the machines found after a month (seeds
${first[1]} to ${last[1]}, nothing was chosen on them). All machines of a site are of one make here, which makes it easy.

${likenessTable(trials.likeness)}
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '--' : '--:'))), ...rows.map(line)].join('\n');
}

function aucTable(trials: readonly Trial[]): string {
  const rows = Object.keys(THEFTS).map((theft) => [theft, ...DISTANCES.map((distance) => aucCell(trials, theft, distance))]);
  return table(['On that day', ...DISTANCES], rows);
}

function aucCell(trials: readonly Trial[], theft: string, distance: Distance): string {
  // Sorting all days for each of a thousand resamples is too much: an AUC over seeds is the mean of those of the seeds, as all are of one size.
  const each = trials.map(({ clean, thefts }) => {
    const low = clean.filter(({ age }) => age >= MONTH).map(({ distances }) => distances[distance]);
    return auc(
      thefts[theft]!.map(({ distances }) => distances[distance]),
      low,
    );
  });
  const interval = bootstrap(each, mean);
  return `${mean(each).toFixed(3)} (${interval?.low.toFixed(3)}–${interval?.high.toFixed(3)})`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isTold({ age, calls, distances }: Day, cut: number): boolean {
  return age >= RULE.days && calls >= RULE.calls && distances.both >= cut;
}

function months(trials: readonly Trial[], people = PEOPLE): number {
  return (trials.length * people * (DAYS - RULE.days)) / 30;
}

function choose(trials: readonly Trial[], allowed: number): number {
  const days = trials.flatMap(({ clean }) => clean);
  for (let step = 1; ; step++) {
    const wrong = days.filter((day) => isTold(day, step * STEP)).length;
    if (wrong / months(trials) <= allowed) return step * STEP;
  }
}

function cutTable(trials: readonly Trial[], told: number, hinted: number, rules: Trials['rules']): string {
  const days = trials.flatMap(({ clean }) => clean);
  const row = (name: string, allowed: number, chosen: number, cut: number): string[] => {
    const wrong = days.filter((day) => isTold(day, cut)).length;
    const rate = `${(wrong / months(trials)).toFixed(4)} (≤ ${(poissonUpper(wrong) / months(trials)).toFixed(4)})`;
    const recall = Object.keys(THEFTS).map((theft) => recallOf(trials, theft, cut));
    return [name, `${allowed}`, chosen.toFixed(2), cut.toFixed(2), rate, ...recall];
  };
  const head = ['Rule', 'allowed', 'chosen', 'in the rule', 'false positives per user-month (95 % bound)', ...Object.keys(THEFTS)];
  return table(head, [
    row('`profile-anomaly`', ALLOWED.warning, told, rules.told),
    row('`profile-hint` or above', ALLOWED.hint, hinted, rules.hinted),
  ]);
}

function recallOf(trials: readonly Trial[], theft: string, cut: number): string {
  const days = trials.flatMap(({ thefts }) => thefts[theft]!);
  const hits = days.filter((day) => isTold(day, cut)).length;
  return `${(hits / days.length).toFixed(2)} (≥ ${proportionLower(hits, days.length).toFixed(2)})`;
}

function byKind(trials: readonly Trial[], cut: number): string {
  const days = trials.flatMap(({ clean }) => clean);
  return KINDS.map(({ name, share }) => {
    const wrong = days.filter((day) => day.kind === name && isTold(day, cut)).length;
    return `${name} ${(wrong / months(trials, PEOPLE * share)).toFixed(3)}`;
  }).join(', ');
}

function mornings(trials: readonly Trial[], cut: number): string {
  const wrong = trials.flatMap((trial) => trial.mornings).filter((day) => isTold(day, cut)).length;
  return (wrong / months(trials)).toFixed(4);
}

function offHours(trials: readonly Trial[]): string {
  const own = trials.flatMap(({ clean }) => clean).filter(({ age, offHours: calls }) => age >= RULE.days && calls > 0).length;
  const shares = Object.keys(THEFTS).map((theft) => {
    const days = trials.flatMap(({ thefts }) => thefts[theft]!);
    return `${theft} ${(days.filter(({ offHours: calls }) => calls > 0).length / days.length).toFixed(2)}`;
  });
  return `an owner has ${(own / months(trials)).toFixed(2)} days a month with such a call, wherever to; share of thefts with one: ${shares.join('; ')}`;
}

function likenessTable(likeness: Trials['likeness']): string {
  const rows = likeness.map(({ rate, sites }) => {
    const machines = mean(sites.map((site) => site.machines / (MACHINES - 1)));
    const people = sites.flatMap((site) => site.people);
    const kinds = KINDS.map(({ name }) => [name, people.filter((kind) => kind === name).length] as const).filter(([, n]) => n > 0);
    const wrong = people.length / sites.length / PEOPLE;
    return [`${rate}`, machines.toFixed(2), wrong.toFixed(3), kinds.map(([name, n]) => `${name} ${n}`).join(', ') || '–'];
  });
  return table(['Calls a day', 'of the other machines told', 'of the people told', 'who these are'], rows);
}
