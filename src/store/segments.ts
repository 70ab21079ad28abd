/**
 * The Event log on disk: append-only segment files in one folder, their names in order of time. Writing waits in a bounded
 * buffer until `flush`, which compresses outside the thread that handles packets.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import { type Fault, RingfenceError } from '../errors.ts';
import { EVENT_SCHEMA } from '../events.ts';
import type { Event } from '../types.ts';
import {
  BLOCK_HEADER,
  block,
  COMPRESSION,
  parseSegmentHeader,
  RowDecoder,
  RowEncoder,
  readBlock,
  readBlockHeader,
  SEGMENT_FORMAT,
  type SegmentHeader,
  segmentHeader,
} from '../wire/segment.ts';

const compress = promisify(zstdCompress);
const NAME = /^events-(\d{6})-(\d{6})\.rfseg$/;

/** Where and how to write. */
export interface SegmentOptions {
  /** Made if it is not there. */
  readonly folder: string;
  readonly node: string;
  /** Counts the starts of the node; part of the file names, see `nextBoot`. */
  readonly boot: number;
  /** Bytes after which a new file is begun; 64 MiB. */
  readonly segmentBytes?: number;
  /** Characters of JSON in a block; 256 KiB. A crash loses at most what was not flushed and the block being written. */
  readonly blockBytes?: number;
  /** Characters of JSON that may wait for `flush`; 16 MiB. */
  readonly bufferBytes?: number;
}

/** The boot number a new writer of this folder takes: one more than any there, so that ids and file names never repeat. */
export function nextBoot(folder: string): number {
  return segmentFiles(folder).reduce((boot, name) => Math.max(boot, Number(NAME.exec(name)?.[1])), 0) + 1;
}

/** Names of the segments of a folder, oldest first; none if there is no such folder. */
export function segmentFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => NAME.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** Appends Events to segments. */
export class SegmentWriter {
  /** Events taken, refusals because the buffer was full, and bytes written so far. */
  events = 0;
  refused = 0;
  bytes = 0;
  readonly #options: Required<SegmentOptions>;
  readonly #header: SegmentHeader;
  readonly #encoder: RowEncoder;
  readonly #sealed: { text: string; rows: number; size: number }[] = [];
  #rows: string[] = [];
  #size = 0;
  #waiting = 0;
  #file: FileHandle | undefined;
  #fileBytes = 0;
  #sequence = 0;
  #flushing: Promise<void> = Promise.resolve();

  /** @throws RingfenceError `output-failed` if the folder cannot be made; its parent must be there. */
  constructor(options: SegmentOptions) {
    this.#options = { segmentBytes: 1 << 26, blockBytes: 1 << 18, bufferBytes: 1 << 24, ...options };
    this.#header = segmentHeader(options.node, options.boot);
    this.#encoder = new RowEncoder(this.#header);
    makeFolder(options.folder);
  }

  /** Takes an Event. False: the buffer is full, the Event was not taken, which is counted; `flush` makes room. */
  add(event: Event): boolean {
    if (this.#waiting >= this.#options.bufferBytes) {
      this.refused++;
      return false;
    }
    const row = this.#encoder.row(event);
    this.#rows.push(row);
    this.#size += row.length + 2;
    this.#waiting += row.length + 2;
    this.events++;
    if (this.#size >= this.#options.blockBytes) this.#seal();
    return true;
  }

  /** True if a full block waits to be written. */
  get due(): boolean {
    return this.#sealed.length > 0;
  }

  /**
   * Writes all full blocks; with `all` also the last one.
   * @throws RingfenceError `output-failed`
   */
  flush(all = false): Promise<void> {
    if (all && this.#rows.length > 0) this.#seal();
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  /** Writes the rest and closes the file. */
  async close(): Promise<void> {
    await this.flush(true);
    await this.#endFile();
  }

  #seal(): void {
    this.#sealed.push({ text: `[${this.#rows.join(',\n')}]`, rows: this.#rows.length, size: this.#size });
    this.#rows = [];
    this.#size = 0;
  }

  async #write(): Promise<void> {
    for (let next = this.#sealed[0]; next !== undefined; next = this.#sealed[0]) {
      const { text, rows, size } = next;
      try {
        if (this.#file !== undefined && this.#fileBytes >= this.#options.segmentBytes) await this.#endFile();
        const file = this.#file ?? (await this.#beginFile());
        await this.#append(file, text, rows);
      } catch (error) {
        throw failed(this.#options.folder, error);
      }
      this.#sealed.shift();
      this.#waiting -= size;
    }
  }

  async #beginFile(): Promise<FileHandle> {
    const number = (n: number): string => String(n).padStart(6, '0');
    const name = `events-${number(this.#options.boot)}-${number(++this.#sequence)}.rfseg`;
    const file = await open(join(this.#options.folder, name), 'wx', 0o640);
    this.#file = file;
    this.#fileBytes = 0;
    await this.#append(file, JSON.stringify(this.#header), 0);
    return file;
  }

  async #append(file: FileHandle, text: string, rows: number): Promise<void> {
    const raw = Buffer.from(text);
    const bytes = block(await compress(raw, COMPRESSION), raw.length, rows);
    await file.appendFile(bytes);
    this.#fileBytes += bytes.length;
    this.bytes += bytes.length;
  }

  async #endFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.sync();
    await file?.close();
  }
}

/** Makes the folder if it is not there, but not its parents: a recursive mkdir never returns on procfs. */
function makeFolder(folder: string): void {
  try {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) mkdirSync(folder);
  } catch (error) {
    const parent = dirname(folder);
    if (existsSync(parent)) throw failed(folder, error);
    throw new RingfenceError('output-failed', folder, `cannot write Events into ${folder}: there is no folder ${parent}; make it first`);
  }
}

function failed(where: string, error: unknown): RingfenceError {
  return new RingfenceError('output-failed', where, `cannot write Events: ${error instanceof Error ? error.message : String(error)}`);
}

/**
 * The Events of one segment, a batch per block. Damage ends it: what was read before stays good and `faults` gets a
 * `segment-corrupt` with the offset of the damaged block, or a `segment-version`.
 * @param types takes the types of Event that its writer knew.
 * @throws Error of the system if the file cannot be opened.
 */
export async function* readSegment(path: string, faults: Fault[], types?: Set<string>): AsyncGenerator<readonly Event[], void, void> {
  const file = await open(path, 'r');
  try {
    let decoder: RowDecoder | undefined;
    for (let offset = 0; ; ) {
      const bytes = await readOneBlock(file, offset);
      if (bytes.length === 0 && decoder !== undefined) return;
      const value = readBlock(bytes);
      if (decoder === undefined) decoder = decoderOf(value, path, faults, types);
      else {
        const events = eventsOf(value, decoder);
        if (events === undefined) faults.push(corrupt(path, offset));
        else yield events;
        if (events === undefined) return;
      }
      if (decoder === undefined) return;
      offset += bytes.length;
    }
  } finally {
    await file.close();
  }
}

/** The bytes of the block at an offset as far as they are there; a header that makes no sense comes alone. */
async function readOneBlock(file: FileHandle, offset: number): Promise<Buffer> {
  const head = await readAt(file, offset, BLOCK_HEADER);
  const header = readBlockHeader(head);
  return header === undefined ? head : readAt(file, offset, BLOCK_HEADER + header.stored);
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let n = 0;
  while (n < length) {
    const { bytesRead } = await file.read(buffer, n, length - n, offset + n);
    if (bytesRead === 0) break;
    n += bytesRead;
  }
  return buffer.subarray(0, n);
}

function decoderOf(value: unknown, path: string, faults: Fault[], types?: Set<string>): RowDecoder | undefined {
  const header = parseSegmentHeader(value);
  if (header === undefined) {
    faults.push(corrupt(path, 0));
    return undefined;
  }
  for (const { name } of header.types) types?.add(name);
  if (header.format <= SEGMENT_FORMAT && header.schema <= EVENT_SCHEMA) return new RowDecoder(header);
  const message = `${path} was written by a newer version (format ${header.format}, Events ${header.schema}); this one reads up to format ${SEGMENT_FORMAT}, Events ${EVENT_SCHEMA}: update Ringfence`;
  faults.push({ code: 'segment-version', where: path, offset: 0, message });
  return undefined;
}

function eventsOf(value: unknown, decoder: RowDecoder): Event[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const events: Event[] = [];
  for (const row of value) {
    const event = decoder.event(row);
    if (event === undefined) return undefined;
    events.push(event);
  }
  return events;
}

function corrupt(path: string, offset: number): Fault {
  const message = `the block at byte ${offset} is damaged or incomplete; the Events before it were read`;
  return { code: 'segment-corrupt', where: path, offset, message };
}
