/** Everything the lab draws: a seeded generator, so that the same seed gives the same schedule. */

/** Source of random draws; `fork` gives an independent one, so that a new draw in one place changes nothing elsewhere. */
export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform integer from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** Exponential with this mean: the gaps of a Poisson process. */
  exponential(mean: number): number;
  /** Log-normal with this median and standard deviation of the logarithm. */
  logNormal(median: number, sigma: number): number;
  /** A shuffled copy. */
  shuffle<T>(list: readonly T[]): T[];
  /** `length` characters of the alphabet. */
  text(length: number, alphabet?: string): string;
  bytes(length: number): Uint8Array;
  fork(name: string): Random;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A generator (sfc32) seeded by a number and a name. */
export function seeded(seed: number, name = ''): Random {
  const next = generator(mix(`${seed}/${name}`));
  const unit = (): number => next() / 4294967296;
  const integer = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1));
  const pick = <T>(list: readonly T[]): T => {
    const item = list[Math.floor(unit() * list.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
  return {
    unit,
    integer,
    pick,
    chance: (probability) => unit() < probability,
    exponential: (mean) => -mean * Math.log(1 - unit()),
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    shuffle: (list) => {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = integer(0, i);
        [copy[i], copy[j]] = [copy[j]!, copy[i]!];
      }
      return copy;
    },
    text: (length, alphabet = LETTERS) => Array.from({ length }, () => alphabet[integer(0, alphabet.length - 1)]).join(''),
    bytes: (length) => Uint8Array.from({ length }, () => next() & 255),
    fork: (part) => seeded(seed, `${name}/${part}`),
  };
}

/** Four words of state from a text (FNV-1a, run on). */
function mix(text: string): [number, number, number, number] {
  let hash = 2166136261;
  const word = (salt: number): number => {
    hash ^= salt;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
    return hash >>> 0;
  };
  return [word(1), word(2), word(3), word(4)];
}

/** sfc32 (Chris Doty-Humphrey, PractRand): 32 bits at a time. */
function generator([a, b, c, d]: [number, number, number, number]): () => number {
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
