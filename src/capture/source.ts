/**
 * Where the bytes of a capture come from: a file, a pipe or standard input, plain or gzip (by content, RFC 1952).
 * Memory does not grow with the input: plain bytes go straight into the caller's buffer, and compressed ones are fed to
 * zlib in small pieces whose output waits here.
 */

import { read as readCallback } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGunzip, type Gunzip } from 'node:zlib';
import { RingfenceError } from '../errors.ts';

const readDescriptor = promisify(readCallback);

/** Compressed bytes per piece: at zlib's best ratio, 1032, at most 16 MiB wait. */
const PIECE = 16 * 1024;
/** Bytes zlib puts out at a time. */
const OUTPUT = 64 * 1024;
/** ms to wait for standard input that was opened not to block. */
const PATIENCE = 10;

/** A stream of bytes: `read` puts up to `length` of them at `into[at]`; 0: the end. */
export interface Source {
  read(into: Buffer, at: number, length: number): Promise<number>;
  /** Bytes of the file on disk, 0 if unknown. */
  readonly size: number;
  /** Bytes of the file on disk used up. */
  readonly position: number;
  /** Why the stream ended early; undefined if it did not. */
  readonly damage: string | undefined;
  close(): Promise<void>;
}

/**
 * Opens a file or `-` and looks whether it is compressed.
 * @throws RingfenceError `capture-not-found` if it cannot be opened or read.
 */
export async function openSource(path: string): Promise<Source> {
  const plain = path === '-' ? new Plain(path, undefined, 0) : await openFile(path);
  try {
    await plain.peek();
  } catch (error) {
    await plain.close();
    throw notFound(path, error);
  }
  return plain.compressed ? new Unzipped(plain) : plain;
}

async function openFile(path: string): Promise<Plain> {
  try {
    const handle = await open(path, 'r');
    const { size } = await handle.stat();
    return new Plain(path, handle, size);
  } catch (error) {
    throw notFound(path, error);
  }
}

function notFound(path: string, error: unknown): RingfenceError {
  const reason = error instanceof Error ? error.message : String(error);
  return new RingfenceError('capture-not-found', path, `${path} cannot be read: ${reason}`);
}

/** Bytes as they are on disk. */
class Plain implements Source {
  readonly path: string;
  readonly size: number;
  position = 0;
  readonly damage = undefined;
  readonly #handle: FileHandle | undefined;
  /** First bytes, read to see what it is, not handed out yet. */
  #head: Buffer = Buffer.alloc(0);

  constructor(path: string, handle: FileHandle | undefined, size: number) {
    this.path = path;
    this.#handle = handle;
    this.size = size;
  }

  /** Reads the first two bytes at least, if there are as many. */
  async peek(): Promise<void> {
    const head = Buffer.allocUnsafe(PIECE);
    let length = 0;
    while (length < 2) {
      const n = await this.#read(head, length, PIECE - length);
      if (n === 0) break;
      length += n;
    }
    this.#head = head.subarray(0, length);
  }

  get compressed(): boolean {
    return this.#head[0] === 0x1f && this.#head[1] === 0x8b;
  }

  async read(into: Buffer, at: number, length: number): Promise<number> {
    let n = Math.min(this.#head.length, length);
    if (n > 0) {
      this.#head.copy(into, at, 0, n);
      this.#head = this.#head.subarray(n);
    } else n = await this.#read(into, at, length);
    this.position += n;
    return n;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
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

/** One gzip decompressor, fed piece by piece; what it puts out is queued, so that damage loses nothing before it. */
class Inflater {
  readonly queue: Buffer[] = [];
  damage: string | undefined;
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: OUTPUT });
  #settle: () => void = () => undefined;

  constructor() {
    this.#gunzip.on('data', (chunk: Buffer) => this.queue.push(chunk));
    this.#gunzip.on('error', (error: Error) => {
      this.damage = error.message;
      this.#settle();
    });
    this.#gunzip.on('end', () => this.#settle());
  }

  /** Takes a piece; back when all that it gives is in the queue, or damage was met. */
  feed(piece: Buffer): Promise<void> {
    return this.#after((done) => this.#gunzip.write(piece, () => done()));
  }

  /** No more pieces: damage if the compressed data is not at its end. */
  finish(): Promise<void> {
    return this.#after(() => this.#gunzip.end());
  }

  close(): void {
    this.#gunzip.destroy();
  }

  #after(start: (done: () => void) => void): Promise<void> {
    if (this.damage !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#settle = resolve;
      start(resolve);
    });
  }
}

/** The content of gzip bytes. */
class Unzipped implements Source {
  readonly size: number;
  position = 0;
  damage: string | undefined;
  readonly #plain: Plain;
  readonly #inflater = new Inflater();
  #queue: Buffer[] = this.#inflater.queue;
  readonly #piece: Buffer = Buffer.allocUnsafe(PIECE);
  /** Bytes put out by the inflater so far, handed out or not. */
  #out = 0;
  #ended = false;

  constructor(plain: Plain) {
    this.#plain = plain;
    this.size = plain.size;
  }

  async read(into: Buffer, at: number, length: number): Promise<number> {
    while (this.#queue.length === 0 && !this.#ended) await this.#inflate();
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

  async #inflate(): Promise<void> {
    const n = await this.#plain.read(this.#piece, 0, PIECE);
    const inflater = this.#inflater;
    if (n > 0) await inflater.feed(this.#piece.subarray(0, n));
    else await inflater.finish();
    for (const chunk of this.#queue) this.#out += chunk.length;
    this.#ended = n === 0 || inflater.damage !== undefined;
    this.damage = inflater.damage;
    if (inflater.damage !== undefined && n > 0) await this.#salvage(this.position, n);
    this.position += n;
  }

  /**
   * zlib withholds what it made of the very piece in which it met the damage. Of a file, that can be had by starting
   * over and giving it that piece byte by byte.
   * @param before compressed bytes before the damaged piece. @param length of the damaged piece.
   */
  async #salvage(before: number, length: number): Promise<void> {
    if (this.#plain.path === '-') return;
    const again = new Inflater();
    const handle = await open(this.#plain.path, 'r');
    try {
      let skip = this.#out;
      const piece = Buffer.allocUnsafe(PIECE);
      for (let at = 0; at < before + length && again.damage === undefined; ) {
        const n = (await handle.read(piece, 0, at < before ? Math.min(PIECE, before - at) : 1, at)).bytesRead;
        if (n === 0) break;
        at += n;
        await again.feed(piece.subarray(0, n));
        for (const chunk of again.queue.splice(0)) {
          if (skip < chunk.length) this.#queue.push(chunk.subarray(skip));
          skip = Math.max(0, skip - chunk.length);
        }
      }
    } finally {
      again.close();
      await handle.close();
    }
  }
}
