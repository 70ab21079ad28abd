/**
 * Which known program an address used: what `tool.seen` told, for the text of every later Alert about that address. An address
 * may be shared, so the text says what came from it and not who it is.
 */
import type { Event } from '../types.ts';

/** µs for which it is told. */
const MEMORY = 86_400_000_000;

/** The DNA an address showed last. */
interface Shown {
  readonly tool: string;
  readonly dna: string;
  readonly time: number;
}

/** Tools by address, the one told longest ago first. Bounded. */
export class Tools {
  readonly #capacity: number;
  readonly #shown = new Map<string, Shown>();

  /** @param capacity most addresses remembered; the one told longest ago is forgotten first. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Takes a `tool.seen`. */
  note({ src, time, data }: Event): void {
    this.#shown.delete(src);
    this.#shown.set(src, { tool: `${data['tool']}`, dna: `${data['dna']}`, time });
    if (this.#shown.size <= this.#capacity) return;
    for (const oldest of this.#shown.keys()) {
      this.#shown.delete(oldest);
      return;
    }
  }

  /** A sentence about the address of an Event, empty if nothing is known or the Event says it itself. */
  sentence({ src, time, type }: Event): string {
    const shown = this.#shown.get(src);
    if (shown === undefined || type === 'tool.seen' || time - shown.time > MEMORY) return '';
    return `Requests from there are written as ${shown.tool} writes them (DNA ${shown.dna}).`;
  }
}
