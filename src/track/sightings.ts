/**
 * Requests that are looked at a second time: who, whom, when and where of one request for each client and server, kept until
 * it is known what it meant. Bounded like all state; the strings are made only when an Event is.
 */
import { ADDRESS, ENDPOINT, keepShort, shortText } from '../bytes.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Observation } from './observation.ts';

/** The request of a client to a server that was kept. Plain data; who and whom lie in its row. */
export interface Sighting {
  /** µs of the packet it was kept from. */
  time: number;
  /** Status of the answer it was kept from, 0 from the request itself. */
  status: number;
  /** How the client was found: code of an attribution (origin.ts). */
  attributed: number;
  file: string;
  frame: number;
}

/** What was kept of one request. Reused: good until the next one is read. Endpoints are 18 bytes. */
export interface SeenRequest {
  /** Slot it is kept in, for its texts. */
  slot: number;
  sighting: Sighting;
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  /** The other end of the packet on the client's side: the client itself or its proxy. */
  readonly hop: Uint8Array;
}

const SERVER = ENDPOINT;
const HOP = 2 * ENDPOINT;
const METHOD = 3 * ENDPOINT;
const LONGEST_METHOD = 15;
const USER = METHOD + 1 + LONGEST_METHOD;
const LONGEST = 31;
const HOST = USER + 1 + LONGEST;
const CALL_ID = HOST + 1 + LONGEST;
const LONGEST_CALL_ID = 63;
const ROW = CALL_ID + 1 + LONGEST_CALL_ID;

/** One request of each client address to each server address. */
export class Sightings {
  readonly table: Table<Sighting>;
  readonly #key = new Key(2 * ADDRESS);
  readonly #seen: SeenRequest = {
    slot: -1,
    sighting: { time: 0.5, status: 0, attributed: 0, file: '', frame: 0 },
    client: new Uint8Array(ENDPOINT),
    server: new Uint8Array(ENDPOINT),
    hop: new Uint8Array(ENDPOINT),
  };

  /** @param ttl µs a request is kept. */
  constructor(name: string, capacity: number, ttl: number, seed: Seed) {
    this.table = new Table<Sighting>({
      name,
      capacity,
      ttl,
      keyBytes: 2 * ADDRESS,
      rowBytes: ROW,
      seed,
      make: () => ({ time: 0.5, status: 0, attributed: 0, file: '', frame: 0 }),
      reset: () => {},
    });
  }

  /** Keeps the request an Observation is about, in the place of an earlier one. Returns its slot. */
  keep({ packet, message: m, client, server, attributed }: Observation, now: number): number {
    const slot = this.table.put(this.#pair(client, server), now);
    const s = this.table.at(slot);
    s.time = packet.time;
    s.status = m.status;
    s.attributed = attributed;
    s.file = packet.where.file;
    s.frame = packet.frameNumber;
    const { rows } = this.table;
    const row = this.table.row(slot);
    const hop = m.isRequest ? packet.src : packet.dst;
    for (let i = 0; i < ENDPOINT; i++) {
      rows[row + i] = client[i]!;
      rows[row + SERVER + i] = server[i]!;
      rows[row + HOP + i] = hop[i]!;
    }
    const method = m.isRequest ? m.methodSpan : m.cseqMethodSpan;
    keepShort(rows, row + METHOD, LONGEST_METHOD, m.bytes, method.start, method.end);
    keepShort(rows, row + USER, LONGEST, m.bytes, m.to.uri.user.start, m.to.uri.user.end);
    keepShort(rows, row + HOST, LONGEST, m.bytes, m.to.uri.host.start, m.to.uri.host.end);
    keepShort(rows, row + CALL_ID, LONGEST_CALL_ID, m.bytes, m.callId.start, m.callId.end);
    return slot;
  }

  /** Slot of what is kept of a client and a server, or -1. */
  find(client: Uint8Array, server: Uint8Array, now: number): number {
    return this.table.find(this.#pair(client, server), now);
  }

  /** What is kept in a slot. */
  read(slot: number): SeenRequest {
    const { rows } = this.table;
    const row = this.table.row(slot);
    const seen = this.#seen;
    seen.slot = slot;
    seen.sighting = this.table.at(slot);
    for (let i = 0; i < ENDPOINT; i++) {
      seen.client[i] = rows[row + i]!;
      seen.server[i] = rows[row + SERVER + i]!;
      seen.hop[i] = rows[row + HOP + i]!;
    }
    return seen;
  }

  /** Method of the request in a slot. */
  methodOf(slot: number): string {
    return this.#text(slot, METHOD);
  }

  /** User of its To URI. */
  userOf(slot: number): string {
    return this.#text(slot, USER);
  }

  /** Host of its To URI. */
  hostOf(slot: number): string {
    return this.#text(slot, HOST);
  }

  /** Its Call-ID, the first 63 bytes. */
  callIdOf(slot: number): string {
    return this.#text(slot, CALL_ID);
  }

  #text(slot: number, at: number): string {
    return shortText(this.table.rows, this.table.row(slot) + at);
  }

  #pair(client: Uint8Array, server: Uint8Array): Key {
    return this.#key.reset().add(client, 0, ADDRESS).add(server, 0, ADDRESS);
  }
}
