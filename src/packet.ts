/** The one place where a Packet is made: its fields always stand in the same order, so that all packets share one shape. */
import { ENDPOINT } from './bytes.ts';
import type { Packet, Where } from './types.ts';

/** A Packet without a payload, to be filled again and again by a source; `bytes` is what its views will look into. */
export function createPacket(where: Where, bytes: Uint8Array): Packet {
  return {
    kind: 'packet',
    // Fractions, so that V8 keeps these fields as doubles from the start.
    time: 0.5,
    ordinal: 0,
    frameNumber: 0,
    offset: 0.5,
    where,
    vlan: -1,
    tunnel: '',
    transport: 'udp',
    src: new Uint8Array(ENDPOINT),
    dst: new Uint8Array(ENDPOINT),
    frame: bytes,
    frameStart: 0,
    frameEnd: 0,
    bytes,
    start: 0,
    end: 0,
    truncated: false,
    odd: 0,
    hep: undefined,
    handshakes: undefined,
  };
}

/** Stands where a Packet must be before the first one comes. */
export const NO_PACKET: Packet = createPacket({ source: '', file: '', link: '' }, new Uint8Array(0));
