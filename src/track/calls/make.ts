/**
 * How a client writes the headers that every request has: their spelling, Max-Forwards, and the name it gives itself. Requests of one
 * telephone in one call are written alike; whoever forges one for it writes as his own program does.
 */
import { CALL_ID, CSEQ, FROM, MAX_FORWARDS, TO, VIA } from '../../decode/headers.ts';
import { HEADER_STRIDE, type SipMessage } from '../../decode/message.ts';
import { mixTail } from '../transactions.ts';

/** Make of a client: numbers that are compared, 0 while nothing is known. */
export interface Make {
  /** Of the spelling of names and of Max-Forwards. */
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

/** One number for the make of a request. */
export function makeOf(m: SipMessage): number {
  return Math.imul(spellingOf(m), 0x01000193) ^ agentOf(m);
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
function spellingOf({ bytes, headers, headerCount, maxForwards }: SipMessage): number {
  const stop = headerCount * HEADER_STRIDE;
  let sum = maxForwards + 1;
  for (let at = 0; at < stop; at += HEADER_STRIDE) {
    const id = headers[at]!;
    if (id !== VIA && id !== FROM && id !== TO && id !== CALL_ID && id !== CSEQ && id !== MAX_FORWARDS) continue;
    const start = headers[at + 1]!;
    const end = headers[at + 2]!;
    let x = id;
    for (let i = start; i < end; i++) x = Math.imul(x ^ bytes[i]!, 0x01000193);
    // A blank after the colon is a habit as well.
    sum = (sum + Math.imul(x ^ (headers[at + 3]! - end), 0x9e3779b1)) | 0;
  }
  return sum | 1;
}
