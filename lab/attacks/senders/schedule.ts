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

/** Offsets in milliseconds of a program's loop: one each `1 / perSecond`, each off by up to `jitter` of that. */
export function regular(random: Random, perSecond: number, seconds: number, jitter = 0.1): number[] {
  const gap = 1000 / perSecond;
  const count = Math.max(1, Math.floor(perSecond * seconds));
  return Array.from({ length: count }, (_, i) => (i + 0.5 + (random.unit() - 0.5) * jitter) * gap);
}

/** One of the two, by chance: half of the attackers are loops, half are not. */
export function drawnPace(random: Random, perSecond: number, seconds: number): number[] {
  return random.chance(0.5) ? arrivals(random, perSecond, seconds) : regular(random, perSecond, seconds, 0.2);
}

/**
 * Seconds for which an attack of that rate is run: long enough for what evaluation.md asks (E0-3: within 20 s at 1/s), short
 * enough for a suite of two hours.
 */
export function lasting(perSecond: number): number {
  if (perSecond < 1) return 30;
  if (perSecond < 2) return 25;
  return perSecond < 5 ? 15 : perSecond <= 100 ? 8 : 5;
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
