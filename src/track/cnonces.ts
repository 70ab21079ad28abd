/**
 * Which sources used which cnonce. A client makes its cnonce at random for each answer to a challenge (RFC 7616 §3.4), so that two
 * sources with the same one are the same client under two addresses, or a tool that always sends the same.
 */
import { ADDRESS, putRowWord, rowWord, sameAddress } from '../bytes.ts';
import { hash, Key, type Seed, Table } from '../table.ts';
import type { Observation } from './observation.ts';

/** µs a cnonce is remembered after it was last used: thirty days, for whoever comes back from elsewhere (S4-36). */
const MEMORY = 30 * 86_400_000_000;
/** Shortest cnonce that says something: eight hexadecimal digits are 32 bits. */
const SHORTEST = 8;
const KEY_BYTES = 32;
/** Sources of a cnonce that are told apart; one that more have is a constant of a tool. */
const SOURCES = 4;

/* The row of a cnonce: hash of the Call-ID it was first seen with, how many sources, their addresses. */
const COUNT = 4;
const FIRST = 8;

/** The cnonces of a month. */
export class Cnonces {
  readonly table: Table<null>;
  /** Sources of the cnonce that `note` found, the present one among them. */
  sources = 0;
  readonly #seed: Seed;
  readonly #key = new Key(256);

  constructor(capacity: number, seed: Seed) {
    this.#seed = seed;
    this.table = new Table<null>({
      name: 'cnonces',
      capacity,
      ttl: MEMORY,
      keyBytes: KEY_BYTES,
      rowBytes: FIRST + SOURCES * ADDRESS,
      seed,
      make: () => null,
      reset: () => {},
    });
  }

  /**
   * A request with credentials. Where the address of another source that used its cnonce in another call begins in `table.rows`, if
   * this source is new to it and not more than the fourth; else -1. The same call at another address is a request that was forwarded.
   */
  note({ message: m, client }: Observation, now: number): number {
    const { start, end } = m.credentials.cnonce;
    if (end - start < SHORTEST) return -1;
    const { table } = this;
    const { rows } = table;
    const call = hash(this.#seed, this.#key.reset().add(m.bytes, m.callId.start, m.callId.end));
    const row = table.row(table.put(this.#key.reset().add(m.bytes, start, end), now));
    if (table.fresh) {
      putRowWord(rows, row, call);
      rows[row + COUNT] = 1;
      rows.set(client.subarray(0, ADDRESS), row + FIRST);
      return -1;
    }
    const count = rows[row + COUNT]!;
    for (let i = 0; i < count; i++) if (sameAddress(client, rows, row + FIRST + i * ADDRESS)) return -1;
    if (count === SOURCES || rowWord(rows, row) === call) return -1;
    rows.set(client.subarray(0, ADDRESS), row + FIRST + count * ADDRESS);
    rows[row + COUNT] = count + 1;
    this.sources = count + 1;
    return row + FIRST + (count - 1) * ADDRESS;
  }
}
