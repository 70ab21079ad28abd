/** What RTCP says: reports, sources, goodbyes, VoIP metrics (RFC 3550 §6, RFC 3611). Read in place, one packet of a compound at a time. */
import { word16, word32 } from '../../bytes.ts';
import type { Span } from '../../types.ts';
import { parseRtcp, type RtcpView } from './rtp.ts';

/** RTCP packet types (RFC 3550 §12.1). */
export const SR = 200;
/** See SR. */
export const RR = 201;
/** See SR. */
export const SDES = 202;
/** See SR. */
export const BYE_PACKET = 203;
/** RFC 3611. */
export const XR = 207;

/** SDES items (RFC 3550 §6.5). */
export const CNAME = 1;
/** See CNAME. */
export const TOOL = 6;

/** Bytes of a report block, and where the blocks of SR and RR begin in their packet. */
const BLOCK = 24;
const SR_BLOCKS = 28;
const RR_BLOCKS = 8;

/** One report block (RFC 3550 §6.4.1): what a receiver says of a stream it gets. */
export interface ReportBlock {
  /** Source the report is about. */
  ssrc: number;
  /** Lost since the last report, in 1/256. */
  fraction: number;
  /** Lost in all, may be negative. */
  lost: number;
  highest: number;
  /** In units of the RTP clock. */
  jitter: number;
  /** Middle 32 bits of the NTP time of the last SR, 0 if none; and the delay since it in 1/65536 s. */
  lastSr: number;
  delay: number;
}

/** VoIP metrics (RFC 3611 §4.7) of one source. */
export interface VoipMetrics {
  ssrc: number;
  /** In 1/256. */
  lossRate: number;
  discardRate: number;
  /** Milliseconds. */
  roundTrip: number;
  /** 0–100; 127: not known. */
  rFactor: number;
  /** Tenths, 10–50; 127: not known. */
  mosListening: number;
}

/** A block with nothing in it. */
export function createReportBlock(): ReportBlock {
  return { ssrc: 0, fraction: 0, lost: 0, highest: 0, jitter: 0, lastSr: 0, delay: 0 };
}

/** Metrics with nothing in them. */
export function createVoipMetrics(): VoipMetrics {
  return { ssrc: 0, lossRate: 0, discardRate: 0, roundTrip: 0, rFactor: 127, mosListening: 127 };
}

/** Middle 32 bits of the NTP time of an SR (RFC 3550 §4), 0 if the packet is none or too short. */
export function ntpMiddle(b: Uint8Array, packet: RtcpView): number {
  if (packet.type !== SR || packet.end - packet.start < SR_BLOCKS) return 0;
  return word32(b, packet.start + 10);
}

/** Reads report block number `n` of an SR or RR. False: the packet has none of that number. */
export function readReportBlock(b: Uint8Array, packet: RtcpView, n: number, out: ReportBlock): boolean {
  if ((packet.type !== SR && packet.type !== RR) || n >= packet.count) return false;
  const i = packet.start + (packet.type === SR ? SR_BLOCKS : RR_BLOCKS) + n * BLOCK;
  if (i + BLOCK > packet.end) return false;
  out.ssrc = word32(b, i);
  out.fraction = b[i + 4]!;
  // 24 bits with a sign.
  out.lost = (word32(b, i + 4) << 8) >> 8;
  out.highest = word32(b, i + 8);
  out.jitter = word32(b, i + 12);
  out.lastSr = word32(b, i + 16);
  out.delay = word32(b, i + 20);
  return true;
}

/** Finds item `type` of the first chunk of an SDES packet (RFC 3550 §6.5). False: it is not there. */
export function readSdesItem(b: Uint8Array, packet: RtcpView, type: number, out: Span): boolean {
  if (packet.type !== SDES || packet.count === 0) return false;
  let i = packet.start + 8;
  while (i + 2 <= packet.end && b[i] !== 0) {
    const stop = i + 2 + b[i + 1]!;
    if (stop > packet.end) return false;
    if (b[i] === type) {
      out.start = i + 2;
      out.end = stop;
      return true;
    }
    i = stop;
  }
  return false;
}

/** Reads the first VoIP metrics block of an XR packet. False: there is none. */
export function readVoipMetrics(b: Uint8Array, packet: RtcpView, out: VoipMetrics): boolean {
  if (packet.type !== XR) return false;
  for (let i = packet.start + 8; i + 4 <= packet.end; ) {
    const stop = i + 4 + word16(b, i + 2) * 4;
    if (stop > packet.end) return false;
    if (b[i] === 7 && stop - i >= 36) {
      out.ssrc = word32(b, i + 4);
      out.lossRate = b[i + 8]!;
      out.discardRate = b[i + 9]!;
      out.roundTrip = word16(b, i + 16);
      out.rFactor = b[i + 24]!;
      out.mosListening = b[i + 26]!;
      return true;
    }
    i = stop;
  }
  return false;
}

/** Walks a compound `b[start, end)`: reads the packet at `at` into `packet` and returns where the next begins, -1 at the end. */
export function nextRtcp(b: Uint8Array, at: number, end: number, packet: RtcpView): number {
  return parseRtcp(b, at, end, packet) ? packet.end : -1;
}
