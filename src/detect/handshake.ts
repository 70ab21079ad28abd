/** Connections that a server is asked for over TCP and that never come to be. */
import { NO_ENDPOINT } from '../bytes.ts';
import type { HandshakeCounts, Packet } from '../types.ts';
import { type Emitter, typeIndex } from './emitter.ts';

const TYPE = typeIndex('tcp.half-open');

/** Emits `tcp.half-open` for the server that a SYN went to. Who asks is not named: nobody has shown that he hears the answers. */
export function detectHandshakes({ begun, open, aborted, completed, sources }: HandshakeCounts, packet: Packet, emitter: Emitter): void {
  if (!emitter.wants(TYPE)) return;
  const { time, dst, where, frameNumber: frame } = packet;
  const scene = { time, src: NO_ENDPOINT, dst, callId: '', account: '', file: where.file, frame };
  emitter.emit('tcp.half-open', TYPE, scene, { begun, open, aborted, completed, sources });
}
