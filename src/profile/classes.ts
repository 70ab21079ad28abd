/**
 * Classes of accounts (S1-51): k-means over what is usual of each (Lloyd 1982, begun as k-means++, Arthur and Vassilvitskii 2007), so that
 * accounts that live like a known machine can be told. A seed in place of chance: the same accounts give the same classes.
 */

/** Rounds after which it is good enough; most runs settle in ten. */
const ROUNDS = 20;

/** Class of each point, from 0; all points have the same length. At most `count` classes, fewer if there are fewer different points. */
export function classesOf(points: readonly Float32Array[], count: number): Int32Array {
  const found = new Int32Array(points.length);
  if (points.length === 0) return found;
  const centres = begin(points, count);
  for (let round = 0; round < ROUNDS; round++) {
    if (!assign(points, centres, found) && round > 0) break;
    centres.forEach((centre, i) => {
      move(centre, i, points, found);
    });
  }
  return found;
}

/** First centres: points, each drawn with a chance that grows with its squared distance to those before. */
function begin(points: readonly Float32Array[], count: number): Float32Array[] {
  const centres = [points[0]!.slice()];
  const nearest = new Float64Array(points.length).fill(Number.POSITIVE_INFINITY);
  let state = 1;
  while (centres.length < count) {
    let sum = 0;
    for (let i = 0; i < points.length; i++) {
      nearest[i] = Math.min(nearest[i]!, squared(points[i]!, centres.at(-1)!));
      sum += nearest[i]!;
    }
    if (sum === 0) break;
    // A multiplicative generator (Park and Miller 1988): all that is asked of it is to be even.
    state = (state * 48_271) % 2_147_483_647;
    centres.push(points[drawn(nearest, (sum * state) / 2_147_483_647)]!.slice());
  }
  return centres;
}

function drawn(weights: Float64Array, target: number): number {
  let left = target;
  let i = 0;
  while (i < weights.length - 1 && left >= weights[i]!) left -= weights[i++]!;
  return i;
}

/** Puts each point into the class of the nearest centre; true if one changed its class. */
function assign(points: readonly Float32Array[], centres: readonly Float32Array[], found: Int32Array): boolean {
  let changed = false;
  for (let i = 0; i < points.length; i++) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < centres.length; c++) {
      const distance = squared(points[i]!, centres[c]!);
      if (distance < least) {
        least = distance;
        best = c;
      }
    }
    changed ||= found[i] !== best;
    found[i] = best;
  }
  return changed;
}

/** Moves a centre into the middle of its points; one that has none stays. */
function move(centre: Float32Array, index: number, points: readonly Float32Array[], found: Int32Array): void {
  const members = points.filter((_, i) => found[i] === index);
  if (members.length === 0) return;
  centre.fill(0);
  for (const member of members) for (let i = 0; i < centre.length; i++) centre[i]! += member[i]! / members.length;
}

function squared(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
