/** Every detector that `ringfence eval` knows. */
import { paper002 } from './baselines/paper002.ts';
import { paper003, paper003Shipped } from './baselines/paper003.ts';
import { paper004 } from './baselines/paper004.ts';
import type { Detector } from './detector.ts';
import { ringfence } from './ringfence.ts';

/** Ringfence first, then those it is measured against. */
export function allDetectors(): Detector[] {
  return [ringfence(), paper002, paper003, paper003Shipped, paper004];
}
