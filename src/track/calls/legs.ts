/**
 * The other side of a B2BUA: calls with Call-IDs of their own that are, most likely, one conversation. Joined when the later one
 * begins, by what it says itself (Session-ID, RFC 7989; icid-value, RFC 7315; Replaces, RFC 3891; a header with the other
 * Call-ID) or by numbers, place and time: it starts where the earlier one was sent to, within 2 s, with the same numbers. A PBX
 * may call `alice` when somebody dials 2302: then the caller's number alone must do, if no other call had it at that time.
 */
import { ADDRESS, keepShort, sameAddress } from '../../bytes.ts';
import { sameName, skipSpace, trimSpace } from '../../decode/grammar.ts';
import { headerByName } from '../../decode/headers.ts';
import { HEADER_STRIDE, type SipMessage } from '../../decode/message.ts';
import { Key, type Seed, Table } from '../../table.ts';
import type { CallLeg, Packet, Span } from '../../types.ts';
import type { Calls } from './calls.ts';
import type { CallState } from './callstate.ts';

/** µs between the beginnings of two legs that only numbers join. */
const TOGETHER = 2_000_000;
/** µs a Session-ID or icid-value is remembered: legs may be added in mid-call. */
const REMEMBERED = 3_600_000_000;
/** Most legs that are kept of one call. */
const MOST_LEGS = 8;
/** Characters that two numbers must share at their ends, unless the shorter one is shorter and not a single digit. */
const SUFFIX = 7;
/** Most characters of a number that are compared. */
const LONGEST = 15;
/** Characters of the caller's number in the key, and fewest it must have. */
const TAIL = 2;
const SHORTEST_ID = 8;

/** What a key begins with. */
const BY_SESSION_ID = 1;
const BY_ICID = 2;
const BY_CALLER = 3;

const SESSION_ID = headerByName('Session-ID');
const CHARGING_VECTOR = headerByName('P-Charging-Vector');
const REPLACES = headerByName('Replaces');
const ICID = Buffer.from('icid-value=');
const NAMES: readonly Uint8Array[] = ['call-id', 'callid', 'cid'].map((name) => Buffer.from(name));

/** A call that can be found by a key. Plain data; its row holds the ends of its numbers. */
interface Trace {
  call: number;
  generation: number;
  /** µs when its last hop began. */
  time: number;
  /** Another call had the same key at that time. */
  several: boolean;
}

const NO_CALL = -1;

/** Joins the legs of B2BUAs. */
export class Legs {
  readonly table: Table<Trace>;
  readonly #calls: Calls;
  readonly #key = new Key(96);
  readonly #called = new Uint8Array(1 + LONGEST);
  readonly #calling = new Uint8Array(1 + LONGEST);

  constructor(capacity: number, seed: Seed, calls: Calls) {
    this.#calls = calls;
    this.table = new Table<Trace>({
      name: 'legs',
      capacity,
      ttl: REMEMBERED,
      keyBytes: 48,
      rowBytes: 2 * (1 + LONGEST),
      seed,
      make: () => ({ call: NO_CALL, generation: 0, time: 0.5, several: false }),
      reset: (trace) => {
        trace.call = NO_CALL;
        trace.several = false;
      },
    });
  }

  /** An INVITE outside any dialog, on a hop it was not seen on before. `fresh`: its call is new. */
  invited(m: SipMessage, packet: Packet, c: CallState, fresh: boolean, now: number): void {
    if (fresh) this.#named(m, c, now);
    keepTail(this.#called, m, m.to.uri.user);
    keepTail(this.#calling, m, m.from.uri.user);
    if (this.#called[0] === 0 || this.#calling[0]! < TAIL || isAnonymous(this.#calling)) return;
    // A host that talks to itself is no B2BUA that can be told from a proxy.
    if (sameAddress(packet.src, packet.dst)) return;
    if (fresh) this.#numbers(packet, c, now);
    this.#trace(packet, c, now);
  }

  /** The call came to this place with these numbers. */
  #trace(packet: Packet, c: CallState, now: number): void {
    const slot = this.table.put(this.#numberKey(packet.dst), now);
    const trace = this.table.at(slot);
    if (trace.call !== NO_CALL && trace.call !== c.slot) trace.several = true;
    this.#hold(slot, c, now);
    this.table.expireAt(slot, now + TOGETHER + 1);
    const row = this.table.row(slot);
    this.table.rows.set(this.#called, row);
    this.table.rows.set(this.#calling, row + 1 + LONGEST);
  }

  /** Joins by what headers name. */
  #named(m: SipMessage, c: CallState, now: number): void {
    const { headers, bytes } = m;
    const stop = m.headerCount * HEADER_STRIDE;
    for (let at = 0; at < stop; at += HEADER_STRIDE) {
      const id = headers[at]!;
      const start = headers[at + 3]!;
      const end = headers[at + 4]!;
      if (id === SESSION_ID) this.#shared(BY_SESSION_ID, bytes, start, valueEnd(bytes, start, end), c, now);
      else if (id === CHARGING_VECTOR) this.#icid(bytes, start, end, c, now);
      else if (id === REPLACES) this.#pointed('replaces', 1, bytes, start, valueEnd(bytes, start, end), c, now);
      else if (id === 0 && namesCallId(bytes, headers[at + 1]!, headers[at + 2]!))
        this.#pointed('header', 0.95, bytes, start, trimSpace(bytes, start, end), c, now);
    }
  }

  #icid(bytes: Uint8Array, start: number, end: number, c: CallState, now: number): void {
    for (let i = start; i + ICID.length < end; i++) {
      if (!sameName(bytes, i, i + ICID.length, ICID)) continue;
      const from = skipSpace(bytes, i + ICID.length, end);
      this.#shared(BY_ICID, bytes, from, valueEnd(bytes, from, end), c, now);
      return;
    }
  }

  /** Both calls carry the same id. A nil Session-ID (RFC 7989 §5) is none. */
  #shared(kind: number, bytes: Uint8Array, start: number, end: number, c: CallState, now: number): void {
    if (end - start < SHORTEST_ID || isNil(bytes, start, end)) return;
    const slot = this.table.put(this.#key.reset().addByte(kind).add(bytes, start, end), now);
    const other = this.table.fresh ? undefined : this.#held(slot, now);
    if (other !== undefined)
      this.#join(c, other, kind === BY_SESSION_ID ? 'session-id' : 'charging-vector', kind === BY_SESSION_ID ? 1 : 0.9);
    if (other === undefined || other.ended > 0) this.#hold(slot, c, now);
  }

  /** It names the Call-ID of the other. */
  #pointed(reason: CallLeg['reason'], weight: number, bytes: Uint8Array, start: number, end: number, c: CallState, now: number): void {
    const slot = this.#calls.named(bytes, start, end, now);
    if (slot >= 0 && slot !== c.slot) this.#join(c, this.#calls.table.at(slot), reason, weight);
  }

  /** Joins by the numbers. */
  #numbers(packet: Packet, c: CallState, now: number): void {
    const slot = this.table.find(this.#numberKey(packet.src), now);
    if (slot < 0) return;
    const other = this.#held(slot, now);
    // The earlier one goes on.
    if (other === undefined || other === c || other.ended > 0) return;
    const { rows } = this.table;
    const row = this.table.row(slot);
    if (!alike(rows, row + 1 + LONGEST, this.#calling)) return;
    if (alike(rows, row, this.#called)) this.#join(c, other, 'numbers', 0.8);
    else if (!this.table.at(slot).several) this.#join(c, other, 'numbers', 0.5);
  }

  #join(c: CallState, other: CallState, reason: CallLeg['reason'], weight: number): void {
    if (c === other || c.joined >= MOST_LEGS || other.joined >= MOST_LEGS) return;
    if (this.#calls.wanted) {
      if (c.legs.some(({ callId }) => callId === other.callId)) return;
      if (other.group === '') other.group = other.callId;
      c.group = other.group;
      c.legs.push({ callId: other.callId, reason, weight });
      other.legs.push({ callId: c.callId, reason, weight });
    }
    c.joined++;
    other.joined++;
  }

  #hold(slot: number, c: CallState, now: number): void {
    const trace = this.table.at(slot);
    trace.call = c.slot;
    trace.generation = c.generation;
    trace.time = now;
  }

  #held(slot: number, now: number): CallState | undefined {
    const { call, generation } = this.table.at(slot);
    return call >= 0 && this.#calls.table.alive(call, generation, now) ? this.#calls.table.at(call) : undefined;
  }

  /** The address, and how the caller's number ends. */
  #numberKey(endpoint: Uint8Array): Key {
    const n = this.#calling[0]!;
    return this.#key
      .reset()
      .addByte(BY_CALLER)
      .add(endpoint, 0, ADDRESS)
      .add(this.#calling, 1 + n - TAIL, 1 + n);
  }
}

const ANONYMOUS = Buffer.from('\x09anonymous');

/** RFC 3323 §4.1.1.3: whoever calls so is one of many. */
function isAnonymous(kept: Uint8Array): boolean {
  return sameName(kept, 0, 1 + kept[0]!, ANONYMOUS);
}

/** Keeps the last characters of a number or name, behind a length byte. */
function keepTail(out: Uint8Array, { bytes }: SipMessage, { start, end }: Span): void {
  keepShort(out, 0, LONGEST, bytes, start < 0 ? -1 : Math.max(start, end - LONGEST), end);
}

/** The ends of two numbers are the same, for as many characters as the shorter one has or `SUFFIX`: prefixes come and go. */
function alike(rows: Uint8Array, at: number, kept: Uint8Array): boolean {
  const a = rows[at]!;
  const b = kept[0]!;
  const n = Math.min(a, b, SUFFIX);
  if (n < TAIL && a !== b) return false;
  for (let i = 0; i < n; i++) if (rows[at + a - i] !== kept[b - i]) return false;
  return true;
}

/** The value up to its parameters, a comma or white space. */
function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] !== 0x3b && bytes[i] !== 0x2c && bytes[i]! > 0x20) i++;
  return i;
}

function isNil(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 0x30) return false;
  return true;
}

/** A header that is no one's standard: `X-Call-ID`, `X-CID`, `X-Original-CallID`, … */
function namesCallId(bytes: Uint8Array, start: number, end: number): boolean {
  if ((bytes[start]! | 0x20) !== 0x78 || bytes[start + 1] !== 0x2d) return false;
  return NAMES.some((name) => end - start > name.length && sameName(bytes, end - name.length, end, name));
}
