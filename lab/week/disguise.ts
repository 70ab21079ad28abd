/**
 * Makes another attacker of one: a packet that he sent or got, with another address wherever his stands, and with other random
 * words (Call-ID, branch, nonce, digest), so that the copy is no replay. Everything that his program shows of itself, its timing
 * and its grammar, stays.
 */
import { seeded } from '../random.ts';
import { frameOf, type PcapRecord } from './records.ts';

/** Who becomes whom. */
export interface Guise {
  readonly from: string;
  readonly to: string;
  /** Copies with different words have different keys. */
  readonly key: string;
}

const ETHERNET = 14;
const UDP = 8;

/** The Ethernet frame of an unfragmented UDP packet in disguise, with lengths and checksums that fit. */
export function disguised(record: PcapRecord, guise: Guise): Buffer {
  const { data } = record;
  const frame = frameOf(record);
  const payload = Buffer.from(disguisedText(data.toString('latin1', frame.payload, frame.payloadEnd), guise), 'latin1');
  const header = frame.payload - UDP - ETHERNET;
  const out = Buffer.concat([data.subarray(0, frame.payload), payload]);
  const ip = out.subarray(ETHERNET);
  ip.writeUInt16BE(ip.length, 2);
  for (const at of [12, 16]) if (dotted(ip, at) === guise.from) Buffer.from(guise.to.split('.').map(Number)).copy(ip, at);
  ip.writeUInt16BE(0, 10);
  ip.writeUInt16BE(folded(sum(ip, 0, header)), 10);
  const udp = ip.subarray(header);
  udp.writeUInt16BE(udp.length, 4);
  udp.writeUInt16BE(0, 6);
  // RFC 768: a pseudo header of addresses, protocol and length; a sum of zero is written as all ones.
  udp.writeUInt16BE(folded(sum(ip, 12, 20) + 17 + udp.length + sum(udp, 0, udp.length)) || 0xffff, 6);
  return out;
}

function dotted(bytes: Buffer, at: number): string {
  return [...bytes.subarray(at, at + 4)].join('.');
}

function sum(bytes: Buffer, from: number, to: number): number {
  let total = 0;
  for (let at = from; at + 1 < to; at += 2) total += bytes.readUInt16BE(at);
  return (to - from) % 2 === 0 ? total : total + bytes[to - 1]! * 256;
}

function folded(total: number): number {
  let rest = total;
  while (rest > 0xffff) rest = (rest & 0xffff) + (rest >>> 16);
  return ~rest & 0xffff;
}

const CALL_ID = /(\n(?:call-id|i)[ \t]*:[ \t]*|\(callid: )([^\r\n@)]+)/gi;
const BRANCH = /(branch=z9hG4bK)([^;,\s>]+)/gi;
const DIGEST = /(\b(?:nextnonce|nonce|cnonce|response)=")([^"]*)(?=")/gi;
const CONTENT_LENGTH = /(\n(?:content-length|l)[ \t]*:[ \t]*)(\d+)/i;

/** A SIP message or a line of a server's log in disguise. */
export function disguisedText(text: string, { from, to, key }: Guise): string {
  const address = new RegExp(`(?<![\\d.])${from.replaceAll('.', '\\.')}(?!\\d|\\.\\d)`, 'g');
  const moved = text.replaceAll(address, to);
  const other = (_: string, name: string, word: string): string => name + otherWord(word, key);
  const body = bodyOf(text);
  const change = bodyOf(moved) - body;
  const fresh = moved.replaceAll(CALL_ID, other).replaceAll(BRANCH, other).replaceAll(DIGEST, other);
  return change === 0 ? fresh : fresh.replace(CONTENT_LENGTH, (_, name: string, length: string) => `${name}${Number(length) + change}`);
}

function bodyOf(text: string): number {
  const at = text.indexOf('\r\n\r\n');
  return at < 0 ? 0 : text.length - at - 4;
}

/** Shorter runs of letters and digits are grammar (`-524287-1---`), not chance. */
const RUN = /[0-9A-Za-z]{8,}/g;
const DIGITS = '0123456789';

/** Another word of the same grammar, always the same one for the same word and key; short words have nothing random in them. */
export function otherWord(word: string, key: string): string {
  return word.replaceAll(RUN, (run) => {
    const random = seeded(0, `${key}/${run}`);
    // The first digit of a number stays: a number below 2^32 is hardly ever made one above.
    if (/^\d+$/.test(run)) return run[0]! + random.text(run.length - 1, DIGITS);
    if (/^[0-9a-f]+$/.test(run)) return random.text(run.length, `${DIGITS}abcdef`);
    if (/^[0-9A-F]+$/.test(run)) return random.text(run.length, `${DIGITS}ABCDEF`);
    return run.replaceAll(/./g, (c) => random.text(1, /\d/.test(c) ? DIGITS : /[a-z]/.test(c) ? LOWER : UPPER));
  });
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
