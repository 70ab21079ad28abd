/** A table was full and pushed out live entries: what was forgotten is itself a fact (design: State). */
import type { TableStats } from '../table.ts';
import { type Emitter, NOBODY, typeIndex } from './emitter.ts';

const TYPE = typeIndex('table.evicted');

/** Emits `table.evicted` for each table that pushed out entries since `told` (evictions by table name, updated). */
export function detectCrowding(tables: readonly TableStats[], told: Map<string, number>, emitter: Emitter, now: number): void {
  for (const { name, evicted } of tables) {
    const before = told.get(name) ?? 0;
    if (evicted === before) continue;
    told.set(name, evicted);
    if (!emitter.wants(TYPE)) continue;
    const scene = { time: now, src: NOBODY, dst: NOBODY, callId: '', account: '', file: '', frame: 0 };
    emitter.emit('table.evicted', TYPE, scene, { table: name, evicted: evicted - before });
  }
}
