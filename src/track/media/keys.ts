/**
 * Keys that are exchanged on the way (S2-34): a session description passes one hop with the SRTP keys of its writer (a=crypto, RFC 4568;
 * a=fingerprint, RFC 8122) and the next hop with others, and the endpoint that it promises stays the same. Who ends SRTP lawfully
 * must get the packets himself, so that he names an endpoint of his own. Keys that are left out or put in another order are
 * a matter of policy.
 */
import { ADDRESS, hasRowWord, putRowWord, sameAddress } from '../../bytes.ts';
import type { SipMessage } from '../../decode/message.ts';
import { IPV4, IPV6, type Sdp, type SdpMedia } from '../../decode/sdp/sdpview.ts';
import { hash, Key, type Seed, Table } from '../../table.ts';
import type { Packet, Span } from '../../types.ts';

/** µs within which a message has passed all its hops: as long as an INVITE is repeated (RFC 3261 §17.1.1.2). */
const PASSAGE = 32_000_000;
const MOST_DESCRIPTIONS = 4096;
/** Different keys of a description that are kept; of one with more nothing is said. */
const MOST = 6;
const WORD = 4;
/** Row: where the description went last, then hashes of its keys. */
const HASHES = ADDRESS;
const ROW = HASHES + MOST * WORD;

/** What became of the keys of a description: as before, others by nobody knows whom, others by whom it had gone to. */
export type Rekeyed = '' | 'unknown' | 'receiver';

interface Described {
  /** Number of the hop on which it was seen last. */
  hop: number;
  keys: number;
}

/** The keys of all descriptions that are on their way. */
export class DescribedKeys {
  readonly table: Table<Described>;
  readonly #seed: Seed;
  readonly #key = new Key(512);
  readonly #line = new Key(512);
  /** Hashes of the keys of the description at hand. */
  readonly #own = new Int32Array(MOST);
  readonly #span: Span = { start: 0, end: 0 };

  constructor(seed: Seed) {
    this.#seed = seed;
    this.table = new Table<Described>({
      name: 'described keys',
      capacity: MOST_DESCRIPTIONS,
      ttl: PASSAGE,
      keyBytes: 96,
      rowBytes: ROW,
      seed,
      make: () => ({ hop: 0, keys: 0 }),
      reset: () => {},
    });
  }

  /** Compares a description with the same one on other hops, each known by a number. */
  take(m: SipMessage, sdp: Sdp, packet: Packet, hop: number, now: number): Rekeyed {
    const section = keyed(sdp);
    // A key that was cut off is no other key.
    if (section === undefined || packet.truncated) return '';
    const count = this.#read(sdp);
    if (count === 0 || count > MOST) return '';
    const slot = this.table.put(this.#message(m, section), now);
    const before = this.table.at(slot);
    const { rows } = this.table;
    const row = this.table.row(slot);
    if (this.table.fresh) before.keys = 0;
    const known = !this.table.fresh && before.hop !== hop;
    const changed = this.#add(before, row, count) && known;
    const received = sameAddress(packet.src, rows, row);
    before.hop = hop;
    rows.set(packet.dst.subarray(0, ADDRESS), row);
    return changed ? (received ? 'receiver' : 'unknown') : '';
  }

  /** Adds the keys at hand to those of a row; true if one was not there. */
  #add(described: Described, row: number, count: number): boolean {
    const { rows } = this.table;
    const before = described.keys;
    for (let i = 0; i < count; i++) {
      const one = this.#own[i]!;
      if (hasRowWord(rows, row + HASHES, WORD, described.keys, one)) continue;
      if (described.keys < MOST) putRowWord(rows, row + HASHES + WORD * described.keys++, one);
    }
    return described.keys > before;
  }

  /** The same message on every hop: Call-ID, CSeq, what it is, and the endpoint it promises. Proxies change nothing of these. */
  #message(m: SipMessage, { address, port }: SdpMedia): Key {
    const key = this.#key.reset().add(address.bytes, 0, ADDRESS).addNumber(port).addNumber(m.cseq);
    return key.addNumber(m.isRequest ? m.method : m.status).add(m.bytes, Math.max(0, m.callId.start), Math.max(0, m.callId.end));
  }

  /** Reads the keys of a description; how many different ones there are, MOST + 1 if there are more. */
  #read({ bytes, start, end }: Sdp): number {
    let count = 0;
    for (let at = start; at < end && count <= MOST; ) {
      let stop = at;
      while (stop < end && bytes[stop] !== LF) stop++;
      if (bytes[at] === A && keyOf(bytes, at, stop, this.#span)) count = this.#note(bytes, count);
      at = stop + 1;
    }
    return count;
  }

  #note(bytes: Uint8Array, count: number): number {
    const one = hash(this.#seed, this.#line.reset().add(bytes, this.#span.start, this.#span.end));
    for (let i = 0; i < count; i++) if (this.#own[i] === one) return count;
    if (count < MOST) this.#own[count] = one;
    return count + 1;
  }
}

const LF = 0x0a;
const A = 0x61;
const CRYPTO = Buffer.from('a=crypto:');
const FINGERPRINT = Buffer.from('a=fingerprint:');
const INLINE = Buffer.from('inline:');

/** The first section that says where media arrives and has keys, of its own or of the session. */
function keyed(sdp: Sdp): SdpMedia | undefined {
  for (let k = 0; k < sdp.mediaCount; k++) {
    const section = sdp.media[k]!;
    const { kind } = section.address;
    if (section.port > 0 && (kind === IPV4 || kind === IPV6) && (section.cryptos > 0 || section.fingerprint || sdp.fingerprint))
      return section;
  }
  return undefined;
}

/** Finds the key in a line: of a=crypto the key and salt (RFC 4568 §9.2), of a=fingerprint all. False: it is another line, or has none. */
function keyOf(bytes: Uint8Array, at: number, end: number, span: Span): boolean {
  if (begins(bytes, at, end, FINGERPRINT)) span.start = at + FINGERPRINT.length;
  else {
    if (!begins(bytes, at, end, CRYPTO)) return false;
    let i = at + CRYPTO.length;
    while (i < end && !begins(bytes, i, end, INLINE)) i++;
    span.start = i + INLINE.length;
  }
  let stop = span.start;
  const fingerprint = bytes[at + 2] === FINGERPRINT[2];
  while (stop < end && bytes[stop]! > 0x0d && bytes[stop] !== 0x7c && (fingerprint || bytes[stop] !== 0x20)) stop++;
  span.end = stop;
  return stop > span.start;
}

function begins(bytes: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (end - at < word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}
