/**
 * The EVE line of a SIP message: Suricata's keys and, behind them, what its record lacks. Written from bytes to bytes; at
 * most one line per message, whatever it holds.
 */
import { ENDPOINT, text, word16 } from '../../bytes.ts';
import { MASK } from '../../passwords.ts';
import { AT, ENDPOINTS, FLAG, type SipRecords, TRANSPORTS } from '../../siprecords.ts';
import { ATTRIBUTIONS } from '../../types.ts';
import { isoTime } from '../layout.ts';
import { cut, neutralJson } from '../neutral.ts';
import { type FlowId, readFlowId } from './flowid.ts';
import { type JsonBytes, literal } from './jsonbytes.ts';
import { putSdp } from './sdplines.ts';

const TIMESTAMP = literal('{"timestamp":"');
const FLOW = literal('+0000","flow_id":');
const PCAP_COUNT = literal(',"pcap_cnt":');
const EVENT = literal(',"event_type":"sip"');
const VLAN = literal(',"vlan":[');
const TUNNEL = literal(',"tunnel":');
const SRC = literal(',"src_ip":');
const SRC_PORT = literal(',"src_port":');
const DST = literal(',"dest_ip":');
const DST_PORT = literal(',"dest_port":');
/** Transports that `proto` does not tell. */
const SECURED: ReadonlySet<string> = new Set(['tls', 'ws', 'wss']);
const PROTOCOLS = TRANSPORTS.map((name) =>
  literal(`,"proto":"${protocolOf(name)}"${SECURED.has(name) ? `,"transport":"${name}"` : ''},"app_proto":"sip"`),
);
const TX = literal(',"tx_id":');
const SIP_METHOD = literal(',"sip":{"method":');
const SIP_VERSION = literal(',"sip":{"version":');
const URI = literal(',"uri":');
const VERSION = literal(',"version":');
const REQUEST_LINE = literal(',"request_line":');
const CODE = literal(',"code":"');
const REASON = literal('","reason":');
const RESPONSE_LINE = literal(',"response_line":');
const FROM = literal(',"from":{"uri":');
const TO = literal('},"to":{"uri":');
const DISPLAY = literal(',"display":');
const TAG = literal(',"tag":');
const CALL_ID = literal('},"call_id":');
const CSEQ = literal(',"cseq":{"number":');
const CSEQ_METHOD = literal(',"method":');
const VIA = literal('},"via":{"count":');
const HOST = literal(',"host":');
const PORT = literal(',"port":');
const VIA_TRANSPORT = literal(',"transport":');
const BRANCH = literal(',"branch":');
const RECEIVED = literal(',"received":');
const RPORT = literal(',"rport":');
const END = literal('}');
const CONTACT = literal(',"contact":');
const USER_AGENT = literal(',"user_agent":');
const CONTENT_TYPE = literal(',"content_type":');
const CONTENT_LENGTH = literal(',"content_length":');
const AUTH = literal(',"auth":{"scheme":');
const CHALLENGE = literal(',"challenge":{"scheme":');
const USERNAME = literal(',"username":');
const REALM = literal(',"realm":');
const DIGEST_URI = literal(',"uri":');
const ALGORITHM = literal(',"algorithm":');
const QOP = literal(',"qop":');
const ODDITIES = literal(',"oddities":[');
const ORIGIN = literal(',"origin":{"found":');
const IP = literal(',"ip":');
const OUTCOME = literal(',"outcome":');
const RETRANSMISSION = literal(',"retransmission":true');
const TRUNCATED = literal(',"truncated":true');
const SDP = literal(',"sdp":');
const LINE_END = literal('}}\n');

const SDP_TYPE = literal('application/sdp');
const FORM = /^([A-Za-z0-9_-]{1,32})\s/;

/** `UDP`, `TCP`, `SCTP`: what a transport is carried by, as Suricata names it. */
export function protocolOf(transport: string): string {
  return transport === 'udp' ? 'UDP' : transport === 'sctp' ? 'SCTP' : 'TCP';
}

/** Writes the EVE lines of messages. */
export class EveRecords {
  readonly #out: JsonBytes;
  #second = Number.NaN;
  #secondText = literal('');
  readonly #words = new Map<string, Uint8Array>();
  #odd = false;
  readonly #flowId: FlowId = { high: 0, low: 0 };
  #file = '';
  #fileText = literal('');

  /** @param out where the lines go; who owns it takes them. */
  constructor(out: JsonBytes) {
    this.#out = out;
  }

  /** Appends the line of message `index`. */
  write(records: SipRecords, index: number): void {
    const n = records.numbers;
    const at = index * AT.size;
    this.#odd = n[at + AT.oddityCount]! > 0;
    this.#head(records, index, at);
    const request = (n[at + AT.flags]! & FLAG.request) !== 0;
    if (request) this.#request(records.bytes, n, at);
    else this.#response(records.bytes, n, at);
    this.#parties(records, n, at);
    this.#rest(records, n, at);
    this.#out.put(LINE_END);
  }

  /** What all EVE events have. */
  #head(records: SipRecords, index: number, at: number): void {
    const { numbers: n, bytes } = records;
    const out = this.#out;
    const src = n[at + AT.start]! - ENDPOINTS;
    const dst = src + ENDPOINT;
    out.put(TIMESTAMP);
    this.#time(records.times[index]!);
    out.put(FLOW);
    this.#flow(bytes, src, n[at + AT.transport]!);
    out.put(PCAP_COUNT);
    out.number(n[at + AT.frame]!);
    this.#name(records.files[index]!);
    out.put(EVENT);
    if (n[at + AT.vlan]! >= 0) {
      out.put(VLAN);
      out.number(n[at + AT.vlan]!);
      out.raw(']');
    }
    const tunnel = records.tunnels[index]!;
    if (tunnel !== '') {
      out.put(TUNNEL);
      out.string(tunnel);
    }
    out.put(SRC);
    out.address(bytes, src);
    out.put(SRC_PORT);
    out.number(word16(bytes, src + 16));
    out.put(DST);
    out.address(bytes, dst);
    out.put(DST_PORT);
    out.number(word16(bytes, dst + 16));
    out.put(PROTOCOLS[n[at + AT.transport]!]!);
    if (n[at + AT.transaction]! > 0) {
      out.put(TX);
      out.number(n[at + AT.transaction]!);
    }
  }

  /** `2026-11-20T08:00:00.123456`; the part down to the second is made once a second. */
  #time(us: number): void {
    const second = Math.floor(us / 1e6);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = literal(`${isoTime(second * 1e6).slice(0, -8)}.`);
    }
    this.#out.put(this.#secondText);
    this.#out.padded(Math.floor(us - second * 1e6), 6);
  }

  #flow(bytes: Uint8Array, src: number, transport: number): void {
    const id = this.#flowId;
    readFlowId(id, bytes, src, transport);
    this.#out.number(id.high);
    this.#out.padded(id.low, 7);
  }

  #name(file: string): void {
    if (file !== this.#file) {
      this.#file = file;
      this.#fileText = Uint8Array.from(Buffer.from(`,"pcap_filename":${neutralJson(cut(file))}`));
    }
    if (file !== '') this.#out.put(this.#fileText);
  }

  #request(bytes: Uint8Array, n: Int32Array, at: number): void {
    const out = this.#out;
    const start = n[at + AT.start]!;
    const uriEnd = n[at + AT.uri + 1]!;
    const end = lineEnd(bytes, uriEnd < 0 ? start : uriEnd, n[at + AT.end]!);
    out.put(SIP_METHOD);
    out.text(bytes, n[at + AT.methodName]!, n[at + AT.methodName + 1]!);
    out.put(URI);
    this.#uri(bytes, n, at + AT.uri, at + AT.uriPassword);
    out.put(VERSION);
    out.text(bytes, wordBefore(bytes, uriEnd < 0 ? end : uriEnd, end), end);
    out.put(REQUEST_LINE);
    this.#part(bytes, start, end, n[at + AT.uriPassword]!, n[at + AT.uriPassword + 1]!);
  }

  #response(bytes: Uint8Array, n: Int32Array, at: number): void {
    const out = this.#out;
    const start = n[at + AT.start]!;
    const reasonEnd = n[at + AT.reason + 1]!;
    const end = lineEnd(bytes, reasonEnd < 0 ? start : reasonEnd, n[at + AT.end]!);
    out.put(SIP_VERSION);
    out.text(bytes, start, wordEnd(bytes, start, end));
    out.put(CODE);
    out.padded(n[at + AT.status]!, 3);
    out.put(REASON);
    out.text(bytes, n[at + AT.reason]!, reasonEnd);
    out.put(RESPONSE_LINE);
    out.text(bytes, start, end);
  }

  #parties({ bytes }: SipRecords, n: Int32Array, at: number): void {
    const out = this.#out;
    out.put(FROM);
    this.#uri(bytes, n, at + AT.fromUri, at + AT.fromPassword);
    this.#loose(DISPLAY, bytes, n, at + AT.fromDisplay);
    if ((n[at + AT.flags]! & FLAG.guess) !== 0) {
      out.put(TAG);
      out.string(MASK);
    } else this.#optional(TAG, bytes, n, at + AT.fromTag);
    out.put(TO);
    this.#uri(bytes, n, at + AT.toUri, at + AT.toPassword);
    this.#loose(DISPLAY, bytes, n, at + AT.toDisplay);
    this.#optional(TAG, bytes, n, at + AT.toTag);
    out.put(CALL_ID);
    out.text(bytes, n[at + AT.callId]!, n[at + AT.callId + 1]!);
    out.put(CSEQ);
    out.number(n[at + AT.cseq]!);
    out.put(CSEQ_METHOD);
    out.text(bytes, n[at + AT.cseqMethodName]!, n[at + AT.cseqMethodName + 1]!);
    this.#via(bytes, n, at);
  }

  #via(bytes: Uint8Array, n: Int32Array, at: number): void {
    const out = this.#out;
    out.put(VIA);
    out.number(n[at + AT.viaCount]!);
    this.#optional(HOST, bytes, n, at + AT.viaHost);
    if (n[at + AT.viaPort]! >= 0) this.#number(PORT, n[at + AT.viaPort]!);
    this.#optional(VIA_TRANSPORT, bytes, n, at + AT.viaTransport);
    this.#optional(BRANCH, bytes, n, at + AT.branch);
    this.#optional(RECEIVED, bytes, n, at + AT.received);
    if (n[at + AT.rport]! > 0) this.#number(RPORT, n[at + AT.rport]!);
    out.put(END);
  }

  #rest(records: SipRecords, n: Int32Array, at: number): void {
    const { bytes, words } = records;
    const flags = n[at + AT.flags]!;
    if (n[at + AT.contactUri]! >= 0) {
      this.#out.put(CONTACT);
      this.#uri(bytes, n, at + AT.contactUri, at + AT.contactPassword);
    }
    this.#loose(USER_AGENT, bytes, n, at + AT.userAgent);
    this.#optional(CONTENT_TYPE, bytes, n, at + AT.contentType);
    if (n[at + AT.contentLength]! >= 0) this.#number(CONTENT_LENGTH, n[at + AT.contentLength]!);
    if (n[at + AT.credentials]! >= 0) this.#credentials(bytes, n, at);
    if (n[at + AT.challenge]! >= 0) this.#challenge(bytes, n, at);
    if (n[at + AT.oddityCount]! > 0) this.#oddities(words.oddities, n, at);
    if (n[at + AT.attributed]! > 0) this.#origin(bytes, n, at);
    if (n[at + AT.outcome]! > 0) {
      this.#out.put(OUTCOME);
      this.#word(words.outcomes[n[at + AT.outcome]!]!);
    }
    if ((flags & FLAG.retransmission) !== 0) this.#out.put(RETRANSMISSION);
    if ((flags & FLAG.truncated) !== 0) this.#out.put(TRUNCATED);
    if (n[at + AT.body + 1]! > n[at + AT.body]!) this.#sdp(bytes, n, at);
  }

  /** User and realm, not what passwords could be tried against. */
  #credentials(bytes: Uint8Array, n: Int32Array, at: number): void {
    this.#scheme(AUTH, bytes, n, at + AT.credentials);
    if ((n[at + AT.flags]! & FLAG.digest) !== 0) {
      this.#optional(USERNAME, bytes, n, at + AT.username);
      this.#optional(REALM, bytes, n, at + AT.realm);
      this.#loose(DIGEST_URI, bytes, n, at + AT.digestUri);
      this.#optional(ALGORITHM, bytes, n, at + AT.algorithm);
      this.#optional(QOP, bytes, n, at + AT.qop);
    }
    this.#out.put(END);
  }

  #challenge(bytes: Uint8Array, n: Int32Array, at: number): void {
    this.#scheme(CHALLENGE, bytes, n, at + AT.challenge);
    this.#optional(REALM, bytes, n, at + AT.challengeRealm);
    this.#optional(ALGORITHM, bytes, n, at + AT.challengeAlgorithm);
    this.#optional(QOP, bytes, n, at + AT.challengeQop);
    this.#out.put(END);
  }

  /** The first word of the value; a value that is not in that form could be a secret and is not shown. */
  #scheme(key: Uint8Array, bytes: Uint8Array, n: Int32Array, field: number): void {
    const start = n[field]!;
    const end = Math.min(wordEnd(bytes, start, n[field + 1]!), start + 32);
    this.#out.put(key);
    if (isDigest(bytes, start, end)) this.#out.text(bytes, start, end);
    else this.#out.string(FORM.exec(text(bytes, start, Math.min(end + 1, n[field + 1]!)))?.[1] ?? '');
  }

  #oddities(names: readonly string[], n: Int32Array, at: number): void {
    const out = this.#out;
    out.put(ODDITIES);
    for (let i = 0; i < n[at + AT.oddityCount]!; i++) {
      if (i > 0) out.raw(',');
      this.#word(names[n[at + AT.oddities + i]!]!);
    }
    out.raw(']');
  }

  /** Who asked, where that is not told by the packet's own addresses. */
  #origin(bytes: Uint8Array, n: Int32Array, at: number): void {
    const out = this.#out;
    const client = n[at + AT.start]! - ENDPOINT;
    out.put(ORIGIN);
    this.#word(ATTRIBUTIONS[n[at + AT.attributed]!]!);
    out.put(IP);
    out.address(bytes, client);
    out.put(PORT);
    out.number(word16(bytes, client + 16));
    out.put(END);
  }

  #sdp(bytes: Uint8Array, n: Int32Array, at: number): void {
    const start = n[at + AT.body]!;
    if (bytes[start] !== 0x76 || bytes[start + 1] !== 0x3d) return;
    if (!isSdp(bytes, n[at + AT.contentType]!, n[at + AT.contentType + 1]!)) return;
    this.#out.put(SDP);
    putSdp(this.#out, bytes, start, n[at + AT.body + 1]!);
  }

  /** A word of ours as a string. */
  #word(word: string): void {
    let bytes = this.#words.get(word);
    if (bytes === undefined) {
      bytes = literal(`"${word}"`);
      this.#words.set(word, bytes);
    }
    this.#out.put(bytes);
  }

  #number(key: Uint8Array, value: number): void {
    this.#out.put(key);
    this.#out.number(value);
  }

  /** A text that may be absent; then so is its key. */
  #optional(key: Uint8Array, bytes: Uint8Array, n: Int32Array, field: number): void {
    if (n[field]! < 0) return;
    this.#out.put(key);
    this.#out.text(bytes, n[field]!, n[field + 1]!);
  }

  #uri(bytes: Uint8Array, n: Int32Array, field: number, password: number): void {
    this.#part(bytes, n[field]!, n[field + 1]!, n[password]!, n[password + 1]!);
  }

  /** A text in which a password was found (`from` < 0: none), or, in a message that was odd, may be though nobody saw it. */
  #part(bytes: Uint8Array, start: number, end: number, from: number, to: number): void {
    if (from >= 0) this.#out.masked(bytes, start, end, from, to);
    else if (this.#odd) this.#out.loose(bytes, start, end);
    else this.#out.text(bytes, start, end);
  }

  /** A text that may be absent and may hold a whole URI, and that a password. */
  #loose(key: Uint8Array, bytes: Uint8Array, n: Int32Array, field: number): void {
    const start = n[field]!;
    const end = n[field + 1]!;
    if (start < 0 || start === end) return;
    this.#out.put(key);
    this.#out.loose(bytes, start, end);
  }
}

/** Where the line that reaches to `from` at least ends. */
function lineEnd(bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && bytes[i] !== 0x0d && bytes[i] !== 0x0a) i++;
  return i;
}

/** Where the word at `start` ends: a space, or `end`. */
function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i]! > 0x20) i++;
  return i;
}

/** Where the last word of `bytes[from, end)` begins. */
function wordBefore(bytes: Uint8Array, from: number, end: number): number {
  let i = end;
  while (i > from && bytes[i - 1]! > 0x20) i--;
  return i;
}

/** `Digest`, as almost everybody writes it. */
function isDigest(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 6 && bytes[start] === 0x44 && bytes[start + 1] === 0x69 && bytes[start + 5] === 0x74;
}

/** `application/sdp`, with parameters or without. */
function isSdp(bytes: Uint8Array, start: number, end: number): boolean {
  if (start < 0 || end - start < SDP_TYPE.length) return false;
  for (let i = 0; i < SDP_TYPE.length; i++) if ((bytes[start + i]! | 0x20) !== (SDP_TYPE[i]! | 0x20)) return false;
  return end - start === SDP_TYPE.length || bytes[start + SDP_TYPE.length] === 0x3b || bytes[start + SDP_TYPE.length]! <= 0x20;
}
