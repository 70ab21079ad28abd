/** What goes up of each SIP message if a sink wants it: its bytes, where in them its parts lie, and what track said of it. */
import { readTag } from '../decode/guess.ts';
import { METHODS } from '../decode/message.ts';
import { ODDITY_NAMES } from '../decode/oddities.ts';
import { AT, FLAG, MOST_ODDITIES, type SipRecords, TRANSPORTS, type Words } from '../siprecords.ts';
import { type Observation, OUTCOME_NAMES } from '../track/observation.ts';
import type { Span } from '../types.ts';

/** Words for the codes that `pack` writes. */
export const RECORD_WORDS: Words = { methods: METHODS, oddities: ODDITY_NAMES, outcomes: OUTCOME_NAMES };

/** Adds the message of an Observation to a batch. */
export function pack(records: SipRecords, o: Observation): void {
  const { packet: p, message: m } = o;
  const at = records.add(p.time, p.src, p.dst, o.client, m.bytes, m.start, m.end);
  records.files.push(p.where.file);
  records.tunnels.push(p.tunnel);
  const n = records.numbers;
  const shift = n[at + AT.start]! - m.start;
  n[at + AT.frame] = p.frameNumber;
  n[at + AT.vlan] = p.vlan;
  n[at + AT.transport] = TRANSPORTS.indexOf(p.transport);
  n[at + AT.flags] = flagsOf(o);
  n[at + AT.method] = m.method;
  n[at + AT.status] = m.status;
  n[at + AT.cseq] = m.cseq;
  n[at + AT.cseqMethod] = m.cseqMethod;
  n[at + AT.viaPort] = m.via.port;
  n[at + AT.rport] = m.via.rport;
  n[at + AT.viaCount] = m.viaCount;
  n[at + AT.contentLength] = m.contentLength;
  n[at + AT.outcome] = o.outcome;
  n[at + AT.attributed] = o.attributed;
  n[at + AT.transaction] = o.transaction === undefined ? 0 : o.transaction.ordinal;
  n[at + AT.oddityCount] = Math.min(m.oddityCount, MOST_ODDITIES);
  for (let i = 0; i < m.oddityCount && i < MOST_ODDITIES; i++) n[at + AT.oddities + i] = m.oddities[i]!.code;
  packSpans(n, at, o, shift);
}

function flagsOf({ message: m, packet, retransmission }: Observation): number {
  return (
    (m.isRequest ? FLAG.request : 0) |
    (retransmission ? FLAG.retransmission : 0) |
    (m.from.tag.start >= 0 && readTag(m.bytes, m.from.tag)?.kind === 'guess' ? FLAG.guess : 0) |
    (m.credentials.digest ? FLAG.digest : 0) |
    (packet.truncated ? FLAG.truncated : 0)
  );
}

function packSpans(n: Int32Array, at: number, { message: m }: Observation, shift: number): void {
  const { uri, from, to, via, contact, credentials, challenge } = m;
  put(n, at + AT.methodName, m.methodSpan, shift);
  put(n, at + AT.uri, uri.span, shift);
  put(n, at + AT.uriPassword, uri.password, shift);
  put(n, at + AT.reason, m.reason, shift);
  put(n, at + AT.callId, m.callId, shift);
  put(n, at + AT.cseqMethodName, m.cseqMethodSpan, shift);
  put(n, at + AT.fromDisplay, from.display, shift);
  put(n, at + AT.fromUri, from.uri.span, shift);
  put(n, at + AT.fromPassword, from.uri.password, shift);
  put(n, at + AT.fromTag, from.tag, shift);
  put(n, at + AT.toDisplay, to.display, shift);
  put(n, at + AT.toUri, to.uri.span, shift);
  put(n, at + AT.toPassword, to.uri.password, shift);
  put(n, at + AT.toTag, to.tag, shift);
  put(n, at + AT.viaTransport, via.transport, shift);
  put(n, at + AT.viaHost, via.host, shift);
  put(n, at + AT.branch, via.branch, shift);
  put(n, at + AT.received, via.received, shift);
  put(n, at + AT.contactUri, contact.uri.span, shift);
  put(n, at + AT.contactPassword, contact.uri.password, shift);
  put(n, at + AT.userAgent, m.userAgent, shift);
  put(n, at + AT.contentType, m.contentType, shift);
  put(n, at + AT.credentials, credentials.span, shift);
  put(n, at + AT.username, credentials.username, shift);
  put(n, at + AT.realm, credentials.realm, shift);
  put(n, at + AT.digestUri, credentials.uri, shift);
  put(n, at + AT.algorithm, credentials.algorithm, shift);
  put(n, at + AT.qop, credentials.qop, shift);
  put(n, at + AT.challenge, challenge.span, shift);
  put(n, at + AT.challengeRealm, challenge.realm, shift);
  put(n, at + AT.challengeAlgorithm, challenge.algorithm, shift);
  put(n, at + AT.challengeQop, challenge.qop, shift);
  put(n, at + AT.body, m.body, shift);
}

function put(n: Int32Array, at: number, span: Span, shift: number): void {
  const { start, end } = span;
  n[at] = start < 0 ? -1 : start + shift;
  n[at + 1] = start < 0 ? -1 : end + shift;
}
