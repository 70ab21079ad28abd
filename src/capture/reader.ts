/**
 * A capture file, or standard input, as a row of packets:
 *
 *     while (await reader.fill()) while (reader.next()) handle(reader.packet);
 *
 * `fill` is the only thing that waits, once per chunk; `next` moves `packet` to the next payload of what was read.
 */
import { giveBack, lend } from '../arena.ts';
import { type ErrorCode, type Fault, RingfenceError } from '../errors.ts';
import { createPacket } from '../packet.ts';
import type { Seed } from '../table.ts';
import type { Packet } from '../types.ts';
import { isPcap, PCAP_HEADER, readPcapHeader } from '../wire/pcap.ts';
import { SECTION, type Secrets } from '../wire/pcapng.ts';
import { Frames } from './frames.ts';
import { UNSUPPORTED } from './links.ts';
import { DAMAGE, FRAME, PcapngRecords, PcapRecords, type Records, type Window } from './records.ts';
import { captureName, compressionOf, openSource, type Source } from './source.ts';

/** Bytes asked for at a time. */
const CHUNK = 4 * 1024 * 1024;
/** Room for a record that two chunks share; the buffer grows where one is longer. */
const SPARE = 64 * 1024;
/** `GMBU`, the magic number of Microsoft Network Monitor 2. */
const NETMON = 0x474d4255;

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

/** How to read. */
export interface CaptureOptions {
  /** Bytes read at a time; default 4 MiB. What comes out does not depend on it. */
  readonly chunkBytes?: number;
  /** Ordinal of the first packet; default 1. */
  readonly firstOrdinal?: number;
  /** The file is still being written: more of it is awaited until this is aborted, and no half record is a fault then. */
  readonly follow?: AbortSignal;
  /** Seed of the fragment table: the run's. Without one, who knows this default can choose which fragments meet. */
  readonly seed?: Seed;
}

/**
 * Opens a capture.
 * @param path file name, or `-` for standard input.
 * @throws RingfenceError `capture-not-found` or `capture-not-a-capture`.
 */
export async function openCapture(path: string, options: CaptureOptions = {}): Promise<CaptureReader> {
  const chunk = Math.max(1, options.chunkBytes ?? CHUNK);
  const source = await openSource(path, options.follow);
  const window: Window = { bytes: lend(chunk + SPARE), at: 0, end: 0, base: 0 };
  try {
    const ended = await readAtLeast(source, window, PCAP_HEADER, chunk);
    const records = recordsOf(path, window);
    return new CaptureReader(path, source, window, records, ended, chunk, options);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** True if a file that begins with these (up to four) bytes is a capture, or compressed and so may be one. */
export function isCaptureHead(head: Buffer): boolean {
  if (head.length < 4) return false;
  return head.readUInt32BE(0) === SECTION || isPcap(head, 0) || compressionOf(head) !== undefined;
}

/** Reads until the window holds `least` bytes; true if the source ended before. */
async function readAtLeast(source: Source, window: Window, least: number, chunk: number): Promise<boolean> {
  while (window.end < least) {
    const n = await source.read(window.bytes, window.end, chunk);
    if (n === 0) return true;
    window.end += n;
  }
  return false;
}

/** The walker for what the window starts with. Undefined: a pcap file that ends inside its header. */
function recordsOf(path: string, window: Window): Records | undefined {
  const { bytes, end } = window;
  if (end >= 4 && bytes.readUInt32BE(0) === SECTION) return new PcapngRecords(path);
  if (end < 4 || !isPcap(bytes, 0)) {
    const hint = end >= 4 && bytes.readUInt32BE(0) === NETMON ? ' but a NetMon capture; convert it with editcap -F pcap' : '';
    throw new RingfenceError('capture-not-a-capture', path, `${captureName(path)} is neither pcap nor pcapng${hint}`);
  }
  const layout = end < PCAP_HEADER ? undefined : readPcapHeader(bytes, 0);
  if (layout === undefined) return undefined;
  window.at = PCAP_HEADER;
  return new PcapRecords(path, layout);
}

/** A capture being read. */
export class CaptureReader {
  /** The packet `next` moved to: one object, reused, good until the next call of `next` or `fill`. */
  readonly packet: Packet;
  /** What was wrong with the file, each thing once. Offsets count in the uncompressed stream. */
  readonly faults: Fault[] = [];
  /** µs: the latest time of any record so far, 0 before the first. */
  lastTime = 0.5; // A fraction, so that the field is a double from the start.

  readonly #path: string;
  readonly #source: Source;
  readonly #window: Window;
  readonly #records: Records | undefined;
  readonly #frames: Frames;
  readonly #chunk: number;
  readonly #follow: AbortSignal | undefined;
  #frameCount = 0;
  #bytes = 0;
  #ordinal: number;
  /** What `open` read has not been announced by `fill` yet. */
  #fresh: boolean;
  #sourceEnded: boolean;
  #ended = false;
  /** Link names already complained about. */
  readonly #complained = new Set<string>();

  /** @param ended the source is used up; made by `openCapture` only. */
  constructor(
    path: string,
    source: Source,
    window: Window,
    records: Records | undefined,
    ended: boolean,
    chunk: number,
    options: CaptureOptions,
  ) {
    this.#path = path;
    this.#source = source;
    this.#window = window;
    this.#records = records;
    this.#chunk = chunk;
    this.#follow = options.follow;
    this.#fresh = true;
    this.#sourceEnded = ended;
    this.#ordinal = (options.firstOrdinal ?? 1) - 1;
    this.packet = createPacket({ source: 'file', file: path, link: '' }, window.bytes);
    this.#frames = new Frames(this.packet, options.seed ?? { k0: 0x52696e67, k1: 0x66656e63 });
    this.lastTime = 0;
  }

  /** Reads the next chunk. False: the input is used up, or damaged from here on (see `faults`). */
  async fill(): Promise<boolean> {
    if (this.#ended) return this.#frames.pending;
    if (this.#fresh) {
      this.#fresh = false;
      return true;
    }
    if (!this.#sourceEnded && (await this.#read())) return true;
    if (!this.#ended) this.#endOfSource();
    return this.#frames.pending;
  }

  /** True if there was something to read. A disk or pipe that fails in the middle ends the input like a cut does. */
  async #read(): Promise<boolean> {
    const window = this.#window;
    makeRoom(window, this.#chunk);
    try {
      const n = await this.#source.read(window.bytes, window.end, this.#chunk);
      window.end += n;
      return n > 0;
    } catch (error) {
      this.#end('capture-truncated', `reading failed (${error instanceof Error ? error.message : String(error)})`);
      return false;
    }
  }

  /** Moves `packet` to the next payload. False: nothing more in what was read; call `fill`. */
  next(): boolean {
    const packet = this.packet;
    const frames = this.#frames;
    if (frames.pending && frames.more()) {
      packet.ordinal = ++this.#ordinal;
      return true;
    }
    const records = this.#records;
    if (records === undefined || this.#ended) return false;
    const window = this.#window;
    for (;;) {
      const found = records.next(window);
      if (found !== FRAME) {
        if (found === DAMAGE) this.#end(records.code, records.message);
        return false;
      }
      const { start, end, face, time } = records;
      this.#frameCount++;
      this.#bytes += end - start;
      if (time > this.lastTime) this.lastTime = time;
      packet.time = time;
      packet.where = face.where;
      if (face.link.code === UNSUPPORTED) this.#complain(face.link.name, window.base + records.record);
      packet.frameNumber = this.#frameCount;
      packet.offset = window.base + records.record;
      if (frames.strip(face.link, window.bytes, start, end, records.original)) {
        packet.ordinal = ++this.#ordinal;
        return true;
      }
    }
  }

  /** Counts so far, made anew at each call. Fragments are settled when `fill` has said false. */
  get counts(): CaptureCounts {
    const links = new Map<string, number>();
    for (const { link, frames } of this.#records?.faces ?? []) {
      if (frames > 0) links.set(link.name, (links.get(link.name) ?? 0) + frames);
    }
    const frames = this.#frames;
    const counted = { packets: frames.packets, taken: frames.taken, dropped: frames.dropped(), oddities: frames.oddities() };
    const records = this.#records;
    const blocks = new Map(records?.blocks);
    return { frames: this.#frameCount, bytes: this.#bytes, ...counted, links, blocks, lost: records?.lost ?? 0 };
  }

  /** Decryption secrets of the capture, such as TLS key logs, in order (pcapng). */
  get secrets(): readonly Secrets[] {
    return this.#records?.secrets ?? [];
  }

  /** Bytes of the file on disk, 0 if unknown. */
  get size(): number {
    return this.#source.size;
  }

  /** Bytes of the file on disk read so far. */
  get position(): number {
    return this.#source.position;
  }

  async close(): Promise<void> {
    await this.#source.close();
    giveBack(this.#window.bytes);
  }

  #complain(link: string, offset: number): void {
    if (this.#complained.has(link)) return;
    this.#complained.add(link);
    const message = `frames of link type ${link} are counted and skipped; the first one lies`;
    this.#fault('capture-unsupported-link', message, offset);
  }

  /** The source has no more bytes: is there half a record left? */
  #endOfSource(): void {
    const window = this.#window;
    const left = window.end - window.at;
    const { damage } = this.#source;
    if (damage !== undefined) this.#end('capture-compressed-corrupt', `the compressed data is damaged (${damage})`);
    else if (left > 0 && this.#follow === undefined) this.#end('capture-truncated', `the file ends ${left} bytes into a record`);
    else this.#end();
  }

  #end(code?: ErrorCode, message?: string): void {
    if (code !== undefined && message !== undefined) this.#fault(code, message, this.#window.base + this.#window.at);
    this.#ended = true;
    this.#frames.finish();
  }

  #fault(code: ErrorCode, message: string, offset: number): void {
    this.faults.push({ code, where: this.#path, offset, message: `${this.#path}: ${message} at byte ${offset} (uncompressed)` });
  }
}

/** Moves what is left to the front of the window, and makes the buffer larger if a chunk does not fit behind it. */
function makeRoom(window: Window, chunk: number): void {
  const { bytes, at, end } = window;
  if (at > 0) {
    bytes.copyWithin(0, at, end);
    window.base += at;
    window.at = 0;
    window.end = end - at;
  }
  if (window.end + chunk <= bytes.length) return;
  window.bytes = lend(Math.max(window.end + chunk, bytes.length * 2));
  bytes.copy(window.bytes, 0, 0, window.end);
  giveBack(bytes);
}
