/**
 * Requests whose answers are not seen: a tap of one direction, or a server that is silent. Probes and guesses then show by what is
 * missing and by what changes: nobody who is challenged for user after user sends credentials, and nobody who is accepted
 * sends one response after the other. How it came out stays unknown.
 */
import { INVITE, REGISTER } from '../../decode/message.ts';
import { hash, Key, type Seed } from '../../table.ts';
import type { Span } from '../../types.ts';
import type { Authentication } from '../authentication.ts';
import { FAILED, type Observation, UNKNOWN_USER } from '../observation.ts';
import { type Relation, tenths } from '../peers.ts';
import type { Transaction } from '../transactions.ts';

/** Requests without any answer from which on the answers are taken to be missing from the capture, not late. */
const UNHEARD = 10;
/** Tenths of a second after the first contact from which on an answer would have been seen. */
const PATIENCE = 5;
/** Tenths of a second within which nobody who was accepted registers again: phones behind NAT do so every 20 s or more. */
const SOON = 50;
/** Other responses in a row that a client sends which is not refused: its nonce may have become stale. */
const STALE_RUN = 1;

/** What is compared with the request before; a collision costs one Event. */
const PROOFS: Seed = { k0: 0x6e6f6e, k1: 0x636573 };

/** Reads requests where no answers are seen. */
export class Unheard {
  readonly #authentication: Authentication;
  readonly #key = new Key(128);

  constructor(authentication: Authentication) {
    this.#authentication = authentication;
  }

  /** An initial request to a server that was not seen to answer this client. Sets `inferred` and, for a guess, `attempt`. */
  asked(o: Observation, t: Transaction, r: Relation, now: number): void {
    if (t.method !== REGISTER && t.method !== INVITE) return;
    const missing = r.unheard >= UNHEARD && tenths(now) - r.met > PATIENCE;
    if (t.credentials) {
      r.proved++;
      r.unheard++;
      if (t.method === REGISTER) this.#guessed(o, r, missing, now);
      return;
    }
    r.unheard++;
    if (!missing || r.unheard <= 4 * r.proved) return;
    r.misses++;
    o.inferred = UNKNOWN_USER;
  }

  #guessed(o: Observation, r: Relation, missing: boolean, now: number): void {
    const { bytes, credentials } = o.message;
    const attempt = this.#authentication.attempt(o, now);
    const nonce = this.#hashOf(bytes, credentials.nonce);
    const proof = this.#hashOf(bytes, credentials.response);
    const count = this.#hashOf(bytes, credentials.nc);
    // Who asks without credentials in between is challenged anew: another response is no sign of refusal then. Nor is one over the
    // same nonce with its counter raised (RFC 7616 §3.4), unless it comes at once: who was accepted has no reason to.
    const bare = r.unheard - r.proved;
    const soon = tenths(now) - attempt.at < SOON;
    const another = proof !== attempt.proof && (nonce !== attempt.nonce || count === attempt.count || soon);
    attempt.fresh = another && bare === attempt.bare ? attempt.fresh + 1 : 0;
    attempt.nonce = nonce;
    attempt.proof = proof;
    attempt.count = count;
    attempt.bare = bare;
    attempt.at = tenths(now);
    if (!missing || attempt.fresh <= STALE_RUN) return;
    attempt.refusals++;
    o.attempt = attempt;
    o.inferred = FAILED;
  }

  #hashOf(bytes: Uint8Array, { start, end }: Span): number {
    return start < 0 ? 0 : hash(PROOFS, this.#key.reset().add(bytes, start, end));
  }
}
