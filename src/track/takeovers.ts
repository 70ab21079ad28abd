/**
 * Accounts whose password was guessed, and what is done with them next (paper 004: the guesser registers, and calls, later and
 * from another address, follow). An account falls when credentials are accepted from a source that had some refused before.
 */
import { ENDPOINT, sameAddress } from '../bytes.ts';
import { INVITE, REGISTER } from '../decode/message.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Attempt } from './authentication.ts';
import type { Observation } from './observation.ts';
import { hasteBefore } from './pace.ts';
import { tenths } from './peers.ts';
import type { Registrations } from './registrations.ts';
import type { Transaction, Transactions } from './transactions.ts';

/** What was done with a fallen account; empty: nothing worth telling. */
export type Use = '' | 'registered' | 'called' | 'elsewhere' | 'open';

/** µs a fallen account is watched. */
const WATCHED = 86_400_000_000;
/** Refusals before an acceptance that were no slip of a finger: a person needs two (S3-11). */
const GUESSES = 3;
/** Users probed by a source from which on an open registration of it belongs to its scan. */
const PROBES = 10;

/** A fallen account. Plain data; its row is the endpoint of the guesser, then that of the owner (zero: never seen). */
export interface FallenAccount {
  /** µs when it fell. */
  fell: number;
  refusals: number;
  /** Of these, the ones right before it fell that nobody can have typed (pace.ts). */
  hasty: number;
}

const OWNER = ENDPOINT;

/** All fallen accounts. */
export class Takeovers {
  readonly table: Table<FallenAccount>;
  /** What `used` found: the account and who guessed it (18 bytes, good until the next look). */
  fallen: FallenAccount | undefined;
  readonly guesser = new Uint8Array(ENDPOINT);
  readonly #transactions: Transactions;
  readonly #registrations: Registrations;
  readonly #key = new Key(128);

  constructor(capacity: number, seed: Seed, transactions: Transactions, registrations: Registrations) {
    this.#transactions = transactions;
    this.#registrations = registrations;
    this.table = new Table<FallenAccount>({
      name: 'takeovers',
      capacity,
      ttl: WATCHED,
      keyBytes: 64,
      rowBytes: 2 * ENDPOINT,
      seed,
      make: () => ({ fell: 0.5, refusals: 0, hasty: 0 }),
      reset: () => {},
    });
  }

  /** Credentials were accepted: what that means for an account that has fallen, perhaps just now. Before the binding it makes is kept. */
  accepted(o: Observation, t: Transaction, now: number): Use {
    const { attempt } = o;
    const guessed = attempt !== undefined && attempt.refusals >= GUESSES && !o.trusted;
    // Most sites never see an account fall.
    if (!guessed && this.table.inserted === 0) return '';
    const key = this.#transactions.addCredentials(this.#key.reset(), o.slot);
    if (guessed && this.table.find(key, now) < 0) this.#fell(key, o, attempt, now);
    return this.#used(this.table.find(key, now), o, t);
  }

  /** A REGISTER without any credentials made a binding. */
  open(o: Observation): Use {
    const { relation, message: m } = o;
    if (relation === undefined || m.contactCount === 0) return '';
    this.fallen = undefined;
    this.guesser.set(o.client);
    return relation.misses >= PROBES && relation.misses > relation.hits ? 'open' : '';
  }

  #fell(key: Key, o: Observation, attempt: Attempt, now: number): void {
    const slot = this.table.put(key, now);
    const fallen = this.table.at(slot);
    fallen.fell = o.packet.time;
    fallen.refusals = attempt.refusals;
    fallen.hasty = hasteBefore(attempt, o);
    const row = this.table.row(slot);
    this.table.rows.fill(0, row, row + 2 * ENDPOINT);
    this.table.rows.set(o.client, row);
    const owner = this.#registrations.boundFrom(o.message, now);
    if (owner !== undefined) this.table.rows.set(owner, row + OWNER);
  }

  #used(slot: number, o: Observation, t: Transaction): Use {
    if (slot < 0 || (t.method !== REGISTER && t.method !== INVITE)) return '';
    if (t.method === REGISTER && o.message.contactCount === 0) return '';
    const { rows } = this.table;
    const row = this.table.row(slot);
    const fallen = this.table.at(slot);
    this.fallen = fallen;
    this.guesser.set(rows.subarray(row, row + ENDPOINT));
    if (sameAddress(o.client, rows, row)) return t.method === INVITE ? 'called' : 'registered';
    if (sameAddress(o.client, rows, row + OWNER)) return '';
    // Who had been in touch with the server before it fell is most likely its owner.
    return o.relation !== undefined && o.relation.met > tenths(fallen.fell) ? 'elsewhere' : '';
  }
}
