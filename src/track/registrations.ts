/**
 * Registrations: the bindings registrars confirmed (RFC 3261 §10.3). Told by the 2xx to a REGISTER, which lists the
 * bindings in force, so that a capture that begins in the middle is soon right.
 */
import { ENDPOINT } from '../bytes.ts';
import type { SipMessage } from '../decode/message.ts';
import { hash, Key, type Seed, Table } from '../table.ts';
import type { Packet } from '../types.ts';

/** What a REGISTER did; empty: nothing. */
export type Change = '' | 'added' | 'refreshed' | 'removed';

/** The bindings of one address of record. Plain data; its row is the endpoint the last accepted REGISTER came from. */
export interface Binding {
  /** µs the address of record was first seen bound. */
  since: number;
  /** Hash of the first Contact URI. */
  contact: number;
  /** Bindings in force. */
  bindings: number;
  /** Seconds granted. */
  expires: number;
}

const SEED: Seed = { k0: 0x5eed, k1: 0x0b17d };
/** Seconds a binding lasts if nobody says (RFC 3261 §10.2.1.1 leaves it to the registrar; most grant an hour). */
const DEFAULT_EXPIRES = 3600;
const LONGEST_EXPIRES = 86_400;

/** All addresses of record with a binding in force. */
export class Registrations {
  readonly table: Table<Binding>;
  readonly #key = new Key(256);
  readonly #contact = new Key(256);

  constructor(capacity: number, seed: Seed) {
    this.table = new Table<Binding>({
      name: 'registrations',
      capacity,
      ttl: DEFAULT_EXPIRES * 1_000_000,
      keyBytes: 48,
      rowBytes: ENDPOINT,
      seed,
      make: () => ({ since: 0.5, contact: 0, bindings: 0, expires: 0 }),
      reset: () => {},
    });
  }

  /** The binding an accepted REGISTER made or changed; `change` says how. */
  accepted(m: SipMessage, packet: Packet, client: Uint8Array, now: number): Binding {
    const key = this.#keyOf(m);
    const contact = this.#contactHash(m);
    const slot = this.table.put(key, now);
    const { fresh } = this.table;
    const b = this.table.at(slot);
    if (fresh) b.since = packet.time;
    this.change = m.contactCount === 0 ? 'removed' : fresh || b.contact !== contact ? 'added' : 'refreshed';
    this.table.rows.set(client, this.table.row(slot));
    b.contact = contact;
    b.bindings = m.contactCount;
    b.expires = m.contactCount === 0 ? 0 : expiresOf(m);
    this.table.expireAt(slot, this.change === 'removed' ? 0 : now + b.expires * 1_000_000);
    return b;
  }

  change: Change = '';

  /** True if the To URI's address of record was bound by a REGISTER from this endpoint, and still is. */
  boundBy(endpoint: Uint8Array, m: SipMessage, now: number): boolean {
    const slot = this.table.find(this.#keyOf(m), now);
    if (slot < 0) return false;
    const row = this.table.row(slot);
    for (let i = 0; i < ENDPOINT; i++) if (this.table.rows[row + i] !== endpoint[i]) return false;
    return true;
  }

  /** The endpoint (18 bytes, in place) that bound the To URI's address of record, if it is bound. */
  boundFrom(m: SipMessage, now: number): Uint8Array | undefined {
    const slot = this.table.find(this.#keyOf(m), now);
    if (slot < 0) return undefined;
    const row = this.table.row(slot);
    return this.table.rows.subarray(row, row + ENDPOINT);
  }

  #keyOf(m: SipMessage): Key {
    const { user, host } = m.to.uri;
    const key = this.#key.reset();
    if (user.start >= 0) key.add(m.bytes, user.start, user.end);
    key.addByte(0x40);
    if (host.start >= 0) key.add(m.bytes, host.start, host.end);
    return key;
  }

  #contactHash(m: SipMessage): number {
    const key = this.#contact.reset();
    const { span } = m.contact.uri;
    if (m.contactCount > 0 && span.start >= 0) key.add(m.bytes, span.start, span.end);
    return hash(SEED, key);
  }
}

function expiresOf(m: SipMessage): number {
  const seconds = m.contact.expires >= 0 ? m.contact.expires : m.expires >= 0 ? m.expires : DEFAULT_EXPIRES;
  return Math.min(seconds, LONGEST_EXPIRES);
}
