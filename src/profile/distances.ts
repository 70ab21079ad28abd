/**
 * How far a day is from what is usual (S1-50): the distances of paper 001 over the first `hours` of a histogram, so that a day that is not
 * over can be compared with the same part of other days. Zero: exactly as usual. None has an upper bound but Hellinger's.
 */
import { CELLS, HOURS, type UsualDay } from './histogram.ts';

/** Bins that count as like each other: an hour and its neighbours; what is called at nine today and at ten tomorrow is no news. */
const WIDTH = 3;
/** Variance of the root of a Poisson count, nearly whatever its mean (Anscombe 1948): what is believed of a cell before it is learnt. */
const PRIOR_VARIANCE = 0.25;
/** Days that belief counts for. */
const PRIOR_DAYS = 4;

/** Euclidean distance of the histograms. */
export function euclidean(cells: Float32Array, { mean }: UsualDay, hours: number): number {
  let sum = 0;
  for (let row = 0; row < CELLS; row += HOURS) {
    for (let i = row; i < row + hours; i++) sum += (cells[i]! - mean[i]!) ** 2;
  }
  return Math.sqrt(sum);
}

/**
 * Quadratic-form distance: sqrt((x − m)ᵀ A (x − m)) with A = 1, ⅔, ⅓, 0 for bins of one measure that are 0, 1, 2, more hours apart. A is
 * BᵀB / 3 with a moving sum B over three bins, so it is never negative and costs no matrix.
 */
export function quadratic(cells: Float32Array, { mean }: UsualDay, hours: number): number {
  let sum = 0;
  for (let row = 0; row < CELLS; row += HOURS) {
    let window = 0;
    for (let i = 0; i < hours + WIDTH - 1; i++) {
      if (i < hours) window += cells[row + i]! - mean[row + i]!;
      if (i >= WIDTH) window -= cells[row + i - WIDTH]! - mean[row + i - WIDTH]!;
      sum += window * window;
    }
  }
  return Math.sqrt(sum / WIDTH);
}

/**
 * Mahalanobis distance with a diagonal covariance, by the root of the number of cells of a whole day: about 1 for a usual day, and a part
 * of a day is never further off than the whole. A month has fewer days than a histogram has cells, so a full covariance has no
 * inverse; and each variance is drawn towards that of a Poisson count.
 */
export function mahalanobis(cells: Float32Array, { mean, variance, days }: UsualDay, hours: number): number {
  let sum = 0;
  for (let row = 0; row < CELLS; row += HOURS) {
    for (let i = row; i < row + hours; i++) {
      const spread = (days * variance[i]! + PRIOR_DAYS * PRIOR_VARIANCE) / (days + PRIOR_DAYS);
      sum += (cells[i]! - mean[i]!) ** 2 / spread;
    }
  }
  return Math.sqrt(sum / CELLS);
}
