/** Repeated alarms of one rule about one thing: one finding, as an operator's console would fold them. */
import type { Finding } from '../detector.ts';

/** What a rule says besides when. */
export type About = Omit<Finding, 'time' | 'first' | 'last' | 'level'>;

interface Episode {
  readonly about: About;
  readonly time: number;
  readonly first: number;
  last: number;
}

/** Folds alarms with the same key into findings. */
export class Episodes {
  readonly #quiet: number;
  readonly #open = new Map<string, Episode>();
  readonly #all: Episode[] = [];

  /** @param quiet µs without an alarm after which the next one is a new finding. */
  constructor(quiet: number) {
    this.#quiet = quiet;
  }

  /**
   * Takes an alarm.
   * @param key what it is about. @param time when it was raised. @param first of the traffic it is about.
   */
  tell(key: string, time: number, about: About, first: number = time): void {
    const open = this.#open.get(key);
    if (open !== undefined && time - open.last <= this.#quiet) {
      open.last = time;
      return;
    }
    const episode = { about, time, first, last: time };
    this.#open.set(key, episode);
    this.#all.push(episode);
  }

  /** All findings, in the order in which they were first told. Peers know no levels: all are warnings. */
  findings(): Finding[] {
    return this.#all.map(({ about, time, first, last }) => ({ ...about, time, first, last, level: 'warning' }));
  }
}
