/**
 * INVITEs for one domain after the other to which the server says nothing at all: it waits for the resolver of names that nobody
 * answers, one process a request (DNS exhaustion, S0-68, E0-1). A few are enough, because a client repeats over UDP what is not
 * answered after 0.5 s (RFC 3261 §17.1.1.2), and a silent server is silent whatever the domain.
 */
import { ADDRESS, ENDPOINT } from '../../bytes.ts';
import { Key, type Seed, Table } from '../../table.ts';

/** µs after which a pair begins anew: the window of the floods. */
const MINUTE = 60_000_000;
/** Different domains that are told apart. */
const MOST = 16;
/** From how many domains on it is told: one is any server that is down. */
const SEVERAL = 2;

/** INVITEs of one source that one server said nothing to. Plain data; the domains' hashes lie in the row. */
export interface Stall {
  /** µs of the first. */
  since: number;
  requests: number;
  domains: number;
  /** Requests of the source that succeeded at the server (`Relation`). */
  hits: number;
  /** Where the latest lies. */
  time: number;
  attributed: number;
  file: string;
  frame: number;
}

/** One INVITE that met silence. */
interface Silent {
  /** Hash of the host of its Request-URI. */
  readonly hop: number;
  readonly started: number;
  readonly attributed: number;
  readonly file: string;
  readonly frame: number;
}

/* The row: endpoints of source and server, then the hashes. */
const HASHES = 2 * ENDPOINT;
const ROW = HASHES + 4 * MOST;

/** All of these. */
export class Stalls {
  readonly table: Table<Stall>;
  /** Slots that have met one more domain since someone last took them. */
  readonly risen: number[] = [];
  readonly #words: Uint32Array;
  readonly #key = new Key(2 * ADDRESS);

  constructor(capacity: number, seed: Seed) {
    this.table = new Table<Stall>({
      name: 'stalled domains',
      capacity,
      ttl: MINUTE,
      keyBytes: 2 * ADDRESS,
      rowBytes: ROW,
      seed,
      make: () => ({ since: 0.5, requests: 0, domains: 0, hits: 0, time: 0.5, attributed: 0, file: '', frame: 0 }),
      reset: () => {},
    });
    this.#words = new Uint32Array(this.table.rows.buffer);
  }

  /** Takes an INVITE that was neither answered nor sent again. */
  take(t: Silent, client: Uint8Array, server: Uint8Array, hits: number, now: number): void {
    const slot = this.table.put(this.#key.reset().add(client, 0, ADDRESS).add(server, 0, ADDRESS), now);
    const stall = this.table.at(slot);
    if (this.table.fresh || now - stall.since >= MINUTE) this.#begin(slot, stall, client, server, now);
    stall.requests++;
    stall.hits = hits;
    stall.time = t.started;
    stall.attributed = t.attributed;
    stall.file = t.file;
    stall.frame = t.frame;
    if (this.#isNew(slot, stall, t.hop) && stall.domains >= SEVERAL) this.risen.push(slot);
  }

  /** Endpoints of source and server. */
  endpoints(slot: number): { readonly src: Uint8Array; readonly dst: Uint8Array } {
    const { rows } = this.table;
    const row = this.table.row(slot);
    return { src: rows.slice(row, row + ENDPOINT), dst: rows.slice(row + ENDPOINT, row + HASHES) };
  }

  #begin(slot: number, stall: Stall, client: Uint8Array, server: Uint8Array, now: number): void {
    const row = this.table.row(slot);
    this.table.rows.set(client, row);
    this.table.rows.set(server, row + ENDPOINT);
    stall.since = now;
    stall.requests = 0;
    stall.domains = 0;
  }

  #isNew(slot: number, stall: Stall, hop: number): boolean {
    const at = (this.table.row(slot) + HASHES) >> 2;
    for (let i = 0; i < stall.domains; i++) if (this.#words[at + i] === hop >>> 0) return false;
    if (stall.domains === MOST) return false;
    this.#words[at + stall.domains++] = hop;
    return true;
  }
}
