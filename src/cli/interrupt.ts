/** SIGINT as a wish to stop reading and report: the first one is a wish, a later one ends the program at once. */
import { wallMilliseconds } from '../clock.ts';

/** Milliseconds in which further signals are the same wish: a terminal and the program that started us may both send it. */
const SAME = 500;
/** Exit code after SIGINT, as shells have it. */
const INTERRUPTED = 130;

/** Listens from its making until `stop`. */
export class Interrupt {
  /** SIGINT has come. */
  asked = false;
  readonly #wish: Promise<false>;
  readonly #heard: () => void;

  constructor() {
    let tell: (value: false) => void = () => {};
    this.#wish = new Promise((resolve) => {
      tell = resolve;
    });
    let since = 0;
    this.#heard = () => {
      if (this.asked && wallMilliseconds() - since > SAME) process.exit(INTERRUPTED);
      if (!this.asked) since = wallMilliseconds();
      this.asked = true;
      tell(false);
    };
    process.on('SIGINT', this.#heard);
  }

  /** What the work comes to, or false as soon as SIGINT comes. */
  or(work: Promise<boolean>): Promise<boolean> {
    return Promise.race([this.#wish, work]);
  }

  /** Lets SIGINT end the program again. */
  stop(): void {
    process.off('SIGINT', this.#heard);
  }
}
