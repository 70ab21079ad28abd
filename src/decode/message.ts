/**
 * What decode makes of the bytes of one SIP message. One `SipMessage` is reused for all messages: everything in it is
 * byte ranges of `bytes` and small numbers, good until the next message is read. Nothing is a string until asked.
 */
import type { Oddity, Span } from '../types.ts';

/** Methods by code; 0 stands for every other token. RFC 3261, 3262, 3265/6665, 3311, 3428, 3515, 3903, 6086. */
export const METHODS = [
  '',
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'OPTIONS',
  'REGISTER',
  'PRACK',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'INFO',
  'REFER',
  'MESSAGE',
  'UPDATE',
] as const;

/** Code of a method, see METHODS. */
export const INVITE = 1;
/** Code of a method, see METHODS. */
export const ACK = 2;
/** Code of a method, see METHODS. */
export const BYE = 3;
/** Code of a method, see METHODS. */
export const CANCEL = 4;
/** Code of a method, see METHODS. */
export const OPTIONS = 5;
/** Code of a method, see METHODS. */
export const REGISTER = 6;
/** Code of a method, see METHODS. */
export const PRACK = 7;
/** Code of a method, see METHODS. */
export const SUBSCRIBE = 8;
/** Code of a method, see METHODS. */
export const NOTIFY = 9;
/** Code of a method, see METHODS. */
export const INFO = 11;
/** Code of a method, see METHODS. */
export const REFER = 12;
/** Code of a method, see METHODS. */
export const UPDATE = 14;

/** URI schemes by code; 0 stands for every other. */
export const SCHEMES = ['', 'sip', 'sips', 'tel'] as const;

/** A SIP, SIPS or tel URI (RFC 3261 §19.1, RFC 3966) in place. */
export interface UriView {
  /** The whole URI, without angle brackets. */
  span: Span;
  scheme: number;
  /** User part without password; for tel the number. Escapes are not decoded here. */
  user: Span;
  password: Span;
  /** Host without port; an IPv6 reference keeps its brackets. Empty for tel. */
  host: Span;
  /** -1: none given; -2: not a number from 0 to 65535. */
  port: number;
  /** From the first `;` (not included) to `?` or the end. */
  params: Span;
  headers: Span;
}

/** From, To, Contact, Route … : name-addr or addr-spec with header parameters (RFC 3261 §20.10). */
export interface AddressView {
  /** The whole value, parameters included. */
  span: Span;
  /** Display name as written, quotes included. */
  display: Span;
  uri: UriView;
  params: Span;
  /** `tag` parameter (From, To). */
  tag: Span;
  /** `expires` parameter (Contact) in seconds, -1: none, -2: not a number. */
  expires: number;
}

/** The topmost Via value (RFC 3261 §20.42). */
export interface ViaView {
  span: Span;
  /** `UDP`, `TCP`, … as written. */
  transport: Span;
  host: Span;
  /** -1: none; -2: not a port. */
  port: number;
  branch: Span;
  received: Span;
  /** `rport` value; -1: parameter absent; 0: present without a value. */
  rport: number;
}

/** Digest credentials or challenge (RFC 2617, 7616, 8760). Quoted values without their quotes. */
export interface DigestView {
  /** The whole header value; absent (`start < 0`) if the message has none. */
  span: Span;
  /** The scheme is Digest. */
  digest: boolean;
  /** It came in Proxy-Authorization or Proxy-Authenticate. */
  proxy: boolean;
  username: Span;
  realm: Span;
  nonce: Span;
  uri: Span;
  response: Span;
  cnonce: Span;
  nc: Span;
  qop: Span;
  algorithm: Span;
  opaque: Span;
  /** `stale=true` (challenges). */
  stale: boolean;
}

/** Numbers per entry of `SipMessage.headers`: id, name start, name end, value start, value end. */
export const HEADER_STRIDE = 5;

/** One SIP message, read with tolerance. */
export interface SipMessage {
  bytes: Uint8Array;
  /** The whole message: from the first byte of the start line to the end of the body. */
  start: number;
  end: number;
  isRequest: boolean;
  /** Request: code of its method; response: 0. */
  method: number;
  methodSpan: Span;
  /** Request-URI. */
  uri: UriView;
  /** Response: 100–699 as read (any number up to 999, or 0 if it is none); request: 0. */
  status: number;
  reason: Span;
  callId: Span;
  /** -1: absent or not a number below 2^31. */
  cseq: number;
  /** Method named in the CSeq, its code. For requests normally equal to `method`. */
  cseqMethod: number;
  cseqMethodSpan: Span;
  from: AddressView;
  to: AddressView;
  via: ViaView;
  /** Via values in all. */
  viaCount: number;
  /** The first Contact value. */
  contact: AddressView;
  /** Contact values in all. */
  contactCount: number;
  /** `Contact: *`. */
  contactStar: boolean;
  /** Expires header in seconds; -1: none; -2: not a number. */
  expires: number;
  /** -1: none; -2: not a number from 0 to 255. */
  maxForwards: number;
  /** -1: none; -2: not a number. */
  contentLength: number;
  contentType: Span;
  /** User-Agent, in responses Server or User-Agent. */
  userAgent: Span;
  /** Authorization or Proxy-Authorization: the first Digest one, else the first. */
  credentials: DigestView;
  /** WWW-Authenticate or Proxy-Authenticate: the first Digest one, else the first. */
  challenge: DigestView;
  body: Span;
  /** All headers in order, `HEADER_STRIDE` numbers each; names and ids: `headers.ts`. */
  headers: Int32Array;
  headerCount: number;
  /** The first `oddityCount` entries count; the rest is spare. */
  oddities: Oddity[];
  oddityCount: number;
}
