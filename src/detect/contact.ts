/** A client sent a request to an address it had nothing to do with for an hour. */
import type { SeenRequest } from '../track/sightings.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';

const TYPE = typeIndex('target.contacted');

/** Emits `target.contacted`, two seconds later, when who could answer has answered; its time is that of the request. */
export function detectContact(request: SeenRequest, tracker: Tracker, emitter: Emitter, now: number): void {
  if (!emitter.wants(TYPE)) return;
  const { slot, sighting, client: src, server: dst, hop } = request;
  const { time, attributed, file, frame } = sighting;
  const { serves, asked, heard, registrar } = tracker.peers.peer(src, now);
  const scene = { time, src, dst, attributed, hop, callId: tracker.contacts.callIdOf(slot), account: '', file, frame };
  emitter.emit('target.contacted', TYPE, scene, {
    method: tracker.contacts.methodOf(slot),
    userAgent: tracker.peers.agent(src, dst, now),
    serves,
    asked,
    heard,
    registrar,
    known: tracker.peers.known(src, dst, now),
  });
}
