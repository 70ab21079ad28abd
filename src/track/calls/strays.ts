/**
 * Requests for calls that nobody knows: a BYE, CANCEL, re-INVITE, UPDATE, REFER, PRACK or INFO whose Call-ID and tags are of no call that
 * was seen, and which whoever gets it does not know either. A telephone that lost its call in a restart sends one; who sends
 * them for one call after the other guesses (S2-24, S2-25).
 */
import { ADDRESS, ENDPOINT } from '../../bytes.ts';
import { Key, type Seed, Table } from '../../table.ts';
import { TimeoutQueue } from '../../timeouts.ts';
import type { Observation } from '../observation.ts';
import type { Peers } from '../peers.ts';
import type { Registrations } from '../registrations.ts';
import type { Transaction, Transactions } from '../transactions.ts';

/**
 * µs after which no answer is an answer: servers answer a CANCEL, BYE or UPDATE at once (RFC 3261 §9.2, §17.2.2), and two repetitions
 * would have been sent by then. Some proxies drop what matches no transaction (§16.10).
 */
const PATIENCE = 2_000_000;
/** µs in which strays of one source for one call are one. */
const MEMORY = 64_000_000;
/** µs after its last stray that a source is remembered. */
const SOURCE_MEMORY = 1_800_000_000;
const MOST_STRAYS = 8_192;
const MOST_SOURCES = 4_096;

/** One such request. Plain data; client and server are in its row, 18 bytes each. */
export interface Stray {
  /** Slot and generation of its transaction, -1: it is concluded. */
  transaction: number;
  transactionGeneration: number;
  method: number;
  /** Status of its final answer; 0: none came. */
  status: number;
  /** The source is no stranger here: it serves somebody, registered the account of its From, or got through to that server. */
  known: boolean;
  attributed: number;
  time: number;
  file: string;
  frame: number;
  /** Strays of its source that nobody knew, and that were accepted after all, this one included. */
  refused: number;
  accepted: number;
}

/** All strays of a minute. */
export class Strays {
  readonly table: Table<Stray>;
  readonly sources: Table<{ refused: number; accepted: number }>;
  readonly #waiting: TimeoutQueue;
  readonly #transactions: Transactions;
  readonly #peers: Peers;
  readonly #registrations: Registrations;
  readonly #key = new Key(256);
  readonly #server = new Uint8Array(ENDPOINT);

  constructor(seed: Seed, transactions: Transactions, peers: Peers, registrations: Registrations) {
    this.#transactions = transactions;
    this.#peers = peers;
    this.#registrations = registrations;
    this.#waiting = new TimeoutQueue(MOST_STRAYS);
    this.table = new Table<Stray>({
      name: 'stray requests',
      capacity: MOST_STRAYS,
      ttl: MEMORY,
      keyBytes: ADDRESS + 64,
      rowBytes: 2 * ENDPOINT,
      seed,
      make: makeStray,
      // `sent` fills all of it.
      reset: () => {},
    });
    this.sources = new Table({
      name: 'sources of strays',
      capacity: MOST_SOURCES,
      ttl: SOURCE_MEMORY,
      keyBytes: ADDRESS,
      seed,
      make: () => ({ refused: 0, accepted: 0 }),
      reset: (s) => {
        s.refused = 0;
        s.accepted = 0;
      },
    });
  }

  /** µs at which the next one has waited long enough. */
  get due(): number {
    return this.#waiting.next;
  }

  /** A request astray was sent for the first time. */
  sent(o: Observation, t: Transaction, now: number): void {
    const { client, server, message: m, packet } = o;
    const slot = this.table.put(this.#keyOf(o), now);
    if (!this.table.fresh) return;
    const s = this.table.at(slot);
    s.transaction = o.slot;
    s.transactionGeneration = this.#transactions.table.generation(o.slot);
    s.method = t.method;
    s.status = 0;
    s.known = this.#registrations.binds(client, m, m.from.uri, now) || this.#gotThrough(o, now) || this.#peers.serves(client, now);
    s.attributed = o.attributed;
    s.time = packet.time;
    s.file = packet.where.file;
    s.frame = packet.frameNumber;
    s.refused = 0;
    s.accepted = 0;
    const { rows } = this.table;
    const row = this.table.row(slot);
    for (let i = 0; i < ENDPOINT; i++) {
      rows[row + i] = client[i]!;
      rows[row + ENDPOINT + i] = server[i]!;
    }
    this.#waiting.push(slot, this.table.generation(slot), now + PATIENCE);
  }

  /** Its final answer. Slot of the stray if that says that nobody knows such a call, else -1. */
  answered(o: Observation, now: number): number {
    const slot = this.table.find(this.#keyOf(o), now);
    if (slot < 0 || this.table.at(slot).transaction !== o.slot) return -1;
    const { status } = o.message;
    const s = this.table.at(slot);
    s.transaction = -1;
    s.status = status;
    // 481: no such dialog or transaction; a proxy that is to route a request without a route says 404.
    if (status !== 481 && status !== 404 && status >= 300) return -1;
    this.#count(slot, s, now);
    return status < 300 ? -1 : slot;
  }

  /** Tells, by slot, of those that stayed without any answer of a server which answers others. */
  lapse(now: number, tell: (slot: number) => void): void {
    while (this.#waiting.take(now)) {
      const { slot, generation, due } = this.#waiting;
      if (!this.table.alive(slot, generation, Math.min(now, due))) continue;
      const s = this.table.at(slot);
      if (s.transaction < 0 || !this.#isSilent(slot, s, now)) continue;
      s.transaction = -1;
      this.#count(slot, s, now);
      tell(slot);
    }
  }

  /** Who sent it to whom, copied: 18 bytes each. */
  endpoints(slot: number, client: Uint8Array, server: Uint8Array): void {
    const row = this.table.row(slot);
    client.set(this.table.rows.subarray(row, row + ENDPOINT));
    server.set(this.table.rows.subarray(row + ENDPOINT, row + 2 * ENDPOINT));
  }

  /** Its Call-ID, in bytes. */
  callIdAt(slot: number): Uint8Array {
    return this.table.keyAt(slot).subarray(ADDRESS);
  }

  #isSilent(slot: number, s: Stray, now: number): boolean {
    const { table } = this.#transactions;
    if (table.generation(s.transaction) !== s.transactionGeneration || table.at(s.transaction).answers > 0) return false;
    const server = this.table.row(slot) + ENDPOINT;
    for (let i = 0; i < ENDPOINT; i++) this.#server[i] = this.table.rows[server + i]!;
    return this.#peers.serves(this.#server, now);
  }

  #count(slot: number, s: Stray, now: number): void {
    const row = this.table.row(slot);
    const source = this.sources.at(this.sources.put(this.#key.reset().add(this.table.rows, row, row + ADDRESS), now));
    if (s.status >= 200 && s.status < 300) source.accepted++;
    else source.refused++;
    s.refused = source.refused;
    s.accepted = source.accepted;
  }

  #gotThrough({ client, server }: Observation, now: number): boolean {
    const relation = this.#peers.find(client, server, now);
    return relation !== undefined && relation.hits > 0;
  }

  #keyOf({ client, message: { bytes, callId } }: Observation): Key {
    const key = this.#key.reset().add(client, 0, ADDRESS);
    return callId.start < 0 ? key : key.add(bytes, callId.start, callId.end);
  }
}

function makeStray(): Stray {
  return {
    transaction: -1,
    transactionGeneration: 0,
    method: 0,
    status: 0,
    known: false,
    attributed: 0,
    time: 0.5,
    file: '',
    frame: 0,
    refused: 0,
    accepted: 0,
  };
}
