/** Reliable provisional answers (RFC 3262): the numbers that join a PRACK to its answer. */
import { headerByName, RSEQ } from '../../decode/headers.ts';
import type { SipMessage } from '../../decode/message.ts';
import { headerNumber } from './callheaders.ts';

const RACK = headerByName('RAck');

/** RSeq of a provisional answer (RFC 3262 §7.1), 0 if it is not reliable. */
export function rseqOf(m: SipMessage): number {
  return headerNumber(m, RSEQ);
}

/** The RSeq that a PRACK acknowledges (RFC 3262 §7.2), 0 if it does not say. */
export function rackOf(m: SipMessage): number {
  return headerNumber(m, RACK);
}
