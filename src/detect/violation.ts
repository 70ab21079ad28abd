/** A message does not fit the state of its dialog, or comes from someone who had no part in it. */
import { addressText, ENDPOINT } from '../bytes.ts';
import { CALLEE, CALLER, expectedStates, SIDE_NAMES, surveillance } from '../track/calls/dialogstate.ts';
import { VIOLATION_NAMES } from '../track/calls/violations.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, senderScene } from './scene.ts';

const TYPE = typeIndex('dialog.violated');

/** Emits `dialog.violated`. Its source is who sent this very message, also if it is an answer. */
export function detectViolation(o: Observation, tracker: Tracker, emitter: Emitter): void {
  if (!emitter.wants(TYPE)) return;
  const { message: m, packet, dialog, call } = o;
  const scene = senderScene(o);
  emitter.emit('dialog.violated', TYPE, scene, {
    what: VIOLATION_NAMES[o.violation]!,
    method: methodOf(m),
    status: m.status,
    state: surveillance(dialog),
    expected: expectedStates(m.isRequest ? m.method : m.cseqMethod).join(' or '),
    side: SIDE_NAMES[o.side]!,
    fromParty: o.fromParty,
    party: partyOf(o, tracker),
    age: call === undefined ? 0 : Math.max(0, packet.time - call.start) / 1e6,
  });
}

function partyOf({ call, side }: Observation, tracker: Tracker): string {
  const src = new Uint8Array(ENDPOINT);
  const dst = new Uint8Array(ENDPOINT);
  if (call === undefined || !tracker.calls.endpoints(call.slot, src, dst)) return '';
  return side === CALLER ? addressText(src) : side === CALLEE ? addressText(dst) : '';
}
