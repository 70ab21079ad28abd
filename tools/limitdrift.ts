/**
 * `node tools/limitdrift.ts [--seeds 101,102,103] [--days 14]`: fixed limits against learned ones over made-up sources whose load drifts for a
 * week: false alarms, and which attacks are found. The table of docs/decisions/0024-learned-limits.md.
 */
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { compileRule } from '../src/correlate/compile.ts';
import { Correlator } from '../src/correlate/correlator.ts';
import { RingfenceError } from '../src/errors.ts';
import type { Alert, Event } from '../src/types.ts';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '101,102,103' }, days: { type: 'string', default: '14' } } });
const seeds = values.seeds.split(',').map(Number);
const days = Number(values.days);

const START = 1_767_225_600;
const DAY = 86_400;
const WINDOW = 600;
const GOOD_SOURCES = 40;
/** The load drifts from this day on, for a week. */
const DRIFT_FROM = 4;

/** Deterministic numbers from 0 to 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Something that a source does, s from the start. */
interface Deed {
  readonly at: number;
  readonly src: string;
}

/** A source's load: Events in a window at its busiest hour, of a time in s. Arrivals are drawn by thinning. */
function deeds(src: string, random: () => number, from: number, to: number, most: number, load: (at: number) => number): Deed[] {
  const found: Deed[] = [];
  for (let at = from; at < to; ) {
    at += (-Math.log(1 - random()) * WINDOW) / most;
    if (at < to && random() * most < load(at)) found.push({ at, src });
  }
  return found;
}

/** Nights have a tenth of the busiest hour. */
function daily(at: number): number {
  return 0.1 + 0.9 * Math.max(0, Math.sin((Math.PI * ((at % DAY) / 3600 - 7)) / 12));
}

/** Good sources: busiest hours of 2 to 30 Events a window, which in a week become 0.5 to 4 times as many. */
function good(random: () => number): Deed[] {
  return Array.from({ length: GOOD_SOURCES }, (_, n) => {
    const base = 2 * 15 ** random();
    const grown = 0.5 * 8 ** random();
    const load = (at: number): number => base * daily(at) * grown ** Math.min(1, Math.max(0, (at / DAY - DRIFT_FROM) / 7));
    return deeds(`good ${n}`, random, 0, days * DAY, base * Math.max(1, grown), load);
  }).flat();
}

/** Attacks, by the name of who makes them: so many Events in a window, for so long. */
function bad(random: () => number): Deed[] {
  const steady = (src: string, day: number, hours: number, rate: number): Deed[] =>
    deeds(src, random, day * DAY, day * DAY + hours * 3600, rate, () => rate);
  // Begins like a quiet phone, and doubles every day: it teaches what it can.
  const ramp = deeds('ramp', random, 0, days * DAY, 320, (at) => Math.min(320, 5 * 2 ** (at / DAY)));
  return [
    ...steady('fast', 3, 1, 600),
    ...steady('middling', 5, 3, 120),
    ...steady('slow', 7, 12, 40),
    ...steady('crawling', 9, 24, 20),
    ...ramp,
  ];
}

/** The Events of a seed, a good phone that is taken over on day 10 among them. */
function stream(seed: number): Deed[] {
  const random = randomOf(seed);
  const phone = deeds('taken over', random, 0, days * DAY, 8, (at) => 8 * daily(at));
  const over = deeds('taken over', random, 10 * DAY, 10 * DAY + 3600, 120, () => 120);
  return [...good(random), ...bad(random), ...phone, ...over].sort((a, b) => a.at - b.at);
}

function alertsOf(limit: object, all: readonly Deed[]): Alert[] {
  const file = {
    ...{ id: 'drift', version: 1, title: 'Drift', level: 'warning', class: 'flood', stage: 'disrupt', on: 'dialog.started', by: 'src' },
    ...{ shape: 'count', within: '10m', idle: '30m', subject: { kind: 'address', value: 'src' }, why: '{src}' },
    ...{ falsePositives: ['none'], references: ['none'], ...limit },
  };
  const { rule, faults } = compileRule(stringify(file), 'drift', 'default', {}, true);
  if (rule === undefined) throw new RingfenceError('usage', 'drift', faults.map(({ message }) => message).join('; '));
  const correlator = new Correlator([rule], { node: 'node', seed: { k0: 1, k1: 2 }, capacity: 1024 });
  all.forEach(({ at, src }, i) => {
    const time = Math.round((START + at) * 1e6);
    const event: Event = {
      ...{ id: `${i}`, time, type: 'dialog.started', node: 'node', src, srcPort: 5060, dst: '198.51.100.1', dstPort: 5060 },
      ...{ origin: 'packet', via: '', callId: '', account: '', data: {}, file: 'drift', frame: i },
    };
    correlator.handle(event, time);
  });
  return correlator.out.filter(({ state }) => state === 'open');
}

const LIMITS: readonly (readonly [string, object])[] = [
  ...[20, 40, 80, 160].map((n): [string, object] => [`${n}`, { limit: n }]),
  ...['12h', '1d', '2d'].map((learn): [string, object] => [
    `auto, 20 to 160, learn ${learn}`,
    { limit: 'auto', auto: { floor: 20, ceiling: 160, learn } },
  ]),
  ['auto, 20 to 160, start 40', { limit: 'auto', auto: { floor: 20, ceiling: 160, start: 40 } }],
];
const ATTACKS = ['fast', 'middling', 'slow', 'crawling', 'taken over', 'ramp'];

const streams = seeds.map(stream);
console.log(
  `seeds ${seeds.join(', ')}: ${streams.map(({ length }) => length).join(', ')} Events, ${days} days, ${GOOD_SOURCES} good sources`,
);
console.log(`| limit | false alarms a day: before the drift | in its week | after it | good sources told of | ${ATTACKS.join(' | ')} |`);
console.log(`|${'---|'.repeat(5 + ATTACKS.length)}`);
for (const [name, limit] of LIMITS) {
  const runs = streams.map((all) => alertsOf(limit, all));
  const alerts = runs.flat();
  const dayOf = ({ time }: Alert): number => (time / 1e6 - START) / DAY;
  const isFalse = ({ subject }: Alert): boolean => subject.value.startsWith('good');
  const rate = (from: number, to: number): string =>
    (alerts.filter((a) => isFalse(a) && dayOf(a) >= from && dayOf(a) < to).length / ((to - from) * seeds.length)).toFixed(1);
  const told = runs.map((run) => new Set(run.filter(isFalse).map(({ subject }) => subject.value)).size);
  const found = ATTACKS.map((attack) => {
    // What a phone that is taken over does before is no attack.
    const days = runs
      .flatMap((run) => run.find((a) => a.subject.value === attack && (attack !== 'taken over' || dayOf(a) >= 10)) ?? [])
      .map(dayOf);
    return days.length === 0 ? '–' : `${days.length} of ${seeds.length}${attack === 'ramp' ? `, day ${Math.max(...days).toFixed(1)}` : ''}`;
  });
  const cells = [
    name,
    rate(0, DRIFT_FROM),
    rate(DRIFT_FROM, DRIFT_FROM + 7),
    rate(DRIFT_FROM + 7, days),
    `${told.join(', ')} of ${GOOD_SOURCES}`,
  ];
  console.log(`| ${[...cells, ...found].join(' | ')} |`);
}
