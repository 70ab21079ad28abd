/** An INVITE is repeated with another body. */
import { keptText } from '../bytes.ts';
import { INVITE } from '../decode/message.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { sceneOf } from './scene.ts';

const TYPE = typeIndex('offer.changed');

/** Emits `offer.changed`. */
export function detectOffer(o: Observation, tracker: Tracker, emitter: Emitter): void {
  const { message: m } = o;
  if (!tracker.transactions.offerChanged || !m.isRequest || m.method !== INVITE || !emitter.wants(TYPE)) return;
  emitter.emit('offer.changed', TYPE, sceneOf(o, ''), { userAgent: keptText(m.bytes, m.userAgent.start, m.userAgent.end) });
}
