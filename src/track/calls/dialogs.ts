/**
 * Dialogs (RFC 3261 §12–15, 3262, 3311, 4028, 6026, 6665): by Call-ID and both tags, whichever way round, so that both
 * directions and all hops find the same one. Forks are several dialogs of one call. A dialog whose beginning was not seen is
 * adopted with the first message of it, and not held to what nobody knows. Whoever had no part in a call changes nothing in
 * it: what he sends is told (`o.violation`), and believed only once it is accepted.
 */
import { sameName } from '../../decode/grammar.ts';
import { headerByName, headerValue, SESSION_EXPIRES } from '../../decode/headers.ts';
import { ACK, BYE, CANCEL, INFO, INVITE, NOTIFY, PRACK, REFER, type SipMessage, SUBSCRIBE, UPDATE } from '../../decode/message.ts';
import { Key, type Seed, Table } from '../../table.ts';
import { TimeoutQueue } from '../../timeouts.ts';
import type { Packet, Span } from '../../types.ts';
import type { Observation } from '../observation.ts';
import type { Registrations } from '../registrations.ts';
import { mixTail, TIMEOUT, type Transaction, type Transactions } from '../transactions.ts';
import { causeOf, headerNumber } from './callheaders.ts';
import { type Calls, isCaller } from './calls.ts';
import type { CallState } from './callstate.ts';
import {
  BY_BYE,
  BY_FORK,
  BY_IDLE,
  BY_LEAVING,
  BY_NOTIFY,
  BY_SESSION_TIMER,
  BY_STRANGER,
  CALLEE,
  CALLER,
  CONFIRMED,
  type DialogState,
  EARLY,
  makeDialog,
  NOBODY,
  noteCSeq,
  resetDialog,
  sideOf,
  TERMINATED,
} from './dialogstate.ts';
import { isHold } from './hold.ts';
import { rseqOf } from './reliable.ts';
import {
  ANSWER_BY_STRANGER,
  BYE_OUTSIDE,
  CANCEL_AFTER_FINAL,
  CANCEL_UNMATCHED,
  CROSSING,
  judge,
  NO_VIOLATION,
  PRACK_UNKNOWN,
  SENDER_UNKNOWN,
  TAGS_UNKNOWN,
  UPDATE_INACTIVE,
} from './violations.ts';

/** What happened to a dialog: it began. */
export const STARTED = 0;
/** What happened to a dialog: it was confirmed. */
export const BECAME_CONFIRMED = 1;
/** What happened to a dialog: it ended. */
export const ENDED = 2;
/** What happened to a dialog: nobody acknowledged its 2xx within 32 s (RFC 3261 §13.3.1.4). */
export const UNACKNOWLEDGED = 3;

/** One thing that happened to one dialog. */
export interface Change {
  kind: number;
  slot: number;
}

/** Hears of what happens to dialogs because time passes. */
export type DialogLapse = (kind: number, slot: number) => void;

/** Most changes by one message: the forks of a call end together. */
const MOST_CHANGES = 16;
/** µs between two looks at whether a dialog is silent for too long. */
const LOOK = 900_000_000;
/** µs of silence after which a dialog without session timer has most likely ended unseen. */
const SILENT = 4 * 3_600_000_000;
/** µs an early dialog may be silent: Timer C (RFC 3261 §16.6) is renewed by every provisional answer. */
const SILENT_EARLY = 1_800_000_000;
/** µs after its end in which late messages are still known as its own: repetitions end after 32 s. */
const AFTERLIFE = 2 * TIMEOUT;

/** µs a 2xx must have waited for its ACK at the end of the input: it was repeated thrice by then (RFC 3261 §13.3.1.4). */
const UNACKNOWLEDGED_AT_END = 4_000_000;

/** µs of media of both sides that are a talk. */
const TALK = 2_000_000;

const SUBSCRIPTION_STATE = headerByName('Subscription-State');
const TERMINATED_WORD = Buffer.from('terminated');
/** Most dialogs of one call that are walked through. */
const MOST_FORKS = 32;

/** All dialogs going on. */
export class Dialogs {
  readonly table: Table<DialogState>;
  /** What the last message changed: the first `changed` count. */
  readonly changes: readonly Change[] = Array.from({ length: MOST_CHANGES }, () => ({ kind: 0, slot: 0 }));
  changed = 0;
  /** µs at which `lapse` has something to do. */
  due = Number.POSITIVE_INFINITY;
  readonly #calls: Calls;
  readonly #transactions: Transactions;
  readonly #registrations: Registrations;
  readonly #unacknowledged: TimeoutQueue;
  readonly #looks: TimeoutQueue;
  /** BYEs of parties that wait for their answer. */
  readonly #byes: TimeoutQueue;
  readonly #key = new Key(512);
  /** The From tag of the message whose key was made last is the lower one. */
  #fromLow = false;

  constructor(capacity: number, seed: Seed, calls: Calls, transactions: Transactions, registrations: Registrations) {
    this.#calls = calls;
    this.#registrations = registrations;
    this.#transactions = transactions;
    this.#unacknowledged = new TimeoutQueue(capacity);
    this.#looks = new TimeoutQueue(capacity);
    this.#byes = new TimeoutQueue(capacity);
    this.table = new Table<DialogState>({
      name: 'dialogs',
      capacity,
      ttl: SILENT + LOOK + 1_000_000,
      keyBytes: 112,
      seed,
      make: makeDialog,
      // `#begin` resets it: it knows the time.
      reset: () => {},
    });
  }

  /** A request inside a dialog, or one that should be: seen for the first time on its hop, and neither an initial INVITE nor ACK to a refusal. */
  request(o: Observation, m: SipMessage, now: number): void {
    if (m.method === CANCEL) {
      this.#cancel(o, m, now);
      return;
    }
    if (m.to.tag.start < 0) {
      this.#outside(o, m, now);
      return;
    }
    const slot = this.table.find(this.#keyOf(m), now);
    if (slot >= 0) this.#inside(o, slot, m, now);
    else this.#unknown(o, m, now);
  }

  /** An answer to an INVITE outside any dialog, other than 100. */
  invited(o: Observation, packet: Packet, m: SipMessage, t: Transaction, now: number): void {
    const call = t.call >= 0 && this.#calls.table.alive(t.call, t.callGeneration, now) ? t.call : -1;
    if (call >= 0 && m.status >= 200 && !t.final && !this.#calls.isParty(call, packet)) {
      o.fromParty = false;
      o.violation = ANSWER_BY_STRANGER;
    }
    if (m.status >= 300) {
      if (call >= 0 && !t.final) this.#refused(packet, m, call, now);
      return;
    }
    if (m.to.tag.start < 0) return;
    const slot = this.#answering(m, call, packet.time, now);
    const d = this.table.at(slot);
    o.dialog = d;
    d.last = now;
    if (m.status < 200) {
      // Another answer may have the same status as the last and a number of its own.
      const rseq = rseqOf(m);
      if (rseq > d.rseq) d.rseq = rseq;
    } else if (d.confirmed > 0) {
      if (o.retransmission) d.repeats++;
      // Another INVITE outside the dialog was answered with the same tag: some call again before they hear of the first.
      if (m.cseq > d.caller.invite) d.caller.invite = m.cseq;
    } else this.#confirm(slot, d, packet, m, now);
    if (call < 0 || o.retransmission) return;
    this.#calls.meet(call, packet);
    // Other hops repeat what the first one said, but for what proxies take out.
    if (this.changed > 0) d.routes = this.#calls.routes(call, m);
  }

  /** Slot of the dialog an answer to an INVITE belongs to, made if it is new. Found from its call, which is cheaper than by its key. */
  #answering(m: SipMessage, call: number, time: number, now: number): number {
    const tags = mixTail(mixTail(1, m.bytes, m.from.tag), m.bytes, m.to.tag);
    if (call >= 0) {
      const c = this.#calls.table.at(call);
      let slot = c.dialog;
      let generation = c.dialogGeneration;
      for (let n = 0; n < MOST_FORKS && slot >= 0 && this.table.alive(slot, generation, now); n++) {
        const d = this.table.at(slot);
        if (d.tags === tags) return slot;
        slot = d.next;
        generation = d.nextGeneration;
      }
    }
    const slot = this.table.put(this.#keyOf(m), now);
    if (!this.table.fresh) return slot;
    const d = this.table.at(slot);
    this.#begin(slot, d, m, call, time, now);
    d.tags = tags;
    return slot;
  }

  /** A final answer to a request inside a dialog. */
  answered(o: Observation, packet: Packet, m: SipMessage, t: Transaction, now: number): void {
    if (t.dialog < 0 || !this.table.alive(t.dialog, t.dialogGeneration, now)) return;
    const d = this.table.at(t.dialog);
    o.dialog = d;
    d.last = now;
    const call = this.#callOf(d, now);
    if (call >= 0 && m.status < 300 && d.state === CONFIRMED) this.#calls.prove(call, now);
    switch (t.method) {
      case INVITE:
        this.#reinvited(t.dialog, d, t, m, now);
        break;
      case BYE:
        this.#byeAnswered(t, d, packet, m, now);
        if (call >= 0) o.call = this.#calls.table.at(call);
        break;
      case UPDATE:
        if (m.status < 300) d.expires = headerNumber(m, SESSION_EXPIRES);
        break;
      case REFER:
        if (call >= 0 && m.status < 300) this.#calls.table.at(call).transfers++;
        break;
    }
  }

  /** A 2xx made a dialog without a call: that of a subscription (RFC 6665 §4.1.2.4, RFC 3515 §2.4.4). */
  subscribed(o: Observation, m: SipMessage, now: number): void {
    if (m.to.tag.start < 0) return;
    const slot = this.table.put(this.#keyOf(m), now);
    const d = this.table.at(slot);
    o.dialog = d;
    if (!this.table.fresh) return;
    this.#begin(slot, d, m, -1, o.packet.time, now);
    d.session = false;
    d.state = CONFIRMED;
    d.confirmed = o.packet.time;
    this.#change(BECAME_CONFIRMED, slot);
  }

  /** Tells of everything that should have happened by `now` and did not. */
  lapse(now: number, tell: DialogLapse): void {
    while (this.#unacknowledged.take(now)) this.#waited(this.#unacknowledged, now, tell);
    while (this.#looks.take(now)) this.#look(this.#looks, now, tell);
    while (this.#byes.take(now)) {
      const { slot, generation, due } = this.#byes;
      // A challenge may have made another BYE of it, which waits for itself.
      if (this.table.alive(slot, generation, Math.min(now, due)) && due - this.table.at(slot).byeHeard >= TIMEOUT)
        this.#leave(slot, due, tell);
    }
    this.due = Math.min(this.#unacknowledged.next, this.#looks.next, this.#byes.next);
  }

  /** The input has ended: so have the dialogs of those who have sent a BYE. */
  finish(now: number, tell: DialogLapse): void {
    this.table.each(now, (d, slot) => {
      this.#leave(slot, now, tell);
      const waits = d.state === CONFIRMED && now - d.confirmed >= UNACKNOWLEDGED_AT_END && now - d.confirmed < TIMEOUT;
      if (waits && (d.repeats > 1 || this.#isTalk(d)) && this.#isUnacknowledged(d)) tell(UNACKNOWLEDGED, slot);
    });
  }

  /** A BYE ends the session for whoever sends it, whatever comes of it (RFC 3261 §15.1.1). */
  #leave(slot: number, now: number, tell: DialogLapse): void {
    const d = this.table.at(slot);
    const call = this.#callOf(d, now);
    if (d.bye === 0 || d.state !== CONFIRMED || call < 0 || !this.#calls.isKnown(call)) return;
    this.changed = 0;
    this.#end(slot, d, d.byeBy, BY_LEAVING, d.bye, now);
    this.#tellChanges(tell);
  }

  /** Call-ID of a dialog, in bytes. */
  callIdAt(slot: number): Uint8Array {
    const key = this.table.keyAt(slot);
    return key.subarray(0, key.indexOf(0));
  }

  #inside(o: Observation, slot: number, m: SipMessage, now: number): void {
    const d = this.table.at(slot);
    const side = this.#sideOf(d, m);
    o.dialog = d;
    o.side = side;
    const call = this.#callOf(d, now);
    if (call >= 0) o.call = this.#calls.table.at(call);
    // A call that is forgotten, or the dialog of a subscription: nobody can tell.
    o.fromParty = call < 0 || this.#calls.isParty(call, o.packet) || this.#isRegistered(o, m, now);
    const what = d.session ? judge(d, side, m, now) : NO_VIOLATION;
    o.violation = what === NO_VIOLATION && !o.fromParty ? SENDER_UNKNOWN : what;
    if (call >= 0) this.#doubt(o, call);
    this.#link(o.transaction, slot);
    if (!o.fromParty) return;
    d.last = now;
    d.requests++;
    // With a BYE nobody new comes in that would be heard again.
    if (call >= 0 && m.method !== BYE) this.#calls.meet(call, o.packet);
    this.#note(slot, d, side, call, m, o.packet.time, now);
  }

  /** A telephone that moved has registered its account from where it is now, with its password. */
  #isRegistered({ packet }: Observation, m: SipMessage, now: number): boolean {
    return this.#registrations.binds(packet.src, m, m.from.uri, now);
  }

  /** Nobody acknowledged its 2xx, though what else its parties send is in view. */
  #isUnacknowledged(d: DialogState): boolean {
    if (d.acknowledged || d.bye !== 0 || !d.session) return false;
    return d.requests > 0 || d.repeats > 1 || d.routes === 0 || this.#isTalk(d);
  }

  /** Both sides have talked for a while. */
  #isTalk(d: DialogState): boolean {
    return d.call >= 0 && this.#calls.talkSince(d.call, d.callGeneration, d.confirmed) >= TALK;
  }

  /** What a request of a party changes. */
  #note(slot: number, d: DialogState, side: number, call: number, m: SipMessage, time: number, now: number): void {
    const s = sideOf(d, side);
    const first = m.cseq > s.cseq;
    if (m.method === ACK) {
      d.acknowledged = true;
      // Whoever acknowledges has got a 2xx, even if it was not seen.
      if (d.state === EARLY && m.cseq === s.invite) this.#confirmed(slot, d, time, now);
      return;
    }
    noteCSeq(s, m.cseq, now);
    switch (m.method) {
      case INVITE:
        s.invite = m.cseq;
        if (d.state !== TERMINATED) s.pending = true;
        if (call >= 0 && first) noteReinvite(this.#calls.table.at(call), m);
        break;
      case BYE:
        if (d.bye > 0) break;
        d.bye = time;
        d.byeBy = side;
        d.byeHeard = now;
        this.#byes.push(slot, this.table.generation(slot), now + TIMEOUT);
        if (now + TIMEOUT < this.due) this.due = now + TIMEOUT;
        if (call >= 0) this.#calls.table.at(call).cause = causeOf(m);
        break;
      case NOTIFY:
        if (!d.session && isOver(m)) this.#end(slot, d, side, BY_NOTIFY, time, now);
        break;
    }
  }

  /** No dialog has these tags. Of a call that was seen from its first INVITE, a stranger's are wrong; else something was not seen. */
  #unknown(o: Observation, m: SipMessage, now: number): void {
    if (m.method === SUBSCRIBE || m.method === NOTIFY || m.callId.start < 0 || m.from.tag.start < 0) return;
    const call = this.#calls.find(m, now);
    if (call >= 0) {
      const c = this.#calls.table.at(call);
      o.call = c;
      o.fromParty = this.#calls.isParty(call, o.packet);
      if (c.complete && !o.fromParty) {
        o.violation = TAGS_UNKNOWN;
        return;
      }
      // The ACK to a refusal on a branch of its own.
      if (m.method === ACK && c.answered === 0 && c.status >= 300) return;
    }
    if (!belongsToCall(m)) return;
    this.#doubt(o, call);
    this.#adopt(o, m, now);
  }

  /** If nothing but requests of one side was seen of a call (-1: nothing), its answer tells whether there is one (`strays.ts`). */
  #doubt({ transaction: t }: Observation, call: number): void {
    if (t !== undefined && (call < 0 || !this.#calls.isKnown(call))) t.astray = true;
  }

  #adopt(o: Observation, m: SipMessage, now: number): void {
    const call = this.#calls.adopted(m, o.packet, now);
    const c = this.#calls.table.at(call);
    const slot = this.table.put(this.#keyOf(m), now);
    const d = this.table.at(slot);
    this.#begin(slot, d, m, call, o.packet.time, now);
    if (c.complete && !isCaller(c, m)) d.callerLow = !d.callerLow;
    d.adopted = true;
    // Nothing of it was seen but this: whether it was ever accepted, its answer will tell.
    d.state = CONFIRMED;
    d.confirmed = o.packet.time;
    d.acknowledged = true;
    c.open++;
    const side = this.#sideOf(d, m);
    o.dialog = d;
    o.side = side;
    o.call = c;
    this.#link(o.transaction, slot);
    if (c.complete) this.#calls.meet(call, o.packet);
    this.#note(slot, d, side, call, m, o.packet.time, now);
  }

  /** A request that needs a dialog and has no To tag. */
  #outside(o: Observation, m: SipMessage, now: number): void {
    const what = m.method === BYE ? BYE_OUTSIDE : m.method === UPDATE ? UPDATE_INACTIVE : m.method === PRACK ? PRACK_UNKNOWN : NO_VIOLATION;
    if (what === NO_VIOLATION) return;
    const call = this.#calls.find(m, now);
    o.violation = what;
    o.fromParty = call >= 0 && this.#calls.isParty(call, o.packet);
    this.#doubt(o, call);
    if (call >= 0) o.call = this.#calls.table.at(call);
  }

  /** RFC 3261 §9: a CANCEL has the branch of its INVITE and comes from whoever sent that. */
  #cancel(o: Observation, m: SipMessage, now: number): void {
    const t = this.#transactions.inviteOf(m, now);
    const linked = t !== undefined && t.call >= 0 && this.#calls.table.alive(t.call, t.callGeneration, now);
    const call = linked ? t.call : this.#calls.find(m, now);
    if (t === undefined) this.#doubt(o, call);
    if (call < 0) return;
    const c = this.#calls.table.at(call);
    o.call = c;
    o.fromParty = this.#calls.isParty(call, o.packet);
    if (t === undefined) {
      if (!o.fromParty && c.complete) o.violation = CANCEL_UNMATCHED;
      return;
    }
    // Without an ACK the final answer may not have reached the caller.
    const late = t.final && c.decided > 0 && now - c.decided > CROSSING && this.#acknowledged(c, t, now);
    o.violation = late ? CANCEL_AFTER_FINAL : o.fromParty ? NO_VIOLATION : SENDER_UNKNOWN;
    if (!o.fromParty || late) return;
    c.signs.cancels |= t.copy ? 2 : 1;
    c.cancelled = true;
    if (c.cause === 0) c.cause = causeOf(m);
  }

  #acknowledged(c: CallState, t: Transaction, now: number): boolean {
    if (t.acknowledged) return true;
    return c.dialog >= 0 && this.table.alive(c.dialog, c.dialogGeneration, now) && this.table.at(c.dialog).acknowledged;
  }

  #begin(slot: number, d: DialogState, m: SipMessage, call: number, time: number, now: number): void {
    resetDialog(d, time);
    d.last = now;
    d.callerLow = this.#fromLow;
    this.#change(STARTED, slot);
    this.#looks.push(slot, this.table.generation(slot), now + LOOK);
    if (now + LOOK < this.due) this.due = now + LOOK;
    if (m.cseq >= 0 && !m.isRequest) {
      d.caller.invite = m.cseq;
      noteCSeq(d.caller, m.cseq, now);
    }
    if (call < 0) return;
    const c = this.#calls.table.at(call);
    d.call = call;
    d.callGeneration = c.generation;
    d.next = c.dialog;
    d.nextGeneration = c.dialogGeneration;
    c.dialog = slot;
    c.dialogGeneration = this.table.generation(slot);
    c.forks++;
  }

  #confirm(slot: number, d: DialogState, packet: Packet, m: SipMessage, now: number): void {
    // A branch that was given up may be answered all the same (RFC 3261 §13.2.2.4).
    d.ended = 0;
    d.expires = headerNumber(m, SESSION_EXPIRES);
    d.caller.invite = m.cseq;
    noteCSeq(d.caller, m.cseq, now);
    this.#confirmed(slot, d, packet.time, now);
    this.#unacknowledged.push(slot, this.table.generation(slot), now + TIMEOUT);
    if (now + TIMEOUT < this.due) this.due = now + TIMEOUT;
  }

  #confirmed(slot: number, d: DialogState, time: number, now: number): void {
    d.state = CONFIRMED;
    d.confirmed = time;
    this.table.touch(slot, now);
    this.#change(BECAME_CONFIRMED, slot);
    const call = this.#callOf(d, now);
    if (call < 0) return;
    const c = this.#calls.table.at(call);
    if (c.ended > 0) c.again = time;
    c.open++;
  }

  #reinvited(slot: number, d: DialogState, t: Transaction, m: SipMessage, now: number): void {
    if (d.caller.invite === m.cseq) d.caller.pending = false;
    if (d.callee.invite === m.cseq) d.callee.pending = false;
    if (m.status >= 300 || t.final) return;
    this.table.touch(slot, now);
    d.expires = headerNumber(m, SESSION_EXPIRES);
    d.acknowledged = d.state === TERMINATED;
  }

  /** A 2xx ends the dialog; so does any other answer to a party (RFC 3261 §15.1.1), but for a challenge. */
  #byeAnswered(t: Transaction, d: DialogState, packet: Packet, m: SipMessage, now: number): void {
    if (d.state === TERMINATED) return;
    if (m.status === 401 || m.status === 407) {
      // The other side does not believe it yet.
      if (this.#sideOf(d, m) === d.byeBy) d.bye = 0;
      return;
    }
    const ofParty = d.bye > 0;
    if (m.status >= 300 && !ofParty) return;
    if (ofParty) this.#end(t.dialog, d, d.byeBy, m.status < 300 ? BY_BYE : m.status, d.bye, now);
    else this.#end(t.dialog, d, this.#sideOf(d, m), BY_STRANGER, packet.time, now);
  }

  /** A refusal ends the early dialog whose tag it has; seen on the caller's own hop, all early ones of the call. */
  #refused(packet: Packet, m: SipMessage, call: number, now: number): void {
    if (m.status === 401 || m.status === 407) return;
    const by = m.status === 487 ? CALLER : m.status === 408 ? NOBODY : CALLEE;
    const c = this.#calls.table.at(call);
    if (c.dialog < 0) return;
    if (this.#calls.isFirst(call, packet.dst)) {
      this.#endEarly(c, by, m.status, packet.time, now);
      return;
    }
    const slot = this.table.find(this.#keyOf(m), now);
    if (slot >= 0 && this.table.at(slot).state === EARLY) this.#end(slot, this.table.at(slot), by, m.status, packet.time, now);
  }

  #endEarly(c: CallState, by: number, reason: number, time: number, now: number): void {
    let slot = c.dialog;
    let generation = c.dialogGeneration;
    for (let n = 0; n < MOST_FORKS && slot >= 0 && this.table.alive(slot, generation, now); n++) {
      const d = this.table.at(slot);
      if (d.state === EARLY) this.#end(slot, d, by, reason, time, now);
      slot = d.next;
      generation = d.nextGeneration;
    }
  }

  /** @param time µs of the message that ended it, in the time of the capture. */
  #end(slot: number, d: DialogState, by: number, reason: number, time: number, now: number): void {
    const wasOpen = d.state === CONFIRMED;
    d.state = TERMINATED;
    d.ended = time;
    d.endedBy = by;
    d.reason = reason;
    this.table.expireAt(slot, now + AFTERLIFE);
    this.#change(ENDED, slot);
    const call = this.#callOf(d, now);
    if (call < 0 || !wasOpen) return;
    if (reason === BY_IDLE || reason === BY_SESSION_TIMER) this.#calls.lost(call, now);
    else this.#calls.dialogEnded(call, by, time, now);
  }

  /** 32 s after a 2xx: was it acknowledged? The other branches have died by now, whatever they said (RFC 3261 §13.2.2.4). */
  #waited({ slot, generation, due }: TimeoutQueue, now: number, tell: DialogLapse): void {
    if (!this.table.alive(slot, generation, Math.min(now, due))) return;
    const d = this.table.at(slot);
    const call = this.#callOf(d, due);
    if (call >= 0) {
      this.changed = 0;
      this.#endEarly(this.#calls.table.at(call), NOBODY, BY_FORK, due, due);
      this.#tellChanges(tell);
    }
    if (this.#isUnacknowledged(d)) tell(UNACKNOWLEDGED, slot);
  }

  #look({ slot, generation, due }: TimeoutQueue, now: number, tell: DialogLapse): void {
    if (!this.table.alive(slot, generation, Math.min(now, due))) return;
    const d = this.table.at(slot);
    if (d.state === TERMINATED) return;
    const timed = d.expires > 0;
    const silent = timed ? d.expires * 1e6 + TIMEOUT : d.state === EARLY ? SILENT_EARLY : SILENT;
    if (due - d.last < silent) {
      this.#looks.push(slot, generation, due + LOOK);
      return;
    }
    this.changed = 0;
    this.#end(slot, d, NOBODY, timed ? BY_SESSION_TIMER : BY_IDLE, due, due);
    this.#tellChanges(tell);
  }

  #tellChanges(tell: DialogLapse): void {
    for (let i = 0; i < this.changed; i++) tell(this.changes[i]!.kind, this.changes[i]!.slot);
    this.changed = 0;
  }

  /** Whose request it is, by the From tag. */
  #sideOf(d: DialogState, m: SipMessage): number {
    return isLower(m.bytes, m.from.tag, m.to.tag) === d.callerLow ? CALLER : CALLEE;
  }

  #callOf(d: DialogState, now: number): number {
    return d.call >= 0 && this.#calls.table.alive(d.call, d.callGeneration, now) ? d.call : -1;
  }

  #link(t: Transaction | undefined, slot: number): void {
    if (t === undefined) return;
    t.dialog = slot;
    t.dialogGeneration = this.table.generation(slot);
  }

  #change(kind: number, slot: number): void {
    if (this.changed === MOST_CHANGES) return;
    const change = this.changes[this.changed++]!;
    change.kind = kind;
    change.slot = slot;
  }

  /** Call-ID and both tags, the lower one first. */
  #keyOf(m: SipMessage): Key {
    const { bytes, from, to, callId } = m;
    this.#fromLow = isLower(bytes, from.tag, to.tag);
    const low = this.#fromLow ? from.tag : to.tag;
    const high = this.#fromLow ? to.tag : from.tag;
    const key = this.#key.reset();
    if (callId.start >= 0) key.add(bytes, callId.start, callId.end);
    key.addByte(0);
    if (low.start >= 0) key.add(bytes, low.start, low.end);
    key.addByte(0);
    return high.start < 0 ? key : key.add(bytes, high.start, high.end);
  }
}

/** Order of two tags by bytes. */
function isLower(bytes: Uint8Array, a: Span, b: Span): boolean {
  let i = a.start;
  let k = b.start;
  while (i < a.end && k < b.end && bytes[i] === bytes[k]) {
    i++;
    k++;
  }
  if (k >= b.end) return false;
  return i >= a.end || bytes[i]! < bytes[k]!;
}

/** Methods that are at home in the dialog of a call. */
function belongsToCall({ method }: SipMessage): boolean {
  return (
    method === INVITE || method === ACK || method === BYE || method === UPDATE || method === PRACK || method === REFER || method === INFO
  );
}

function noteReinvite(c: CallState, m: SipMessage): void {
  c.reinvites++;
  if (isHold(m)) c.holds++;
}

/** `Subscription-State: terminated` (RFC 6665 §4.1.3). */
function isOver(m: SipMessage): boolean {
  const value = headerValue(m, SUBSCRIPTION_STATE);
  if (value === undefined) return false;
  const end = value.start + TERMINATED_WORD.length;
  return end <= value.end && sameName(m.bytes, value.start, end, TERMINATED_WORD);
}
