/**
 * Authentication outcomes (contradiction C-03): a first 401 or 407 is a challenge and no failure; a failure is a challenge
 * answered with credentials and refused, stale nonces excluded.
 *
 * A nonce is good for a failure if this source was given it and it has not been accepted before. Credentials over a nonce
 * that was never seen (the capture began later, or it was invented) are stale the first time they are refused, and count
 * from the second: waiting for memory to fade or inventing nonces does not hide guessing.
 */
import { ADDRESS, ENDPOINT, keepShort, keptText, portOf, shortText } from '../bytes.ts';
import { INVITE, type SipMessage } from '../decode/message.ts';
import { Key, type Seed, Table } from '../table.ts';
import { TimeoutQueue } from '../timeouts.ts';
import type { Span } from '../types.ts';
import { ACCEPTED, CHALLENGE, FAILED, NONE, type Observation, OPEN, STALE, UNKNOWN_USER } from './observation.ts';
import { forgetPace, noPace, type Pace } from './pace.ts';
import type { Transaction, Transactions } from './transactions.ts';

/** µs after which a challenge without an answer counts as abandoned: phones answer within a round trip. */
export const ABANDONED = 2_000_000;
/** µs a challenge must have waited at the end of the input to count as abandoned. */
export const ABANDONED_AT_END = 500_000;
/** µs a nonce is remembered after the challenge; credentials over a forgotten one are treated as over an unseen one. */
const NONCE_MEMORY = 64_000_000;
/** µs refused credentials are remembered: the idle time of paper 003 (S3-10) twice over. */
export const ATTEMPT_MEMORY = 3_600_000_000;

/** Answers to an INVITE that come from the callee or for him: his server has believed the caller (RFC 3261 §21.4, §21.6). */
const CALLEES = [480, 486, 487, 488, 600, 603, 606];

/** A nonce a source was given. Plain data; who, where and for whom lie in its row. */
export interface Nonce {
  /** µs of the challenge. */
  issued: number;
  /** Requests that used it. */
  uses: number;
  /** Its place among the challenges nobody answered yet, -1: none. */
  pending: number;
  /** It was accepted at least once. */
  good: boolean;
  method: number;
  status: number;
  /** How the client was found: code of an attribution (origin.ts). */
  attributed: number;
  file: string;
  frame: number;
}

/** A challenge nobody answered, in full. */
export interface Abandoned {
  readonly nonce: Nonce;
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  /** Where the challenge was sent. */
  readonly hop: Uint8Array;
  /** User and host of the To URI. */
  readonly user: string;
  readonly host: string;
  readonly callId: string;
}

/* The row of a nonce: endpoints of client and server, then user and host of the To URI and the Call-ID behind length bytes; then
 * the endpoint the challenge was sent to. */
const USER = 2 * ENDPOINT;
const LONGEST = 31;
const HOST = USER + 1 + LONGEST;
const CALL_ID = HOST + 1 + LONGEST;
const LONGEST_CALL_ID = 63;
const HOP = CALL_ID + 1 + LONGEST_CALL_ID;
const ROW = HOP + ENDPOINT;

/** Refused credentials of one source for one account at one server. Plain data. */
export interface Attempt extends Pace {
  /** Refusals so far; a good registration in between does not reset them (E3-8). */
  refusals: number;
  /** Refusals over a nonce this source was not seen to be given, since it was last accepted. */
  unseen: number;
  /** This endpoint had registered this account before its first refusal. */
  trusted: boolean;
  /** Port and make (calls/make.ts) of the client that was refused, as long as it was always the same. */
  port: number;
  make: number;
  various: boolean;
  /** Where no answers are seen: hashes of nonce, response and nonce count last used, and when (`tenths`); requests without credentials by then; other responses in a row. */
  nonce: number;
  proof: number;
  count: number;
  at: number;
  bare: number;
  fresh: number;
}

/** Nonces given out and credentials refused. */
export class Authentication {
  readonly nonces: Table<Nonce>;
  readonly attempts: Table<Attempt>;
  /** Challenges nobody answered yet. */
  readonly pending: TimeoutQueue;
  readonly #transactions: Transactions;
  readonly #key = new Key(384);

  constructor(capacity: { nonces: number; attempts: number }, seed: Seed, transactions: Transactions) {
    this.#transactions = transactions;
    this.nonces = new Table<Nonce>({
      name: 'nonces',
      capacity: capacity.nonces,
      ttl: NONCE_MEMORY,
      keyBytes: 72,
      rowBytes: ROW,
      seed,
      make: () => ({ issued: 0.5, uses: 0, pending: -1, good: false, method: 0, status: 0, attributed: 0, file: '', frame: 0 }),
      reset: (n) => {
        n.uses = 0;
        n.pending = -1;
        n.good = false;
      },
    });
    this.attempts = new Table<Attempt>({
      name: 'attempts',
      capacity: capacity.attempts,
      ttl: ATTEMPT_MEMORY,
      keyBytes: 80,
      seed,
      make: () => ({
        ...noPace(),
        refusals: 0,
        unseen: 0,
        trusted: false,
        port: 0,
        make: 0,
        various: false,
        nonce: 0,
        proof: 0,
        count: 0,
        at: 0,
        bare: 0,
        fresh: 0,
      }),
      reset: (a) => {
        a.refusals = 0;
        a.unseen = 0;
        a.trusted = false;
        a.port = 0;
        a.make = 0;
        a.various = false;
        forgetPace(a);
        a.nonce = 0;
        a.proof = 0;
        a.count = 0;
        a.at = 0;
        a.bare = 0;
        a.fresh = 0;
      },
    });
    this.pending = new TimeoutQueue(capacity.nonces);
  }

  /** Notes the credentials of a request in its transaction, and that their nonce was used. */
  used({ message: m, client, copy }: Observation, t: Transaction, now: number): void {
    const c = m.credentials;
    if (!c.digest) return;
    t.credentials = true;
    this.#transactions.keepCredentials(m);
    const slot = this.nonces.find(this.#nonceKey(m, c.nonce, client), now);
    t.nonce = slot;
    if (slot < 0 || copy) return;
    t.nonceGeneration = this.nonces.generation(slot);
    const n = this.nonces.at(slot);
    if (n.uses++ === 0) this.pending.cancel(n.pending, slot);
  }

  /** Remembers the nonce an answer gives out; one to a request without credentials pends until it is used. */
  given(o: Observation, t: Transaction, now: number): void {
    const { message: m, packet } = o;
    const c = m.challenge;
    if (!c.digest) return;
    const slot = this.nonces.put(this.#nonceKey(m, c.nonce, o.client), now);
    if (!this.nonces.fresh) return;
    const n = this.nonces.at(slot);
    n.issued = packet.time;
    n.method = t.method;
    n.status = m.status;
    n.attributed = t.attributed;
    n.file = packet.where.file;
    n.frame = packet.frameNumber;
    if (t.credentials) return;
    this.#keep(slot, o);
    n.pending = this.pending.push(slot, this.nonces.generation(slot), now + ABANDONED);
  }

  #keep(slot: number, { packet, client, server, message: { bytes, to, callId } }: Observation): void {
    const { rows } = this.nonces;
    const row = this.nonces.row(slot);
    for (let i = 0; i < ENDPOINT; i++) {
      rows[row + i] = client[i]!;
      rows[row + ENDPOINT + i] = server[i]!;
      rows[row + HOP + i] = packet.dst[i]!;
    }
    keepShort(rows, row + USER, LONGEST, bytes, to.uri.user.start, to.uri.user.end);
    keepShort(rows, row + HOST, LONGEST, bytes, to.uri.host.start, to.uri.host.end);
    keepShort(rows, row + CALL_ID, LONGEST_CALL_ID, bytes, callId.start, callId.end);
  }

  /** A challenge nobody answered, in full. */
  abandoned(slot: number): Abandoned {
    const { rows } = this.nonces;
    const row = this.nonces.row(slot);
    return {
      nonce: this.nonces.at(slot),
      client: rows.slice(row, row + ENDPOINT),
      server: rows.slice(row + ENDPOINT, row + 2 * ENDPOINT),
      hop: rows.slice(row + HOP, row + ROW),
      user: shortText(rows, row + USER),
      host: shortText(rows, row + HOST),
      callId: shortText(rows, row + CALL_ID),
    };
  }

  /** Outcome code of the first final answer of a transaction. */
  outcome(o: Observation, t: Transaction, now: number): number {
    const { status } = o.message;
    if (status >= 200 && status < 300) return t.credentials ? ACCEPTED : OPEN;
    if (status === 401 || status === 407 || status === 402) {
      if (!t.credentials) return status === 402 ? NONE : CHALLENGE;
      return this.#refused(o, t, now) ? FAILED : STALE;
    }
    // 403: retrying is pointless (RFC 3261 §21.4.4), so it cannot be about the nonce.
    if (status === 403) return t.credentials ? FAILED : UNKNOWN_USER;
    return status === 404 || status === 604 || status === 410 ? UNKNOWN_USER : NONE;
  }

  /** True if an answer that is neither a success nor about credentials shows that those of a call were accepted. */
  passed(status: number, t: Transaction): boolean {
    return t.credentials && t.method === INVITE && CALLEES.includes(status);
  }

  /** Credentials were accepted: their nonce is good. The refusals of this source for this account before, if any. */
  accepted(o: Observation, t: Transaction, now: number): Attempt | undefined {
    if (t.nonce >= 0 && this.nonces.alive(t.nonce, t.nonceGeneration, now)) this.nonces.at(t.nonce).good = true;
    // Most sites see no refusal for a long time: then there is nothing to look for.
    if (this.attempts.inserted === 0) return undefined;
    const slot = this.attempts.find(this.#attemptKey(o), now);
    if (slot < 0) return undefined;
    const attempt = this.attempts.at(slot);
    attempt.unseen = 0;
    return attempt;
  }

  /** The refusals of this client for the account its credentials name, made if there were none. */
  attempt(o: Observation, now: number): Attempt {
    return this.attempts.at(this.attempts.put(this.#attemptKey(o), now));
  }

  /** Notes who was refused, before it is counted. */
  refused(attempt: Attempt, { client }: Observation, { make }: Transaction): void {
    const port = portOf(client);
    if (attempt.refusals === 0) {
      attempt.port = port;
      attempt.make = make;
    } else if (port !== attempt.port || make !== attempt.make) attempt.various = true;
  }

  /**
   * True if the credentials of a transaction come from another client at the same address than the one that was always refused: another
   * port and another make. Whoever guesses does not know which password is the right one, and cannot change both for it.
   */
  isAnother(attempt: Attempt, { client }: Observation, { make }: Transaction): boolean {
    return !attempt.various && make !== 0 && attempt.make !== 0 && make !== attempt.make && portOf(client) !== attempt.port;
  }

  /** True if a refusal is about the credentials and not about their nonce. */
  #refused(o: Observation, t: Transaction, now: number): boolean {
    if (o.message.challenge.stale) return false;
    if (t.nonce >= 0 && this.nonces.alive(t.nonce, t.nonceGeneration, now)) return !this.nonces.at(t.nonce).good;
    return this.attempt(o, now).unseen++ > 0;
  }

  #attemptKey(o: Observation): Key {
    const key = this.#key.reset().add(o.client, 0, ADDRESS).add(o.server, 0, ADDRESS);
    return this.#transactions.addCredentials(key, o.slot);
  }

  /** Client, nonce and To user: Kamailio gives all challenges of a second the same nonce. */
  #nonceKey({ bytes, to: { uri } }: SipMessage, nonce: Span, client: Uint8Array): Key {
    const key = this.#key.reset().add(client, 0, ADDRESS);
    if (nonce.start >= 0) key.add(bytes, nonce.start, nonce.end);
    return uri.user.start < 0 ? key : key.addByte(0).add(bytes, uri.user.start, uri.user.end);
  }
}

/** `user@host` of the To URI; the user alone is never an account (design: types). */
export function accountOf(m: SipMessage): string {
  const { user, host } = m.to.uri;
  return `${keptText(m.bytes, user.start, user.end)}@${keptText(m.bytes, host.start, host.end)}`;
}
