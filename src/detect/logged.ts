/** What a server's log says becomes the same Events as what the wire shows (S1-34): rules need not know where they come from. */
import type { LoggedPeers } from '../track/logged.ts';
import { ATTRIBUTIONS, type LogEntry } from '../types.ts';
import { type Emitter, type Scene, typeIndex } from './emitter.ts';

const FAILURE = typeIndex('auth.failed');
const ACCEPTANCE = typeIndex('auth.accepted');
const PROBE = typeIndex('account.probed');
const BLOCK = typeIndex('source.blocked');
const FORGERY = typeIndex('log.forged');
const LOG = ATTRIBUTIONS.indexOf('log');

/** Emits `auth.failed`, `auth.accepted`, `account.probed`, `source.blocked` and `log.forged`. */
export function detectLogged(entry: LogEntry, peers: LoggedPeers, emitter: Emitter, now: number): void {
  const { what, user, host, time, src, dst, file, line, text, withdrawn } = entry;
  const account = user === '' ? '' : `${user}@${host}`;
  // A log has no frames; its line stands behind its name.
  const scene: Scene = { time, src, dst, attributed: LOG, callId: '', account, file: `${file}:${line}`, frame: 0 };
  if (what === 'forged') emitter.emit('log.forged', FORGERY, scene, { line: text, withdrawn });
  else if (what === 'blocked') emitter.emit('source.blocked', BLOCK, scene, { by: 'pike' });
  else if (what === 'unknown') probed(entry, scene, peers, emitter, now);
  else signedIn(entry, scene, peers, emitter, now);
}

function signedIn(entry: LogEntry, scene: Scene, peers: LoggedPeers, emitter: Emitter, now: number): void {
  const { what, method, user, host: realm } = entry;
  const { bad: refusals, trusted } = peers.note(entry, user, now);
  peers.note(entry, '', now);
  const common = { method, user, realm, userAgent: '', guess: '', steady: 0, hasty: 0, trusted, refusals, direction: 'both' };
  if (what === 'refused') emitter.emit('auth.failed', FAILURE, scene, { ...common, status: 401 });
  else if (refusals > 0) emitter.emit('auth.accepted', ACCEPTANCE, scene, { ...common, others: 0, status: 200 });
}

function probed(entry: LogEntry, scene: Scene, peers: LoggedPeers, emitter: Emitter, now: number): void {
  const { method, user } = entry;
  const { bad: misses, good: hits } = peers.note(entry, '', now);
  emitter.emit('account.probed', PROBE, scene, {
    method,
    status: 404,
    user,
    userAgent: '',
    misses,
    hits,
    served: hits > 0,
    abandoned: false,
    unwanted: 0,
    unwantedFrom: 0,
    asked: 0,
    direction: 'both',
  });
}
