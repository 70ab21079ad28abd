/** Credentials were refused, or accepted after refusals (C-03). */

import { readGuess } from '../decode/guess.ts';
import type { EventData } from '../events.ts';
import { ACCEPTED, FAILED, type Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { agentOf, methodOf, sceneOf } from './scene.ts';

const FAILURE = typeIndex('auth.failed');
const ACCEPTANCE = typeIndex('auth.accepted');

/** Emits `auth.failed` and `auth.accepted`. */
export function detectCredentials(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  const { outcome, attempt } = o;
  if (attempt === undefined) return;
  if (outcome === FAILED && emitter.wants(FAILURE))
    emitter.emit('auth.failed', FAILURE, sceneOf(o, o.transaction!.account), dataOf(o, tracker, now));
  if (outcome === ACCEPTED && attempt.refusals > 0 && emitter.wants(ACCEPTANCE))
    emitter.emit('auth.accepted', ACCEPTANCE, sceneOf(o, o.transaction!.account), dataOf(o, tracker, now));
}

function dataOf(o: Observation, tracker: Tracker, now: number): EventData<'auth.failed'> {
  const t = o.transaction!;
  return {
    method: methodOf(o.message),
    status: o.message.status,
    user: t.user,
    realm: t.realm,
    userAgent: agentOf(tracker.peers.find(t.client, t.server, now)),
    refusals: o.attempt!.refusals,
    guess: readGuess(o.message.bytes, o.message.from.tag),
    trusted: o.attempt!.trusted,
  };
}
