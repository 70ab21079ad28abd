/**
 * Digest credentials that are sent a second time from another address. With `qop` a client counts and draws anew for each request (RFC
 * 7616 §3.4), so equal ones were read off the wire; they cover neither Contact nor Expires of a REGISTER (§5.5). Without it a
 * telephone that moves may send the same ones from its new address (RFC 2069): what that means is for the rules.
 */
import { ADDRESS, ENDPOINT, sameAddress } from '../bytes.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Observation } from './observation.ts';

/** µs credentials are remembered: as long as registrars take a nonce, and longer. */
const MEMORY = 3_600_000_000;

/** Credentials of REGISTERs, by all of them; who sent them first, and to whom, lies in the row. */
export class Replays {
  readonly table: Table<{ time: number }>;
  /** Who had sent those that `seen` found (18 bytes, good until the next look). */
  readonly first = new Uint8Array(ENDPOINT);
  readonly #key = new Key(256);

  constructor(capacity: number, seed: Seed) {
    this.table = new Table({
      name: 'replays',
      capacity,
      ttl: MEMORY,
      keyBytes: 96,
      rowBytes: ENDPOINT + ADDRESS,
      seed,
      make: () => ({ time: 0.5 }),
      reset: () => {},
    });
  }

  /** True if another address has sent these credentials before; else they are remembered. Whoever got them may send them on. */
  seen({ message: { bytes, credentials: c }, client, server, packet }: Observation, now: number): boolean {
    if (c.response.start < 0 || c.nonce.start < 0) return false;
    const key = this.#key.reset().add(bytes, c.response.start, c.response.end).add(bytes, c.nonce.start, c.nonce.end);
    const slot = this.table.put(key, now);
    const row = this.table.row(slot);
    const { rows } = this.table;
    if (this.table.fresh) {
      this.table.at(slot).time = packet.time;
      for (let i = 0; i < ENDPOINT; i++) rows[row + i] = client[i]!;
      for (let i = 0; i < ADDRESS; i++) rows[row + ENDPOINT + i] = server[i]!;
      return false;
    }
    if (sameAddress(client, rows, row) || sameAddress(client, rows, row + ENDPOINT)) return false;
    for (let i = 0; i < ENDPOINT; i++) this.first[i] = rows[row + i]!;
    return true;
  }
}
