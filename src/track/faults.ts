/**
 * How much of what a client sends is broken, and in how many ways. A phone with a fault makes the same one or two in every message, and
 * works; who tries what a parser makes of this and that makes them one after the other.
 */
import type { SipMessage } from '../decode/message.ts';
import { isFault, ODDITY_NAMES } from '../decode/oddities.ts';

/** Bytes of the set of all kinds of oddities, a bit each. */
export const FAULT_BYTES = (ODDITY_NAMES.length + 7) >> 3;

/** What is known of the requests of a client to a server. Plain data; all are forgotten by and by. */
export interface Faults {
  /** Initial requests, and those of them with a fault. */
  requests: number;
  broken: number;
  /** Different kinds of faults in them. */
  kinds: number;
}

/** Counts the faults of a request. `rows` holds the set of kinds seen, from `at` on. */
export function countFaults(f: Faults, rows: Uint8Array, at: number, m: SipMessage): void {
  let found = false;
  for (let i = 0; i < m.oddityCount; i++) {
    const { code } = m.oddities[i]!;
    if (!isFault(code)) continue;
    found = true;
    const byte = at + (code >> 3);
    const bit = 1 << (code & 7);
    if ((rows[byte]! & bit) !== 0) continue;
    rows[byte]! |= bit;
    f.kinds++;
  }
  if (found) f.broken++;
}

/** Half the time is over: half of the requests are forgotten, and which kinds there were. */
export function fadeFaults(f: Faults, rows: Uint8Array, at: number): void {
  f.requests >>= 1;
  f.broken >>= 1;
  f.kinds = 0;
  rows.fill(0, at, at + FAULT_BYTES);
}
