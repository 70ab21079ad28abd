/** A message has two readings. */
import { mayDiffer, readTwice } from '../decode/readings.ts';
import type { Observation } from '../track/observation.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, senderScene } from './scene.ts';

const TYPE = typeIndex('message.ambiguous');

/** Emits `message.ambiguous` for each field that reads differently. A message that the capture cut has no end to compare. */
export function detectAmbiguity(o: Observation, emitter: Emitter): void {
  const { message: m, packet } = o;
  if (packet.truncated || !emitter.wants(TYPE) || !mayDiffer(m)) return;
  for (const reading of readTwice(m, packet.end)) {
    // A response repeats these of its request (RFC 3261 §8.2.6.2).
    if (!m.isRequest && reading.field !== 'body' && reading.field !== 'start-line') continue;
    emitter.emit('message.ambiguous', TYPE, senderScene(o), { ...reading, method: methodOf(m) });
  }
}
