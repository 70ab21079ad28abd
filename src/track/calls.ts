/**
 * Calls: what became of each INVITE dialog, by Call-ID. All hops that carry one Call-ID are one call; dialogs with
 * their forks and the full CDR build on this.
 */
import { addressText, keptText } from '../bytes.ts';
import type { SipMessage } from '../decode/message.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Call, Packet } from '../types.ts';
import { TIMEOUT, type Transaction } from './transactions.ts';

/** Dispositions by code. */
export const DISPOSITIONS = ['unanswered', 'challenged', 'answered', 'busy', 'cancelled', 'rejected'] as const;

const UNANSWERED = 0;
const CHALLENGED = 1;
const ANSWERED = 2;
const BUSY = 3;
const CANCELLED = 4;
const REJECTED = 5;

/** One call. Plain data; the strings are kept only if someone wants the list of calls. */
export interface CallState {
  start: number;
  answered: number;
  ended: number;
  status: number;
  disposition: number;
  /** It was already reported. */
  told: boolean;
  callId: string;
  from: string;
  to: string;
  src: string;
  dst: string;
}

/** All calls going on. */
export class Calls {
  readonly table: Table<CallState>;
  /** Calls that are over since the pipeline last took them; filled only if calls are wanted. */
  readonly over: Call[] = [];
  /** Calls by code of their disposition, those that are over. */
  readonly byDisposition = new Float64Array(DISPOSITIONS.length);
  readonly #wanted: boolean;
  readonly #key = new Key(256);

  constructor(capacity: number, seed: Seed, wanted: boolean) {
    this.#wanted = wanted;
    this.table = new Table<CallState>({
      name: 'calls',
      capacity,
      // A call that says nothing for four hours has most likely ended unseen.
      ttl: 4 * 3_600_000_000,
      keyBytes: 64,
      seed,
      make: () => ({
        start: 0.5,
        answered: 0.5,
        ended: 0.5,
        status: 0,
        disposition: 0,
        told: false,
        callId: '',
        from: '',
        to: '',
        src: '',
        dst: '',
      }),
      reset: (c) => this.#tell(c),
    });
  }

  /** Slot of the call a message names by its Call-ID, -1 if there is none. */
  find(m: SipMessage, now: number): number {
    return this.table.find(this.#keyOf(m), now);
  }

  /** The call an initial INVITE begins or continues; links the transaction to it. */
  invited(m: SipMessage, packet: Packet, t: Transaction, now: number): CallState {
    const slot = this.table.put(this.#keyOf(m), now);
    const c = this.table.at(slot);
    t.call = slot;
    t.callGeneration = this.table.generation(slot);
    if (this.table.fresh) this.#begin(c, m, packet);
    return c;
  }

  /** What a final or provisional answer to an INVITE means for its call. */
  answer(m: SipMessage, packet: Packet, t: Transaction, now: number): CallState | undefined {
    if (t.call < 0 || !this.table.alive(t.call, t.callGeneration, now)) return undefined;
    const c = this.table.at(t.call);
    this.table.touch(t.call, now);
    if (m.status < 200 || c.answered > 0) return c;
    c.status = m.status;
    c.disposition = dispositionOf(m.status);
    if (c.disposition === ANSWERED) c.answered = packet.time;
    // Each hop repeats a final answer; a challenge is followed by another INVITE. So the call is told when it fades or ends.
    else if (c.disposition !== CHALLENGED) c.ended = packet.time;
    return c;
  }

  /** A BYE was answered with a 2xx: the call is over. One that nobody confirms ends nothing: it may be forged. */
  ended(m: SipMessage, packet: Packet, now: number): CallState | undefined {
    const slot = this.table.find(this.#keyOf(m), now);
    if (slot < 0) return undefined;
    const c = this.table.at(slot);
    if (c.ended > 0) return c;
    c.ended = packet.time;
    this.#tell(c);
    // Its place is free once its retransmissions are over.
    this.table.expireAt(slot, now + TIMEOUT);
    return c;
  }

  /** Reports every call that was not reported yet. */
  finish(): void {
    this.table.each(Number.NEGATIVE_INFINITY, (c) => {
      if (c !== undefined) this.#tell(c);
    });
  }

  #begin(c: CallState, m: SipMessage, packet: Packet): void {
    c.start = packet.time;
    c.answered = 0;
    c.ended = 0;
    c.status = 0;
    c.disposition = UNANSWERED;
    c.told = false;
    if (!this.#wanted) return;
    c.callId = keptText(m.bytes, m.callId.start, m.callId.end);
    c.from = keptText(m.bytes, m.from.uri.span.start, m.from.uri.span.end);
    c.to = keptText(m.bytes, m.to.uri.span.start, m.to.uri.span.end);
    c.src = addressText(packet.src);
    c.dst = addressText(packet.dst);
  }

  #tell(c: CallState): void {
    if (c.told) return;
    c.told = true;
    this.byDisposition[c.disposition]!++;
    if (!this.#wanted) return;
    const { callId, from, to, src, dst, start, answered, ended, status } = c;
    this.over.push({ callId, from, to, src, dst, start, answered, ended, disposition: DISPOSITIONS[c.disposition]!, status });
  }

  #keyOf(m: SipMessage): Key {
    const key = this.#key.reset();
    return m.callId.start < 0 ? key : key.add(m.bytes, m.callId.start, m.callId.end);
  }
}

function dispositionOf(status: number): number {
  if (status < 300) return ANSWERED;
  if (status === 401 || status === 407) return CHALLENGED;
  if (status === 486 || status === 600) return BUSY;
  return status === 487 ? CANCELLED : REJECTED;
}
