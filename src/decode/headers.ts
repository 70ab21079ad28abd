/**
 * The header fields of SIP: names, compact forms, what their values are and whether they may repeat. The registry is
 * RFC 3261 §20 with the extensions registered since; any other name is id 0 and still a header.
 */
import type { Span } from '../types.ts';
import { sameName } from './grammar.ts';
import { HEADER_STRIDE, type SipMessage } from './message.ts';

/**
 * What the value of a header is: `address` name-addr or addr-spec, `uri` one URI in angle brackets with parameters, `auth`
 * scheme and parameters, `token` a token with parameters, `word` anything
 * else with parameters, `number` delta-seconds or another number, `text` anything.
 */
export type ValueKind =
  | 'via'
  | 'address'
  | 'uri'
  | 'auth'
  | 'token'
  | 'word'
  | 'number'
  | 'date'
  | 'call-id'
  | 'cseq'
  | 'type'
  | 'warning'
  | 'text';

/** One known header. */
export interface HeaderKind {
  /** Name as the RFC writes it. */
  readonly name: string;
  /** One-letter form (RFC 3261 §7.3.3), or empty. */
  readonly compact: string;
  readonly kind: ValueKind;
  /** It may repeat, or hold several values separated by commas (RFC 3261 §7.3.1). */
  readonly list: boolean;
}

function one(name: string, kind: ValueKind = 'text', compact = ''): HeaderKind {
  return { name, compact, kind, list: false };
}

function many(name: string, kind: ValueKind = 'token', compact = ''): HeaderKind {
  return { name, compact, kind, list: true };
}

/** All known headers; the index is the id. The first ids are constants below and switched on in `sip.ts`. */
export const HEADERS: readonly HeaderKind[] = [
  one(''),
  many('Via', 'via', 'v'),
  one('From', 'address', 'f'),
  one('To', 'address', 't'),
  one('Call-ID', 'call-id', 'i'),
  one('CSeq', 'cseq'),
  one('Max-Forwards', 'number'),
  many('Contact', 'address', 'm'),
  one('Expires', 'number'),
  one('Content-Length', 'number', 'l'),
  one('Content-Type', 'type', 'c'),
  one('User-Agent'),
  one('Server'),
  many('Authorization', 'auth'),
  many('Proxy-Authorization', 'auth'),
  many('WWW-Authenticate', 'auth'),
  many('Proxy-Authenticate', 'auth'),
  one('Date', 'date'),
  one('Min-Expires', 'number'),
  one('Retry-After', 'number'),
  many('Warning', 'warning'),
  one('RSeq', 'number'),
  one('Max-Breadth', 'number'),
  one('Session-Expires', 'number', 'x'),
  one('Min-SE', 'number'),
  one('Flow-Timer', 'number'),
  // RFC 3261, the rest
  many('Accept', 'type'),
  many('Accept-Encoding'),
  many('Accept-Language'),
  many('Alert-Info', 'uri'),
  many('Allow'),
  one('Authentication-Info'),
  many('Call-Info', 'uri'),
  one('Content-Disposition', 'token'),
  many('Content-Encoding', 'token', 'e'),
  many('Content-Language'),
  many('Error-Info', 'uri'),
  many('In-Reply-To', 'text'),
  one('MIME-Version'),
  one('Organization'),
  one('Priority', 'token'),
  one('Proxy-Authentication-Info'),
  many('Proxy-Require'),
  many('Record-Route', 'address'),
  one('Reply-To', 'address'),
  many('Require'),
  many('Route', 'address'),
  one('Subject', 'text', 's'),
  many('Supported', 'token', 'k'),
  one('Timestamp'),
  many('Unsupported'),
  // Reliability and events: RFC 3262, 3903, 6665, 5839
  one('RAck'),
  one('Event', 'token', 'o'),
  many('Allow-Events', 'token', 'u'),
  one('Subscription-State', 'token'),
  one('SIP-ETag', 'token'),
  one('SIP-If-Match', 'token'),
  one('Suppress-If-Match', 'token'),
  // Transfer and dialogs: RFC 3515, 3892, 3891, 3911, 4488, 4538, 7614
  one('Refer-To', 'address', 'r'),
  one('Referred-By', 'address', 'b'),
  one('Replaces', 'word'),
  one('Join', 'word'),
  one('Refer-Sub', 'token'),
  one('Target-Dialog', 'word'),
  one('Refer-Events-At', 'uri'),
  one('Answer-Mode', 'token'),
  one('Priv-Answer-Mode', 'token'),
  // Identity and privacy: RFC 3323, 3325, 8224, 4474, 5876, 8217
  many('P-Asserted-Identity', 'address'),
  many('P-Preferred-Identity', 'address'),
  one('Privacy'),
  many('Identity', 'text', 'y'),
  one('Identity-Info', 'uri', 'n'),
  // Routing, recording, diversion: RFC 3326, 3327, 3608, 7044, 5806, 3841, 6044
  many('Reason'),
  many('Path', 'address'),
  many('Service-Route', 'address'),
  many('History-Info', 'address'),
  many('Diversion', 'address'),
  many('Request-Disposition', 'token', 'd'),
  many('Accept-Contact', 'word', 'a'),
  many('Reject-Contact', 'word', 'j'),
  // Agreements: RFC 3329, 4412, 5373, 5360, 5393, 6086, 6442, 6809, 6794, 7315, 8876
  many('Security-Client'),
  many('Security-Server'),
  many('Security-Verify'),
  many('Resource-Priority'),
  many('Accept-Resource-Priority'),
  one('Permission-Missing', 'address'),
  many('Trigger-Consent', 'text'),
  one('Info-Package', 'token'),
  many('Recv-Info'),
  many('Geolocation', 'uri'),
  one('Geolocation-Error'),
  one('Geolocation-Routing', 'token'),
  many('Feature-Caps', 'word'),
  many('Policy-Contact', 'text'),
  many('Policy-ID', 'text'),
  one('AlertMsg-Error'),
  // Sessions: RFC 7989, 7433, 7866, 8443
  one('Session-ID', 'word'),
  many('User-to-User', 'word'),
  many('Encryption', 'text'),
  many('Hide', 'text'),
  one('Response-Key'),
  many('Relayed-Charge', 'text'),
  one('Session-Type', 'text'),
  one('Cellular-Network-Info'),
  one('Origination-Id'),
  one('Restoration-Info'),
  one('Service-Interact-Info'),
  one('Priority-Share'),
  one('Priority-Verstat'),
  one('Additional-Identity', 'address'),
  one('Attestation-Info'),
  one('Response-Source'),
  one('UE-Capabilities'),
  // P-headers: RFC 7315, 3603/5503, 4457, 4964, 5002, 5009, 5318, 5502, 6050, 7316, 8496, 8497
  many('P-Access-Network-Info', 'word'),
  one('P-Answer-State', 'token'),
  one('P-Asserted-Service'),
  many('P-Associated-URI', 'address'),
  one('P-Called-Party-ID', 'address'),
  one('P-Charging-Function-Addresses'),
  one('P-Charging-Vector'),
  one('P-DCS-Trace-Party-ID', 'address'),
  one('P-DCS-OSPS'),
  one('P-DCS-Billing-Info'),
  one('P-DCS-LAES'),
  one('P-DCS-Redirect'),
  many('P-Early-Media'),
  many('P-Media-Authorization', 'text'),
  one('P-Preferred-Service'),
  one('P-Private-Network-Indication'),
  one('P-Profile-Key', 'address'),
  many('P-Refused-URI-List', 'text'),
  one('P-Served-User', 'address'),
  one('P-User-Database', 'uri'),
  many('P-Visited-Network-ID', 'word'),
  one('P-Charge-Info', 'address'),
  // Used in the field without registration
  many('Remote-Party-ID', 'address'),
  one('P-RTP-Stat'),
  one('P-Key-Flags'),
  one('Logme'),
];

/** Id of a header: RFC 3261 §20.42. */
export const VIA = 1;
/** Id of a header: RFC 3261 §20.20. */
export const FROM = 2;
/** Id of a header: RFC 3261 §20.39. */
export const TO = 3;
/** Id of a header: RFC 3261 §20.8. */
export const CALL_ID = 4;
/** Id of a header: RFC 3261 §20.16. */
export const CSEQ = 5;
/** Id of a header: RFC 3261 §20.22. */
export const MAX_FORWARDS = 6;
/** Id of a header: RFC 3261 §20.10. */
export const CONTACT = 7;
/** Id of a header: RFC 3261 §20.19. */
export const EXPIRES = 8;
/** Id of a header: RFC 3261 §20.14. */
export const CONTENT_LENGTH = 9;
/** Id of a header: RFC 3261 §20.15. */
export const CONTENT_TYPE = 10;
/** Id of a header: RFC 3261 §20.41. */
export const USER_AGENT = 11;
/** Id of a header: RFC 3261 §20.35. */
export const SERVER = 12;
/** Id of a header: RFC 3261 §20.7. */
export const AUTHORIZATION = 13;
/** Id of a header: RFC 3261 §20.28. */
export const PROXY_AUTHORIZATION = 14;
/** Id of a header: RFC 3261 §20.44. */
export const WWW_AUTHENTICATE = 15;
/** Id of a header: RFC 3261 §20.27. */
export const PROXY_AUTHENTICATE = 16;
/** Id of a header: RFC 3261 §20.17. */
export const DATE = 17;
/** Id of a header: RFC 3261 §20.23. */
export const MIN_EXPIRES = 18;
/** Id of a header: RFC 3261 §20.33. */
export const RETRY_AFTER = 19;
/** Id of a header: RFC 3261 §20.43. */
export const WARNING = 20;
/** Id of a header: RFC 3262 §7.1. */
export const RSEQ = 21;
/** Id of a header: RFC 5393 §5.3.3. */
export const MAX_BREADTH = 22;
/** Id of a header: RFC 4028 §4. */
export const SESSION_EXPIRES = 23;
/** Id of a header: RFC 4028 §5. */
export const MIN_SE = 24;
/** Id of a header: RFC 5626 §11.4. */
export const FLOW_TIMER = 25;

/** Id of a header: RFC 3261 §20.29. */
export const PROXY_REQUIRE: number = idOf('Proxy-Require');

/** 1 for headers of text and addresses that people and vendors choose, beyond those that are read: they are looked at for text for others. */
export const FREE_TEXT: Uint8Array = freeText([
  ...['Subject', 'Organization', 'Alert-Info', 'Call-Info', 'Error-Info', 'Reply-To', 'Refer-To', 'Referred-By', 'Replaces'],
  ...['P-Asserted-Identity', 'P-Preferred-Identity', 'Remote-Party-ID', 'Diversion', 'History-Info', 'P-Charge-Info', 'User-to-User'],
]);

function idOf(name: string): number {
  return HEADERS.findIndex((header) => header.name === name);
}

function freeText(names: readonly string[]): Uint8Array {
  const marks = new Uint8Array(HEADERS.length);
  for (const name of names) marks[idOf(name)] = 1;
  return marks;
}

/** 1 where the header may stand once only. */
export const SINGLE = Uint8Array.from(HEADERS, (h, id) => (id > 0 && !h.list ? 1 : 0));

const LOWER: readonly Uint8Array[] = HEADERS.map((h) => Uint8Array.from(Buffer.from(h.name.toLowerCase(), 'latin1')));
/** Ids by compact letter, small letter minus `a`. */
const COMPACT = new Uint8Array(32);
/** First id of each hash value, and the next id with the same hash. */
const BUCKETS = new Uint8Array(256);
const NEXT = new Uint8Array(HEADERS.length);

function slotOf(length: number, first: number, last: number): number {
  return (length * 37 + (first | 0x20) * 5 + (last | 0x20) * 11) & 255;
}

// The hot ids come first in their chains: they are entered last.
for (let id = HEADERS.length - 1; id > 0; id--) {
  const lower = LOWER[id]!;
  const slot = slotOf(lower.length, lower[0]!, lower[lower.length - 1]!);
  NEXT[id] = BUCKETS[slot]!;
  BUCKETS[slot] = id;
  const compact = HEADERS[id]!.compact;
  if (compact !== '') COMPACT[compact.charCodeAt(0) - 0x61] = id;
}

/** Id of the header name `bytes[start, end)`, any case or compact (RFC 3261 §7.3.3); 0 if it is none of the table. */
export function headerId(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const first = bytes[start]!;
  if (length <= 1)
    return length === 1 && (first | 0x20) > 0x60 && first > 0x40 && (first | 0x20) < 0x7b ? COMPACT[(first | 0x20) - 0x61]! : 0;
  let id = BUCKETS[slotOf(length, first, bytes[end - 1]!)]!;
  while (id !== 0 && !sameName(bytes, start, end, LOWER[id]!)) id = NEXT[id]!;
  return id;
}

/** Id of a header by its name as text, long or compact, any case; 0 if unknown. Not for the hot path. */
export function headerByName(name: string): number {
  const bytes = Buffer.from(name, 'latin1');
  return bytes.length === 0 ? 0 : headerId(bytes, 0, bytes.length);
}

/** Value of the `n`th header (from 0) with that id, in the bytes of the message; undefined if there are fewer. */
export function headerValue(message: SipMessage, id: number, n = 0): Span | undefined {
  const headers = message.headers;
  const stop = message.headerCount * HEADER_STRIDE;
  for (let at = 0; at < stop; at += HEADER_STRIDE) {
    if (headers[at] === id && n-- === 0) return { start: headers[at + 3]!, end: headers[at + 4]! };
  }
  return undefined;
}

/** How many header lines have that id. */
export function headerLines(message: SipMessage, id: number): number {
  const headers = message.headers;
  const stop = message.headerCount * HEADER_STRIDE;
  let n = 0;
  for (let at = 0; at < stop; at += HEADER_STRIDE) if (headers[at] === id) n++;
  return n;
}
