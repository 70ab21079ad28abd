/** Why a frame gave no packet. Every frame that gives none is counted under exactly one of these. */

/**
 * By code; code 0 is a packet. `tcp`, `sctp`: no SIP in it. `stream`: part of a stream of SIP that made no message
 * whole; `stream-duplicate`: nothing new in it. `short`: the capture holds too little of a header, or of a fragment.
 * `hep-malformed`: HEP that contradicts itself; `hep-other`: it carries what is neither SIP nor media.
 * `malformed`: a header contradicts itself. `tunnel`: a form of tunnel that is not read; `tunnel-depth`: more tunnels in
 * each other than are opened. `fragment-pending`: stored, and waiting or since made whole; `fragment-expired`: stored,
 * but its datagram was given up.
 */
export const REASONS = [
  '',
  'tcp',
  'icmp',
  'sctp',
  'arp',
  'tunnel',
  'other-protocol',
  'not-ip',
  'fragment-pending',
  'fragment-expired',
  'fragment-duplicate',
  'fragment-overlap',
  'fragment-malformed',
  'unsupported-link',
  'short',
  'malformed',
  'tunnel-depth',
  'stream',
  'stream-duplicate',
  'hep-malformed',
  'hep-other',
] as const;
/** One of the list above: the keys of `CaptureCounts.dropped`. @public */
export type Reason = Exclude<(typeof REASONS)[number], ''>;

/** Index into `REASONS`. */
export const TAKEN = 0;
/** Index into `REASONS`. */
export const TCP = 1;
/** Index into `REASONS`. */
export const ICMP = 2;
/** Index into `REASONS`. */
export const SCTP = 3;
/** Index into `REASONS`. */
export const ARP = 4;
/** Index into `REASONS`. */
export const TUNNEL = 5;
/** Index into `REASONS`. */
export const OTHER_PROTOCOL = 6;
/** Index into `REASONS`. */
export const NOT_IP = 7;
/** Index into `REASONS`. */
export const FRAGMENT_PENDING = 8;
/** Index into `REASONS`. */
export const FRAGMENT_EXPIRED = 9;
/** Index into `REASONS`. */
export const FRAGMENT_DUPLICATE = 10;
/** Index into `REASONS`. */
export const FRAGMENT_OVERLAP = 11;
/** Index into `REASONS`. */
export const FRAGMENT_MALFORMED = 12;
/** Index into `REASONS`. */
export const UNSUPPORTED_LINK = 13;
/** Index into `REASONS`. */
export const SHORT = 14;
/** Index into `REASONS`. */
export const MALFORMED = 15;
/** Index into `REASONS`. */
export const TUNNEL_DEPTH = 16;
/** Index into `REASONS`. */
export const STREAM = 17;
/** Index into `REASONS`. */
export const STREAM_DUPLICATE = 18;
/** Index into `REASONS`. */
export const HEP_MALFORMED = 19;
/** Index into `REASONS`. */
export const HEP_OTHER = 20;
