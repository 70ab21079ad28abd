/**
 * Every counter of Ringfence, once: name, unit and meaning. docs/reference/metrics.md is generated from this list.
 */

/** The families of counters `analyze` reports, and what each counts. */
export const COUNTS = {
  protocol: 'payloads by what they are, told by content: sip, rtp, rtcp, mgcp, h225, other',
  method: 'SIP requests by method; `other` for methods without an RFC known here',
  answer: 'SIP responses by status code',
  oddity: 'oddities of SIP messages by name; a message may have several',
  outcome: 'finished authentications by outcome (C-03): challenge, failed, unknown-user, accepted, stale, open',
  call: 'calls (INVITE dialogs by Call-ID) by disposition',
  media:
    'RTP streams by how they fit the calls (promised by SDP, symmetric, unpromised), those of them encrypted, and their packets: seen, lost, seen twice, late; keys pressed; packets of T.38 to where SDP promised it; the highest jitter in ms',
  dropped: 'frames that gave no payload, by reason',
  capture: 'what was odd about how packets were carried, and what the capture could not show, by name',
} as const;

/** One family: label -> count. */
export type Family = Record<string, number>;

/** All families. */
export type Counts = { [F in keyof typeof COUNTS]: Family };

/** A family from an array indexed by code; zero counts are left out, labels sorted as the codes are. */
export function family(counts: ArrayLike<number>, label: (code: number) => string): Family {
  const out: Family = {};
  for (let code = 0; code < counts.length; code++) {
    const n = counts[code]!;
    if (n > 0) out[label(code)] = (out[label(code)] ?? 0) + n;
  }
  return out;
}
