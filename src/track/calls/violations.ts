/**
 * What a party to a dialog may not do in its state (RFC 3261 §9, 12.2, 14, 15; RFC 3262, 3311; S2-25). Lenient wherever a
 * passive observer may simply have missed something: messages cross, hops repeat them, captures begin late and lose packets.
 */
import { ACK, BYE, INFO, INVITE, PRACK, type SipMessage, UPDATE } from '../../decode/message.ts';
import {
  BEHIND,
  BY_LEAVING,
  CALLEE,
  compareCSeq,
  type DialogState,
  EARLY,
  REPEATED,
  type Side,
  sideOf,
  TERMINATED,
} from './dialogstate.ts';
import { rackOf } from './reliable.ts';

/** Names of violations, by code. */
export const VIOLATION_NAMES = [
  '',
  'sender-unknown',
  'tags-unknown',
  'ack-without-invite',
  'bye-outside-dialog',
  'bye-before-answer',
  'cseq-behind',
  'reinvite-not-active',
  'invite-in-terminated',
  'update-inactive',
  'request-in-terminated',
  'cancel-unmatched',
  'cancel-after-final',
  'prack-unknown',
  'answer-by-stranger',
] as const;

/** Nothing wrong. */
export const NO_VIOLATION = 0;
/** Right in itself, but its sender never had a part in the call. */
export const SENDER_UNKNOWN = 1;
/** The Call-ID is known, the tags are of none of its dialogs, and the sender had no part in it. */
export const TAGS_UNKNOWN = 2;
const ACK_WITHOUT_INVITE = 3;
/** A BYE without a To tag. */
export const BYE_OUTSIDE = 4;
const BYE_BEFORE_ANSWER = 5;
const CSEQ_BEHIND = 6;
const REINVITE_NOT_ACTIVE = 7;
const INVITE_IN_TERMINATED = 8;
/** An UPDATE outside any dialog or in one that is over. */
export const UPDATE_INACTIVE = 9;
const REQUEST_IN_TERMINATED = 10;
/** A CANCEL of a stranger whose branch is of no INVITE. */
export const CANCEL_UNMATCHED = 11;
/** A CANCEL after the caller acknowledged the final answer. */
export const CANCEL_AFTER_FINAL = 12;
/** A PRACK outside any dialog, or for an answer that was not sent. */
export const PRACK_UNKNOWN = 13;
/** A final answer to an INVITE from someone who had no part in the call. */
export const ANSWER_BY_STRANGER = 14;

/** µs in which messages may cross, or come in another order on different hops. */
export const CROSSING = 2_000_000;

/** The violation that a request inside a dialog is, ACK included; its sender's place is not looked at. */
export function judge(d: DialogState, side: number, m: SipMessage, now: number): number {
  const s = sideOf(d, side);
  if (m.method === ACK) return judgeAck(d, s, m);
  // Seen before: repeated on another hop, or after a challenge on a branch of its own.
  if (compareCSeq(s, m.cseq) === REPEATED) return NO_VIOLATION;
  const what = d.state === TERMINATED ? judgeLate(d, m, now) : judgeMethod(d, s, side, m);
  if (what !== NO_VIOLATION) return what;
  // Numbers that were skipped may have been on their way, or lost to the capture.
  return compareCSeq(s, m.cseq) === BEHIND && now - s.raised > CROSSING ? CSEQ_BEHIND : NO_VIOLATION;
}

/** An ACK has the CSeq number of the INVITE (RFC 3261 §13.2.2.4); one that comes late has that of an earlier one. */
function judgeAck(d: DialogState, s: Side, m: SipMessage): number {
  return !d.adopted && m.cseq > s.invite ? ACK_WITHOUT_INVITE : NO_VIOLATION;
}

/** The dialog is over, and not just now. Subscriptions may outlive its call (RFC 5057 §4). */
function judgeLate(d: DialogState, m: SipMessage, now: number): number {
  // Whoever got no BYE goes on as before.
  if (now - d.ended <= CROSSING || d.reason === BY_LEAVING) return NO_VIOLATION;
  if (m.method === INVITE) return INVITE_IN_TERMINATED;
  if (m.method === UPDATE) return UPDATE_INACTIVE;
  return m.method === INFO || m.method === PRACK ? REQUEST_IN_TERMINATED : NO_VIOLATION;
}

function judgeMethod(d: DialogState, s: Side, side: number, m: SipMessage): number {
  if (d.adopted) return NO_VIOLATION;
  switch (m.method) {
    case INVITE:
      // An INVITE of the other side that is still open is no fault: they cross, and one is answered 491 (RFC 3261 §14.2).
      return d.state === EARLY || s.pending ? REINVITE_NOT_ACTIVE : NO_VIOLATION;
    case BYE:
      // The caller may (RFC 3261 §15).
      return d.state === EARLY && side === CALLEE ? BYE_BEFORE_ANSWER : NO_VIOLATION;
    case PRACK:
      return rackOf(m) > d.rseq ? PRACK_UNKNOWN : NO_VIOLATION;
    default:
      return NO_VIOLATION;
  }
}
