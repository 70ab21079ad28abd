/** A message of H.323 call signalling, as far as Q.931 tells. */
import { keptText } from '../bytes.ts';
import { Q931_MESSAGES, type Q931Message } from '../decode/gateways/q931.ts';
import type { Packet } from '../types.ts';
import { type Emitter, typeIndex } from './emitter.ts';

const TYPE = typeIndex('h323.call');

/** Emits `h323.call`. */
export function detectH323(m: Q931Message, packet: Packet, emitter: Emitter): void {
  if (!emitter.wants(TYPE)) return;
  const { src, dst, time, where, frameNumber } = packet;
  const scene = { time, src, dst, callId: '', account: '', file: where.file, frame: frameNumber };
  emitter.emit('h323.call', TYPE, scene, {
    message: Q931_MESSAGES[m.type]!,
    reference: m.reference,
    answers: m.toOrigin,
    calling: keptText(m.bytes, m.calling.start, m.calling.end),
    called: keptText(m.bytes, m.called.start, m.called.end),
    display: keptText(m.bytes, m.display.start, m.display.end),
    cause: m.cause,
  });
}
