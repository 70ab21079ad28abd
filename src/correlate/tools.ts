/**
 * Which known program an address used: what `tool.seen` told, for the text of every later Alert about that address. An address
 * may be shared, so the text says what came from it and not who it is.
 */
import type { Event } from '../types.ts';

/** µs for which it is told. */
const MEMORY = 86_400_000_000;

/** Tools remembered of an address: an Alert that is told later is about what came before. */
const MOST = 8;

/** A DNA an address showed. */
interface Shown {
  readonly tool: string;
  readonly dna: string;
  readonly time: number;
}

/** Tools by address, the address told longest ago first. Bounded. */
export class Tools {
  readonly #capacity: number;
  readonly #shown = new Map<string, Shown[]>();

  /** @param capacity most addresses remembered; the one told longest ago is forgotten first. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Takes a `tool.seen`. */
  note({ src, time, data }: Event): void {
    const list = this.#shown.get(src) ?? [];
    if (list.push({ tool: `${data['tool']}`, dna: `${data['dna']}`, time }) > MOST) list.shift();
    this.#shown.delete(src);
    this.#shown.set(src, list);
    if (this.#shown.size <= this.#capacity) return;
    for (const oldest of this.#shown.keys()) {
      this.#shown.delete(oldest);
      return;
    }
  }

  /** A sentence about the address of an Event: its latest tool up to then. Empty if nothing is known or the Event says it itself. */
  sentence({ src, time, type }: Event): string {
    const shown = this.#shown.get(src)?.findLast((each) => each.time <= time);
    if (shown === undefined || type === 'tool.seen' || time - shown.time > MEMORY) return '';
    return `Requests from there read like ${shown.tool}, DNA ${shown.dna}.`;
  }
}
