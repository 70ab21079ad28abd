/** A request stayed without any answer. */
import { METHODS } from '../decode/message.ts';
import type { Tracker } from '../track/tracker.ts';
import type { Transaction } from '../track/transactions.ts';
import { type Emitter, typeIndex } from './emitter.ts';

const TYPE = typeIndex('request.unanswered');

/** Emits `request.unanswered`; its time is that of the request. */
export function detectSilence(
  t: Transaction,
  client: Uint8Array,
  server: Uint8Array,
  tracker: Tracker,
  emitter: Emitter,
  now: number,
): void {
  if (!emitter.wants(TYPE)) return;
  const scene = {
    time: t.started,
    src: client,
    dst: server,
    attributed: t.attributed,
    callId: '',
    account: '',
    file: t.file,
    frame: t.frame,
  };
  emitter.emit('request.unanswered', TYPE, scene, {
    method: METHODS[t.method]!,
    userAgent: tracker.peers.agent(client, server, now),
  });
}
