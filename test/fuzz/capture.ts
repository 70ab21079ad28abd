/**
 * Fuzz target: the bytes of capture files through the readers, in memory. Fragments, streams and parts of one input meet
 * those of the next, as those of one file meet those of the next in a run; every so many inputs begin anew.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Frames } from '../../src/capture/frames.ts';
import { CaptureReader } from '../../src/capture/reader.ts';
import { type RecordFile, recordFileOf } from '../../src/capture/recordfile.ts';
import type { Source } from '../../src/capture/source.ts';
import { RingfenceError } from '../../src/errors.ts';
import { createPacket } from '../../src/packet.ts';
import { captureSeeds, SEPARATOR } from './corpus.ts';
import type { Target } from './loop.ts';

/** Inputs between two new beginnings. */
const EPOCH = 500;
/** Most files of one input. */
const MOST = 4;
const SEED = { k0: 1, k1: 2 };

/** What inputs are read with. */
interface Run {
  frames: Frames;
  /** Frames read so far. */
  seen: number;
  readonly trail: Buffer[];
}

/** Makes the target. */
export function capture(): Target {
  const seeds = captureSeeds();
  const run = begun();
  return {
    name: 'capture',
    seeds: () => seeds,
    settle: () => Object.assign(run, begun()),
    files: /\/src\/(capture|wire)\/(?!.*\.test\.)/,
    run: async (input) => {
      if (run.trail.length === EPOCH) Object.assign(run, begun());
      run.trail.push(input);
      try {
        await read(input, run);
      } catch (error) {
        const trail = run.trail.slice(0, -1);
        Object.assign(run, begun());
        // If it takes what came before, that is part of the finding.
        await read(input, begun());
        throw new Error(`${String(error)}, behind the inputs in ${keep(trail)}`, { cause: error });
      }
    },
  };
}

function begun(): Run {
  const packet = createPacket({ source: 'file', file: 'fuzz', link: '' }, new Uint8Array(0));
  return { frames: new Frames(packet, SEED), seen: 0, trail: [] };
}

/** Writes inputs down, as one that can be replayed but for its length. */
function keep(inputs: readonly Buffer[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'ringfence-fuzz-')), 'before.bin');
  writeFileSync(path, Buffer.concat(inputs.flatMap((input) => [input, SEPARATOR])));
  return path;
}

async function read(input: Buffer, run: Run): Promise<void> {
  const files = await filesIn(input);
  const before = run.frames.taken;
  const reader = new CaptureReader({ frames: run.frames }, files, []);
  let packets = 0;
  while (await reader.fill()) {
    while (reader.next()) {
      check(reader);
      packets++;
    }
  }
  const { frames, taken, dropped } = reader.counts;
  await reader.close();
  run.seen += frames;
  const lost = [...dropped.values()].reduce((sum, n) => sum + n, 0);
  if (run.seen !== taken + lost) throw new Error(`${run.seen} frames, ${taken} taken, ${lost} dropped`);
  if (packets < taken - before) throw new Error(`${packets} packets of ${taken - before} frames`);
}

/** The files of an input that are captures; those that are none have said so with an honest error. */
async function filesIn(input: Buffer): Promise<RecordFile[]> {
  const files: RecordFile[] = [];
  let rest = input;
  for (let n = 0; n < MOST && rest.length > 0; n++) {
    const at = rest.indexOf(SEPARATOR);
    const own = at < 0 ? rest : rest.subarray(0, at);
    rest = at < 0 ? rest.subarray(rest.length) : rest.subarray(at + SEPARATOR.length);
    try {
      // Small chunks now and then, so that records cross them.
      files.push(await recordFileOf('fuzz', memory(own), own.length % 4 === 0 ? 512 : 65_536));
    } catch (error) {
      if (!(error instanceof RingfenceError)) throw error;
    }
  }
  return files;
}

/** Bytes in memory as a source. */
function memory(bytes: Buffer): Source {
  let at = 0;
  return {
    read: (into, to, length) => {
      const n = bytes.copy(into, to, at, Math.min(bytes.length, at + length));
      at += n;
      return Promise.resolve(n);
    },
    size: bytes.length,
    get position() {
      return at;
    },
    damage: undefined,
    over: true,
    renewed: () => Promise.resolve(false),
    close: () => Promise.resolve(),
  };
}

function check({ packet }: CaptureReader): void {
  const { start, end, bytes, time } = packet;
  if (!(start >= 0 && end >= start && end <= bytes.length)) throw new Error(`payload [${start}, ${end}) of ${bytes.length} bytes`);
  if (!Number.isFinite(time)) throw new Error(`time ${time}`);
}
