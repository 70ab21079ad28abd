/** All detectors, and the Observations each is called for. */
import { NONE, type Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { detectBinding } from './binding.ts';
import { detectContact } from './contact.ts';
import { detectCredentials } from './credentials.ts';
import type { Emitter } from './emitter.ts';
import { detectLone } from './lone.ts';
import { detectOddity } from './oddity.ts';
import { detectProbe } from './probe.ts';
import { detectTakeover } from './takeover.ts';
import { detectUnheard } from './unheard.ts';

function detectInferred(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  if (o.message.isRequest) detectUnheard(o, tracker, emitter, now);
  else detectLone(o, tracker, emitter);
}

/** Calls the detectors filed under what this Observation is. */
export function detect(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  if (o.message.oddityCount > 0) detectOddity(o, emitter);
  if (o.initial) detectContact(o, tracker, emitter, now);
  if (o.inferred !== NONE) detectInferred(o, tracker, emitter, now);
  if (!o.concluded) return;
  detectProbe(o, tracker, emitter, now);
  detectCredentials(o, tracker, emitter, now);
  detectBinding(o, tracker, emitter, now);
  detectTakeover(o, tracker, emitter, now);
}
