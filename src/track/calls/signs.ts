/** What a call shows by which messages can be told that were forged for it. */
import { type Make, noMake } from './make.ts';

/** What is known of a call that can give a forgery away. Plain data. */
export interface Signs {
  /** Of the endpoint that forwarded its INVITE, 0: none was seen to. */
  forwarder: number;
  caller: Make;
  callee: Make;
  /** Of who first said that it rings, in its answers; its To tag, and the ordinal of the transaction: other hops may write anew. */
  ringer: Make;
  ringerTag: number;
  ringerHop: number;
  /** A CANCEL of a party was seen: bit 0 where the caller is, bit 1 behind a proxy. */
  cancels: number;
  /** Of the To tag of the last provisional answer behind a proxy; of the first refusal there. */
  ringing: number;
  refused: number;
  /** Status of that refusal. */
  refusal: number;
  /** Of the To tag of the latest refusal, wherever it was seen. */
  told: number;
  /** A final answer was seen behind a proxy. */
  decided: boolean;
}

/** Of a call of which nothing is known. */
export function makeSigns(): Signs {
  return {
    forwarder: 0,
    caller: noMake(),
    callee: noMake(),
    ringer: noMake(),
    ringerTag: 0,
    ringerHop: 0,
    cancels: 0,
    ringing: 0,
    refused: 0,
    refusal: 0,
    told: 0,
    decided: false,
  };
}

/** Forgets what was there. */
export function resetSigns(s: Signs): void {
  s.forwarder = 0;
  s.caller.spelling = 0;
  s.callee.spelling = 0;
  s.ringerTag = 0;
  s.cancels = 0;
  s.ringing = 0;
  s.refused = 0;
  s.refusal = 0;
  s.told = 0;
  s.decided = false;
}
