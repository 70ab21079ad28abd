/**
 * The way of a message through track: its transaction, who sent it to whom, and what it means for authentication,
 * registration and call.
 */
import { ENDPOINT, portOf } from '../bytes.ts';
import { ACK, BYE, INVITE, OPTIONS, REGISTER, type SipMessage } from '../decode/message.ts';
import { NO_PACKET } from '../packet.ts';
import { hash, Key, type Seed, type TableStats } from '../table.ts';
import type { Packet } from '../types.ts';
import { ABANDONED, ABANDONED_AT_END, type Abandoned, Authentication } from './authentication.ts';
import { Calls } from './calls.ts';
import { type LoneChallenge, LoneAnswers } from './loneanswers.ts';
import { ACCEPTED, FAILED, NONE, type Observation, OPEN, OUTCOME_NAMES, UNKNOWN_USER } from './observation.ts';
import { Peers } from './peers.ts';
import { Rates } from './rates.ts';
import { Registrations } from './registrations.ts';
import { Takeovers } from './takeovers.ts';
import { TIMEOUT, type Transaction, Transactions } from './transactions.ts';
import { Unheard } from './unheard.ts';

/** Most entries of each table (config `tables`). */
export interface Capacities {
  readonly transactions: number;
  readonly nonces: number;
  readonly attempts: number;
  readonly peers: number;
  readonly relations: number;
  readonly registrations: number;
  readonly calls: number;
  readonly loads: number;
}

/** What someone wants to hear of; the rest is not kept. */
export interface Wanted {
  /** The list of calls. */
  readonly calls: boolean;
  /** Requests without any answer. */
  readonly silence: boolean;
  /** Request pressure. */
  readonly loads?: boolean;
}

/** Hears of what did not happen in time. */
export interface Lapses {
  /** An initial request stayed without any answer. */
  unanswered(t: Transaction, client: Uint8Array, server: Uint8Array): void;
  /** A challenge stayed without credentials. */
  abandoned(challenge: Abandoned): void;
  /** A challenge whose request was not seen stayed without anything that follows it. */
  lone(challenge: LoneChallenge): void;
}

/** µs an unanswered request must have waited at the end of the input to count. */
const UNANSWERED_AT_END = 4_000_000;
/** Names of users are compared by hash; a collision costs one Event. */
const NAMES: Seed = { k0: 0x6e616d, k1: 0x657321 };

const NOTHING = new Uint8Array(ENDPOINT);

/** All state about what is going on. */
export class Tracker {
  readonly transactions: Transactions;
  readonly peers: Peers;
  readonly authentication: Authentication;
  readonly registrations: Registrations;
  readonly calls: Calls;
  readonly rates: Rates;
  readonly takeovers: Takeovers;
  readonly loneAnswers: LoneAnswers;
  readonly unheard: Unheard;
  /** Finished authentications by outcome code. */
  readonly outcomes = new Float64Array(OUTCOME_NAMES.length);
  readonly #name = new Key(64);
  readonly #client = new Uint8Array(ENDPOINT);
  readonly #server = new Uint8Array(ENDPOINT);
  readonly #observation: Observation;
  readonly #watchLoads: boolean;

  constructor(capacities: Capacities, seed: Seed, message: SipMessage, wanted: Wanted) {
    this.transactions = new Transactions(capacities.transactions, seed, wanted.silence);
    this.peers = new Peers(capacities, seed);
    this.authentication = new Authentication(capacities, seed, this.transactions);
    this.registrations = new Registrations(capacities.registrations, seed);
    this.calls = new Calls(capacities.calls, seed, wanted.calls);
    this.takeovers = new Takeovers(capacities.attempts, seed, this.transactions, this.registrations);
    this.unheard = new Unheard(this.authentication);
    this.loneAnswers = new LoneAnswers(capacities.attempts, seed);
    this.#watchLoads = wanted.loads === true;
    this.rates = new Rates(this.#watchLoads ? capacities : { loads: 8, transactions: 8 }, seed, this.transactions, this.peers);
    this.#observation = {
      packet: NO_PACKET,
      message,
      client: NOTHING,
      server: NOTHING,
      slot: -1,
      transaction: undefined,
      retransmission: false,
      initial: false,
      stranger: false,
      probed: false,
      trusted: false,
      relation: undefined,
      concluded: false,
      outcome: NONE,
      attempt: undefined,
      binding: undefined,
      change: '',
      call: undefined,
      inferred: NONE,
      use: '',
    };
  }

  /** The message plus the state it touched. */
  observe(packet: Packet, m: SipMessage, now: number): Observation {
    const o = this.#observation;
    o.packet = packet;
    o.message = m;
    o.client = packet.src;
    o.server = packet.dst;
    o.slot = -1;
    o.transaction = undefined;
    o.retransmission = false;
    o.initial = false;
    o.stranger = false;
    o.probed = false;
    o.trusted = false;
    o.relation = undefined;
    o.concluded = false;
    o.outcome = NONE;
    o.attempt = undefined;
    o.binding = undefined;
    o.change = '';
    o.call = undefined;
    o.inferred = NONE;
    o.use = '';
    if (!m.isRequest) this.#answer(o, packet, m, now);
    else if (m.method === ACK) {
      o.transaction = this.transactions.ofAck(m, now);
      o.retransmission = o.transaction !== undefined && this.transactions.known;
      if (!o.retransmission) this.#acknowledged(o, packet, now);
    } else this.#request(o, packet, m, now);
    return o;
  }

  #acknowledged({ transaction: t }: Observation, packet: Packet, now: number): void {
    const relation = this.peers.find(packet.src, packet.dst, now);
    if (relation !== undefined && !relation.answered) relation.proved++;
    if (!this.#watchLoads) return;
    if (relation !== undefined) this.rates.followed(relation, now);
    if (t !== undefined) this.rates.acknowledged(t, this.transactions.slot, now);
  }

  /** µs at which the next lapse falls due. */
  get due(): number {
    return Math.min(this.transactions.unanswered.next, this.authentication.pending.next, this.rates.due, this.loneAnswers.pending.next);
  }

  /** Tells of everything that should have happened by `now` and did not. */
  lapse(now: number, lapses: Lapses): void {
    this.#abandoned(now, now, lapses);
    this.#unanswered(now, now, lapses);
    this.rates.lapse(now);
    this.loneAnswers.lapse(now, false, lapses.lone);
  }

  /** The input has ended at `now`: what waited long enough counts as lapsed, of the rest nobody knows. */
  finish(now: number, lapses: Lapses): void {
    this.#abandoned(now + ABANDONED - ABANDONED_AT_END, now, lapses);
    this.#unanswered(now + TIMEOUT - UNANSWERED_AT_END, now, lapses);
    this.rates.finish(now);
    this.loneAnswers.lapse(now, true, lapses.lone);
    this.calls.finish();
  }

  #abandoned(due: number, now: number, lapses: Lapses): void {
    const { pending, nonces } = this.authentication;
    while (pending.take(due)) {
      // Alive when it fell due: after a silence, `now` may be far beyond.
      if (!nonces.alive(pending.slot, pending.generation, Math.min(now, pending.due))) continue;
      if (nonces.at(pending.slot).uses > 0) continue;
      const challenge = this.authentication.abandoned(pending.slot);
      const relation = this.peers.find(challenge.client, challenge.server, now);
      if (relation !== undefined) relation.misses++;
      if (relation !== undefined) this.rates.abandoned(relation, this.peers.relations.hashAt(this.peers.slot), challenge.nonce, now);
      lapses.abandoned(challenge);
    }
  }

  #unanswered(due: number, now: number, lapses: Lapses): void {
    const { unanswered, table } = this.transactions;
    while (unanswered.take(due)) {
      if (!table.alive(unanswered.slot, unanswered.generation, Math.min(now, unanswered.due))) continue;
      const t = table.at(unanswered.slot);
      if (t.answers > 0) continue;
      this.transactions.endpoints(unanswered.slot, this.#client, this.#server);
      lapses.unanswered(t, this.#client, this.#server);
    }
  }

  /** Sizes and evictions of all tables. */
  tables(): TableStats[] {
    const { peers, authentication } = this;
    const tables = [this.transactions.table, peers.peers, peers.relations, authentication.nonces, authentication.attempts];
    return [...tables.map((t) => t.stats()), this.registrations.table.stats(), this.calls.table.stats(), this.rates.loads.table.stats(), this.takeovers.table.stats(), this.loneAnswers.table.stats()];
  }

  #request(o: Observation, packet: Packet, m: SipMessage, now: number): void {
    const t = this.transactions.ofRequest(m, packet, now);
    o.transaction = t;
    o.slot = this.transactions.slot;
    o.retransmission = this.transactions.known;
    if (o.retransmission) return;
    if (m.credentials.span.start >= 0) this.authentication.used(m, packet, t, now);
    o.initial = t.initial;
    if (!t.initial) return;
    o.relation = this.peers.meet(packet.src, packet.dst, m, now);
    o.stranger = this.peers.stranger;
    if (o.stranger) this.peers.peer(packet.src, now).asked++;
    t.relation = this.peers.slot;
    t.relationGeneration = this.peers.relations.generation(t.relation);
    if (m.method === INVITE) o.call = this.calls.invited(m, packet, t, now);
    if (!o.relation.answered) this.unheard.asked(o, t, o.relation, now);
    if (this.#watchLoads) this.rates.begun(m, packet, t, o.slot, o.relation, now);
  }

  #answer(o: Observation, packet: Packet, m: SipMessage, now: number): void {
    const t = this.transactions.ofAnswer(m, now);
    if (t === undefined) {
      this.#lone(o, packet, m, now);
      return;
    }
    o.transaction = t;
    o.slot = this.transactions.slot;
    o.client = packet.dst;
    o.server = packet.src;
    o.retransmission = this.transactions.known;
    if (t.initial) this.#served(o, t, now);
    if (t.initial && this.#watchLoads) this.rates.answered(t, o.slot, m.status, now);
    if (t.method === INVITE) o.call = this.calls.answer(m, packet, t, now);
    if (m.status < 200 || t.final) return;
    if (t.method === BYE && m.status < 300) o.call = this.calls.ended(m, packet, now);
    t.final = true;
    o.concluded = true;
    this.#conclude(o, packet, m, t, now);
  }

  /** An answer without its request: late, reflected, or the requests take another way. */
  #lone(o: Observation, packet: Packet, m: SipMessage, now: number): void {
    o.client = packet.dst;
    o.server = packet.src;
    if (this.peers.find(packet.dst, packet.src, now) !== undefined) return;
    const visible = this.peers.serves(packet.src, now);
    if (this.#watchLoads) this.rates.lone(m, packet, visible, now);
    if (!visible) o.inferred = this.loneAnswers.answer(m, packet, now);
  }

  /** A server answers a client's initial request; if it is the first time, it serves one more. */
  #served(o: Observation, t: Transaction, now: number): void {
    if (!this.peers.relations.alive(t.relation, t.relationGeneration, now)) return;
    const relation = this.peers.relations.at(t.relation);
    o.relation = relation;
    if (relation.answered) return;
    relation.answered = true;
    this.peers.peer(o.server, now).serves++;
    this.peers.peer(o.client, now).heard++;
  }

  /** The first final answer of a transaction says how it came out. */
  #conclude(o: Observation, packet: Packet, m: SipMessage, t: Transaction, now: number): void {
    const { authentication } = this;
    const outcome = authentication.outcome(o, t, now);
    o.outcome = outcome;
    this.outcomes[outcome]!++;
    if (this.#watchLoads && t.initial) this.rates.concluded(t, o.slot, m.status, outcome, now);
    if (m.challenge.span.start >= 0) authentication.given(o, t, now);
    if (outcome === FAILED) this.#failed(o, now);
    if (outcome === ACCEPTED) this.#accepted(o, t, now);
    o.probed = t.initial && (outcome === UNKNOWN_USER || (t.method === OPTIONS && this.#namesAnother(o, m, now)));
    if (o.probed && o.relation !== undefined) o.relation.misses++;
    if (outcome !== ACCEPTED && outcome !== OPEN) return;
    if (o.relation !== undefined && (t.method === REGISTER || t.method === INVITE)) o.relation.hits++;
    if (t.method !== REGISTER) return;
    if (outcome === OPEN) o.use = this.takeovers.open(o);
    o.binding = this.registrations.accepted(m, packet, o.client, now);
    o.change = this.registrations.change;
  }

  /**
   * An OPTIONS names a user, and another one than the last of the same client to the same endpoint did. Not a server that pings its
   * phones: they have sent requests to it, or answer at ports of their own behind one address.
   */
  #namesAnother(o: Observation, m: SipMessage, now: number): boolean {
    const { user } = m.to.uri;
    if (o.relation === undefined || user.start < 0 || user.end === user.start) return false;
    const name = hash(NAMES, this.#name.reset().add(m.bytes, user.start, user.end)) | 1;
    const port = portOf(o.server);
    const another = o.relation.optionsPort < 0 || (o.relation.optionsPort === port && o.relation.optionsUser !== name);
    o.relation.optionsUser = name;
    o.relation.optionsPort = port;
    return another && !this.peers.known(o.client, o.server, now);
  }

  #accepted(o: Observation, t: Transaction, now: number): void {
    o.attempt = this.authentication.accepted(o, t, now);
    // Before this acceptance makes a binding itself: behind one address may be the owner as well as who guesses.
    o.trusted = o.attempt !== undefined && this.registrations.boundBy(o.client, o.message, now);
    o.use = this.takeovers.accepted(o, t, now);
  }

  #failed(o: Observation, now: number): void {
    const attempt = this.authentication.attempt(o, now);
    o.attempt = attempt;
    if (attempt.refusals++ === 0) attempt.trusted = this.registrations.boundBy(o.client, o.message, now);
    o.trusted = attempt.trusted;
  }
}
