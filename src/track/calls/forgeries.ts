/**
 * Messages that speak in the name of a party to a call and are not its own (S1-40, S1-43, S2-24 to S2-29), by evidence and not by bare
 * address: media of the party that go on, another make, an answer or CANCEL behind a proxy that nobody gave in front of it. Whoever
 * comes from a new place is waited for: a telephone that moved stops sending from where it was.
 */
import { ENDPOINT } from '../../bytes.ts';
import { BYE, CANCEL, INVITE, REFER, type SipMessage, UPDATE } from '../../decode/message.ts';
import { Key, type Seed, Table } from '../../table.ts';
import { TimeoutQueue } from '../../timeouts.ts';
import type { Media } from '../media/media.ts';
import { DESCRIBED } from '../media/promises.ts';
import type { Observation } from '../observation.ts';
import { TIMEOUT, type Transaction, type Transactions, tagOf } from '../transactions.ts';
import type { Calls } from './calls.ts';
import { CALLEE, CALLER, NOBODY } from './dialogstate.ts';
import { isOtherMake, keepMake } from './make.ts';
import type { Signs } from './signs.ts';
import { SENDER_UNKNOWN } from './violations.ts';

/** What shows that a message was forged, by code. */
export const EVIDENCE_NAMES = [
  '',
  'media-goes-on',
  'no-media',
  'other-make',
  'not-forwarded',
  'not-cancelled',
  'not-answered',
  'answered-after',
] as const;

/** Nothing does. */
export const NO_EVIDENCE = 0;
/** The party in whose name it came goes on sending from where it was. */
const MEDIA_GOES_ON = 1;
/** It came from a new place, and no media was captured that could tell. */
const NO_MEDIA = 2;
/** Another program wrote it than wrote the earlier requests of that side. */
const OTHER_MAKE = 3;
/** It comes from a proxy of the call, which only forwards, and bears the mark of nobody it was forwarded for. */
const NOT_FORWARDED = 4;
/** The caller was told 487, though the only CANCEL was seen behind the proxy. */
const NOT_CANCELLED = 5;
/** The caller was told that the telephone which rings has refused, and it has not. */
const NOT_ANSWERED = 6;
/** The telephone answered after a refusal in its name. */
export const ANSWERED_AFTER = 7;

/** µs after which a message from a new place is judged. */
export const VERDICT = 2_500_000;
/** µs in which media on its way may still come. */
const GRACE = 1_000_000;
/** µs after its offer was accepted within which a party that has moved has fallen silent where it was, with what is on its way. */
const ENOUGH = GRACE + 500_000;
/** Messages from new places that wait at a time. */
const MOST_SUSPECTS = 4096;

/** A request inside a call from an address that had no part in it. Plain data; who sent it to whom lies in its row. */
export interface Suspect {
  call: number;
  callGeneration: number;
  side: number;
  method: number;
  /** Slot and ordinal of its transaction, ordinal 0: none. */
  transaction: number;
  ordinal: number;
  /** µs in the time of the capture, and in the pipeline's. */
  time: number;
  asked: number;
  file: string;
  frame: number;
}

/** Looks for forged messages. */
export class Forgeries {
  readonly suspects: Table<Suspect>;
  readonly #waiting: TimeoutQueue;
  readonly #calls: Calls;
  readonly #media: Media;
  readonly #transactions: Transactions;
  readonly #key = new Key(16);
  readonly #client = new Uint8Array(ENDPOINT);
  readonly #server = new Uint8Array(ENDPOINT);

  constructor(seed: Seed, transactions: Transactions, calls: Calls, media: Media) {
    this.#transactions = transactions;
    this.#calls = calls;
    this.#media = media;
    this.#waiting = new TimeoutQueue(MOST_SUSPECTS);
    this.suspects = new Table<Suspect>({
      name: 'suspects',
      capacity: MOST_SUSPECTS,
      ttl: TIMEOUT + 2 * VERDICT,
      keyBytes: 16,
      rowBytes: 2 * ENDPOINT,
      seed,
      make: () => ({
        call: -1,
        callGeneration: 0,
        side: NOBODY,
        method: 0,
        transaction: -1,
        ordinal: 0,
        time: 0.5,
        asked: 0.5,
        file: '',
        frame: 0,
      }),
      reset: () => {},
    });
  }

  /** µs at which the next suspect is judged. */
  get due(): number {
    return this.#waiting.next;
  }

  /** An initial INVITE: who calls, and who forwards. */
  invited({ packet, call }: Observation, m: SipMessage): void {
    if (call === undefined || isNameless(m)) return;
    const { signs } = call;
    if (m.viaCount > 1) signs.forwarder = numberOf(packet.src);
    else if (signs.caller.spelling === 0) keepMake(signs.caller, m);
  }

  /** A request inside a call, or its CANCEL, after its dialog was found: sets `o.forgery`. */
  request(o: Observation, m: SipMessage, now: number): void {
    const { call, packet } = o;
    if (call === undefined || isNameless(m)) return;
    const side = m.method === CANCEL ? CALLER : o.side;
    if (side === NOBODY) return;
    if (m.viaCount === 1) o.forgery = this.#written(o, m, side);
    if (o.forgery === NO_EVIDENCE && o.violation === SENDER_UNKNOWN && mayMove(m.method)) this.#suspect(o, m, side, packet.time, now);
  }

  /** An answer other than 100 to the INVITE of a call; `repeated`: its status is that of the answer before. Sets `o.forgery`. */
  answered(o: Observation, m: SipMessage, t: Transaction, repeated: boolean): void {
    if (o.call === undefined || isNameless(m)) return;
    const s = o.call.signs;
    const tag = tagOf(m);
    if (t.copy) behind(o, s, m.status, tag, t.final && !repeated);
    else if (m.status >= 300 && !t.final && this.#reachesCaller(o)) o.forgery = refusal(s, m.status, tag);
    if (m.status >= 300) s.told = tag;
    if (tag === 0 || t.final) return;
    if (m.status < 200) keepRinger(s, m, tag, t.ordinal);
    else if (m.status >= 300 && o.forgery === NO_EVIDENCE && isOtherRinger(s, m, tag, t.ordinal)) o.forgery = OTHER_MAKE;
  }

  /**
   * The answer is to the caller himself, on the hop his call began with. A proxy that hides its topology forwards under Vias that nobody
   * knows again: what it is told there is no answer to the caller, though its INVITE is nobody's copy.
   */
  #reachesCaller({ packet, call, slot }: Observation): boolean {
    this.#transactions.endpoints(slot, this.#client, this.#server);
    return this.#calls.isFirst(call!.slot, packet.dst) && this.#calls.isAsked(call!.slot, this.#server);
  }

  /** Judges everybody who has waited long enough, in the pipeline's time. */
  lapse(now: number, tell: (slot: number, evidence: number) => void): void {
    while (this.#waiting.take(now)) {
      const { slot, generation, due } = this.#waiting;
      if (!this.suspects.alive(slot, generation, Math.min(now, due))) continue;
      const s = this.suspects.at(slot);
      const since = this.#since(s);
      const evidence = this.#judge(s, since, now);
      if (evidence === NO_EVIDENCE && now < since + ENOUGH && now < s.asked + TIMEOUT) {
        this.#waiting.push(slot, generation, now + VERDICT);
        continue;
      }
      if (evidence !== NO_EVIDENCE) tell(slot, evidence);
      this.suspects.remove(slot);
    }
  }

  /** Who sent the message of a suspect to whom, copied: 18 bytes each. */
  endpoints(slot: number, src: Uint8Array, dst: Uint8Array): void {
    const { rows } = this.suspects;
    const row = this.suspects.row(slot);
    for (let i = 0; i < ENDPOINT; i++) {
      src[i] = rows[row + i]!;
      dst[i] = rows[row + ENDPOINT + i]!;
    }
  }

  /** Compares who wrote a request with who wrote for that side before. */
  #written({ packet, call, fromParty }: Observation, m: SipMessage, side: number): number {
    const { signs, slot } = call!;
    if (signs.forwarder !== 0 && signs.forwarder === numberOf(packet.src)) {
      return m.method === REFER || m.method === UPDATE || m.method === INVITE ? NOT_FORWARDED : NO_EVIDENCE;
    }
    // Each hop writes a CANCEL of its own (RFC 3261 §9.2).
    if (m.method === CANCEL && fromParty && !this.#calls.isFirst(slot, packet.src)) return NO_EVIDENCE;
    const make = side === CALLER ? signs.caller : signs.callee;
    if (isOtherMake(make, m)) return OTHER_MAKE;
    if (make.spelling === 0 && fromParty && side === CALLEE) keepMake(make, m);
    return NO_EVIDENCE;
  }

  #suspect({ call, packet, slot: transaction, transaction: t }: Observation, m: SipMessage, side: number, time: number, now: number): void {
    const { slot: of, generation } = call!;
    const slot = this.suspects.put(this.#key.reset().addNumber(of).addNumber(generation).addByte(side).addByte(m.method), now);
    if (!this.suspects.fresh) return;
    const s = this.suspects.at(slot);
    s.call = of;
    s.callGeneration = generation;
    s.side = side;
    s.method = m.method;
    s.transaction = transaction;
    s.ordinal = t === undefined ? 0 : t.ordinal;
    s.time = time;
    s.asked = now;
    s.file = packet.where.file;
    s.frame = packet.frameNumber;
    const { rows } = this.suspects;
    const row = this.suspects.row(slot);
    for (let i = 0; i < ENDPOINT; i++) {
      rows[row + i] = packet.src[i]!;
      rows[row + ENDPOINT + i] = packet.dst[i]!;
    }
    this.#waiting.push(slot, this.suspects.generation(slot), now + VERDICT);
  }

  /**
   * µs since when the party is no longer where it was, if the message was its own. Whoever moves media stays until the offer is accepted,
   * so that is not before its answer; never, if it is not answered, and of one that is challenged the next one tells.
   */
  #since(s: Suspect): number {
    if (s.method === BYE || s.ordinal === 0) return s.time;
    const { table } = this.#transactions;
    const t = table.at(s.transaction);
    if (t.ordinal !== s.ordinal || !t.final) return Number.POSITIVE_INFINITY;
    return t.status === 401 || t.status === 407 ? Number.POSITIVE_INFINITY : t.status < 300 ? t.ended : s.time;
  }

  #judge(s: Suspect, since: number, now: number): number {
    const { ofCalls, streams } = this.#media;
    if (!ofCalls.holds(s.call, s.callGeneration)) return NO_MEDIA;
    let seen = false;
    for (let n = 0; n < ofCalls.streamsKept(s.call); n++) {
      const slot = ofCalls.stream(s.call, n);
      if (streams.generation(slot) !== ofCalls.streamGeneration(s.call, n)) continue;
      const stream = streams.at(slot);
      seen ||= stream.started;
      if (stream.side !== s.side - CALLER || stream.first >= s.time || stream.last <= since + GRACE) continue;
      if (s.method === BYE || this.#leftBehind(slot, s.time, now)) return MEDIA_GOES_ON;
    }
    return seen ? NO_EVIDENCE : NO_MEDIA;
  }

  /** The endpoint a stream comes from was described before `time` and not since: the new description took media elsewhere. */
  #leftBehind(slot: number, time: number, now: number): boolean {
    const { promises } = this.#media;
    const from = this.#media.sourceOf(slot, now);
    if (from < 0) return false;
    const { kind, told } = promises.table.at(from);
    return kind === DESCRIBED && told < time;
  }
}

/** Somebody rings: how he writes. */
function keepRinger(s: Signs, m: SipMessage, tag: number, hop: number): void {
  if (s.ringerTag !== 0) return;
  s.ringerTag = tag;
  s.ringerHop = hop;
  keepMake(s.ringer, m);
}

/** A refusal in the name of who rings, written by another program. */
function isOtherRinger(s: Signs, m: SipMessage, tag: number, hop: number): boolean {
  return tag === s.ringerTag && hop === s.ringerHop && isOtherMake(s.ringer, m);
}

/** A final or provisional answer behind a proxy. `again`: another final answer was given before. */
function behind(o: Observation, s: Signs, status: number, tag: number, again: boolean): void {
  if (status < 200) s.ringing = tag;
  else if (status < 300) {
    if (again && tag !== 0 && s.refused === tag) o.forgery = ANSWERED_AFTER;
    s.decided = true;
  } else if (status !== 401 && status !== 407) {
    if (s.refused === 0) {
      s.refused = tag;
      s.refusal = status;
    }
    s.decided = true;
  }
}

/** A refusal that the caller gets. */
function refusal(s: Signs, status: number, tag: number): number {
  if (status === 487) return s.cancels === 2 ? NOT_CANCELLED : NO_EVIDENCE;
  return tag !== 0 && tag === s.ringing && !s.decided ? NOT_ANSWERED : NO_EVIDENCE;
}

/** Messages without a Call-ID belong to no call: all of them share one place. */
function isNameless({ callId }: SipMessage): boolean {
  return callId.end <= callId.start;
}

/** A telephone that moved says so with these. */
function mayMove(method: number): boolean {
  return method === BYE || method === INVITE || method === UPDATE;
}

/** A number for an endpoint. */
function numberOf(endpoint: Uint8Array): number {
  let x = 1;
  for (let i = 0; i < ENDPOINT; i++) x = Math.imul(x ^ endpoint[i]!, 0x01000193);
  return x | 1;
}
