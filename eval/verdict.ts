/** Holds the scores of Ringfence against what is required of it: met or missed, row by row. */
import { type GlobalMeasure, REQUIRED, REQUIRED_GLOBALS, type Required, type RequiredGlobal, requiredFor } from './required.ts';
import type { CampaignScore, RunScore } from './score.ts';
import { poissonUpper, quantile } from './statistics.ts';
import { isDay, only, type Share, type Summary, share, sum } from './summary.ts';

/** Runs below which a row says nothing for sure (G5). */
export const ENOUGH_RUNS = 10;

/**
 * `few`: met, but in fewer runs than G5 wants; `undecided`: the rate is low enough, the data too little for its bound;
 * `unmeasured`: no run of the set speaks of it.
 */
export type Verdict = 'met' | 'few' | 'undecided' | 'missed' | 'unmeasured';

/** One row of the table of requirements, judged. */
export interface Judged {
  readonly required: Required;
  readonly runs: number;
  /** Strengths of the runs that it was judged by. */
  readonly intensities: readonly string[];
  /** Campaigns told rightly and in time. */
  readonly inTime: Share;
  /** Told rightly, whenever. */
  readonly recall: Share;
  /** Median µs to the first right alarm. */
  readonly delay: number;
  readonly verdict: Verdict;
}

/** A bound over everything, judged. */
export interface JudgedGlobal {
  readonly required: RequiredGlobal;
  readonly value: number;
  readonly verdict: Verdict;
}

/** Judges all rows. @param scores of Ringfence, one per run. */
export function judgeAttacks(scores: readonly RunScore[]): Judged[] {
  return REQUIRED.map((required) => judge(required, scores));
}

function judge(required: Required, scores: readonly RunScore[]): Judged {
  const own = only(scores, ({ attack, intensity }) => requiredFor(attack, intensity) === required);
  const inTime = share(own, (campaign) => isInTime(campaign, required));
  const campaigns = own.flatMap((score) => score.campaigns);
  return {
    required,
    runs: own.length,
    intensities: [...new Set(campaigns.map(({ intensity }) => intensity))],
    inTime,
    recall: share(own, ({ right }) => right !== undefined),
    delay: quantile(
      campaigns.flatMap(({ right }) => (right === undefined ? [] : [right.delay])),
      0.5,
    ),
    verdict: verdictOf(inTime.value >= required.recall, own.length),
  };
}

function verdictOf(isMet: boolean, runs: number): Verdict {
  if (runs === 0) return 'unmeasured';
  if (!isMet) return 'missed';
  return runs < ENOUGH_RUNS ? 'few' : 'met';
}

function isInTime({ right }: CampaignScore, { delay, packets = Number.POSITIVE_INFINITY }: Required): boolean {
  return right !== undefined && right.delay <= delay * 1e6 && right.packets <= packets;
}

/**
 * Judges the bounds over everything.
 * @param rival scores of paper 002's rules on the same runs, empty if they did not run.
 */
export function judgeGlobals(scores: readonly RunScore[], summary: Summary, rival: readonly RunScore[] = []): JudgedGlobal[] {
  const measures = { ...globals(scores, summary), addressRule: besideAddressRule(scores, rival) };
  return REQUIRED_GLOBALS.map((required) => {
    const { value, runs, seen = value } = measures[required.measure];
    const { most = Number.POSITIVE_INFINITY, least = Number.NEGATIVE_INFINITY } = required;
    if (seen <= most && value > most) return { required, value, verdict: 'undecided' };
    const isMeasured = !Number.isNaN(value);
    return { required, value, verdict: verdictOf(value <= most && value >= least, isMeasured ? runs : 0) };
  });
}

interface Measured {
  /** NaN: nothing to measure. */
  readonly value: number;
  readonly runs: number;
  /** What was seen, where `value` is the bound on it. */
  readonly seen?: number;
}

function globals(scores: readonly RunScore[], summary: Summary): Record<Exclude<GlobalMeasure, 'addressRule'>, Measured> {
  const { benign, breaches } = summary;
  const calm = scores.filter(({ run }) => run.kind === 'benign');
  const days = calm.filter(isDay);
  const attacks = scores.length - calm.length;
  const alarms = sum(scores.map(({ right, wrongClass, victims, falseAlarms }) => right + wrongClass + victims.length + falseAlarms.length));
  const wrong = sum(scores.map(({ victims, falseAlarms }) => victims.length + falseAlarms.length));
  const ofClass = (kind: string): number =>
    days.length === 0 ? Number.NaN : sum(days.map(({ falseAlarms }) => falseAlarms.filter((alarm) => alarm.class === kind).length));
  const spit = scores.filter(({ run }) => run.attack === 'A29');
  const broken = scores.filter(({ campaigns }) => campaigns.some(({ breach }) => breach.truly)).length;
  return {
    falseAlarmsPerDay: { value: benign.perDay.upper, seen: benign.perDay.value, runs: days.length },
    spitAlarmsPerDay: { value: poissonUpper(ofClass('spit')) / benign.days, seen: ofClass('spit') / benign.days, runs: days.length },
    teardownAlarms: { value: ofClass('teardown'), runs: days.length },
    discoveryRate: { value: wrong / alarms, runs: scores.length },
    victims: { value: attacks === 0 ? Number.NaN : summary.victims.length, runs: attacks },
    breachRecall: { value: breaches.told / breaches.truly, runs: broken },
    falseBreaches: { value: attacks === 0 ? Number.NaN : breaches.falsely, runs: attacks },
    sliceRate: { value: benign.sliceRate.upper, seen: benign.sliceRate.value, runs: days.length },
    spitSliceF1: { value: sliceF1(spit), runs: spit.length },
    macroF1: { value: summary.macroF1, runs: attacks },
  };
}

/** False alarms on the short benign runs, ours for each of the rival's. */
function besideAddressRule(scores: readonly RunScore[], rival: readonly RunScore[]): Measured {
  const short = (list: readonly RunScore[]): RunScore[] => list.filter((score) => score.run.kind === 'benign' && !isDay(score));
  const alarms = (list: readonly RunScore[]): number => sum(short(list).map(({ falseAlarms }) => falseAlarms.length));
  const theirs = alarms(rival);
  return { value: theirs === 0 ? Number.NaN : alarms(scores) / theirs, runs: short(rival).length };
}

/** F1 over the slices of these runs. */
function sliceF1(scores: readonly RunScore[]): number {
  const hits = sum(scores.map(({ slices }) => slices.hits));
  const wrong = sum(scores.map(({ slices }) => slices.falseHits + slices.misses));
  return (2 * hits) / (2 * hits + wrong);
}
