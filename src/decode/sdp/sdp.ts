/**
 * Reads one session description (RFC 8866) into a reused view: one walk over its lines, no allocation, no string. Tolerant
 * and total: whatever the bytes are, it returns, and what was odd is among the oddities of the message it came in.
 */

import { readIPv4, readIPv6 } from '../../network.ts';
import { isDigit, readNumber, sameName, setSpan } from '../grammar.ts';
import { checkText } from '../injection.ts';
import type { SipMessage } from '../message.ts';
import { addOddity, oddityCode } from '../oddities.ts';
import { zoneStart } from '../uri.ts';
import { STATIC_CLOCK, STATIC_CODEC } from './codecs.ts';
import { readAttribute } from './sdpattributes.ts';
import {
  BAD_ADDRESS,
  clearMedia,
  clearSdp,
  FIRST_RTP,
  FQDN,
  IPV4,
  IPV6,
  LAST_RTP,
  MAX_FORMATS,
  MAX_MEDIA,
  MEDIA_TYPES,
  NO_ADDRESS,
  SDP_PROTOCOLS,
  type Sdp,
  type SdpAddress,
  type SdpMedia,
} from './sdpview.ts';

/** Bytes of a line beyond which it is odd. */
const MAX_LINE = 1000;

const VERSION = oddityCode('sdp-version');
const MISSING_ORIGIN = oddityCode('sdp-missing-origin');
const MISSING_NAME = oddityCode('sdp-missing-name');
const MISSING_TIME = oddityCode('sdp-missing-time');
const ORIGIN_BAD = oddityCode('sdp-origin-bad');
const ORDER = oddityCode('sdp-order');
const LINE_BAD = oddityCode('sdp-line-bad');
const LINE_LONG = oddityCode('sdp-line-long');
const CONTROL = oddityCode('sdp-control-byte');
const MEDIA_BAD = oddityCode('sdp-media-bad');
const MEDIA_MANY = oddityCode('sdp-media-many');
const FORMATS_MANY = oddityCode('sdp-formats-many');
const PORT_BAD = oddityCode('sdp-port-bad');
const FORMAT_BAD = oddityCode('sdp-format-bad');
const ADDRESS_BAD = oddityCode('sdp-address-bad');
const CONNECTIONS = oddityCode('sdp-connections');
const NO_CONNECTION = oddityCode('sdp-connection-missing');

/** Where each line letter stands (RFC 8866 §5), for the session and for a section; 0: it does not belong there. */
const SESSION_ORDER = ranks(['v', 'o', 's', 'i', 'u', 'e', 'p', 'c', 'b', 'tr', 'z', 'k', 'a', 'm']);
const MEDIA_ORDER = ranks(['', 'i', 'c', 'b', 'k', 'a', 'm']);

function ranks(order: readonly string[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const [rank, letters] of order.entries()) for (const letter of letters) table[letter.charCodeAt(0)] = rank + 1;
  return table;
}

function words(list: readonly string[]): readonly Uint8Array[] {
  return list.map((each) => Uint8Array.from(Buffer.from(each.toLowerCase(), 'latin1')));
}

const TYPES = words(MEDIA_TYPES);
const PROTOCOLS = words(SDP_PROTOCOLS);
const [IN, IP4, IP6] = words(['IN', 'IP4', 'IP6']);

// What the walk knows of the description being read: the rank of its last line, and what was already said of it.
let rank = 0;
let said = 0;
const SAID_ORDER = 1;
const SAID_LINE = 2;
const SAID_CONTROL = 4;
const SAID_LONG = 8;

/** Adds an oddity once for a description: noise must not fill the list of the message. */
function once(m: SipMessage, bit: number, code: number, start: number, end: number): void {
  if ((said & bit) !== 0) return;
  said |= bit;
  addOddity(m, code, start, end);
}

/** Reads the description `m.bytes[start, end)` into `view`. `truncated`: the capture cut its end. */
export function parseSdp(m: SipMessage, start: number, end: number, view: Sdp, truncated = false): void {
  const b = m.bytes;
  clearSdp(view, b, start, end);
  rank = 0;
  said = 0;
  let i = start;
  while (i < end) {
    let stop = i;
    let c = 0;
    while (stop < end) {
      c = b[stop]!;
      if (c < 0x20) {
        if (c === 0x0a || c === 0x0d) break;
        once(m, SAID_CONTROL, CONTROL, stop, stop + 1);
      }
      stop++;
    }
    if (stop > i && !(truncated && stop === end)) readLine(m, b, i, stop, view);
    i = stop + 1;
  }
  finish(m, view, truncated);
}

/** True if `b[start, end)` begins as a session description does. */
export function looksLikeSdp(b: Uint8Array, start: number, end: number): boolean {
  let i = start;
  while (i < end && (b[i] === 0x0d || b[i] === 0x0a)) i++;
  return end - i >= 5 && b[i] === 0x76 && b[i + 1] === 0x3d && isDigit(b[i + 2]!) && (b[i + 3] === 0x0d || b[i + 3] === 0x0a);
}

function readLine(m: SipMessage, b: Uint8Array, i: number, stop: number, view: Sdp): void {
  if (stop - i < 2 || b[i + 1] !== 0x3d) {
    once(m, SAID_LINE, LINE_BAD, i, stop);
    return;
  }
  if (stop - i > MAX_LINE) once(m, SAID_LONG, LINE_LONG, i, stop);
  const letter = b[i]!;
  if (rank === 0) {
    view.present = letter === 0x76;
    if (!view.present || stop - i !== 3 || b[i + 2] !== 0x30) addOddity(m, VERSION, i, stop);
  }
  const section = view.allMedia > 0;
  const place = (section ? MEDIA_ORDER : SESSION_ORDER)[letter]!;
  // Each m= line begins anew.
  if (place < rank && letter !== 0x6d) once(m, SAID_ORDER, ORDER, i, stop);
  rank = letter === 0x6d ? 1 : place > rank ? place : rank === 0 ? 1 : rank;
  readValue(m, b, letter, i + 2, stop, view);
}

function readValue(m: SipMessage, b: Uint8Array, letter: number, i: number, stop: number, view: Sdp): void {
  switch (letter) {
    case 0x61:
      if (view.allMedia <= MAX_MEDIA) readAttribute(m, b, i, stop, view);
      break;
    case 0x6d:
      readMedia(m, b, i, stop, view);
      break;
    case 0x63:
      readConnection(m, b, i, stop, view);
      break;
    case 0x6f:
      if (view.origin.start < 0) readOrigin(m, b, i, stop, view);
      break;
    case 0x73:
      if (view.name.start < 0) setSpan(view.name, i, stop);
      break;
    case 0x74:
      view.times++;
  }
}

/** End of the field at `i`: the next space. */
function fieldEnd(b: Uint8Array, i: number, stop: number): number {
  while (i < stop && b[i] !== 0x20) i++;
  return i;
}

/** Index behind the spaces at `i`. */
function skipSpaces(b: Uint8Array, i: number, stop: number): number {
  while (i < stop && b[i] === 0x20) i++;
  return i;
}

/** `o=username sess-id sess-version IN IP4 address` (RFC 8866 §5.2). */
function readOrigin(m: SipMessage, b: Uint8Array, i: number, stop: number, view: Sdp): void {
  setSpan(view.origin, i, stop);
  const user = fieldEnd(b, i, stop);
  const id = skipSpaces(b, user, stop);
  const idEnd = fieldEnd(b, id, stop);
  const version = skipSpaces(b, idEnd, stop);
  const versionEnd = fieldEnd(b, version, stop);
  setSpan(view.originUser, i, user);
  setSpan(view.sessionId, id, idEnd);
  view.version = longNumber(b, version, versionEnd);
  const read = readAddress(b, skipSpaces(b, versionEnd, stop), stop, view.originAddress);
  if (!read || view.version < 0 || longNumber(b, id, idEnd) < 0) addOddity(m, ORIGIN_BAD, i, stop);
}

/** A decimal number of any length, -1 if it is none: sessions are often named by NTP times of 64 bits. */
function longNumber(b: Uint8Array, i: number, end: number): number {
  if (i >= end) return -1;
  let n = 0;
  for (; i < end; i++) {
    if (!isDigit(b[i]!)) return -1;
    n = n * 10 + (b[i]! - 0x30);
  }
  return n;
}

/** `c=IN IP4 address[/ttl[/count]]` (RFC 8866 §5.7); of several in a section the first counts. */
function readConnection(m: SipMessage, b: Uint8Array, i: number, stop: number, view: Sdp): void {
  const section = view.allMedia > 0;
  if (section && view.allMedia > view.mediaCount) return;
  const address = section ? view.media[view.mediaCount - 1]!.address : view.address;
  if (address.kind !== NO_ADDRESS) {
    addOddity(m, CONNECTIONS, i, stop);
    return;
  }
  if (readAddress(b, i, stop, address)) return;
  addOddity(m, ADDRESS_BAD, i, stop);
  checkText(m, b, i, stop);
}

/** `IN IP4 address`: network type, address type, address. False: it is no such thing. */
function readAddress(b: Uint8Array, i: number, stop: number, out: SdpAddress): boolean {
  const net = fieldEnd(b, i, stop);
  const type = skipSpaces(b, net, stop);
  const typeEnd = fieldEnd(b, type, stop);
  const from = skipSpaces(b, typeEnd, stop);
  let end = from;
  while (end < stop && b[end] !== 0x20 && b[end] !== 0x2f) end++;
  out.kind = BAD_ADDRESS;
  setSpan(out.span, from, end);
  if (from === end || !sameName(b, i, net, IN!)) return false;
  return addressOf(b, from, end, sameName(b, type, typeEnd, IP4!) ? IPV4 : sameName(b, type, typeEnd, IP6!) ? IPV6 : 0, out);
}

/** Reads an address or a name into `out`. `wanted`: IPV4 or IPV6. */
function addressOf(b: Uint8Array, from: number, end: number, wanted: number, out: SdpAddress): boolean {
  if (wanted === 0) return false;
  if (readIPv4(b, from, end, out.bytes)) out.kind = IPV4;
  else if (readIPv6(b, from, zoneStart(b, from, end), out.bytes)) out.kind = IPV6;
  else if (isName(b, from, end)) out.kind = FQDN;
  // An address of the other family is read, and is odd.
  return out.kind === wanted || out.kind === FQDN;
}

/** Letters, digits, dots and hyphens, with a letter among them (RFC 8866 §9, FQDN). */
function isName(b: Uint8Array, from: number, end: number): boolean {
  let letters = 0;
  for (let i = from; i < end; i++) {
    const c = b[i]!;
    const low = c | 0x20;
    if (low >= 0x61 && low <= 0x7a) letters++;
    else if (!isDigit(c) && c !== 0x2e && c !== 0x2d && c !== 0x5f) return false;
  }
  return letters > 0;
}

/** `m=audio 49170[/2] RTP/AVP 0 8 97` (RFC 8866 §5.14). */
function readMedia(m: SipMessage, b: Uint8Array, i: number, stop: number, view: Sdp): void {
  view.allMedia++;
  if (view.mediaCount === MAX_MEDIA) {
    if (view.allMedia === MAX_MEDIA + 1) addOddity(m, MEDIA_MANY, i, stop);
    return;
  }
  const media = view.media[view.mediaCount++]!;
  clearMedia(media);
  setSpan(media.span, i, stop);
  const type = fieldEnd(b, i, stop);
  const port = skipSpaces(b, type, stop);
  const portEnd = fieldEnd(b, port, stop);
  const protocol = skipSpaces(b, portEnd, stop);
  const protocolEnd = fieldEnd(b, protocol, stop);
  media.kind = codeOf(b, i, type, TYPES);
  media.protocol = codeOf(b, protocol, protocolEnd, PROTOCOLS);
  const formats = skipSpaces(b, protocolEnd, stop);
  if (formats >= stop) addOddity(m, MEDIA_BAD, i, stop);
  readPorts(m, b, port, portEnd, media);
  if (media.protocol >= FIRST_RTP && media.protocol <= LAST_RTP) readFormats(m, b, formats, stop, media);
}

/** Code of the word `b[start, end)` in a list; 0 if it is none of it. */
function codeOf(b: Uint8Array, start: number, end: number, list: readonly Uint8Array[]): number {
  for (let code = 1; code < list.length; code++) {
    if (list[code]!.length === end - start && sameName(b, start, end, list[code]!)) return code;
  }
  return 0;
}

function readPorts(m: SipMessage, b: Uint8Array, i: number, end: number, media: SdpMedia): void {
  let slash = i;
  while (slash < end && b[slash] !== 0x2f) slash++;
  const port = readNumber(b, i, slash);
  const ports = slash === end ? 1 : readNumber(b, slash + 1, end);
  if (port >= 0 && port < 65536 && ports > 0) {
    media.port = port;
    media.ports = ports;
  } else if (end > i) addOddity(m, PORT_BAD, i, end);
}

function readFormats(m: SipMessage, b: Uint8Array, i: number, stop: number, media: SdpMedia): void {
  let odd = false;
  while (i < stop) {
    const end = fieldEnd(b, i, stop);
    const type = readNumber(b, i, end);
    if (type < 0 || type > 127) odd = true;
    else if (media.formatCount === MAX_FORMATS) media.moreFormats++;
    else {
      const n = media.formatCount++;
      media.formats[n] = type;
      media.codecs[n] = STATIC_CODEC[type]!;
      media.clocks[n] = STATIC_CLOCK[type]!;
    }
    i = skipSpaces(b, end, stop);
  }
  if (odd) addOddity(m, FORMAT_BAD, media.span.start, stop);
  if (media.moreFormats > 0) addOddity(m, FORMATS_MANY, media.span.start, stop);
}

/** What is missing, and what the sections inherit. */
function finish(m: SipMessage, view: Sdp, truncated: boolean): void {
  const { start, end } = view;
  if (!truncated) {
    if (rank === 0) addOddity(m, VERSION, start, end);
    if (view.origin.start < 0) addOddity(m, MISSING_ORIGIN, start, end);
    if (view.name.start < 0) addOddity(m, MISSING_NAME, start, end);
    if (view.times === 0) addOddity(m, MISSING_TIME, start, end);
  }
  let bare = -1;
  for (let k = 0; k < view.mediaCount; k++) {
    const media = view.media[k]!;
    if (media.address.kind === NO_ADDRESS) inherit(view.address, media.address);
    if (media.address.kind === NO_ADDRESS && media.port > 0) bare = k;
    if (media.direction === 0) media.direction = view.direction;
  }
  if (bare >= 0 && !truncated) addOddity(m, NO_CONNECTION, view.media[bare]!.span.start, view.media[bare]!.span.end);
}

function inherit(from: SdpAddress, to: SdpAddress): void {
  to.kind = from.kind;
  setSpan(to.span, from.span.start, from.span.end);
  for (let i = 0; i < 16; i++) to.bytes[i] = from.bytes[i]!;
}
