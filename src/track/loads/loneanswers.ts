/**
 * Answers whose requests were not seen: a tap of one direction, a HEP agent that sends responses only. Outcomes are then told by
 * answers alone (contradiction C-03): of the 401, 403 and 407 for an account each success takes back the one that is the normal
 * challenge; what remains are failures. Only for pairs of which no request was seen at all and servers that nobody was seen to ask:
 * answers beside visible requests are late, or reflected (S2-34).
 */
import { ADDRESS, ENDPOINT, keepShort, portOf, shortText } from '../../bytes.ts';
import { INVITE, OPTIONS, REGISTER, type SipMessage, SUBSCRIBE } from '../../decode/message.ts';
import { hash, Key, type Seed, Table } from '../../table.ts';
import { TimeoutQueue } from '../../timeouts.ts';
import type { Packet } from '../../types.ts';
import { ABANDONED, ABANDONED_AT_END, ATTEMPT_MEMORY } from '../authentication.ts';
import { ACCEPTED, FAILED, NONE, UNKNOWN_USER } from '../observation.ts';

/** What answers alone say of one client, one server, one account and one method; or of client and server (pair). Plain data. */
export interface Lone {
  /** A challenge was not followed by anything yet. */
  waiting: boolean;
  /** Failures so far. */
  refusals: number;
  /** An account: it had a success before its first failure. */
  trusted: boolean;
  /** A pair: users probed and successes, so far. */
  misses: number;
  hits: number;
  /** A pair: hash of the user and the port of the last answer to OPTIONS. */
  optionsUser: number;
  optionsPort: number;
  /** Hash of the branch of the last answer: what repeats it says nothing new. */
  last: number;
  method: number;
  status: number;
  time: number;
  file: string;
  frame: number;
}

/** A challenge in lone answers that nothing followed. */
export interface LoneChallenge {
  readonly account: Lone;
  readonly pair: Lone;
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly user: string;
  readonly host: string;
}

/* The row: endpoints of client and server, then user and host of the To URI behind length bytes. */
const USER = 2 * ENDPOINT;
const LONGEST = 47;
const HOST = USER + 1 + LONGEST;
const ROW = HOST + 1 + LONGEST;

/** All that is known by answers alone. */
export class LoneAnswers {
  readonly table: Table<Lone>;
  /** Challenges that nothing followed yet. */
  readonly pending: TimeoutQueue;
  /** Rows of the answer last taken. */
  account: Lone | undefined;
  pair: Lone | undefined;
  readonly #seed: Seed;
  readonly #key = new Key(192);

  constructor(capacity: number, seed: Seed) {
    this.#seed = seed;
    this.pending = new TimeoutQueue(capacity);
    this.table = new Table<Lone>({
      name: 'lone answers',
      capacity,
      ttl: ATTEMPT_MEMORY,
      keyBytes: 80,
      rowBytes: ROW,
      seed,
      make: makeLone,
      reset: resetLone,
    });
  }

  /** What an answer says whose request was not seen: an outcome code, NONE for most. */
  answer(m: SipMessage, packet: Packet, now: number): number {
    const pair = this.table.at(this.table.put(this.#pairKey(packet), now));
    const slot = this.table.put(this.#addAccount(m), now);
    const a = this.table.at(slot);
    if (this.table.fresh) this.#keep(slot, m, packet);
    this.pair = pair;
    this.account = a;
    const branch = hash(
      this.#seed,
      this.#key.reset().add(m.bytes, Math.max(0, m.via.branch.start), Math.max(0, m.via.branch.end)).addNumber(m.status),
    );
    if (branch === a.last || m.status < 180) return NONE;
    a.last = branch;
    const outcome = this.#outcome(m, packet, a, pair);
    if (outcome === UNKNOWN_USER) pair.misses++;
    if (a.waiting && a.refusals === 0) this.pending.push(slot, this.table.generation(slot), now + ABANDONED);
    return outcome;
  }

  #outcome(m: SipMessage, packet: Packet, a: Lone, pair: Lone): number {
    const { status, cseqMethod } = m;
    const waited = a.waiting;
    a.waiting = false;
    if (status === 401 || status === 407) return this.#challenged(m, packet, a, waited);
    if (status === 403 || status === 402) return waited || a.refusals > 0 ? this.#failed(a) : UNKNOWN_USER;
    if (status === 404 || status === 604 || status === 410) return waited || a.refusals > 0 || !asks(cseqMethod) ? NONE : UNKNOWN_USER;
    if (status < 200 || status >= 300) return NONE;
    if (cseqMethod === OPTIONS) return namesAnother(this.#seed, this.#key, m, packet, pair) ? UNKNOWN_USER : NONE;
    if (cseqMethod === REGISTER || cseqMethod === INVITE) pair.hits++;
    if (a.refusals > 0) return ACCEPTED;
    a.trusted = true;
    return NONE;
  }

  /** A challenge is normal; one that follows another means that what answered the first was refused. */
  #challenged(m: SipMessage, packet: Packet, a: Lone, waited: boolean): number {
    a.waiting = true;
    a.method = m.cseqMethod;
    a.status = m.status;
    a.time = packet.time;
    a.file = packet.where.file;
    a.frame = packet.frameNumber;
    return waited && !m.challenge.stale ? this.#failed(a) : NONE;
  }

  #failed(a: Lone): number {
    a.refusals++;
    return FAILED;
  }

  /** Tells of challenges that nothing followed, by `due`; `ended` says that the input has ended at `now`. */
  lapse(now: number, ended: boolean, tell: (challenge: LoneChallenge) => void): void {
    const { pending, table } = this;
    const due = ended ? now + ABANDONED - ABANDONED_AT_END : now;
    while (pending.take(due)) {
      if (!table.alive(pending.slot, pending.generation, Math.min(now, pending.due))) continue;
      const account = table.at(pending.slot);
      if (!account.waiting || account.refusals > 0) continue;
      account.waiting = false;
      tell(this.#challengeOf(pending.slot, account, now));
    }
  }

  #challengeOf(slot: number, account: Lone, now: number): LoneChallenge {
    const { rows } = this.table;
    const row = this.table.row(slot);
    const client = rows.slice(row, row + ENDPOINT);
    const server = rows.slice(row + ENDPOINT, row + 2 * ENDPOINT);
    const user = shortText(rows, row + USER);
    const host = shortText(rows, row + HOST);
    const pair = this.table.at(this.table.put(this.#key.reset().add(client, 0, ADDRESS).add(server, 0, ADDRESS), now));
    pair.misses++;
    return { account, pair, client, server, user, host };
  }

  #keep(slot: number, { bytes, to: { uri } }: SipMessage, packet: Packet): void {
    const { rows } = this.table;
    const row = this.table.row(slot);
    rows.set(packet.dst, row);
    rows.set(packet.src, row + ENDPOINT);
    keepShort(rows, row + USER, LONGEST, bytes, uri.user.start, uri.user.end);
    keepShort(rows, row + HOST, LONGEST, bytes, uri.host.start, uri.host.end);
  }

  #pairKey(packet: Packet): Key {
    return this.#key.reset().add(packet.dst, 0, ADDRESS).add(packet.src, 0, ADDRESS);
  }

  /** Joins account and method to the key of the pair. */
  #addAccount({ bytes, to: { uri }, cseqMethod }: SipMessage): Key {
    const key = this.#key.addByte(cseqMethod);
    return uri.user.start < 0 ? key : key.add(bytes, uri.user.start, Math.max(uri.user.end, uri.host.end));
  }
}

/** Methods that open something: what they are refused with is about the user they name. */
function asks(method: number): boolean {
  return method === REGISTER || method === INVITE || method === OPTIONS || method === SUBSCRIBE;
}

function makeLone(): Lone {
  return {
    waiting: false,
    refusals: 0,
    trusted: false,
    misses: 0,
    hits: 0,
    optionsUser: 0,
    optionsPort: -1,
    last: 0,
    method: 0,
    status: 0,
    time: 0.5,
    file: '',
    frame: 0,
  };
}

function resetLone(a: Lone): void {
  a.waiting = false;
  a.refusals = 0;
  a.trusted = false;
  a.misses = 0;
  a.hits = 0;
  a.optionsUser = 0;
  a.optionsPort = -1;
  a.last = 0;
}

/** An OPTIONS named another user than the last one to that port: not so where a server pings its phones behind one address. */
function namesAnother(seed: Seed, key: Key, { bytes, to }: SipMessage, packet: Packet, pair: Lone): boolean {
  const { user } = to.uri;
  if (user.start < 0 || user.end === user.start) return false;
  const name = hash(seed, key.reset().add(bytes, user.start, user.end)) | 1;
  const port = portOf(packet.src);
  const another = pair.optionsPort < 0 || (pair.optionsPort === port && pair.optionsUser !== name);
  pair.optionsUser = name;
  pair.optionsPort = port;
  return another;
}
