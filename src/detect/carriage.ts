/** How a packet was carried was odd in a way that hides messages from who reads along (Ptacek and Newsham 1998). */
import { NO_ENDPOINT } from '../bytes.ts';
import { ODD_BITS, STREAM_RESET } from '../carriage.ts';
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
    // Who is named in a reset that is not true is its victim.
    const seen = 1 << bit === STREAM_RESET ? { ...scene, src: NO_ENDPOINT } : scene;
    emitter.emit('capture.odd', TYPE, seen, { oddity: ODD_BITS[bit]!, transport, bytes: end - start });
  }
}
