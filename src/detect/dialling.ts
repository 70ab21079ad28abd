/** A source dials one number behind one prefix after the other. */
import { keptText } from '../bytes.ts';
import { splitNumber } from '../track/dialled.ts';
import type { Observation } from '../track/observation.ts';
import { tenths } from '../track/peers.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { sceneOf } from './scene.ts';

const TYPE = typeIndex('number.retried');
/** Prefixes up to which each new one is told; then each that doubles their number. */
const EACH = 16;

/** Emits `number.retried` when a prefix is tried that is new for the number, and when such a number is answered. */
export function detectDialling(o: Observation, emitter: Emitter, now: number): void {
  const { retried, message: m, relation } = o;
  if (retried === undefined || !emitter.wants(TYPE)) return;
  const { prefixes, answered, first } = retried;
  if (m.isRequest && prefixes > EACH && (prefixes & (prefixes - 1)) !== 0) return;
  // An answer names whom the request was for in its To: mostly the number that was dialled.
  const { user } = m.isRequest ? m.uri : m.to.uri;
  const number = keptText(m.bytes, user.start, user.end);
  emitter.emit('number.retried', TYPE, sceneOf(o, ''), {
    number,
    ...splitNumber(number),
    prefixes,
    answered,
    status: m.status,
    connected: relation === undefined ? 0 : relation.connected,
    since: Math.max(0, Math.round((tenths(now) - first) / 10)),
    userAgent: keptText(m.bytes, m.userAgent.start, m.userAgent.end),
  });
}
