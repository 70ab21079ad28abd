/**
 * A file that appears under its name only when it is complete: it is written beside it under a temporary name. What is no
 * regular file (a pipe, a device) is written to directly.
 */
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { RingfenceError } from '../errors.ts';

/** Who called whom is nobody else's business: readable by user and group. */
const MODE = 0o640;

/** An output file. */
export class OutFile {
  /** As the user named it. */
  readonly path: string;
  /** Bytes written. */
  written = 0;
  readonly #target: string;
  readonly #temporary: string;
  #fd = -1;

  /**
   * @param live someone reads it while it is written: it has its name from the start, and keeps what it has whatever happens.
   * @throws RingfenceError `output-failed` if it cannot be written there.
   */
  constructor(path: string, live = false) {
    this.path = path;
    try {
      const there = statSync(path, { throwIfNoEntry: false });
      if (there?.isDirectory()) throw new Error('it is a folder');
      this.#target = there === undefined ? path : realpathSync(path);
      this.#temporary = !live && (there === undefined || there.isFile()) ? `${this.#target}.${process.pid}.part` : '';
      this.#fd = this.#temporary === '' ? openSync(this.#target, 'w', MODE) : openSync(this.#temporary, 'wx', MODE);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Writes all of it. @throws RingfenceError `output-failed`. */
  write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at, bytes.length - at);
      this.written += bytes.length;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Gives the file its name. @throws RingfenceError `output-failed`. */
  commit(): void {
    try {
      closeSync(this.#fd);
      this.#fd = -1;
      if (this.#temporary !== '') renameSync(this.#temporary, this.#target);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Removes what was written, unless it has its name already. */
  abandon(): void {
    if (this.#fd < 0) return;
    closeSync(this.#fd);
    this.#fd = -1;
    if (this.#temporary !== '') rmSync(this.#temporary, { force: true });
  }

  #failed(error: unknown): RingfenceError {
    const reason = error instanceof Error ? error.message : String(error);
    return new RingfenceError('output-failed', this.path, `cannot write ${this.path} (in ${dirname(this.path)}): ${reason}`);
  }
}
