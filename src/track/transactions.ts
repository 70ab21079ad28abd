/**
 * Transactions: a request, its retransmissions and its answers (RFC 3261 §17 with the INVITE fix of RFC 6026).
 *
 * The key is the top Via branch with CSeq number and method (§17.2.3; ACK counts as INVITE): neither can differ within a
 * transaction. A branch that is missing, lacks the cookie (nmap: `branch=foo`) or is used again by another Call-ID or From
 * tag does not decide alone: then these join the key, as RFC 2543 had it. Guessing tools that keep Call-ID and CSeq for all
 * guesses get a transaction each, by their branches (M-05).
 */
import { ADDRESS, ENDPOINT, keepShort, shortText } from '../bytes.ts';
import { wordAt } from '../decode/lines.ts';
import { CANCEL, INVITE, type SipMessage } from '../decode/message.ts';
import { Key, type Seed, Table } from '../table.ts';
import { TimeoutQueue } from '../timeouts.ts';
import type { Packet, Span } from '../types.ts';

/** T1 × 64 in µs: Timer B, F, H, J and L (RFC 3261 §17, RFC 6026 §8.7). */
export const TIMEOUT = 32_000_000;
/**
 * µs a transaction is remembered after its last message, once it was answered: more than the longest gap between two repetitions
 * (T2 = 4 s; RFC 3261 §17.1.2.2), so that each is known as one. An INVITE may be repeated at gaps of up to 16 s.
 */
const AFTERGLOW = 5_000_000;
/** µs within which a proxy sends on what it got. */
const FORWARDING = 5_000_000;
/** Places one request is forwarded to (RFC 3261 §16.6: forking), repetitions by another server after a failure included. */
const MOST_COPIES = 16;
/** Timer C in µs: how long an INVITE may ring without news (RFC 3261 §16.6 step 11). */
export const RINGING = 185_000_000;

/** One transaction as a passive observer sees it. Plain data; endpoints and credentials lie in its row. */
export interface Transaction {
  /** 1, 2, 3 … over the whole run. */
  ordinal: number;
  /** Code of its method. */
  method: number;
  /** Of its Call-ID and From tag. */
  identity: number;
  /** Of nonce and digest response in its credentials, 0 without any. */
  proof: number;
  /** µs of its first message. */
  started: number;
  requests: number;
  /** Answers, repetitions included. */
  answers: number;
  /** Status of the last answer, 0 before any. */
  status: number;
  /** A final answer was seen; µs of the first one. */
  final: boolean;
  ended: number;
  /** Of the body of an INVITE: a repetition must be identical (RFC 3261 §17.1.1.2). */
  offer: number;
  /** Of the To tag of its first final answer, 0: none (INVITE). */
  tag: number;
  /** An ACK to its final answer was seen (INVITE). */
  acknowledged: boolean;
  /** The request was outside any dialog. */
  initial: boolean;
  /** The request carried Digest credentials. */
  credentials: boolean;
  /** Where its first message lies. */
  file: string;
  frame: number;
  /** Slot and generation of the nonce the credentials answer, -1: none known. */
  nonce: number;
  nonceGeneration: number;
  /** Slot and generation of the relation of its client and server, -1: none. */
  relation: number;
  relationGeneration: number;
  /** Slot and generation of the call it belongs to, -1: none. */
  call: number;
  callGeneration: number;
  /** Slot and generation of the dialog it was sent in, -1: none. */
  dialog: number;
  dialogGeneration: number;
  /** Of the user its To names. */
  to: number;
  /** How its client was found: code of an attribution (origin.ts). */
  attributed: number;
  /** It is the same request as one seen on its way to this client's proxy. */
  copy: boolean;
  /** How often it was seen again behind a proxy. */
  copies: number;
  /** Slot and generation of the transaction a copy is a copy of, -1: none. */
  original: number;
  originalGeneration: number;
  /** A copy of it was refused, which its client has not been told yet. */
  owed: boolean;
  /** Final answers, repetitions included. */
  finals: number;
  /** Link to the load of the account its To URI names (loads.ts). */
  load: number;
  /** Slot and generation of the number it dials (dialled.ts), -1: none. */
  dialled: number;
  dialledGeneration: number;
  /** Make (calls/make.ts) of a REGISTER, and of an INVITE with credentials, 0 for others; and that it asks for a binding to end. */
  make: number;
  ends: boolean;
  /** Its place in the queue of `Rates` it waits in, -1: none. */
  waiting: number;
  /** INVITE: hash of the host of its Request-URI (`Rates`). */
  hop: number;
  /** It was sent inside a call of which nothing but requests of one side was seen before (`calls/strays.ts`). */
  astray: boolean;
}

/*
 * The row of a transaction: 18 bytes of the client's endpoint, 18 of the server's, then user name and realm of the
 * credentials, each behind a length byte. Bytes and not strings: most are never asked for.
 */
const CLIENT = 0;
const SERVER = ENDPOINT;
const USER = 2 * ENDPOINT;
const LONGEST = 47;
const REALM = USER + 1 + LONGEST;
const ROW = REALM + 1 + LONGEST;

function makeTransaction(): Transaction {
  return {
    ordinal: 0,
    method: 0,
    identity: 0,
    proof: 0,
    started: 0.5,
    requests: 0,
    answers: 0,
    status: 0,
    final: false,
    ended: 0.5,
    tag: 0,
    offer: 0,
    acknowledged: false,
    initial: false,
    credentials: false,
    file: '',
    frame: 0,
    nonce: -1,
    nonceGeneration: 0,
    relation: -1,
    relationGeneration: 0,
    call: -1,
    callGeneration: 0,
    dialog: -1,
    dialogGeneration: 0,
    to: 0,
    attributed: 0,
    copy: false,
    copies: 0,
    original: -1,
    originalGeneration: 0,
    owed: false,
    finals: 0,
    load: 0,
    dialled: -1,
    dialledGeneration: 0,
    make: 0,
    ends: false,
    waiting: -1,
    hop: 0,
    astray: false,
  };
}

function resetTransaction(t: Transaction): void {
  t.identity = 0;
  t.make = 0;
  t.ends = false;
  t.proof = 0;
  t.requests = 0;
  t.answers = 0;
  t.status = 0;
  t.final = false;
  t.tag = 0;
  t.acknowledged = false;
  t.initial = false;
  t.credentials = false;
  t.nonce = -1;
  t.relation = -1;
  t.call = -1;
  t.dialog = -1;
  t.copy = false;
  t.copies = 0;
  t.original = -1;
  t.owed = false;
  t.finals = 0;
  t.astray = false;
  t.load = 0;
  t.dialled = -1;
  t.waiting = -1;
}

/** All transactions that are going on or ended seconds ago (5 s, an INVITE 32 s). */
export class Transactions {
  readonly table: Table<Transaction>;
  /** Initial requests without an answer yet, due 32 s after they were sent. */
  readonly unanswered: TimeoutQueue;
  /** The message last looked up repeats one of its transaction. */
  known = false;
  /** The request last looked up repeats an INVITE without a final answer, with another body. */
  offerChanged = false;
  /** Slot of the transaction last looked up. */
  slot = -1;
  readonly #key = new Key(512);

  readonly #watchSilence: boolean;
  #begun = 0;

  /** @param watchSilence someone wants to hear of requests without any answer. */
  constructor(capacity: number, seed: Seed, watchSilence: boolean) {
    this.#watchSilence = watchSilence;
    this.table = new Table({
      name: 'transactions',
      capacity,
      // A second more than the deadline of unanswered requests, so that their entry is still there when they fall due.
      ttl: TIMEOUT + 1_000_000,
      keyBytes: 72,
      rowBytes: ROW,
      seed,
      make: makeTransaction,
      reset: resetTransaction,
    });
    this.unanswered = new TimeoutQueue(watchSilence ? capacity : 8);
  }

  /** The transaction of a request other than ACK, made if it is new. */
  ofRequest(m: SipMessage, packet: Packet, now: number): Transaction {
    const identity = identityOf(m);
    let slot = this.table.put(this.#keyOf(m, m.method, m.via.branch), now);
    if (!this.table.fresh && this.table.at(slot).identity !== identity) slot = this.table.put(this.#addIdentity(m), now);
    const t = this.table.at(slot);
    this.slot = slot;
    const proof = m.credentials.digest ? mixTail(mixTail(1, m.bytes, m.credentials.nonce), m.bytes, m.credentials.response) : 0;
    this.known = !this.table.fresh && t.proof === proof;
    // Other credentials in the same wrapping are another attempt, whatever the sender calls it: repetitions are identical
    // (RFC 3261 §17.1.2.2).
    if (!this.table.fresh && !this.known) resetTransaction(t);
    t.requests++;
    this.offerChanged = false;
    if (m.method === INVITE) this.#compareOffer(t, m);
    if (this.known) return t;
    t.ordinal = ++this.#begun;
    t.proof = proof;
    t.method = m.method;
    t.identity = identity;
    t.started = packet.time;
    t.file = packet.where.file;
    t.frame = packet.frameNumber;
    t.to = mixTail(1, m.bytes, m.to.uri.user);
    t.initial = m.to.tag.start < 0 && m.method !== CANCEL;
    return t;
  }

  #compareOffer(t: Transaction, m: SipMessage): void {
    const offer = mixBody(m.body);
    this.offerChanged = this.known && !t.final && t.offer !== offer;
    t.offer = offer;
  }

  /** Keeps who asked whom with the request last looked up (18 bytes each), and watches it for silence. */
  keepEndpoints(t: Transaction, client: Uint8Array, server: Uint8Array, now: number): void {
    const { rows } = this.table;
    const row = this.table.row(this.slot);
    for (let i = 0; i < ENDPOINT; i++) {
      rows[row + CLIENT + i] = client[i]!;
      rows[row + SERVER + i] = server[i]!;
    }
    // What was forwarded is watched where it came from.
    if (t.initial && this.#watchSilence && !t.copy) this.unanswered.push(this.slot, this.table.generation(this.slot), now + TIMEOUT);
  }

  /**
   * True if a request is one that was seen on its way to where it comes from now: the transaction whose branch stands beneath its
   * topmost Via began within 5 s, was sent to the address of `packet`, and names the same Call-ID, From tag, To user and CSeq.
   * Other credentials make another attempt, and one request goes to so many places at most: whoever replays a request under
   * the Via of another is not taken for him. `client` becomes who sent it first.
   */
  forwarded(m: SipMessage, branch: Span, packet: Packet, now: number, client: Uint8Array): boolean {
    const own = this.slot;
    const slot = this.#find(m, m.method, branch, now);
    if (slot < 0 || slot === own) return false;
    const t = this.table.at(slot);
    if (packet.time - t.started > FORWARDING || t.copies >= MOST_COPIES || t.to !== mixTail(1, m.bytes, m.to.uri.user)) return false;
    const copy = this.table.at(own);
    if (copy.proof !== 0 && copy.proof !== t.proof) return false;
    const { rows } = this.table;
    const row = this.table.row(slot);
    for (let i = 0; i < ADDRESS; i++) if (rows[row + SERVER + i] !== packet.src[i]) return false;
    for (let i = 0; i < ENDPOINT; i++) client[i] = rows[row + CLIENT + i]!;
    t.copies++;
    copy.original = slot;
    copy.originalGeneration = this.table.generation(slot);
    return true;
  }

  /** Keeps user name and realm of the credentials of the request last looked up. */
  keepCredentials(m: SipMessage): void {
    const { username, realm } = m.credentials;
    const row = this.table.row(this.slot);
    keepShort(this.table.rows, row + USER, LONGEST, m.bytes, username.start, username.end);
    keepShort(this.table.rows, row + REALM, LONGEST, m.bytes, realm.start, realm.end);
  }

  /** Appends user name and realm of a transaction's credentials to a key. */
  addCredentials(key: Key, slot: number): Key {
    const { rows } = this.table;
    const user = this.table.row(slot) + USER;
    const realm = this.table.row(slot) + REALM;
    return key.add(rows, user, user + 1 + rows[user]!).add(rows, realm, realm + 1 + rows[realm]!);
  }

  /** User name of the credentials of a transaction. */
  userOf(slot: number): string {
    return shortText(this.table.rows, this.table.row(slot) + USER);
  }

  /** Realm of the credentials of a transaction. */
  realmOf(slot: number): string {
    return shortText(this.table.rows, this.table.row(slot) + REALM);
  }

  /** Copies the endpoints of a transaction: 18 bytes each. */
  endpoints(slot: number, client: Uint8Array, server: Uint8Array): void {
    const { rows } = this.table;
    const row = this.table.row(slot);
    for (let i = 0; i < ENDPOINT; i++) {
      client[i] = rows[row + CLIENT + i]!;
      server[i] = rows[row + SERVER + i]!;
    }
  }

  /** The transaction an ACK belongs to, if its INVITE was seen: only then does it answer a non-2xx (RFC 3261 §17.1.1.3). */
  ofAck(m: SipMessage, now: number): Transaction | undefined {
    const slot = this.#find(m, INVITE, m.via.branch, now);
    if (slot < 0) return undefined;
    const t = this.table.at(slot);
    this.slot = slot;
    this.known = t.acknowledged;
    t.acknowledged = true;
    return t;
  }

  /** The transaction that a CANCEL is to end: that of the INVITE with the same branch (RFC 3261 §9.1), if it was seen. */
  inviteOf(m: SipMessage, now: number): Transaction | undefined {
    const slot = this.#find(m, INVITE, m.via.branch, now);
    return slot < 0 ? undefined : this.table.at(slot);
  }

  /** The transaction of an answer, if its request was seen. Counts the answer; `known` tells whether it was a repetition. */
  ofAnswer(m: SipMessage, now: number): Transaction | undefined {
    const slot = this.#find(m, m.cseqMethod, m.via.branch, now);
    if (slot < 0) return undefined;
    const t = this.table.at(slot);
    this.slot = slot;
    this.known = t.answers > 0 && t.status === m.status;
    t.answers++;
    t.status = m.status;
    if (m.status >= 200) t.finals++;
    this.table.expireAt(slot, now + (t.method !== INVITE ? AFTERGLOW : m.status < 200 ? RINGING : TIMEOUT));
    return t;
  }

  #find(m: SipMessage, method: number, branch: Span, now: number): number {
    const slot = this.table.find(this.#keyOf(m, method, branch), now);
    if (slot < 0 || this.table.at(slot).identity === identityOf(m)) return slot;
    return this.table.find(this.#addIdentity(m), now);
  }

  #keyOf(m: SipMessage, method: number, { start, end }: Span): Key {
    const key = this.#key.reset();
    const b = m.bytes;
    if (start >= 0) key.add(b, start, end);
    key.addByte(method).addNumber(m.cseq);
    if (method === 0) key.add(b, m.cseqMethodSpan.start, m.cseqMethodSpan.end);
    return end - start > COOKIE && b[start] === 0x7a && b[start + 6] === 0x4b ? key : this.#addIdentity(m);
  }

  /** Joins Call-ID and From tag to the key last made. */
  #addIdentity(m: SipMessage): Key {
    const key = this.#key;
    if (m.callId.start >= 0) key.add(m.bytes, m.callId.start, m.callId.end);
    if (m.from.tag.start >= 0) key.add(m.bytes, m.from.tag.start, m.from.tag.end);
    return key;
  }
}

/** Length of the magic cookie `z9hG4bK` (RFC 3261 §8.1.1.7). */
const COOKIE = 7;

/** A number that differs, most likely, when Call-ID or From tag do. */
export function identityOf(m: SipMessage): number {
  return mixTail(mixTail(1, m.bytes, m.callId), m.bytes, m.from.tag);
}

/** Of the bytes and the length of a body, up to three bytes at its end left out: they are line ends. The buffer is attached: it was just read. */
function mixBody({ start, end }: Span): number {
  let x = end - start;
  for (let i = start; i + 4 <= end; i += 4) x = Math.imul(x ^ wordAt(i), 0x01000193);
  return x;
}

/** Mixes the length and the last eight bytes of a range into a number: for what a full key has told apart already. */
export function mixTail(h: number, bytes: Uint8Array, { start, end }: Span): number {
  const from = end - start > 8 ? end - 8 : start;
  let x = h ^ (end - start);
  for (let i = from; i < end; i++) x = Math.imul(x ^ bytes[i]!, 0x01000193);
  return x;
}

/** A number for the To tag of a message, 0 if it has none. */
export function tagOf({ bytes, to: { tag } }: SipMessage): number {
  return tag.start < 0 ? 0 : mixTail(1, bytes, tag) | 1;
}
