/**
 * Capture files, or standard input, as one row of packets:
 *
 *     while (await reader.fill()) while (reader.next()) handle(reader.packet);
 *
 * `fill` is the only thing that waits, once per chunk; `next` moves `packet` to the next payload of what was read. Of
 * several files the frames are merged in order of time before anything is put together, so that a datagram or a
 * message may begin in one file and end in another.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { wallMilliseconds } from '../clock.ts';
import { type Fault, RingfenceError } from '../errors.ts';
import { createPacket } from '../packet.ts';
import type { Seed } from '../table.ts';
import type { Packet } from '../types.ts';
import type { Secrets } from '../wire/pcapng.ts';
import { Frames } from './frames.ts';
import { openRecordFile, type RecordFile } from './recordfile.ts';
import { FOLLOWING } from './source.ts';

/** Bytes asked for at a time: of one file, and of each of several. */
const CHUNK = 4 * 1024 * 1024;
const CHUNK_OF_MANY = 1024 * 1024;
/** Files read at the same time. Where more overlap, the others wait, and come later than their time. */
const MAX_OPEN = 64;
/** Followed files kept open; of more, those that were silent longest are closed. */
const MAX_FOLLOWED = 16;
/** ms of silence after which `fill` is back without anything, so that time can pass; and between two looks for new files. */
const SILENCE = 1000;

/** What came of the frames: `frames` is `taken` plus the sum of `dropped`. */
export interface CaptureCounts {
  /** Records, counted as tshark counts frames. */
  frames: number;
  /** Bytes of those frames as captured. */
  bytes: number;
  /** Packets; a frame may make several messages of a stream whole. */
  packets: number;
  /** Frames that gave a packet. */
  taken: number;
  /** Reason (a `Reason` of `reasons.ts`) to frames. */
  dropped: Map<string, number>;
  /** What was odd, by name, whatever came of the frame: see `Frames.oddities`. */
  oddities: Map<string, number>;
  /** Link name to frames. */
  links: Map<string, number>;
  /** pcapng blocks that are no frames, by name (`BLOCK_NAMES` of `wire/pcapng.ts`). */
  blocks: Map<string, number>;
  /** Frames the capturing program says it lost (pcapng interface statistics). */
  lost: number;
}

/** What one file gave. */
export interface FileCounts {
  /** As it was named, or found in a folder. */
  readonly name: string;
  /** Bytes of its frames, as captured. */
  readonly bytes: number;
  readonly frames: number;
  /** Packets that its frames made whole. */
  readonly packets: number;
  /** µs of the earliest and the latest of these; 0 if there was none. */
  readonly first: number;
  readonly last: number;
}

/** How to read. */
export interface CaptureOptions {
  /** Bytes read at a time; default 4 MiB, of several files 1 MiB. What comes out does not depend on it. */
  readonly chunkBytes?: number;
  /** Ordinal of the first packet; default 1. */
  readonly firstOrdinal?: number;
  /**
   * The files are still being written: more of them is awaited until this is aborted, and no half record is a fault then.
   * `fill` is back every second even if nothing came.
   */
  readonly follow?: AbortSignal;
  /** What puts frames together, with what an earlier reader left in it; else a new one, with `seed`. */
  readonly frames?: Frames;
  /** Seed of the tables of fragments and streams: the run's. Without one, who knows this default can choose what meets. */
  readonly seed?: Seed;
}

/** A file that waits for its time. */
export interface Waiting {
  readonly path: string;
  /** µs of its first record; Infinity: it has none, and is read last for its counts and faults. */
  readonly first: number;
}

/** Where further files come from while files are followed: called each second, and a last time at the end. */
export type Discover = (last: boolean) => Promise<readonly Waiting[]>;

/**
 * Opens one capture.
 * @param path file name, or `-` for standard input.
 * @throws RingfenceError `capture-not-found` or `capture-not-a-capture`.
 */
export async function openCapture(path: string, options: CaptureOptions = {}): Promise<CaptureReader> {
  const file = await openRecordFile(path, Math.max(1, options.chunkBytes ?? CHUNK), options.follow);
  return new CaptureReader(options, [file], []);
}

/** Sums over files. */
interface Tally {
  frames: number;
  bytes: number;
  lost: number;
  size: number;
  position: number;
  readonly links: Map<string, number>;
  readonly blocks: Map<string, number>;
}

/** Captures being read as one. */
export class CaptureReader {
  /** The packet `next` moved to: one object, reused, good until the next call of `next` or `fill`. */
  readonly packet: Packet;

  readonly #faults: Fault[] = [];
  readonly #frames: Frames;
  readonly #chunk: number;
  readonly #follow: AbortSignal | undefined;
  readonly #discover: Discover | undefined;
  /** Files being read, in the order of their first records. */
  readonly #open: RecordFile[] = [];
  readonly #waiting: Waiting[];
  /** The file whose records come next, up to the time of those of another (µs). */
  #current: RecordFile | undefined;
  #until = Number.POSITIVE_INFINITY;
  /** The file that gave the last record: what was put together belongs to it. */
  #giver: RecordFile | undefined;
  #lastTime = 0.5; // A fraction, so that the field is a double from the start.
  #ordinal: number;
  /** ms of the wall clock of the last look for files; below 0: there will be no other. */
  #looked = 0;
  #over = false;
  /** Packets whose end the capture left out. */
  #cut = 0;
  /** Counts of the files that ended, in the order all were opened, and the place in it of those being read. */
  readonly #files: FileCounts[] = [];
  readonly #places = new Map<RecordFile, number>();
  readonly #secrets: Secrets[] = [];
  readonly #tally: Tally = { frames: 0, bytes: 0, lost: 0, size: 0, position: 0, links: new Map(), blocks: new Map() };

  /** @param open files already open. @param waiting others, in order of time. */
  constructor(options: CaptureOptions, open: readonly RecordFile[], waiting: readonly Waiting[], discover?: Discover) {
    for (const file of open) this.#join(file);
    this.#waiting = [...waiting];
    this.#discover = discover;
    this.#chunk = Math.max(1, options.chunkBytes ?? (waiting.length > 1 || discover !== undefined ? CHUNK_OF_MANY : CHUNK));
    this.#follow = options.follow;
    this.#ordinal = (options.firstOrdinal ?? 1) - 1;
    this.#frames = options.frames ?? framesFor(open[0]?.path ?? waiting[0]?.path ?? '', options.seed);
    this.packet = this.#frames.packet;
    this.#lastTime = 0;
    this.#looked = wallMilliseconds();
  }

  /** Reads on. False: all input is used up, or damaged from here on (see `faults`). */
  async fill(): Promise<boolean> {
    if (this.#over) return this.#frames.pending;
    const called = wallMilliseconds();
    await this.#ready();
    while (this.#awaits && !this.#open.some((file) => file.ready)) {
      if (wallMilliseconds() - called >= SILENCE) return true;
      await sleep(FOLLOWING, undefined, { signal: this.#follow }).catch(() => undefined);
      await this.#ready();
    }
    if (this.#open.length > 0) return true;
    this.#over = true;
    this.#frames.finish();
    return this.#frames.pending;
  }

  /** More may come though there is nothing now. */
  get #awaits(): boolean {
    return this.#follow?.aborted === false && (this.#open.length > 0 || this.#waiting.length > 0 || this.#discover !== undefined);
  }

  /** Moves `packet` to the next payload in order of time. False: nothing more in what was read; call `fill`. */
  next(): boolean {
    const { packet } = this;
    const frames = this.#frames;
    if (frames.pending && frames.more()) return this.#give(packet);
    for (;;) {
      const file = this.#current ?? this.#choose();
      if (file === undefined) return false;
      if (!file.ready && !file.advance()) {
        this.#current = undefined;
        return false;
      }
      if (file.time > this.#until) {
        this.#current = undefined;
        continue;
      }
      const records = file.records!;
      const { window } = file;
      const { start, end, face, time, record } = records;
      file.take();
      this.#giver = file;
      if (time > this.#lastTime) this.#lastTime = time;
      packet.time = time;
      packet.where = face.where;
      packet.frameNumber = file.frames;
      packet.offset = window.base + record;
      if (frames.strip(face.link, window.bytes, start, end, records.original)) return this.#give(packet);
    }
  }

  #give(packet: Packet): true {
    packet.ordinal = ++this.#ordinal;
    const { time } = packet;
    if (packet.truncated) this.#cut++;
    const giver = this.#giver;
    if (giver !== undefined) {
      if (giver.packets++ === 0) giver.first = time;
      if (time < giver.first) giver.first = time;
      if (time > giver.last) giver.last = time;
    }
    return true;
  }

  /** The open file with the earliest record, the giver of the last one among equals; undefined if `fill` has to look first. */
  #choose(): RecordFile | undefined {
    let least: RecordFile | undefined;
    for (const file of this.#open) {
      if (!file.ready) {
        if (this.#follow === undefined) return undefined;
        continue;
      }
      if (least === undefined || file.time < least.time || (file.time === least.time && file === this.#giver)) least = file;
    }
    if (least === undefined) return undefined;
    const waits = this.#open.length < MAX_OPEN ? (this.#waiting[0]?.first ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    if (waits <= least.time) return undefined;
    // Times are whole, so that a file of the same time is opened before.
    this.#until = waits - 1;
    for (const file of this.#open) if (file !== least && file.ready && file.time < this.#until) this.#until = file.time;
    this.#current = least;
    return least;
  }

  /** Makes a record of every file ready that has one, and opens the files whose time has come. */
  async #ready(): Promise<void> {
    const follow = this.#follow;
    if (follow !== undefined && this.#looked >= 0 && (follow.aborted || wallMilliseconds() - this.#looked >= SILENCE))
      await this.#look(follow.aborted);
    for (;;) {
      for (const file of [...this.#open]) if (!file.ready) await this.#feed(file);
      const due = this.#open.reduce((least, file) => (file.ready ? Math.min(least, file.time) : least), Number.POSITIVE_INFINITY);
      const [next] = this.#waiting;
      if (next === undefined || next.first > due || this.#open.length >= MAX_OPEN) return;
      this.#waiting.shift();
      await this.#begin(next.path);
    }
  }

  /** Opens a file; one that cannot be opened is a fault and no more. */
  async #begin(path: string): Promise<void> {
    try {
      this.#join(await openRecordFile(path, this.#chunk, this.#follow));
    } catch (error) {
      if (!(error instanceof RingfenceError)) throw error;
      const { code, where, message } = error;
      this.#faults.push({ code, where, message });
    }
  }

  #join(file: RecordFile): void {
    this.#open.push(file);
    this.#places.set(file, this.#files.length);
    this.#files.push(countsOf(file));
  }

  async #feed(file: RecordFile): Promise<void> {
    do if (file.advance()) return;
    while (await file.read());
    if (!file.ended) return;
    if (this.#follow !== undefined && file.faults.length > 0) await this.#renew(file);
    else await this.#end(file);
  }

  /** Ends a followed file that is written anew, to be read from its new beginning. */
  async #renew(file: RecordFile): Promise<void> {
    if (await file.renewed()) this.#waiting.unshift({ path: file.path, first: 0 });
    if (file.ended) await this.#end(file);
  }

  async #end(file: RecordFile): Promise<void> {
    this.#open.splice(this.#open.indexOf(file), 1);
    if (this.#current === file) this.#current = undefined;
    this.#files[this.#places.get(file)!] = countsOf(file);
    this.#places.delete(file);
    this.#tallyUp(file, this.#tally);
    this.#secrets.push(...(file.records?.secrets ?? []));
    this.#faults.push(...file.faults);
    await file.close();
  }

  /** While files are followed: looks for new ones, for such as begin anew, and closes those silent longest of too many. */
  async #look(last: boolean): Promise<void> {
    this.#looked = last ? -1 : wallMilliseconds();
    this.#waiting.push(...((await this.#discover?.(last)) ?? []));
    this.#waiting.sort((a, b) => (a.first === b.first ? 0 : a.first - b.first));
    for (const file of [...this.#open]) {
      if (!file.ready) await this.#renew(file);
    }
    const silent = this.#open.filter((file) => !file.ready).sort((a, b) => a.time - b.time);
    for (const file of silent.slice(0, Math.max(0, this.#open.length - MAX_FOLLOWED))) await this.#end(file);
  }

  /** What was wrong with files, each thing once. Offsets count in the uncompressed stream. */
  get faults(): readonly Fault[] {
    return [...this.#faults, ...this.#open.flatMap(({ faults }) => faults)];
  }

  /** µs: the latest time of any record so far, 0 before the first. */
  get lastTime(): number {
    return this.#lastTime;
  }

  /** What each file gave so far, in the order of their first records. */
  get files(): FileCounts[] {
    const files = [...this.#files];
    for (const [file, place] of this.#places) files[place] = countsOf(file);
    return files;
  }

  /** Counts so far, made anew at each call. Fragments are settled when `fill` has said false. */
  get counts(): CaptureCounts {
    const tally = { ...this.#tally, links: new Map(this.#tally.links), blocks: new Map(this.#tally.blocks) };
    for (const file of this.#open) this.#tallyUp(file, tally);
    const { frames, bytes, links, blocks, lost } = tally;
    const { packets, taken } = this.#frames;
    const oddities = this.#frames.oddities();
    if (this.#cut > 0) oddities.set('cut', this.#cut);
    return { frames, bytes, packets, taken, dropped: this.#frames.dropped(), oddities, links, blocks, lost };
  }

  #tallyUp(file: RecordFile, into: Tally): void {
    into.frames += file.frames;
    into.bytes += file.bytes;
    into.size += file.size;
    into.position += file.position;
    into.lost += file.records?.lost ?? 0;
    for (const { link, frames } of file.records?.faces ?? []) if (frames > 0) add(into.links, link.name, frames);
    for (const [name, count] of file.records?.blocks ?? []) add(into.blocks, name, count);
  }

  /** Decryption secrets of the captures, such as TLS key logs, in order (pcapng). */
  get secrets(): readonly Secrets[] {
    return [...this.#secrets, ...this.#open.flatMap(({ records }) => records?.secrets ?? [])];
  }

  /** Bytes on disk of the files opened so far, 0 if unknown. */
  get size(): number {
    return this.#open.reduce((sum, { size }) => sum + size, this.#tally.size);
  }

  /** Bytes on disk read so far. */
  get position(): number {
    return this.#open.reduce((sum, { position }) => sum + position, this.#tally.position);
  }

  async close(): Promise<void> {
    for (const file of this.#open) await file.close();
  }
}

function framesFor(file: string, seed: Seed = { k0: 0x52696e67, k1: 0x66656e63 }): Frames {
  return new Frames(createPacket({ source: 'file', file, link: '' }, new Uint8Array(0)), seed);
}

function countsOf({ path, bytes, frames, packets, first, last }: RecordFile): FileCounts {
  return { name: path, bytes, frames, packets, first, last };
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}
