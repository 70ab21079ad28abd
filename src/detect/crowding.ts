/** A table was full and pushed out live entries: what was forgotten is itself a fact (design: State). */
import { NO_ENDPOINT } from '../bytes.ts';
import type { TableStats } from '../table.ts';
import { type Emitter, typeIndex } from './emitter.ts';

const TYPE = typeIndex('table.evicted');

/** Emits `table.evicted` for each table that pushed out entries since `told` (evictions by table name, updated). */
export function detectCrowding(tables: readonly TableStats[], told: Map<string, number>, emitter: Emitter, now: number): void {
  for (const { name, evicted } of tables) {
    const before = told.get(name) ?? 0;
    if (evicted === before) continue;
    told.set(name, evicted);
    if (!emitter.wants(TYPE)) continue;
    const scene = { time: now, src: NO_ENDPOINT, dst: NO_ENDPOINT, callId: '', account: '', file: '', frame: 0 };
    emitter.emit('table.evicted', TYPE, scene, { table: name, evicted: evicted - before });
  }
}
