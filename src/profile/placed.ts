/** Which calls make habits, and what habits say of a call that goes abroad. */
import { ENDPOINT } from '../bytes.ts';
import type { SipMessage } from '../decode/message.ts';
import { hash, Key, type Seed } from '../table.ts';
import { addressOfRecord } from '../track/addressofrecord.ts';
import { isCaller } from '../track/calls/calls.ts';
import { ANSWERED, type CallState } from '../track/calls/callstate.ts';
import type { CallerState } from '../track/fraud/callers.ts';
import { createNumberView, type NumberView, readAbroad } from '../track/fraud/numberplan.ts';
import type { Observation } from '../track/observation.ts';
import type { Tracker } from '../track/tracker.ts';
import type { Span } from '../types.ts';
import type { Habits } from './habits.ts';

/** Digits at the beginning by which countries are told apart. */
const COUNTRY = 3;

/** Evidence (natural logarithm of the odds), and different people called, that make a machine. */
const EVIDENCE = 9;
const CALLEES = 4;

/** Reads calls for `Habits`. */
export class PlacedCalls {
  readonly habits: Habits;
  /** What the last `judge` found: days the account is known, whether it never calls at this hour, or never called that country before today. */
  days = 0;
  offHours = false;
  newCountry = false;
  readonly #called = new Uint8Array(ENDPOINT);
  readonly #number = createNumberView();
  readonly #key = new Key(256);
  readonly #name = new Key(64);
  readonly #seed: Seed;

  constructor(habits: Habits, seed: Seed) {
    this.habits = habits;
    this.#seed = seed;
  }

  /** The message of an Observation ended a call. */
  over(o: Observation, c: CallState, { calls, callers }: Tracker, now: number): void {
    // Not what somebody tried in another's name: a server let it ring for somebody who knows a password.
    if (!c.complete || !c.credentials || (c.ringing === 0 && c.answered === 0)) return;
    const m = o.message;
    const forward = isCaller(c, m);
    const { user } = forward ? m.to.uri : m.from.uri;
    const talk = c.disposition === ANSWERED && c.answered > 0 ? (c.ended - c.answered) / 60_000_000 : 0;
    const habit = this.habits.count(this.#accountOf(m, forward), this.#hashOf(m.bytes, user), c.start, talk, now);
    calls.endpoints(c.slot, habit.source, this.#called);
    habit.file = o.packet.where.file;
    habit.frame = o.packet.frameNumber;
    if (o.repeated && callers.byName !== undefined && isMachine(callers.byName)) this.habits.mark(habit);
    if (readAbroad(m.bytes, user.start, user.end, this.#number)) this.habits.visit(habit, this.#countryOf(m.bytes, this.#number), now);
  }

  /** A server accepted a call to a number abroad: fills `days`, `offHours` and `newCountry`. */
  judge(m: SipMessage, number: NumberView, now: number): void {
    const account = this.#accountOf(m, true);
    this.days = this.habits.ageOf(account, now);
    this.offHours = this.habits.isOffHours(account, now);
    this.newCountry = !this.habits.knowsCountry(account, this.#countryOf(m.bytes, number), now);
  }

  /** `user@host` of the caller. */
  #accountOf(m: SipMessage, forward: boolean): Key {
    return addressOfRecord(this.#key, m.bytes, forward ? m.from.uri : m.to.uri);
  }

  #countryOf(bytes: Uint8Array, { start }: Span): number {
    return this.#hashOf(bytes, { start, end: start + COUNTRY });
  }

  #hashOf(bytes: Uint8Array, { start, end }: Span): number {
    return start < 0 ? 0 : hash(this.#seed, this.#name.reset().add(bytes, start, end));
  }
}

/** As the rule about recordings has it. */
function isMachine({ recording, callees, cut }: CallerState): boolean {
  return recording >= EVIDENCE && callees >= CALLEES && cut > 0;
}
