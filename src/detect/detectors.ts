/** All detectors, and the Observations each is called for. */
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { detectBinding } from './binding.ts';
import { detectCredentials } from './credentials.ts';
import type { Emitter } from './emitter.ts';
import { detectOddity } from './oddity.ts';
import { detectProbe } from './probe.ts';

/** Calls the detectors filed under what this Observation is. */
export function detect(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  // The same request one hop earlier is what counts.
  if (o.copy) return;
  if (o.message.oddityCount > 0) detectOddity(o, emitter);
  if (!o.concluded) return;
  detectProbe(o, tracker, emitter, now);
  detectCredentials(o, tracker, emitter, now);
  detectBinding(o, tracker, emitter, now);
}
