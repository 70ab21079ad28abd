/**
 * Resets that were not meant: who resets a connection has forgotten it and sends nothing more in it (RFC 9293 §3.5.2), so that data that
 * goes on behind a reset shows that somebody else wrote it, to tear the connection down (Weaver et al. 2009). What crossed
 * the reset on its way is no sign.
 */
import { type Key, type Seed, Table } from '../table.ts';

const MAX_RESETS = 1024;
/** µs a reset is remembered: after that the ports may serve another connection whose SYN was not seen. */
const MEMORY = 30_000_000;
/** µs within which segments overtake each other. */
const REORDERED = 100_000;
/** Bytes around the reset that belong to the same connection: its window. */
const NEAR = 1 << 20;

interface Reset {
  sequence: number;
  time: number;
}

/** The latest resets of streams of SIP. */
export class Resets {
  /** Resets that were contradicted. */
  contradicted = 0;
  readonly #table: Table<Reset>;

  /** @param keyBytes length of the keys of streams. */
  constructor(seed: Seed, keyBytes: number) {
    this.#table = new Table<Reset>({
      name: 'resets',
      capacity: MAX_RESETS,
      ttl: MEMORY,
      keyBytes,
      seed,
      make: () => ({ sequence: 0, time: 0.5 }),
      reset: () => {},
    });
  }

  /** A direction was reset at a sequence number. */
  note(key: Key, sequence: number, time: number): void {
    const reset = this.#table.at(this.#table.put(key, time));
    reset.sequence = sequence;
    reset.time = time;
  }

  /** The direction begins anew with a SYN, or goes on: true if the latter contradicts its reset. Each is asked once. */
  isContradicted(key: Key, isSyn: boolean, sequence: number, time: number): boolean {
    const slot = this.#table.find(key, time);
    if (slot < 0) return false;
    this.#table.remove(slot);
    const reset = this.#table.at(slot);
    const ahead = (sequence - reset.sequence) | 0;
    if (isSyn || ahead >= NEAR || ahead <= -NEAR || (ahead < 0 && time - reset.time < REORDERED)) return false;
    this.contradicted++;
    return true;
  }
}
