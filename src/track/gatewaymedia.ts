/**
 * Media of gateway connections that were released: an endpoint that MGCP named with CRCX or MDCX, from the confirmed DLCX on (RFC 3435
 * §2.3.7). Accounting ends there; media that goes on is not paid for by anybody (S1-47).
 */

import { ADDRESS, ENDPOINT } from '../bytes.ts';
import type { MgcpMessage } from '../decode/gateways/mgcp.ts';
import { parseSdp } from '../decode/sdp/sdp.ts';
import { createSdp, IPV4, IPV6 } from '../decode/sdp/sdpview.ts';
import { createMessage } from '../decode/sip.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Packet } from '../types.ts';

/** µs that media on its way, and a far end that hears late, may take; then it is told, again at each doubling. */
const GRACE = 1_000_000;
/** µs a released endpoint is watched. */
const WATCHED = 60_000_000;
const CAPACITY = 4096;

interface Release {
  /** µs of the confirmed DLCX. */
  closed: number;
  /** µs since then from which on a packet is told. */
  next: number;
}

/** Endpoints of released connections. */
export class Releases {
  readonly table: Table<Release>;
  /** Seconds since the release, after `late` was true. */
  after = 0;
  readonly #key = new Key(ENDPOINT);
  readonly #message = createMessage();
  readonly #sdp = createSdp();
  /** µs until which any endpoint is watched: before it, RTP costs a look-up. */
  #until = 0;

  constructor(seed: Seed) {
    this.table = new Table<Release>({
      name: 'gateway releases',
      capacity: CAPACITY,
      ttl: WATCHED,
      keyBytes: ENDPOINT,
      seed,
      make: () => ({ closed: 0.5, next: 0.5 }),
      reset: () => {},
    });
  }

  /** Copies the endpoint that the description in an answer names to `rows[row, row + 18)`. False: it names none. */
  read(m: MgcpMessage, rows: Uint8Array, row: number): boolean {
    if (m.body.end <= m.body.start) return false;
    this.#message.bytes = m.bytes;
    this.#message.oddityCount = 0;
    parseSdp(this.#message, m.body.start, m.body.end, this.#sdp);
    if (this.#sdp.mediaCount === 0) return false;
    const { address, port } = this.#sdp.media[0]!;
    if (port <= 0 || (address.kind !== IPV4 && address.kind !== IPV6)) return false;
    for (let i = 0; i < ADDRESS; i++) rows[row + i] = address.bytes[i]!;
    rows[row + ADDRESS] = port >> 8;
    rows[row + ADDRESS + 1] = port & 255;
    return true;
  }

  /** A connection is opened or changed: its endpoint is in use. */
  used(rows: Uint8Array, row: number, now: number): void {
    if (now >= this.#until) return;
    const slot = this.table.find(this.#key.reset().add(rows, row, row + ENDPOINT), now);
    if (slot >= 0) this.table.remove(slot);
  }

  /** A connection was released at `time`. */
  closed(rows: Uint8Array, row: number, time: number, now: number): void {
    const release = this.table.at(this.table.put(this.#key.reset().add(rows, row, row + ENDPOINT), now));
    release.closed = time;
    release.next = GRACE;
    this.#until = now + WATCHED;
  }

  /** True if an RTP packet comes from an endpoint that was released, and that is worth telling. */
  late({ src, time }: Packet, now: number): boolean {
    if (now >= this.#until) return false;
    const slot = this.table.find(this.#key.reset().add(src, 0, ENDPOINT), now);
    if (slot < 0) return false;
    const release = this.table.at(slot);
    const since = time - release.closed;
    if (since < release.next) return false;
    release.next = 2 * since;
    this.after = since / 1_000_000;
    return true;
  }
}
