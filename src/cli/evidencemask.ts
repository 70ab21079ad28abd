/**
 * What evidence captures do not hold (design: Privacy): media, digits, the text of messages, and what passwords are in or can
 * be tried against. Masked bytes become `x`, so that every length and every header stays what it was.
 */
import { latin1 } from '../bytes.ts';
import { readTag } from '../decode/guess.ts';
import { METHODS, type SipMessage } from '../decode/message.ts';
import { RTP_HEADER } from '../decode/rtp/rtp.ts';
import { createMessage, parseSip } from '../decode/sip.ts';
import { RTP, SIP, sniff } from '../decode/sniff.ts';
import type { Packet } from '../types.ts';

/** Stands in place of each masked byte: `x`. */
export const MASKED = 0x78;
/** Bytes kept of a payload that is neither SIP nor RTP: its header, whatever it is. */
const UNKNOWN_KEPT = 64;

/** Places of secrets in the head or an SDP body: the first group is kept, the second masked. */
const SECRETS: readonly RegExp[] = [
  /(\bsips?:[^ \t\r\n:@<>]{0,1000}:)([^ \t\r\n@<>]{1,1000})(?=@)/gi,
  // Wherever it stands: a line break in a user name must not get it past us.
  /(\b(?:response|rspauth)(?:\r?\n?[ \t])*=(?:\r?\n?[ \t])*"?)([0-9a-f]{16,128})/gi,
  // White space may be a line break and a blank (RFC 3261 §7.3.1).
  /(^(?:proxy-)?authorization[ \t]*:(?:\r?\n?[ \t])*(?!digest\b)[^\s]+(?:\r?\n?[ \t])+)([^\r\n]+(?:\r?\n[ \t][^\r\n]*)*)/gim,
  /(^a=crypto:\S+[ \t]+\S+[ \t]+)([^\r\n]+)/gim,
  /(^a=ice-pwd:|^a=key-mgmt:\S+[ \t]+|^k=)([^\r\n]+)/gim,
];

const message = createMessage();

/**
 * Masks the payload of a packet in `bytes`, a copy in which it begins at `at`.
 * @param bodies keep digits and the text of messages.
 * @returns how many bytes of the payload may be kept.
 */
export function maskPayload(p: Packet, bytes: Uint8Array, at: number, bodies: boolean): number {
  const length = p.end - p.start;
  const kind = sniff(p.bytes, p.start, p.end);
  if (kind === RTP) return Math.min(length, RTP_HEADER + (p.bytes[p.start]! & 15) * 4);
  if (kind !== SIP || !parseSip(message, p.bytes, p.start, p.end, p.truncated)) return Math.min(length, UNKNOWN_KEPT);
  const shift = at - p.start;
  maskMatches(message, bytes, shift);
  for (const { password } of [message.uri, message.from.uri, message.to.uri, message.contact.uri]) {
    if (password.start >= 0) bytes.fill(MASKED, password.start + shift, password.end + shift);
  }
  maskGuess(message, bytes, at, at + length);
  if (!bodies && isPrivate(message)) bytes.fill(MASKED, message.body.start + shift, message.body.end + shift);
  return length;
}

function maskMatches({ bytes, start, end }: SipMessage, out: Uint8Array, shift: number): void {
  const text = latin1(bytes, start, end);
  for (const secret of SECRETS) {
    for (const { index, 1: kept = '', 2: masked = '' } of text.matchAll(secret)) {
      const from = start + shift + index + kept.length;
      out.fill(MASKED, from, from + masked.length);
    }
  }
}

/** The tag of a guessing tool, wherever in the message it stands (M-10). */
function maskGuess(m: SipMessage, out: Uint8Array, from: number, to: number): void {
  for (const { tag } of [m.from, m.to]) {
    if (tag.start < 0 || readTag(m.bytes, tag)?.kind !== 'guess') continue;
    const needle = m.bytes.slice(tag.start, tag.end);
    const bytes = Buffer.from(out.buffer, out.byteOffset, to);
    for (let i = bytes.indexOf(needle, from); i >= 0; i = bytes.indexOf(needle, i + needle.length)) out.fill(MASKED, i, i + needle.length);
  }
}

/** Bodies with keys that were pressed (RFC 4730, RFC 5022 and makers' own), or text for people. */
const PRIVATE_TYPES = /dtmf|telephone-event|kpml|digit|mediaservercontrol|msml|^text\//i;

/** The body is what somebody wrote, or keys he pressed. */
function isPrivate(m: SipMessage): boolean {
  if (m.body.start < 0) return false;
  const method = METHODS[m.isRequest ? m.method : m.cseqMethod];
  const type = latin1(m.bytes, m.contentType.start, m.contentType.end);
  return method === 'MESSAGE' || PRIVATE_TYPES.test(type) || (method === 'INFO' && !/sdp|xml/i.test(type));
}
