/** What the far end says of a stream: reports of RTCP joined to the streams they are about (RFC 3550 §6.4, RFC 3611 §4.7). */
import { ADDRESS, ENDPOINT, portOf } from '../../bytes.ts';
import { createReportBlock, createVoipMetrics, nextRtcp, ntpMiddle, readReportBlock, readVoipMetrics, SR } from '../../decode/rtp/rtcp.ts';
import { createRtcp } from '../../decode/rtp/rtp.ts';
import { Key, type Table } from '../../table.ts';
import type { Packet } from '../../types.ts';
import type { Stream } from './streams.ts';

/** Packets of a compound, and blocks of a report, that are looked at. */
const MOST_PACKETS = 16;
const MOST_BLOCKS = 31;

/** Joins reports to streams. */
export class FarEnd {
  readonly #streams: Table<Stream>;
  readonly #key = new Key(2 * ENDPOINT + 8);
  readonly #rtcp = createRtcp();
  readonly #block = createReportBlock();
  readonly #metrics = createVoipMetrics();
  readonly #a = new Uint8Array(ENDPOINT);
  readonly #b = new Uint8Array(ENDPOINT);

  constructor(streams: Table<Stream>) {
    this.#streams = streams;
  }

  /** Takes the compound `packet.bytes[start, end)`. */
  take(packet: Packet, start: number, end: number, now: number): void {
    const { bytes: b, src, dst } = packet;
    const view = this.#rtcp;
    let at = start;
    for (let n = 0; n < MOST_PACKETS && at >= 0; n++) {
      at = nextRtcp(b, at, end, view);
      if (at < 0) return;
      if (view.type === SR) this.#sent(this.#find(src, dst, view.ssrc, now), ntpMiddle(b, view), packet.time);
      for (let k = 0; k < MOST_BLOCKS && readReportBlock(b, view, k, this.#block); k++) {
        this.#reported(this.#find(dst, src, this.#block.ssrc, now), packet.time);
      }
      if (!readVoipMetrics(b, view, this.#metrics)) continue;
      const s = this.#find(dst, src, this.#metrics.ssrc, now);
      if (s !== undefined && this.#metrics.mosListening < 127) s.mos = this.#metrics.mosListening;
    }
  }

  #sent(s: Stream | undefined, ntp: number, time: number): void {
    if (s === undefined) return;
    s.reportNtp = ntp;
    s.reportTime = time;
  }

  #reported(s: Stream | undefined, time: number): void {
    if (s === undefined) return;
    const { fraction, jitter, lastSr, delay } = this.#block;
    s.farLost = fraction;
    if (s.clock > 0) s.farJitter = (jitter * 1_000_000) / s.clock;
    if (lastSr === 0 || lastSr !== s.reportNtp) return;
    const roundTrip = time - s.reportTime - (delay * 1_000_000) / 65_536;
    if (roundTrip >= 0) s.roundTrip = roundTrip;
  }

  /** The stream between the media ports beside those of the report, or the same ports (RFC 5761). */
  #find(src: Uint8Array, dst: Uint8Array, ssrc: number, now: number): Stream | undefined {
    let slot = this.#look(src, dst, ssrc, 1, now);
    if (slot < 0) slot = this.#look(src, dst, ssrc, 0, now);
    return slot < 0 ? undefined : this.#streams.at(slot);
  }

  #look(src: Uint8Array, dst: Uint8Array, ssrc: number, step: number, now: number): number {
    beside(src, step, this.#a);
    beside(dst, step, this.#b);
    const key = this.#key.reset().add(this.#a, 0, ENDPOINT).add(this.#b, 0, ENDPOINT);
    key.addByte((ssrc >>> 24) & 255).addByte((ssrc >>> 16) & 255);
    return this.#streams.find(key.addByte((ssrc >>> 8) & 255).addByte(ssrc & 255), now);
  }
}

/** An endpoint whose port is lower by `step`. */
function beside(endpoint: Uint8Array, step: number, out: Uint8Array): void {
  for (let i = 0; i < ADDRESS; i++) out[i] = endpoint[i]!;
  const port = (portOf(endpoint) - step) & 0xffff;
  out[16] = port >> 8;
  out[17] = port & 255;
}
