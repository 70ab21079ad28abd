/** How a packet was carried was odd in a way that hides messages from who reads along (Ptacek and Newsham 1998). */
import { ODD_BITS } from '../carriage.ts';
import type { Packet } from '../types.ts';
import { type Emitter, typeIndex } from './emitter.ts';

const TYPE = typeIndex('capture.odd');

/** Emits `capture.odd` for each bit of `packet.odd`. */
export function detectCarriage(packet: Packet, emitter: Emitter): void {
  if (!emitter.wants(TYPE)) return;
  const { time, src, dst, where, frameNumber: frame, transport, odd, start, end } = packet;
  const scene = { time, src, dst, callId: '', account: '', file: where.file, frame };
  for (let bit = 0; bit < ODD_BITS.length; bit++) {
    if ((odd & (1 << bit)) === 0) continue;
    emitter.emit('capture.odd', TYPE, scene, { oddity: ODD_BITS[bit]!, transport, bytes: end - start });
  }
}
