/** What a packet says of the frame it came in, kept for what is put together and given out later. */
import { ENDPOINT } from '../bytes.ts';
import type { Packet, Where } from '../types.ts';

/** Both endpoints, one behind the other, and place and time. */
export interface Origin {
  readonly ends: Uint8Array;
  time: number;
  frameNumber: number;
  offset: number;
  vlan: number;
  tunnel: string;
  where: Where;
}

/** An Origin to be filled. */
export function createOrigin(): Origin {
  return {
    ends: new Uint8Array(2 * ENDPOINT),
    // Fractions, so that V8 keeps these fields as doubles from the start.
    time: 0.5,
    frameNumber: 0,
    offset: 0.5,
    vlan: -1,
    tunnel: '',
    where: { source: '', file: '', link: '' },
  };
}

/** Keeps the endpoints of `packet`. */
export function noteEnds(origin: Origin, { src, dst }: Packet): void {
  origin.ends.set(src, 0);
  origin.ends.set(dst, ENDPOINT);
}

/** Keeps where and when `packet` was seen. */
export function notePlace(origin: Origin, packet: Packet): void {
  origin.time = packet.time;
  origin.frameNumber = packet.frameNumber;
  origin.offset = packet.offset;
  origin.vlan = packet.vlan;
  origin.tunnel = packet.tunnel;
  origin.where = packet.where;
}

/** Puts back into `packet` what was kept. */
export function recall(origin: Origin, packet: Packet): void {
  const { ends } = origin;
  for (let i = 0; i < ENDPOINT; i++) {
    packet.src[i] = ends[i]!;
    packet.dst[i] = ends[ENDPOINT + i]!;
  }
  packet.time = origin.time;
  packet.frameNumber = origin.frameNumber;
  packet.offset = origin.offset;
  packet.vlan = origin.vlan;
  packet.tunnel = origin.tunnel;
  packet.where = origin.where;
}
