/** What is read of a session description (RFC 8866): one reused view, numbers and byte ranges, nothing copied but addresses. */
import { ADDRESS, ENDPOINT } from '../../bytes.ts';
import type { Span } from '../../types.ts';

/** Media sections kept; the others are counted. */
export const MAX_MEDIA = 16;
/** Payload types kept of a section. */
export const MAX_FORMATS = 24;
/** ICE candidates kept of a section (component 1, UDP). */
export const MAX_CANDIDATES = 6;

/** What an address field holds: nothing, IPv4, IPv6, a name, or what is none of them. */
export const NO_ADDRESS = 0;
/** Kind of address. */
export const IPV4 = 1;
/** Kind of address. */
export const IPV6 = 2;
/** Kind of address. */
export const FQDN = 3;
/** Kind of address. */
export const BAD_ADDRESS = 4;

/** Media types by code; 0 stands for every other (RFC 8866 §5.14, RFC 4566 IANA). */
export const MEDIA_TYPES = ['', 'audio', 'video', 'application', 'image', 'message', 'text'] as const;

/** Transport protocols of m= lines by code; 0 stands for every other. */
export const SDP_PROTOCOLS = [
  '',
  'RTP/AVP',
  'RTP/SAVP',
  'RTP/AVPF',
  'RTP/SAVPF',
  'UDP/TLS/RTP/SAVP',
  'UDP/TLS/RTP/SAVPF',
  'udptl',
  'UDP/TLS/UDPTL',
  'TCP/MSRP',
  'TCP/TLS/MSRP',
  'TCP/BFCP',
  'UDP/BFCP',
  'TCP/TLS/BFCP',
  'UDP/TLS/BFCP',
  'TCP/RTP/AVP',
  'UDP',
  'TCP',
  'UDP/DTLS/SCTP',
  'DTLS/SCTP',
  'TCP/DTLS/RTP/SAVPF',
] as const;
/** First and last code of the protocols that carry RTP over UDP. */
export const FIRST_RTP = 1;
/** See FIRST_RTP. */
export const LAST_RTP = 6;
/** Code of T.38 fax over UDP (RFC 7345, ITU-T T.38). */
export const UDPTL = 7;

/** Directions by code (RFC 8866 §6.7); 0: not said, which means sendrecv. */
export const DIRECTIONS = ['', 'sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;
/** Code of a direction: sends, receives nothing (hold). */
export const SENDONLY = 2;
/** Code of a direction: nothing is sent. */
export const INACTIVE = 4;

/** Crypto suites by code; 0 stands for every other (RFC 4568 §6.2, RFC 6188, RFC 7714). */
export const SUITES = [
  '',
  'AES_CM_128_HMAC_SHA1_80',
  'AES_CM_128_HMAC_SHA1_32',
  'F8_128_HMAC_SHA1_80',
  'AES_192_CM_HMAC_SHA1_80',
  'AES_192_CM_HMAC_SHA1_32',
  'AES_256_CM_HMAC_SHA1_80',
  'AES_256_CM_HMAC_SHA1_32',
  'AEAD_AES_128_GCM',
  'AEAD_AES_256_GCM',
] as const;

/** Roles of a=setup by code (RFC 4145 §4); 0: not said. */
export const SETUPS = ['', 'active', 'passive', 'actpass', 'holdconn'] as const;

/** The address of a c= line or an attribute. */
export interface SdpAddress {
  /** NO_ADDRESS, IPV4, IPV6, FQDN or BAD_ADDRESS. */
  kind: number;
  /** 16 bytes for IPV4 and IPV6. */
  bytes: Uint8Array;
  /** The address as written. */
  span: Span;
}

/** What attributes say of keys: for the session or for one section. */
export interface SdpSecurity {
  /** a=crypto lines (RFC 4568). Their keys are in the SIP message as it stands. */
  cryptos: number;
  /** Code of the suite of the first, see SUITES; meaningless without one. */
  suite: number;
  /** a=fingerprint (RFC 8122): DTLS-SRTP. */
  fingerprint: boolean;
  /** Code of a=setup, see SETUPS. */
  setup: number;
  /** a=zrtp-hash (RFC 6189 §8). */
  zrtp: boolean;
  /** a=ice-ufrag (RFC 8839). */
  ice: boolean;
}

/** One m= line and what belongs to it. */
export interface SdpMedia extends SdpSecurity {
  /** Code of MEDIA_TYPES. */
  kind: number;
  /** The m= line. */
  span: Span;
  /** 0–65535; 0: refused or not used (RFC 3264 §5.1); -1: none readable. */
  port: number;
  /** Number of ports, 1 if not said. */
  ports: number;
  /** Code of SDP_PROTOCOLS. */
  protocol: number;
  /** Payload types, with the encodings (CODECS) and clock rates (CLOCKS) that rtpmap or RFC 3551 give them. */
  formats: Uint8Array;
  codecs: Uint8Array;
  clocks: Uint8Array;
  formatCount: number;
  /** Formats beyond MAX_FORMATS. */
  moreFormats: number;
  /** Its c= line; inherited from the session when it has none. */
  address: SdpAddress;
  /** Code of DIRECTIONS, inherited too. */
  direction: number;
  /** Milliseconds, 0 if not said. */
  ptime: number;
  /** a=rtcp (RFC 3605): port, 0 if not said (then it is port + 1). */
  rtcpPort: number;
  rtcpMux: boolean;
  /** a=fmtp lines. */
  fmtps: number;
  /** UDP candidates of component 1: endpoints of 18 bytes, and how many there were in all. */
  candidates: Uint8Array;
  candidateCount: number;
  /** a=candidate lines, all kinds. */
  allCandidates: number;
  /** a=label (RFC 4574) and a=mid (RFC 5888). */
  label: Span;
  mid: Span;
}

/** One session description. */
export interface Sdp extends SdpSecurity {
  /** It was there and begins like one. */
  present: boolean;
  bytes: Uint8Array;
  start: number;
  end: number;
  /** o= whole, and its parts (RFC 8866 §5.2). */
  origin: Span;
  originUser: Span;
  sessionId: Span;
  /** Version of the origin; -1: not readable. Above 2^53 only nearly right. */
  version: number;
  originAddress: SdpAddress;
  name: Span;
  address: SdpAddress;
  direction: number;
  /** a=group:BUNDLE (RFC 9143). */
  bundle: boolean;
  iceLite: boolean;
  /** t= lines. */
  times: number;
  media: readonly SdpMedia[];
  /** How many of `media` count. */
  mediaCount: number;
  /** m= lines in all. */
  allMedia: number;
}

function createAddress(): SdpAddress {
  return { kind: NO_ADDRESS, bytes: new Uint8Array(ADDRESS), span: { start: -1, end: -1 } };
}

function createMedia(): SdpMedia {
  return {
    kind: 0,
    span: { start: -1, end: -1 },
    port: -1,
    ports: 1,
    protocol: 0,
    formats: new Uint8Array(MAX_FORMATS),
    codecs: new Uint8Array(MAX_FORMATS),
    clocks: new Uint8Array(MAX_FORMATS),
    formatCount: 0,
    moreFormats: 0,
    address: createAddress(),
    direction: 0,
    ptime: 0,
    rtcpPort: 0,
    rtcpMux: false,
    fmtps: 0,
    candidates: new Uint8Array(MAX_CANDIDATES * ENDPOINT),
    candidateCount: 0,
    allCandidates: 0,
    label: { start: -1, end: -1 },
    mid: { start: -1, end: -1 },
    ...NO_SECURITY,
  };
}

const NO_SECURITY = { cryptos: 0, suite: 0, fingerprint: false, setup: 0, zrtp: false, ice: false } as const;

/** An empty view, to be filled by `parseSdp` as often as needed. */
export function createSdp(): Sdp {
  return {
    present: false,
    bytes: new Uint8Array(0),
    start: 0,
    end: 0,
    origin: { start: -1, end: -1 },
    originUser: { start: -1, end: -1 },
    sessionId: { start: -1, end: -1 },
    version: -1,
    originAddress: createAddress(),
    name: { start: -1, end: -1 },
    address: createAddress(),
    direction: 0,
    bundle: false,
    iceLite: false,
    times: 0,
    media: Array.from({ length: MAX_MEDIA }, createMedia),
    mediaCount: 0,
    allMedia: 0,
    ...NO_SECURITY,
  };
}

function clearSecurity(s: SdpSecurity): void {
  s.cryptos = 0;
  s.suite = 0;
  s.fingerprint = false;
  s.setup = 0;
  s.zrtp = false;
  s.ice = false;
}

function clearAddress(a: SdpAddress): void {
  a.kind = NO_ADDRESS;
  a.span.start = -1;
}

/** Empties the view for the description in `bytes[start, end)`. */
export function clearSdp(view: Sdp, bytes: Uint8Array, start: number, end: number): void {
  view.present = false;
  view.bytes = bytes;
  view.start = start;
  view.end = end;
  view.origin.start = -1;
  view.originUser.start = -1;
  view.sessionId.start = -1;
  view.version = -1;
  clearAddress(view.originAddress);
  view.name.start = -1;
  clearAddress(view.address);
  view.direction = 0;
  view.bundle = false;
  view.iceLite = false;
  view.times = 0;
  view.mediaCount = 0;
  view.allMedia = 0;
  clearSecurity(view);
}

/** Empties a section. */
export function clearMedia(media: SdpMedia): void {
  media.kind = 0;
  media.port = -1;
  media.ports = 1;
  media.protocol = 0;
  media.formatCount = 0;
  media.moreFormats = 0;
  clearAddress(media.address);
  media.direction = 0;
  media.ptime = 0;
  media.rtcpPort = 0;
  media.rtcpMux = false;
  media.fmtps = 0;
  media.candidateCount = 0;
  media.allCandidates = 0;
  media.label.start = -1;
  media.mid.start = -1;
  clearSecurity(media);
}
