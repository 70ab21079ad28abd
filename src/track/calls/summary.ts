/** Sums over all calls, for the report: how many were answered, how long they took, who hung up (ASR, ACD). */
import type { CallSummary } from '../../queries.ts';
import { ANSWERED, type CallState, ENDERS } from './callstate.ts';

/** No calls yet. */
export function emptySummary(): CallSummary {
  return {
    calls: 0,
    incomplete: 0,
    answered: 0,
    finished: 0,
    billed: 0,
    ringing: 0,
    setups: 0,
    hungUpBy: { none: 0, caller: 0, callee: 0, network: 0 },
    forked: 0,
    held: 0,
    transferred: 0,
    joined: 0,
    secure: 0,
    partlySecure: 0,
    authenticated: 0,
    signed: 0,
    asserted: 0,
  };
}

/** Adds a call that is over. */
export function summarise(s: CallSummary, c: CallState): void {
  s.calls++;
  if (!c.complete) s.incomplete++;
  if (c.disposition === ANSWERED) s.answered++;
  if (c.answered > 0 && c.ended > 0) {
    s.finished++;
    s.billed += c.ended - c.answered;
  }
  if (c.complete && c.ringing > 0) {
    s.setups++;
    s.ringing += c.ringing - c.start;
  }
  s.hungUpBy[ENDERS[c.hungUpBy]!]++;
  if (c.forks > 1) s.forked++;
  if (c.holds > 0) s.held++;
  if (c.transfers > 0) s.transferred++;
  if (c.joined > 0) s.joined++;
  summariseSecurity(s, c);
}

function summariseSecurity(s: CallSummary, c: CallState): void {
  if (c.hops > 0 && c.secureHops === c.hops) s.secure++;
  else if (c.secureHops > 0) s.partlySecure++;
  if (c.authenticated) s.authenticated++;
  if (c.signed) s.signed++;
  else if (c.asserted) s.asserted++;
}
