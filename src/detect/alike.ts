/** The calls of one caller look made by a machine. */
import { keptText } from '../bytes.ts';
import { isCaller } from '../track/calls/calls.ts';
import type { CallerState } from '../track/fraud/callers.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, type Scene, typeIndex } from './emitter.ts';
import { sceneOf } from './scene.ts';

const TYPE = typeIndex('calls.alike');

/** Emits `calls.alike` for the source of the call that ended, and for the name it called under. */
export function detectAlike(o: Observation, { callers, peers, calls }: Tracker, emitter: Emitter, now: number): void {
  if (!emitter.wants(TYPE)) return;
  const { source: src, bySource, byName } = callers;
  const serves = peers.servesOf(src, now);
  const account = accountOf(o, calls.table.at(calls.find(o.message, now)));
  const scene: Scene = { ...sceneOf(o, account), src: src.slice(), dst: callers.called.slice(), hop: src };
  if (bySource !== undefined) emit('source', bySource, serves, { ...scene, account: '' }, emitter);
  if (byName !== undefined) emit('caller', byName, serves, scene, emitter);
}

function emit(by: string, caller: CallerState, serves: number, scene: Scene, emitter: Emitter): void {
  const { recording, ringing, calls, callees, cut, equal, rings } = caller;
  const shape = ringing > recording ? 'one-ring' : 'recording';
  const evidence = Math.floor(Math.max(recording, ringing));
  emitter.emit('calls.alike', TYPE, scene, { by, shape, evidence, calls, callees, cut, equal, rings, serves });
}

/** `user@host` of the caller. */
function accountOf({ message: m }: Observation, c: Parameters<typeof isCaller>[0]): string {
  const { user, host } = isCaller(c, m) ? m.from.uri : m.to.uri;
  return `${keptText(m.bytes, user.start, user.end)}@${keptText(m.bytes, host.start, host.end)}`;
}
