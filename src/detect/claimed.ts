/**
 * Whether the one in whose name a request came may be blamed for it. A request over UDP proves nothing of its source; what follows may:
 * an ACK or credentials that only he can write who has heard the answer. And answers from many servers that nobody acknowledges are
 * rather the harm done to their receiver than his own doing (rule reflection).
 */
import { CLAIMED, NAT, PACKET, UNKNOWN } from '../track/origin.ts';
import type { Tracker } from '../track/tracker.ts';

/** Probes for each of which there is a proof at least, if the source is to be believed: who scans acknowledges, or does not. */
const PROBES_PER_PROOF = 4;

/** How the source of a probe was found: CLAIMED instead if it gave too few proofs for as many probes, of a proxy of ours none at all. */
export function attributionOf(found: number, proofs: number, misses: number): number {
  if (found === PACKET || found === NAT) return proofs * PROBES_PER_PROOF < misses ? CLAIMED : found;
  return proofs === 0 && found === UNKNOWN ? CLAIMED : found;
}

/**
 * What of a source may show that others ask in its name: answers within the minute that it did not ask for or does not acknowledge,
 * and how many it asks.
 */
export function unwantedOf(client: Uint8Array, tracker: Tracker, now: number): { unwanted: number; unwantedFrom: number; asked: number } {
  const { answers, servers } = tracker.rates.unwanted(client, now);
  return { unwanted: answers, unwantedFrom: servers, asked: tracker.peers.askedBy(client, now) };
}
