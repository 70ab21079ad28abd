/** HEP datagrams to the packets in them: inner addresses, transport and time, and the agent as the place it was seen. */
import { unzipSync } from 'node:zlib';
import type { HepInfo, Packet, Transport, Where } from '../types.ts';
import { createHep, HEP, HEP_RTCP, HEP_RTP, HEP_SIP, NOT_HEP, readHep } from '../wire/hep.ts';
import { HEP_MALFORMED, HEP_OTHER, TAKEN } from './reasons.ts';

/** Most bytes a compressed payload may become. */
const MAX_PAYLOAD = 65_535;
/** Places kept; what comes from yet other agents keeps the place of the capture. */
const MAX_PLACES = 4096;

/** Opens HEP of one capture. */
export class Agents {
  readonly #hep = createHep();
  readonly #info: HepInfo = {
    version: 0,
    captureId: -1,
    arrival: 0.5,
    bytes: new Uint8Array(0),
    node: { start: -1, end: -1 },
    correlation: { start: -1, end: -1 },
  };
  readonly #places = new Map<Where, Map<number, Where>>();
  #count = 0;

  /**
   * Opens the datagram `bytes[start, end)`, the payload of `packet`. TAKEN: `packet` is what the agent had captured;
   * HEP_MALFORMED, HEP_OTHER: it is dropped; -1: it is no HEP, and `packet` is as it was.
   */
  open(packet: Packet, bytes: Uint8Array, start: number, end: number): number {
    const h = this.#hep;
    const verdict = readHep(h, bytes, start, end, packet.time);
    if (verdict === NOT_HEP) return -1;
    if (verdict !== HEP || !this.#payload(packet, bytes)) return HEP_MALFORMED;
    const json = packet.bytes[packet.start] === 0x7b;
    if (h.type > HEP_SIP && h.type !== HEP_RTP && (h.type !== HEP_RTCP || json)) return HEP_OTHER;
    endpoint(packet.src, bytes, h.source, h.addressBytes, h.sourcePort);
    endpoint(packet.dst, bytes, h.destination, h.addressBytes, h.destinationPort);
    packet.transport = transportOf(h.protocol);
    this.#describe(packet, bytes);
    packet.where = this.#place(packet.where, h.captureId);
    if (h.time > 0) packet.time = h.time;
    return TAKEN;
  }

  /** Points `packet` to the payload. False: it cannot be decompressed. */
  #payload(packet: Packet, bytes: Uint8Array): boolean {
    const { payload, compressed } = this.#hep;
    packet.bytes = bytes;
    packet.start = payload.start;
    packet.end = payload.end;
    if (!compressed) return true;
    try {
      packet.bytes = unzipSync(bytes.subarray(payload.start, payload.end), { maxOutputLength: MAX_PAYLOAD });
    } catch {
      return false;
    }
    packet.start = 0;
    packet.end = packet.bytes.length;
    return true;
  }

  #describe(packet: Packet, bytes: Uint8Array): void {
    const { version, captureId, node, correlation } = this.#hep;
    const info = this.#info;
    info.version = version;
    info.captureId = captureId;
    info.arrival = packet.time;
    info.bytes = bytes;
    info.node.start = node.start;
    info.node.end = node.end;
    info.correlation.start = correlation.start;
    info.correlation.end = correlation.end;
    packet.hep = info;
  }

  #place(where: Where, captureId: number): Where {
    let byId = this.#places.get(where);
    if (byId === undefined) {
      if (this.#count === MAX_PLACES) return where;
      byId = new Map();
      this.#places.set(where, byId);
    }
    const known = byId.get(captureId);
    if (known !== undefined) return known;
    if (this.#count === MAX_PLACES) return where;
    this.#count++;
    const made: Where = { ...where, source: captureId < 0 ? 'hep' : `hep:${captureId}` };
    byId.set(captureId, made);
    return made;
  }
}

function endpoint(out: Uint8Array, bytes: Uint8Array, at: number, length: number, port: number): void {
  out.fill(0, 0, 10).fill(255, 10, 12);
  for (let i = 0; i < length; i++) out[16 - length + i] = bytes[at + i]!;
  out[16] = port >> 8;
  out[17] = port & 255;
}

function transportOf(protocol: number): Transport {
  switch (protocol) {
    case 6:
      return 'tcp';
    case 22: // what some agents write for TLS
      return 'tls';
    case 132:
      return 'sctp';
    default:
      return 'udp';
  }
}
