/**
 * RTP streams: one SSRC from one endpoint to another, with its statistics as RFC 3550 has them (A.1 sequence numbers, A.3 loss,
 * A.8 jitter). A stream is plain data of a table; its endpoints lie in its row.
 */
import { ENDPOINT } from '../../bytes.ts';

/** Sequence numbers ahead that are still a gap, and behind that are still late (RFC 3550 A.1). */
const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;
/** µs of difference between the clock of the packets and that of the sender which no network makes. */
const LEAP = 10_000_000;
/** µs of rate windows, and the packets of one that make a flood worth a look. */
const SECOND = 1_000_000;
const BURST = 512;
/** Payload bytes beyond which a packet is oversized (S2-37: 1,500 bytes on the wire). */
const LARGEST = 1400;

/** How sure it is that the stream was agreed on. */
export const UNPROMISED = 0;
/** See UNPROMISED. */
export const PROMISED = 1;
/** See UNPROMISED. */
export const SYMMETRIC = 2;

/** What a packet showed: bits that are joined. */
export const STARTED = 1;
/** See STARTED. */
export const JUMPED = 2;
/** See STARTED. */
export const SSRC_CHANGED = 4;
/** See STARTED. */
export const INTRUDED = 8;
/** See STARTED. */
export const OVERSIZE = 16;
/** See STARTED. */
export const FOREIGN = 256;
/** See STARTED. */
export const CONFLICT = 512;
/** See STARTED. */
export const LATE = 32;
/** See STARTED. */
export const DIGIT = 64;
/** See STARTED. */
export const FLOODED = 128;

/** See STARTED: the promised endpoint gets packets that follow from nothing, 16 within a second, 32 … */
export const DISORDERED = 1024;

/** See STARTED: streams came over another neighbour on the link than the signalling of their sources (neighbours.ts). */
export const DETOURED = 2048;

/** One stream. */
export interface Stream {
  ssrc: number;
  promised: number;
  /** Slot, and epoch, of the promised endpoint it was joined to; -1: none. */
  promise: number;
  epoch: number;
  call: number;
  callGeneration: number;
  /** Slot in the list of the call was taken. */
  listed: boolean;
  side: number;
  media: number;
  encryption: number;
  /** Payload type of the last packet, and encoding and clock of the last that was neither event nor noise. */
  payloadType: number;
  codec: number;
  mainType: number;
  /** Hz, 0: unknown. */
  clock: number;
  /** The last payload type stands for telephone-events. */
  isEvent: boolean;
  first: number;
  last: number;
  packets: number;
  bytes: number;
  /** Sequence number (extended by its cycles) it began with and the highest; expected before the last jump. */
  base: number;
  highest: number;
  expected: number;
  /** Packets of numbers that were not seen before. */
  unique: number;
  /** Which of the 64 numbers up to `highest` were seen: the newest is bit 0 of `seen`. */
  seen: number;
  seenBefore: number;
  /** Number after one that jumped, -1: none. */
  bad: number;
  duplicates: number;
  late: number;
  /** Same number as the last, another timestamp or marker: two senders. */
  conflicts: number;
  jumps: number;
  timestamp: number;
  /** µs. */
  jitter: number;
  jitterMax: number;
  maxGap: number;
  oversized: number;
  /** Payload types that no side of its call named: packets. */
  foreign: number;
  /** Begin of the rate window, packets in it, most in any. */
  second: number;
  inSecond: number;
  rate: number;
  digits: number;
  /** RTP timestamp of the last telephone-event; it was told. */
  eventTime: number;
  eventTold: boolean;
  /** µs from which on packets are worth a look, and why. */
  watch: number;
  watchKind: number;
  /** µs of what it is watched for. */
  watchFrom: number;
  /** With CHALLENGED and INTRUDES: slot and generation of the other stream. */
  other: number;
  otherGeneration: number;
  /** Where its first packet lies. */
  file: string;
  frame: number;
  /** It is known to be a stream, and was said to be one. */
  started: boolean;
  /** It was said to have ended. */
  ended: boolean;
  /** Its counts are in the totals. */
  counted: boolean;
  /** What the far end says: share lost (1/256), jitter µs, µs there and back; -1: nothing. */
  farLost: number;
  farJitter: number;
  roundTrip: number;
  /** MOS in tenths as an XR gives it, 0: none did. */
  mos: number;
  /** Middle of the NTP time of the last SR of its sender, and when it passed. */
  reportNtp: number;
  reportTime: number;
}

/** Bytes of a row: source, then destination. */
export const STREAM_ROW: number = 2 * ENDPOINT;

/** What a stream is watched for: nothing, its call is over, the endpoint it comes from was replaced. */
export const NO_WATCH = 0;
/** See NO_WATCH. */
export const AFTER_END = 1;
/** See NO_WATCH. */
export const ORPHANED = 2;
/** Another stream, from a source nobody announced, came beside this one: does this one go on? */
export const CHALLENGED = 3;
/** This stream comes from a source nobody announced, and one that was announced came beside it: does this one go on? */
export const INTRUDES = 4;

/** An empty stream. */
export function makeStream(): Stream {
  const s: Stream = {
    ssrc: 0,
    promised: 0,
    promise: -1,
    epoch: 0,
    call: -1,
    callGeneration: 0,
    listed: false,
    side: 0,
    media: 0,
    encryption: 0,
    payloadType: -1,
    codec: 0,
    mainType: -1,
    clock: 0,
    isEvent: false,
    first: 0.5,
    last: 0.5,
    packets: 0,
    bytes: 0,
    base: 0,
    highest: 0,
    expected: 0,
    unique: 0,
    seen: 0,
    seenBefore: 0,
    bad: -1,
    duplicates: 0,
    late: 0,
    conflicts: 0,
    jumps: 0,
    timestamp: 0,
    jitter: 0.5,
    jitterMax: 0.5,
    maxGap: 0.5,
    oversized: 0,
    foreign: 0,
    second: 0.5,
    inSecond: 0,
    rate: 0,
    digits: 0,
    eventTime: 0,
    eventTold: true,
    watch: 0.5,
    watchKind: 0,
    watchFrom: 0.5,
    other: -1,
    otherGeneration: 0,
    file: '',
    frame: 0,
    started: false,
    ended: false,
    counted: false,
    farLost: -1,
    farJitter: 0.5,
    roundTrip: 0.5,
    mos: 0,
    reportNtp: 0,
    reportTime: 0.5,
  };
  resetStream(s);
  return s;
}

/** Forgets what a stream was; `beginStream` does the rest with its first packet. */
export function resetStream(s: Stream): void {
  s.promised = UNPROMISED;
  s.promise = -1;
  s.epoch = 0;
  s.call = -1;
  s.listed = false;
  s.media = 0;
  s.encryption = 0;
  s.payloadType = -1;
  s.codec = 0;
  s.mainType = -1;
  s.clock = 0;
  s.isEvent = false;
  s.packets = 0;
  s.bytes = 0;
  s.expected = 0;
  s.unique = 0;
  s.bad = -1;
  s.duplicates = 0;
  s.late = 0;
  s.conflicts = 0;
  s.jumps = 0;
  s.jitter = 0;
  s.jitterMax = 0;
  s.maxGap = 0;
  s.oversized = 0;
  s.foreign = 0;
  s.inSecond = 0;
  s.rate = 0;
  s.digits = 0;
  s.eventTime = 0;
  s.eventTold = true;
  s.watch = Number.POSITIVE_INFINITY;
  s.watchKind = NO_WATCH;
  s.started = false;
  s.ended = false;
  s.counted = false;
  s.farLost = -1;
  s.farJitter = -1;
  s.roundTrip = -1;
  s.mos = 0;
  s.reportNtp = 0;
}

/** The first packet: nothing to compare with. Returns bits of what it showed. */
export function beginStream(s: Stream, sequence: number, timestamp: number, time: number, length: number): number {
  s.first = time;
  s.last = time;
  s.second = time;
  s.inSecond = 1;
  s.packets = 1;
  s.unique = 1;
  s.bytes = length;
  s.base = sequence;
  s.highest = sequence;
  s.seen = 1;
  s.seenBefore = 0;
  s.timestamp = timestamp;
  if (length <= LARGEST) return 0;
  s.oversized = 1;
  return OVERSIZE;
}

/** Any later packet. `length`: payload bytes. Returns bits of what it showed. */
export function advanceStream(s: Stream, sequence: number, timestamp: number, marker: boolean, time: number, length: number): number {
  let shown = 0;
  s.packets++;
  s.bytes += length;
  const gap = time - s.last;
  if (gap > s.maxGap) s.maxGap = gap;
  if (length > LARGEST && s.oversized++ === 0) shown = OVERSIZE;
  if (time - s.second >= SECOND) {
    if (s.inSecond > s.rate) s.rate = s.inSecond;
    s.second = time;
    s.inSecond = 1;
  } else if (++s.inSecond % BURST === 0) {
    if (s.inSecond > s.rate) s.rate = s.inSecond;
    shown |= FLOODED;
  }
  const step = (sequence - s.highest) & 0xffff;
  if (step === 1) {
    s.highest++;
    s.unique++;
    s.seenBefore = (s.seenBefore << 1) | (s.seen >>> 31);
    s.seen = (s.seen << 1) | 1;
    shown |= clocked(s, timestamp, marker, gap);
  } else shown |= outOfStep(s, step, sequence, timestamp, marker, gap);
  s.last = time;
  return shown;
}

/** Jitter (RFC 3550 A.8), and leaps of the sender's clock, of a packet that is the newest. */
function clocked(s: Stream, timestamp: number, marker: boolean, gap: number): number {
  const ticks = (timestamp - s.timestamp) | 0;
  s.timestamp = timestamp;
  if (s.clock === 0 || ticks === 0) return 0;
  const d = gap - (ticks * 1_000_000) / s.clock;
  const size = d < 0 ? -d : d;
  // A marker says that a talkspurt begins (RFC 3551 §4.1): some senders begin a new clock with it.
  if (size > LEAP) {
    if (marker) return 0;
    s.jumps++;
    return JUMPED;
  }
  s.jitter += (size - s.jitter) / 16;
  if (s.jitter > s.jitterMax) s.jitterMax = s.jitter;
  return 0;
}

/** A number that is not the next one. */
function outOfStep(s: Stream, step: number, sequence: number, timestamp: number, marker: boolean, gap: number): number {
  if (step > 0 && step < MAX_DROPOUT) {
    s.highest += step;
    s.unique++;
    shift(s, step);
    return clocked(s, timestamp, marker, gap);
  }
  if (step === 0) {
    s.duplicates++;
    if (timestamp === s.timestamp) return 0;
    return s.conflicts++ === 0 ? CONFLICT : 0;
  }
  const behind = 0x10000 - step;
  if (behind <= MAX_MISORDER) {
    behindTheNewest(s, behind);
    return 0;
  }
  return jumped(s, sequence, timestamp);
}

/** Two packets in sequence from somewhere else begin anew (RFC 3550 A.1). */
function jumped(s: Stream, sequence: number, timestamp: number): number {
  if (s.bad !== sequence) {
    s.bad = (sequence + 1) & 0xffff;
    s.jumps++;
    return JUMPED;
  }
  s.expected += s.highest - s.base + 1;
  // The packet before this one was the first of the new sequence.
  s.base = sequence - 1;
  s.highest = sequence;
  s.unique += 2;
  s.seen = 3;
  s.seenBefore = 0;
  s.bad = -1;
  s.timestamp = timestamp;
  return 0;
}

function shift(s: Stream, step: number): void {
  if (step < 32) {
    s.seenBefore = (s.seenBefore << step) | (s.seen >>> (32 - step));
    s.seen = (s.seen << step) | 1;
  } else {
    s.seenBefore = step < 64 ? s.seen << (step - 32) : 0;
    s.seen = 1;
  }
}

/** Seen before, or only late; of what is older than the window nobody knows, it counts as late. */
function behindTheNewest(s: Stream, behind: number): void {
  const bit = 1 << (behind & 31);
  const known = behind < 32 ? s.seen & bit : behind < 64 ? s.seenBefore & bit : 0;
  if (known !== 0) {
    s.duplicates++;
    return;
  }
  if (behind < 32) s.seen |= bit;
  else if (behind < 64) s.seenBefore |= bit;
  s.late++;
  // A number before the first one was not expected.
  if (s.highest - behind < s.base) s.base = s.highest - behind;
  s.unique++;
}

/** Packets expected and not seen (RFC 3550 A.3; a packet seen twice does not make up for one that was lost). */
export function lostOf(s: Stream): number {
  return Math.max(0, s.expected + (s.highest - s.base + 1) - s.unique);
}

/** Copies all counts: the stream goes on under another name. */
export function copyStream(from: Stream, to: Stream): void {
  Object.assign(to, from);
}
