/** All detectors, and the Observations each is called for. */
import type { PlacedCalls } from '../profile/placed.ts';
import { NONE, type Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { detectAlike } from './alike.ts';
import { detectAmbiguity } from './ambiguity.ts';
import { detectBinding } from './binding.ts';
import { detectClient } from './client.ts';
import { detectCnonce } from './cnonce.ts';
import { detectCovert } from './covert.ts';
import { detectCredentials } from './credentials.ts';
import { detectDialling } from './dialling.ts';
import { detectDialog } from './dialog.ts';
import type { Emitter } from './emitter.ts';
import { detectForgery } from './forgery.ts';
import { detectHostile } from './hostile.ts';
import { detectIdentity } from './identity.ts';
import { detectLone } from './lone.ts';
import { detectOddity } from './oddity.ts';
import { detectOffer } from './offer.ts';
import { detectProbe } from './probe.ts';
import { detectReplay } from './replay.ts';
import { detectStray } from './stray.ts';
import { detectTaken } from './taken.ts';
import { detectTakeover } from './takeover.ts';
import { detectToll } from './toll.ts';
import { detectUnchallenged } from './unchallenged.ts';
import { detectUnheard } from './unheard.ts';
import { detectViolation } from './violation.ts';

function detectInferred(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  if (o.message.isRequest) detectUnheard(o, tracker, emitter, now);
  else detectLone(o, tracker, emitter, now);
}

/** Calls the detectors filed under what this Observation is. */
export function detect(o: Observation, tracker: Tracker, placed: PlacedCalls, emitter: Emitter, now: number): void {
  if (tracker.dialogs.changed > 0) detectDialog(o, tracker, emitter);
  if (o.violation > 0) detectViolation(o, tracker, emitter);
  if (o.forgery > 0) detectForgery(o, tracker, emitter);
  if (o.repeated) detectAlike(o, tracker, emitter, now);
  if (o.joined > 0) detectTaken(o, tracker, emitter);
  // The same request one hop earlier is what counts.
  if (o.copy) return;
  if (o.initial && tracker.clients !== undefined) detectClient(o, tracker.clients, emitter, now);
  if (o.message.oddityCount > 0) {
    detectOddity(o, emitter);
    detectHostile(o, emitter);
    detectAmbiguity(o, emitter);
  }
  if (o.initial) {
    detectCovert(o, emitter);
    detectIdentity(o, emitter);
  }
  if (tracker.transactions.offerChanged) detectOffer(o, tracker, emitter);
  if (o.replayed) detectReplay(o, tracker, emitter);
  if (o.message.isRequest && o.message.credentials.cnonce.start >= 0 && !o.retransmission) detectCnonce(o, tracker, emitter, now);
  if (o.abroad !== undefined) detectToll(o, tracker, placed, emitter, now);
  if (o.retried !== undefined) detectDialling(o, emitter, now);
  if (o.inferred !== NONE) detectInferred(o, tracker, emitter, now);
  if (!o.concluded) return;
  if (o.stray >= 0) detectStray(o.stray, tracker, emitter);
  detectUnchallenged(o, tracker, emitter);
  detectProbe(o, tracker, emitter, now);
  detectCredentials(o, tracker, emitter, now);
  detectBinding(o, tracker, emitter, now);
  detectTakeover(o, tracker, emitter, now);
}
