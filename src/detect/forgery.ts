/** Evidence that a message inside a call is not of the party in whose name it speaks. */
import { ENDPOINT, keptText, NO_ENDPOINT } from '../bytes.ts';
import { METHODS } from '../decode/message.ts';
import { SIDE_NAMES } from '../track/calls/dialogstate.ts';
import { ANSWERED_AFTER, EVIDENCE_NAMES } from '../track/calls/forgeries.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, senderScene } from './scene.ts';

const TYPE = typeIndex('dialog.forged');

/**
 * Emits `dialog.forged` for a message that shows it itself. It has a source only where that is no address of a party. Its status is that of
 * the forged answer, also where a later one shows it.
 */
export function detectForgery(o: Observation, tracker: Tracker, emitter: Emitter): void {
  if (!emitter.wants(TYPE)) return;
  const scene = senderScene(o);
  const known = o.fromParty ? { ...scene, src: NO_ENDPOINT, hop: NO_ENDPOINT } : scene;
  emitter.emit('dialog.forged', TYPE, known, {
    evidence: EVIDENCE_NAMES[o.forgery]!,
    method: methodOf(o.message),
    status: o.forgery === ANSWERED_AFTER && o.call !== undefined ? o.call.signs.refusal : o.message.status,
    side: SIDE_NAMES[o.side]!,
    media: o.call !== undefined && heard(o.call.slot, o.call.generation, tracker),
  });
}

/** Emits it for a message from a new place, once time has shown what it was; its time and frame are those of the message. */
export function detectForgeryLapse(slot: number, evidence: number, tracker: Tracker, emitter: Emitter): void {
  if (!emitter.wants(TYPE)) return;
  const { forgeries, calls } = tracker;
  const suspect = forgeries.suspects.at(slot);
  const src = new Uint8Array(ENDPOINT);
  const dst = new Uint8Array(ENDPOINT);
  forgeries.endpoints(slot, src, dst);
  const id = calls.table.generation(suspect.call) === suspect.callGeneration ? calls.table.keyAt(suspect.call) : undefined;
  const callId = id === undefined ? '' : keptText(id, 0, id.length);
  const scene = { time: suspect.time, src, dst, callId, account: '', file: suspect.file, frame: suspect.frame };
  emitter.emit('dialog.forged', TYPE, scene, {
    evidence: EVIDENCE_NAMES[evidence]!,
    method: METHODS[suspect.method]!,
    status: 0,
    side: SIDE_NAMES[suspect.side]!,
    media: heard(suspect.call, suspect.callGeneration, tracker),
  });
}

/** Any media of a call was captured. */
function heard(call: number, generation: number, { media: { ofCalls } }: Tracker): boolean {
  return ofCalls.holds(call, generation) && ofCalls.streamsKept(call) > 0;
}
