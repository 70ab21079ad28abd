/**
 * State of one million messages in a Table, in a string-keyed Map without bounds, and in one with bounds (evicting the
 * oldest): CPU seconds and peak memory. Each runs in a process of its own: `node test/bench/table.bench.ts`.
 */
import { spawnSync } from 'node:child_process';
import { Key, Table } from '../../src/table.ts';

const MESSAGES = 1_000_000;
const LIVE = 65_536;

/** A branch-like key of 36 bytes, different for every message but each fourth repeated, as requests and answers do. */
function writeKey(bytes: Buffer, i: number): void {
  bytes.write(`z9hG4bK-${((i >> 2) * 2654435761) >>> 0}`.padEnd(36, 'x'), 0, 'latin1');
}

function table(): void {
  const state = new Table({
    name: 'bench',
    capacity: LIVE,
    ttl: 32e6,
    keyBytes: 64,
    seed: { k0: 1, k1: 2 },
    make: () => ({ seen: 0 }),
    reset: (v) => {
      v.seen = 0;
    },
  });
  const key = new Key(64);
  const bytes = Buffer.alloc(36);
  for (let i = 0; i < MESSAGES; i++) {
    writeKey(bytes, i);
    for (let lookup = 0; lookup < 4; lookup++) state.at(state.put(key.reset().add(bytes, 0, 36).addByte(lookup), i)).seen++;
  }
}

function map(bound: number): void {
  const state = new Map<string, { seen: number }>();
  const bytes = Buffer.alloc(36);
  for (let i = 0; i < MESSAGES; i++) {
    writeKey(bytes, i);
    for (let lookup = 0; lookup < 4; lookup++) {
      const key = bytes.toString('latin1', 0, 36) + lookup;
      let value = state.get(key);
      if (value === undefined) {
        value = { seen: 0 };
        if (state.size >= bound) state.delete(state.keys().next().value as string);
        state.set(key, value);
      }
      value.seen++;
    }
  }
}

const kinds: Record<string, () => void> = {
  'Table, bounded': table,
  'Map, unbounded': () => map(Infinity),
  'Map, bounded': () => map(LIVE),
};
const wanted = process.argv[2];
if (wanted !== undefined) {
  kinds[wanted]!();
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(`${wanted}: ${((userCPUTime + systemCPUTime) / 1e6).toFixed(2)} CPU s, ${(maxRSS / 1024).toFixed(0)} MB`);
} else {
  for (const kind of Object.keys(kinds)) spawnSync(process.execPath, [import.meta.filename, kind], { stdio: 'inherit' });
}
