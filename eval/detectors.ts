/** Every detector that `ringfence eval` knows. */
import { BASELINES } from './baselines/baselines.ts';
import type { Detector } from './detector.ts';
import { ringfence } from './ringfence.ts';

/** Ringfence first, then those it is measured against. */
export function allDetectors(): Detector[] {
  return [ringfence(), ...BASELINES];
}
