/** Sums the scores of runs into the tables of one detector. */
import type { AttackId } from '../lab/record/folder.ts';
import { type AttackClass, CLASSES } from '../src/types.ts';
import { BANDS, type SliceTally, type Tally } from './blame.ts';
import type { CampaignScore, FalseAlarm, RunScore } from './score.ts';
import { bootstrap, type Interval, poissonUpper, proportionLower, quantile } from './statistics.ts';

/** µs of a day. */
const DAY = 86_400_000_000;

/** True of a benign run that is a day or a good part of one, with a day's mix. */
export function isDay({ run }: RunScore): boolean {
  return run.kind === 'benign' && run.duration >= DAY / 2;
}

/** A share of campaigns with what is sure of it. */
export interface Share {
  readonly hits: number;
  readonly of: number;
  /** NaN if there is nothing to share. */
  readonly value: number;
  /** One-sided 95 % lower bound (Clopper and Pearson). */
  readonly lower: number;
  /** Bootstrap over runs, 95 %. */
  readonly interval?: Interval;
}

/** Median and 95th percentile; NaN of nothing. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
}

/** One attack at one strength, or at all of them. */
export interface AttackRow {
  readonly attack: AttackId;
  /** Empty: all. */
  readonly intensity: string;
  readonly runs: number;
  /** Campaigns told with a right class, and told with any. */
  readonly recall: Share;
  readonly found: Share;
  /** Of the alarms in these runs: rightly told; and neither an attack nor rightly blamed. */
  readonly precision: number;
  readonly discoveryRate: number;
  readonly falseAlarms: number;
  readonly victims: number;
  /** µs and labelled packets from the first labelled packet to the first right alarm. */
  readonly delay: Spread;
  readonly packets: Spread;
  readonly alarmsPerCampaign: number;
  readonly messages: Tally;
  readonly slices: SliceTally;
}

/** What benign runs cost. Rates are NaN without runs to count them on. */
export interface BenignRow {
  readonly runs: number;
  /** Simulated days of the runs of half a day or more: shorter ones try one hard case, and a day is not made of these. */
  readonly days: number;
  /** False alarms on these, and on the shorter ones. */
  readonly dayAlarms: number;
  readonly shortAlarms: number;
  readonly calls: number;
  readonly sipMessages: number;
  readonly falseAlarms: number;
  readonly perDay: Rate;
  readonly perTenThousandCalls: Rate;
  readonly messages: Tally;
  readonly slices: SliceTally;
  /** Slices of days blamed, with the 95 % upper bound. */
  readonly sliceRate: Rate;
}

/** A rate with its one-sided 95 % Poisson upper bound and the bootstrap over runs. */
export interface Rate {
  readonly value: number;
  readonly upper: number;
  readonly interval?: Interval;
}

/** False alarms of one kind. */
export interface Nuisance {
  readonly text: string;
  readonly class: AttackClass;
  readonly benign: number;
  readonly attack: number;
  /** Run in which it came first. */
  readonly example: string;
}

/** A campaign that was missed or told with a wrong class. */
export interface Failure {
  readonly run: string;
  readonly campaign: CampaignScore;
}

/** Everything of one detector. */
export interface Summary {
  readonly total: AttackRow | undefined;
  readonly attacks: readonly AttackRow[];
  readonly benign: BenignRow;
  /** Attack, class told (best alarm of each campaign) or empty for none, campaigns. */
  readonly confusion: readonly (readonly [attack: AttackId, told: AttackClass | '', count: number])[];
  /** Over the classes that campaigns had, none included as a told class: E0-5. */
  readonly macroF1: number;
  readonly breaches: { readonly truly: number; readonly told: number; readonly falsely: number };
  readonly nuisances: readonly Nuisance[];
  readonly victims: readonly (FalseAlarm & { readonly run: string })[];
  readonly failures: readonly Failure[];
  /** µs of the detector's time per SIP message of what it read; NaN if it read none. */
  readonly cost: number;
}

/** Sums up. @param scores of one detector, one per run. */
export function summarize(scores: readonly RunScore[]): Summary {
  const all = scores.filter(({ campaigns }) => campaigns.length > 0);
  const attacks = [...new Set(all.flatMap(({ campaigns }) => campaigns.map(({ attack }) => attack)))].sort();
  const messages = sum(scores.map(({ run }) => run.sipMessages));
  return {
    total: all.length === 0 ? undefined : rowOf('A0', '', all),
    attacks: attacks.flatMap((attack) =>
      rowsOf(
        attack,
        only(all, (campaign) => campaign.attack === attack),
      ),
    ),
    benign: benignRow(scores.filter(({ run }) => run.kind === 'benign')),
    confusion: confusionOf(scores),
    macroF1: macroF1(scores),
    breaches: breachesOf(scores),
    nuisances: nuisancesOf(scores),
    victims: scores.flatMap(({ run, victims }) => victims.map((alarm) => ({ ...alarm, run: run.name }))),
    failures: scores.flatMap(({ run, campaigns }) =>
      campaigns.filter(({ right }) => right === undefined).map((campaign) => ({ run: run.name, campaign })),
    ),
    cost: messages === 0 ? Number.NaN : (sum(scores.map(({ seconds }) => seconds)) * 1e6) / messages,
  };
}

/** The runs that have such campaigns, with those alone. What a run's alarms were worth stays that of the whole run. */
export function only(scores: readonly RunScore[], holds: (campaign: CampaignScore) => boolean): RunScore[] {
  return scores.flatMap((score) => {
    const campaigns = score.campaigns.filter(holds);
    return campaigns.length === 0 ? [] : [{ ...score, campaigns }];
  });
}

/** All strengths together, then each if there are several. */
function rowsOf(attack: AttackId, scores: readonly RunScore[]): AttackRow[] {
  const strengths = [...new Set(scores.flatMap(({ campaigns }) => campaigns.map(({ intensity }) => intensity)))];
  const sorted = strengths.toSorted((a, b) => Number.parseFloat(a) - Number.parseFloat(b) || (a < b ? -1 : 1));
  const single = sorted.map((each) =>
    rowOf(
      attack,
      each,
      only(scores, ({ intensity }) => intensity === each),
    ),
  );
  return single.length === 1 ? single : [rowOf(attack, '', scores), ...single];
}

function rowOf(attack: AttackId, intensity: string, scores: readonly RunScore[]): AttackRow {
  const campaigns = scores.flatMap((score) => score.campaigns);
  const alarms = sum(scores.map(({ right, wrongClass, victims, falseAlarms }) => right + wrongClass + victims.length + falseAlarms.length));
  const falseAlarms = sum(scores.map((score) => score.falseAlarms.length));
  const victims = sum(scores.map((score) => score.victims.length));
  const told = campaigns.flatMap(({ right }) => (right === undefined ? [] : [right]));
  return {
    attack,
    intensity,
    runs: scores.length,
    recall: share(scores, ({ right }) => right !== undefined),
    found: share(scores, ({ found }) => found !== undefined),
    precision: sum(scores.map(({ right }) => right)) / alarms,
    discoveryRate: (falseAlarms + victims) / alarms,
    falseAlarms,
    victims,
    delay: spread(told.map(({ delay }) => delay)),
    packets: spread(told.map(({ packets }) => packets)),
    alarmsPerCampaign: sum(campaigns.map(({ findings }) => findings)) / campaigns.length,
    messages: tally(scores.map((score) => score.messages)),
    slices: sliceTally(scores.map((score) => score.slices)),
  };
}

/** Share of the campaigns of these runs for which something holds. */
export function share(scores: readonly RunScore[], holds: (campaign: CampaignScore) => boolean): Share {
  const runs = scores.map(({ campaigns }) => ({ of: campaigns.length, hits: campaigns.filter(holds).length }));
  const hits = sum(runs.map((run) => run.hits));
  const of = sum(runs.map((run) => run.of));
  const ratio = (sample: readonly (typeof runs)[number][]): number => sum(sample.map((run) => run.hits)) / sum(sample.map((run) => run.of));
  const interval = bootstrap(runs, ratio);
  return { hits, of, value: hits / of, lower: proportionLower(hits, of), ...(interval === undefined ? {} : { interval }) };
}

function benignRow(scores: readonly RunScore[]): BenignRow {
  const alarms = scores.map(({ falseAlarms }) => falseAlarms.length);
  const long = scores.filter(isDay);
  const days = long.map(({ run }) => run.duration / DAY);
  const dayAlarms = long.map(({ falseAlarms }) => falseAlarms.length);
  const calls = scores.map(({ run }) => run.calls);
  const slices = sliceTally(scores.map((score) => score.slices));
  return {
    runs: scores.length,
    days: sum(days),
    dayAlarms: sum(dayAlarms),
    shortAlarms: sum(alarms) - sum(dayAlarms),
    calls: sum(calls),
    sipMessages: sum(scores.map(({ run }) => run.sipMessages)),
    falseAlarms: sum(alarms),
    perDay: rate(dayAlarms, days),
    perTenThousandCalls: rate(
      alarms,
      calls.map((count) => count / 10_000),
    ),
    messages: tally(scores.map((score) => score.messages)),
    slices,
    sliceRate: rate(
      long.map((score) => score.slices.falseHits),
      long.map((score) => score.slices.falseHits + score.slices.rest),
    ),
  };
}

/** Events per unit of exposure, over runs. */
export function rate(events: readonly number[], exposure: readonly number[]): Rate {
  const pairs = events.map((count, i) => ({ count, exposure: exposure[i] ?? 0 }));
  const ratio = (sample: readonly (typeof pairs)[number][]): number =>
    sum(sample.map((each) => each.count)) / sum(sample.map((each) => each.exposure));
  const interval = bootstrap(pairs, ratio);
  const total = sum(exposure);
  const value = total === 0 ? Number.NaN : sum(events) / total;
  const upper = total === 0 ? Number.NaN : poissonUpper(sum(events)) / total;
  return { value, upper, ...(interval === undefined ? {} : { interval }) };
}

/** The class of a campaign's best alarm; empty: none. */
function toldClass({ right, found }: CampaignScore): AttackClass | '' {
  return right?.class ?? found?.class ?? '';
}

function confusionOf(scores: readonly RunScore[]): Summary['confusion'] {
  const campaigns = scores.flatMap((score) => score.campaigns);
  const cells = Map.groupBy(campaigns, (campaign) => `${campaign.attack}\0${toldClass(campaign)}`);
  const list = [...cells.values()].map((own): Summary['confusion'][number] => [own[0]!.attack, toldClass(own[0]!), own.length]);
  return list.toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));
}

/** A class that a campaign was told with wrongly; the right one that blames a victim is no class told. */
function wrongly({ found, expected }: CampaignScore): AttackClass | '' {
  return found === undefined || found.class === expected ? '' : found.class;
}

/** A campaign that is told with any class it may have counts for the first of these. */
function macroF1(scores: readonly RunScore[]): number {
  const campaigns = scores.flatMap((score) => score.campaigns);
  const pairs = campaigns.map((campaign) => ({
    expected: campaign.expected,
    told: campaign.right === undefined ? wrongly(campaign) : campaign.expected,
  }));
  const present = CLASSES.filter((kind) => pairs.some(({ expected }) => expected === kind));
  const values = present.map((kind) => {
    const hits = pairs.filter(({ expected, told }) => expected === kind && told === kind).length;
    const either = pairs.filter(({ expected }) => expected === kind).length + pairs.filter(({ told }) => told === kind).length;
    return (2 * hits) / either;
  });
  return sum(values) / values.length;
}

function breachesOf(scores: readonly RunScore[]): Summary['breaches'] {
  const all = scores.flatMap((score) => score.campaigns.map(({ breach }) => breach));
  const truly = all.filter((each) => each.truly);
  return {
    truly: truly.length,
    told: truly.filter((each) => each.told).length,
    falsely: all.filter((each) => each.told && !each.truly).length,
  };
}

function nuisancesOf(scores: readonly RunScore[]): Nuisance[] {
  const all = scores.flatMap(({ run, falseAlarms }) => falseAlarms.map((alarm) => ({ alarm, run })));
  const kinds = Map.groupBy(all, ({ alarm }) => alarm.text);
  const list = [...kinds].map(([text, own]): Nuisance => {
    const benign = own.filter(({ run }) => run.kind === 'benign').length;
    return { text, class: own[0]!.alarm.class, benign, attack: own.length - benign, example: own[0]!.run.name };
  });
  return list.toSorted((a, b) => b.benign - a.benign || b.attack - a.attack || (a.text < b.text ? -1 : 1));
}

function spread(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), p95: quantile(values, 0.95) };
}

/** Sum of numbers. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function tally(list: readonly Tally[]): Tally {
  const of = (field: keyof Tally): number => sum(list.map((each) => each[field]));
  return { hits: of('hits'), falseHits: of('falseHits'), misses: of('misses'), rest: of('rest') };
}

function sliceTally(list: readonly SliceTally[]): SliceTally {
  const bands = BANDS.map((_, i) => ({
    slices: sum(list.map((each) => each.bands[i]?.slices ?? 0)),
    hits: sum(list.map((each) => each.bands[i]?.hits ?? 0)),
  }));
  return { ...tally(list), bands };
}
