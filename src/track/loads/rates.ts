/**
 * Request pressure: who is asked how much, by whom, and whether what was begun is brought to an end. A flood differs from a busy
 * hour by that end: RFC 3261 has a client acknowledge every final answer to an INVITE (§17.1.1.3), repeat over UDP what is not
 * answered (§17.1), and one that is challenged answers or gives up once. Tools that only send do none of this.
 *
 * A row (loads.ts) is made only for a pair, a target or an account with eight requests within a minute; before that a relation
 * or one byte of a filter counts. So a million forged sources make a row of their target and nothing else.
 */
import { ADDRESS, ENDPOINT, NO_ENDPOINT } from '../../bytes.ts';
import { INVITE, OPTIONS, REGISTER, type SipMessage } from '../../decode/message.ts';
import { hash, Key, type Seed } from '../../table.ts';
import { TimeoutQueue } from '../../timeouts.ts';
import type { Packet } from '../../types.ts';
import type { Nonce } from '../authentication.ts';
import { CHALLENGE, type Observation } from '../observation.ts';
import type { Peers, Relation } from '../peers.ts';
import type { Transaction, Transactions } from '../transactions.ts';
import {
  ABANDONED,
  ACCOUNT,
  ACKS,
  ANSWERS,
  BEGUN,
  CHALLENGED,
  COMPLETED,
  FAILED,
  FINISHED,
  FOLLOWED,
  HANGING,
  Loads,
  loadClass,
  NOISE,
  PAIR,
  REFUSED,
  RINGING,
  SILENT,
  TARGET,
  UNACKNOWLEDGED,
} from './loads.ts';
import { Stalls } from './stalls.ts';

/** Requests within a minute that make a row. */
const OFTEN = 8;
/** µs of that minute. */
const MINUTE = 60_000_000;
/** Cells of the filter that counts targets and accounts before they have a row. */
const CELLS = 1 << 16;
/** T2 of RFC 3261 in µs: by then a client has sent again. */
const PATIENCE = 4_000_000;
/** µs by which a client has sent its INVITE again (timer A: 0.5 s), and any server said 100 Trying (RFC 3261 §17.2.1: 0.2 s). */
const FIRST_PATIENCE = 1_000_000;
/** µs by which an answer was acknowledged: it was then sent three times, at 0, 0.5 and 1.5 s (RFC 3261 §17.2.1, timer G). */
const ACK_PATIENCE = 2_000_000;
/** µs at the end of the input after which a missing ACK counts: it follows the answer within a round trip. */
const PATIENCE_AT_END = 500_000;
/** Final answers after which a 2xx without ACK counts: it was sent three times (RFC 3261 §13.3.1.4). */
const INSISTED = 3;
/** In place of a place in a queue: its transaction was counted as HANGING, as RINGING. */
const HUNG = -2;
const RANG = -3;
/** Most pairs of which stalled domains are kept. */
const MOST_STALLS = 4096;
/** Bytes of a keep-alive on a SIP port at most (RFC 5626 §4.4.1). */
const KEEP_ALIVE = 4;

/** Counts requests and how they end. */
export class Rates {
  readonly loads: Loads;
  readonly stalls: Stalls;
  readonly #transactions: Transactions;
  readonly #peers: Peers;
  readonly #seed: Seed;
  readonly #key = new Key(128);
  readonly #filter = new Uint8Array(CELLS);
  /** Hash of the account of the message at hand, 0: not yet computed. */
  #account = 0;
  #minute = 0;
  /** Counts the minutes. */
  #turn = 1;
  readonly #client = new Uint8Array(ENDPOINT);
  readonly #server = new Uint8Array(ENDPOINT);
  /** Requests that nobody has answered yet, and those that were silent for a second. */
  readonly #new: TimeoutQueue;
  /** Requests that may stay silent, INVITEs that may hang, answers that may stay without ACK. */
  readonly #silent: TimeoutQueue;
  readonly #hanging: TimeoutQueue;
  readonly #refused: TimeoutQueue;
  /** One bit for each UDP port that a SIP request went to. */
  readonly #ports = new Uint32Array(2048);

  constructor(capacity: { loads: number; transactions: number }, seed: Seed, transactions: Transactions, peers: Peers) {
    this.loads = new Loads(capacity.loads, seed);
    this.#transactions = transactions;
    this.#peers = peers;
    this.#seed = seed;
    this.stalls = new Stalls(Math.min(capacity.loads, MOST_STALLS), seed);
    this.#new = new TimeoutQueue(capacity.transactions);
    this.#silent = new TimeoutQueue(capacity.transactions);
    this.#hanging = new TimeoutQueue(capacity.transactions);
    this.#refused = new TimeoutQueue(capacity.transactions);
  }

  /** An initial request, seen for the first time. `slot` is that of its transaction. */
  begun(o: Observation, t: Transaction, r: Relation, now: number): void {
    const { packet, message: m, slot } = o;
    this.#account = 0;
    const method = loadClass(t.method);
    this.#ports[packet.dst[16]! * 8 + (packet.dst[17]! >> 5)]! |= 1 << (packet.dst[17]! & 31);
    if (now - this.#minute >= MINUTE) this.#forget(now);
    this.#ofTarget(packet, t, r, method, now);
    this.#ofPair(o, t, r, method, now);
    // Who sends credentials is told by what becomes of them.
    if (!t.credentials && (t.method === INVITE || t.method === REGISTER)) this.#ofAccount(m, packet, t, method, now);
    if (packet.transport !== 'udp') return;
    if (t.method === INVITE)
      t.hop = hash(this.#seed, this.#key.reset().add(m.bytes, Math.max(0, m.uri.host.start), Math.max(0, m.uri.host.end)));
    t.waiting = this.#new.push(slot, this.#transactions.table.generation(slot), now + FIRST_PATIENCE);
  }

  /** An answer to an initial request. `slot` is that of its transaction. */
  answered(t: Transaction, slot: number, status: number, now: number): void {
    if (t.answers === 1) {
      this.#new.cancel(t.waiting, slot);
      this.#silent.cancel(t.waiting, slot);
    }
    if (t.method !== INVITE) return;
    if (t.waiting <= HUNG) this.#goesOn(t, status, now);
    if (status < 200) {
      if (t.answers === 1) t.waiting = this.#hanging.push(slot, this.#transactions.table.generation(slot), now + PATIENCE);
      return;
    }
    this.#hanging.cancel(t.waiting, slot);
    if (t.finals === INSISTED && status < 300) this.#waste(t, UNACKNOWLEDGED, now);
  }

  /** The first final answer of an initial request. */
  concluded(t: Transaction, slot: number, status: number, outcome: number, now: number): void {
    const waits = t.method === INVITE && status >= 300;
    this.#count(t, outcome === CHALLENGE ? CHALLENGED : endOf(status), outcome !== CHALLENGE && !waits, now);
    if (waits) t.waiting = this.#refused.push(slot, this.#transactions.table.generation(slot), now + ACK_PATIENCE);
  }

  /** An ACK to an answer that is no 2xx. */
  acknowledged(t: Transaction, slot: number, now: number): void {
    this.#refused.cancel(t.waiting, slot);
    if (t.status >= 300 && t.status !== 401 && t.status !== 407) this.#count(t, FINISHED, false, now);
  }

  /** An ACK: only a party sends it that hears the answers. */
  followed(r: Relation, now: number): void {
    this.#acked(r.pair, now);
    this.#acked(r.target, now);
  }

  #acked(link: number, now: number): void {
    const slot = this.loads.follow(link, now);
    if (slot < 0) return;
    this.loads.count(slot, loadClass(INVITE), FOLLOWED, now);
    this.loads.count(slot, loadClass(INVITE), ACKS, now);
  }

  /** Nobody answered a challenge. */
  abandoned(r: Relation, source: number, nonce: Nonce, now: number): void {
    const method = loadClass(nonce.method);
    this.#wasted(r.pair, method, ABANDONED, 0, nonce.issued, nonce, now);
    this.#wasted(r.target, method, ABANDONED, source, nonce.issued, nonce, now);
  }

  /**
   * An answer to someone who sent no request to the server that was seen. Others who ask the same server are seen, or not: if not, the
   * sensor may see one direction only. 2xx to other methods than OPTIONS come, as a rule, only to those who take part.
   */
  lone(m: SipMessage, packet: Packet, visible: boolean, now: number): void {
    if (now - this.#minute >= MINUTE) this.#forget(now);
    const key = this.#key.reset().addByte(ANSWERS).add(packet.dst, 0, ADDRESS);
    if (!this.#often(hash(this.#seed, key))) return;
    const slot = this.loads.open(key, ANSWERS, 0, 0, now);
    if (this.loads.table.fresh) this.loads.name(slot, NO_ENDPOINT, packet.dst);
    this.loads.note(slot, hash(this.#seed, this.#key.reset().add(packet.src, 0, ADDRESS)));
    if (visible) this.loads.count(slot, 0, FOLLOWED, now);
    if (m.status >= 200 && m.status < 300 && this.#comesAbout(m.cseqMethod, packet, now)) this.loads.count(slot, 0, COMPLETED, now);
    if (this.loads.count(slot, 0, BEGUN, now)) this.#place(slot, packet.time, packet.where.file, packet.frameNumber);
  }

  /** A 2xx to that method comes only to who takes part. To an INVITE anybody forges it: who is seen to serve others is seen to call. */
  #comesAbout(method: number, packet: Packet, now: number): boolean {
    return method !== OPTIONS && (method !== INVITE || !this.#peers.serves(packet.dst, now));
  }

  /** An answer to an INVITE that its client does not acknowledge: somebody may have asked in its name (S2-34). */
  #unwanted(t: Transaction, slot: number, now: number): void {
    this.#transactions.endpoints(slot, this.#client, this.#server);
    const key = this.#key.reset().addByte(ANSWERS).add(this.#client, 0, ADDRESS);
    if (!this.#often(hash(this.#seed, key))) return;
    const row = this.loads.open(key, ANSWERS, 0, 0, now);
    if (this.loads.table.fresh) this.loads.name(row, NO_ENDPOINT, this.#client);
    this.loads.note(row, hash(this.#seed, this.#key.reset().add(this.#server, 0, ADDRESS)));
    if (this.loads.count(row, 0, BEGUN, now)) this.#place(row, t.started, t.file, t.frame);
  }

  /** How many answers a client was sent within the minute that it had not asked for or does not acknowledge, and by about how many servers. */
  unwanted(client: Uint8Array, now: number): { readonly answers: number; readonly servers: number } {
    const slot = this.loads.table.find(this.#key.reset().addByte(ANSWERS).add(client, 0, ADDRESS), now);
    if (slot < 0) return { answers: 0, servers: 0 };
    const { sums, different } = this.loads.look(slot, 0, now);
    return { answers: sums[BEGUN]!, servers: different };
  }

  /** A payload that `sniff` knows as nothing. Counts if it went over UDP to a port where SIP is spoken and is no keep-alive. */
  noise(packet: Packet, now: number): void {
    const { dst, start, end } = packet;
    if ((this.#ports[dst[16]! * 8 + (dst[17]! >> 5)]! & (1 << (dst[17]! & 31))) === 0) return;
    if (packet.transport !== 'udp' || end - start <= KEEP_ALIVE) return;
    if (now - this.#minute >= MINUTE) this.#forget(now);
    const key = this.#key.reset().addByte(NOISE).add(dst, 0, ADDRESS);
    if (!this.#often(hash(this.#seed, key))) return;
    const load = this.loads.open(key, NOISE, 0, 0, now);
    if (this.loads.table.fresh) this.loads.name(load, packet.src, dst);
    this.loads.note(load, hash(this.#seed, this.#key.reset().add(packet.src, 0, ADDRESS)));
    if (this.loads.count(load, 0, BEGUN, now)) this.#place(load, packet.time, packet.where.file, packet.frameNumber);
  }

  /** µs at which the next lapse falls due. */
  get due(): number {
    return Math.min(this.#new.next, this.#silent.next, this.#refused.next, this.#hanging.next);
  }

  /** Counts everything that should have come by `now` and did not. */
  lapse(now: number): void {
    this.#lapse(now, now);
  }

  /** The input has ended. */
  finish(now: number): void {
    this.#lapse(now + ACK_PATIENCE - PATIENCE_AT_END, now);
  }

  #lapse(refusedBy: number, now: number): void {
    while (this.#new.take(now)) {
      const t = this.#waiting(this.#new, now);
      if (t !== undefined && t.answers === 0 && t.requests === 1) this.#unheard(t, this.#new.slot, this.#new.due, now);
    }
    while (this.#silent.take(now)) {
      const t = this.#waiting(this.#silent, now);
      if (t !== undefined && t.answers === 0 && t.requests === 1) this.#waste(t, SILENT, now);
    }
    while (this.#hanging.take(now)) {
      const t = this.#waiting(this.#hanging, now);
      if (t !== undefined && t.finals === 0) this.#waits(t, now);
    }
    while (this.#refused.take(refusedBy)) {
      const t = this.#waiting(this.#refused, now);
      if (t === undefined || t.acknowledged) continue;
      this.#waste(t, UNACKNOWLEDGED, now);
      this.#unwanted(t, this.#refused.slot, now);
    }
  }

  /** A request was neither answered nor sent again within a second. That its server answers others shows that its answers are seen. */
  #unheard(t: Transaction, slot: number, due: number, now: number): void {
    t.waiting = this.#silent.push(slot, this.#transactions.table.generation(slot), due - FIRST_PATIENCE + PATIENCE);
    if (t.method !== INVITE) return;
    this.#transactions.endpoints(slot, this.#client, this.#server);
    if (!this.#peers.serves(this.#server, now)) return;
    const { relations } = this.#peers;
    const hits = relations.alive(t.relation, t.relationGeneration, now) ? relations.at(t.relation).hits : 0;
    this.stalls.take(t, this.#client, this.#server, hits, now);
  }

  /** An INVITE has waited 4 s for more than a provisional answer. */
  #waits(t: Transaction, now: number): void {
    t.waiting = t.status === 100 ? HUNG : RANG;
    this.#waste(t, t.status === 100 ? HANGING : RINGING, now);
  }

  /** An INVITE that hung or rang is answered: it rings, or that is over. */
  #goesOn(t: Transaction, status: number, now: number): void {
    if (status === 100 || (status < 200 && t.waiting === RANG)) return;
    this.#takeBack(t, t.waiting === HUNG ? HANGING : RINGING, now);
    t.waiting = -1;
    if (status >= 200) return;
    t.waiting = RANG;
    this.#waste(t, RINGING, now);
  }

  /** Takes back what `#waste` counted, in all rows of the request. */
  #takeBack(t: Transaction, metric: number, now: number): void {
    const { relations } = this.#peers;
    if (relations.alive(t.relation, t.relationGeneration, now)) {
      const r = relations.at(t.relation);
      this.#untally(r.pair, metric, now);
      this.#untally(r.target, metric, now);
    }
    this.#untally(t.load, metric, now);
  }

  #untally(link: number, metric: number, now: number): void {
    const slot = this.loads.follow(link, now);
    if (slot >= 0) this.loads.uncount(slot, loadClass(INVITE), metric, now);
  }

  /** The transaction that a queue just gave, if it lived when it fell due. */
  #waiting(queue: TimeoutQueue, now: number): Transaction | undefined {
    const { table } = this.#transactions;
    return table.alive(queue.slot, queue.generation, Math.min(now, queue.due)) ? table.at(queue.slot) : undefined;
  }

  #ofPair({ message: m, packet, client, server }: Observation, t: Transaction, r: Relation, method: number, now: number): void {
    const { loads } = this;
    let slot = loads.follow(r.pair, now);
    if (slot < 0) {
      r.recent = r.recent >> 4 === this.#turn ? r.recent + 1 : (this.#turn << 4) | 1;
      if ((r.recent & 15) < OFTEN) return;
      const key = this.#key.reset().addByte(PAIR).add(client, 0, ADDRESS).add(server, 0, ADDRESS);
      slot = loads.open(key, PAIR, method, OFTEN - 1, now);
      r.pair = loads.link(slot);
      r.recent = 0;
      if (loads.table.fresh) loads.name(slot, client, server);
      loads.table.at(slot).target = r.target;
    }
    loads.note(slot, this.#accountHash(m));
    if (t.credentials) loads.count(slot, method, FOLLOWED, now);
    this.#begun(slot, method, packet, now);
  }

  #ofTarget(packet: Packet, t: Transaction, r: Relation, method: number, now: number): void {
    const { loads } = this;
    let slot = loads.follow(r.target, now);
    if (slot < 0) {
      const key = this.#key.reset().addByte(TARGET).add(packet.dst, 0, ADDRESS);
      if (!this.#often(hash(this.#seed, key))) return;
      slot = loads.open(key, TARGET, method, OFTEN - 1, now);
      r.target = loads.link(slot);
      if (loads.table.fresh) loads.name(slot, NO_ENDPOINT, packet.dst);
    }
    if (t.credentials) loads.count(slot, method, FOLLOWED, now);
    this.#begun(slot, method, packet, now);
  }

  #ofAccount(m: SipMessage, packet: Packet, t: Transaction, method: number, now: number): void {
    const { user: name, host } = m.to.uri;
    if (name.start < 0 || !this.#often(this.#accountHash(m))) return;
    const { loads } = this;
    const key = this.#key.reset().addByte(ACCOUNT).add(m.bytes, name.start, Math.max(name.end, host.end));
    const slot = loads.open(key, ACCOUNT, method, OFTEN - 1, now);
    if (loads.table.fresh) loads.nameAccount(slot, m.bytes, name.start, Math.max(name.end, host.end));
    if (loads.table.fresh) loads.name(slot, NO_ENDPOINT, packet.dst);
    t.load = loads.link(slot);
    this.#begun(slot, method, packet, now);
  }

  #begun(slot: number, method: number, packet: Packet, now: number): void {
    if (this.loads.count(slot, method, BEGUN, now)) this.#place(slot, packet.time, packet.where.file, packet.frameNumber);
  }

  /** Hash of user and host of the To URI. */
  #accountHash({ bytes, to }: SipMessage): number {
    if (this.#account !== 0) return this.#account;
    const { user, host } = to.uri;
    this.#account = user.start < 0 ? 1 : hash(this.#seed, this.#key.reset().add(bytes, user.start, Math.max(user.end, host.end)));
    return this.#account;
  }

  /** Counts something by its hash until it is often; collisions only make rows early. */
  #often(h: number): boolean {
    const cell = h & (CELLS - 1);
    const n = this.#filter[cell]!;
    if (n >= OFTEN - 1) return true;
    this.#filter[cell] = n + 1;
    return false;
  }

  #forget(now: number): void {
    this.#minute = now;
    this.#turn = (this.#turn + 1) & 0xffffff;
    this.#filter.fill(0);
  }

  /** Counts a metric in all rows of a request, and with `finished` also that it is brought to an end. */
  #count(t: Transaction, metric: number, finished: boolean, now: number): void {
    const method = loadClass(t.method);
    const { relations } = this.#peers;
    if (relations.alive(t.relation, t.relationGeneration, now)) {
      const r = relations.at(t.relation);
      this.#tally(r.pair, method, metric, finished, now);
      this.#tally(r.target, method, metric, finished, now);
    }
    this.#tally(t.load, method, metric, finished, now);
  }

  #tally(link: number, method: number, metric: number, finished: boolean, now: number): void {
    const slot = this.loads.follow(link, now);
    if (slot < 0) return;
    this.loads.count(slot, method, metric, now);
    if (finished) this.loads.count(slot, method, FINISHED, now);
  }

  #waste(t: Transaction, metric: number, now: number): void {
    const method = loadClass(t.method);
    const { relations } = this.#peers;
    let source = 0;
    if (relations.alive(t.relation, t.relationGeneration, now)) {
      const r = relations.at(t.relation);
      // Who lets it ring does nothing wrong.
      if (metric !== RINGING) source = relations.hashAt(t.relation);
      this.#wasted(r.pair, method, metric, 0, t.started, t, now);
      this.#wasted(r.target, method, metric, source, t.started, t, now);
      // An account may be asked for at many servers: a relation would be a source for each.
      if (source !== 0 && t.load !== 0) source = this.#clientHash(t.relation);
    }
    this.#wasted(t.load, method, metric, source, t.started, t, now);
  }

  /** Hash of the client of a relation. */
  #clientHash(relation: number): number {
    const { relations } = this.#peers;
    const start = relations.keyStart(relation);
    return hash(this.#seed, this.#key.reset().add(relations.rows, start, start + ADDRESS));
  }

  /** One request that came to no end; `source` tells different sources apart, 0: not to be noted. */
  #wasted(link: number, method: number, metric: number, source: number, time: number, where: Where, now: number): void {
    const slot = this.loads.follow(link, now);
    if (slot < 0) return;
    if (source !== 0) this.loads.note(slot, source);
    if (this.loads.count(slot, method, metric, now)) this.#place(slot, time, where.file, where.frame);
  }

  #place(slot: number, time: number, file: string, frame: number): void {
    const load = this.loads.table.at(slot);
    load.time = time;
    load.file = file;
    load.frame = frame;
  }
}

/** Where the packet lies that shows it. */
interface Where {
  readonly file: string;
  readonly frame: number;
}

function endOf(status: number): number {
  if (status < 300) return COMPLETED;
  return status === 408 || (status >= 500 && status < 600) ? FAILED : REFUSED;
}
