/** An account whose password was guessed is used. */
import { addressText } from '../bytes.ts';
import { accountOf } from '../track/authentication.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const TYPE = typeIndex('account.used');

/** Emits `account.used`. */
export function detectTakeover(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  if (o.use === '' || !emitter.wants(TYPE)) return;
  const { takeovers, transactions, peers } = tracker;
  const { fallen } = takeovers;
  const account = fallen === undefined ? accountOf(o.message) : `${transactions.userOf(o.slot)}@${transactions.realmOf(o.slot)}`;
  emitter.emit('account.used', TYPE, sceneOf(o, account), {
    how: o.use,
    method: methodOf(o.message),
    guesser: addressText(takeovers.guesser),
    refusals: fallen === undefined ? 0 : fallen.refusals,
    hasty: fallen === undefined ? 0 : fallen.hasty,
    after: fallen === undefined ? 0 : Math.max(0, Math.round((o.packet.time - fallen.fell) / 1e6)),
    userAgent: peers.agent(o.client, o.server, now),
  });
}
