/**
 * What can be odd about how packets were carried and captured, by name: what hides messages from who reads along
 * (Ptacek and Newsham 1998, "Insertion, Evasion, and Denial of Service"), and what the capture could not show.
 */

/** What each counts; the counts stand in family `capture` of the report (docs/reference/metrics.md). */
export const CAPTURE_ODDITIES = {
  'fragment-tiny': 'fragments smaller than any link makes them (below 64 bytes, not the last), as RFC 1858 warns of',
  'fragment-overlap': 'IP fragments that lie over others and say the same bytes',
  'fragment-conflict': 'IP fragments that say other bytes than those before them for the same place',
  'stream-overlap': 'TCP segments that lie over bytes seen before and bring new ones',
  'stream-conflict': 'TCP segments that say other bytes than those before them for the same place',
  'stream-reset': 'resets of TCP with SIP in it behind which the same direction goes on: nobody who was reset does',
  'stream-joined': 'TCP directions with SIP in them whose beginning was not seen',
  'stream-gap': 'gaps in TCP with SIP in it that were skipped',
  'stream-resync': 'times that the next start line had to be looked for in TCP',
  'stream-evicted': 'TCP directions given up for want of room',
  'websocket-closed': 'compressed WebSocket messages that could not be opened: bytes before them were not seen, or they are damaged',
  'sctp-missing': 'SIP messages in SCTP of which parts were not seen',
  cut: 'payloads of which the capture or the network left out the end (snap length)',
  lost: 'frames that the capturing program says it lost (pcapng interface statistics)',
} as const;

/** One of the names above. */
export type CaptureOddity = keyof typeof CAPTURE_ODDITIES;

/** Bit of `Packet.odd`: a fragment of it was tiny. */
export const TINY_FRAGMENT = 1;
/** Bit of `Packet.odd`: fragments of it overlapped. */
export const FRAGMENT_OVERLAP = 2;
/** Bit of `Packet.odd`: fragments of it contradicted each other. */
export const FRAGMENT_CONFLICT = 4;
/** Bit of `Packet.odd`: TCP segments contradicted each other since the message before. */
export const STREAM_CONFLICT = 8;

/** Bit of `Packet.odd`: the direction of TCP had been reset before, and goes on. */
export const STREAM_RESET = 16;

/** Names of the bits of `Packet.odd`, the lowest first. */
export const ODD_BITS: readonly CaptureOddity[] = [
  'fragment-tiny',
  'fragment-overlap',
  'fragment-conflict',
  'stream-conflict',
  'stream-reset',
];
