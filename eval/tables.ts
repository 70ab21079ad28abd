/** What the reports say, as plain tables: the terminal, the Markdown page and the HTML page show the same ones. */
import { number, several, span } from '../src/publish/layout.ts';
import { BANDS } from './blame.ts';
import type { DetectorResult, Evaluation } from './evaluate.ts';
import { answers } from './experiments.ts';
import { REQUIRED } from './required.ts';
import type { Interval } from './statistics.ts';
import type { AttackRow, BenignRow, Rate, Share, Spread } from './summary.ts';

/** What a cell's colour says. */
export type CellTone = 'good' | 'warn' | 'bad' | 'faint' | 'plain';

/** A cell; a plain text has no tone. */
export type Cell = string | { readonly text: string; readonly tone: CellTone };

/** A column; numbers stand to the right. */
export interface Column {
  readonly name: string;
  readonly right?: boolean;
}

/** A table with what to know about it. */
export interface Table {
  readonly title: string;
  /** One or two sentences; empty if the title says all. */
  readonly note: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Said instead of the table if it has no row. */
  readonly none: string;
}

/** What is not there. */
const NOTHING = '–';

/** A share with two decimals (three close to 1 and 0), e.g. `0.93`. */
export function ratio(value: number): string {
  if (Number.isNaN(value)) return NOTHING;
  if (value === 0 || value === 1) return value.toFixed(2);
  return value > 0.99 || value < 0.01 ? value.toPrecision(value > 0.99 ? 4 : 2) : value.toFixed(2);
}

/** A rate or count with as many digits as make sense. */
export function amount(value: number): string {
  if (Number.isNaN(value)) return NOTHING;
  if (value === 0) return '0';
  return value >= 100 ? number(value) : value.toPrecision(2);
}

/** µs as people say them. */
export function time(us: number): string {
  return Number.isNaN(us) ? NOTHING : us < 1000 ? 'at once' : span(us);
}

function between(interval: Interval | undefined): string {
  return interval === undefined ? NOTHING : `${ratio(interval.low)}–${ratio(interval.high)}`;
}

function hits({ hits: told, of }: Share): string {
  return of === 0 ? NOTHING : `${told}/${of}`;
}

function spread({ median, p95 }: Spread, write: (value: number) => string): string {
  return Number.isNaN(median) ? NOTHING : `${write(median)} / ${write(p95)}`;
}

function upTo({ value, upper }: Rate): string {
  return Number.isNaN(value) ? NOTHING : `${amount(value)} (≤ ${amount(upper)})`;
}

function toned(share: number): CellTone {
  return Number.isNaN(share) ? 'faint' : share >= 0.95 ? 'good' : share >= 0.5 ? 'warn' : 'bad';
}

/** Names of attacks by id, as in required.ts. */
const NAMES: ReadonlyMap<string, string> = new Map(REQUIRED.toReversed().map(({ attack, name }) => [attack, name]));

/** `A13 password guessing`. */
export function attackName(attack: string): string {
  return `${attack} ${NAMES.get(attack) ?? ''}`.trim();
}

/** All detectors side by side. */
export function detectorTable({ detectors }: Evaluation): Table {
  return {
    title: 'Detectors, on the same recordings',
    note:
      'Told: campaigns told with a right class. Found: with any class, or while blaming a victim. False alarms: on benign runs, with the 95 % upper bound. FDR: ' +
      'share of all alarms that are false or blame a victim. Cost: wall-clock time per SIP message, start-up included, so that short recordings look dear.',
    columns: [
      { name: 'Detector' },
      { name: 'Told', right: true },
      { name: 'Found', right: true },
      { name: 'False per day', right: true },
      { name: 'Per 10,000 calls', right: true },
      { name: 'FDR', right: true },
      { name: 'Victims blamed', right: true },
      { name: 'Delay, median / p95', right: true },
      { name: 'Cost', right: true },
    ],
    rows: detectors.map(detectorRow),
    none: 'No detector was asked.',
  };
}

function detectorRow({ name, unavailable, failed, scores, summary }: DetectorResult): Cell[] {
  const { total, benign, victims, cost } = summary;
  if (unavailable !== undefined) return [name, { text: `did not run: ${unavailable}`, tone: 'warn' }];
  const label: Cell = failed.length === 0 ? name : { text: `${name} (failed on ${failed.length})`, tone: 'warn' };
  const falsely = scores.reduce((all, each) => all + each.falseAlarms.length + each.victims.length, 0);
  const alarms = scores.reduce((all, each) => all + each.right + each.wrongClass, falsely);
  return [
    label,
    {
      text: total === undefined ? NOTHING : `${hits(total.recall)} ${ratio(total.recall.value)}`,
      tone: toned(total?.recall.value ?? Number.NaN),
    },
    total === undefined ? NOTHING : `${hits(total.found)} ${ratio(total.found.value)}`,
    upTo(benign.perDay),
    upTo(benign.perTenThousandCalls),
    ratio(falsely / alarms),
    { text: String(victims.length), tone: victims.length > 0 ? 'bad' : 'plain' },
    total === undefined ? NOTHING : spread(total.delay, time),
    Number.isNaN(cost) ? NOTHING : `${amount(cost)} µs`,
  ];
}

/** What one detector makes of each attack. */
export function attackTable({ summary: { attacks } }: DetectorResult): Table {
  return {
    title: 'Each attack, by strength',
    note:
      'Told: campaigns with an alarm of a right class; 95 %: bootstrap over runs; at least: exact one-sided bound. Delay and packets: ' +
      'from the first packet of the attack to the first right alarm, median / p95. Messages and slices: share of the labelled ones that were blamed.',
    columns: [
      { name: 'Attack' },
      { name: 'Strength' },
      { name: 'Runs', right: true },
      { name: 'Told', right: true },
      { name: '95 %', right: true },
      { name: 'At least', right: true },
      { name: 'Found', right: true },
      { name: 'Precision', right: true },
      { name: 'Delay', right: true },
      { name: 'Packets', right: true },
      { name: 'Messages', right: true },
      { name: 'Slices', right: true },
    ],
    rows: attacks.map(attackCells),
    none: 'There was no attack run.',
  };
}

function attackCells(row: AttackRow, index: number, rows: readonly AttackRow[]): Cell[] {
  const { attack, intensity, runs, recall, found, precision, delay, packets, messages, slices } = row;
  const isFirst = rows[index - 1]?.attack !== attack;
  return [
    isFirst ? attackName(attack) : '',
    intensity === '' ? 'all' : intensity,
    String(runs),
    { text: `${hits(recall)} ${ratio(recall.value)}`, tone: toned(recall.value) },
    between(recall.interval),
    ratio(recall.lower),
    hits(found),
    ratio(precision),
    spread(delay, time),
    spread(packets, amount),
    ratio(messages.hits / (messages.hits + messages.misses)),
    ratio(slices.hits / (slices.hits + slices.misses)),
  ];
}

/** Recall of all detectors beside each other, an attack a row. */
export function rivalTable({ detectors }: Evaluation): Table {
  const able = detectors.filter(({ unavailable }) => unavailable === undefined);
  const whole = able.map(({ summary }) => new Map(summary.attacks.map((row) => [row.attack, row] as const).toReversed()));
  const attacks = [...new Set(whole.flatMap((rows) => [...rows.keys()]))].sort();
  return {
    title: 'Who tells which attack',
    note: 'Campaigns told with a right class, and in brackets those that were found under another one, or while blaming a victim.',
    columns: [{ name: 'Attack' }, ...able.map(({ name }) => ({ name, right: true }))],
    rows: attacks.map((attack) => [attackName(attack), ...whole.map((rows, i) => rivalCell(rows.get(attack), i === 0))]),
    none: 'There was no attack run.',
  };
}

/** What others miss is no alarm to anybody. */
function rivalCell(row: AttackRow | undefined, isOwn: boolean): Cell {
  if (row === undefined) return NOTHING;
  const others = row.found.hits - row.recall.hits;
  const tone = !isOwn && row.recall.hits === 0 ? 'faint' : toned(row.recall.value);
  return { text: `${hits(row.recall)}${others > 0 ? ` (+${others})` : ''}`, tone };
}

/** What is required, and whether it is met. */
export function requiredTable({ attacks }: Evaluation): Table {
  return {
    title: 'Required of each attack',
    note: 'In time: campaigns told with a right class within the required delay. “Few runs”: met so far, in fewer than 10 runs. Set before tuning.',
    columns: [
      { name: 'Attack' },
      { name: 'Strength' },
      { name: 'Required', right: true },
      { name: 'Within', right: true },
      { name: 'In time', right: true },
      { name: 'Whenever', right: true },
      { name: 'Delay', right: true },
      { name: 'Verdict' },
      { name: 'Why so' },
    ],
    rows: attacks.map(({ required, inTime, recall, delay, verdict, intensities }): Cell[] => [
      `${required.attack} ${required.name}`,
      required.from === undefined ? otherStrengths(intensities) : atLeast(required.from),
      ratio(required.recall),
      `${time(required.delay * 1e6)}${required.packets === undefined ? '' : `, ${required.packets} packets`}`,
      hits(inTime),
      hits(recall),
      time(delay),
      verdictCell(verdict),
      { text: required.source, tone: 'faint' },
    ]),
    none: 'Nothing is required.',
  };
}

function otherStrengths(intensities: readonly string[]): string {
  if (intensities.length === 0) return 'any other';
  return intensities.length < 3 ? intensities.join('; ') : several(intensities.length, 'strength');
}

function atLeast({ value, unit }: { readonly value: number; readonly unit: string }): string {
  return value === 0 ? `below, ${unit}` : `≥ ${value}${unit.startsWith('/') ? '' : ' '}${unit}`;
}

/** Verdict of a requirement that no run of the set speaks of. */
export const UNMEASURED: Cell = { text: 'not measured', tone: 'faint' };

const VERDICTS = {
  met: { text: 'met', tone: 'good' },
  few: { text: 'met, few runs', tone: 'warn' },
  undecided: { text: 'too little data', tone: 'warn' },
  missed: { text: 'missed', tone: 'bad' },
  unmeasured: UNMEASURED,
} as const;

function verdictCell(verdict: keyof typeof VERDICTS): Cell {
  return VERDICTS[verdict];
}

/** The experiments of the protocol, answered. */
export function experimentTable({ detectors }: Evaluation): Table {
  return {
    title: 'The experiments of the protocol',
    note: 'By recordings of the lab. Alike: benign situations that look like these attacks; false: alarms of the attack’s classes on all benign runs.',
    columns: [
      { name: 'Experiment' },
      { name: 'What' },
      { name: 'Runs', right: true },
      { name: 'Told', right: true },
      { name: 'Delay, median / p95', right: true },
      { name: 'Alike', right: true },
      { name: 'False', right: true },
      { name: 'More' },
    ],
    rows: answers(detectors[0]?.scores ?? []).map(({ experiment, runs, campaigns, told, delay, alike, falsely }): Cell[] => [
      experiment.id,
      experiment.asks,
      String(runs),
      campaigns === 0 ? UNMEASURED : { text: `${told}/${campaigns}`, tone: toned(told / campaigns) },
      spread(delay, time),
      alike === 0 ? NOTHING : number(alike),
      { text: number(falsely), tone: falsely === 0 ? 'good' : 'bad' },
      { text: experiment.remark ?? '', tone: 'faint' },
    ]),
    none: 'There is no experiment.',
  };
}

/** Bounds that are not about one attack. */
export function globalTable({ globals }: Evaluation): Table {
  return {
    title: 'Required of everything together',
    note: '',
    columns: [
      { name: 'Measure' },
      { name: 'Required', right: true },
      { name: 'Reached', right: true },
      { name: 'Verdict' },
      { name: 'Why so' },
    ],
    rows: globals.map(({ required, value, verdict }): Cell[] => [
      required.title,
      required.most === undefined ? `≥ ${required.least}` : `≤ ${required.most}`,
      amount(value),
      verdictCell(verdict),
      { text: required.source, tone: 'faint' },
    ]),
    none: 'Nothing is required.',
  };
}

/** What benign days cost with each detector. */
export function benignTable({ detectors }: Evaluation): Table {
  const able = detectors.filter(({ unavailable, summary }) => unavailable === undefined && summary.benign.runs > 0);
  const of = ({ name, summary: { benign } }: DetectorResult): Cell[] => [
    name,
    String(benign.runs),
    amount(benign.days),
    number(benign.calls),
    number(benign.sipMessages),
    { text: number(benign.dayAlarms), tone: benign.dayAlarms === 0 ? 'good' : 'bad' },
    number(benign.shortAlarms),
    upTo(benign.perDay),
    upTo(benign.perTenThousandCalls),
    upTo(benign.sliceRate),
    ratio(share(benign)),
  ];
  return {
    title: 'Benign days',
    note: 'With hard negatives. Per day and slice: on runs of half a day or more; short runs try one hard case many times over. In brackets the 95 % upper bound (Poisson); zero alarms in n days still allow 3.0/n a day. FPR: benign slices of 30 messages, and messages, that were blamed.',
    columns: [
      { name: 'Detector' },
      ...[
        'Runs',
        'Days',
        'Calls',
        'SIP messages',
        'False on days',
        'On short runs',
        'Per day',
        'Per 10,000 calls',
        'FPR of slices',
        'FPR of messages',
      ].map((name) => ({ name, right: true })),
    ],
    rows: able.map(of),
    none: 'There was no benign run: nothing is known of false alarms per day.',
  };
}

/** False alarms of everybody on each benign scenario. */
export function twinTable({ detectors, runs }: Evaluation): Table {
  const able = detectors.filter(({ unavailable }) => unavailable === undefined);
  const groups = Map.groupBy(
    runs.filter(({ kind }) => kind === 'benign'),
    ({ scenario, intensity }) => `${scenario}, ${intensity}`,
  );
  const alarms = ({ scores }: DetectorResult, names: ReadonlySet<string>): Cell => {
    const count = scores.filter(({ run }) => names.has(run.name)).reduce((all, { falseAlarms }) => all + falseAlarms.length, 0);
    return count === 0 ? { text: '0', tone: 'good' } : { text: number(count), tone: 'bad' };
  };
  return {
    title: 'False alarms by benign scenario',
    note: '',
    columns: [
      { name: 'Scenario' },
      { name: 'Runs', right: true },
      { name: 'Time', right: true },
      ...able.map(({ name }) => ({ name, right: true })),
    ],
    rows: [...groups].map(([name, own]): Cell[] => {
      const names = new Set(own.map((run) => run.name));
      return [
        name,
        String(own.length),
        span(own.reduce((all, { duration }) => all + duration, 0)),
        ...able.map((each) => alarms(each, names)),
      ];
    }),
    none: 'There was no benign run.',
  };
}

function share({ messages }: BenignRow): number {
  return messages.falseHits / (messages.falseHits + messages.rest);
}

/** Attack by the class of the alarm that told it best. */
export function confusionTable({ summary: { confusion } }: DetectorResult): Table {
  const told = [...new Set(confusion.map(([, kind]) => kind))].sort((a, b) => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1));
  const attacks = [...new Set(confusion.map(([attack]) => attack))];
  const cell = (attack: string, kind: string): Cell => {
    const count = confusion.find(([a, k]) => a === attack && k === kind)?.[2] ?? 0;
    return count === 0 ? { text: '·', tone: 'faint' } : { text: String(count), tone: kind === '' ? 'bad' : 'plain' };
  };
  return {
    title: 'What each attack was called',
    note: 'Campaigns by the class of their best alarm.',
    columns: [{ name: 'Attack' }, ...told.map((kind) => ({ name: kind === '' ? 'none' : kind, right: true }))],
    rows: attacks.map((attack) => [attackName(attack), ...told.map((kind) => cell(attack, kind))]),
    none: 'There was no attack run.',
  };
}

/** Slices of 30 messages by how many of them are an attack's. */
export function sliceTable({ detectors }: Evaluation): Table {
  const able = detectors.filter(({ unavailable, scores }) => unavailable === undefined && scores.length > 0);
  const band = (i: number): string => {
    const [from, to] = [BANDS[i]!, (BANDS[i + 1] ?? 31) - 1];
    return from === to ? `k = ${from}` : `k ${from}–${to}`;
  };
  return {
    title: 'Slices of 30 SIP messages',
    note: 'Share of the attack slices with a blamed message, by k, the attack’s messages among the 30; and of the other slices of the same runs.',
    columns: [{ name: 'Detector' }, ...BANDS.map((_, i) => ({ name: band(i), right: true })), { name: 'Benign', right: true }],
    rows: able.map(({ name, scores }) => [
      name,
      ...BANDS.map((_, i) => {
        const slices = scores.reduce((all, each) => all + (each.slices.bands[i]?.slices ?? 0), 0);
        const blamed = scores.reduce((all, each) => all + (each.slices.bands[i]?.hits ?? 0), 0);
        return slices === 0 ? NOTHING : `${percent(blamed / slices)} of ${number(slices)}`;
      }),
      benignShare(scores.map(({ slices }) => slices)),
    ]),
    none: 'There was no slice.',
  };
}

function benignShare(slices: readonly { readonly falseHits: number; readonly rest: number }[]): string {
  const blamed = slices.reduce((all, each) => all + each.falseHits, 0);
  const all = slices.reduce((total, each) => total + each.falseHits + each.rest, 0);
  return all === 0 ? NOTHING : `${percent(blamed / all)} of ${number(all)}`;
}

function percent(share: number): string {
  const hundred = share * 100;
  return `${hundred === 0 || hundred >= 1 ? hundred.toFixed(0) : hundred.toPrecision(2)} %`;
}

/** Campaigns that were missed or called by a wrong name, by attack and strength. */
export function failureTable({ summary: { failures } }: DetectorResult): Table {
  const groups = Map.groupBy(failures, ({ campaign }) => `${campaign.attack}\0${campaign.found?.text ?? ''}`);
  return {
    title: 'What it did not tell',
    note: '',
    columns: [
      { name: 'Attack' },
      { name: 'Strength' },
      { name: 'Campaigns', right: true },
      { name: 'Told instead' },
      { name: 'For example' },
    ],
    rows: [...groups]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, own]): Cell[] => {
        const { run, campaign } = own[0]!;
        const instead: Cell =
          campaign.found === undefined
            ? { text: 'nothing', tone: 'bad' }
            : `${campaign.found.text} (${campaign.found.class}${campaign.found.victim === true ? ', blames a victim' : ''})`;
        const strengths = [...new Set(own.map((each) => each.campaign.intensity))];
        return [attackName(campaign.attack), strengths.join('; '), String(own.length), instead, `${run}, ${campaign.id}`];
      }),
    none: 'Nothing was missed.',
  };
}

/** What disturbed without reason, and who was blamed for what others did. */
export function nuisanceTable({ summary: { nuisances, victims } }: DetectorResult): Table {
  const blamed = Map.groupBy(victims, ({ text }) => text);
  return {
    title: 'False alarms and wrong blame',
    note: '',
    columns: [{ name: 'Alarm' }, { name: 'On benign runs', right: true }, { name: 'On attack runs', right: true }, { name: 'For example' }],
    rows: [
      ...nuisances.map((each): Cell[] => [each.text, String(each.benign), String(each.attack), each.example]),
      ...[...blamed].map(([text, own]): Cell[] => [
        { text: `${text}: blames a victim`, tone: 'bad' },
        '0',
        String(own.length),
        own[0]!.run,
      ]),
    ],
    none: 'None.',
  };
}

/** When, by what and on which data it was judged (G11). */
export function madeTable({ made, set, hash, openings, detectors, runs }: Evaluation): Table {
  const seeds = [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
  const rows: Cell[][] = [
    ['Judged', made.time],
    ['Ringfence', `${made.version}, commit ${made.commit}, Node ${made.node}`],
    ['Host', made.host],
    ['Set', `${set}; SHA-256 over its manifests ${hash}`],
    ['Seeds', ranges(seeds)],
    ['Opened', openings === undefined ? 'the test set stayed closed' : `test runs: ${openings.times} times, hash ${openings.hash}`],
    ['Lab', [...new Set(runs.map(({ commit }) => commit))].join(', ')],
    ['Recorded on', [...new Set(runs.map(({ host }) => host))].join('; ')],
    ...detectors.map(({ name, version, program, unavailable }) => [
      `Detector ${name}`,
      `${version}${program === undefined ? '' : `, ${program}`}${unavailable === undefined ? '' : `, did not run: ${unavailable}`}`,
    ]),
  ];
  return { title: 'Of what and by what', note: '', columns: [{ name: 'What' }, { name: 'Which' }], rows, none: '' };
}

/** `1–12, 15`. */
export function ranges(numbers: readonly number[]): string {
  const parts: [first: number, last: number][] = [];
  for (const each of numbers) {
    const open = parts.at(-1);
    if (open !== undefined && each === open[1] + 1) open[1] = each;
    else parts.push([each, each]);
  }
  return parts.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
}

/** The recordings, by scenario and strength, each with its seed and the beginning of its capture's SHA-256. */
export function recordingTable({ runs }: Evaluation): Table {
  const groups = Map.groupBy(runs, ({ scenario, intensity }) => `${scenario}\0${intensity}`);
  return {
    title: 'Recordings',
    note: 'Seed and first 12 digits of the SHA-256 of merged.pcap.gz; the whole ones stand in the JSON.',
    columns: [
      { name: 'Scenario' },
      { name: 'Attack' },
      { name: 'Strength' },
      { name: 'Runs', right: true },
      { name: 'SIP messages', right: true },
      { name: 'Time', right: true },
      { name: 'Seeds and captures' },
    ],
    rows: [...groups.values()].map((own): Cell[] => [
      own[0]!.scenario,
      own[0]!.attack ?? 'benign',
      own[0]!.intensity,
      String(own.length),
      number(own.reduce((all, { sipMessages }) => all + sipMessages, 0)),
      span(own.reduce((all, { duration }) => all + duration, 0)),
      { text: own.map(({ seed, capture }) => `${seed}:${capture.slice(0, 12)}`).join(' '), tone: 'faint' },
    ]),
    none: 'None.',
  };
}

/** Programs that made the recordings, with what they say of their version. */
export function toolTable({ runs }: Evaluation): Table {
  const tools = Map.groupBy(
    runs.flatMap(({ name, tools: own }) => own.map((tool) => ({ tool, name }))),
    ({ tool }) => tool,
  );
  return {
    title: 'Programs that took part',
    note: '',
    columns: [{ name: 'Program' }, { name: 'Runs', right: true }],
    rows: [...tools].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([tool, own]): Cell[] => [tool, String(own.length)]),
    none: 'None but the lab’s own.',
  };
}

/** One line that says it all. */
export function headline({ attacks, globals, detectors }: Evaluation): string {
  const verdicts = [...attacks, ...globals].map(({ verdict }) => verdict);
  const count = (verdict: string): number => verdicts.filter((each) => each === verdict).length;
  const total = detectors[0]?.summary.total;
  const told = total === undefined ? '' : `${total.recall.hits} of ${several(total.recall.of, 'attack')} told rightly. `;
  const measured = verdicts.length - count('unmeasured');
  return `${told}${count('met') + count('few')} of ${measured} measured requirements met, ${count('missed')} missed${count('undecided') > 0 ? `, ${count('undecided')} undecided` : ''}, ${count('unmeasured')} not measured.`;
}
