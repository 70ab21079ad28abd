/** The statistics of the evaluation: exact bounds, quantiles and the bootstrap, small and without dependencies. */

/** What is left to chance in a 95 % bound. */
const ALPHA = 0.05;
/** Counts above this take an approximation (Wilson and Hilferty), good to four digits there. */
const MOST_EXACT = 5000;

/** An interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * One-sided 95 % upper bound of a Poisson mean after `count` events (Garwood 1936, half of the chi-square quantile with
 * 2(n + 1) degrees of freedom). Zero events give 2.996: the rule of three.
 */
export function poissonUpper(count: number): number {
  if (count > MOST_EXACT) {
    const n = count + 1;
    return n * (1 - 1 / (9 * n) + 1.6448536269514722 / (3 * Math.sqrt(n))) ** 3;
  }
  return solve((mean) => poissonAtMost(count, mean), ALPHA, 0, count + 20 + 10 * Math.sqrt(count + 1));
}

/** Probability of at most `count` events of a Poisson process with this mean. */
function poissonAtMost(count: number, mean: number): number {
  let log = -mean;
  let sum = Math.exp(log);
  for (let k = 1; k <= count; k++) {
    log += Math.log(mean / k);
    sum += Math.exp(log);
  }
  return sum;
}

/** One-sided 95 % lower bound of a proportion, `hits` of `trials` (Clopper and Pearson 1934); 0 without trials. */
export function proportionLower(hits: number, trials: number): number {
  if (hits === 0 || trials === 0) return 0;
  return solve((p) => 1 - binomialAtLeast(hits, trials, p), 1 - ALPHA, 0, 1);
}

/** Probability of at least `hits` successes in so many trials. */
function binomialAtLeast(hits: number, trials: number, p: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  let log = 0;
  for (let k = 0; k < hits; k++) log += Math.log((trials - k) / (k + 1));
  log += hits * Math.log(p) + (trials - hits) * Math.log1p(-p);
  let sum = 0;
  for (let k = hits; k <= trials; k++) {
    sum += Math.exp(log);
    log += Math.log((trials - k) / (k + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return Math.min(1, sum);
}

/** Where a falling function has this value, between two bounds. */
function solve(falling: (x: number) => number, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (falling(middle) > value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A quantile by the nearest rank: with `share` 0.5 the (lower) median; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Area under the ROC curve: how often one of `high` is above one of `low`, ties by half (Mann and Whitney 1947). NaN of nothing. */
export function auc(high: readonly number[], low: readonly number[]): number {
  const all = [...high.map((value) => ({ value, up: true })), ...low.map((value) => ({ value, up: false }))];
  all.sort((a, b) => a.value - b.value);
  let ranks = 0;
  for (let i = 0; i < all.length; ) {
    let j = i;
    while (j < all.length && all[j]!.value === all[i]!.value) j++;
    // Equal values share the mean of their ranks, which begin at 1.
    for (let k = i; k < j; k++) if (all[k]!.up) ranks += (i + j + 1) / 2;
    i = j;
  }
  return (ranks - (high.length * (high.length + 1)) / 2) / (high.length * low.length);
}

/** Resamples of one bootstrap (evaluation.md G5). */
const RESAMPLES = 1000;

/**
 * Percentile bootstrap, 95 %, of a statistic over runs (never over messages of a run, which hang together).
 * @param statistic of a sample of runs; NaN samples are left out.
 * @param seed of the resampling: the same runs give the same interval.
 * @returns undefined if there are fewer than two runs or the statistic is never defined.
 */
export function bootstrap<T>(runs: readonly T[], statistic: (sample: readonly T[]) => number, seed = 1): Interval | undefined {
  if (runs.length < 2) return undefined;
  const random = generator(seed);
  const values: number[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    const value = statistic(runs.map(() => runs[Math.floor(random() * runs.length)]!));
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length === 0) return undefined;
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

/** Uniform draws in [0, 1): mulberry32. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
