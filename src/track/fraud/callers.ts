/**
 * Callers, by how their calls end: each source, and each name a source calls under. Wald's sequential test adds up, call by call, how
 * much likelier a machine makes it than people do; what speaks for people takes away, but never below nothing, so that a new campaign
 * behind an old trunk is found as soon as behind a new one. Calls to somebody who was called before say little and count for less.
 */
import { ADDRESS, ENDPOINT, hasRowWord, putRowWord, rowWord } from '../../bytes.ts';
import type { SipMessage } from '../../decode/message.ts';
import { hash, Key, type Seed, Table } from '../../table.ts';
import type { Span } from '../../types.ts';
import { type Calls, isCaller } from '../calls/calls.ts';
import { ANSWERED, type CallState } from '../calls/callstate.ts';
import { CALLEE } from '../calls/dialogstate.ts';
import { CUT_AT_ONCE, CUT_SOON, EQUAL, ONE_RING, RECORDING_ODDS, RINGING_ODDS, shapeOf } from './callshapes.ts';

/** µs a caller is remembered: one who calls five times an hour is still known by then. */
const MEMORY = 12 * 3_600_000_000;
/** Callees, and lengths of talk, that are remembered. */
const CALLEES = 16;
const TALKS = 4;
/** ms by which two talks of one length differ: a machine is exact, the network adds its delay. */
const SAME = 400;
/** What a repeated call to one callee is worth, of a new one's. */
const AGAIN = 0.5;
/** Evidence from which on it is told: nothing to act upon yet, one person in fifty has as much. */
const TOLD = 4;

/** A source, or a name it calls under. Plain data; hashes of its last callees and its last talks in ms lie in its row. */
export interface CallerState {
  /** Natural logarithm of the odds: for a recording, for one ring. */
  recording: number;
  ringing: number;
  /** Since there was no evidence: calls, different callees, and calls by shape. */
  calls: number;
  callees: number;
  cut: number;
  equal: number;
  rings: number;
  /** Entries in the row. */
  known: number;
  talks: number;
}

/** All callers. */
export class Callers {
  readonly table: Table<CallerState>;
  /** What the last call showed, by source and by name: undefined, or worth telling. */
  bySource: CallerState | undefined;
  byName: CallerState | undefined;
  /** Endpoints of the first message of the last call, 18 bytes each: who called, where that went. */
  readonly source = new Uint8Array(ENDPOINT);
  readonly called = new Uint8Array(ENDPOINT);
  readonly #key = new Key(ADDRESS + 4);
  readonly #name = new Key(64);
  readonly #seed: Seed;

  constructor(capacity: number, seed: Seed) {
    this.#seed = seed;
    this.table = new Table<CallerState>({
      name: 'callers',
      capacity,
      ttl: MEMORY,
      keyBytes: ADDRESS + 4,
      rowBytes: 4 * (CALLEES + TALKS),
      seed,
      make: () => ({ recording: 0.5, ringing: 0.5, calls: 0, callees: 0, cut: 0, equal: 0, rings: 0, known: 0, talks: 0 }),
      // `#count` does.
      reset: () => {},
    });
  }

  /** A call is over; `m` is the message that ended it. Once for each call. True if there is something to tell. */
  over(c: CallState, calls: Calls, m: SipMessage, now: number): boolean {
    this.bySource = undefined;
    this.byName = undefined;
    if (!c.complete || !calls.endpoints(c.slot, this.source, this.called)) return false;
    const forward = isCaller(c, m);
    const name = this.#hashOf(m, forward ? m.from.uri.user : m.to.uri.user);
    const callee = this.#hashOf(m, forward ? m.to.uri.user : m.from.uri.user);
    this.bySource = this.#count(this.#key.reset().add(this.source, 0, ADDRESS), c, callee, now);
    if (name !== 0) this.byName = this.#count(this.#key.reset().add(this.source, 0, ADDRESS).addNumber(name), c, callee, now);
    return this.bySource !== undefined || this.byName !== undefined;
  }

  #count(key: Key, c: CallState, callee: number, now: number): CallerState | undefined {
    const slot = this.table.put(key, now);
    const caller = this.table.at(slot);
    if (this.table.fresh) forget(caller);
    const row = this.table.row(slot);
    const fresh = this.#isNew(row, callee, caller);
    const shape = shapeOf(c, this.#isEqual(row, c, caller));
    const before = Math.max(caller.recording, caller.ringing);
    add(caller, shape, fresh);
    const evidence = Math.max(caller.recording, caller.ringing);
    return evidence > before && evidence >= TOLD ? caller : undefined;
  }

  /** Keeps a callee in the row, unless he is there. */
  #isNew(row: number, callee: number, caller: CallerState): boolean {
    const kept = Math.min(caller.known, CALLEES);
    const { rows } = this.table;
    if (hasRowWord(rows, row, 4, kept, callee)) return false;
    putRowWord(rows, row + 4 * (caller.known++ % CALLEES), callee);
    return true;
  }

  /** Keeps how long a talk was that its caller ended; true if one before was as long. */
  #isEqual(row: number, c: CallState, caller: CallerState): boolean {
    if (c.disposition !== ANSWERED || c.hungUpBy === CALLEE) return false;
    const talk = Math.round((c.ended - c.answered) / 1000) | 0;
    const from = row + 4 * CALLEES;
    const kept = Math.min(caller.talks, TALKS);
    let equal = false;
    const { rows } = this.table;
    for (let i = 0; i < kept; i++) if (Math.abs(rowWord(rows, from + 4 * i) - talk) < SAME) equal = true;
    putRowWord(rows, from + 4 * (caller.talks++ % TALKS), talk);
    return equal;
  }

  /** Hash of a user, 0 if there is none. */
  #hashOf(m: SipMessage, { start, end }: Span): number {
    return start < 0 || end === start ? 0 : hash(this.#seed, this.#name.reset().add(m.bytes, start, end)) | 1;
  }
}

function forget(caller: CallerState): void {
  caller.recording = 0;
  caller.ringing = 0;
  caller.known = 0;
  caller.talks = 0;
  begin(caller);
}

function begin(caller: CallerState): void {
  caller.calls = 0;
  caller.callees = 0;
  caller.cut = 0;
  caller.equal = 0;
  caller.rings = 0;
}

function add(caller: CallerState, shape: number, fresh: boolean): void {
  if (caller.recording === 0 && caller.ringing === 0) begin(caller);
  const recording = RECORDING_ODDS[shape]!;
  const ringing = shape === ONE_RING ? RINGING_ODDS.ring : RINGING_ODDS.else;
  caller.recording = Math.max(0, caller.recording + (fresh || recording < 0 ? recording : recording * AGAIN));
  caller.ringing = Math.max(0, caller.ringing + (fresh || ringing < 0 ? ringing : ringing * AGAIN));
  caller.calls++;
  if (fresh) caller.callees++;
  if (shape === CUT_AT_ONCE || shape === CUT_SOON) caller.cut++;
  else if (shape === EQUAL) caller.equal++;
  else if (shape === ONE_RING) caller.rings++;
}
