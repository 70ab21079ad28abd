/**
 * Calls: what became of each INVITE, by Call-ID. All hops that carry one Call-ID are one call; its dialogs and forks are in
 * `dialogs.ts`, the other side of a B2BUA in `legs.ts`. A call is told 32 s after its end, so that late media still count
 * (S1-40), when its place is taken, or at the end of the input.
 */
import { addressText, keptText } from '../../bytes.ts';
import type { SipMessage } from '../../decode/message.ts';
import { Key, type Seed, Table } from '../../table.ts';
import { TimeoutQueue } from '../../timeouts.ts';
import { type Call, DISPOSITIONS, type MediaStream, type Packet } from '../../types.ts';
import { identityOf, TIMEOUT, type Transaction } from '../transactions.ts';
import { addRoutes, causeOf, noteIdentity } from './callheaders.ts';
import {
  ANSWERED,
  beginCall,
  CANCELLED,
  type CallState,
  CHALLENGED,
  dispositionOf,
  makeCall,
  NETWORK,
  REDIRECTED,
  recordOf,
  UNANSWERED,
} from './callstate.ts';
import { CALLEE, CALLER, NOBODY } from './dialogstate.ts';
import { addParty, isPartyAt, knowsAddress, PARTIES_BYTES, partyAt } from './parties.ts';
import { emptySummary, summarise } from './summary.ts';

/** µs a call that says nothing is remembered: it has most likely ended unseen. */
const SILENT = 4 * 3_600_000_000;
/** µs a call of which only requests of one side were seen is remembered: it may be invented. */
const UNPROVEN = 64_000_000;
/** µs the place of a call is kept after it was told: late messages are still known as its own, as long as its dialogs are. */
const AFTERLIFE = TIMEOUT;

/** Where the streams of a call come from: its place in the table tells it from others. */
export type MediaOf = (slot: number, generation: number) => readonly MediaStream[];

const NO_STREAMS: readonly MediaStream[] = [];

/** All calls going on. */
export class Calls {
  readonly table: Table<CallState>;
  /** Calls that are over since the pipeline last took them; filled only if calls are wanted. */
  readonly over: Call[] = [];
  /** Calls by code of their disposition, those that are over. */
  readonly byDisposition = new Float64Array(DISPOSITIONS.length);
  /** Sums over all calls that are over. */
  readonly summary = emptySummary();
  /** µs at which `fade` has something to do. */
  due = Number.POSITIVE_INFINITY;
  /** The call that `invited` last found is new. */
  fresh = false;
  /** Says which streams belong to a call; set by whoever watches media. */
  mediaOf: MediaOf = () => NO_STREAMS;
  /** µs for which both sides of a call sent media since then; set by whoever watches media. */
  talkSince: (slot: number, generation: number, since: number) => number = () => 0;
  readonly wanted: boolean;
  readonly #key = new Key(256);
  /** Calls that ended and are not told yet. */
  readonly #fading: TimeoutQueue;

  constructor(capacity: number, seed: Seed, wanted: boolean) {
    this.wanted = wanted;
    this.#fading = new TimeoutQueue(capacity);
    this.table = new Table<CallState>({
      name: 'calls',
      capacity,
      ttl: SILENT,
      keyBytes: 64,
      rowBytes: PARTIES_BYTES,
      seed,
      make: makeCall,
      reset: (c) => this.#tell(c),
    });
  }

  /** A new call came through a trusted proxy: its record names who is behind it (18 bytes). Who takes part in it goes by the packets. */
  originated(c: CallState, client: Uint8Array): void {
    if (this.wanted) c.src = addressText(client);
  }

  /** The call an initial INVITE begins or continues; links the transaction to it. */
  invited(m: SipMessage, packet: Packet, t: Transaction, now: number): CallState {
    const slot = this.#place(m, now);
    const c = this.table.at(slot);
    this.fresh = this.table.fresh;
    if (this.fresh) this.#begin(slot, c, m, packet, t);
    t.call = slot;
    t.callGeneration = this.table.generation(slot);
    c.hops++;
    if (t.credentials) c.credentials = true;
    if (packet.transport === 'tls' || packet.transport === 'wss') c.secureHops++;
    // Whoever does not know the caller's tag is not made a party by an INVITE.
    if (t.identity === c.identity) this.meet(slot, packet);
    // Called again after a refusal: with credentials, or elsewhere.
    if (c.answered === 0) {
      c.ended = 0;
      c.hungUpBy = NOBODY;
    }
    return c;
  }

  /** The call of a dialog whose beginning was not seen, made if there is none. Returns its slot. */
  adopted(m: SipMessage, packet: Packet, now: number): number {
    const slot = this.#place(m, now);
    const c = this.table.at(slot);
    if (!this.table.fresh) return slot;
    beginCall(c, packet.time);
    this.#keep(slot, c, m, packet);
    this.table.expireAt(slot, now + UNPROVEN);
    return slot;
  }

  /** A request inside a confirmed dialog was accepted: the call was answered, even if that was not seen. */
  prove(slot: number, now: number): void {
    const c = this.table.at(slot);
    this.table.touch(slot, now);
    c.heard = true;
    if (c.disposition === UNANSWERED || c.disposition === CHALLENGED) c.disposition = ANSWERED;
  }

  /** Both sides were seen, or its beginning: it is a call, and not one side's word. */
  isKnown(slot: number): boolean {
    const { complete, heard } = this.table.at(slot);
    return complete || heard;
  }

  /** What a final or provisional answer to an initial INVITE means for its call. */
  answer(m: SipMessage, packet: Packet, t: Transaction, now: number): CallState | undefined {
    if (t.call < 0 || !this.table.alive(t.call, t.callGeneration, now)) return undefined;
    const c = this.table.at(t.call);
    this.table.touch(t.call, now);
    c.heard = true;
    if (c.ringing === 0 && (m.status === 180 || m.status === 183)) c.ringing = packet.time;
    if (m.status < 200 || c.answered > 0) return c;
    c.status = m.status;
    c.disposition = dispositionOf(m.status);
    if (c.disposition === CHALLENGED) return c;
    if (c.decided === 0) c.decided = packet.time;
    if (c.disposition === ANSWERED) this.#answered(c, m, packet, t);
    // Each hop repeats a final answer, and another INVITE may follow: so the call is told when it fades.
    else this.#refused(c, m, packet, now);
    return c;
  }

  #answered(c: CallState, m: SipMessage, packet: Packet, t: Transaction): void {
    c.answered = packet.time;
    c.ended = 0;
    c.authenticated = t.credentials;
    if (this.wanted) c.calleeAgent = keptText(m.bytes, m.userAgent.start, m.userAgent.end);
  }

  #refused(c: CallState, m: SipMessage, packet: Packet, now: number): void {
    c.cause = causeOf(m);
    c.hungUpBy = refuserOf(c.disposition, m.status);
    if (c.disposition === CANCELLED && !c.cancelled) c.hungUpBy = NETWORK;
    this.#end(c, packet.time, now);
  }

  /** One of its dialogs ended at `time` (µs); the call is over with the last of them. */
  dialogEnded(slot: number, by: number, time: number, now: number): void {
    const c = this.table.at(slot);
    if (c.open > 0) c.open--;
    if (c.open > 0 || c.ended > 0) return;
    c.hungUpBy = by;
    this.#end(c, time, now);
  }

  /** Its last dialog was silent too long: it is told, without an end. */
  lost(slot: number, now: number): void {
    const c = this.table.at(slot);
    if (c.open > 0) c.open--;
    if (c.open > 0 || c.ended > 0) return;
    this.#fade(c, now);
  }

  #end(c: CallState, time: number, now: number): void {
    c.ended = time;
    this.#fade(c, now);
  }

  #fade(c: CallState, now: number): void {
    if (c.fading) return;
    c.fading = true;
    this.#fading.push(c.slot, c.generation, now + TIMEOUT);
    this.due = this.#fading.next;
  }

  /** Tells the calls that ended 32 s before `now`. */
  fade(now: number): void {
    while (this.#fading.take(now)) {
      const { slot, generation, due } = this.#fading;
      if (!this.table.alive(slot, generation, Math.min(now, due))) continue;
      const c = this.table.at(slot);
      c.fading = false;
      // Called again, or answered after all: it goes on.
      if (c.open > 0 || (c.ended === 0 && c.answered === 0 && c.complete)) continue;
      this.#tell(c);
      this.table.expireAt(slot, due + AFTERLIFE);
    }
    this.due = this.#fading.next;
  }

  /** Slot of the call with the Call-ID of a message, -1 if there is none. */
  find(m: SipMessage, now: number): number {
    return this.table.find(this.#keyOf(m), now);
  }

  /** Slot of the call with the Call-ID `bytes[start, end)`, -1 if there is none. */
  named(bytes: Uint8Array, start: number, end: number, now: number): number {
    return this.table.find(this.#key.reset().add(bytes, start, end), now);
  }

  /**
   * True if the address a packet comes from had a part in the call, or so many had that nobody can tell. If neither end had one,
   * it is a hop that was not seen before: whoever wants to disturb a call sends to somebody who takes part in it.
   */
  isParty(slot: number, { src, dst }: Packet): boolean {
    const { rows } = this.table;
    const row = this.table.row(slot);
    return knowsAddress(rows, row, src) || !knowsAddress(rows, row, dst);
  }

  /** Both ends of a packet have a part in the call. */
  meet(slot: number, packet: Packet): void {
    const row = this.table.row(slot);
    addParty(this.table.rows, row, packet.src);
    addParty(this.table.rows, row, packet.dst);
  }

  /** The addresses that a message names for what follows have a part in the call. Returns how many Record-Route lines it has. */
  routes(slot: number, m: SipMessage): number {
    return addRoutes(m, this.table.rows, this.table.row(slot));
  }

  /** Copies the endpoints of its first message; false if they are not known. */
  endpoints(slot: number, src: Uint8Array, dst: Uint8Array): boolean {
    const row = this.table.row(slot);
    return partyAt(this.table.rows, row, 0, src) && partyAt(this.table.rows, row, 1, dst);
  }

  /** True if the first INVITE of the call came from that endpoint. */
  isFirst(slot: number, endpoint: Uint8Array): boolean {
    return isPartyAt(this.table.rows, this.table.row(slot), 0, endpoint);
  }

  /** True if the first INVITE of the call went to that endpoint. */
  isAsked(slot: number, endpoint: Uint8Array): boolean {
    return isPartyAt(this.table.rows, this.table.row(slot), 1, endpoint);
  }

  /** Reports every call that was not reported yet. */
  finish(): void {
    this.table.each(Number.NEGATIVE_INFINITY, (c) => this.#tell(c));
  }

  /** Slot of the call with this Call-ID. One that was told is over: another call gets another entry. */
  #place(m: SipMessage, now: number): number {
    const key = this.#keyOf(m);
    const slot = this.table.put(key, now);
    if (this.table.fresh || !this.table.at(slot).told) return slot;
    this.table.remove(slot);
    return this.table.put(key, now);
  }

  #begin(slot: number, c: CallState, m: SipMessage, packet: Packet, t: Transaction): void {
    beginCall(c, packet.time);
    c.complete = true;
    c.identity = t.identity;
    noteIdentity(c, m, this.wanted);
    this.#keep(slot, c, m, packet);
    this.routes(slot, m);
  }

  #keep(slot: number, c: CallState, m: SipMessage, packet: Packet): void {
    c.slot = slot;
    c.generation = this.table.generation(slot);
    c.transport = packet.transport;
    this.table.rows[this.table.row(slot)] = 0;
    this.meet(slot, packet);
    if (!this.wanted) return;
    const { bytes, contact } = m;
    c.callId = keptText(bytes, m.callId.start, m.callId.end);
    c.from = keptText(bytes, m.from.uri.span.start, m.from.uri.span.end);
    c.to = keptText(bytes, m.to.uri.span.start, m.to.uri.span.end);
    c.contact = m.contactCount > 0 ? keptText(bytes, contact.uri.span.start, contact.uri.span.end) : '';
    c.src = addressText(packet.src);
    c.dst = addressText(packet.dst);
    c.callerAgent = keptText(bytes, m.userAgent.start, m.userAgent.end);
    c.calleeAgent = '';
  }

  #tell(c: CallState): void {
    if (c.told) return;
    c.told = true;
    // Requests of one side only, in the middle of nowhere: no call that is known of.
    if (!c.complete && !c.heard) return;
    this.byDisposition[c.disposition]!++;
    summarise(this.summary, c);
    if (this.wanted) this.over.push(recordOf(c, this.mediaOf(c.slot, c.generation)));
  }

  #keyOf(m: SipMessage): Key {
    const key = this.#key.reset();
    return m.callId.start < 0 ? key : key.add(m.bytes, m.callId.start, m.callId.end);
  }
}

/** The side that sent a request is the caller's if it has the caller's tag in From. */
export function isCaller(c: CallState, m: SipMessage): boolean {
  return c.identity === identityOf(m);
}

/** Who ended a call with a refusal. */
function refuserOf(disposition: number, status: number): number {
  if (disposition === CANCELLED) return CALLER;
  if (disposition === REDIRECTED || disposition === UNANSWERED) return NETWORK;
  return status === 486 || status === 603 || status === 600 || status === 607 || status === 608 ? CALLEE : NETWORK;
}
