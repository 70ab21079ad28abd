/** Counts by key in windows of fixed length that follow each other, as paper 003 counted extensions (S3-11). */
import type { Distribution } from './distribution.ts';

/** Different values of each key in each window; a window's counts go into a distribution when it is over. */
export class Windows {
  readonly #length: number;
  readonly #into: Distribution;
  readonly #keys = new Map<string, Set<string>>();
  #window = -1;

  /** @param length µs of a window. @param into gets a number for each key of each window that has any. */
  constructor(length: number, into: Distribution) {
    this.#length = length;
    this.#into = into;
  }

  /** @param time µs since 1970; never goes back. */
  add(time: number, key: string, value: string): void {
    const window = Math.floor(time / this.#length);
    if (window !== this.#window) this.close();
    this.#window = window;
    const values = this.#keys.get(key);
    if (values === undefined) this.#keys.set(key, new Set([value]));
    else values.add(value);
  }

  /** The window is over. */
  close(): void {
    for (const values of this.#keys.values()) this.#into.add(values.size);
    this.#keys.clear();
  }
}
