/** A SIP message was odd in a way its sender is responsible for. */
import { keptText } from '../bytes.ts';
import { isFault, ODDITY_NAMES } from '../decode/oddities.ts';
import type { Observation } from '../track/observation.ts';
import { isEcho } from './echo.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, senderScene } from './scene.ts';

const TYPE = typeIndex('message.odd');

/** Emits `message.odd`, once for a message, for oddities of grade `broken` or `hostile`. */
export function detectOddity(o: Observation, emitter: Emitter): void {
  const { message: m } = o;
  if (m.oddityCount === 0 || !emitter.wants(TYPE)) return;
  let first = -1;
  let count = 0;
  for (let i = 0; i < m.oddityCount; i++) {
    const { code } = m.oddities[i]!;
    if (!isFault(code) || isEcho(m, i)) continue;
    if (first < 0) first = code;
    count++;
  }
  if (count === 0) return;
  emitter.emit('message.odd', TYPE, senderScene(o), {
    oddity: ODDITY_NAMES[first]!,
    oddities: count,
    method: methodOf(m),
    userAgent: keptText(m.bytes, m.userAgent.start, m.userAgent.end),
  });
}
