/**
 * How a client writes the headers that every request has: their spelling, and the name it gives itself. Requests of one telephone in
 * one call are written alike; whoever forges one for it writes as his own program does.
 *
 * The number in Max-Forwards is no habit: who has two legs counts that of the other leg down in an INVITE and begins a BYE anew
 * (RFC 7332). Nor is the blank of To: its value without a tag is often written in another place than the one with a tag.
 */
import { CALL_ID, CSEQ, FROM, MAX_FORWARDS, TO, VIA } from '../../decode/headers.ts';
import { HEADER_STRIDE, type SipMessage } from '../../decode/message.ts';
import { mixTail } from '../transactions.ts';

/** Make of a client: numbers that are compared, 0 while nothing is known. */
export interface Make {
  /** Of the spelling of names. */
  spelling: number;
  /** Of User-Agent, 0: it names none. */
  agent: number;
}

/** Nothing known. */
export function noMake(): Make {
  return { spelling: 0, agent: 0 };
}

/** Keeps the make of a request. */
export function keepMake(make: Make, m: SipMessage): void {
  make.spelling = spellingOf(m);
  make.agent = agentOf(m);
}

/** One number for the make of a request outside of calls, where Max-Forwards is a habit too: its sender begins it. */
export function makeOf(m: SipMessage): number {
  return Math.imul(spellingOf(m) + m.maxForwards, 0x01000193) ^ agentOf(m);
}

/** True if another make than `make` wrote a request. What either does not say is no difference. */
export function isOtherMake(make: Make, m: SipMessage): boolean {
  if (make.spelling === 0) return false;
  if (make.spelling !== spellingOf(m)) return true;
  const agent = agentOf(m);
  return make.agent !== 0 && agent !== 0 && make.agent !== agent;
}

function agentOf({ bytes, userAgent }: SipMessage): number {
  return userAgent.start < 0 || userAgent.end === userAgent.start ? 0 : mixTail(1, bytes, userAgent) | 1;
}

/** Each name counts by itself: their order differs from method to method with some makers. */
function spellingOf({ bytes, headers, headerCount }: SipMessage): number {
  const stop = headerCount * HEADER_STRIDE;
  let sum = 0;
  for (let at = 0; at < stop; at += HEADER_STRIDE) {
    const id = headers[at]!;
    if (id !== VIA && id !== FROM && id !== TO && id !== CALL_ID && id !== CSEQ && id !== MAX_FORWARDS) continue;
    const start = headers[at + 1]!;
    const end = headers[at + 2]!;
    let x = id;
    for (let i = start; i < end; i++) x = Math.imul(x ^ bytes[i]!, 0x01000193);
    // A blank after the colon is a habit as well.
    const blank = id === TO ? 0 : headers[at + 3]! - end;
    sum = (sum + Math.imul(x ^ blank, 0x9e3779b1)) | 0;
  }
  return sum | 1;
}
