/** SIGINT as a wish to stop reading and report: the first one is a wish, a later one ends the program at once. */
import { wallMilliseconds } from '../clock.ts';

/** Milliseconds in which further signals are the same wish: a terminal and the program that started us may both send it. */
const SAME = 500;

/** Listens from its making until `stop`. */
export class Interrupt {
  /** SIGINT has come. */
  asked = false;
  #since = 0;
  #tell: () => void = () => {};

  constructor() {
    process.on('SIGINT', this.#heard);
  }

  readonly #heard = (): void => {
    if (this.asked && wallMilliseconds() - this.#since > SAME) {
      this.stop();
      // Not process.exit, which would wait for a read of standard input.
      process.kill(process.pid, 'SIGINT');
    }
    if (!this.asked) this.#since = wallMilliseconds();
    this.asked = true;
    this.#tell();
  };

  /** What the work comes to, or undefined as soon as SIGINT comes. */
  or<T>(work: Promise<T>): Promise<T | undefined> {
    // Not Promise.race with one promise for all: that would remember every call.
    return new Promise((resolve, reject) => {
      this.#tell = () => resolve(undefined);
      if (this.asked) resolve(undefined);
      work.then(resolve, reject);
    });
  }

  /** Lets SIGINT end the program again. */
  stop(): void {
    process.off('SIGINT', this.#heard);
  }
}
