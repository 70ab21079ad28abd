/**
 * What is known of one dialog (RFC 3261 §12), as a passive observer sees it: plain data, and the view of it that paper 002
 * calls session surveillance (S2-24, S2-25).
 */
import { ACK, CANCEL, INVITE, PRACK } from '../../decode/message.ts';

/** State of a dialog: a provisional answer with a To tag made it. */
export const EARLY = 1;
/** State of a dialog: a 2xx was seen. */
export const CONFIRMED = 2;
/** State of a dialog: a BYE, a failure or time ended it. */
export const TERMINATED = 3;

/** Nobody, or nobody knows who. */
export const NOBODY = 0;
/** Who sent the request that made the dialog. */
export const CALLER = 1;
/** Who answered it. */
export const CALLEE = 2;
/** Names of sides, by code. */
export const SIDE_NAMES = ['none', 'caller', 'callee'] as const;

/** Why a dialog ended, where it is no status code: below 100. */
export const BY_BYE = 1;
/** A BYE of someone who was never seen in the call, and was accepted. */
export const BY_STRANGER = 2;
/** It was silent too long. */
export const BY_IDLE = 3;
/** Nobody refreshed the session (RFC 4028 §10). */
export const BY_SESSION_TIMER = 4;
/** Another branch of its INVITE was answered (RFC 3261 §13.2.2.4). */
export const BY_FORK = 5;
/** A NOTIFY ended the subscription (RFC 6665 §4.1.3). */
export const BY_NOTIFY = 6;
/** A BYE of a party that nobody answered: whoever sends one has left (RFC 3261 §15.1.1). */
export const BY_LEAVING = 7;
/** Names of reasons, by code. */
export const REASON_NAMES = [
  '',
  'bye',
  'bye-by-stranger',
  'idle',
  'session-timer',
  'answered-elsewhere',
  'notify',
  'bye-unanswered',
] as const;

/** One side of a dialog. */
export interface Side {
  /** Highest CSeq number of its requests, -1: none seen. */
  cseq: number;
  /** CSeq numbers seen: bit n stands for `cseq - n`. */
  seen: number;
  /** µs when `cseq` last rose. */
  raised: number;
  /** CSeq of its last INVITE, -1: none seen. */
  invite: number;
  /** That INVITE has no final answer yet. */
  pending: boolean;
}

/** One dialog. Plain data. */
export interface DialogState {
  state: number;
  /** It belongs to a call; else it is that of a subscription (RFC 6665). */
  session: boolean;
  /** Its beginning was not seen: who called whom is a guess. */
  adopted: boolean;
  /** The creator's tag is the lower of the two, by bytes. */
  callerLow: boolean;
  /** Of both tags as its first answer had them, 0: it was found otherwise. Within one call it tells forks apart. */
  tags: number;
  /** µs: first message, 2xx, end, last message. */
  created: number;
  confirmed: number;
  ended: number;
  last: number;
  endedBy: number;
  /** Status code, or one of the reasons above. */
  reason: number;
  /** µs of the first BYE of a party, 0: none; and whose it was. */
  bye: number;
  byeBy: number;
  /** µs in the pipeline's time when it came. */
  byeHeard: number;
  /** The last 2xx to an INVITE was acknowledged. */
  acknowledged: boolean;
  /** Repetitions of that 2xx on one hop. */
  repeats: number;
  /** Requests seen inside it, ACK included. */
  requests: number;
  /** Highest RSeq of a reliable provisional answer (RFC 3262), 0: none. */
  rseq: number;
  /** Values of Record-Route in the answer that made it: size of the route set (RFC 3261 §12.1). */
  routes: number;
  /** Seconds of the session timer (RFC 4028), 0: none. */
  expires: number;
  caller: Side;
  callee: Side;
  /** Slot and generation of its call, -1: none. */
  call: number;
  callGeneration: number;
  /** Slot and generation of the dialog of the same call made before it, -1: none. */
  next: number;
  nextGeneration: number;
}

const makeSide = (): Side => ({ cseq: -1, seen: 0, raised: 0.5, invite: -1, pending: false });

/** A dialog to be filled by `resetDialog`. */
export function makeDialog(): DialogState {
  return {
    state: EARLY,
    session: true,
    adopted: false,
    callerLow: false,
    tags: 0,
    created: 0.5,
    confirmed: 0.5,
    ended: 0.5,
    last: 0.5,
    endedBy: NOBODY,
    reason: 0,
    bye: 0.5,
    byeBy: NOBODY,
    byeHeard: 0.5,
    acknowledged: false,
    repeats: 0,
    requests: 0,
    rseq: 0,
    routes: 0,
    expires: 0,
    caller: makeSide(),
    callee: makeSide(),
    call: -1,
    callGeneration: 0,
    next: -1,
    nextGeneration: 0,
  };
}

/** Makes it one about which nothing is known yet. */
export function resetDialog(d: DialogState, now: number): void {
  d.state = EARLY;
  d.session = true;
  d.adopted = false;
  d.tags = 0;
  d.created = now;
  d.confirmed = 0;
  d.ended = 0;
  d.last = now;
  d.endedBy = NOBODY;
  d.reason = 0;
  d.bye = 0;
  d.byeBy = NOBODY;
  d.byeHeard = 0;
  d.acknowledged = false;
  d.repeats = 0;
  d.requests = 0;
  d.rseq = 0;
  d.routes = 0;
  d.expires = 0;
  resetSide(d.caller);
  resetSide(d.callee);
  d.call = -1;
  d.next = -1;
}

function resetSide(s: Side): void {
  s.cseq = -1;
  s.seen = 0;
  s.raised = 0;
  s.invite = -1;
  s.pending = false;
}

/** The side of that code. */
export function sideOf(d: DialogState, side: number): Side {
  return side === CALLER ? d.caller : d.callee;
}

/** CSeq numbers that are remembered one by one. */
const WINDOW = 32;

/** What a CSeq number is to a side: higher than all before, one seen before, or behind one that was seen. */
export const HIGHER = 0;
/** See HIGHER. */
export const REPEATED = 1;
/** See HIGHER. */
export const BEHIND = 2;

/** Compares a CSeq number with those a side has used (RFC 3261 §12.2.2); changes nothing. */
export function compareCSeq(s: Side, cseq: number): number {
  if (s.cseq < 0 || cseq > s.cseq) return HIGHER;
  const back = s.cseq - cseq;
  return back < WINDOW && ((s.seen >>> back) & 1) === 1 ? REPEATED : BEHIND;
}

/** Notes that a side used that CSeq number. */
export function noteCSeq(s: Side, cseq: number, now: number): void {
  if (cseq < 0) return;
  const ahead = cseq - s.cseq;
  if (s.cseq < 0 || ahead >= WINDOW) s.seen = 1;
  else if (ahead > 0) s.seen = (s.seen << ahead) | 1;
  else if (-ahead < WINDOW) s.seen |= 1 << -ahead;
  if (s.cseq >= 0 && ahead <= 0) return;
  s.cseq = cseq;
  s.raised = now;
}

/** States of the machine of paper 002 [6.4.6], by code. */
export const SURVEILLANCE = ['inactive', 'wait-ack', 'active'] as const;

/** That machine's state of a dialog: a view, nothing is kept for it. `undefined`: there is no dialog. */
export function surveillance(d: DialogState | undefined): (typeof SURVEILLANCE)[number] {
  if (d === undefined || d.state === TERMINATED) return 'inactive';
  const open = d.state === EARLY || d.caller.pending || d.callee.pending || (!d.acknowledged && !d.adopted);
  return open ? 'wait-ack' : 'active';
}

/**
 * States of that machine in which a method may come from a party [6.4.6, 7.5]: re-INVITE only in Active, UPDATE in Wait ack
 * and Active. BYE, CANCEL and PRACK in Wait ack are what RFC 3261 §15, §9 and RFC 3262 add to the paper.
 */
export function expectedStates(method: number): readonly (typeof SURVEILLANCE)[number][] {
  switch (method) {
    case INVITE:
      return ['inactive', 'active'];
    case ACK:
    case CANCEL:
    case PRACK:
      return ['wait-ack'];
    default:
      return ['wait-ack', 'active'];
  }
}
