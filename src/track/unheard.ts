/**
 * Requests whose answers are not seen: a tap of one direction, or a server that is silent. Probes and guesses then show by what is
 * missing and by what changes: nobody who is challenged for user after user sends credentials, and a server gives a new nonce
 * to whom it refuses. How it came out stays unknown.
 */
import { INVITE, REGISTER } from '../decode/message.ts';
import { hash, Key, type Seed } from '../table.ts';
import type { Authentication } from './authentication.ts';
import { FAILED, type Observation, UNKNOWN_USER } from './observation.ts';
import type { Relation } from './peers.ts';
import type { Transaction } from './transactions.ts';

/** Requests without any answer from which on the answers are taken to be missing from the capture, not late. */
const UNHEARD = 10;
/** µs after the second of the first contact from which on an answer would have been seen: half a second at least. */
const PATIENCE = 1_500_000;
/** Requests in a row with a new nonce each that a client sends which is not refused: its nonce may have become stale. */
const STALE_RUN = 1;

const NONCES: Seed = { k0: 0x6e6f6e, k1: 0x636573 };

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
    const missing = r.unheard >= UNHEARD && now - r.met * 1e6 >= PATIENCE;
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
    const nonce = hash(NONCES, this.#key.reset().add(bytes, credentials.nonce.start, credentials.nonce.end)) | 1;
    // Who asks without credentials in between is challenged anew: a new nonce is no sign of refusal then.
    const bare = r.unheard - r.proved;
    attempt.fresh = nonce === attempt.nonce || bare !== attempt.bare ? 0 : attempt.fresh + 1;
    attempt.nonce = nonce;
    attempt.bare = bare;
    if (!missing || attempt.fresh <= STALE_RUN) return;
    attempt.refusals++;
    o.attempt = attempt;
    o.inferred = FAILED;
  }
}
