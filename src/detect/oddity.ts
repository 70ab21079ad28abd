/** A SIP message was odd in a way its sender is responsible for. */
import { keptText } from '../bytes.ts';
import { isFault, ODDITY_NAMES } from '../decode/oddities.ts';
import type { Observation } from '../track/observation.ts';
import { PACKET } from '../track/origin.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const TYPE = typeIndex('message.odd');

/** Emits `message.odd`, once for a message, for oddities of grade `broken` or `hostile`. */
export function detectOddity(o: Observation, emitter: Emitter): void {
  const { message: m } = o;
  if (m.oddityCount === 0 || !emitter.wants(TYPE)) return;
  let first = -1;
  let count = 0;
  for (let i = 0; i < m.oddityCount; i++) {
    const { code } = m.oddities[i]!;
    if (!isFault(code)) continue;
    if (first < 0) first = code;
    count++;
  }
  if (count === 0) return;
  // An answer is its server's, and that is who sent the packet.
  const scene = m.isRequest
    ? sceneOf(o, '')
    : { ...sceneOf(o, ''), src: o.packet.src, dst: o.packet.dst, attributed: PACKET, hop: o.packet.src };
  emitter.emit('message.odd', TYPE, scene, {
    oddity: ODDITY_NAMES[first]!,
    oddities: count,
    method: methodOf(m),
    userAgent: keptText(m.bytes, m.userAgent.start, m.userAgent.end),
  });
}
