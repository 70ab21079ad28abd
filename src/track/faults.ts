/**
 * How much of what a client sends is broken, and in how many ways. A phone with a fault makes the same one or two in every message, and
 * works; who tries what a parser makes of this and that makes them one after the other.
 */
import { ADDRESS } from '../bytes.ts';
import type { SipMessage } from '../decode/message.ts';
import { isFault, ODDITY_NAMES } from '../decode/oddities.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Observation } from './observation.ts';
import { HALF_LIFE, type Relation } from './peers.ts';

/** Bytes of the set of all kinds of oddities, a bit each: the row of a `Broken`. */
const KINDS = (ODDITY_NAMES.length + 7) >> 3;

/** The broken requests of a client to a server. Plain data. */
export interface Broken {
  /** Initial requests with a fault, halved when those of the relation are. */
  requests: number;
  /** Different kinds of faults in them, forgotten then. */
  kinds: number;
  /** µs of the last halving, as in the relation. */
  halved: number;
}

/** Clients that send broken requests. */
export class Faults {
  readonly table: Table<Broken>;
  readonly #key = new Key(2 * ADDRESS);

  constructor(capacity: number, seed: Seed) {
    this.table = new Table<Broken>({
      name: 'broken requests',
      capacity,
      ttl: 2 * HALF_LIFE,
      keyBytes: 2 * ADDRESS,
      rowBytes: KINDS,
      seed,
      make: () => ({ requests: 0, kinds: 0, halved: 0.5 }),
      reset: (b) => {
        b.requests = 0;
      },
    });
  }

  /** An initial request that is odd. What was broken so far, this one included; undefined if it has no fault. */
  count({ client, server, message: m }: Observation, { halved }: Relation, now: number): Broken | undefined {
    if (!isBroken(m)) return undefined;
    const { table } = this;
    const slot = table.put(this.#key.reset().add(client, 0, ADDRESS).add(server, 0, ADDRESS), now);
    const b = table.at(slot);
    if (table.fresh) b.halved = 0;
    if (b.halved !== halved) this.#fade(b, slot, halved);
    b.requests++;
    const row = table.row(slot);
    for (let i = 0; i < m.oddityCount; i++) this.#mark(b, row, m.oddities[i]!.code);
    return b;
  }

  #fade(b: Broken, slot: number, halved: number): void {
    const row = this.table.row(slot);
    this.table.rows.fill(0, row, row + KINDS);
    b.requests >>= Math.min(31, Math.round((halved - b.halved) / HALF_LIFE));
    b.kinds = 0;
    b.halved = halved;
  }

  #mark(b: Broken, row: number, code: number): void {
    const { rows } = this.table;
    const bit = 1 << (code & 7);
    if (!isFault(code) || (rows[row + (code >> 3)]! & bit) !== 0) return;
    rows[row + (code >> 3)]! |= bit;
    b.kinds++;
  }
}

function isBroken(m: SipMessage): boolean {
  for (let i = 0; i < m.oddityCount; i++) if (isFault(m.oddities[i]!.code)) return true;
  return false;
}
