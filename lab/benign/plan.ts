/**
 * What happens on a benign day, written down before anything is played. Pure: the same seed and size give the same plan. All
 * times are simulated seconds since midnight.
 */
import type { Random } from '../random.ts';
import type { SegmentName } from '../scenario.ts';
import type { Period } from './curve.ts';

/** How much of everything a day has. */
export interface DaySize {
  readonly period: Period;
  readonly phones: number;
  /** Calls that people make; those of machines and of the call centre come on top. At least so many come (with 5 % to spare). */
  readonly calls: number;
  /** Share of the calls whose media is recorded in full. */
  readonly full: number;
  /** Longest call that is recorded in full, in seconds: it is played in real time. */
  readonly longestFull: number;
  /** Seconds within which all phones are back after the power cut. */
  readonly storm: number;
  /** Calls of the call centre. */
  readonly callCentre: number;
  /** Seconds from one visit of the monitoring probe to the next: an OPTIONS and a test call. */
  readonly probe: number;
  /** Seconds after which the phone with last month's password tries again. */
  readonly stale: number;
  /** Seconds on the machine's clock in which everything but the storm is played. */
  readonly stretch: number;
  /** Calls begun per second on the machine's clock. */
  readonly pace: number;
  /** Times that the fax is tried, and that the alarm dialler calls. */
  readonly machines: number;
}

/** What a phone is for. Only `desk` phones make and take the calls of people. */
export type Role = 'desk' | 'call-centre' | 'fax' | 'alarm' | 'probe' | 'stale-password' | 'mover' | 'rebooter' | 'twin' | 'forwarder';

/** A phone of the plan; it takes the account of the same place in the site's list, but for twins, which have that of `like`. */
export interface PlannedPhone {
  readonly index: number;
  readonly segment: SegmentName;
  readonly role: Role;
  /** Expires that it asks for, in seconds. */
  readonly expires: number;
  /** Seconds from one REGISTER to the next. */
  readonly refresh: number;
  /** Seconds between two OPTIONS of its keepalive; 0: none. */
  readonly keepalive: number;
  /** Seconds between two SUBSCRIBEs; 0: it subscribes to nothing. */
  readonly subscribe: number;
  /** Wrong passwords that its user types before the right one. */
  readonly typos: number;
  /** A SIP ALG in the router before it rewrites its messages. */
  readonly alg: boolean;
  /** It names itself and its domain by DNS names where others write addresses. */
  readonly names: boolean;
  /** Index of the phone whose account it shares. */
  readonly like?: number;
}

/** Who is called: a phone, a number on the telephone network, or a number that nobody has. */
export type Callee = { readonly phone: number } | { readonly number: string } | { readonly nobody: string };

/** How a call ends, as G12 counts it. */
export type Result = 'answered' | 'busy' | 'cancelled' | 'misdialled';

/** What may happen in an answered call beside talk. */
export type Twist =
  | 'hold'
  | 'music'
  | 'ssrc-on-hold'
  | 'transfer'
  | 'lost-ack'
  | 'late-rtp'
  | 'session-timer'
  | 't38'
  | 'dtmf'
  | 'hand-over';

/** A call of the plan. */
export interface PlannedCall {
  readonly at: number;
  /** Index of a phone, or the telephone network. */
  readonly from: number | 'trunk';
  readonly to: Callee;
  readonly result: Result;
  /** Seconds of ringing until it is answered, refused or given up. */
  readonly ring: number;
  /** Seconds from the answer to the BYE; 0 if never answered. */
  readonly hold: number;
  readonly endedBy: 'caller' | 'called';
  readonly media: 'full' | 'edges' | 'none';
  readonly twists: readonly Twist[];
  /** Hard negative it belongs to. */
  readonly kind?: string;
}

/** One REGISTER of a phone with what it is answered by. */
export interface PlannedRegistration {
  readonly at: number;
  /**
   * `refresh` keeps the Call-ID; `boot` begins a new one; `star` removes all bindings first; `wrong` has a wrong password;
   * `move` comes from a new address.
   */
  readonly what: 'refresh' | 'boot' | 'star' | 'wrong' | 'move';
}

/** A day. */
export interface DayPlan {
  readonly size: DaySize;
  readonly phones: readonly PlannedPhone[];
  /** Ordered by time. */
  readonly calls: readonly PlannedCall[];
  /** Of each phone, ordered by time. */
  readonly registrations: readonly (readonly PlannedRegistration[])[];
  /** When the power comes back; every desk phone but those on the Internet boots within `size.storm` seconds. */
  readonly storm: number;
}

/** What a plan is drawn with. */
export interface PlanSources {
  readonly random: Random;
  /** Draws an E.164 number of the telephone network: a subscriber's. */
  readonly number: () => string;
  /** Draw free-phone and premium-rate numbers of the operator's country. */
  readonly free: () => string;
  readonly premium: () => string;
  /** Draws an extension that nobody has. */
  readonly nobody: () => string;
}
