/** Credentials were refused, or accepted after refusals (C-03). */
import { LONGEST_TEXT } from '../bytes.ts';

import { readGuess } from '../decode/guess.ts';
import type { EventData } from '../events.ts';
import type { Attempt } from '../track/authentication.ts';
import { FAILED, type Observation } from '../track/observation.ts';
import { hasteBefore } from '../track/pace.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const FAILURE = typeIndex('auth.failed');
const ACCEPTANCE = typeIndex('auth.accepted');

/** Emits `auth.failed` and `auth.accepted`. */
export function detectCredentials(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  const { outcome, attempt, others } = o;
  if (outcome === FAILED) {
    if (attempt === undefined || !emitter.wants(FAILURE)) return;
    const data = dataOf(o, attempt, tracker, now);
    emitter.emit('auth.failed', FAILURE, sceneOf(o, `${data.user}@${data.realm}`), data);
  } else if (((attempt !== undefined && attempt.refusals > 0) || others > 0) && emitter.wants(ACCEPTANCE)) {
    const data = dataOf(o, attempt, tracker, now);
    emitter.emit('auth.accepted', ACCEPTANCE, sceneOf(o, `${data.user}@${data.realm}`), { ...data, others });
  }
}

function dataOf(o: Observation, attempt: Attempt | undefined, tracker: Tracker, now: number): EventData<'auth.failed'> {
  const { message: m, client, server, slot } = o;
  return {
    method: methodOf(m),
    status: m.status,
    user: tracker.transactions.userOf(slot),
    realm: tracker.transactions.realmOf(slot),
    userAgent: tracker.peers.agent(client, server, now),
    refusals: attempt === undefined ? 0 : attempt.refusals,
    guess: readGuess(m.bytes, m.from.tag).slice(0, LONGEST_TEXT),
    steady: attempt !== undefined && o.outcome === FAILED ? attempt.steady : 0,
    hasty: attempt === undefined ? 0 : hasteBefore(attempt, o),
    trusted: o.trusted,
    direction: 'both',
  };
}
