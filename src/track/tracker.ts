/**
 * The way of a message through track: its transaction, who sent it to whom, and what it means for authentication,
 * registration and call.
 */
import { ENDPOINT, portOf } from '../bytes.ts';
import { ACK, BYE, INVITE, OPTIONS, PRACK, REFER, REGISTER, type SipMessage, SUBSCRIBE, UPDATE } from '../decode/message.ts';
import type { KnownClient } from '../knowndna.ts';
import type { Network } from '../network.ts';
import { hash, Key, type Seed, type TableStats } from '../table.ts';
import { TimeoutQueue } from '../timeouts.ts';
import type { Packet } from '../types.ts';
import { ABANDONED, ABANDONED_AT_END, type Abandoned, Authentication } from './authentication.ts';
import { Calls } from './calls/calls.ts';
import type { CallState } from './calls/callstate.ts';
import { type DialogLapse, Dialogs } from './calls/dialogs.ts';
import { NOBODY } from './calls/dialogstate.ts';
import { Forgeries, NO_EVIDENCE, VERDICT } from './calls/forgeries.ts';
import { Legs } from './calls/legs.ts';
import { makeOf } from './calls/make.ts';
import { Strays } from './calls/strays.ts';
import { NO_VIOLATION } from './calls/violations.ts';
import { Clients } from './clients.ts';
import { Cnonces } from './cnonces.ts';
import { Debts } from './debts.ts';
import { Dialled } from './dialled.ts';
import { Faults } from './faults.ts';
import { Callbacks } from './fraud/callbacks.ts';
import { Callers } from './fraud/callers.ts';
import { Homes } from './fraud/homes.ts';
import { Tolls } from './fraud/tolls.ts';
import { createObservation } from './freshobservation.ts';
import { Joiners } from './joiners.ts';
import { LoneAnswers, type LoneChallenge } from './loads/loneanswers.ts';
import { Rates } from './loads/rates.ts';
import { Unheard } from './loads/unheard.ts';
import { Agreements } from './media/agreements.ts';
import { Media } from './media/media.ts';
import { ACCEPTED, NONE, type Observation, OPEN, OUTCOME_NAMES, UNKNOWN_USER } from './observation.ts';
import { Origins, PACKET, VIA, WITNESSED } from './origin.ts';
import { ACQUAINTANCE, Peers } from './peers.ts';
import { knowsTag } from './proofs.ts';
import { Registrations } from './registrations.ts';
import { Replays } from './replays.ts';
import { type SeenRequest, Sightings } from './sightings.ts';
import { SignIns } from './signins.ts';
import { Takeovers } from './takeovers.ts';
import { TIMEOUT, type Transaction, Transactions, tagOf } from './transactions.ts';

/** Most entries of each table (config `tables`). */
export interface Capacities {
  readonly transactions: number;
  readonly nonces: number;
  readonly attempts: number;
  readonly peers: number;
  readonly relations: number;
  readonly registrations: number;
  readonly calls: number;
  readonly promises: number;
  readonly streams: number;
  readonly dialogs: number;
  readonly legs: number;
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
  /** DNA of clients, and who is known by it. */
  readonly clients?: readonly KnownClient[] | undefined;
}

/** Hears of what did not happen in time. */
export interface Lapses {
  /** An initial request stayed without any answer. */
  unanswered(t: Transaction, client: Uint8Array, server: Uint8Array): void;
  /** A challenge stayed without credentials. */
  abandoned(challenge: Abandoned): void;
  /** Something happened to a dialog because time passed. */
  dialog: DialogLapse;
  /** Time has shown that a message from a new place was forged: the suspect by slot, and the code of the evidence. */
  forged(slot: number, evidence: number): void;
  /** A request for a call that nobody knows stayed without an answer: the stray by slot. */
  stray(slot: number): void;
  /** A stream of media fell silent, or the input ended. */
  media(slot: number): void;
  /** The second look at the first request of a client to a server: who could answer has answered. */
  contacted(request: SeenRequest): void;
  /** A challenge whose request was not seen stayed without anything that follows it. */
  lone(challenge: LoneChallenge): void;
}

/** µs an unanswered request must have waited at the end of the input to count. */
const UNANSWERED_AT_END = 4_000_000;
/** µs after which a first contact is looked at again: a second repetition (RFC 3261 §17.1.2.2) has been answered by then. */
const SECOND_LOOK = 2_000_000;
/** µs that everything waits at least before it lapses. */
const SHORTEST_WAIT = 2_000_000;
/** Names of users are compared by hash; a collision costs one Event. */
const NAMES: Seed = { k0: 0x6e616d, k1: 0x657321 };

/** All state about what is going on. */
export class Tracker {
  readonly transactions: Transactions;
  readonly peers: Peers;
  readonly authentication: Authentication;
  readonly registrations: Registrations;
  readonly joiners: Joiners;
  readonly calls: Calls;
  readonly media: Media;
  readonly agreements: Agreements;
  readonly dialogs: Dialogs;
  readonly forgeries: Forgeries;
  readonly strays: Strays;
  readonly dialled: Dialled;
  readonly cnonces: Cnonces;
  readonly faults: Faults;
  readonly callers: Callers;
  readonly tolls: Tolls;
  readonly callbacks: Callbacks;
  readonly homes: Homes;
  readonly legs: Legs;
  /** First requests of clients to servers that wait for their second look. */
  readonly contacts: Sightings;
  /** First OPTIONS of clients to servers that named a user: it takes a second user to make it a probe. */
  readonly opening: Sightings;
  readonly replays: Replays;
  readonly rates: Rates;
  readonly takeovers: Takeovers;
  /** Undefined if nobody wants to hear of it. */
  readonly clients: Clients | undefined;
  readonly loneAnswers: LoneAnswers;
  readonly unheard: Unheard;
  readonly signIns: SignIns;
  /** Finished authentications by outcome code. */
  readonly outcomes = new Float64Array(OUTCOME_NAMES.length);
  readonly #looks: TimeoutQueue;
  readonly #debts: Debts;
  readonly #origins: Origins;
  readonly #name = new Key(64);
  readonly #client = new Uint8Array(ENDPOINT);
  readonly #server = new Uint8Array(ENDPOINT);
  readonly #observation: Observation;
  readonly #watchLoads: boolean;
  /** µs before which nothing can lapse. */
  #nextLook = 0;

  /** @param proxies our own proxies, whose Via is believed. */
  constructor(capacities: Capacities, seed: Seed, message: SipMessage, wanted: Wanted, proxies: readonly Network[] = []) {
    this.transactions = new Transactions(capacities.transactions, seed, wanted.silence);
    this.peers = new Peers(capacities, seed);
    this.#debts = new Debts(this.peers, this.transactions);
    this.#origins = new Origins(this.transactions, this.#debts, proxies);
    this.authentication = new Authentication(capacities, seed, this.transactions);
    this.registrations = new Registrations(capacities.registrations, seed);
    this.joiners = new Joiners(this.registrations);
    this.calls = new Calls(capacities.calls, seed, wanted.calls);
    this.media = new Media(capacities, seed, this.calls);
    this.calls.talkSince = (slot, generation, since) => this.media.talkSince(slot, generation, since);
    this.calls.mediaOf = (slot, generation) => this.media.streamsOf(slot, generation);
    this.agreements = new Agreements(this.media, this.calls, seed);
    this.dialogs = new Dialogs(capacities.dialogs, seed, this.calls, this.transactions, this.registrations);
    this.forgeries = new Forgeries(seed, this.transactions, this.calls, this.media);
    this.strays = new Strays(seed, this.transactions, this.peers, this.registrations);
    this.dialled = new Dialled(capacities.calls, seed);
    this.cnonces = new Cnonces(capacities.attempts, seed);
    this.faults = new Faults(capacities.loads, seed);
    this.callers = new Callers(capacities.peers, seed);
    this.tolls = new Tolls(capacities.peers, seed);
    this.callbacks = new Callbacks(capacities.peers, seed);
    this.homes = new Homes(capacities.registrations, seed);
    this.legs = new Legs(capacities.legs, seed, this.calls);
    this.contacts = new Sightings('first contacts', capacities.peers, SECOND_LOOK + 1_000_000, seed);
    this.opening = new Sightings('first OPTIONS', capacities.peers, ACQUAINTANCE, seed);
    this.#looks = new TimeoutQueue(capacities.peers);
    this.takeovers = new Takeovers(capacities.attempts, seed, this.transactions, this.registrations);
    this.signIns = new SignIns(capacities.attempts, seed, this);
    this.clients = wanted.clients === undefined ? undefined : new Clients(capacities.peers, seed, wanted.clients);
    this.unheard = new Unheard(this.authentication);
    this.replays = new Replays(capacities.registrations, seed);
    this.loneAnswers = new LoneAnswers(capacities.attempts, seed);
    this.#watchLoads = wanted.loads === true;
    this.rates = new Rates(this.#watchLoads ? capacities : { loads: 8, transactions: 8 }, seed, this.transactions, this.peers);
    this.#observation = createObservation(message);
  }

  /** The message plus the state it touched. */
  observe(packet: Packet, m: SipMessage, now: number): Observation {
    const o = this.#observation;
    o.packet = packet;
    o.message = m;
    o.client = packet.src;
    o.server = packet.dst;
    o.attributed = PACKET;
    o.copy = false;
    o.slot = -1;
    o.transaction = undefined;
    o.retransmission = false;
    o.initial = false;
    o.stranger = false;
    o.probed = false;
    o.opened = -1;
    o.trusted = false;
    o.relation = undefined;
    o.concluded = false;
    o.outcome = NONE;
    o.attempt = undefined;
    o.binding = undefined;
    o.change = '';
    o.call = undefined;
    o.inferred = NONE;
    o.broken = undefined;
    o.retried = undefined;
    o.use = '';
    o.rekeyed = '';
    o.replayed = false;
    o.joined = 0;
    o.others = 0;
    o.repeated = false;
    o.over = undefined;
    o.abroad = undefined;
    o.dialog = undefined;
    o.side = NOBODY;
    o.violation = NO_VIOLATION;
    o.fromParty = true;
    o.forgery = NO_EVIDENCE;
    o.stray = -1;
    this.dialogs.changed = 0;
    if (!m.isRequest) this.#answer(o, packet, m, now);
    else if (m.method === ACK) this.#ack(o, m, now);
    else this.#request(o, packet, m, now);
    if (this.dialogs.changed > 0 || o.call !== undefined) this.#weigh(o, m, now);
    return o;
  }

  /** If the message ended a call: what that says of its caller. */
  #weigh(o: Observation, m: SipMessage, now: number): void {
    const c = o.call ?? this.#callOf(this.dialogs.changes[0]!.slot, now);
    if (c === undefined || c.ended === 0 || c.weighed) return;
    c.weighed = true;
    o.over = c;
    this.tolls.over(c, now);
    this.callbacks.over(c, m, now);
    o.repeated = this.callers.over(c, this.calls, m, now);
  }

  /** Time ended a dialog: what its call cost, if it is over with it. */
  #settle(dialog: number, now: number): void {
    const c = this.#callOf(dialog, now);
    if (c === undefined || c.ended === 0 || c.weighed) return;
    c.weighed = true;
    this.tolls.over(c, now);
  }

  #callOf(dialog: number, now: number): CallState | undefined {
    const { call, callGeneration } = this.dialogs.table.at(dialog);
    return call >= 0 && this.calls.table.alive(call, callGeneration, now) ? this.calls.table.at(call) : undefined;
  }

  #ack(o: Observation, m: SipMessage, now: number): void {
    const t = this.transactions.ofAck(m, now);
    o.transaction = t;
    o.retransmission = t !== undefined && this.transactions.known;
    if (t !== undefined) this.#attribute(o, t, this.transactions.slot);
    // Some give the ACK to a 2xx the branch of the INVITE.
    if (t === undefined || t.status < 300) this.dialogs.request(o, m, now);
    if (!o.retransmission) this.#acknowledged(o, m, now);
  }

  #acknowledged(o: Observation, m: SipMessage, now: number): void {
    const { transaction: t, client, server } = o;
    const relation = this.peers.find(client, server, now);
    if (relation !== undefined) {
      if (!relation.answered) relation.proved++;
      if (knowsTag(o, m)) relation.proofs++;
    }
    if (!this.#watchLoads) return;
    if (relation !== undefined) this.rates.followed(relation, now);
    if (t !== undefined) this.rates.acknowledged(t, this.transactions.slot, now);
  }

  /** µs at which the next lapse falls due. */
  get #due(): number {
    const { transactions, authentication, rates, dialogs, calls, loneAnswers, media, forgeries, strays } = this;
    const first = Math.min(transactions.unanswered.next, authentication.pending.next, this.#looks.next, forgeries.due, strays.due);
    return Math.min(first, rates.due, dialogs.due, calls.due, loneAnswers.pending.next, media.due);
  }

  /**
   * True if something lapses at `now`, which never falls. What is begun after a look at all deadlines cannot lapse within the shortest
   * wait, so most packets cost one comparison.
   */
  isDue(now: number): boolean {
    if (now < this.#nextLook) return false;
    const due = this.#due;
    this.#nextLook = Math.min(due, now + SHORTEST_WAIT);
    return now >= due;
  }

  /** Tells of everything that should have happened by `now` and did not. */
  lapse(now: number, lapses: Lapses): void {
    this.#lookAgain(now, now, lapses);
    this.#abandoned(now, now, lapses);
    this.#unanswered(now, now, lapses);
    this.forgeries.lapse(now, lapses.forged);
    this.strays.lapse(now, lapses.stray);
    if (now >= this.dialogs.due) {
      this.dialogs.lapse(now, (kind, slot) => {
        this.#settle(slot, now);
        lapses.dialog(kind, slot);
      });
    }
    if (now >= this.calls.due) this.calls.fade(now);
    this.rates.lapse(now);
    this.loneAnswers.lapse(now, false, lapses.lone);
    if (now >= this.media.due) this.media.lapse(now, lapses.media);
  }

  /** The input has ended at `now`: what waited long enough counts as lapsed, of the rest nobody knows. */
  finish(now: number, lapses: Lapses): void {
    this.media.finish(lapses.media);
    this.#lookAgain(now + SECOND_LOOK, now, lapses);
    this.#abandoned(now + ABANDONED - ABANDONED_AT_END, now, lapses);
    this.#unanswered(now + TIMEOUT - UNANSWERED_AT_END, now, lapses);
    this.rates.finish(now);
    this.loneAnswers.lapse(now, true, lapses.lone);
    this.forgeries.lapse(now + VERDICT, lapses.forged);
    this.dialogs.finish(now, lapses.dialog);
    this.calls.finish();
  }

  #lookAgain(due: number, now: number, lapses: Lapses): void {
    const { table } = this.contacts;
    while (this.#looks.take(due)) {
      if (table.alive(this.#looks.slot, this.#looks.generation, Math.min(now, this.#looks.due)))
        lapses.contacted(this.contacts.read(this.#looks.slot));
    }
  }

  #abandoned(due: number, now: number, lapses: Lapses): void {
    const { pending, nonces } = this.authentication;
    while (pending.take(due)) {
      // Alive when it fell due: after a silence, `now` may be far beyond.
      if (!nonces.alive(pending.slot, pending.generation, Math.min(now, pending.due))) continue;
      if (nonces.at(pending.slot).uses > 0) continue;
      const challenge = this.authentication.abandoned(pending.slot);
      const relation = this.peers.find(challenge.client, challenge.server, now);
      if (relation !== undefined) {
        relation.misses++;
        this.rates.abandoned(relation, this.peers.relations.hashAt(this.peers.slot), challenge.nonce, now);
      }
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
    const { peers, authentication, forgeries, strays, rates } = this;
    const tables = [this.transactions.table, peers.peers, peers.relations, authentication.nonces, authentication.attempts];
    const { registrations, calls, dialled, cnonces, faults, callers, tolls, homes, dialogs, legs, replays, takeovers, loneAnswers } = this;
    const told = [registrations, calls, dialled, cnonces, faults, callers, tolls, this.callbacks, homes, dialogs].map(({ table }) => table);
    const judged = [forgeries.suspects, strays.table, strays.sources, legs.table, replays.table, this.signIns.refusals.table];
    const more = [...told, ...judged, rates.loads.table, rates.stalls.table, takeovers.table, loneAnswers.table];
    const known = this.clients === undefined ? [] : [this.clients.table.stats(), this.clients.owners.stats()];
    const media = [...this.media.tables(), this.agreements.keys.table.stats()];
    return [...[...tables, this.contacts.table, this.opening.table, ...more].map((t) => t.stats()), ...known, ...media];
  }

  #request(o: Observation, packet: Packet, m: SipMessage, now: number): void {
    const t = this.transactions.ofRequest(m, packet, now);
    o.transaction = t;
    o.slot = this.transactions.slot;
    o.retransmission = this.transactions.known;
    if (!o.retransmission) this.#originate(o, packet, m, t, now);
    else this.#attribute(o, t, o.slot);
    if (o.retransmission) return;
    if (m.credentials.span.start >= 0) this.authentication.used(o, t, now);
    if (m.method === REGISTER && !o.copy) {
      t.make = makeOf(m);
      t.ends = m.contactStar || m.expires === 0 || (m.contactCount > 0 && m.contact.expires === 0);
      if (t.credentials) o.replayed = this.replays.seen(o, now);
    } else if (m.method === INVITE && t.credentials && !o.copy) t.make = makeOf(m);
    o.initial = t.initial;
    if (!t.initial) {
      this.#insideCall(o, m, t, now);
      this.forgeries.request(o, m, now);
      return;
    }
    if (!o.copy) this.#meet(o, m, t, now);
    // A proxy and whom it forwards to know each other.
    else this.peers.meet(packet.src, packet.dst, m, now);
    if (m.method === INVITE) {
      if (!o.copy) this.dialled.dial(o, t, now);
      o.call = this.calls.invited(m, packet, t, now);
      this.forgeries.invited(o, m);
      this.legs.invited(m, packet, o.call, this.calls.fresh, now);
      if (this.calls.fresh && o.attributed === VIA) this.calls.originated(o.call, o.client);
    } else if (m.method === BYE || m.method === UPDATE || m.method === PRACK) this.#insideCall(o, m, t, now);
  }

  #insideCall(o: Observation, m: SipMessage, t: Transaction, now: number): void {
    this.dialogs.request(o, m, now);
    if (t.astray && !o.copy) this.strays.sent(o, t, now);
  }

  #meet(o: Observation, m: SipMessage, t: Transaction, now: number): void {
    o.relation = this.peers.meet(o.client, o.server, m, now);
    o.stranger = this.peers.stranger;
    if (o.stranger) this.#introduce(o, m, now);
    if (m.oddityCount > 0) o.broken = this.faults.count(o, o.relation, now);
    t.relation = this.peers.slot;
    t.relationGeneration = this.peers.relations.generation(t.relation);
    if (t.nonce >= 0 || o.packet.transport !== 'udp') o.relation.proofs++;
    if (!o.relation.answered) this.unheard.asked(o, t, o.relation, now);
    if (this.#watchLoads) this.rates.begun(o, t, o.relation, now);
  }

  /** A client's first request to a server within the hour. */
  #introduce(o: Observation, m: SipMessage, now: number): void {
    const peer = this.peers.peer(o.client, now);
    peer.asked++;
    const slot = this.contacts.keep(o, now);
    this.#looks.push(slot, this.contacts.table.generation(slot), now + SECOND_LOOK);
    if (m.method !== OPTIONS) return;
    const user = this.#userOf(m);
    peer.swept = user !== 0 && user === peer.sweptUser ? peer.swept + 1 : 1;
    peer.sweptUser = user;
  }

  /** Finds out who sent a new request, and keeps it. */
  #originate(o: Observation, packet: Packet, m: SipMessage, t: Transaction, now: number): void {
    const how = this.#origins.of(m, packet, now);
    t.attributed = how;
    t.copy = how === WITNESSED;
    o.attributed = how;
    o.copy = t.copy;
    if (how === VIA || how === WITNESSED) o.client = this.#origins.endpoint;
    this.transactions.keepEndpoints(t, o.client, o.server, now);
  }

  /** Repeats what was found out about the request of a message. */
  #attribute(o: Observation, t: Transaction, slot: number): void {
    o.attributed = t.attributed;
    o.copy = t.copy;
    if (t.attributed !== VIA && t.attributed !== WITNESSED) return;
    this.transactions.endpoints(slot, this.#client, this.#server);
    o.client = this.#client;
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
    this.#attribute(o, t, o.slot);
    o.retransmission = this.transactions.known;
    if (t.initial && !o.copy) {
      this.#served(o, t, now);
      if (this.#watchLoads) this.rates.answered(t, o.slot, m.status, now);
    }
    this.#talked(o, packet, m, t, now);
    if (m.status < 200 || t.final) return;
    t.final = true;
    t.ended = packet.time;
    if (t.method === INVITE) t.tag = tagOf(m);
    o.concluded = true;
    if (o.copy) this.#debts.forwardedAnswer(t, m.status, packet.dst, now);
    else {
      if (t.astray) o.stray = this.strays.answered(o, now);
      this.#debts.answered(t, m.status, o.server, now);
      this.#conclude(o, m, t, now);
    }
  }

  /** What an answer means for calls and dialogs. */
  #talked(o: Observation, packet: Packet, m: SipMessage, t: Transaction, now: number): void {
    if (t.dialog >= 0) {
      if (m.status >= 200 && !o.retransmission) this.dialogs.answered(o, packet, m, t, now);
      return;
    }
    if (t.method === INVITE) {
      if (!t.initial || m.status < 101) return;
      this.dialogs.invited(o, packet, m, t, now);
      o.call = this.calls.answer(m, packet, t, now);
      this.forgeries.answered(o, m, t, o.retransmission);
      if (m.status < 300 && this.registrations.joined > 0) o.joined = this.joiners.answered(o, t, now);
      if (o.call !== undefined && !o.copy && m.status < 300) o.abroad = this.tolls.accepted(o, o.call, now);
    } else if ((t.method === SUBSCRIBE || t.method === REFER) && m.status >= 200 && m.status < 300) this.dialogs.subscribed(o, m, now);
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
  #conclude(o: Observation, m: SipMessage, t: Transaction, now: number): void {
    const { authentication } = this;
    const outcome = authentication.outcome(o, t, now);
    o.outcome = outcome;
    this.outcomes[outcome]!++;
    if (this.#watchLoads && t.initial) this.rates.concluded(t, o.slot, m.status, outcome, now);
    if (m.challenge.span.start >= 0) authentication.given(o, t, now);
    this.signIns.concluded(o, t, now);
    o.probed = t.initial && (outcome === UNKNOWN_USER || (t.method === OPTIONS && this.#namesAnother(o, m, now)));
    if (o.probed && o.relation !== undefined) o.relation.misses++;
    if (outcome !== ACCEPTED && outcome !== OPEN) return;
    if (o.relation !== undefined && (t.method === REGISTER || t.method === INVITE)) {
      o.relation.hits++;
      o.relation.served = true;
    }
    if (t.method === INVITE && t.initial) this.dialled.answered(o, t, now);
    if (t.method !== REGISTER) return;
    if (outcome === OPEN) o.use = this.takeovers.open(o);
    o.binding = this.registrations.accepted(m, o.packet, o.client, t, now);
    o.change = this.registrations.change;
    if (o.change === 'added') this.peers.peer(o.server, now).registrar = true;
  }

  /**
   * An OPTIONS names a user, and another one than the last of the same client to the same endpoint did. Not a server that pings its
   * phones: they have sent requests to it, or answer at ports of their own behind one address. The first one waits for a second:
   * alone it is a keep-alive, or a step of a scan for servers, which names the same user everywhere.
   */
  #namesAnother(o: Observation, m: SipMessage, now: number): boolean {
    const user = this.#userOf(m);
    const { relation } = o;
    if (relation === undefined || user === 0) return false;
    const port = portOf(o.server);
    const { optionsUser, optionsPort } = relation;
    relation.optionsUser = user;
    relation.optionsPort = port;
    if (optionsPort !== port) this.opening.keep(o, now);
    if (optionsPort !== port || optionsUser === user || this.peers.known(o.client, o.server, now)) return false;
    this.#open(o, optionsUser, now);
    return true;
  }

  /** The second user that a client asks for makes a probe of the first, unless it asked several servers for that one. */
  #open(o: Observation, first: number, now: number): void {
    const slot = this.opening.find(o.client, o.server, now);
    if (slot < 0) return;
    const { sweptUser, swept } = this.peers.peer(o.client, now);
    if (sweptUser !== first || swept < 2) {
      o.opened = slot;
      if (o.relation !== undefined) o.relation.misses++;
    }
    this.opening.table.remove(slot);
  }

  /** Hash of the user a To URI names, 0 if it names none. */
  #userOf({ bytes, to: { uri } }: SipMessage): number {
    const { start, end } = uri.user;
    return start < 0 || end === start ? 0 : hash(NAMES, this.#name.reset().add(bytes, start, end)) | 1;
  }
}
