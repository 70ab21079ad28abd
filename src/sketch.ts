/**
 * How many different things were seen, in 64 bytes: HyperLogLog (Flajolet et al. 2007) with 64 registers, standard error 13 %.
 * A flood with a million forged sources costs its target no more than that. It lives in bytes of the owner (a table row).
 */

/** Bytes of one sketch. */
export const SKETCH = 64;
/** α₆₄ · m² of the estimate. */
const SCALE = 0.709 * SKETCH * SKETCH;

/** Notes a thing by its 32-bit hash in the sketch at `bytes[at, at + SKETCH)`. */
export function sketchAdd(bytes: Uint8Array, at: number, hash: number): void {
  const i = at + (hash & (SKETCH - 1));
  // Zeros before the first one of the other 26 bits, plus one.
  const rank = Math.clz32(hash >>> 6) - 5;
  if (rank > bytes[i]!) bytes[i] = rank;
}

/** About how many different things the sketches at `a` and `b` hold together. */
export function sketchCount(bytes: Uint8Array, a: number, b: number): number {
  let sum = 0;
  let empty = 0;
  for (let i = 0; i < SKETCH; i++) {
    const rank = Math.max(bytes[a + i]!, bytes[b + i]!);
    if (rank === 0) empty++;
    sum += 2 ** -rank;
  }
  const estimate = SCALE / sum;
  // Few things: counting the empty registers is nearer.
  return Math.round(empty > 0 && estimate <= 2.5 * SKETCH ? SKETCH * Math.log(SKETCH / empty) : estimate);
}
