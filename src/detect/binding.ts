/** A registrar confirmed that bindings were added, refreshed or removed. */
import { addressText, keptText } from '../bytes.ts';
import { accountOf } from '../track/authentication.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { sceneOf } from './scene.ts';

const TYPE = typeIndex('registration.changed');

/** Emits `registration.changed`, once for each binding. */
export function detectBinding(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  if (o.binding === undefined || !emitter.wants(TYPE)) return;
  const { message: m, binding } = o;
  const { changes, changed } = tracker.registrations;
  const scene = sceneOf(o, accountOf(m));
  for (let i = 0; i < changed; i++) {
    const { change, bytes, start, end, expires, seized, owner } = changes[i]!;
    emitter.emit('registration.changed', TYPE, scene, {
      change,
      contact: keptText(bytes, start, end),
      expires,
      bindings: binding.bindings,
      owner: seized ? addressText(owner) : '',
      userAgent: tracker.peers.agent(scene.src, scene.dst, now),
    });
  }
}
