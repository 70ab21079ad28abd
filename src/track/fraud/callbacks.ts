/**
 * Who left a costly number behind: numbers abroad that called users here who did not answer, by the thousand such numbers are rented in.
 * Of a user who then calls such a number it tells how many others were rung, too: one is a missed call of the family, many are wangiri.
 */
import { hasRowWord, putRowWord } from '../../bytes.ts';
import type { SipMessage, UriView } from '../../decode/message.ts';
import { hash, Key, type Seed, Table } from '../../table.ts';
import { isCaller } from '../calls/calls.ts';
import type { CallState } from '../calls/callstate.ts';
import { createNumberView, readAbroad } from './numberplan.ts';

/** µs within which a missed call is called back. */
const MEMORY = 2 * 86_400_000_000;
/** Users that are told apart. */
const USERS = 32;
/** Digits at the end that differ within a range. */
const RANGE = 3;

/** A thousand of numbers. Plain data; hashes of the users it rang lie in its row. */
interface Ringer {
  users: number;
}

/** Numbers abroad whose calls nobody answered. */
export class Callbacks {
  readonly table: Table<Ringer>;
  readonly #number = createNumberView();
  readonly #key = new Key(24);
  readonly #name = new Key(64);
  readonly #seed: Seed;

  constructor(capacity: number, seed: Seed) {
    this.#seed = seed;
    this.table = new Table<Ringer>({
      name: 'callbacks',
      capacity,
      ttl: MEMORY,
      keyBytes: 16,
      rowBytes: 4 * USERS,
      seed,
      make: () => ({ users: 0 }),
      reset: () => {},
    });
  }

  /** A call is over; `m` is the message that ended it. */
  over(c: CallState, m: SipMessage, now: number): void {
    if (c.answered > 0 || !c.complete) return;
    const forward = isCaller(c, m);
    const from = forward ? m.from.uri : m.to.uri;
    if (!readAbroad(m.bytes, from.user.start, from.user.end, this.#number)) return;
    if (this.#number.kind === 0) return;
    const slot = this.table.put(this.#keyOf(m.bytes, this.#number), now);
    const ringer = this.table.at(slot);
    if (this.table.fresh) ringer.users = 0;
    const row = this.table.row(slot);
    const user = this.#userOf(m, forward ? m.to.uri : m.from.uri);
    if (ringer.users >= USERS || hasRowWord(this.table.rows, row, 4, ringer.users, user)) return;
    putRowWord(this.table.rows, row + 4 * ringer.users++, user);
  }

  /** The user in From calls a number abroad (its digits in the bytes of the message): how many users that number rang if he is one of them. */
  rung(m: SipMessage, number: { readonly start: number; readonly end: number }, now: number): number {
    const slot = this.table.find(this.#keyOf(m.bytes, number), now);
    if (slot < 0) return 0;
    const { users } = this.table.at(slot);
    return hasRowWord(this.table.rows, this.table.row(slot), 4, users, this.#userOf(m, m.from.uri)) ? users : 0;
  }

  #keyOf(bytes: Uint8Array, { start, end }: { readonly start: number; readonly end: number }): Key {
    return this.#key.reset().add(bytes, start, end - RANGE);
  }

  #userOf({ bytes }: SipMessage, { user: { start, end } }: UriView): number {
    return start < 0 ? 0 : hash(this.#seed, this.#name.reset().add(bytes, start, end));
  }
}
