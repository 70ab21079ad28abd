/** A call was answered at once by one who had joined the account's own telephone. */
import { addressText, keptText } from '../bytes.ts';
import { accountOf } from '../track/authentication.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { senderScene } from './scene.ts';

const TYPE = typeIndex('call.taken');

/** Emits `call.taken`. */
export function detectTaken(o: Observation, { joiners: { owner } }: Tracker, emitter: Emitter): void {
  if (!emitter.wants(TYPE)) return;
  const { message: m, packet, transaction: t, joined } = o;
  emitter.emit(
    'call.taken',
    TYPE,
    { ...senderScene(o), account: accountOf(m) },
    {
      after: t === undefined ? 0 : (packet.time - t.started) / 1e6,
      since: Math.max(0, Math.floor(packet.time / 1e6) - joined),
      owner: addressText(owner),
      userAgent: keptText(m.bytes, m.userAgent.start, m.userAgent.end),
    },
  );
}
