/** Credentials come without the challenge they answer. */
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const TYPE = typeIndex('credentials.unchallenged');

/** Emits `credentials.unchallenged` with the first final answer. */
export function detectUnchallenged(o: Observation, tracker: Tracker, emitter: Emitter): void {
  const { transaction: t, message: m, slot } = o;
  if (t === undefined || !t.credentials || t.nonce >= 0 || !emitter.wants(TYPE)) return;
  const user = tracker.transactions.userOf(slot);
  const realm = tracker.transactions.realmOf(slot);
  emitter.emit('credentials.unchallenged', TYPE, sceneOf(o, `${user}@${realm}`), {
    method: methodOf(m),
    status: m.status,
    user,
    realm,
    accepted: m.status >= 200 && m.status < 300,
  });
}
