/** Captures of what endpoints say, as a run of the lab would hold them: for tests of what judges such runs. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Said } from '../eval/baselines/messages.ts';
import type { RunFolder } from '../eval/detector.ts';
import { writePcapHeader, writePcapRecord } from '../src/wire/pcap.ts';
import { type Place, place } from './talk.ts';

/** A datagram of a capture. */
export interface Datagram {
  readonly payload: string | Uint8Array;
  /** µs since 1970. */
  readonly time: number;
  readonly src: Place;
  readonly dst: Place;
}

/** A gzipped capture of raw IPv4 packets (LINKTYPE_RAW), or of Ethernet frames, as the lab writes them. */
export function captureOf(datagrams: readonly Datagram[], linkType: 101 | 1 = 101): Buffer {
  const link = linkType === 1 ? Buffer.concat([Buffer.alloc(12), Buffer.from([8, 0])]) : Buffer.alloc(0);
  const records = datagrams.map(({ time, payload, src, dst }) =>
    writePcapRecord(time, Buffer.concat([link, udp(Buffer.from(payload), src, dst)])),
  );
  return gzipSync(Buffer.concat([writePcapHeader({ linkType }), ...records]));
}

/** IPv4 and UDP headers before a payload; the UDP checksum is absent (RFC 768). */
function udp(payload: Buffer, src: Place, dst: Place): Buffer {
  const packet = Buffer.alloc(28 + payload.length);
  packet.set([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17]);
  packet.writeUInt16BE(packet.length, 2);
  packet.set(place(src).subarray(12, 16), 12);
  packet.set(place(dst).subarray(12, 16), 16);
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += packet.readUInt16BE(i);
  packet.writeUInt16BE(~((sum & 0xffff) + (sum >>> 16)) & 0xffff, 10);
  packet.set(place(src).subarray(16), 20);
  packet.set(place(dst).subarray(16), 22);
  packet.writeUInt16BE(8 + payload.length, 24);
  packet.set(payload, 28);
  return packet;
}

/** A run whose files lie in `folder`; its site is one proxy. */
export function runOf(folder: string, servers: RunFolder['site']['servers'] = { proxy: '10.0.0.2:5060' }): RunFolder {
  return {
    name: 'hand-made',
    hash: folder,
    capture: join(folder, 'merged.pcap.gz'),
    logs: join(folder, 'logs'),
    site: { kind: 'proxy', domain: 'example.com', servers },
    first: 0,
    last: 0,
  };
}

/** A request or an answer between two addresses. */
export function saidOf(change: Partial<Said>): Said {
  return {
    time: 0,
    src: '10.0.0.1',
    srcPort: 5060,
    dst: '10.0.0.2',
    dstPort: 5060,
    udp: true,
    method: 'INVITE',
    status: 0,
    callId: 'c1',
    from: 'alice@example.com',
    to: 'bob@example.com',
    toTag: false,
    transaction: 'z9hG4bK1 1',
    ...change,
  };
}
