/** What an answer to credentials means: for whoever sent them, for the account, and for who was refused before. */
import { INVITE, REGISTER } from '../decode/message.ts';
import type { Seed } from '../table.ts';
import type { Authentication } from './authentication.ts';
import type { Homes } from './fraud/homes.ts';
import { ACCEPTED, FAILED, NONE, type Observation } from './observation.ts';
import { notePace } from './pace.ts';
import { Refusals } from './refusals.ts';
import type { Registrations } from './registrations.ts';
import type { Takeovers } from './takeovers.ts';
import type { Transaction, Transactions } from './transactions.ts';

/** What is remembered of accounts and who used them. */
interface Memories {
  readonly transactions: Transactions;
  readonly authentication: Authentication;
  readonly registrations: Registrations;
  readonly homes: Homes;
  readonly takeovers: Takeovers;
}

/** Judges nothing: keeps who was refused and says who is accepted. */
export class SignIns {
  /** Ports of sources, and programs, whose credentials were refused lately. */
  readonly refusals: Refusals;
  readonly #of: Memories;

  constructor(capacity: number, seed: Seed, memories: Memories) {
    this.#of = memories;
    this.refusals = new Refusals(capacity, seed, memories.transactions);
  }

  /** The first final answer to a request, after its outcome was found. */
  concluded(o: Observation, t: Transaction, now: number): void {
    if (o.outcome === FAILED) this.#failed(o, t, now);
    else if (o.outcome === ACCEPTED) this.#accepted(o, t, now);
    else if (o.outcome === NONE && this.#of.authentication.passed(o.message.status, t)) this.#passed(o, t, now);
  }

  #accepted(o: Observation, t: Transaction, now: number): void {
    const { authentication, registrations, homes, takeovers } = this.#of;
    if (t.method === REGISTER || t.method === INVITE) homes.used(o.message, o.client, t.make, now);
    const attempt = authentication.accepted(o, t, now);
    o.attempt = attempt;
    o.others = attempt === undefined ? this.refusals.of(o, t, now) : 0;
    // Before this acceptance makes a binding itself: behind one address may be the owner as well as who guesses.
    const isOwner = (attempt !== undefined || o.others > 0) && registrations.boundBy(o.client, o.message, now);
    o.trusted = isOwner || (attempt !== undefined && authentication.isAnother(attempt, o, t));
    o.use = takeovers.accepted(o, t, now);
  }

  /** A call did not come about, but its caller was believed: that matters if he was not before. */
  #passed(o: Observation, t: Transaction, now: number): void {
    this.#accepted(o, t, now);
    if (o.attempt !== undefined) o.outcome = ACCEPTED;
  }

  #failed(o: Observation, t: Transaction, now: number): void {
    const { authentication, registrations } = this.#of;
    const attempt = authentication.attempt(o, now);
    o.attempt = attempt;
    notePace(attempt, o, t.proof);
    authentication.refused(attempt, o, t);
    this.refusals.refused(o, t, now);
    if (attempt.refusals++ === 0) attempt.trusted = registrations.boundBy(o.client, o.message, now);
    o.trusted = attempt.trusted;
  }
}
