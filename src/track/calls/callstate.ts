/** What is known of one call, and the CDR that is made of it when it is over (S1-27, S2-35). Plain data. */
import type { Call, CallLeg, CallSecurity, MediaStream, Transport } from '../../types.ts';
import { DISPOSITIONS } from '../../types.ts';
import { NOBODY } from './dialogstate.ts';
import { makeSigns, resetSigns, type Signs } from './signs.ts';

/** Code of a disposition, see DISPOSITIONS. */
export const UNANSWERED = 0;
/** Code of a disposition, see DISPOSITIONS. */
export const CHALLENGED = 1;
/** Code of a disposition, see DISPOSITIONS. */
export const ANSWERED = 2;
const BUSY = 3;
/** Code of a disposition, see DISPOSITIONS. */
export const CANCELLED = 4;
const REJECTED = 5;
/** Code of a disposition, see DISPOSITIONS. */
export const REDIRECTED = 6;

/** Who ended a call: neither side but what lies between them. The other codes are those of sides (`dialogstate.ts`). */
export const NETWORK = 3;
/** Who ended a call, by code. */
export const ENDERS = ['none', 'caller', 'callee', 'network'] as const;

/** One call. Plain data; the strings are kept only if someone wants the list of calls. */
export interface CallState {
  /** Its place in the table. */
  slot: number;
  generation: number;
  /** Of its Call-ID and its caller's tag. */
  identity: number;
  /** Its first INVITE was seen. */
  complete: boolean;
  /** Someone answered something in it. */
  heard: boolean;
  start: number;
  ringing: number;
  answered: number;
  ended: number;
  status: number;
  /** µs of its first final answer but a challenge; 0: none yet. */
  decided: number;
  disposition: number;
  cause: number;
  hungUpBy: number;
  /** A CANCEL of a party was seen. */
  cancelled: boolean;
  /** µs of a 2xx of somebody else that was called, after all who had answered were gone (RFC 3261 §13.2.2.4); 0: none. */
  again: number;
  forks: number;
  /** Its dialogs that are confirmed and not over. */
  open: number;
  reinvites: number;
  holds: number;
  transfers: number;
  /** Hops its INVITEs were seen on, and those of them over TLS or WSS. */
  hops: number;
  secureHops: number;
  authenticated: boolean;
  /** One of its INVITEs carried credentials. */
  credentials: boolean;
  signed: boolean;
  asserted: boolean;
  attestation: CallSecurity['attestation'];
  transport: Transport;
  /** It was already reported. */
  told: boolean;
  /** It waits to be reported. */
  fading: boolean;
  /** Its end was held against its caller (fraud/callers.ts). */
  weighed: boolean;
  /** Slot and generation of its caller among those who call abroad (fraud/tolls.ts), -1: it goes nowhere; cents a minute. */
  toll: number;
  tollGeneration: number;
  tollCents: number;
  /** Slot and generation of its latest dialog, -1: none. */
  dialog: number;
  dialogGeneration: number;
  /** What can give forged messages away. */
  signs: Signs;
  /** Calls it was joined with. */
  joined: number;
  group: string;
  legs: CallLeg[];
  callId: string;
  from: string;
  to: string;
  contact: string;
  src: string;
  dst: string;
  callerAgent: string;
  calleeAgent: string;
}

/** A call about which nothing is known; reported calls are not reported again. */
export function makeCall(): CallState {
  return {
    slot: -1,
    generation: 0,
    identity: 0,
    complete: false,
    heard: false,
    start: 0.5,
    ringing: 0.5,
    answered: 0.5,
    ended: 0.5,
    decided: 0.5,
    status: 0,
    disposition: 0,
    cause: 0,
    hungUpBy: NOBODY,
    cancelled: false,
    again: 0.5,
    forks: 0,
    open: 0,
    reinvites: 0,
    holds: 0,
    transfers: 0,
    hops: 0,
    secureHops: 0,
    authenticated: false,
    credentials: false,
    signed: false,
    asserted: false,
    attestation: '',
    transport: 'udp',
    told: true,
    fading: false,
    weighed: false,
    toll: -1,
    tollGeneration: 0,
    tollCents: 0,
    dialog: -1,
    dialogGeneration: 0,
    signs: makeSigns(),
    joined: 0,
    group: '',
    legs: [],
    callId: '',
    from: '',
    to: '',
    contact: '',
    src: '',
    dst: '',
    callerAgent: '',
    calleeAgent: '',
  };
}

/** Forgets the call that was in this place before. */
export function beginCall(c: CallState, time: number): void {
  c.identity = 0;
  c.complete = false;
  c.heard = false;
  c.start = time;
  c.ringing = 0;
  c.answered = 0;
  c.ended = 0;
  c.decided = 0;
  c.status = 0;
  c.disposition = UNANSWERED;
  c.cause = 0;
  c.hungUpBy = NOBODY;
  c.cancelled = false;
  c.again = 0;
  c.forks = 0;
  c.open = 0;
  c.reinvites = 0;
  c.holds = 0;
  c.transfers = 0;
  c.hops = 0;
  c.secureHops = 0;
  c.authenticated = false;
  c.credentials = false;
  c.signed = false;
  c.asserted = false;
  c.attestation = '';
  c.told = false;
  c.fading = false;
  c.weighed = false;
  c.toll = -1;
  c.tollCents = 0;
  c.dialog = -1;
  c.joined = 0;
  resetSigns(c.signs);
  if (c.legs.length > 0) c.legs = [];
  c.group = '';
}

/** Code of the disposition that a final status of an INVITE means. */
export function dispositionOf(status: number): number {
  if (status < 300) return ANSWERED;
  if (status < 400) return REDIRECTED;
  if (status === 401 || status === 407) return CHALLENGED;
  if (status === 486 || status === 600) return BUSY;
  if (status === 408 || status === 480) return UNANSWERED;
  return status === 487 ? CANCELLED : REJECTED;
}

/** The CDR of a call. Durations that would need what was not seen are 0. */
export function recordOf(c: CallState, streams: readonly MediaStream[]): Call {
  const { callId, from, to, contact, src, dst, transport, complete, start, ringing, answered, ended } = c;
  const first = ringing > 0 && (c.decided === 0 || ringing < c.decided) ? ringing : c.decided;
  return {
    callId,
    from,
    to,
    contact,
    src,
    dst,
    transport,
    complete,
    start,
    ringing,
    answered,
    ended,
    duration: complete && ended > 0 ? ended - start : 0,
    billed: answered > 0 && ended > 0 ? ended - answered : 0,
    setup: complete && first > 0 ? first - start : 0,
    disposition: DISPOSITIONS[c.disposition]!,
    status: c.status,
    cause: c.cause,
    hungUpBy: ENDERS[c.hungUpBy]!,
    forks: c.forks,
    reinvites: c.reinvites,
    holds: c.holds,
    transfers: c.transfers,
    callerAgent: c.callerAgent,
    calleeAgent: c.calleeAgent,
    security: securityOf(c, streams),
    streams,
    legs: c.legs,
    group: c.group,
  };
}

function securityOf(c: CallState, streams: readonly MediaStream[]): CallSecurity {
  const encrypted = streams.filter(({ encryption }) => encryption !== 'none').length;
  return {
    signalling: share(c.secureHops, c.hops),
    authenticated: c.authenticated,
    identity: c.signed ? 'signed' : c.asserted ? 'asserted' : 'none',
    attestation: c.attestation,
    media: streams.length === 0 ? 'unseen' : share(encrypted, streams.length),
  };
}

function share(part: number, whole: number): 'all' | 'some' | 'none' {
  return part === 0 ? 'none' : part < whole ? 'some' : 'all';
}
