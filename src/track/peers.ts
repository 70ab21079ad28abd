/**
 * Peers: what an address has done so far, and which addresses had to do with each other. Neutral memory for rules that
 * tell a client from a server and a scan from a busy trunk (S2-38, S3-11).
 */
import { ADDRESS, keepShort, shortText } from '../bytes.ts';
import type { SipMessage } from '../decode/message.ts';
import { Key, type Seed, Table } from '../table.ts';

/** µs after which two addresses count as strangers again. */
export const ACQUAINTANCE = 3_600_000_000;
/** µs in which `hits` and `misses` of a relation are halved. */
export const HALF_LIFE = 1_800_000_000;

/** Tenths of a second since 1970, of a time in µs, in a number small enough to cost no memory of its own (it wraps every 3.4 years). */
export function tenths(time: number): number {
  return Math.floor(time / 100_000) % 2 ** 30;
}

/** The row of a relation: User-Agent of the client's last initial request, behind a length byte. */
const LONGEST_AGENT = 63;

/** One address. Plain data. */
export interface Peer {
  /** How many different addresses had requests answered by this one. */
  serves: number;
  /** How many different addresses it has sent initial requests to, and how many of these answered. */
  asked: number;
  heard: number;
  /** It has accepted a REGISTER: it is a registrar, and what it asks its phones is no scan. */
  registrar: boolean;
  /** Hash of the user its first OPTIONS to the server it met last named, and at how many servers in a row it was the same one. */
  sweptUser: number;
  swept: number;
  /** Refusals of requests it forwarded that it has not passed on (debts.ts). */
  owed: number;
}

/** A client address and a server address. Plain data. */
export interface Relation {
  /** The server has answered the client. */
  answered: boolean;
  /** Hash of the user the client's last OPTIONS named, 0: none yet. */
  optionsUser: number;
  /** Port it was sent to, -1: none yet. */
  optionsPort: number;
  /** Requests of the client that succeeded at the server, halved every 30 min; and that one ever did since they met. */
  hits: number;
  served: boolean;
  /** Requests of the client that named an account it did not show to be its own, halved every 30 min. */
  misses: number;
  /**
   * What of the client shows that it hears this server, halved every 30 min: over UDP an ACK with the To tag of the answer or credentials
   * over a nonce that it was given; over others each request. Weak where a server gives all clients of a second the same nonce, as
   * Kamailio does: who asks in his own name as well knows the nonce that went to the address he forges.
   */
  proofs: number;
  /** Initial requests of the client, halved every 30 min. */
  requests: number;
  /** Calls of the client that the server answered with 2xx, halved every 30 min. */
  connected: number;
  /** Max-Forwards of the client's last initial request that it made itself (one Via), how often it changed, and that it just did. */
  forwards: number;
  forwardsChanges: number;
  forwardsChanged: boolean;
  /** µs of the last halving. */
  halved: number;
  /** When they first had to do with each other, by `tenths`. */
  met: number;
  /** While no answer of the server was seen: requests without credentials that could be probes, and what shows that answers came. */
  unheard: number;
  proved: number;
  /** Requests within the minute, of the load counted before it has a row (rates.ts). */
  recent: number;
  /** Sketches of the client's latest requests (clients.ts), 0: none. */
  sketch: number;
  sketchBefore: number;
  /** Links to the loads of this pair and of the server (loads.ts). */
  pair: number;
  target: number;
}

/** All peers and relations. */
export class Peers {
  readonly peers: Table<Peer>;
  readonly relations: Table<Relation>;
  /** The last `meet` was the first contact within the hour. */
  stranger = false;
  readonly #key = new Key(2 * ADDRESS);

  constructor(capacity: { peers: number; relations: number }, seed: Seed) {
    this.peers = new Table<Peer>({
      name: 'peers',
      capacity: capacity.peers,
      ttl: 4 * HALF_LIFE,
      keyBytes: ADDRESS,
      seed,
      make: () => ({ serves: 0, asked: 0, heard: 0, registrar: false, sweptUser: 0, swept: 0, owed: 0 }),
      reset: (p) => {
        p.serves = 0;
        p.asked = 0;
        p.heard = 0;
        p.registrar = false;
        p.sweptUser = 0;
        p.swept = 0;
        p.owed = 0;
      },
    });
    this.relations = new Table<Relation>({
      name: 'relations',
      capacity: capacity.relations,
      ttl: ACQUAINTANCE,
      keyBytes: 2 * ADDRESS,
      rowBytes: 1 + LONGEST_AGENT,
      seed,
      make: () => ({
        answered: false,
        optionsUser: 0,
        optionsPort: -1,
        hits: 0,
        served: false,
        misses: 0,
        proofs: 0,
        connected: 0,
        forwards: -1,
        forwardsChanges: 0,
        forwardsChanged: false,
        halved: 0.5,
        met: 0,
        unheard: 0,
        proved: 0,
        requests: 0,
        recent: 0,
        pair: 0,
        target: 0,
        sketch: 0,
        sketchBefore: 0,
      }),
      reset: (r) => {
        r.unheard = 0;
        r.proved = 0;
        r.requests = 0;
        r.recent = 0;
        r.pair = 0;
        r.target = 0;
        r.sketch = 0;
        r.sketchBefore = 0;
        r.answered = false;
        r.optionsUser = 0;
        r.optionsPort = -1;
        r.hits = 0;
        r.served = false;
        r.misses = 0;
        r.proofs = 0;
        r.connected = 0;
        r.forwards = -1;
        r.forwardsChanges = 0;
        r.forwardsChanged = false;
      },
    });
  }

  /** The peer at an address, made if it is new. */
  peer(address: Uint8Array, now: number): Peer {
    return this.peers.at(this.peers.put(this.#key.reset().add(address, 0, ADDRESS), now));
  }

  /** True if the address was seen to answer requests that were seen. */
  serves(address: Uint8Array, now: number): boolean {
    return this.servesOf(address, now) > 0;
  }

  /** How many different addresses had requests answered by this one. */
  servesOf(address: Uint8Array, now: number): number {
    const slot = this.peers.find(this.#key.reset().add(address, 0, ADDRESS), now);
    return slot < 0 ? 0 : this.peers.at(slot).serves;
  }

  /** How many different addresses this one has sent initial requests to. */
  askedBy(address: Uint8Array, now: number): number {
    const slot = this.peers.find(this.#key.reset().add(address, 0, ADDRESS), now);
    return slot < 0 ? 0 : this.peers.at(slot).asked;
  }

  /** Refusals an address has not passed on, 0 if nothing is known of it. */
  owed(address: Uint8Array, now: number): number {
    const slot = this.peers.find(this.#key.reset().add(address, 0, ADDRESS), now);
    return slot < 0 ? 0 : this.peers.at(slot).owed;
  }

  /** The relation of a client that sends an initial request to a server; `stranger` tells whether it is new. */
  meet(client: Uint8Array, server: Uint8Array, m: SipMessage, now: number): Relation {
    const slot = this.relations.put(this.#pair(client, server), now);
    this.stranger = this.relations.fresh;
    this.slot = slot;
    const { start, end } = m.userAgent;
    const row = this.relations.row(slot);
    // Mostly it is the same as before: its length tells, nearly always.
    if (this.stranger || this.relations.rows[row] !== Math.min(end - start, LONGEST_AGENT)) {
      keepShort(this.relations.rows, row, LONGEST_AGENT, m.bytes, start, end);
    }
    const r = this.relations.at(slot);
    if (this.stranger) {
      r.halved = now;
      r.met = tenths(now);
    }
    r.forwardsChanged = m.viaCount === 1 && r.forwards >= 0 && r.forwards !== m.maxForwards;
    if (r.forwardsChanged) r.forwardsChanges++;
    if (m.viaCount === 1) r.forwards = m.maxForwards;
    while (now - r.halved >= HALF_LIFE) {
      r.hits >>= 1;
      r.misses >>= 1;
      r.proofs >>= 1;
      r.connected >>= 1;
      r.requests >>= 1;
      r.halved += HALF_LIFE;
    }
    r.requests++;
    return r;
  }

  /** Slot of the relation that `meet` or `find` last found. */
  slot = -1;

  /** The relation of a client and a server, if they met within the hour. */
  find(client: Uint8Array, server: Uint8Array, now: number): Relation | undefined {
    const slot = this.relations.find(this.#pair(client, server), now);
    if (slot < 0) return undefined;
    this.slot = slot;
    return this.relations.at(slot);
  }

  /** True if the server has sent an initial request to the client within the hour. */
  known(client: Uint8Array, server: Uint8Array, now: number): boolean {
    return this.relations.find(this.#pair(server, client), now) >= 0;
  }

  /** User-Agent of the client's last initial request to the server, empty if there was none within the hour. */
  agent(client: Uint8Array, server: Uint8Array, now: number): string {
    const slot = this.relations.find(this.#pair(client, server), now);
    return slot < 0 ? '' : shortText(this.relations.rows, this.relations.row(slot));
  }

  #pair(client: Uint8Array, server: Uint8Array): Key {
    return this.#key.reset().add(client, 0, ADDRESS).add(server, 0, ADDRESS);
  }
}
