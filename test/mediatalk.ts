/** Calls with media for tests: signalling with session descriptions, RTP, RTCP, through the whole engine without rules. */
import assert from 'node:assert/strict';
import { parseConfig } from '../src/config.ts';
import { createMessage, parseSip } from '../src/decode/sip.ts';
import type { EventData, EventName } from '../src/events.ts';
import { Pipeline } from '../src/pipeline.ts';
import type { Event, MediaStream, Packet } from '../src/types.ts';
import { type Place, packetOf } from './talk.ts';

/** The caller's phone and the callee's, where they speak SIP. */
export const CALLER: Place = '192.0.2.10:5060';
/** See CALLER. */
export const CALLEE: Place = '198.51.100.20:5060';
/** Where the two want media. */
export const A: Place = '192.0.2.10:4000';
/** See A. */
export const B: Place = '198.51.100.20:5000';

/** What differs from a plain description. */
export interface SdpWords {
  readonly session?: readonly string[];
  readonly section?: readonly string[];
  readonly media?: string;
  readonly protocol?: string;
  readonly formats?: string;
  readonly version?: number;
}

/** A description that asks for media at `at`, with further lines for the session and the section. */
export function sdp(at: Place, words: SdpWords = {}): string {
  const { session = [], section = [], media = 'audio', protocol = 'RTP/AVP', formats = '0 101', version = 1 } = words;
  const [address, port] = at.split(':');
  const head = ['v=0', `o=- 7 ${version} IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0', ...session];
  return [...head, `m=${media} ${port} ${protocol} ${formats}`, 'a=rtpmap:101 telephone-event/8000', ...section, ''].join('\r\n');
}

/** Options of one RTP packet. */
export interface RtpWords {
  readonly ssrc?: number;
  readonly type?: number;
  readonly sequence: number;
  readonly timestamp?: number;
  readonly marker?: boolean;
  readonly payload?: Buffer;
}

/** The bytes of an RTP packet. */
export function rtpOf({
  ssrc = 0x1001,
  type = 0,
  sequence,
  timestamp = sequence * 160,
  marker = false,
  payload = Buffer.alloc(160, 0xd5),
}: RtpWords): Buffer {
  const head = Buffer.alloc(12);
  head[0] = 0x80;
  head[1] = (marker ? 0x80 : 0) | type;
  head.writeUInt16BE(sequence & 0xffff, 2);
  head.writeUInt32BE(timestamp >>> 0, 4);
  head.writeUInt32BE(ssrc >>> 0, 8);
  return Buffer.concat([head, payload]);
}

/** The packet in a frame of Ethernet, IPv4 and UDP, of whose headers only the source of the link is filled in. */
function framed(packet: Packet, mac: string): Packet {
  const head = Buffer.alloc(42);
  head.write(mac, 6, 'hex');
  const frame = Buffer.concat([head, packet.bytes]);
  return { ...packet, frame, bytes: frame, frameEnd: frame.length, start: head.length, end: frame.length };
}

/** An engine, its clock and what it said. */
export class MediaTalk {
  readonly pipeline: Pipeline;
  readonly events: Event[] = [];
  now = 1_700_000_000_000_000;
  /** Source address of Ethernet, six bytes as hex, of what is sent from now on; empty: payloads without frames. */
  mac = '';
  #ordinal = 0;
  #branch = 0;

  constructor(tables: Readonly<Record<string, number>> = {}) {
    const standard = parseConfig('{}', 'test');
    assert.ok('config' in standard);
    // Small ones: they are made for each test.
    const small = Object.fromEntries(Object.keys(standard.config.tables).map((name) => [name, 256]));
    const parsed = parseConfig(JSON.stringify({ tables: { ...small, ...tables } }), 'test');
    assert.ok('config' in parsed, JSON.stringify(parsed));
    this.pipeline = new Pipeline({ config: parsed.config, rules: [], boot: 1, sinks: { events: true, calls: true } });
  }

  wait(seconds: number): this {
    this.now += Math.round(seconds * 1e6);
    this.pipeline.handle({ kind: 'tick', time: this.now, last: false });
    this.#take();
    return this;
  }

  /** Any payload as a packet, `after` seconds later. */
  send(payload: string | Buffer, src: Place, dst: Place, after = 0.001): this {
    this.now += Math.round(after * 1e6);
    const packet = packetOf(payload, this.now, src, dst, ++this.#ordinal);
    this.pipeline.handle(this.mac === '' ? packet : framed(packet, this.mac));
    this.#take();
    return this;
  }

  /** A SIP message: `start` is its start line, `cseq` its CSeq. `from` is who the transaction began with: `a` the caller, `b` the callee. */
  sip(
    start: string,
    cseq: string,
    body = '',
    { callId = 'c1', from = 'a', type = 'application/sdp', toTag = true, src = '', dst = '', headers = [''] } = {},
  ): this {
    const answer = start.startsWith('SIP/2.0');
    if (!answer) this.#branch++;
    const [own, other] = from === 'a' ? [CALLER, CALLEE] : [CALLEE, CALLER];
    const lines = [
      start,
      `Via: SIP/2.0/UDP ${own};branch=z9hG4bK-${callId}-${this.#branch}`,
      `From: <sip:${from}@example.com>;tag=${from}`,
      `To: <sip:${from === 'a' ? 'b' : 'a'}@example.com>${toTag ? `;tag=${from === 'a' ? 'b' : 'a'}` : ''}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq}`,
      'Max-Forwards: 70',
      'Contact: <sip:x@example.com>',
      ...headers.filter((header) => header !== ''),
      ...(body === '' ? [] : [`Content-Type: ${type}`]),
      `Content-Length: ${body.length}`,
    ];
    const [source, target] = answer ? [other, own] : [own, other];
    return this.send(`${lines.join('\r\n')}\r\n\r\n${body}`, src || source, dst || target);
  }

  /** The caller invites. */
  invite(body = sdp(A), callId = 'c1'): this {
    return this.sip('INVITE sip:b@example.com SIP/2.0', '1 INVITE', body, { toTag: false, callId });
  }

  /** The callee answers. */
  accept(body = sdp(B), callId = 'c1', cseq = '1 INVITE'): this {
    return this.sip('SIP/2.0 200 OK', cseq, body, { callId }).sip('ACK sip:b@example.com SIP/2.0', cseq.replace('INVITE', 'ACK'), '', {
      callId,
    });
  }

  /** The caller hangs up, and the callee confirms. */
  hangUp(callId = 'c1'): this {
    return this.sip('BYE sip:b@example.com SIP/2.0', '9 BYE', '', { callId }).sip('SIP/2.0 200 OK', '9 BYE', '', { callId });
  }

  /** `count` packets of RTP, one each 20 ms. */
  rtp(src: Place, dst: Place, count: number, words: Partial<RtpWords> = {}): this {
    for (let i = 0; i < count; i++) this.send(rtpOf({ ...words, sequence: (words.sequence ?? 100) + i }), src, dst, 0.02);
    return this;
  }

  finish(): this {
    this.pipeline.command({ kind: 'finish' });
    this.#take();
    return this;
  }

  /** Events of one type so far, each as its endpoints and data. */
  of<N extends EventName>(name: N): { from: Place; to: Place; callId: string; data: EventData<N> }[] {
    return this.events
      .filter(({ type }) => type === name)
      .map(({ src, srcPort, dst, dstPort, callId, data }) => ({
        from: `${src}:${srcPort}`,
        to: `${dst}:${dstPort}`,
        callId,
        data: JSON.parse(JSON.stringify(data)),
      }));
  }

  /** What is told of the streams of a call. */
  streams(callId = 'c1'): readonly MediaStream[] {
    const m = createMessage();
    const bytes = Buffer.from(`BYE sip:x@y SIP/2.0\r\nCall-ID: ${callId}\r\n\r\n`);
    assert.ok(parseSip(m, bytes, 0, bytes.length));
    const { calls, media } = this.pipeline.tracker;
    const slot = calls.find(m, this.now);
    return slot < 0 ? [] : media.streamsOf(slot, calls.table.generation(slot));
  }

  #take(): void {
    this.events.push(...this.pipeline.drain().events);
  }
}
