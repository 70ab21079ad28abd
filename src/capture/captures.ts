/**
 * Several captures as one, in order of time:
 *
 *     while (await captures.fill()) while (captures.next()) handle(captures.packet);
 *
 * Each file is looked into for the time of its first packet and opened again when that time has come, so that a folder of
 * files written in turn costs one open file at a time, and files of several interfaces are merged packet by packet.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fault, RingfenceError } from '../errors.ts';
import { NO_PACKET } from '../packet.ts';
import type { Packet } from '../types.ts';
import { type CaptureCounts, type CaptureOptions, type CaptureReader, isCaptureHead, openCapture } from './reader.ts';

/** Bytes read at a time of each of several files. */
const CHUNK = 1024 * 1024;
/** Files read at the same time. Where more overlap, the others wait, and come later than their time. */
const MAX_OPEN = 64;
/** Bytes read to see when a file begins. */
const GLANCE = 64 * 1024;

/**
 * The files that paths name: a folder stands for the captures in it (told by content, compressed ones too), by name.
 * @throws RingfenceError `capture-not-found` if a path cannot be read, `capture-not-a-capture` if a folder has none.
 */
export async function captureFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (path !== '-' && (await isFolder(path))) files.push(...(await capturesIn(path)));
    else files.push(path);
  }
  return files;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new RingfenceError(
      'capture-not-found',
      path,
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function capturesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isFile() && (await beginsAsCapture(path))) files.push(path);
  }
  if (files.length === 0) throw new RingfenceError('capture-not-a-capture', folder, `${folder} has no captures in it`);
  return files;
}

async function beginsAsCapture(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(4);
    const { bytesRead } = await handle.read(head, 0, 4, 0);
    return isCaptureHead(head.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** A file that waits for its time. */
interface Waiting {
  readonly path: string;
  /** µs of its first packet; Infinity: it has none, and is read last for its counts and faults. */
  readonly first: number;
}

/** A file being read. */
interface Open {
  readonly reader: CaptureReader;
  /** Its packet is ready and has this time, in its own order: never back. */
  time: number;
  /** It has to be filled before more is known. */
  hungry: boolean;
}

/**
 * Opens captures to be read as one.
 * @param paths files, folders or `-`; more than one cannot be followed.
 * @throws RingfenceError as `captureFiles` and `openCapture` do.
 */
export async function openCaptures(paths: readonly string[], options: CaptureOptions = {}): Promise<Captures> {
  const files = await captureFiles(paths);
  const waiting: Waiting[] = [];
  for (const path of files) waiting.push({ path, first: files.length === 1 || path === '-' ? 0 : await firstTime(path) });
  waiting.sort((a, b) => (a.first === b.first ? 0 : a.first - b.first));
  const captures = new Captures(waiting, files.length > 1 ? { chunkBytes: CHUNK, ...options } : options);
  await captures.begin();
  return captures;
}

/** µs of the first packet of a file, Infinity if its beginning has none. */
async function firstTime(path: string): Promise<number> {
  const reader = await openCapture(path, { chunkBytes: GLANCE });
  try {
    while (await reader.fill()) if (reader.next()) return arrival(reader.packet);
    return Number.POSITIVE_INFINITY;
  } finally {
    await reader.close();
  }
}

/** When the packet was captured here, whatever an agent says of its own clock. */
function arrival(packet: Packet): number {
  return packet.hep?.arrival ?? packet.time;
}

/** Captures being read as one. */
export class Captures {
  /** The packet `next` moved to: good until the next call of `next` or `fill`. Ordinals count over all captures. */
  packet: Packet;
  /** What was wrong with files that are read or being read. */
  readonly faults: Fault[] = [];

  readonly #options: CaptureOptions;
  readonly #waiting: Waiting[];
  readonly #open: Open[] = [];
  readonly #counts: CaptureCounts[] = [];
  #ordinal: number;
  /** Whose packet is in hand. */
  #current: Open | undefined;
  #lastTime = 0;
  #reader: CaptureReader | undefined;

  /** Made by `openCaptures` only. @param waiting in order of time. */
  constructor(waiting: Waiting[], options: CaptureOptions) {
    this.#waiting = waiting;
    this.#options = options;
    this.#ordinal = (options.firstOrdinal ?? 1) - 1;
    this.packet = NO_PACKET;
  }

  /** Opens the first file, so that what is wrong with it is known at once. */
  async begin(): Promise<void> {
    await this.#openNext();
  }

  /** Reads on in every file that needs it. False: all are used up. */
  async fill(): Promise<boolean> {
    for (;;) {
      for (const each of [...this.#open]) if (each.hungry) await this.#feed(each);
      const [next] = this.#waiting;
      const due = this.#open.reduce((least, each) => Math.min(least, each.time), Number.POSITIVE_INFINITY);
      if (next === undefined || next.first > due || this.#open.length === MAX_OPEN) return this.#open.length > 0;
      await this.#openNext();
    }
  }

  /** Moves `packet` to the next payload in order of time. False: call `fill`. */
  next(): boolean {
    const current = this.#current;
    this.#current = undefined;
    if (current !== undefined && !this.#advance(current)) return false;
    let least: Open | undefined;
    for (const each of this.#open) {
      if (each.hungry) return false;
      if (least === undefined || each.time < least.time) least = each;
    }
    const [waiting] = this.#waiting;
    if (least === undefined) return false;
    if (waiting !== undefined && waiting.first <= least.time && this.#open.length < MAX_OPEN) return false;
    this.#current = least;
    this.packet = least.reader.packet;
    this.packet.ordinal = ++this.#ordinal;
    return true;
  }

  /** µs: the latest time of any record so far. */
  get lastTime(): number {
    return this.#open.reduce((last, { reader }) => Math.max(last, reader.lastTime), this.#lastTime);
  }

  /** Counts of all files so far, summed. */
  get counts(): CaptureCounts {
    const all = [...this.#counts, ...this.#open.map(({ reader }) => reader.counts)];
    const sum: CaptureCounts = {
      frames: 0,
      bytes: 0,
      packets: 0,
      taken: 0,
      dropped: new Map(),
      oddities: new Map(),
      links: new Map(),
      blocks: new Map(),
      lost: 0,
    };
    for (const counts of all) {
      sum.frames += counts.frames;
      sum.bytes += counts.bytes;
      sum.packets += counts.packets;
      sum.taken += counts.taken;
      sum.lost += counts.lost;
      for (const family of ['dropped', 'oddities', 'links', 'blocks'] as const) {
        for (const [name, count] of counts[family]) sum[family].set(name, (sum[family].get(name) ?? 0) + count);
      }
    }
    return sum;
  }

  /** Bytes of the file read last on disk, 0 if unknown; and how many of them were read. */
  get size(): number {
    return this.#reader?.size ?? 0;
  }

  /** See `size`. */
  get position(): number {
    return this.#reader?.position ?? 0;
  }

  async close(): Promise<void> {
    for (const { reader } of this.#open.splice(0)) await reader.close();
  }

  async #openNext(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const reader = await openCapture(next.path, this.#options);
    this.#reader = reader;
    this.#open.push({ reader, time: next.first, hungry: true });
  }

  /** Moves a file to its next packet; false: it is hungry now. */
  #advance(each: Open): boolean {
    if (each.reader.next()) each.time = Math.max(each.time, arrival(each.reader.packet));
    else each.hungry = true;
    return !each.hungry;
  }

  async #feed(each: Open): Promise<void> {
    while (await each.reader.fill()) {
      each.hungry = false;
      if (this.#advance(each)) return;
    }
    this.#open.splice(this.#open.indexOf(each), 1);
    this.#counts.push(each.reader.counts);
    this.faults.push(...each.reader.faults);
    this.#lastTime = Math.max(this.#lastTime, each.reader.lastTime);
    await each.reader.close();
  }
}
