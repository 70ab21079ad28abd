/** RTP and RTCP headers in place (RFC 3550 §5.1, §6; RTCP types: IANA, RFC 5761 §4 tells the two apart). */
import { word16, word32 } from '../../bytes.ts';

/** One RTP header; sizes in bytes. */
export interface RtpView {
  /** 2 for RTP. */
  version: number;
  padding: boolean;
  extension: boolean;
  marker: boolean;
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  csrcCount: number;
  /** First byte of the payload. */
  payloadStart: number;
  /** Behind the last byte of the payload, padding not included. */
  payloadEnd: number;
}

/** Fixed header (RFC 3550 §5.1). */
export const RTP_HEADER = 12;

/** A view with nothing in it. */
export function createRtp(): RtpView {
  return {
    version: 0,
    padding: false,
    extension: false,
    marker: false,
    payloadType: 0,
    sequence: 0,
    timestamp: 0,
    ssrc: 0,
    csrcCount: 0,
    payloadStart: -1,
    payloadEnd: -1,
  };
}

/** Length of the RTP header with its CSRCs and extension, -1 if `b[start, end)` is too short for it. */
export function rtpHeader(b: Uint8Array, start: number, end: number): number {
  let n = RTP_HEADER + (b[start]! & 15) * 4;
  if ((b[start]! & 0x10) !== 0) {
    if (start + n + 4 > end) return -1;
    n += 4 + word16(b, start + n + 2) * 4;
  }
  return start + n > end ? -1 : n;
}

/**
 * True if `b[start, end)` can be an RTP packet: version 2, payload type not one that RTCP would be confused with (72–76,
 * RFC 5761 §4), CSRCs, extension and padding inside the packet.
 */
export function isRtp(b: Uint8Array, start: number, end: number): boolean {
  if (end - start < RTP_HEADER || (b[start]! & 0xc0) !== 0x80) return false;
  const type = b[start + 1]! & 0x7f;
  if (type >= 72 && type <= 76) return false;
  const n = rtpHeader(b, start, end);
  if (n < 0) return false;
  if ((b[start]! & 0x20) === 0) return true;
  const padding = b[end - 1]!;
  return padding > 0 && start + n + padding <= end;
}

/** True if `b[start, end)` can be a compound of RTCP packets: version 2, types 192–223 (RFC 5761 §4), lengths that fit. */
export function isRtcp(b: Uint8Array, start: number, end: number): boolean {
  if (end - start < 8 || (b[start]! & 0xc0) !== 0x80) return false;
  const type = b[start + 1]!;
  if (type < 192 || type > 223) return false;
  return start + (word16(b, start + 2) + 1) * 4 <= end;
}

/** Reads the RTP header of `b[start, end)` into `view`. False: it is no RTP (see `isRtp`), the view is not changed. */
export function parseRtp(b: Uint8Array, start: number, end: number, view: RtpView): boolean {
  if (!isRtp(b, start, end)) return false;
  const first = b[start]!;
  view.version = first >> 6;
  view.padding = (first & 0x20) !== 0;
  view.extension = (first & 0x10) !== 0;
  view.csrcCount = first & 15;
  view.marker = (b[start + 1]! & 0x80) !== 0;
  view.payloadType = b[start + 1]! & 0x7f;
  view.sequence = word16(b, start + 2);
  view.timestamp = word32(b, start + 4);
  view.ssrc = word32(b, start + 8);
  view.payloadStart = start + rtpHeader(b, start, end);
  view.payloadEnd = view.padding ? end - b[end - 1]! : end;
  return true;
}

/** RTCP packet types by number: what each of a compound is (RFC 3550 §12.1, 4585, 3611, 5760, 6284). */
export const RTCP_TYPES: Readonly<Record<number, string>> = {
  192: 'FIR',
  193: 'NACK',
  194: 'SMPTETC',
  195: 'IJ',
  200: 'SR',
  201: 'RR',
  202: 'SDES',
  203: 'BYE',
  204: 'APP',
  205: 'RTPFB',
  206: 'PSFB',
  207: 'XR',
  208: 'AVB',
  209: 'RSI',
  210: 'TOKEN',
  211: 'IDMS',
  212: 'RGRS',
  213: 'SNM',
};

/** One packet of an RTCP compound. */
export interface RtcpView {
  /** 200–207 and others, see RTCP_TYPES. */
  type: number;
  /** Report or source count, or the format of feedback. */
  count: number;
  /** SSRC of the sender; 0 if the packet is too short to have one. */
  ssrc: number;
  start: number;
  /** Index behind it: the next packet of the compound begins there. */
  end: number;
}

/** A view with nothing in it. */
export function createRtcp(): RtcpView {
  return { type: 0, count: 0, ssrc: 0, start: -1, end: -1 };
}

/** Reads the RTCP packet at `start` of a compound that ends at `end`. False: there is none, or it does not fit. */
export function parseRtcp(b: Uint8Array, start: number, end: number, view: RtcpView): boolean {
  if (end - start < 4 || (b[start]! & 0xc0) !== 0x80 || b[start + 1]! < 192 || b[start + 1]! > 223) return false;
  const stop = start + (word16(b, start + 2) + 1) * 4;
  if (stop > end) return false;
  view.type = b[start + 1]!;
  view.count = b[start]! & 31;
  view.ssrc = stop - start >= 8 ? word32(b, start + 4) : 0;
  view.start = start;
  view.end = stop;
  return true;
}
