/**
 * Who else was refused: of a source, from which of its ports it sent credentials that were refused, for whatever account; of an account,
 * which programs sent them, from wherever. By these a password that is right at the first try is known as guessed: one of many
 * accounts (S3-14) or by one of many sources (S3-06). A make alone says nothing of a source: a whole office may have telephones of one.
 */
import { ADDRESS, portOf, putRowWord, rowWord } from '../bytes.ts';
import { Key, type Seed, Table } from '../table.ts';
import { ATTEMPT_MEMORY } from './authentication.ts';
import type { Observation } from './observation.ts';
import type { Transaction, Transactions } from './transactions.ts';

/** Ports or makes that are remembered: a botnet has a few programs. */
const MARKS = 4;
/** Key of a source, of an account. */
const SOURCE = 1;
const ACCOUNT = 2;

/** Refusals of one source, or for one account. Plain data; the marks lie in its row. */
export interface Refused {
  refusals: number;
  marks: number;
}

/** Credentials that were refused lately, by source and by account. */
export class Refusals {
  readonly table: Table<Refused>;
  readonly #transactions: Transactions;
  readonly #key = new Key(192);

  constructor(capacity: number, seed: Seed, transactions: Transactions) {
    this.#transactions = transactions;
    this.table = new Table<Refused>({
      name: 'refusals',
      capacity,
      ttl: ATTEMPT_MEMORY,
      keyBytes: 80,
      rowBytes: 4 * MARKS,
      seed,
      make: () => ({ refusals: 0, marks: 0 }),
      reset: (r) => {
        r.refusals = 0;
        r.marks = 0;
      },
    });
  }

  /** Credentials were refused. */
  refused(o: Observation, t: Transaction, now: number): void {
    this.#note(this.table.put(this.#sourceKey(o), now), portOf(o.client));
    if (t.make !== 0) this.#note(this.table.put(this.#accountKey(o), now), t.make);
  }

  /** Refusals so far of whoever sent credentials that are accepted now: of his port for any account, or of his program for this account. */
  of(o: Observation, t: Transaction, now: number): number {
    // Most sites see no refusal for a long time: then there is nothing to look for.
    if (this.table.inserted === 0) return 0;
    const own = this.#count(this.table.find(this.#sourceKey(o), now), portOf(o.client));
    const shared = t.make === 0 ? 0 : this.#count(this.table.find(this.#accountKey(o), now), t.make);
    return Math.max(own, shared);
  }

  /** The latest takes the place of the first one. */
  #note(slot: number, mark: number): void {
    const r = this.table.at(slot);
    r.refusals++;
    if (this.#holds(slot, r, mark)) return;
    putRowWord(this.table.rows, this.table.row(slot) + 4 * (r.marks++ % MARKS), mark);
  }

  #count(slot: number, mark: number): number {
    if (slot < 0) return 0;
    const r = this.table.at(slot);
    return this.#holds(slot, r, mark) ? r.refusals : 0;
  }

  #holds(slot: number, { marks }: Refused, mark: number): boolean {
    const row = this.table.row(slot);
    for (let i = 0; i < marks && i < MARKS; i++) if (rowWord(this.table.rows, row + 4 * i) === (mark | 0)) return true;
    return false;
  }

  #sourceKey({ client, server }: Observation): Key {
    return this.#key.reset().addByte(SOURCE).add(client, 0, ADDRESS).add(server, 0, ADDRESS);
  }

  #accountKey({ server, slot }: Observation): Key {
    return this.#transactions.addCredentials(this.#key.reset().addByte(ACCOUNT).add(server, 0, ADDRESS), slot);
  }
}
