/** Fuzz target: the bytes of a capture file through the readers. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CaptureReader, openCapture } from '../../src/capture/reader.ts';
import { RingfenceError } from '../../src/errors.ts';
import { captureSeeds } from './corpus.ts';
import type { Target } from './loop.ts';

/** Bytes read at a time: small, so that records cross chunks. */
const CHUNK = 512;

/** Makes the target. */
export function capture(): Target {
  const seeds = captureSeeds();
  const file = join(mkdtempSync(join(tmpdir(), 'ringfence-fuzz-')), 'input.pcap');
  return {
    name: 'capture',
    seeds: () => seeds,
    files: /\/src\/(capture|wire)\/(?!.*\.test\.)/,
    run: async (input) => {
      writeFileSync(file, input);
      const reader = await opened(file);
      if (reader === undefined) return;
      while (await reader.fill()) while (reader.next()) check(reader);
      const { frames, packets, dropped } = reader.counts;
      await reader.close();
      const lost = [...dropped.values()].reduce((sum, n) => sum + n, 0);
      if (frames !== packets + lost) throw new Error(`${frames} frames, ${packets} packets, ${lost} dropped`);
    },
  };
}

/** A reader, or undefined for what is no capture: an honest answer. */
async function opened(file: string): Promise<CaptureReader | undefined> {
  try {
    return await openCapture(file, { chunkBytes: CHUNK });
  } catch (error) {
    if (error instanceof RingfenceError) return undefined;
    throw error;
  }
}

function check({ packet }: CaptureReader): void {
  const { start, end, bytes } = packet;
  if (!(start >= 0 && end >= start && end <= bytes.length)) throw new Error(`payload [${start}, ${end}) of ${bytes.length} bytes`);
}
