/**
 * Authentication outcomes (contradiction C-03): a first 401 or 407 is a challenge and no failure; a failure is a challenge
 * answered with credentials and refused, stale nonces excluded.
 *
 * A nonce is good for a failure if this source was given it and it has not been accepted before. Credentials over a nonce
 * that was never seen (the capture began later, or it was invented) are stale the first time they are refused, and count
 * from the second: waiting for memory to fade or inventing nonces does not hide guessing.
 */
import { ADDRESS, text } from '../bytes.ts';
import type { SipMessage } from '../decode/message.ts';
import { DueQueue } from '../due.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Packet } from '../types.ts';
import { ACCEPTED, CHALLENGE, FAILED, NONE, OPEN, STALE, UNKNOWN_USER } from './observation.ts';
import type { Transaction } from './transactions.ts';

/** µs after which a challenge without an answer counts as abandoned: phones answer within a round trip. */
export const ABANDONED = 2_000_000;
/** µs a challenge must have waited at the end of the input to count as abandoned. */
export const ABANDONED_AT_END = 500_000;
/** µs refused credentials are remembered: the idle time of paper 003 (S3-10) twice over. */
export const ATTEMPT_MEMORY = 3_600_000_000;

/** A nonce a source was given. Plain data. */
export interface Nonce {
  /** µs of the challenge. */
  issued: number;
  /** Requests that used it. */
  uses: number;
  /** It was accepted at least once. */
  good: boolean;
  method: number;
  status: number;
  /** `user@host` of the To URI, and its user. */
  account: string;
  user: string;
  callId: string;
  file: string;
  frame: number;
  client: Uint8Array;
  server: Uint8Array;
}

/** Refused credentials of one source for one account at one server. Plain data. */
export interface Attempt {
  /** Refusals so far; a good registration in between does not reset them (E3-8). */
  refusals: number;
  /** Refusals over a nonce this source was not seen to be given, since it was last accepted. */
  unseen: number;
  /** This endpoint had registered this account before its first refusal. */
  trusted: boolean;
}

function makeNonce(): Nonce {
  const none = { issued: 0.5, uses: 0, good: false, method: 0, status: 0, account: '', user: '', callId: '', file: '', frame: 0 };
  return { ...none, client: new Uint8Array(18), server: new Uint8Array(18) };
}

/** Nonces given out and credentials refused. */
export class Authentication {
  readonly nonces: Table<Nonce>;
  readonly attempts: Table<Attempt>;
  /** Challenges nobody answered yet. */
  readonly pending: DueQueue;
  readonly #key = new Key(384);

  constructor(capacity: { nonces: number; attempts: number }, seed: Seed) {
    this.nonces = new Table<Nonce>({
      name: 'nonces',
      capacity: capacity.nonces,
      ttl: 600_000_000,
      keyBytes: 80,
      seed,
      make: makeNonce,
      reset: (n) => {
        n.uses = 0;
        n.good = false;
      },
    });
    this.attempts = new Table<Attempt>({
      name: 'attempts',
      capacity: capacity.attempts,
      ttl: ATTEMPT_MEMORY,
      keyBytes: 80,
      seed,
      make: () => ({ refusals: 0, unseen: 0, trusted: false }),
      reset: (a) => {
        a.refusals = 0;
        a.unseen = 0;
        a.trusted = false;
      },
    });
    this.pending = new DueQueue(capacity.nonces);
  }

  /** Notes the credentials of a request in its transaction, and that their nonce was used. */
  used(m: SipMessage, packet: Packet, t: Transaction, now: number): void {
    const c = m.credentials;
    if (!c.digest) return;
    t.user = text(m.bytes, c.username.start, c.username.end);
    t.realm = text(m.bytes, c.realm.start, c.realm.end);
    t.account = `${t.user}@${t.realm}`;
    const slot = this.nonces.find(this.#nonceKey(m, c.nonce.start, c.nonce.end, packet.src), now);
    t.nonce = slot;
    if (slot < 0) return;
    t.nonceGeneration = this.nonces.generation(slot);
    this.nonces.at(slot).uses++;
  }

  /** Remembers the nonce a final answer gives out; a request without credentials makes it pend until it is used. */
  given(m: SipMessage, packet: Packet, t: Transaction, now: number): void {
    const c = m.challenge;
    if (!c.digest) return;
    const slot = this.nonces.put(this.#nonceKey(m, c.nonce.start, c.nonce.end, packet.dst), now);
    if (!this.nonces.fresh) return;
    const n = this.nonces.at(slot);
    n.issued = packet.time;
    n.method = t.method;
    n.status = m.status;
    n.account = accountOf(m);
    n.user = text(m.bytes, m.to.uri.user.start, m.to.uri.user.end);
    n.callId = text(m.bytes, m.callId.start, m.callId.end);
    n.file = packet.where.file;
    n.frame = packet.frameNumber;
    n.client.set(t.client);
    n.server.set(t.server);
    if (t.account === '') this.pending.push(slot, this.nonces.generation(slot), now + ABANDONED);
  }

  /** Outcome code of the first final answer of a transaction. */
  outcome(m: SipMessage, t: Transaction, now: number): number {
    const { status } = m;
    const withCredentials = t.account !== '';
    if (status >= 200 && status < 300) return withCredentials ? ACCEPTED : OPEN;
    if (status === 401 || status === 407 || status === 402) {
      if (!withCredentials) return status === 402 ? NONE : CHALLENGE;
      return this.#refused(m, t, now) ? FAILED : STALE;
    }
    if (status === 403) return withCredentials ? (this.#refused(m, t, now) ? FAILED : STALE) : UNKNOWN_USER;
    return status === 404 || status === 604 || status === 410 ? UNKNOWN_USER : NONE;
  }

  /** Credentials were accepted: their nonce is good. The refusals of this source for this account before, if any. */
  accepted(t: Transaction, now: number): Attempt | undefined {
    if (t.nonce >= 0 && this.nonces.alive(t.nonce, t.nonceGeneration, now)) this.nonces.at(t.nonce).good = true;
    const slot = this.attempts.find(this.#attemptKey(t), now);
    if (slot < 0) return undefined;
    const attempt = this.attempts.at(slot);
    attempt.unseen = 0;
    return attempt;
  }

  /** The refusals of this source for the account of the transaction, made if there were none. */
  attempt(t: Transaction, now: number): Attempt {
    return this.attempts.at(this.attempts.put(this.#attemptKey(t), now));
  }

  /** True if a refusal is about the credentials and not about their nonce. */
  #refused(m: SipMessage, t: Transaction, now: number): boolean {
    if (m.challenge.stale) return false;
    // 403: retrying is pointless (RFC 3261 §21.4.4), so it cannot be about the nonce.
    if (m.status === 403) return true;
    if (t.nonce >= 0 && this.nonces.alive(t.nonce, t.nonceGeneration, now)) return !this.nonces.at(t.nonce).good;
    const attempt = this.attempt(t, now);
    return attempt.unseen++ > 0;
  }

  #attemptKey(t: Transaction): Key {
    return this.#key.reset().add(t.client, 0, ADDRESS).add(t.server, 0, ADDRESS).addString(t.account);
  }

  #nonceKey(m: SipMessage, start: number, end: number, client: Uint8Array): Key {
    const key = this.#key.reset().add(client, 0, ADDRESS);
    return start < 0 ? key : key.add(m.bytes, start, end);
  }
}

/** `user@host` of the To URI; the user alone is never an account (design: types). */
export function accountOf(m: SipMessage): string {
  const { user, host } = m.to.uri;
  return `${text(m.bytes, user.start, user.end)}@${text(m.bytes, host.start, host.end)}`;
}
