/**
 * Registrations: the bindings registrars confirmed (RFC 3261 §10.3). Told by the 2xx to a REGISTER, which lists all bindings
 * in force, so that a capture that begins in the middle is soon right, and that what is listed no more was removed.
 */
import { ENDPOINT, keepShort, putRowWord, rowWord, sameAddress } from '../bytes.ts';
import { createAddress } from '../decode/address.ts';
import { readContactAt } from '../decode/lower.ts';
import { type AddressView, REGISTER, type SipMessage, type UriView } from '../decode/message.ts';
import { hash, Key, type Seed, Table } from '../table.ts';
import type { Packet } from '../types.ts';
import { addressOfRecord } from './addressofrecord.ts';

/** What happened to a binding; empty: nothing. */
export type Change = '' | 'added' | 'refreshed' | 'removed';

/** The bindings of one address of record. Plain data; each binding lies in its row. */
export interface Binding {
  /** µs the address of record was first seen bound. */
  since: number;
  /** Bindings in force, those included that found no place in the row. */
  bindings: number;
  /** Seconds granted to the one granted longest. */
  expires: number;
  /** Places in the row that were ever taken: of most accounts one, so that the others need not be looked at. */
  places: number;
}

/** One binding that a REGISTER added, refreshed or removed. Reused: good until the next REGISTER. */
export interface BindingChange {
  change: Change;
  /** Where its Contact URI stands. A removed one is remembered with its first 47 bytes. */
  bytes: Uint8Array;
  start: number;
  end: number;
  /** Seconds granted, 0 for removed. */
  expires: number;
  /** Another make of client, at another address, had made it, and this REGISTER removed it. */
  seized: boolean;
  /** Who had made it then: 18 bytes. */
  owner: Uint8Array;
}

/** What is known of an accepted REGISTER: its make (calls/make.ts), and that it asks for a binding to end. */
interface Register {
  readonly make: number;
  readonly ends: boolean;
}

const SEED: Seed = { k0: 0x5eed, k1: 0x0b17d };
/** Seconds a binding lasts if nobody says (RFC 3261 §10.2.1.1 leaves it to the registrar; most grant an hour). */
const DEFAULT_EXPIRES = 3600;
const LONGEST_EXPIRES = 86_400;
/** Bindings of one account that are told apart; each phone of a person is one. */
const MOST_BINDINGS = 8;
/** Contacts of one answer that are looked at. */
const MOST_CONTACTS = 64;
/** Seconds by which the time left of another's binding may seem to grow, by rounding. */
const SLACK = 1;

/* A binding in the row: hash of its Contact URI, second until which it lives, endpoint that registered it, the URI behind a length byte. */
const UNTIL = 4;
const CLIENT = 8;
const URI = CLIENT + ENDPOINT;
const LONGEST_URI = 47;
/** Of the make of the client that registered it. */
const MAKE = URI + 1 + LONGEST_URI;
/** Second in which it joined one of another make and address that was in force, 0: it did not. */
const JOINED = MAKE + 4;
const STRIDE = JOINED + 4;

/** All addresses of record with a binding in force. */
export class Registrations {
  readonly table: Table<Binding>;
  /** What the last accepted REGISTER changed; the first `changed` entries count. */
  readonly changes: readonly BindingChange[];
  changed = 0;
  /** Bindings that ever joined one of another make and address. */
  joined = 0;
  readonly #key = new Key(256);
  readonly #contact = new Key(256);
  #make = 0;
  #ends = false;
  readonly #view = createAddress();
  readonly #gone = new Uint8Array(MOST_BINDINGS * (1 + LONGEST_URI));

  constructor(capacity: number, seed: Seed) {
    this.table = new Table<Binding>({
      name: 'registrations',
      capacity,
      ttl: DEFAULT_EXPIRES * 1_000_000,
      keyBytes: 48,
      rowBytes: MOST_BINDINGS * STRIDE,
      seed,
      make: () => ({ since: 0.5, bindings: 0, expires: 0, places: 0 }),
      reset: () => {},
    });
    const bytes = this.#gone;
    this.changes = Array.from({ length: 2 * MOST_BINDINGS }, () => ({
      change: '',
      bytes,
      start: 0,
      end: 0,
      expires: 0,
      seized: false,
      owner: new Uint8Array(ENDPOINT),
    }));
  }

  /** The bindings after such a REGISTER was accepted; `changes` says what it did to each. */
  accepted(m: SipMessage, packet: Packet, client: Uint8Array, by: Register, now: number): Binding {
    const slot = this.table.put(this.#keyOf(m), now);
    const b = this.table.at(slot);
    const row = this.table.row(slot);
    if (this.table.fresh) {
      b.since = packet.time;
      b.places = 0;
    }
    this.changed = 0;
    this.#make = by.make;
    this.#ends = by.ends;
    const second = Math.floor(now / 1_000_000);
    this.#listed(b, m, client, row, second);
    this.table.expireAt(slot, b.bindings === 0 ? 0 : now + b.expires * 1_000_000);
    return b;
  }

  /** What happened to the first binding that was changed. */
  get change(): Change {
    return this.changed === 0 ? '' : this.changes[0]!.change;
  }

  /** Goes through the bindings an answer lists; those it lists no more were removed. */
  #listed(b: Binding, m: SipMessage, client: Uint8Array, row: number, second: number): void {
    let seen = 0;
    b.bindings = 0;
    b.expires = 0;
    for (let i = 0; i < m.contactCount && i < MOST_CONTACTS; i++) {
      const view = i === 0 ? m.contact : this.#view;
      if (i > 0 && !readContactAt(m, i, view)) break;
      const expires = expiresOf(m, view);
      // Some registrars list a binding once more when they removed it.
      if (expires === 0) continue;
      b.bindings++;
      if (expires > b.expires) b.expires = expires;
      seen |= 1 << this.#bind(b, m, view, client, row, second, expires, seen);
    }
    for (let i = 0; i < b.places; i++) if ((seen & (1 << i)) === 0) this.#unbind(row + i * STRIDE, second, client);
  }

  /** Notes a binding that is in force. Returns its place, or 31 if there is none for it. */
  #bind(
    b: Binding,
    m: SipMessage,
    view: AddressView,
    client: Uint8Array,
    row: number,
    second: number,
    expires: number,
    seen: number,
  ): number {
    const { rows } = this.table;
    const { start, end } = view.uri.span;
    const contact = this.#hashOf(m.bytes, start, end);
    const known = this.#place(b, row, contact, second);
    const place = known >= 0 ? known : this.#free(b, row, second, seen);
    if (place < 0) return 31;
    // Listed twice: said once.
    if ((seen & (1 << place)) !== 0) return place;
    const at = row + place * STRIDE;
    const longer = known >= 0 && second + expires > wordAt(rows, at + UNTIL) + SLACK;
    // Its own it refreshes, also where the seconds do not show it; those of others are only listed.
    const refreshed = known >= 0 && (longer || sameEndpoint(rows, at + CLIENT, client));
    putRowWord(rows, at + UNTIL, second + expires);
    if (known >= 0 && !refreshed) return place;
    putRowWord(rows, at, contact);
    putRowWord(rows, at + MAKE, this.#make);
    for (let i = 0; i < ENDPOINT; i++) rows[at + CLIENT + i] = client[i]!;
    if (known < 0) {
      keepShort(rows, at + URI, LONGEST_URI, m.bytes, start, end);
      const joins = this.#other(b, row, client, second) >= 0;
      putRowWord(rows, at + JOINED, joins ? second : 0);
      if (joins) this.joined++;
    }
    this.#tell(known < 0 ? 'added' : 'refreshed', m.bytes, start, end, expires);
    return place;
  }

  #unbind(at: number, second: number, client: Uint8Array): void {
    const { rows } = this.table;
    if (wordAt(rows, at + UNTIL) <= second) return;
    putRowWord(rows, at + UNTIL, 0);
    const n = rows[at + URI]!;
    const from = (this.changed % MOST_BINDINGS) * (1 + LONGEST_URI);
    for (let i = 0; i < n; i++) this.#gone[from + i] = rows[at + URI + 1 + i]!;
    this.#tell('removed', this.#gone, from, from + n, 0);
    const told = this.changes[this.changed - 1]!;
    told.seized = this.#ends && !sameAddress(client, rows, at + CLIENT) && wordAt(rows, at + MAKE) !== this.#make >>> 0;
    for (let i = 0; i < ENDPOINT; i++) told.owner[i] = rows[at + CLIENT + i]!;
  }

  #tell(change: Change, bytes: Uint8Array, start: number, end: number, expires: number): void {
    const told = this.changes[this.changed++]!;
    told.change = change;
    told.bytes = bytes;
    told.start = start;
    told.end = end;
    told.expires = expires;
    told.seized = false;
  }

  /** Place of a binding in force by the hash of its Contact URI, or -1. */
  #place({ places }: Binding, row: number, contact: number, second: number): number {
    const { rows } = this.table;
    for (let i = 0; i < places; i++) {
      const at = row + i * STRIDE;
      if (wordAt(rows, at + UNTIL) > second && wordAt(rows, at) === contact >>> 0) return i;
    }
    return -1;
  }

  /** A place without a binding in force, or -1. What this answer has listed before keeps its place. */
  #free(b: Binding, row: number, second: number, seen: number): number {
    for (let i = 0; i < b.places; i++) if ((seen & (1 << i)) === 0 && wordAt(this.table.rows, row + i * STRIDE + UNTIL) <= second) return i;
    return b.places < MOST_BINDINGS ? b.places++ : -1;
  }

  /** Where in `rows` the first binding in force lies that was made from another address by another make, or -1. */
  #other({ places }: Binding, row: number, client: Uint8Array, second: number, make = this.#make): number {
    const { rows } = this.table;
    for (let i = 0; i < places; i++) {
      const at = row + i * STRIDE;
      if (wordAt(rows, at + UNTIL) > second && wordAt(rows, at + MAKE) !== make >>> 0 && !sameAddress(client, rows, at + CLIENT)) return at;
    }
    return -1;
  }

  /** Where in `rows` the first binding in force lies at or behind `at`, or -1. */
  #inForce(slot: number, at: number, second: number): number {
    const { rows } = this.table;
    const end = this.table.row(slot) + this.table.at(slot).places * STRIDE;
    for (let next = at; next < end; next += STRIDE) if (wordAt(rows, next + UNTIL) > second) return next;
    return -1;
  }

  /**
   * If the To URI's address of record has a binding of that endpoint which joined another one that is still in force: the second
   * in which it did; else 0. `owner` becomes who made the other one (18 bytes).
   */
  joinedBy(endpoint: Uint8Array, m: SipMessage, now: number, owner: Uint8Array): number {
    const slot = this.table.find(this.#keyOf(m), now);
    if (slot < 0) return 0;
    const { rows } = this.table;
    const row = this.table.row(slot);
    const b = this.table.at(slot);
    const second = Math.floor(now / 1_000_000);
    for (let at = this.#inForce(slot, row, second); at >= 0; at = this.#inForce(slot, at + STRIDE, second)) {
      if (wordAt(rows, at + JOINED) === 0 || !sameEndpoint(rows, at + CLIENT, endpoint)) continue;
      const other = this.#other(b, row, endpoint, second, wordAt(rows, at + MAKE));
      if (other < 0) continue;
      for (let k = 0; k < ENDPOINT; k++) owner[k] = rows[other + CLIENT + k]!;
      return wordAt(rows, at + JOINED);
    }
    return 0;
  }

  /** True if the account whose credentials a request or its answer is about was bound by a REGISTER from this endpoint, and still is. */
  boundBy(endpoint: Uint8Array, m: SipMessage, now: number): boolean {
    // A REGISTER names it in To (RFC 3261 §10.2), all others in From: To is whom they call.
    const slot = this.table.find(this.#keyOf(m, m.cseqMethod === REGISTER ? m.to.uri : m.from.uri), now);
    if (slot < 0) return false;
    const { rows } = this.table;
    const second = Math.floor(now / 1_000_000);
    for (let at = this.#inForce(slot, this.table.row(slot), second); at >= 0; at = this.#inForce(slot, at + STRIDE, second))
      if (sameEndpoint(rows, at + CLIENT, endpoint)) return true;
    return false;
  }

  /** The endpoint (18 bytes, in place) that made the first binding in force of the To URI's address of record, if there is one. */
  boundFrom(m: SipMessage, now: number): Uint8Array | undefined {
    const slot = this.table.find(this.#keyOf(m), now);
    if (slot < 0) return undefined;
    const at = this.#inForce(slot, this.table.row(slot), Math.floor(now / 1_000_000));
    return at < 0 ? undefined : this.table.rows.subarray(at + CLIENT, at + CLIENT + ENDPOINT);
  }

  /** True if the address of record of a URI of `m` has a binding in force that was made from the address of that endpoint. */
  binds(endpoint: Uint8Array, m: SipMessage, uri: UriView, now: number): boolean {
    const slot = this.table.find(this.#keyOf(m, uri), now);
    if (slot < 0) return false;
    const { rows } = this.table;
    const second = Math.floor(now / 1_000_000);
    for (let at = this.#inForce(slot, this.table.row(slot), second); at >= 0; at = this.#inForce(slot, at + STRIDE, second))
      if (sameAddress(endpoint, rows, at + CLIENT)) return true;
    return false;
  }

  #keyOf(m: SipMessage, uri: UriView = m.to.uri): Key {
    return addressOfRecord(this.#key, m.bytes, uri);
  }

  #hashOf(bytes: Uint8Array, start: number, end: number): number {
    const key = this.#contact.reset();
    return hash(SEED, start < 0 ? key : key.add(bytes, start, end));
  }
}

function expiresOf(m: SipMessage, contact: AddressView): number {
  const seconds = contact.expires >= 0 ? contact.expires : m.expires >= 0 ? m.expires : DEFAULT_EXPIRES;
  return Math.min(seconds, LONGEST_EXPIRES);
}

function sameEndpoint(rows: Uint8Array, at: number, endpoint: Uint8Array): boolean {
  for (let i = 0; i < ENDPOINT; i++) if (rows[at + i] !== endpoint[i]) return false;
  return true;
}

/** Unsigned: times are seconds since 1970, which need all 32 bits. */
function wordAt(rows: Uint8Array, at: number): number {
  return rowWord(rows, at) >>> 0;
}
