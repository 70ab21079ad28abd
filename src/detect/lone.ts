/** What answers alone say, where requests are not seen (C-03). */
import { keptText, LONGEST_TEXT } from '../bytes.ts';
import { readGuess } from '../decode/guess.ts';
import { METHODS } from '../decode/message.ts';
import { accountOf } from '../track/authentication.ts';
import type { LoneChallenge } from '../track/loads/loneanswers.ts';
import { ACCEPTED, FAILED, type Observation, UNKNOWN_USER } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const FAILURE = typeIndex('auth.failed');
const ACCEPTANCE = typeIndex('auth.accepted');
const PROBE = typeIndex('account.probed');
const DIRECTION = 'answers';

/** Emits `auth.failed`, `auth.accepted` and `account.probed` for an answer whose request was not seen. */
export function detectLone(o: Observation, tracker: Tracker, emitter: Emitter): void {
  if (o.inferred === FAILED && emitter.wants(FAILURE)) emitCredentials('auth.failed', FAILURE, o, tracker, emitter);
  if (o.inferred === ACCEPTED && emitter.wants(ACCEPTANCE)) emitCredentials('auth.accepted', ACCEPTANCE, o, tracker, emitter);
  if (o.inferred === UNKNOWN_USER && emitter.wants(PROBE)) emitProbe(o, tracker, emitter);
}

function emitCredentials(name: 'auth.failed' | 'auth.accepted', type: number, o: Observation, tracker: Tracker, emitter: Emitter): void {
  const { message: m } = o;
  const { account } = tracker.loneAnswers;
  if (account === undefined) return;
  const user = keptText(m.bytes, m.to.uri.user.start, m.to.uri.user.end);
  // The realm stands in challenges only, so that the host names the account: in both Events the same.
  emitter.emit(name, type, sceneOf(o, accountOf(m)), {
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
  });
}

function emitProbe(o: Observation, tracker: Tracker, emitter: Emitter): void {
  const { message: m } = o;
  const { pair } = tracker.loneAnswers;
  emitter.emit('account.probed', PROBE, sceneOf(o, accountOf(m)), {
    method: methodOf(m),
    status: m.status,
    user: keptText(m.bytes, m.to.uri.user.start, m.to.uri.user.end),
    userAgent: '',
    misses: pair === undefined ? 0 : pair.misses,
    hits: pair === undefined ? 0 : pair.hits,
    served: pair !== undefined && pair.hits > 0,
    abandoned: false,
    unwanted: 0,
    unwantedFrom: 0,
    direction: DIRECTION,
  });
}

/** Emits `account.probed` for a challenge that nothing followed. */
export function detectLoneChallenge(challenge: LoneChallenge, emitter: Emitter): void {
  if (!emitter.wants(PROBE)) return;
  const { account: a, pair, client, server, user, host } = challenge;
  const scene = { time: a.time, src: client, dst: server, callId: '', account: `${user}@${host}`, file: a.file, frame: a.frame };
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
    unwanted: 0,
    unwantedFrom: 0,
    direction: DIRECTION,
  });
}
