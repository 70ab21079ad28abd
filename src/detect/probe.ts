/** A request names an account and its sender does not show that it is his. */
import { keptText } from '../bytes.ts';
import { METHODS } from '../decode/message.ts';
import { type Abandoned, accountOf } from '../track/authentication.ts';
import type { Observation } from '../track/observation.ts';
import { PACKET } from '../track/origin.ts';
import type { Relation } from '../track/peers.ts';
import type { SeenRequest } from '../track/sightings.ts';
import type { Tracker } from '../track/tracker.ts';
import { attributionOf, unwantedOf } from './claimed.ts';
import { type Emitter, type Scene, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const TYPE = typeIndex('account.probed');

/** Emits `account.probed` when the server answered that it does not know the account, or an OPTIONS to it. */
export function detectProbe(o: Observation, tracker: Tracker, emitter: Emitter, now: number): void {
  if (!o.probed || !emitter.wants(TYPE)) return;
  const { message: m } = o;
  const scene = sceneOf(o, accountOf(m));
  const relation = tracker.peers.find(scene.src, scene.dst, now);
  if (o.opened >= 0) emitOpening(tracker.opening.read(o.opened), relation, tracker, emitter, now);
  emitter.emit('account.probed', TYPE, believed(scene, relation), {
    method: methodOf(m),
    status: m.status,
    user: keptText(m.bytes, m.to.uri.user.start, m.to.uri.user.end),
    userAgent: tracker.peers.agent(scene.src, scene.dst, now),
    misses: relation?.misses ?? 0,
    hits: relation?.hits ?? 0,
    served: relation?.served ?? false,
    abandoned: false,
    ...unwantedOf(scene.src, tracker, now),
    direction: 'both',
  });
}

/** The OPTIONS before, which was not known to be a probe. */
function emitOpening(request: SeenRequest, relation: Relation | undefined, tracker: Tracker, emitter: Emitter, now: number): void {
  const { slot, sighting, client: src, server: dst, hop } = request;
  const { opening } = tracker;
  const user = opening.userOf(slot);
  const { time, status, attributed, file, frame } = sighting;
  const account = `${user}@${opening.hostOf(slot)}`;
  const scene = { time, src, dst, attributed, hop, callId: opening.callIdOf(slot), account, file, frame };
  emitter.emit('account.probed', TYPE, believed(scene, relation), {
    method: opening.methodOf(slot),
    status,
    user,
    userAgent: tracker.peers.agent(src, dst, now),
    misses: relation?.misses ?? 0,
    hits: relation?.hits ?? 0,
    served: relation?.served ?? false,
    abandoned: false,
    ...unwantedOf(scene.src, tracker, now),
    direction: 'both',
  });
}

/** Emits `account.probed` for a challenge nobody answered. */
export function detectAbandoned(challenge: Abandoned, tracker: Tracker, emitter: Emitter, now: number): void {
  if (!emitter.wants(TYPE)) return;
  const { nonce: n, client, server, hop, user, host, callId } = challenge;
  const relation = tracker.peers.find(client, server, now);
  const scene = {
    time: n.issued,
    src: client,
    dst: server,
    attributed: n.attributed,
    hop,
    callId,
    account: `${user}@${host}`,
    file: n.file,
    frame: n.frame,
  };
  emitter.emit('account.probed', TYPE, believed(scene, relation), {
    method: METHODS[n.method]!,
    status: n.status,
    user,
    userAgent: tracker.peers.agent(client, server, now),
    misses: relation?.misses ?? 0,
    hits: relation?.hits ?? 0,
    served: relation?.served ?? false,
    abandoned: true,
    ...unwantedOf(client, tracker, now),
    direction: 'both',
  });
}

/** The scene, with what is to be thought of its source. */
function believed(scene: Scene, relation: Relation | undefined): Scene {
  return { ...scene, attributed: attributionOf(scene.attributed ?? PACKET, relation?.proofs ?? 0, relation?.misses ?? 1) };
}
