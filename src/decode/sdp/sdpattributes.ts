/** Attributes of a session description (RFC 8866 §6 and the RFCs named below), those that say where media goes and how. */
import { ADDRESS, ENDPOINT } from '../../bytes.ts';
import { readAddress } from '../../network.ts';
import { readNumber, sameName, setSpan } from '../grammar.ts';
import type { SipMessage } from '../message.ts';
import { addOddity, oddityCode } from '../oddities.ts';
import { clockCode, codecCode } from './codecs.ts';
import { DIRECTIONS, MAX_CANDIDATES, type Sdp, type SdpMedia, type SdpSecurity, SETUPS, SUITES } from './sdpview.ts';

const found = new Uint8Array(ADDRESS);
const ATTRIBUTE_BAD = oddityCode('sdp-attribute-bad');

function words(list: readonly string[]): readonly Uint8Array[] {
  return list.map((each) => Uint8Array.from(Buffer.from(each.toLowerCase(), 'latin1')));
}

/** Attributes by code: their index here. */
const NAMES = words([
  'rtpmap',
  'fmtp',
  'ptime',
  'rtcp',
  'rtcp-mux',
  'crypto',
  'fingerprint',
  'setup',
  'zrtp-hash',
  'ice-ufrag',
  'ice-lite',
  'candidate',
  'group',
  'label',
  'mid',
  'sendrecv',
  'sendonly',
  'recvonly',
  'inactive',
]);
const RTPMAP = 0;
const FMTP = 1;
const PTIME = 2;
const RTCP = 3;
const RTCP_MUX = 4;
const CRYPTO = 5;
const FINGERPRINT = 6;
const SETUP = 7;
const ZRTP_HASH = 8;
const ICE_UFRAG = 9;
const ICE_LITE = 10;
const CANDIDATE = 11;
const GROUP = 12;
const LABEL = 13;
const MID = 14;
const SENDRECV = 15;

const SUITE_NAMES = words(SUITES);
const SETUP_NAMES = words(SETUPS);
const [BUNDLE, UDP] = words(['BUNDLE', 'udp']);

/** Codes by length of the name, so that one look at the length leaves few to compare. */
const BY_LENGTH: readonly (readonly number[])[] = Array.from({ length: 16 }, (_, length) =>
  NAMES.flatMap((name, code) => (name.length === length ? [code] : [])),
);
if (NAMES.length !== SENDRECV + DIRECTIONS.length - 1) throw new Error('the directions end the list of attributes');

function attributeCode(b: Uint8Array, start: number, end: number): number {
  const codes = BY_LENGTH[end - start];
  if (codes === undefined) return -1;
  for (let k = 0; k < codes.length; k++) if (sameName(b, start, end, NAMES[codes[k]!]!)) return codes[k]!;
  return -1;
}

/** Reads the attribute `name[:value]` at `b[i, stop)` into the session or the section that was begun last. */
export function readAttribute(m: SipMessage, b: Uint8Array, i: number, stop: number, view: Sdp): void {
  let colon = i;
  while (colon < stop && b[colon] !== 0x3a) colon++;
  let end = colon;
  while (end > i && b[end - 1] === 0x20) end--;
  const code = attributeCode(b, i, end);
  if (code < 0) return;
  const v = Math.min(colon + 1, stop);
  const media = view.mediaCount > 0 ? view.media[view.mediaCount - 1] : undefined;
  if (code >= SENDRECV) (media ?? view).direction = code - SENDRECV + 1;
  else if (code >= CRYPTO && code <= ICE_UFRAG) readSecurity(b, code, v, stop, media ?? view);
  else if (media === undefined) readSession(b, code, v, stop, view);
  else if (!readOfMedia(b, code, v, stop, media)) addOddity(m, ATTRIBUTE_BAD, i, stop);
}

function readSecurity(b: Uint8Array, code: number, v: number, stop: number, s: SdpSecurity): void {
  if (code === FINGERPRINT) s.fingerprint = true;
  else if (code === ZRTP_HASH) s.zrtp = true;
  else if (code === ICE_UFRAG) s.ice = true;
  else if (code === SETUP) s.setup = wordCode(b, v, stop, SETUP_NAMES);
  else if (s.cryptos++ === 0) {
    // a=crypto:tag suite inline:key (RFC 4568 §9.1): the key is not looked at.
    const suite = spaceFrom(b, v, stop) + 1;
    s.suite = wordCode(b, suite, spaceFrom(b, suite, stop), SUITE_NAMES);
  }
}

function readSession(b: Uint8Array, code: number, v: number, stop: number, view: Sdp): void {
  if (code === ICE_LITE) view.iceLite = true;
  else if (code === GROUP && sameName(b, v, spaceFrom(b, v, stop), BUNDLE!)) view.bundle = true;
}

/** False: the value is not what the name says. */
function readOfMedia(b: Uint8Array, code: number, v: number, stop: number, media: SdpMedia): boolean {
  switch (code) {
    case RTPMAP:
      return readRtpmap(b, v, stop, media);
    case FMTP:
      media.fmtps++;
      return true;
    case PTIME:
      return readPtime(b, v, stop, media);
    case RTCP:
      return readRtcp(b, v, stop, media);
    case RTCP_MUX:
      media.rtcpMux = true;
      return true;
    case CANDIDATE:
      media.allCandidates++;
      return readCandidate(b, v, stop, media);
    case LABEL:
      setSpan(media.label, v, stop);
      return true;
    case MID:
      setSpan(media.mid, v, stop);
      return true;
  }
  return true;
}

/** `97 opus/48000/2` (RFC 8866 §6.6). */
function readRtpmap(b: Uint8Array, v: number, stop: number, media: SdpMedia): boolean {
  const end = spaceFrom(b, v, stop);
  const type = readNumber(b, v, end);
  let name = end;
  while (name < stop && b[name] === 0x20) name++;
  let slash = name;
  while (slash < stop && b[slash] !== 0x2f) slash++;
  let last = slash + 1;
  while (last < stop && b[last] !== 0x2f && b[last] !== 0x20) last++;
  const hertz = readNumber(b, slash + 1, Math.min(last, stop));
  if (type < 0 || type > 127 || hertz <= 0 || name === slash) return false;
  for (let k = 0; k < media.formatCount; k++) {
    if (media.formats[k] !== type) continue;
    media.codecs[k] = codecCode(b, name, slash);
    media.clocks[k] = clockCode(hertz);
    break;
  }
  return true;
}

/** Milliseconds (RFC 8866 §6.4); fractions are cut. */
function readPtime(b: Uint8Array, v: number, stop: number, media: SdpMedia): boolean {
  let end = v;
  while (end < stop && b[end] !== 0x2e && b[end] !== 0x20) end++;
  const n = readNumber(b, v, end);
  if (n > 0) media.ptime = n;
  return n >= 0;
}

/** `53020 [IN IP4 address]` (RFC 3605); the address is nearly always the one of the media and not kept. */
function readRtcp(b: Uint8Array, v: number, stop: number, media: SdpMedia): boolean {
  const port = readNumber(b, v, spaceFrom(b, v, stop));
  if (port < 0 || port > 65535) return false;
  media.rtcpPort = port;
  return true;
}

/** `foundation component transport priority address port typ type …` (RFC 8839 §5.1). */
function readCandidate(b: Uint8Array, v: number, stop: number, media: SdpMedia): boolean {
  const component = spaceFrom(b, v, stop) + 1;
  const transport = spaceFrom(b, component, stop) + 1;
  const priority = spaceFrom(b, transport, stop) + 1;
  const address = spaceFrom(b, priority, stop) + 1;
  const port = spaceFrom(b, address, stop) + 1;
  if (port >= stop) return false;
  const number = readNumber(b, port, spaceFrom(b, port, stop));
  if (number < 0 || number > 65535) return false;
  const ours = readNumber(b, component, transport - 1) === 1 && sameName(b, transport, priority - 1, UDP!);
  const at = media.candidateCount * ENDPOINT;
  if (!ours || number === 0 || media.candidateCount === MAX_CANDIDATES) return true;
  // Names ending in .local (RFC 8828) hide the address.
  if (!readAddress(b, address, port - 1, found)) return true;
  media.candidates.set(found, at);
  media.candidates[at + 16] = number >> 8;
  media.candidates[at + 17] = number & 255;
  media.candidateCount++;
  return true;
}

/** Index of the next space at or behind `i`, or `stop`. */
function spaceFrom(b: Uint8Array, i: number, stop: number): number {
  while (i < stop && b[i] !== 0x20) i++;
  return i;
}

function wordCode(b: Uint8Array, start: number, end: number, list: readonly Uint8Array[]): number {
  while (end > start && b[end - 1] === 0x20) end--;
  for (let code = 1; code < list.length; code++) {
    if (list[code]!.length === end - start && sameName(b, start, end, list[code]!)) return code;
  }
  return 0;
}
