/** A SIP message was odd in a way its sender is responsible for. */
import { keptText } from '../bytes.ts';
import { isFault, ODDITY_NAMES } from '../decode/oddities.ts';
import type { Observation } from '../track/observation.ts';
import { isEcho } from './echo.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, senderScene } from './scene.ts';

const TYPE = typeIndex('message.odd');
/** Most Events of one message. */
const MOST = 4;
/** First oddity of each kind that is told of the message at hand, as an index. */
const TOLD = new Int8Array(MOST);

/** Emits `message.odd`, once for each kind of oddity of grade `broken` or `hostile` in a message, up to four. */
export function detectOddity(o: Observation, emitter: Emitter): void {
  const { message: m } = o;
  if (m.oddityCount === 0 || !emitter.wants(TYPE)) return;
  let kinds = 0;
  let oddities = 0;
  for (let i = 0; i < m.oddityCount; i++) {
    if (!isFault(m.oddities[i]!.code) || isEcho(m, i)) continue;
    oddities++;
    if (kinds < MOST && !isTold(o, m.oddities[i]!.code, kinds)) TOLD[kinds++] = i;
  }
  for (let k = 0; k < kinds; k++) tell(o, ODDITY_NAMES[m.oddities[TOLD[k]!]!.code]!, oddities, emitter);
}

function isTold({ message: m }: Observation, code: number, kinds: number): boolean {
  for (let k = 0; k < kinds; k++) if (m.oddities[TOLD[k]!]!.code === code) return true;
  return false;
}

function tell(o: Observation, oddity: string, oddities: number, emitter: Emitter): void {
  const { message: m } = o;
  // Of who answers such things are not counted.
  const { broken, relation } = o;
  const counted = broken !== undefined && relation !== undefined;
  emitter.emit('message.odd', TYPE, senderScene(o), {
    oddity,
    oddities,
    kinds: counted ? broken.kinds : 0,
    broken: counted ? broken.requests : 0,
    requests: counted ? relation.requests : 0,
    hits: counted ? relation.hits : 0,
    method: methodOf(m),
    userAgent: keptText(m.bytes, m.userAgent.start, m.userAgent.end),
  });
}
