/** A client sends a request to an address it had nothing to do with for an hour. */
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const TYPE = typeIndex('target.contacted');

/** Emits `target.contacted`. */
export function detectContact(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  if (!o.stranger || !emitter.wants(TYPE)) return;
  const { client: src, server: dst } = o;
  const { serves, asked, heard } = tracker.peers.peer(src, now);
  emitter.emit('target.contacted', TYPE, sceneOf(o, ''), {
    method: methodOf(o.message),
    userAgent: tracker.peers.agent(src, dst, now),
    serves,
    asked,
    heard,
    known: tracker.peers.known(src, dst, now),
  });
}
