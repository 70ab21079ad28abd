/** Dialogs begin, are confirmed and end, or are not acknowledged. */
import { ENDPOINT, keptText } from '../bytes.ts';
import { BECAME_CONFIRMED, STARTED, UNACKNOWLEDGED } from '../track/calls/dialogs.ts';
import { CALLEE, CALLER, type DialogState, REASON_NAMES } from '../track/calls/dialogstate.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, type Scene, typeIndex } from './emitter.ts';
import { sceneOf } from './scene.ts';

const START = typeIndex('dialog.started');
const CONFIRMATION = typeIndex('dialog.confirmed');
const END = typeIndex('dialog.ended');
const SILENCE = typeIndex('dialog.unacknowledged');

/** Emits what the message of this Observation changed. */
export function detectDialog(o: Observation, tracker: Tracker, emitter: Emitter): void {
  if (!emitter.wants(START) && !emitter.wants(CONFIRMATION) && !emitter.wants(END)) return;
  const { changes, changed } = tracker.dialogs;
  const scene = sceneOf(o, '');
  for (let i = 0; i < changed; i++) emitChange(changes[i]!.kind, changes[i]!.slot, scene, tracker, emitter);
}

/** Emits what time did to a dialog (`kind`: a change as in `dialogs.ts`). Its time is that of the end or of the 2xx. */
export function detectDialogLapse(kind: number, slot: number, tracker: Tracker, emitter: Emitter, now: number): void {
  const type = kind === UNACKNOWLEDGED ? SILENCE : END;
  if (!emitter.wants(type)) return;
  const { dialogs, calls } = tracker;
  const d = dialogs.table.at(slot);
  const src = new Uint8Array(ENDPOINT);
  const dst = new Uint8Array(ENDPOINT);
  if (d.call >= 0 && calls.table.alive(d.call, d.callGeneration, now)) calls.endpoints(d.call, src, dst);
  const key = dialogs.callIdAt(slot);
  const time = kind === UNACKNOWLEDGED ? d.confirmed : d.ended;
  const scene = { time, src, dst, callId: keptText(key, 0, key.length), account: '', file: '', frame: 0 };
  if (kind === UNACKNOWLEDGED) {
    const talk = tracker.media.talkSince(d.call, d.callGeneration, d.confirmed) / 1e6;
    emitter.emit('dialog.unacknowledged', SILENCE, scene, { repeats: d.repeats, requests: d.requests, talk });
  } else emitChange(kind, slot, scene, tracker, emitter);
}

function emitChange(kind: number, slot: number, scene: Scene, tracker: Tracker, emitter: Emitter): void {
  const d = tracker.dialogs.table.at(slot);
  if (kind === STARTED) {
    if (emitter.wants(START)) emitter.emit('dialog.started', START, scene, { adopted: d.adopted, forks: forksOf(d, tracker, scene.time) });
  } else if (kind === BECAME_CONFIRMED) {
    const setup = (d.confirmed - d.created) / 1e6;
    if (emitter.wants(CONFIRMATION)) emitter.emit('dialog.confirmed', CONFIRMATION, scene, { setup, session: d.session, routes: d.routes });
  } else if (emitter.wants(END)) {
    const early = d.confirmed === 0;
    const by = d.endedBy === CALLER ? 'caller' : d.endedBy === CALLEE ? 'callee' : 'timeout';
    const duration = early ? 0 : (d.ended - d.confirmed) / 1e6;
    emitter.emit('dialog.ended', END, scene, { by, reason: REASON_NAMES[d.reason] ?? String(d.reason), duration, early });
  }
}

function forksOf(d: DialogState, tracker: Tracker, now: number): number {
  const { table } = tracker.calls;
  return d.call >= 0 && table.alive(d.call, d.callGeneration, now) ? table.at(d.call).forks : 1;
}
