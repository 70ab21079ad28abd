/** Two sources used the same cnonce. */
import { ADDRESS, addressText, keptText } from '../bytes.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import { type Emitter, typeIndex } from './emitter.ts';
import { methodOf, sceneOf } from './scene.ts';

const TYPE = typeIndex('cnonce.repeated');

/** Emits `cnonce.repeated`, for requests with credentials. */
export function detectCnonce(o: Observation, { cnonces }: Tracker, emitter: Emitter, now: number): void {
  if (!emitter.wants(TYPE)) return;
  const other = cnonces.note(o, now);
  if (other < 0) return;
  const { bytes, credentials } = o.message;
  const { username, realm, cnonce } = credentials;
  const user = keptText(bytes, username.start, username.end);
  emitter.emit('cnonce.repeated', TYPE, sceneOf(o, `${user}@${keptText(bytes, realm.start, realm.end)}`), {
    method: methodOf(o.message),
    cnonce: keptText(bytes, cnonce.start, cnonce.end),
    other: addressText(cnonces.table.rows.subarray(other, other + ADDRESS)),
    sources: cnonces.sources,
  });
}
