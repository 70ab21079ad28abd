/** A message has two readings. */
import { mayDiffer, readTwice } from '../decode/readings.ts';
import type { Observation } from '../track/observation.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const TYPE = typeIndex('message.ambiguous');

/** Emits `message.ambiguous` for each field that reads differently. A message that the capture cut has no end to compare. */
export function detectAmbiguity(o: Observation, emitter: Emitter): void {
  const { message: m, packet } = o;
  if (packet.truncated || !emitter.wants(TYPE) || !mayDiffer(m)) return;
  for (const reading of readTwice(m, packet.end)) {
    const scene = { ...sceneOf(o, ''), src: packet.src, dst: packet.dst };
    emitter.emit('message.ambiguous', TYPE, scene, { ...reading, method: methodOf(m) });
  }
}
