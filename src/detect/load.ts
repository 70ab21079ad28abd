/** What was asked of someone has risen. */
import { NO_ENDPOINT } from '../bytes.ts';
import {
  ABANDONED,
  ACKS,
  BEGUN,
  CHALLENGED,
  COMPLETED,
  FAILED,
  FINISHED,
  FOLLOWED,
  LOAD_KINDS,
  LOAD_METHODS,
  type Loads,
  PAIR,
  REFUSED,
  SILENT,
  UNACKNOWLEDGED,
} from '../track/loads/loads.ts';
import { type Emitter, typeIndex } from './emitter.ts';

const TYPE = typeIndex('load.risen');

/** Emits `load.risen` for every row that has risen since the last call. */
export function detectLoads(loads: Loads, emitter: Emitter, now: number): void {
  const { risen } = loads;
  if (risen.length === 0) return;
  for (const each of risen) if (emitter.wants(TYPE)) emit(loads, each >> 2, each & 3, emitter, now);
  risen.length = 0;
}

function emit(loads: Loads, slot: number, method: number, emitter: Emitter, now: number): void {
  const { kind, sums, unfinished, hanging, ringing, targetUnfinished, targetSources, rate, different, src, dst, account, load } =
    loads.facts(slot, method, now);
  const { time, file, frame } = load;
  const scene = { time, src: kind === PAIR ? src : NO_ENDPOINT, dst, callId: '', account, file, frame };
  emitter.emit('load.risen', TYPE, scene, {
    by: LOAD_KINDS[kind]!,
    method: LOAD_METHODS[method]!,
    requests: sums[BEGUN]!,
    perSecond: rate,
    unfinished,
    finished: sums[FINISHED]!,
    abandoned: sums[ABANDONED]!,
    unacknowledged: sums[UNACKNOWLEDGED]!,
    silent: sums[SILENT]!,
    hanging,
    ringing,
    followed: sums[FOLLOWED]!,
    acknowledged: sums[ACKS]!,
    challenged: sums[CHALLENGED]!,
    completed: sums[COMPLETED]!,
    refused: sums[REFUSED]!,
    failed: sums[FAILED]!,
    users: kind === PAIR ? different : 0,
    sources: kind === PAIR ? 1 : different,
    targetUnfinished,
    targetSources,
  });
}
