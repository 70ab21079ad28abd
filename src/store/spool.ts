/**
 * A list that may be longer than memory should hold: the first entries stay in memory, the others go to a file without a
 * name in the system's temporary folder, which is gone when the process ends, however it ends.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RingfenceError } from '../errors.ts';

const CHUNK = 1 << 16;

/** Plain data, appended and then read in order, as often as wanted. */
export class Spool<T> implements AsyncIterable<T> {
  /** Entries so far. */
  count = 0;
  readonly #limit: number;
  readonly #revive: (json: string) => T;
  readonly #kept: T[] = [];
  #pending = '';
  #fd = -1;
  #written = 0;

  /**
   * @param limit entries kept in memory.
   * @param revive reads back what `JSON.stringify` made of an entry.
   */
  constructor(limit: number, revive: (json: string) => T) {
    this.#limit = limit;
    this.#revive = revive;
  }

  /** Appends an entry. @throws RingfenceError `output-failed` if the temporary folder is full or not writable. */
  add(entry: T): void {
    this.count++;
    if (this.#kept.length < this.#limit) {
      this.#kept.push(entry);
      return;
    }
    this.#pending += `${JSON.stringify(entry)}\n`;
    if (this.#pending.length >= CHUNK) this.#spill();
  }

  /** True if some of it lies in a file. */
  get spilled(): boolean {
    return this.count > this.#kept.length;
  }

  #spill(): void {
    try {
      if (this.#fd < 0) this.#fd = openNameless();
      const bytes = Buffer.from(this.#pending);
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at, bytes.length - at, this.#written + at);
      this.#written += bytes.length;
      this.#pending = '';
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RingfenceError('output-failed', tmpdir(), `cannot write to the temporary folder ${tmpdir()} (TMPDIR): ${reason}`);
    }
  }

  /** All entries in the order they came. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    yield* this.#kept;
    if (!this.spilled) return;
    this.#spill();
    const chunk = Buffer.alloc(CHUNK);
    // Cut at line ends as bytes: a chunk may end inside a character.
    let rest = Buffer.alloc(0);
    for (let at = 0; at < this.#written; ) {
      const n = readSync(this.#fd, chunk, 0, CHUNK, at);
      at += n;
      const bytes = Buffer.concat([rest, chunk.subarray(0, n)]);
      const end = bytes.lastIndexOf(10) + 1;
      rest = bytes.subarray(end);
      for (const line of bytes.toString('utf8', 0, end).split('\n')) if (line !== '') yield this.#revive(line);
    }
  }

  /** Gives the file back. */
  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }
}

/** An open file that has no name any more. */
function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-'));
  try {
    return openSync(join(folder, 'spool'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
