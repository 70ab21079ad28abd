/**
 * What a payload is, by content alone: ports say nothing about attackers. SIP needs a start line (RFC 3261 §7.1, §7.2),
 * RTP and RTCP the header of RFC 3550, what shares their ports the headers RFC 7983 lists. HTTP, SSDP, RTSP, DNS, UDPTL and keep-alives (RFC 5626 §3.5.1) are nothing.
 */

import { isMgcp } from './gateways/mgcp.ts';
import { isQ931 } from './gateways/q931.ts';
import { isDigit, skipSpace, skipToken } from './grammar.ts';
import { methodAnyCase, methodCode, methodSuffix } from './methods.ts';
import { isRtcp, isRtp } from './rtp/rtp.ts';
import { isChannelData, isDtls, isStun, isZrtp } from './rtp/stun.ts';

/** Result of `sniff`. */
export const NOTHING = 0;
/** Result of `sniff`. */
export const SIP = 1;
/** Result of `sniff`. */
export const RTP = 2;
/** Result of `sniff`. */
export const RTCP = 3;
/** Result of `sniff`: STUN, TURN with ChannelData. */
export const STUN = 4;
/** Result of `sniff`. */
export const DTLS = 5;
/** Result of `sniff`. */
export const ZRTP = 6;

/** Result of `sniff`: MGCP (RFC 3435). */
export const MGCP = 7;
/** Result of `sniff`: H.225.0 call signalling in TPKT. */
export const H225 = 8;

/** Most bytes of junk before a start line: more that are not all text are another protocol that carries SIP (HEP, GTP, VXLAN). */
const MAX_BINARY_JUNK = 8;
/** Most bytes of whole lines of text before a start line. */
const MAX_JUNK = 256;

/** What `bytes[start, end)` is: SIP, RTP, RTCP, STUN, DTLS, ZRTP, MGCP, H225 or NOTHING. */
export function sniff(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 8) return NOTHING;
  if ((bytes[start]! & 0xc0) === 0x80) {
    if (isRtcp(bytes, start, end)) return RTCP;
    if (isRtp(bytes, start, end)) return RTP;
  }
  if (findStart(bytes, start, end) >= 0) return SIP;
  return besideMedia(bytes, start, end);
}

/** What shares the ports of media (RFC 7983). After SIP: `INVITE` would pass for a channel number. */
function besideMedia(bytes: Uint8Array, start: number, end: number): number {
  // First: `CRCX` would pass for a channel number too.
  if (isMgcp(bytes, start, end)) return MGCP;
  if (bytes[start] === 3 && isQ931(bytes, start, end)) return H225;
  if (isStun(bytes, start, end) || isChannelData(bytes, start, end)) return STUN;
  if (isDtls(bytes, start, end)) return DTLS;
  return isZrtp(bytes, start, end) ? ZRTP : NOTHING;
}

/** Index of the start line of the SIP message in `bytes[start, end)`, or -1: it is no SIP. */
export function findStart(bytes: Uint8Array, start: number, end: number): number {
  if (isStartLine(bytes, start, end)) return start;
  return findLater(bytes, start, end);
}

/** The start line behind line ends, or behind at most MAX_JUNK bytes of junk. */
function findLater(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && (bytes[i] === 0x0d || bytes[i] === 0x0a)) i++;
  if (i > start && isStartLine(bytes, i, end)) return i;
  // Junk is looked through for `SIP/2.0` behind or before a method; nothing else costs more than this one walk.
  const stop = end - start > MAX_JUNK + 512 ? start + MAX_JUNK + 512 : end;
  for (; i + 7 <= stop; i++) {
    if (bytes[i] !== 0x53 || bytes[i + 1] !== 0x49 || bytes[i + 2] !== 0x50 || bytes[i + 3] !== 0x2f) continue;
    const at = lineStart(bytes, start, i, end);
    return at >= 0 && isJunk(bytes, start, at) ? at : -1;
  }
  return -1;
}

/** True if `[start, at)` is junk, and not the header of another protocol or the text around a quoted message. */
function isJunk(bytes: Uint8Array, start: number, at: number): boolean {
  if (at - start <= MAX_BINARY_JUNK) return true;
  if (at - start > MAX_JUNK || (bytes[at - 1] !== 0x0a && bytes[at - 1] !== 0x0d)) return false;
  for (let i = start; i < at; i++) {
    const c = bytes[i]!;
    if ((c < 0x20 && c !== 0x0d && c !== 0x0a && c !== 0x09) || c > 0x7e) return false;
  }
  return true;
}

/** Start of the start line that holds `SIP/` at `i`, or -1. */
function lineStart(bytes: Uint8Array, start: number, i: number, end: number): number {
  // Text may speak of SIP/2.0; a status line goes on with a number.
  if (isStatusLine(bytes, i, end) && i + 8 < end && isDigit(bytes[i + 8]!)) return i;
  let line = i;
  while (line > start && bytes[line - 1] !== 0x0a && bytes[line - 1] !== 0x0d) line--;
  if (line < i && isStartLine(bytes, line, end)) return line;
  // Junk on the same line: a registered method, then a space and a SIP URI.
  for (let at = line; at + 4 < i; at++) {
    const space = skipToken(bytes, at, i);
    if (space > at && methodCode(bytes, at, space) !== 0 && bytes[space] === 0x20 && isSipUri(bytes, space + 1, end)) return at;
  }
  return -1;
}

/** True if a status line or request line of SIP begins at `i`; it need not be complete. */
export function isStartLine(bytes: Uint8Array, i: number, end: number): boolean {
  const c = bytes[i]! | 0x20;
  if (c === 0x73 && isStatusLine(bytes, i, end)) return true;
  const token = skipToken(bytes, i, end);
  let space = token;
  while (space < end && bytes[space]! > 0x20) space++;
  if (space === i || space >= end || (bytes[space] !== 0x20 && bytes[space] !== 0x09)) return false;
  let uri = space + 1;
  while (uri < end && (bytes[uri] === 0x20 || bytes[uri] === 0x09)) uri++;
  const known = token === space && isMethod(bytes, i, space);
  if (known && isSipUri(bytes, uri, end)) return true;
  const version = versionOf(bytes, uri, end);
  // What is no method of ours is one if a single word parts it from the version: not so in text that quotes a request.
  return version >= 0 && (known || isOneWord(bytes, uri, version));
}

function isOneWord(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  while (i < end && bytes[i]! > 0x20) i++;
  return i > start && skipSpace(bytes, i, end) === end;
}

/** `SIP/` and a digit, any case: the rest may be missing or wrong. */
function isStatusLine(bytes: Uint8Array, i: number, end: number): boolean {
  if (i + 7 > end || (bytes[i]! | 0x20) !== 0x73 || (bytes[i + 1]! | 0x20) !== 0x69 || (bytes[i + 2]! | 0x20) !== 0x70) return false;
  if (bytes[i + 3] !== 0x2f || !isDigit(bytes[i + 4]!)) return false;
  let j = i + 5;
  while (j < end && (isDigit(bytes[j]!) || bytes[j] === 0x2e)) j++;
  return j === end || bytes[j] === 0x20 || bytes[j] === 0x09;
}

function isMethod(bytes: Uint8Array, start: number, end: number): boolean {
  return methodCode(bytes, start, end) !== 0 || methodAnyCase(bytes, start, end) !== 0 || methodSuffix(bytes, start, end) >= 0;
}

/** `sip:`, `sips:` or `tel:`, any case, perhaps behind `<`. */
function isSipUri(bytes: Uint8Array, i: number, end: number): boolean {
  if (bytes[i] === 0x3c) i++;
  if (i + 4 > end) return false;
  const a = bytes[i]! | 0x20;
  const b = bytes[i + 1]! | 0x20;
  const c = bytes[i + 2]! | 0x20;
  if (a === 0x73 && b === 0x69 && c === 0x70) return bytes[i + 3] === 0x3a || ((bytes[i + 3]! | 0x20) === 0x73 && bytes[i + 4] === 0x3a);
  return a === 0x74 && b === 0x65 && c === 0x6c && bytes[i + 3] === 0x3a;
}

/** Where the last word of the line that goes on at `from` begins if it is `SIP/` and a number, any case; else -1. */
function versionOf(bytes: Uint8Array, from: number, end: number): number {
  let last = from;
  while (last < end && bytes[last] !== 0x0d && bytes[last] !== 0x0a) last++;
  while (last > from && (bytes[last - 1] === 0x20 || bytes[last - 1] === 0x09)) last--;
  let v = last;
  while (v > from && (isDigit(bytes[v - 1]!) || bytes[v - 1] === 0x2e)) v--;
  if (v === last || v - 4 < from || bytes[v - 1] !== 0x2f || bytes[v - 5]! > 0x20) return -1;
  const isSip = (bytes[v - 2]! | 0x20) === 0x70 && (bytes[v - 3]! | 0x20) === 0x69 && (bytes[v - 4]! | 0x20) === 0x73;
  return isSip ? v - 4 : -1;
}
