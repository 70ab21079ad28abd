/** A client sent a request to an address it had nothing to do with for an hour. */
import type { SeenRequest } from '../track/sightings.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';

const TYPE = typeIndex('target.contacted');

/** Emits `target.contacted`, two seconds later, when who could answer has answered; its time is that of the request. */
export function detectContact(request: SeenRequest, tracker: Tracker, emitter: Emitter, now: number): void {
  if (!emitter.wants(TYPE)) return;
  const { sighting, client: src, server: dst, hop, method, callId } = request;
  const { time, attributed, file, frame } = sighting;
  const { serves, asked, heard, registrar } = tracker.peers.peer(src, now);
  const scene = { time, src, dst, attributed, hop, callId, account: '', file, frame };
  emitter.emit('target.contacted', TYPE, scene, {
    method,
    userAgent: tracker.peers.agent(src, dst, now),
    serves,
    asked,
    heard,
    registrar,
    known: tracker.peers.known(src, dst, now),
  });
}
