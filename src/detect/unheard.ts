/** What requests alone say, where no answers are seen. */
import { keptText, LONGEST_TEXT } from '../bytes.ts';
import { readGuess } from '../decode/guess.ts';
import { accountOf } from '../track/authentication.ts';
import { FAILED, type Observation, UNKNOWN_USER } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { attributionOf } from './claimed.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const FAILURE = typeIndex('auth.failed');
const PROBE = typeIndex('account.probed');

/** Emits `auth.failed` and `account.probed` with status 0 for requests whose answers are not seen. */
export function detectUnheard(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  if (o.inferred === FAILED && emitter.wants(FAILURE)) emitFailure(o, tracker, emitter, now);
  if (o.inferred === UNKNOWN_USER && emitter.wants(PROBE)) emitProbe(o, tracker, emitter, now);
}

function emitFailure(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  const { message: m, slot, attempt } = o;
  const user = tracker.transactions.userOf(slot);
  const realm = tracker.transactions.realmOf(slot);
  emitter.emit('auth.failed', FAILURE, sceneOf(o, `${user}@${realm}`), {
    method: methodOf(m),
    status: 0,
    user,
    realm,
    userAgent: tracker.peers.agent(o.client, o.server, now),
    refusals: attempt === undefined ? 0 : attempt.refusals,
    guess: readGuess(m.bytes, m.from.tag).slice(0, LONGEST_TEXT),
    steady: 0,
    hasty: 0,
    trusted: false,
    direction: 'requests',
  });
}

function emitProbe(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  const { message: m, relation } = o;
  const scene = sceneOf(o, accountOf(m));
  const attributed = attributionOf(o.attributed, relation?.proofs ?? 0, relation?.misses ?? 1);
  emitter.emit(
    'account.probed',
    PROBE,
    { ...scene, attributed },
    {
      method: methodOf(m),
      status: 0,
      user: keptText(m.bytes, m.to.uri.user.start, m.to.uri.user.end),
      userAgent: tracker.peers.agent(o.client, o.server, now),
      misses: relation === undefined ? 0 : relation.misses,
      hits: relation === undefined ? 0 : relation.proved,
      served: relation !== undefined && relation.proved > 0,
      abandoned: false,
      unwanted: 0,
      unwantedFrom: 0,
      asked: 0,
      direction: 'requests',
    },
  );
}
