/** INVITEs for several domains met silence. */
import type { Stalls } from '../track/loads/stalls.ts';
import { type Emitter, typeIndex } from './emitter.ts';

const TYPE = typeIndex('domains.stalled');

/** Emits `domains.stalled` for every pair that has met one more domain since the last call. */
export function detectStalls(stalls: Stalls, emitter: Emitter): void {
  const { risen } = stalls;
  if (risen.length === 0) return;
  for (const slot of risen) if (emitter.wants(TYPE)) emit(stalls, slot, emitter);
  risen.length = 0;
}

function emit(stalls: Stalls, slot: number, emitter: Emitter): void {
  const { time, attributed, file, frame, domains, requests, hits } = stalls.table.at(slot);
  const { src, dst } = stalls.endpoints(slot);
  emitter.emit('domains.stalled', TYPE, { time, src, dst, attributed, callId: '', account: '', file, frame }, { domains, requests, hits });
}
