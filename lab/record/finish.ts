/** Makes the run's folder from what was recorded: frames at simulated time, labels, hashes, manifest. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { writePcapHeader } from '../../src/wire/pcap.ts';
import type { Query } from '../servers/resolver.ts';
import { accounted, pikeLine, type ServerRecord, securityLine } from '../servers/serverlog.ts';
import type { Campaigns } from './campaigns.ts';
import type { CallRecord, Campaign, Label } from './folder.ts';
import { callIdOf, type Frame, framesOf, subjectOf } from './frames.ts';
import { unexplained } from './losses.ts';
import type { Timeline } from './timeline.ts';

/** A frame at its simulated time. */
interface Moved {
  readonly frame: Frame;
  readonly time: number;
}

/** What the files turned out to hold. */
export interface Recorded {
  readonly campaigns: readonly Campaign[];
  readonly first: number;
  readonly last: number;
  readonly packets: number;
  readonly sipMessages: number;
}

/** Fast compression: captures of media are large, and the reader is no slower for it. */
const LEVEL = 1;

/**
 * Writes captures, labels, units and calls; removes the raw captures. `loss`: share (0 to 1) of the packets that the far network loses.
 * @throws Error if more was lost.
 */
export async function finish(
  folder: string,
  raw: ReadonlyMap<string, string>,
  timeline: Timeline,
  campaigns: Campaigns,
  calls: readonly CallRecord[],
  loss: number,
): Promise<Recorded> {
  let sipMessages = 0;
  const merged: Moved[] = [];
  const written: Promise<void>[] = [];
  mkdirSync(join(folder, 'segments'), { recursive: true });
  for (const [segment, file] of raw) {
    const moved: Moved[] = [];
    const shifts = new Map<string, number>();
    for (const frame of framesOf(readFileSync(file), segment)) {
      const subject = subjectOf(frame);
      const callId = callIdOf(subject);
      if (callId !== undefined && subject === frame && segment !== 'nat-inside') sipMessages++;
      const own = timeline.shift(frame.real, callId, subject.src, subject.dst);
      moved.push({ frame, time: Math.round(frame.real + withFirst(frame, own, shifts)) });
    }
    moved.sort((a, b) => a.time - b.time);
    // The compressor has threads of its own: the next segment is read meanwhile.
    written.push(writeCapture(join(folder, 'segments', `${segment}.pcap.gz`), moved));
    if (segment !== 'nat-inside') for (const each of moved) merged.push(each);
    rmSync(file);
  }
  merged.sort((a, b) => a.time - b.time);
  await Promise.all(written);
  await writeCapture(join(folder, 'merged.pcap.gz'), merged);
  const labels = campaigns.label(merged);
  writeLines(join(folder, 'labels.jsonl'), labels);
  writeLines(join(folder, 'units.jsonl'), timeline.units());
  writeLines(join(folder, 'calls.jsonl'), calls);
  const ends = { first: merged[0]?.time ?? 0, last: merged.at(-1)?.time ?? 0 };
  return { campaigns: summary(campaigns, labels, loss), ...ends, packets: merged.length, sipMessages };
}

/** @throws Error if an attack's packets were all lost, or more than the far network loses: the run is not what its labels say. */
function summary(campaigns: Campaigns, labels: readonly Label[], loss: number): Campaign[] {
  const fault = unexplained(labels, loss);
  if (fault !== undefined) throw new Error(`${fault}: the machine is too busy for this run`);
  const list = campaigns.summary(labels);
  const empty = list.find(({ packets }) => packets === 0);
  if (empty !== undefined) throw new Error(`campaign ${empty.id} (${empty.attack}): none of its packets crossed the router`);
  return list;
}

/** Bytes gathered before they go to the compressor. */
const CHUNK = 1 << 20;

async function writeCapture(file: string, frames: readonly Moved[]): Promise<void> {
  await pipeline(Readable.from(records(frames)), createGzip({ level: LEVEL }), createWriteStream(file));
}

/** The capture in chunks: a day has a million records, too many for a buffer each. */
function* records(frames: readonly Moved[]): Generator<Uint8Array> {
  yield writePcapHeader();
  let chunk = Buffer.allocUnsafe(CHUNK);
  let at = 0;
  for (const { frame, time } of frames) {
    const { file, start, end } = frame;
    if (at + RECORD + end - start > CHUNK) {
      yield chunk.subarray(0, at);
      chunk = Buffer.allocUnsafe(CHUNK);
      at = 0;
    }
    at = writeRecordHeader(chunk, at, time, end - start);
    at += file.copy(chunk, at, start, end);
  }
  yield chunk.subarray(0, at);
}

/** Bytes of a record's header. */
const RECORD = 16;

/** Writes it as writePcapHeader announces: little-endian, microseconds. Gives where the packet's bytes belong. */
function writeRecordHeader(chunk: Buffer, at: number, time: number, length: number): number {
  chunk.writeUInt32LE(Math.floor(time / 1e6), at);
  chunk.writeUInt32LE(time % 1e6, at + 4);
  chunk.writeUInt32LE(length, at + 8);
  chunk.writeUInt32LE(length, at + 12);
  return at + RECORD;
}

/** Later fragments of a datagram have no ports and no Call-ID: they move with the first. `shifts`: of the first ones so far. */
function withFirst({ fragment }: Frame, own: number, shifts: Map<string, number>): number {
  if (fragment === undefined) return own;
  if (!fragment.first) return shifts.get(fragment.of) ?? own;
  shifts.set(fragment.of, own);
  return own;
}

/** Writes one JSON value a line. */
function writeLines(file: string, values: readonly unknown[]): void {
  writeFileSync(file, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

/** Writes what the servers told at simulated time: security.log, pike.log, the proxy's call records, the resolver's queries. */
export function writeServerLogs(folder: string, records: readonly ServerRecord[], queries: readonly Query[], timeline: Timeline): void {
  const moved = records.map((record) => ({
    ...record,
    time: Math.round(record.time + timeline.shift(record.time, record.callId, '', '')),
  }));
  moved.sort((a, b) => a.time - b.time);
  const lines = (line: (record: ServerRecord) => string | undefined): string => moved.flatMap((record) => line(record) ?? []).join('\n');
  writeFileSync(join(folder, 'security.log'), `${lines(securityLine)}\n`);
  writeFileSync(join(folder, 'pike.log'), `${lines(pikeLine)}\n`);
  writeLines(join(folder, 'proxy-calls.jsonl'), accounted(moved));
  const asked = queries.map((query) => ({ ...query, time: Math.round(query.time + timeline.shift(query.time, undefined, '', '')) }));
  writeLines(join(folder, 'resolver.jsonl'), asked);
}

/** SHA-256 of every file below the folder, by its path in it. */
export async function hashFiles(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = join(folder, name);
    if (!statSync(file).isFile()) continue;
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    hashes[relative(folder, file)] = hash.digest('hex');
  }
  return hashes;
}
