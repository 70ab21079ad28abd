/**
 * Request pressure: who is asked how much, by whom, and whether what was begun is brought to an end. A flood differs from a busy
 * hour by that end: RFC 3261 has a client acknowledge every final answer to an INVITE (§17.1.1.3), repeat over UDP what is not
 * answered (§17.1), and one that is challenged answers or gives up once. Tools that only send do none of this.
 *
 * A row (loads.ts) is made only for a pair, a target or an account with eight requests within a minute; before that a relation
 * or one byte of a filter counts. So a million forged sources make a row of their target and nothing else.
 */
import { ADDRESS } from '../bytes.ts';
import { INVITE, type SipMessage } from '../decode/message.ts';
import { hash, Key, type Seed } from '../table.ts';
import { TimeoutQueue } from '../timeouts.ts';
import type { Packet } from '../types.ts';
import type { Nonce } from './authentication.ts';
import {
  ABANDONED,
  ACCOUNT,
  BEGUN,
  CHALLENGED,
  COMPLETED,
  FAILED,
  FOLLOWED,
  Loads,
  loadClass,
  NOISE,
  PAIR,
  REFUSED,
  SILENT,
  TARGET,
  UNACKNOWLEDGED,
} from './loads.ts';
import { CHALLENGE } from './observation.ts';
import type { Peers, Relation } from './peers.ts';
import { TIMEOUT, type Transaction, type Transactions } from './transactions.ts';

/** Requests within a minute that make a row. */
const OFTEN = 8;
/** µs of that minute. */
const MINUTE = 60_000_000;
/** Cells of the filter that counts targets and accounts before they have a row. */
const CELLS = 1 << 16;
/** T2 of RFC 3261 in µs: by then a client has sent again, an answer was acknowledged. */
const PATIENCE = 4_000_000;
/** µs at the end of the input after which a missing ACK counts: it follows the answer within a round trip. */
const PATIENCE_AT_END = 500_000;
/** Final answers after which a 2xx without ACK counts: it was sent three times (RFC 3261 §13.3.1.4). */
const INSISTED = 3;
/** Bytes of a keep-alive on a SIP port at most (RFC 5626 §4.4.1), and of the STUN magic cookie (RFC 5389 §6). */
const KEEP_ALIVE = 4;
const STUN = 0x2112a442;

/** Counts requests and how they end. */
export class Rates {
  readonly loads: Loads;
  readonly #transactions: Transactions;
  readonly #peers: Peers;
  readonly #seed: Seed;
  readonly #key = new Key(128);
  readonly #filter = new Uint8Array(CELLS);
  #minute = 0;
  /** Requests that may stay silent, INVITEs that may hang, answers that may stay without ACK. */
  readonly #silent: TimeoutQueue;
  readonly #hanging: TimeoutQueue;
  readonly #answered: TimeoutQueue;
  /** One bit for each UDP port that a SIP request went to. */
  readonly #ports = new Uint32Array(2048);

  constructor(capacity: { loads: number; transactions: number }, seed: Seed, transactions: Transactions, peers: Peers) {
    this.loads = new Loads(capacity.loads, seed);
    this.#transactions = transactions;
    this.#peers = peers;
    this.#seed = seed;
    this.#silent = new TimeoutQueue(capacity.transactions);
    this.#hanging = new TimeoutQueue(capacity.transactions);
    this.#answered = new TimeoutQueue(capacity.transactions);
  }

  /** An initial request, seen for the first time. `slot` is that of its transaction. */
  begun(m: SipMessage, packet: Packet, t: Transaction, slot: number, r: Relation, now: number): void {
    const method = loadClass(t.method);
    this.#ports[packet.dst[16]! * 8 + (packet.dst[17]! >> 5)]! |= 1 << (packet.dst[17]! & 31);
    if (now - this.#minute >= MINUTE) this.#forget(now);
    const user = this.#accountHash(m);
    this.#ofPair(packet, t, r, method, user, now);
    this.#ofTarget(packet, r, method, now);
    this.#ofAccount(m, packet, t, method, user, now);
    const generation = this.#transactions.table.generation(slot);
    if (packet.transport === 'udp') this.#silent.push(slot, generation, now + PATIENCE);
    if (t.method === INVITE) this.#hanging.push(slot, generation, now + TIMEOUT);
  }

  /** The first final answer of an initial request. */
  concluded(t: Transaction, slot: number, status: number, outcome: number, now: number): void {
    this.#count(t, outcome === CHALLENGE ? CHALLENGED : endOf(status), now);
    if (t.method === INVITE) this.#answered.push(slot, this.#transactions.table.generation(slot), now + PATIENCE);
  }

  /** An ACK, or another request that only a party can send that hears the answers. */
  followed(client: Uint8Array, server: Uint8Array, now: number): void {
    const r = this.#peers.find(client, server, now);
    if (r !== undefined) this.#tally(r.pair, r.pairGeneration, loadClass(INVITE), FOLLOWED, now);
  }

  /** Nobody answered a challenge. */
  abandoned(r: Relation, source: number, nonce: Nonce, now: number): void {
    const method = loadClass(nonce.method);
    this.#wasted(r.pair, r.pairGeneration, method, ABANDONED, 0, nonce.issued, nonce, now);
    this.#wasted(r.target, r.targetGeneration, method, ABANDONED, source, nonce.issued, nonce, now);
  }

  /** A UDP payload that is no SIP. Counts if it went to a port where SIP is spoken and is no keep-alive. */
  noise(packet: Packet, now: number): void {
    const { dst, bytes, start, end } = packet;
    if ((this.#ports[dst[16]! * 8 + (dst[17]! >> 5)]! & (1 << (dst[17]! & 31))) === 0) return;
    if (packet.transport !== 'udp' || end - start <= KEEP_ALIVE || isStun(bytes, start, end)) return;
    if (now - this.#minute >= MINUTE) this.#forget(now);
    const key = this.#key.reset().addByte(NOISE).add(dst, 0, ADDRESS);
    if (!this.#often(hash(this.#seed, key))) return;
    const load = this.loads.open(key, NOISE, 0, 0, now);
    if (this.loads.table.fresh) this.loads.name(load, packet.src, dst);
    this.loads.note(load, hash(this.#seed, this.#key.reset().add(packet.src, 0, ADDRESS)));
    this.#place(load, packet.time, packet.where.file, packet.frameNumber);
    this.loads.count(load, 0, BEGUN, now);
  }

  /** µs at which the next lapse falls due. */
  get due(): number {
    const { next } = this.#silent;
    return this.#answered.next < next ? this.#answered.next : Math.min(next, this.#hanging.next);
  }

  /** Counts everything that should have come by `now` and did not. */
  lapse(now: number): void {
    this.#lapse(now, now);
  }

  /** The input has ended. */
  finish(now: number): void {
    this.#lapse(now + PATIENCE - PATIENCE_AT_END, now);
  }

  #lapse(answeredBy: number, now: number): void {
    const silent = this.#silent;
    while (silent.take(now)) {
      const t = this.#waiting(silent, now);
      if (t !== undefined && t.answers === 0 && t.requests === 1) this.#waste(t, SILENT, now);
    }
    const hanging = this.#hanging;
    while (hanging.take(now)) {
      const t = this.#waiting(hanging, now);
      if (t !== undefined && t.status === 100) this.#waste(t, UNACKNOWLEDGED, now);
    }
    const answered = this.#answered;
    while (answered.take(answeredBy)) {
      const t = this.#waiting(answered, now);
      if (t !== undefined && !t.acknowledged && (t.status >= 300 || t.finals >= INSISTED)) this.#waste(t, UNACKNOWLEDGED, now);
    }
  }

  /** The transaction that a queue just gave, if it lived when it fell due. */
  #waiting(queue: TimeoutQueue, now: number): Transaction | undefined {
    const { table } = this.#transactions;
    return table.alive(queue.slot, queue.generation, Math.min(now, queue.due)) ? table.at(queue.slot) : undefined;
  }

  #ofPair(packet: Packet, t: Transaction, r: Relation, method: number, user: number, now: number): void {
    const { loads } = this;
    if (r.pair < 0 || !loads.table.alive(r.pair, r.pairGeneration, now)) {
      r.pair = -1;
      if (this.#minute !== r.minute) {
        r.minute = this.#minute;
        r.recent = 0;
      }
      if (++r.recent < OFTEN) return;
      const key = this.#key.reset().addByte(PAIR).add(packet.src, 0, ADDRESS).add(packet.dst, 0, ADDRESS);
      r.pair = loads.open(key, PAIR, method, OFTEN - 1, now);
      r.pairGeneration = loads.table.generation(r.pair);
      if (loads.table.fresh) loads.name(r.pair, packet.src, packet.dst);
    }
    loads.note(r.pair, user);
    this.#place(r.pair, packet.time, packet.where.file, packet.frameNumber);
    loads.count(r.pair, method, BEGUN, now);
    if (t.credentials) loads.count(r.pair, method, FOLLOWED, now);
  }

  #ofTarget(packet: Packet, r: Relation, method: number, now: number): void {
    const { loads } = this;
    if (r.target < 0 || !loads.table.alive(r.target, r.targetGeneration, now)) {
      r.target = -1;
      const key = this.#key.reset().addByte(TARGET).add(packet.dst, 0, ADDRESS);
      if (!this.#often(hash(this.#seed, key))) return;
      r.target = loads.open(key, TARGET, method, OFTEN - 1, now);
      r.targetGeneration = loads.table.generation(r.target);
      if (loads.table.fresh) loads.name(r.target, NOBODY, packet.dst);
    }
    this.#place(r.target, packet.time, packet.where.file, packet.frameNumber);
    loads.count(r.target, method, BEGUN, now);
  }

  #ofAccount(m: SipMessage, packet: Packet, t: Transaction, method: number, user: number, now: number): void {
    if (user === 0 || !this.#often(user)) return;
    const { loads } = this;
    const { user: name, host } = m.to.uri;
    const key = this.#key.reset().addByte(ACCOUNT).add(m.bytes, name.start, Math.max(name.end, host.end));
    const load = loads.open(key, ACCOUNT, method, OFTEN - 1, now);
    if (loads.table.fresh) loads.nameAccount(load, m.bytes, name.start, Math.max(name.end, host.end));
    if (loads.table.fresh) loads.name(load, NOBODY, packet.dst);
    t.load = load;
    t.loadGeneration = loads.table.generation(load);
    this.#place(load, packet.time, packet.where.file, packet.frameNumber);
    loads.count(load, method, BEGUN, now);
  }

  /** Hash of user and host of the To URI, 0 without a user. */
  #accountHash({ bytes, to }: SipMessage): number {
    const { user, host } = to.uri;
    if (user.start < 0) return 0;
    return hash(this.#seed, this.#key.reset().add(bytes, user.start, Math.max(user.end, host.end)));
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
    this.#filter.fill(0);
  }

  #count(t: Transaction, metric: number, now: number): void {
    const method = loadClass(t.method);
    const { relations } = this.#peers;
    if (relations.alive(t.relation, t.relationGeneration, now)) {
      const r = relations.at(t.relation);
      this.#tally(r.pair, r.pairGeneration, method, metric, now);
      this.#tally(r.target, r.targetGeneration, method, metric, now);
    }
    this.#tally(t.load, t.loadGeneration, method, metric, now);
  }

  #tally(slot: number, generation: number, method: number, metric: number, now: number): void {
    if (slot >= 0 && this.loads.table.alive(slot, generation, now)) this.loads.count(slot, method, metric, now);
  }

  #waste(t: Transaction, metric: number, now: number): void {
    const method = loadClass(t.method);
    const { relations } = this.#peers;
    let source = 0;
    if (relations.alive(t.relation, t.relationGeneration, now)) {
      const r = relations.at(t.relation);
      source = relations.hashAt(t.relation);
      this.#wasted(r.pair, r.pairGeneration, method, metric, 0, t.started, t, now);
      this.#wasted(r.target, r.targetGeneration, method, metric, source, t.started, t, now);
    }
    this.#wasted(t.load, t.loadGeneration, method, metric, source, t.started, t, now);
  }

  /** One request that came to no end; `source` tells different sources apart, 0: not to be noted. */
  #wasted(
    slot: number,
    generation: number,
    method: number,
    metric: number,
    source: number,
    time: number,
    where: { readonly file: string; readonly frame: number },
    now: number,
  ): void {
    if (slot < 0 || !this.loads.table.alive(slot, generation, now)) return;
    if (source !== 0) this.loads.note(slot, source);
    this.#place(slot, time, where.file, where.frame);
    this.loads.count(slot, method, metric, now);
  }

  #place(slot: number, time: number, file: string, frame: number): void {
    const load = this.loads.table.at(slot);
    load.time = time;
    load.file = file;
    load.frame = frame;
  }
}

const NOBODY = new Uint8Array(18);

function endOf(status: number): number {
  if (status < 300) return COMPLETED;
  return status === 408 || (status >= 500 && status < 600) ? FAILED : REFUSED;
}

function isStun(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 20) return false;
  const cookie = (bytes[start + 4]! << 24) | (bytes[start + 5]! << 16) | (bytes[start + 6]! << 8) | bytes[start + 7]!;
  return bytes[start]! < 4 && cookie === STUN;
}
