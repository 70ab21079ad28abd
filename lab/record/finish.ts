/** Makes the run's folder from what was recorded: frames at simulated time, labels, hashes, manifest. */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { writePcapHeader, writePcapRecord } from '../../src/wire/pcap.ts';
import type { Campaigns } from './campaigns.ts';
import type { CallRecord, Campaign, Label } from './folder.ts';
import { callIdOf, type Frame, framesOf } from './frames.ts';
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

/** Writes captures, labels, units and calls; removes the raw captures. */
export async function finish(
  folder: string,
  raw: ReadonlyMap<string, string>,
  timeline: Timeline,
  campaigns: Campaigns,
  calls: readonly CallRecord[],
): Promise<Recorded> {
  let sipMessages = 0;
  const merged: Moved[] = [];
  mkdirSync(join(folder, 'segments'), { recursive: true });
  for (const [segment, file] of raw) {
    const moved: Moved[] = [];
    for (const frame of framesOf(readFileSync(file), segment)) {
      const callId = callIdOf(frame);
      if (callId !== undefined && segment !== 'nat-inside') sipMessages++;
      moved.push({ frame, time: Math.round(frame.real + timeline.shift(frame.real, callId, frame.src, frame.dst)) });
    }
    moved.sort((a, b) => a.time - b.time);
    await writeCapture(join(folder, 'segments', `${segment}.pcap.gz`), moved);
    if (segment !== 'nat-inside') for (const each of moved) merged.push(each);
    rmSync(file);
  }
  merged.sort((a, b) => a.time - b.time);
  await writeCapture(join(folder, 'merged.pcap.gz'), merged);
  const labels = campaigns.label(merged);
  writeLines(join(folder, 'labels.jsonl'), labels);
  writeLines(join(folder, 'units.jsonl'), timeline.units());
  writeLines(join(folder, 'calls.jsonl'), calls);
  const ends = { first: merged[0]?.time ?? 0, last: merged.at(-1)?.time ?? 0 };
  return { campaigns: summary(campaigns, labels), ...ends, packets: merged.length, sipMessages };
}

/** @throws Error if an attack's packets were all lost: a run without its attack proves nothing. */
function summary(campaigns: Campaigns, labels: readonly Label[]): Campaign[] {
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

function* records(frames: readonly Moved[]): Generator<Buffer> {
  let pending: Uint8Array[] = [writePcapHeader()];
  let size = 0;
  for (const { frame, time } of frames) {
    pending.push(writePcapRecord(time, frame.file.subarray(frame.start, frame.end)));
    size += frame.end - frame.start;
    if (size < CHUNK) continue;
    yield Buffer.concat(pending);
    pending = [];
    size = 0;
  }
  if (pending.length > 0) yield Buffer.concat(pending);
}

/** Writes one JSON value a line. */
function writeLines(file: string, values: readonly unknown[]): void {
  writeFileSync(file, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

/** Server logs start each line with the machine's time in seconds (`1700000000.123456 `) and may name a Call-ID: moves them in time. */
export function moveLogs(folder: string, timeline: Timeline): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const lines = readFileSync(file, 'utf8').split('\n');
    if (!lines.some((line) => STAMPED.test(line))) continue;
    writeFileSync(file, inOrder(lines.map((line) => moveLine(line, timeline))).join('\n'));
  }
}

const STAMPED = /^(\d{10}\.\d{6}) /;

function moveLine(line: string, timeline: Timeline): string {
  const stamp = STAMPED.exec(line)?.[1];
  if (stamp === undefined) return line;
  const real = Number(stamp) * 1e6;
  const callId = /\bcallid=(\S+)/.exec(line)?.[1];
  const moved = real + timeline.shift(real, callId, '', '');
  return `${(moved / 1e6).toFixed(6)}${line.slice(stamp.length)}`;
}

/** Stamped lines by time; a line without a stamp stays behind the one before it. */
function inOrder(lines: readonly string[]): string[] {
  const groups: { time: number; lines: string[] }[] = [];
  for (const line of lines) {
    const stamp = STAMPED.exec(line)?.[1];
    if (stamp === undefined && groups.length > 0) groups.at(-1)!.lines.push(line);
    else groups.push({ time: Number(stamp ?? 0), lines: [line] });
  }
  return groups.sort((a, b) => a.time - b.time).flatMap((group) => group.lines);
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
