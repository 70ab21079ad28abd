/** Credentials were sent again from another address. */
import { addressText } from '../bytes.ts';
import { accountOf } from '../track/authentication.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const TYPE = typeIndex('credentials.replayed');

/** Emits `credentials.replayed`. */
export function detectReplay(o: Observation, tracker: Tracker, emitter: Emitter): void {
  if (!emitter.wants(TYPE)) return;
  const { message: m } = o;
  const data = {
    method: methodOf(m),
    first: addressText(tracker.replays.first),
    contacts: m.contactCount,
    uncounted: m.credentials.qop.start < 0,
  };
  emitter.emit('credentials.replayed', TYPE, sceneOf(o, accountOf(o.message)), data);
}
