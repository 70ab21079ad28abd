/** A request inside a call that nobody knows. */
import { ENDPOINT, keptText } from '../bytes.ts';
import { METHODS } from '../decode/message.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';

const TYPE = typeIndex('request.stray');

/** Emits `request.stray` for a stray by its slot; time and frame are those of the request. */
export function detectStray(slot: number, { strays }: Tracker, emitter: Emitter): void {
  if (!emitter.wants(TYPE)) return;
  const { method, status, refused, accepted, known, time, attributed, file, frame } = strays.table.at(slot);
  const src = new Uint8Array(ENDPOINT);
  const dst = new Uint8Array(ENDPOINT);
  strays.endpoints(slot, src, dst);
  const id = strays.callIdAt(slot);
  const scene = { time, src, dst, attributed, callId: keptText(id, 0, id.length), account: '', file, frame };
  emitter.emit('request.stray', TYPE, scene, { method: METHODS[method]!, status, refused, accepted, known });
}
