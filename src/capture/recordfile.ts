/**
 * One capture file as a row of records: its source, the window over its bytes and the walk over them. What is in the
 * records is not looked at here: `reader.ts` merges several of these in order of time and hands their frames on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { giveBack, lend } from '../arena.ts';
import { type ErrorCode, type Fault, RingfenceError } from '../errors.ts';
import { isPcap, PCAP_HEADER, readPcapHeader } from '../wire/pcap.ts';
import { SECTION } from '../wire/pcapng.ts';
import { UNSUPPORTED } from './links.ts';
import { DAMAGE, FRAME, PcapngRecords, PcapRecords, type Records, type Window } from './records.ts';
import { captureName, compressionOf, FOLLOWING, openSource, type Source } from './source.ts';

/** Room for a record that two chunks share; the buffer grows where one is longer. */
const SPARE = 64 * 1024;
/** `GMBU`, the magic number of Microsoft Network Monitor 2. */
const NETMON = 0x474d4255;

/**
 * Opens a capture.
 * @param path file name, or `-` for standard input.
 * @param chunk bytes read at a time.
 * @param follow the file is still being written: its beginning is awaited until this is aborted.
 * @throws RingfenceError `capture-not-found` or `capture-not-a-capture`.
 */
export async function openRecordFile(path: string, chunk: number, follow?: AbortSignal): Promise<RecordFile> {
  return recordFileOf(path, await openSource(path, follow), chunk, follow);
}

/** The capture that a source holds; closes the source if there is none. @throws RingfenceError `capture-not-a-capture`. */
export async function recordFileOf(path: string, source: Source, chunk: number, follow?: AbortSignal): Promise<RecordFile> {
  const window: Window = { bytes: lend(chunk + SPARE), at: 0, end: 0, base: 0 };
  try {
    const ended = await readAtLeast(source, window, PCAP_HEADER, chunk, follow);
    return new RecordFile(path, source, window, recordsOf(path, window), ended, chunk, follow);
  } catch (error) {
    giveBack(window.bytes);
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
async function readAtLeast(source: Source, window: Window, least: number, chunk: number, follow?: AbortSignal): Promise<boolean> {
  while (window.end < least) {
    const n = await source.read(window.bytes, window.end, chunk);
    window.end += n;
    if (n > 0) continue;
    if (follow === undefined || source.over) return true;
    await sleep(FOLLOWING, undefined, { signal: follow }).catch(() => undefined);
  }
  return false;
}

/** The walker for what the window starts with. Undefined: a pcap file that ends inside its header. */
function recordsOf(path: string, window: Window): Records | undefined {
  const { bytes, end } = window;
  if (end >= 4 && bytes.readUInt32BE(0) === SECTION) return new PcapngRecords(path);
  if (end < 4 || !isPcap(bytes, 0)) {
    const hint = end >= 4 && bytes.readUInt32BE(0) === NETMON ? ' but a NetMon capture; convert it with editcap -F pcap' : '';
    const what = end === 0 ? 'empty' : `neither pcap nor pcapng${hint}`;
    throw new RingfenceError('capture-not-a-capture', path, `${captureName(path)} is ${what}`);
  }
  const layout = end < PCAP_HEADER ? undefined : readPcapHeader(bytes, 0);
  if (layout === undefined) return undefined;
  window.at = PCAP_HEADER;
  return new PcapRecords(path, layout);
}

/** A capture file being walked. */
export class RecordFile {
  readonly path: string;
  /** What was wrong with the file, each thing once. Offsets count in the uncompressed stream. */
  readonly faults: Fault[] = [];
  readonly window: Window;
  /** Undefined: the file ends inside its header, and has none. */
  readonly records: Records | undefined;
  /** A record is described by `records` that nobody has taken. */
  ready = false;
  /** µs: time of that record, but never before that of an earlier one; the order of files goes by it. */
  time = 0.5; // A fraction, so that the field is a double from the start.
  /** Records taken so far, and bytes of their frames. */
  frames = 0;
  bytes = 0;
  /** Packets that came of them, and µs of the earliest and the latest. */
  packets = 0;
  first = 0.5;
  last = 0.5;
  /** There is nothing more of it, or only damage. */
  ended = false;

  readonly #source: Source;
  readonly #chunk: number;
  readonly #follow: AbortSignal | undefined;
  #sourceEnded: boolean;
  #closed = false;
  /** Link names already complained about. */
  readonly #complained = new Set<string>();

  /** @param ended the source is used up; made by `recordFileOf` only. */
  constructor(
    path: string,
    source: Source,
    window: Window,
    records: Records | undefined,
    ended: boolean,
    chunk: number,
    follow: AbortSignal | undefined,
  ) {
    this.path = path;
    this.#source = source;
    this.window = window;
    this.records = records;
    this.#sourceEnded = ended;
    this.#chunk = chunk;
    this.#follow = follow;
    this.time = 0;
    this.first = 0;
    this.last = 0;
  }

  /** Moves to the next record. False: `read` more, or it has `ended`. */
  advance(): boolean {
    const records = this.records;
    if (records === undefined || this.ended) return false;
    const found = records.next(this.window);
    if (found === FRAME) {
      this.ready = true;
      if (records.time > this.time) this.time = records.time;
      return true;
    }
    if (found === DAMAGE) this.#end(records.code, records.message);
    return false;
  }

  /** Takes the record that is ready: counts it. */
  take(): void {
    const records = this.records!;
    this.ready = false;
    this.frames++;
    this.bytes += records.end - records.start;
    if (records.face.link.code === UNSUPPORTED) this.#complain(records.face.link.name, this.window.base + records.record);
  }

  /** Reads a chunk more. False: nothing now, and nothing ever if it has `ended`. */
  async read(): Promise<boolean> {
    if (this.ended) return false;
    if (!this.#sourceEnded && (await this.#readChunk())) return true;
    if (!this.ended && (this.#follow === undefined || this.#source.over)) this.#endOfSource();
    return false;
  }

  /** A disk or pipe that fails in the middle ends the input like a cut does. */
  async #readChunk(): Promise<boolean> {
    const { window } = this;
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

  /** Looks whether a followed file is written anew (then it has ended here, and what looked like damage is none) or deleted. */
  async renewed(): Promise<boolean> {
    if (!(await this.#source.renewed())) return false;
    this.#end();
    const damage = this.faults.findIndex(({ code }) => code === 'capture-corrupt');
    if (damage >= 0) this.faults.splice(damage, 1);
    return true;
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
    if (this.#closed) return;
    this.#closed = true;
    giveBack(this.window.bytes);
    await this.#source.close();
  }

  #complain(link: string, offset: number): void {
    if (this.#complained.has(link)) return;
    this.#complained.add(link);
    this.#fault('capture-unsupported-link', `frames of link type ${link} are counted and skipped; the first one lies`, offset);
  }

  /** The source has no more bytes: is there half a record left? */
  #endOfSource(): void {
    const { at, end } = this.window;
    const left = end - at;
    const { damage } = this.#source;
    if (damage !== undefined) this.#end('capture-compressed-corrupt', `the compressed data is damaged (${damage})`);
    else if (left > 0 && this.#follow === undefined) this.#end('capture-truncated', `the file ends ${left} bytes into a record`);
    else this.#end();
  }

  #end(code?: ErrorCode, message?: string): void {
    if (code !== undefined && message !== undefined) this.#fault(code, message, this.window.base + this.window.at);
    this.ended = true;
  }

  #fault(code: ErrorCode, message: string, offset: number): void {
    this.faults.push({ code, where: this.path, offset, message: `${this.path}: ${message} at byte ${offset} (uncompressed)` });
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
