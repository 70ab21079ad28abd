/** A call goes abroad. */
import { keptText } from '../bytes.ts';
import type { PlacedCalls } from '../profile/placed.ts';
import { countryOf } from '../track/fraud/numberplan.ts';
import { classOf } from '../track/fraud/tolls.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { sceneOf } from './scene.ts';

const TYPE = typeIndex('number.abroad');

/** Emits `number.abroad` when a server accepts a call to a number abroad. */
export function detectToll(o: Observation, tracker: Tracker, placed: PlacedCalls, emitter: Emitter, now: number): void {
  const { tolls, callbacks, homes, peers, transactions } = tracker;
  const { abroad, message: m, transaction: t } = o;
  if (abroad === undefined || !emitter.wants(TYPE)) return;
  const { start, end, kind, cents } = tolls.number;
  placed.judge(m, tolls.number, now);
  const digits = keptText(m.bytes, start, end);
  const { user, host } = m.from.uri;
  // Who pays is whose password it was: From may say another name, or the domain where the realm is another (RFC 3261 §22.1).
  const pays = t?.credentials === true ? transactions.userOf(o.slot) : '';
  const account =
    pays === ''
      ? `${keptText(m.bytes, user.start, user.end)}@${keptText(m.bytes, host.start, host.end)}`
      : `${pays}@${transactions.realmOf(o.slot)}`;
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
    days: placed.days,
    newCountry: placed.newCountry,
    offHours: placed.offHours,
    rung: callbacks.rung(m, tolls.number, now),
    serves: peers.servesOf(o.client, now),
  });
}
