/** Why a frame gave no packet. Every frame that gives none is counted under exactly one of these. */

/** What each means; the counts stand in family `dropped` of the report (docs/reference/metrics.md). */
export const DROPPED = {
  tcp: 'TCP without SIP in it',
  icmp: 'ICMP and ICMPv6',
  sctp: 'SCTP without SIP in it',
  arp: 'ARP',
  tunnel: 'a form of tunnel that is not read',
  'other-protocol': 'IP with another protocol than UDP, TCP, SCTP, ICMP and tunnels',
  'not-ip': 'no IP, for example spanning tree or a journal entry',
  'fragment-pending': 'IP fragments that were stored and wait, or whose datagram was since made whole by another frame',
  'fragment-expired': 'IP fragments whose datagram was given up: 30 s had passed, there was no room, or the input ended',
  'fragment-duplicate': 'IP fragments with nothing new in them',
  'fragment-overlap': 'IPv6 fragments that overlap, which ends their datagram (RFC 5722)',
  'fragment-malformed': 'IP fragments that break the rules of fragmentation',
  'unsupported-link': 'a link type that is not read',
  short: 'the capture holds too little of a header, or of a fragment',
  malformed: 'a header contradicts itself',
  'tunnel-depth': 'more tunnels in each other than are opened',
  stream: 'part of a stream of SIP that made no message whole',
  'stream-duplicate': 'TCP of a stream of SIP with nothing new in it',
  'hep-malformed': 'HEP that contradicts itself',
  'hep-other': 'HEP that carries what is neither SIP nor media',
  tls: 'TCP that begins with a TLS record, which cannot be opened',
} as const;
/** One of the names above: the keys of `CaptureCounts.dropped`. */
export type Reason = keyof typeof DROPPED;

/** Names by code; code 0 is a packet. */
export const REASONS: readonly (Reason | '')[] = [
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
  'tls',
];

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
/** Index into `REASONS`. */
export const TLS = 21;
