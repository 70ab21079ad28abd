/** A call goes abroad. */
import { keptText } from '../bytes.ts';
import { countryOf } from '../track/fraud/numberplan.ts';
import { classOf } from '../track/fraud/tolls.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { sceneOf } from './scene.ts';

const TYPE = typeIndex('number.abroad');

/** Emits `number.abroad` when a server accepts a call to a number abroad. */
export function detectToll(o: Observation, { tolls, homes, peers }: Tracker, emitter: Emitter, now: number): void {
  const { abroad, message: m, transaction: t } = o;
  if (abroad === undefined || !emitter.wants(TYPE)) return;
  const { start, end, kind, cents } = tolls.number;
  const digits = keptText(m.bytes, start, end);
  const { user, host } = m.from.uri;
  const account = `${keptText(m.bytes, user.start, user.end)}@${keptText(m.bytes, host.start, host.end)}`;
  emitter.emit('number.abroad', TYPE, sceneOf(o, account), {
    number: digits,
    country: countryOf(digits),
    class: classOf(kind),
    price: cents,
    fresh: tolls.fresh,
    credentials: t?.credentials === true,
    elsewhere: homes.isStrange(m, o.client, now),
    foreign: t !== undefined && homes.isForeign(m, t.make, now),
    costly: abroad.costly,
    numbers: abroad.numbers,
    open: abroad.open,
    cents: Math.round(abroad.cents),
    neighbours: abroad.neighbours,
    serves: peers.servesOf(o.client, now),
  });
}
