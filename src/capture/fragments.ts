/**
 * Reassembly of IP fragments (RFC 791 §3.2, RFC 8200 §4.5), bounded in datagrams, bytes, pieces and time.
 *
 * The bytes of all waiting fragments lie in one ring: a new fragment takes the place of the oldest ones, and a datagram
 * that loses a fragment that way is given up. So memory is fixed, nothing is allocated for a hostile fragment, and who
 * floods pushes out the oldest first. A datagram has its time from its first fragment; later ones do not extend it.
 *
 * Overlaps: IPv4 keeps the bytes that came first. IPv6 gives up the whole datagram (RFC 5722) but ignores exact copies,
 * as RFC 8200 allows, because a mirror port may show every packet twice.
 */
import { FRAGMENT_CONFLICT, FRAGMENT_OVERLAP, TINY_FRAGMENT } from '../carriage.ts';
import { type Key, type Seed, Table } from '../table.ts';

/** `add`: stored, the datagram is not whole yet. */
export const STORED = 0;
/** `add`: the datagram is whole and lies in `bytes[0, length)`. */
export const WHOLE = 1;
/** `add`: nothing new in it. */
export const DUPLICATE = 2;
/** `add`: IPv6 overlap; this datagram is given up. */
export const OVERLAP = 3;
/** `add`: breaks the rules of fragmentation (RFC 791, RFC 8200): empty, not in units of 8 bytes, or beyond the datagram. */
export const BROKEN = 4;

/** Most bytes a datagram's payload may have. */
const MAX_DATAGRAM = 65_535;
/** µs a datagram may take from its first fragment, as Linux gives IPv4. */
const LIFE = 30_000_000;
const MAX_DATAGRAMS = 4096;
/** Datagrams of 65,535 bytes in fragments of 8 bytes: three fit. */
const MAX_PIECES = 32_768;
const RING_BYTES = 4 * 1024 * 1024;
/** Longest key: two IPv6 addresses, identification, VLAN, protocol and family. */
const KEY_BYTES = 44;
/** Bytes below which a fragment that is not the last is tiny (RFC 1858): no link makes them that small. */
const TINY = 64;

/** One fragment: `bytes[from, to)`, `offset` bytes into its datagram. One object is reused for all. */
export interface Fragment {
  bytes: Uint8Array;
  from: number;
  to: number;
  offset: number;
  /** More fragments follow. */
  more: boolean;
  /** What the payload is, if this is the first fragment: protocol number. */
  next: number;
  /** IPv6's rule for overlaps instead of IPv4's. */
  strict: boolean;
}

/** A datagram in the making. */
interface Datagram {
  /** Fragments stored; 0: none, or given up. */
  frames: number;
  /** Bytes present. */
  have: number;
  /** Length of the whole, -1 until the last fragment came. */
  total: number;
  /** Next header named by the fragment at offset 0. */
  next: number;
  overlapped: boolean;
  /** What was odd about its fragments: bits of `carriage.ts`. */
  odd: number;
  /** Start, end and place in the ring of each piece, in order of start, without overlaps. */
  pieces: number[];
}

/** All datagrams in the making of one capture. */
export class Fragments {
  /** The datagram made whole by the last `WHOLE`. */
  readonly bytes: Buffer = Buffer.alloc(MAX_DATAGRAM + 1);
  length = 0;
  next = 0;
  odd = 0;
  /** Fragments that no link needs to make so small. */
  tiny = 0;
  /** Fragments stored whose datagram was given up for time or room. */
  expired = 0;
  /** Fragments stored whose datagram was given up for an overlap. */
  overlapped = 0;
  /** Fragments that lay over others without being copies of one, with the same bytes. */
  overlaps = 0;
  /** Fragments that said other bytes than those before them for the same place (Ptacek and Newsham's ambiguity). */
  conflicts = 0;

  readonly #table: Table<Datagram>;
  /** Not cleared: nothing is read of it that was not written. */
  readonly #ring: Buffer = Buffer.allocUnsafeSlow(RING_BYTES);
  #head = 0;
  /** Queue of the pieces in the ring, oldest at `#tail`: owner's slot and generation, place. */
  readonly #slots = new Int32Array(MAX_PIECES);
  readonly #generations = new Uint32Array(MAX_PIECES);
  readonly #places = new Int32Array(MAX_PIECES);
  #tail = 0;
  #count = 0;

  constructor(seed: Seed) {
    this.#table = new Table<Datagram>({
      name: 'fragments',
      capacity: MAX_DATAGRAMS,
      ttl: LIFE,
      keyBytes: KEY_BYTES,
      seed,
      make: () => ({ frames: 0, have: 0, total: -1, next: 0, overlapped: false, odd: 0, pieces: [] }),
      reset: (datagram) => this.#expire(datagram),
    });
  }

  /** Takes a fragment of the datagram that `key` (addresses, identification, protocol) names. `time`: µs since 1970. */
  add(key: Key, time: number, fragment: Fragment): number {
    const length = fragment.to - fragment.from;
    if (length <= 0 || fragment.offset + length > MAX_DATAGRAM || (fragment.more && (length & 7) !== 0)) return BROKEN;
    const place = this.#reserve(length);
    let slot = this.#table.find(key, time);
    if (slot < 0) slot = this.#table.put(key, time);
    const datagram = this.#table.at(slot);
    if (fragment.more && length < TINY) {
      this.tiny++;
      datagram.odd |= TINY_FRAGMENT;
    }
    const had = datagram.have;
    const verdict = this.#fit(datagram, fragment, place);
    if (verdict !== STORED || datagram.have === had) this.#head = place;
    else this.#enqueue(slot, place);
    if (verdict !== STORED) return verdict;
    if (fragment.offset === 0) datagram.next = fragment.next;
    if (datagram.have !== datagram.total) {
      datagram.frames++;
      return STORED;
    }
    this.#assemble(datagram);
    this.#table.remove(slot);
    return WHOLE;
  }

  /** The input has ended: what is not whole now never will be. */
  finish(): void {
    while (this.#count > 0) this.#pop();
  }

  #fit(d: Datagram, f: Fragment, place: number): number {
    if (d.overlapped) return OVERLAP;
    const end = f.offset + f.to - f.from;
    const pieces = d.pieces;
    const n = pieces.length;
    const reach = n === 0 ? 0 : pieces[n - 2]!;
    if (d.total >= 0 ? end > d.total || (!f.more && end !== d.total) : !f.more && end < reach) return BROKEN;
    const at = firstEndingAfter(pieces, f.offset);
    if (at === n || pieces[at]! >= end) this.#insert(d, at, f, f.offset, end, place);
    else {
      this.#judge(d, at, f, end);
      if (f.strict) return this.#strictOverlap(d, at, f, end);
      if (!this.#fillGaps(d, at, f, end, place) && (f.more || d.total >= 0)) return DUPLICATE;
    }
    if (!f.more) d.total = end;
    return STORED;
  }

  /** Counts a fragment that lies over pieces from `first` on, unless it is a copy of one. */
  #judge(d: Datagram, first: number, f: Fragment, end: number): void {
    const { pieces } = d;
    for (let at = first; at < pieces.length && pieces[at]! < end; at += 3) {
      const from = Math.max(pieces[at]!, f.offset);
      const to = Math.min(pieces[at + 1]!, end);
      const held = pieces[at + 2]! + from - pieces[at]!;
      const brought = f.from + from - f.offset;
      if (this.#ring.compare(f.bytes, brought, brought + to - from, held, held + to - from) === 0) continue;
      this.conflicts++;
      d.odd |= FRAGMENT_CONFLICT;
      return;
    }
    if (pieces[first] === f.offset && pieces[first + 1] === end) return;
    this.overlaps++;
    d.odd |= FRAGMENT_OVERLAP;
  }

  /** IPv4: keeps what came first, takes what lies between. False if there was nothing to take. */
  #fillGaps(d: Datagram, first: number, f: Fragment, end: number, place: number): boolean {
    const pieces = d.pieces;
    const had = d.have;
    let start = f.offset;
    for (let at = first; start < end; at += 3) {
      const stop = at < pieces.length ? Math.min(pieces[at]!, end) : end;
      if (start < stop) {
        this.#insert(d, at, f, start, stop, place);
        at += 3;
      }
      if (at >= pieces.length) break;
      start = Math.max(start, pieces[at + 1]!);
    }
    return d.have > had;
  }

  #strictOverlap(d: Datagram, at: number, f: Fragment, end: number): number {
    const { pieces } = d;
    const same = pieces[at] === f.offset && pieces[at + 1] === end;
    const place = pieces[at + 2]!;
    if (same && this.#ring.compare(f.bytes, f.from, f.to, place, place + end - f.offset) === 0) return DUPLICATE;
    this.overlapped += d.frames;
    clear(d);
    d.overlapped = true;
    return OVERLAP;
  }

  /** Keeps the bytes `[start, end)` of the datagram, which the fragment has and nothing before it had. */
  #insert(d: Datagram, at: number, f: Fragment, start: number, end: number, place: number): void {
    const own = place + start - f.offset;
    const from = f.from + start - f.offset;
    const length = end - start;
    for (let i = 0; i < length; i++) this.#ring[own + i] = f.bytes[from + i]!;
    if (at === d.pieces.length) d.pieces.push(start, end, own);
    else d.pieces.splice(at, 0, start, end, own);
    d.have += length;
  }

  #assemble(d: Datagram): void {
    const pieces = d.pieces;
    for (let i = 0; i < pieces.length; i += 3) {
      const place = pieces[i + 2]!;
      this.#ring.copy(this.bytes, pieces[i], place, place + pieces[i + 1]! - pieces[i]!);
    }
    this.length = d.total;
    this.next = d.next;
    this.odd = d.odd;
    clear(d);
  }

  /** Makes room for `n` bytes in a row at the ring's head, at the cost of the oldest pieces. */
  #reserve(n: number): number {
    if (this.#head + n > RING_BYTES) {
      while (this.#count > 0 && this.#places[this.#tail]! >= this.#head) this.#pop();
      this.#head = 0;
    }
    const head = this.#head;
    while (this.#count > 0 && this.#places[this.#tail]! >= head && this.#places[this.#tail]! < head + n) this.#pop();
    if (this.#count === MAX_PIECES) this.#pop();
    this.#head = head + n;
    return head;
  }

  #enqueue(slot: number, place: number): void {
    const i = (this.#tail + this.#count++) % MAX_PIECES;
    this.#slots[i] = slot;
    this.#generations[i] = this.#table.generation(slot);
    this.#places[i] = place;
  }

  /** Gives up the oldest piece, and its datagram if that still waits for others. */
  #pop(): void {
    const i = this.#tail;
    this.#tail = (i + 1) % MAX_PIECES;
    this.#count--;
    const slot = this.#slots[i]!;
    if (this.#table.generation(slot) !== this.#generations[i]) return;
    const datagram = this.#table.at(slot);
    if (datagram.frames === 0) return;
    this.#expire(datagram);
    this.#table.remove(slot);
  }

  #expire(datagram: Datagram): void {
    this.expired += datagram.frames;
    clear(datagram);
  }
}

function clear(d: Datagram): void {
  d.frames = 0;
  d.have = 0;
  d.total = -1;
  d.next = 0;
  d.overlapped = false;
  d.odd = 0;
  d.pieces = [];
}

/** Index of the first piece that ends after `offset`, or `pieces.length`. Pieces mostly come in order. */
function firstEndingAfter(pieces: readonly number[], offset: number): number {
  const n = pieces.length;
  if (n === 0 || pieces[n - 2]! <= offset) return n;
  let low = 0;
  let high = n / 3 - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[3 * middle + 1]! <= offset) low = middle + 1;
    else high = middle;
  }
  return 3 * low;
}
