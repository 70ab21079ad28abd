/** SIP messages for tests: written as lines, read, and looked at by name. */
import assert from 'node:assert/strict';
import { text } from '../src/bytes.ts';
import type { SipMessage } from '../src/decode/message.ts';
import { isFault, ODDITY_NAMES, type OddityName } from '../src/decode/oddities.ts';
import { createMessage, parseSip } from '../src/decode/sip.ts';
import type { Span } from '../src/types.ts';

/** The bytes of a string: Latin-1, so that `\xff` is one byte. */
export function raw(s: string): Uint8Array {
  return Uint8Array.from(Buffer.from(s, 'latin1'));
}

/** Lines joined and ended by CR LF. */
export function lines(...list: string[]): string {
  return `${list.join('\r\n')}\r\n`;
}

/** Reads a message in the middle of a buffer of other bytes, which must not matter. */
export function read(source: string | Uint8Array, truncated = false): SipMessage {
  const bytes = typeof source === 'string' ? raw(source) : source;
  const buffer = new Uint8Array(bytes.length + 40).fill(0x3a);
  buffer.set(bytes, 13);
  const message = createMessage();
  assert.ok(parseSip(message, buffer, 13, 13 + bytes.length, truncated), 'it is SIP');
  return message;
}

/** A request that is right in every way, with changes: a header set to undefined is left out, new ones come last. */
export function request(
  changes: Readonly<Record<string, string | undefined>> = {},
  start = 'OPTIONS sip:bob@example.com SIP/2.0',
  body = '',
): string {
  const method = start.split(' ')[0]!;
  const usual = {
    Via: 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds',
    'Max-Forwards': '70',
    From: '"Alice" <sip:alice@example.org>;tag=1928301774',
    To: '<sip:bob@example.com>',
    'Call-ID': 'a84b4c76e66710@pc33',
    CSeq: `1 ${method}`,
    Contact: '<sip:alice@192.0.2.1>',
    ...(body === '' ? {} : { 'Content-Type': 'text/plain' }),
    'Content-Length': String(Buffer.byteLength(body, 'latin1')),
  };
  const headers = Object.entries({ ...usual, ...changes }).filter(([, value]) => value !== undefined);
  return lines(start, ...headers.map(([name, value]) => `${name}: ${value}`), '') + body;
}

/** Text of a span of the message. */
export function str(message: SipMessage, span: Span): string {
  return text(message.bytes, span.start, span.end);
}

/** Names of its oddities, in order. */
export function oddities(message: SipMessage): OddityName[] {
  return message.oddities.slice(0, message.oddityCount).map((o) => ODDITY_NAMES[o.code]!);
}

/** Names of its oddities of grade broken or hostile, sorted, each once. */
export function faults(message: SipMessage): OddityName[] {
  const codes = message.oddities.slice(0, message.oddityCount).map((o) => o.code);
  return [...new Set(codes.filter(isFault).map((code) => ODDITY_NAMES[code]!))].sort();
}

/** The text that the first oddity of that name is about. */
export function about(message: SipMessage, name: OddityName): string {
  const found = message.oddities.slice(0, message.oddityCount).find((o) => ODDITY_NAMES[o.code] === name);
  assert.ok(found !== undefined, `${name} among ${oddities(message).join(', ')}`);
  return text(message.bytes, found.start, found.end);
}
