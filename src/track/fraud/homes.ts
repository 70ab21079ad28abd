/**
 * Where accounts are at home: the addresses from which an account was registered, or called with its password, and the makes of client
 * that did so. A registration that has run out is forgotten by its registrar, not here: a thief who calls at night from an address
 * nobody saw the account at before is known as such even if the owner has switched his phone off. Whoever takes his telephone along has
 * another address and the same make.
 */
import { ADDRESS, putRowWord, rowWord, sameAddress } from '../../bytes.ts';
import type { SipMessage } from '../../decode/message.ts';
import { Key, type Seed, Table } from '../../table.ts';
import { addressOfRecord } from '../addressofrecord.ts';

/** µs an account is remembered after its last use. */
const MEMORY = 7 * 86_400_000_000;
/** Seconds after which an address, or a make, is at home. */
const SETTLED = 86_400;
/** Addresses of an account that are remembered; one that has so many is on the road, and nobody can tell who it is. */
const PLACES = 4;
const STRIDE = ADDRESS + 4;
/** Makes of an account that are remembered; of one that has so many, none is foreign. */
const MAKES = 4;
const FIRST_MAKE = PLACES * STRIDE;
const MAKE_STRIDE = 8;

/** An account. Plain data; in its row lie its addresses and its makes, each with the second it was first seen at. */
export interface Home {
  places: number;
  makes: number;
}

/** All accounts that were used with their password. */
export class Homes {
  readonly table: Table<Home>;
  readonly #key = new Key(64);

  constructor(capacity: number, seed: Seed) {
    this.table = new Table<Home>({
      name: 'homes',
      capacity,
      ttl: MEMORY,
      keyBytes: 40,
      rowBytes: FIRST_MAKE + MAKES * MAKE_STRIDE,
      seed,
      make: () => ({ places: 0, makes: 0 }),
      reset: () => {},
    });
  }

  /** The account in From was used at an address (its first 16 bytes) by a make of client (calls/make.ts), and its password was right. */
  used(m: SipMessage, client: Uint8Array, make: number, now: number): void {
    const slot = this.table.put(this.#keyOf(m), now);
    const home = this.table.at(slot);
    if (this.table.fresh) {
      home.places = 0;
      home.makes = 0;
    }
    const row = this.table.row(slot);
    this.#keepMake(row + FIRST_MAKE, home, make, now);
    if (home.places >= PLACES || this.#find(row, home, client) >= 0) return;
    const { rows } = this.table;
    const at = row + home.places++ * STRIDE;
    for (let i = 0; i < ADDRESS; i++) rows[at + i] = client[i]!;
    putRowWord(rows, at + ADDRESS, secondOf(now));
  }

  /** True if the account in From is known from other addresses, and from this one not for a day. */
  isStrange(m: SipMessage, client: Uint8Array, now: number): boolean {
    const slot = this.table.find(this.#keyOf(m), now);
    if (slot < 0) return false;
    const home = this.table.at(slot);
    if (home.places >= PLACES) return false;
    const at = this.#find(this.table.row(slot), home, client);
    // The first is where it was at home when it was first seen.
    if (at < 0) return true;
    return at > this.table.row(slot) && secondOf(now) - rowWord(this.table.rows, at + ADDRESS) < SETTLED;
  }

  /** True if the account in From is known from other makes of client, and from this one not for a day. */
  isForeign(m: SipMessage, make: number, now: number): boolean {
    const slot = this.table.find(this.#keyOf(m), now);
    if (slot < 0 || make === 0) return false;
    const home = this.table.at(slot);
    if (home.makes >= MAKES) return false;
    const first = this.table.row(slot) + FIRST_MAKE;
    const at = this.#findMake(first, home, make);
    if (at < 0) return home.makes > 0;
    return at > first && secondOf(now) - rowWord(this.table.rows, at + 4) < SETTLED;
  }

  #keepMake(first: number, home: Home, make: number, now: number): void {
    if (make === 0 || home.makes >= MAKES || this.#findMake(first, home, make) >= 0) return;
    const at = first + home.makes++ * MAKE_STRIDE;
    putRowWord(this.table.rows, at, make);
    putRowWord(this.table.rows, at + 4, secondOf(now));
  }

  #findMake(first: number, { makes }: Home, make: number): number {
    for (let i = 0, at = first; i < makes; i++, at += MAKE_STRIDE) if (rowWord(this.table.rows, at) === (make | 0)) return at;
    return -1;
  }

  #find(row: number, { places }: Home, client: Uint8Array): number {
    for (let i = 0, at = row; i < places; i++, at += STRIDE) if (sameAddress(client, this.table.rows, at)) return at;
    return -1;
  }

  #keyOf({ bytes, from }: SipMessage): Key {
    return addressOfRecord(this.#key, bytes, from.uri);
  }
}

/** Seconds since 1970 in 31 bits (they wrap every 68 years). */
function secondOf(now: number): number {
  return Math.floor(now / 1_000_000) % 2 ** 31;
}
