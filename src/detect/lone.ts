/** What answers alone say, where requests are not seen (C-03). */
import { keptText, LONGEST_TEXT } from '../bytes.ts';
import { readGuess } from '../decode/guess.ts';
import { METHODS } from '../decode/message.ts';
import { accountOf } from '../track/authentication.ts';
import type { LoneChallenge } from '../track/loads/loneanswers.ts';
import { ACCEPTED, FAILED, type Observation, UNKNOWN_USER } from '../track/observation.ts';
import { PACKET } from '../track/origin.ts';
import type { Tracker } from '../track/tracker.ts';
import { attributionOf, unwantedOf } from './claimed.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const FAILURE = typeIndex('auth.failed');
const ACCEPTANCE = typeIndex('auth.accepted');
const PROBE = typeIndex('account.probed');
const DIRECTION = 'answers';

/** Emits `auth.failed`, `auth.accepted` and `account.probed` for an answer whose request was not seen. */
export function detectLone(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  if (o.inferred === FAILED && emitter.wants(FAILURE)) emitCredentials('auth.failed', FAILURE, o, tracker, emitter);
  if (o.inferred === ACCEPTED && emitter.wants(ACCEPTANCE)) emitCredentials('auth.accepted', ACCEPTANCE, o, tracker, emitter);
  if (o.inferred === UNKNOWN_USER && emitter.wants(PROBE)) emitProbe(o, tracker, emitter, now);
}

function emitCredentials(name: 'auth.failed' | 'auth.accepted', type: number, o: Observation, tracker: Tracker, emitter: Emitter): void {
  const { message: m } = o;
  const { account } = tracker.loneAnswers;
  if (account === undefined) return;
  const user = keptText(m.bytes, m.to.uri.user.start, m.to.uri.user.end);
  // The realm stands in challenges only, so that the host names the account: in both Events the same.
  const data = {
    method: methodOf(m),
    status: m.status,
    user,
    realm: keptText(m.bytes, m.challenge.realm.start, m.challenge.realm.end),
    userAgent: '',
    refusals: account.refusals,
    guess: readGuess(m.bytes, m.from.tag).slice(0, LONGEST_TEXT),
    steady: 0,
    hasty: 0,
    trusted: account.trusted,
    direction: DIRECTION,
  };
  const scene = sceneOf(o, accountOf(m));
  if (name === 'auth.failed') emitter.emit(name, type, scene, data);
  // Requests are not seen, so nothing tells two apart behind one address.
  else emitter.emit(name, type, scene, { ...data, others: 0 });
}

function emitProbe(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  const { message: m } = o;
  const { pair } = tracker.loneAnswers;
  const scene = sceneOf(o, accountOf(m));
  const attributed = attributionOf(o.attributed, pair?.hits ?? 0, pair?.misses ?? 1);
  emitter.emit(
    'account.probed',
    PROBE,
    { ...scene, attributed },
    {
      method: methodOf(m),
      status: m.status,
      user: keptText(m.bytes, m.to.uri.user.start, m.to.uri.user.end),
      userAgent: '',
      misses: pair === undefined ? 0 : pair.misses,
      hits: pair === undefined ? 0 : pair.hits,
      served: pair !== undefined && pair.hits > 0,
      abandoned: false,
      ...unwantedOf(scene.src, tracker, now),
      direction: DIRECTION,
    },
  );
}

/** Emits `account.probed` for a challenge that nothing followed. */
export function detectLoneChallenge(challenge: LoneChallenge, tracker: Tracker, emitter: Emitter, now: number): void {
  if (!emitter.wants(PROBE)) return;
  const { account: a, pair, client, server, user, host } = challenge;
  const attributed = attributionOf(PACKET, pair.hits, pair.misses);
  const scene = {
    time: a.time,
    attributed,
    src: client,
    dst: server,
    callId: '',
    account: `${user}@${host}`,
    file: a.file,
    frame: a.frame,
  };
  const { misses, hits } = pair;
  emitter.emit('account.probed', PROBE, scene, {
    method: METHODS[a.method]!,
    status: a.status,
    user,
    userAgent: '',
    misses,
    hits,
    served: hits > 0,
    abandoned: true,
    ...unwantedOf(client, tracker, now),
    direction: DIRECTION,
  });
}
