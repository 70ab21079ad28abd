/** A message holds what is hardly ever sent by accident. */
import { keptText } from '../bytes.ts';
import { isHostile, ODDITY_NAMES } from '../decode/oddities.ts';
import type { Observation } from '../track/observation.ts';
import { isEcho } from './echo.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, senderScene } from './scene.ts';

const TYPE = typeIndex('message.hostile');
/** Most Events of one message. */
const MOST = 4;
/** Most bytes of a sample. */
const SAMPLE = 80;

/** Emits `message.hostile` for each kind of hostile oddity of a message. */
export function detectHostile(o: Observation, emitter: Emitter): void {
  if (!emitter.wants(TYPE)) return;
  const { message: m } = o;
  let told = 0;
  for (let i = 0; i < m.oddityCount && told < MOST; i++) {
    const { code, start, end } = m.oddities[i]!;
    if (!isHostile(code) || isRepeated(o, i) || isEcho(m, i)) continue;
    told++;
    emitter.emit('message.hostile', TYPE, senderScene(o), {
      oddity: ODDITY_NAMES[code]!,
      sample: keptText(m.bytes, start, Math.min(end, start + SAMPLE)),
      method: methodOf(m),
      userAgent: keptText(m.bytes, m.userAgent.start, m.userAgent.end),
    });
  }
}

/** An oddity before the `i`th is of the same kind. */
function isRepeated({ message: { oddities } }: Observation, i: number): boolean {
  for (let k = 0; k < i; k++) if (oddities[k]!.code === oddities[i]!.code) return true;
  return false;
}
