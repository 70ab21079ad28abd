/** A registrar confirmed that bindings were added, refreshed or removed. */
import { keptText } from '../bytes.ts';
import { accountOf } from '../track/authentication.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { sceneOf } from './scene.ts';

const TYPE = typeIndex('registration.changed');

/** Emits `registration.changed`. */
export function detectBinding(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  if (o.binding === undefined || !emitter.wants(TYPE)) return;
  const { message: m, binding } = o;
  const scene = sceneOf(o, accountOf(m));
  const { span } = m.contact.uri;
  emitter.emit('registration.changed', TYPE, scene, {
    change: o.change,
    contact: m.contactStar ? '*' : keptText(m.bytes, span.start, span.end),
    expires: binding.expires,
    bindings: binding.bindings,
    userAgent: tracker.peers.agent(scene.src, scene.dst, now),
  });
}
