/**
 * Where the bytes of a capture come from: a file, one that is still being written, a pipe or standard input; plain, gzip
 * (RFC 1952) or Zstandard (RFC 8878), told by content. Memory does not grow with the input: plain bytes go straight into
 * the caller's buffer, and compressed ones are fed to zlib in small pieces whose output waits here, up to a bound.
 */

import { read as readCallback } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { getSystemErrorMessage, promisify } from 'node:util';
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';
import { RingfenceError } from '../errors.ts';

const readDescriptor = promisify(readCallback);

/** Compressed bytes per piece. */
const PIECE = 16 * 1024;
/** Uncompressed bytes that may wait; the decompressor is stopped there, for there is no bound on what a piece may become. */
const WAITING = 4 * 1024 * 1024;
/** ms between two looks at the end of a file that is being written, and that a followed pipe is waited for. */
export const FOLLOWING = 100;
/** Bytes zlib puts out at a time. */
const OUTPUT = 64 * 1024;
/** ms to wait for standard input that was opened not to block. */
const PATIENCE = 10;
/** Bytes at the beginning of a followed file that have to stay: a pcap header and the time of the first record. */
const BEGINNING = 64;
const NOTHING: Buffer = Buffer.alloc(0);

/** A stream of bytes: `read` puts up to `length` of them at `into[at]`; 0: the end, or of what is followed the present end. */
export interface Source {
  read(into: Buffer, at: number, length: number): Promise<number>;
  /** Of what is followed: there will never be more. */
  readonly over: boolean;
  /** Looks whether a followed file is over because it was deleted or is written anew; true: it is written anew. */
  renewed(): Promise<boolean>;
  /** Bytes of the file on disk, 0 if unknown. */
  readonly size: number;
  /** Bytes of the file on disk used up. */
  readonly position: number;
  /** Why the stream ended early; undefined if it did not. */
  readonly damage: string | undefined;
  close(): Promise<void>;
}

/** Magic numbers of the compressions that are read. */
type Compression = 'gzip' | 'zstd';

/**
 * Opens a file or `-` and looks whether it is compressed.
 * @param follow more may be written until this is aborted: the end is only the present end.
 * @throws RingfenceError `capture-not-found` if it cannot be opened or read.
 */
export async function openSource(path: string, follow?: AbortSignal): Promise<Source> {
  const plain = path === '-' ? new Plain(path, undefined, 0, false, follow) : await openFile(path, follow);
  try {
    await plain.peek();
  } catch (error) {
    await plain.close();
    throw notFound(path, error);
  }
  const { compression } = plain;
  return compression === undefined ? plain : new Unzipped(plain, compression);
}

/** The compression of what begins with these bytes, by its magic number; undefined: none that is read. */
export function compressionOf(head: Buffer): Compression | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head.length >= 4 && head.readUInt32BE(0) === 0x28b52ffd ? 'zstd' : undefined;
}

async function openFile(path: string, follow: AbortSignal | undefined): Promise<Plain> {
  try {
    const handle = await open(path, 'r');
    const stats = await handle.stat();
    return new Plain(path, handle, stats.size, stats.isFile(), follow);
  } catch (error) {
    throw notFound(path, error);
  }
}

/** What to call a capture in a message. */
export function captureName(path: string): string {
  return path === '-' ? 'standard input' : path;
}

function notFound(path: string, error: unknown): RingfenceError {
  return new RingfenceError('capture-not-found', path, `${captureName(path)} cannot be read: ${reasonOf(error)}`);
}

/** Why a file cannot be read, in words: Node's own message has the path once more. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error && 'errno' in error && typeof error.errno === 'number')) return error.message;
  if (error.code === 'EISDIR') return 'it is a folder; name the capture files in it';
  return `${error.code}: ${getSystemErrorMessage(error.errno)}`;
}

/** Bytes as they are on disk. */
class Plain implements Source {
  readonly path: string;
  readonly size: number;
  position = 0;
  readonly damage = undefined;
  readonly #handle: FileHandle | undefined;
  /** A file that can grow, unlike a pipe, whose end is its end. */
  readonly #grows: boolean;
  readonly #follow: AbortSignal | undefined;
  #ended = false;
  /** Bytes read that were not handed out yet: the first ones, and what came of a followed pipe. */
  #head: Buffer = Buffer.alloc(0);
  /** The first bytes, to see that a file is still the same. */
  #beginning: Buffer = NOTHING;
  /** A read of a followed pipe that has not come back yet. */
  #waiting: Promise<Buffer> | undefined;

  constructor(path: string, handle: FileHandle | undefined, size: number, grows: boolean, follow: AbortSignal | undefined) {
    this.path = path;
    this.#handle = handle;
    this.#grows = grows;
    this.#follow = follow;
    this.size = size;
  }

  /** Reads the first four bytes at least, if there are as many. */
  async peek(): Promise<void> {
    while (this.#head.length < 4 && (await this.#peekOn()));
    this.#beginning = Buffer.from(this.#head.subarray(0, BEGINNING));
  }

  /** False: there will be no more. */
  async #peekOn(): Promise<boolean> {
    const more = this.#isPipe ? await this.#glance() : await this.#piece();
    this.#head = Buffer.concat([this.#head, more]);
    if (more.length > 0) return true;
    if (this.#follow === undefined || this.over) return false;
    await sleep(FOLLOWING, undefined, { signal: this.#follow }).catch(() => undefined);
    return true;
  }

  get compression(): Compression | undefined {
    return compressionOf(this.#head);
  }

  get over(): boolean {
    return this.#ended || this.#follow === undefined || this.#follow.aborted;
  }

  async renewed(): Promise<boolean> {
    if (this.#handle === undefined || !this.#grows) return false;
    const { size, nlink } = await this.#handle.stat();
    const renewed = size < this.position || !(await this.#beginsAsBefore(this.#handle));
    this.#ended ||= renewed || nlink === 0;
    return renewed;
  }

  /** Who writes anew into the same file may have written more than was there by the time we look. */
  async #beginsAsBefore(handle: FileHandle): Promise<boolean> {
    const now = Buffer.alloc(this.#beginning.length);
    const { bytesRead } = await handle.read(now, 0, now.length, 0);
    return now.subarray(0, bytesRead).equals(this.#beginning);
  }

  async read(into: Buffer, at: number, length: number): Promise<number> {
    if (this.#head.length === 0 && this.#isPipe) this.#head = await this.#glance();
    let n = Math.min(this.#head.length, length);
    if (n > 0) {
      this.#head.copy(into, at, 0, n);
      this.#head = this.#head.subarray(n);
    } else if (!this.#isPipe) n = await this.#read(into, at, length);
    this.position += n;
    return n;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  get #isPipe(): boolean {
    return this.#follow !== undefined && !this.#grows;
  }

  async #piece(): Promise<Buffer> {
    const piece = Buffer.allocUnsafe(PIECE);
    return piece.subarray(0, await this.#read(piece, 0, PIECE));
  }

  /** What a followed pipe gives within `FOLLOWING` ms: to wait for it to the end would hold up all else. */
  async #glance(): Promise<Buffer> {
    if (this.#ended) return NOTHING;
    this.#waiting ??= this.#piece();
    const came = await Promise.race([this.#waiting, sleep(FOLLOWING, undefined)]);
    if (came === undefined) return NOTHING;
    this.#waiting = undefined;
    this.#ended = came.length === 0;
    return came;
  }

  async #read(into: Buffer, at: number, length: number): Promise<number> {
    if (this.#handle !== undefined) return (await this.#handle.read(into, at, length, null)).bytesRead;
    for (;;) {
      try {
        return (await readDescriptor(0, into, at, length, null)).bytesRead;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code === 'EOF') return 0; // how Windows ends a pipe
        if (code !== 'EAGAIN') throw error;
        await sleep(PATIENCE);
      }
    }
  }
}

/**
 * One decompressor, fed piece by piece; what it puts out is queued, so that damage loses nothing before it. Where a piece
 * becomes much, it is `busy` with it until the queue was emptied and `go` called, perhaps several times.
 */
class Inflater {
  readonly queue: Buffer[] = [];
  damage: string | undefined;
  busy = false;
  readonly #compression: Compression;
  #stream: Gunzip | ZstdDecompress;
  #waiting = 0;
  #settle: () => void = () => undefined;
  /** The piece in hand, and how many bytes the present stream was fed in all. */
  #piece: Buffer = Buffer.alloc(0);
  #fed = 0;
  /** The stream has taken the piece; it has come to its end. */
  #taken = false;
  #over = false;

  constructor(compression: Compression) {
    this.#compression = compression;
    this.#stream = this.#open();
  }

  /** Takes a piece; back when all that it gives is in the queue, too much is, or damage was met. */
  feed(piece: Buffer): Promise<void> {
    return this.#after(() => this.#write(piece));
  }

  /** No more pieces: damage if the compressed data is not at its end. */
  finish(): Promise<void> {
    return this.#after(() => {
      if (this.#over) this.#rest();
      else this.#stream.end();
    });
  }

  /** Goes on with what it is busy with; the queue is empty. */
  go(): Promise<void> {
    return this.#after(() => undefined);
  }

  close(): void {
    this.#stream.destroy();
  }

  #open(): Gunzip | ZstdDecompress {
    const options = { chunkSize: OUTPUT };
    const stream = this.#compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options);
    this.#fed = 0;
    this.#over = false;
    stream.on('data', (chunk: Buffer) => {
      this.queue.push(chunk);
      this.#waiting += chunk.length;
      if (this.#waiting < WAITING) return;
      stream.pause();
      this.#settle();
    });
    stream.on('error', (error: Error) => {
      this.damage = error.message;
      this.#rest();
    });
    stream.on('end', () => {
      this.#over = true;
      this.#goOn();
    });
    return stream;
  }

  #write(piece: Buffer): void {
    this.#piece = piece;
    this.#fed += piece.length;
    this.#taken = false;
    this.#stream.write(piece, () => {
      this.#taken = true;
      this.#goOn();
    });
  }

  /** A Zstandard stream ends with its first frame (RFC 8878 §3.1); what is left of the piece is for the next. */
  #goOn(): void {
    if (!this.#taken) return;
    const left = this.#compression === 'zstd' ? this.#fed - this.#stream.bytesWritten : 0;
    if (left === 0) this.#rest();
    else if (this.#over) {
      this.#stream = this.#open();
      this.#write(this.#piece.subarray(this.#piece.length - left));
    }
  }

  #rest(): void {
    this.busy = false;
    this.#settle();
  }

  #after(start: () => void): Promise<void> {
    if (this.damage !== undefined) return Promise.resolve();
    this.#waiting = 0;
    this.busy = true;
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#stream.resume();
      start();
    });
  }
}

/** The content of compressed bytes. */
class Unzipped implements Source {
  readonly size: number;
  position = 0;
  damage: string | undefined;
  readonly #plain: Plain;
  readonly #compression: Compression;
  readonly #inflater: Inflater;
  readonly #queue: Buffer[];
  readonly #piece: Buffer = Buffer.allocUnsafe(PIECE);
  /** Bytes put out by the inflater so far, handed out or not. */
  #out = 0;
  #ended = false;
  /** Length of the piece the inflater has. */
  #length = 0;

  constructor(plain: Plain, compression: Compression) {
    this.#plain = plain;
    this.size = plain.size;
    this.#compression = compression;
    this.#inflater = new Inflater(compression);
    this.#queue = this.#inflater.queue;
  }

  get over(): boolean {
    return this.#ended || this.#plain.over;
  }

  renewed(): Promise<boolean> {
    return this.#plain.renewed();
  }

  async read(into: Buffer, at: number, length: number): Promise<number> {
    while (this.#queue.length === 0 && !this.#ended && (await this.#inflate()));
    let n = 0;
    while (n < length) {
      const chunk = this.#queue[0];
      if (chunk === undefined) break;
      const part = chunk.copy(into, at + n, 0, length - n);
      n += part;
      if (part < chunk.length) this.#queue[0] = chunk.subarray(part);
      else this.#queue.shift();
    }
    return n;
  }

  async close(): Promise<void> {
    this.#inflater.close();
    await this.#plain.close();
  }

  /** False: there is nothing now, but may be later. */
  async #inflate(): Promise<boolean> {
    const inflater = this.#inflater;
    if (inflater.busy) await inflater.go();
    else {
      this.#length = await this.#plain.read(this.#piece, 0, PIECE);
      if (this.#length === 0 && !this.#plain.over) return false;
      if (this.#length > 0) await inflater.feed(this.#piece.subarray(0, this.#length));
      else await inflater.finish();
    }
    for (const chunk of this.#queue) this.#out += chunk.length;
    if (inflater.busy) return true;
    this.#ended = this.#length === 0 || inflater.damage !== undefined;
    this.damage = inflater.damage;
    if (inflater.damage !== undefined && this.#length > 0) await this.#salvage(this.position, this.#length);
    this.position += this.#length;
    return true;
  }

  /**
   * zlib withholds what it made of the very piece in which it met the damage. Of a file, that can be had by starting
   * over and giving it that piece byte by byte.
   * @param before compressed bytes before the damaged piece. @param length of the damaged piece.
   */
  async #salvage(before: number, length: number): Promise<void> {
    if (this.#plain.path === '-') return;
    const again = new Inflater(this.#compression);
    const handle = await open(this.#plain.path, 'r');
    try {
      let skip = this.#out;
      const piece = Buffer.allocUnsafe(PIECE);
      for (let at = 0; at < before + length && again.damage === undefined; ) {
        const n = (await handle.read(piece, 0, at < before ? Math.min(PIECE, before - at) : 1, at)).bytesRead;
        if (n === 0) break;
        at += n;
        await again.feed(piece.subarray(0, n));
        for (;;) {
          for (const chunk of again.queue.splice(0)) {
            if (skip < chunk.length) this.#queue.push(chunk.subarray(skip));
            skip = Math.max(0, skip - chunk.length);
          }
          if (!again.busy) break;
          await again.go();
        }
      }
    } finally {
      again.close();
      await handle.close();
    }
  }
}
