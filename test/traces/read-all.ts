/** Reads a whole capture for tests: every packet as plain text and numbers, the counts and the faults. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressText, portOf } from '../../src/bytes.ts';
import { type CaptureCounts, type CaptureOptions, openCapture } from '../../src/capture/reader.ts';
import type { Fault } from '../../src/errors.ts';

/** A packet, copied. */
export interface Seen {
  readonly frame: number;
  readonly ordinal: number;
  readonly time: number;
  readonly offset: number;
  readonly source: string;
  readonly link: string;
  readonly vlan: number;
  readonly tunnel: string;
  readonly transport: string;
  readonly src: string;
  readonly dst: string;
  readonly payload: string;
  /** Length of the link frame; 0 after reassembly. */
  readonly frameLength: number;
  readonly truncated: boolean;
  readonly odd: number;
}

/** All that a reader gives. */
export interface Reading {
  readonly packets: readonly Seen[];
  readonly counts: CaptureCounts;
  readonly faults: readonly Fault[];
  readonly lastTime: number;
  readonly position: number;
  readonly size: number;
}

/** Reads the capture `path` to its end; payloads as Latin-1. */
export async function readAll(path: string, options: CaptureOptions = {}): Promise<Reading> {
  const reader = await openCapture(path, options);
  const packets: Seen[] = [];
  while (await reader.fill()) {
    while (reader.next()) {
      const p = reader.packet;
      packets.push({
        frame: p.frameNumber,
        ordinal: p.ordinal,
        time: p.time,
        offset: p.offset,
        source: p.where.source,
        link: p.where.link,
        vlan: p.vlan,
        tunnel: p.tunnel,
        transport: p.transport,
        src: `${addressText(p.src)} ${portOf(p.src)}`,
        dst: `${addressText(p.dst)} ${portOf(p.dst)}`,
        payload: Buffer.from(p.bytes.subarray(p.start, p.end)).toString('latin1'),
        frameLength: p.frameEnd - p.frameStart,
        truncated: p.truncated,
        odd: p.odd,
      });
    }
  }
  await reader.close();
  const { counts, faults, lastTime, position, size } = reader;
  return { packets, counts, faults, lastTime, position, size };
}

/** Writes `bytes` to a file that is gone afterwards, and reads it. */
export async function readBytes(bytes: Uint8Array, options: CaptureOptions = {}): Promise<Reading> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-'));
  try {
    const path = join(folder, 'capture');
    writeFileSync(path, bytes);
    return await readAll(path, options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Sum of the dropped frames. */
export function droppedIn(counts: CaptureCounts): number {
  return [...counts.dropped.values()].reduce((a, b) => a + b, 0);
}
