/**
 * Promised endpoints: where the session descriptions of calls said that media would arrive (RFC 3264), by address and port. An
 * endpoint that media came from though no description named it joins them (NAT; RFC 4961): answers go there.
 */
import { ADDRESS, ENDPOINT } from '../../bytes.ts';
import { IPV4, IPV6, LAST_RTP, MAX_FORMATS, type SdpMedia, UDPTL } from '../../decode/sdp/sdpview.ts';
import { Key, type Seed, Table } from '../../table.ts';

/** How an endpoint became known: by description, as an ICE candidate, or because media of a call came from it. */
export const DESCRIBED = 1;
/** See DESCRIBED. */
export const CANDIDATE = 2;
/** See DESCRIBED. */
export const LATCHED = 3;

/** How media is protected, by code; the names are those of `MediaStream.encryption`. */
export const ENCRYPTIONS = ['none', 'sdes', 'dtls', 'zrtp', 'srtp'] as const;
const SDES = 1;
/** Code of ENCRYPTIONS. */
export const DTLS_KEYS = 2;
/** Code of ENCRYPTIONS. */
export const ZRTP_KEYS = 3;
const SRTP = 4;

/** One promised endpoint. Plain data; its payload types lie in its row: type, encoding and clock, a byte each. */
export interface Promised {
  /** Tells this use of the endpoint from earlier and later ones by other calls. */
  epoch: number;
  /** Slot and generation of its call, -1: its call is not known. */
  call: number;
  callGeneration: number;
  /** Side that receives there: 0 the caller, 1 the callee. */
  side: number;
  /** DESCRIBED, CANDIDATE or LATCHED. */
  kind: number;
  /** Number of the m= line, and the codes of what it said. */
  section: number;
  media: number;
  protocol: number;
  encryption: number;
  direction: number;
  /** Other streams of the same ports are to be expected (BUNDLE). */
  bundle: boolean;
  /** Between which two endpoints the description went: a number. */
  hop: number;
  /** µs of the last description that named it. */
  told: number;
  /** µs since when another endpoint has taken its place; 0: it is in force. */
  replaced: number;
  /** Ordinal of the transaction that offers to put another endpoint in its place, 0: none does. */
  leaving: number;
  /** Slot and generation of the stream that goes there, -1: none yet. */
  stream: number;
  streamGeneration: number;
  /** Calls that were promised the endpoint, each within a minute of the one before. */
  calls: number;
  /** Begin of the second in which new streams are counted, and how many there were in it. */
  second: number;
  newcomers: number;
  /** Begin of the second in which packets out of any order are counted, and how many there were in it. */
  disorderSecond: number;
  disorder: number;
  /** Streams that went there so far. */
  streams: number;
  formatCount: number;
}

const TRIPLE = 3;
/** µs within which calls that name the same endpoint share it. */
const REUSE = 60_000_000;
/** µs an endpoint is remembered after its last description: as long as a call. */
const LIFE = 4 * 3_600_000_000;

/** All promised endpoints. */
export class Promises {
  readonly table: Table<Promised>;
  /** Endpoints for UDPTL (T.38) were promised: only then is it worth while to look for them. */
  fax = false;
  readonly #key = new Key(ENDPOINT + 2);
  readonly #endpoint = new Uint8Array(ENDPOINT);
  #epoch = 0;

  constructor(capacity: number, seed: Seed) {
    this.table = new Table<Promised>({
      name: 'promises',
      capacity,
      ttl: LIFE,
      keyBytes: ENDPOINT,
      rowBytes: MAX_FORMATS * TRIPLE,
      seed,
      make: makePromised,
      reset: (p) => {
        p.calls = 0;
      },
    });
  }

  /** Slot of a promised endpoint (18 bytes), -1 if it is none. */
  find(endpoint: Uint8Array, now: number): number {
    return this.table.find(this.#key.reset().add(endpoint, 0, ENDPOINT), now);
  }

  /** True if the section names an address and a port where media can arrive; 0.0.0.0 means hold (RFC 3264 §8.4). */
  usable(media: SdpMedia): boolean {
    const { address, port } = media;
    if (port <= 0 || (address.kind !== IPV4 && address.kind !== IPV6)) return false;
    for (let i = address.kind === IPV4 ? 12 : 0; i < ADDRESS; i++) if (address.bytes[i] !== 0) return true;
    return false;
  }

  /** Slot of the endpoint a section names, made if it is new. */
  put(media: SdpMedia, now: number): number {
    const endpoint = this.#endpoint;
    for (let i = 0; i < ADDRESS; i++) endpoint[i] = media.address.bytes[i]!;
    endpoint[16] = media.port >> 8;
    endpoint[17] = media.port & 255;
    return this.table.put(this.#key.reset().add(endpoint, 0, ENDPOINT), now);
  }

  /** Slot of an endpoint given as 18 bytes at `at`, made if it is new. */
  putEndpoint(bytes: Uint8Array, at: number, now: number): number {
    return this.table.put(this.#key.reset().add(bytes, at, at + ENDPOINT), now);
  }

  /** Gives an endpoint to a call at `time`: it forgets what it was before. */
  begin(slot: number, call: number, callGeneration: number, time: number): Promised {
    const p = this.table.at(slot);
    p.calls = p.calls > 0 && time - p.told < REUSE ? p.calls + 1 : 1;
    p.epoch = ++this.#epoch;
    p.call = call;
    p.callGeneration = callGeneration;
    p.replaced = 0;
    p.leaving = 0;
    p.stream = -1;
    p.second = 0;
    p.newcomers = 0;
    p.disorderSecond = 0;
    p.disorder = 0;
    p.streams = 0;
    return p;
  }

  /** Fills in what a section said. `session`: what holds for all sections. */
  describe(slot: number, media: SdpMedia, session: { readonly fingerprint: boolean; readonly zrtp: boolean }): void {
    const p = this.table.at(slot);
    p.media = media.kind;
    p.protocol = media.protocol;
    p.direction = media.direction;
    p.encryption = encryptionOf(media, session);
    p.formatCount = media.formatCount;
    if (media.protocol === UDPTL) this.fax = true;
    const { rows } = this.table;
    let at = this.table.row(slot);
    for (let k = 0; k < media.formatCount; k++) {
      rows[at++] = media.formats[k]!;
      rows[at++] = media.codecs[k]!;
      rows[at++] = media.clocks[k]!;
    }
  }

  /** Index in `table.rows` of the encoding of a payload type (its clock is behind it), -1 if the section did not name it. */
  format(slot: number, type: number): number {
    const { rows } = this.table;
    const start = this.table.row(slot);
    const end = start + this.table.at(slot).formatCount * TRIPLE;
    for (let at = start; at < end; at += TRIPLE) if (rows[at] === type) return at + 1;
    return -1;
  }
}

function makePromised(): Promised {
  return {
    epoch: 0,
    call: -1,
    callGeneration: 0,
    side: 0,
    kind: 0,
    section: 0,
    media: 0,
    protocol: 0,
    encryption: 0,
    direction: 0,
    bundle: false,
    hop: 0,
    told: 0.5,
    replaced: 0.5,
    leaving: 0,
    stream: -1,
    streamGeneration: 0,
    calls: 0,
    second: 0.5,
    newcomers: 0,
    disorderSecond: 0.5,
    disorder: 0,
    streams: 0,
    formatCount: 0,
  };
}

/** Code of ENCRYPTIONS of a section: keys that came with it or with the session, else what its profile says: RTP/SAVP and its like have keys we did not see. */
export function encryptionOf(media: SdpMedia, session: { readonly fingerprint: boolean; readonly zrtp: boolean }): number {
  if (media.cryptos > 0) return SDES;
  if (media.fingerprint || session.fingerprint) return DTLS_KEYS;
  if (media.zrtp || session.zrtp) return ZRTP_KEYS;
  const { protocol } = media;
  return protocol <= LAST_RTP && protocol > 1 && protocol !== 3 ? SRTP : 0;
}
