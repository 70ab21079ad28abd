/** What is to happen in a call: written by who makes the call, known to both of its ends. Times within a call are in seconds. */
import type { SegmentName } from '../scenario.ts';
import type { Voice } from './sound.ts';

/** What the called side does. `after`: seconds of ringing. */
export type Answer =
  | { readonly kind: 'answer'; readonly after: number }
  /** Rings until the caller gives up or the server does. */
  | { readonly kind: 'never' }
  | { readonly kind: 'busy' | 'decline' | 'unavailable' | 'missing'; readonly after: number }
  /** 302 to another user of the domain, or a whole URI. */
  | { readonly kind: 'redirect'; readonly after: number; readonly to: string }
  /** Early media (183) for so many seconds, then this answer (480 unless `answers`). */
  | { readonly kind: 'announce'; readonly after: number; readonly answers: boolean };

/** Which side of the call. */
export type Side = 'caller' | 'called';

/** Something within a call, `after` so many (simulated) seconds of talk. */
export type MidCall = { readonly after: number; readonly by: Side } & (
  | { readonly kind: 'hold'; readonly seconds: number; readonly music: boolean; readonly newSource: boolean }
  | { readonly kind: 'refresh'; readonly method: 'INVITE' | 'UPDATE' }
  | { readonly kind: 'digits'; readonly digits: string; readonly way: 'rtp' | 'info' }
  | { readonly kind: 'fax' }
  /** REFER (RFC 3515): the other side calls `to`, and `by` leaves. */
  | { readonly kind: 'transfer'; readonly to: string; readonly plan: CallPlan }
  /** The phone goes to another network and says so by re-INVITE. */
  | { readonly kind: 'move'; readonly segment: SegmentName }
);

/** A call. */
export interface CallPlan {
  /** Simulated time of the INVITE (microseconds since 1970). Absent: the call is played in real time, in full. */
  readonly start?: number;
  /** Seconds between answer and BYE; simulated unless `media` is `full`. */
  readonly talk: number;
  /** `edges`: media only around what happens; the silence between is stretched to the talk time. */
  readonly media: 'full' | 'edges' | 'none';
  /** Seconds of media at each edge; 2 if absent. */
  readonly edge?: number;
  readonly answer?: Answer;
  /** The caller cancels after so many seconds of ringing. */
  readonly giveUp?: number;
  readonly hangup?: Side;
  readonly events?: readonly MidCall[];
  /** Session-Expires of the INVITE, seconds (RFC 4028): the caller refreshes at half of it. */
  readonly sessionTimer?: number;
  /** So many ACKs of the 200 get lost on the caller's side. */
  readonly lostAcks?: number;
  /** Milliseconds for which the side that is hung up on goes on sending media. */
  readonly lateMedia?: number;
  /** What the caller says, instead of speech of its own: one recording for many calls, e.g. */
  readonly voice?: Voice;
  /** Of calls.jsonl: the hard negative that it belongs to. */
  readonly kind?: string;
}
