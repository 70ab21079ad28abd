/** When an attacker sends: Poisson arrivals at a given rate, or regular ones with little jitter, and how they are kept. */
import type { Random } from '../../random.ts';
import type { Lab } from '../../scenario.ts';

/** Offsets in milliseconds of Poisson arrivals at `perSecond` over `seconds` (evaluation.md G4); never empty. */
export function arrivals(random: Random, perSecond: number, seconds: number): number[] {
  const mean = 1000 / perSecond;
  const offsets: number[] = [];
  for (let at = random.exponential(mean); at < seconds * 1000; at += random.exponential(mean)) offsets.push(at);
  return offsets.length > 0 ? offsets : [random.unit() * seconds * 1000];
}

/** Offsets in milliseconds of `count` arrivals within `seconds`, as a Poisson process has them if that many come. */
export function spread(random: Random, count: number, seconds: number): number[] {
  return Array.from({ length: count }, () => random.unit() * seconds * 1000).sort((a, b) => a - b);
}

/** Offsets in milliseconds of a program's loop: one each `1 / perSecond`, each off by up to `jitter` of that. */
export function regular(random: Random, perSecond: number, seconds: number, jitter = 0.1): number[] {
  const gap = 1000 / perSecond;
  const count = Math.max(1, Math.round(perSecond * seconds));
  return Array.from({ length: count }, (_, i) => (i + 0.5 + (random.unit() - 0.5) * jitter) * gap);
}

/** `count` offsets at `perSecond`, by chance those of a Poisson process or of a loop: half of the attackers are loops. */
export function drawnPace(random: Random, perSecond: number, count: number): number[] {
  const loop = random.chance(0.5);
  return loop ? regular(random, perSecond, count / perSecond, 0.2) : spread(random, count, count / perSecond);
}

/** Requests of an attack at that rate which lasts as long as `lasting` says. */
export function countAt(perSecond: number): number {
  return Math.max(1, Math.round(perSecond * lasting(perSecond)));
}

/**
 * Seconds for which an attack of that rate is run: long enough for what evaluation.md asks (E0-3: within 20 s at 1/s), short
 * enough for a suite of two hours.
 */
export function lasting(perSecond: number): number {
  if (perSecond < 1) return 30;
  if (perSecond < 2) return 25;
  if (perSecond < 5) return 20;
  return perSecond <= 20 ? 15 : perSecond <= 100 ? 10 : 6;
}

/** Calls `each` at its offset (milliseconds from now), in order; late ones at once. Returns when the last has been called. */
export async function play(lab: Pick<Lab, 'now' | 'sleep'>, offsets: readonly number[], each: (index: number) => void): Promise<void> {
  const start = lab.now();
  for (const [index, offset] of offsets.entries()) {
    const wait = offset - (lab.now() - start) / 1000;
    if (wait > 0.5) await lab.sleep(wait);
    each(index);
  }
}

/**
 * Milliseconds between messages whose gap is stretched afterwards, where a server's nonces matter: it gives all challenges of a
 * second the same one, which must not happen to challenges that lie minutes apart in the recording.
 */
export const OWN_SECOND = 1020;
