/** Progress of a long analysis: one line on a terminal, written over at most five times a second. The only wall clock here. */
import { wallMilliseconds } from '../clock.ts';
import { bytes, number, span } from './layout.ts';

/** Milliseconds between two lines. */
const INTERVAL = 200;
/** Milliseconds before the first line: short runs show none. */
const PATIENCE = 500;

/** A terminal to write to, e.g. standard error. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** The line. On anything but a terminal it stays silent. */
export class Progress {
  readonly #out: Terminal | undefined;
  /** Bytes to read in all, 0 if unknown. */
  total: number;
  readonly #now: () => number;
  readonly #started: number;
  #next: number;
  #shown = false;

  /**
   * @param total bytes to read in all, 0 if unknown (yet).
   * @param now wall-clock milliseconds.
   */
  constructor(out: Terminal, total = 0, now: () => number = wallMilliseconds) {
    this.#out = out.isTTY === true ? out : undefined;
    this.total = total;
    this.#now = now;
    this.#started = now();
    this.#next = this.#started + PATIENCE;
  }

  /** Bytes read and packets seen so far, over all files. */
  update(read: number, packets: number): void {
    if (this.#out === undefined) return;
    const now = this.#now();
    if (now < this.#next) return;
    this.#next = now + INTERVAL;
    this.#shown = true;
    const width = (this.#out.columns || 80) - 1;
    this.#out.write(`\r${this.#line(read, packets, now - this.#started).slice(0, width)}\x1b[K`);
  }

  #line(read: number, packets: number, elapsed: number): string {
    const rate = `${number((packets / elapsed) * 1000)} packets/s`;
    if (this.total === 0 || read > this.total) return `${bytes(read)} read, ${number(packets)} packets, ${rate}`;
    const left = read === 0 ? '' : `, ${span(((elapsed * (this.total - read)) / read) * 1000)} left`;
    return `${Math.floor((read / this.total) * 100)} % of ${bytes(this.total)}, ${number(packets)} packets, ${rate}${left}`;
  }

  /** Takes the line away, so that the report can begin. */
  clear(): void {
    if (this.#shown) this.#out?.write('\r\x1b[K');
    this.#shown = false;
  }
}
