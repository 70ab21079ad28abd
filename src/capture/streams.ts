/**
 * TCP segments to SIP messages (RFC 3261 §18, RFC 7118): one packet per message, of the frame that made it whole.
 *
 * Only a direction of a connection whose content begins as SIP does, or as a WebSocket upgrade for it, is followed; the
 * rest costs one look at a filter and at its first bytes. Whole messages in segments in order are read where they lie;
 * only what waits is copied, into a window of a fixed pool. Of overlaps, the bytes that came first count. A gap that does
 * not fill is skipped, and the next start line looked for.
 */
import { portOf, word32 } from '../bytes.ts';
import { STREAM_CONFLICT, STREAM_RESET } from '../carriage.ts';
import {
  BAD,
  createFraming,
  DONE,
  type Framing,
  findStartLine,
  frameSip,
  MAX_MESSAGE,
  MORE,
  mayBeSip,
  resetFraming,
  skipKeepAlive,
} from '../decode/framer.ts';
import { frameTpkt } from '../decode/gateways/q931.ts';
import { isStartLine } from '../decode/sniff.ts';
import { Key, type Seed, Table } from '../table.ts';
import type { Packet } from '../types.ts';
import { hepLength, isHepHead } from '../wire/hep.ts';
import { createFrameHeader, type Gathering, gather, isUpgrade, NONE, PARTIAL, readUpgrade, unmask } from '../wire/websocket.ts';
import { Deflated, type Past } from './deflated.ts';
import { History } from './history.ts';
import { noteEnds, notePlace, recall } from './origin.ts';
import { isSipPort } from './protocols.ts';
import { MALFORMED, SHORT, STREAM, STREAM_DUPLICATE, TAKEN, TCP, TLS } from './reasons.ts';
import { Resets } from './resets.ts';
import { WINDOW, type Window, Windows } from './windows.ts';

/** Directions of connections followed at a time. */
const MAX_STREAMS = 8192;
/** µs one is remembered after its last segment; after a mere SYN. */
const LIFE = 600_000_000;
const SYN_LIFE = 30_000_000;
/** A gap is skipped once this many segments came behind it, or after this many µs. */
const GAP_SEGMENTS = 16;
const GAP_TIME = 2_000_000;
/** Bytes without a start line after which a direction is no longer followed. */
const MAX_JUNK = 64 * 1024;
/** Two endpoints and what tells tunnels apart. */
const KEY_BYTES = 40;

const SYN = 2;
const RST = 4;

/** What a direction carries. */
const SIP = 0;
const UPGRADE = 1;
const WEBSOCKET = 2;
const HEP = 3;
const TPKT = 4;

/** One direction of a connection. */
interface Stream {
  carries: number;
  /** Sequence number of the first byte not had in a row. */
  next: number;
  /** A start line is being looked for: bytes were lost, or made no sense. */
  lost: boolean;
  /** Nothing was read of it yet. */
  young: boolean;
  /** Bytes thrown away since the last message. */
  junk: number;
  /** What was odd about the segments since the last message: bits of `carriage.ts`. */
  odd: number;
  window: Window | undefined;
  readonly framing: Framing;
  /** Of a WebSocket message: bytes of its frames looked at, and payload in them. */
  readonly gathering: Gathering;
  /** What its compressed messages refer to. */
  past: Past;
}

/** The streams of one capture. */
export class Streams {
  /** Segments that lay over others and brought new bytes. */
  overlaps = 0;
  /** Segments that said other bytes for a place than those before them. */
  conflicts = 0;
  /** Directions whose beginning was not seen. */
  joined = 0;
  /** Gaps that were skipped. */
  gaps = 0;
  /** Times that a start line had to be looked for. */
  resyncs = 0;
  /** Streams whose waiting bytes were given up for room. */
  evicted = 0;

  readonly #table: Table<Stream>;
  readonly #resets: Resets;
  readonly #windows = new Windows();
  readonly #history = new History();
  readonly #deflated = new Deflated();
  readonly #key = new Key(KEY_BYTES);
  /** Cheap hashes of what is followed: a look here spares most other TCP the table. */
  readonly #filter = new Uint8Array(65_536);
  readonly #header = createFrameHeader();
  readonly #message: Buffer = Buffer.alloc(65_536);
  /** The message given last is a HEP packet, to be opened. */
  isHep = false;
  /** The bytes being read: `#bytes[#at, #end)`, of `#stream`. */
  #stream: Stream;
  #slot = -1;
  #bytes: Uint8Array = this.#message;
  #at = 0;
  #end = 0;
  /** The capture cut this many bytes off the end of the segment. */
  #cut = 0;
  /** Next window to be flushed at the end of the input, -1: not flushing. */
  #flushing = -1;

  constructor(seed: Seed) {
    this.#stream = makeStream();
    this.#resets = new Resets(seed, KEY_BYTES);
    this.#table = new Table<Stream>({
      name: 'streams',
      capacity: MAX_STREAMS,
      ttl: LIFE,
      keyBytes: KEY_BYTES,
      seed,
      make: makeStream,
      reset: (stream) => this.#clear(stream),
    });
  }

  /**
   * Takes the segment `bytes[at, end)`, which reached to `stop` on the wire; addresses, time and place of `packet` are
   * set already. TAKEN: `packet` holds a message, and `more` may give others. Else the reason.
   */
  segment(packet: Packet, tunnels: number, bytes: Uint8Array, at: number, end: number, stop: number): number {
    if (end - at < 20) return SHORT;
    const start = at + ((bytes[at + 12]! >> 4) << 2);
    if (start < at + 20 || start > stop) return MALFORMED;
    const { src, dst } = packet;
    src[16] = bytes[at]!;
    src[17] = bytes[at + 1]!;
    dst[16] = bytes[at + 2]!;
    dst[17] = bytes[at + 3]!;
    const flags = bytes[at + 13]!;
    const hash =
      ((src[14]! << 8) ^ src[15]! ^ (dst[14]! << 4) ^ dst[15]! ^ (src[16]! << 8) ^ src[17]! ^ (dst[16]! << 9) ^ (dst[17]! << 1)) & 0xffff;
    const known = this.#filter[hash] !== 0;
    if (start >= end && (flags & (known ? SYN | RST : SYN)) === 0) return TCP;
    if (!known && !this.#wanted(packet, bytes, start, end, flags)) return isTls(bytes, start, end) ? TLS : TCP;
    this.#filter[hash] = 1;
    const key = this.#key.reset().add(src, 0, 18).add(dst, 0, 18).addNumber(tunnels);
    const sequence = (word32(bytes, at + 4) + ((flags & SYN) >> 1)) | 0;
    const slot = this.#find(key, packet, bytes, start, end, flags, sequence);
    if (slot < 0 || start >= end) return slot < 0 && isTls(bytes, start, end) ? TLS : TCP;
    return this.#take(packet, slot, sequence, bytes, start, end, stop);
  }

  /** Resets that were contradicted by what came behind them. */
  get resets(): number {
    return this.#resets.contradicted;
  }

  /** Compressed WebSocket messages that could not be opened. */
  get closed(): number {
    return this.#deflated.closed;
  }

  /** Moves `packet` to the next message of the same frame. False: there is none. */
  more(packet: Packet): boolean {
    for (;;) {
      const verdict = this.#step(packet);
      if (verdict === DONE) return true;
      if (verdict === MORE) {
        if (this.#settle(packet)) return true;
        if (!this.#nextFlush(packet)) return false;
      }
    }
  }

  /** The input has ended: `more` gives what lies behind gaps. */
  flush(): void {
    this.#flushing = 0;
    this.#look(this.#message, 0, 0);
  }

  /** Whether a direction not followed so far is worth it. */
  #wanted(packet: Packet, bytes: Uint8Array, start: number, end: number, flags: number): boolean {
    if ((flags & SYN) !== 0) return isSipPort(packet) || isTpktPort(packet);
    if (
      mayBeSip(bytes, start, end) ||
      isUpgrade(bytes, start, end) ||
      isHepHead(bytes, start, end) ||
      isTpktHead(packet, bytes, start, end)
    )
      return true;
    return isSipPort(packet) && findStartLine(bytes, start, end) >= 0;
  }

  /** Slot of the stream, made if it is worth it, or -1. */
  #find(key: Key, packet: Packet, bytes: Uint8Array, start: number, end: number, flags: number, sequence: number): number {
    let slot = this.#table.find(key, packet.time);
    if (slot >= 0 && this.#isOver(slot, flags, sequence)) {
      if ((flags & RST) !== 0 && !this.#table.at(slot).young) this.#resets.note(key, sequence, packet.time);
      this.#clear(this.#table.at(slot));
      this.#table.remove(slot);
      slot = -1;
    }
    if (slot >= 0 || (flags & RST) !== 0 || !this.#wanted(packet, bytes, start, end, flags)) return slot;
    slot = this.#table.put(key, packet.time);
    if ((flags & SYN) !== 0) this.#table.expireAt(slot, packet.time + SYN_LIFE);
    const stream = this.#table.at(slot);
    stream.next = sequence;
    if (this.#resets.isContradicted(key, (flags & SYN) !== 0, sequence, packet.time)) stream.odd |= STREAM_RESET;
    if ((flags & SYN) !== 0) return slot;
    this.joined++;
    if (isUpgrade(bytes, start, end)) stream.carries = UPGRADE;
    else if (isHepHead(bytes, start, end)) stream.carries = HEP;
    else if (isTpktHead(packet, bytes, start, end)) stream.carries = TPKT;
    else stream.lost = !mayBeSip(bytes, start, end);
    return slot;
  }

  /**
   * A reset; a SYN of another connection between the same ports; or a number further back than any window: another
   * connection whose SYN was not seen, or a forged segment that made us jump ahead.
   */
  #isOver(slot: number, flags: number, sequence: number): boolean {
    if ((flags & RST) !== 0) return true;
    const { young, next } = this.#table.at(slot);
    return (flags & SYN) !== 0 ? !young || next !== sequence : ((sequence - next) | 0) < -2 * WINDOW;
  }

  #take(packet: Packet, slot: number, sequence: number, bytes: Uint8Array, start: number, end: number, stop: number): number {
    const last = end < stop ? end : stop;
    const stream = this.#table.at(slot);
    this.#table.touch(slot, packet.time);
    this.#stream = stream;
    this.#slot = slot;
    this.#cut = stop - last;
    const ahead = (sequence - stream.next) | 0;
    if (ahead < 0 || (stream.window !== undefined && stream.window.pieces.length > 0)) {
      const repeats = this.#contradicts(stream, slot, sequence, bytes, start, last);
      if (repeats && ahead + stop - start <= 0) return this.#second(packet, stream, bytes, start, last);
    }
    if (ahead + stop - start <= 0) return STREAM_DUPLICATE;
    if (ahead < 0) this.overlaps++;
    this.#history.keep(slot, this.#table.generation(slot), sequence, bytes, start, last);
    let verdict = true;
    if (stream.window === undefined && ahead <= 0) {
      if (start - ahead > last) return STREAM_DUPLICATE;
      this.#look(bytes, start - ahead, last);
      stream.next = (stream.next + last - start + ahead) | 0;
    } else verdict = this.#hold(packet, stream, sequence, bytes, start, last);
    return verdict && this.more(packet) ? TAKEN : STREAM;
  }

  /** True if the segment says other bytes than those before it. A single byte is the probe of a keep-alive (RFC 9293 §3.8.4). */
  #contradicts(stream: Stream, slot: number, sequence: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 2 || !this.#history.differs(slot, this.#table.generation(slot), sequence, bytes, start, end)) return false;
    this.conflicts++;
    stream.odd |= STREAM_CONFLICT;
    return true;
  }

  /**
   * The segment repeats a place with other bytes: what the receiver reads of the two is not known, so a message that
   * begins in the second one is given out too, as far as it goes.
   */
  #second(packet: Packet, stream: Stream, bytes: Uint8Array, start: number, end: number): number {
    const { framing } = stream;
    if (stream.carries !== SIP || framing.scanned > 0 || !isStartLine(bytes, start, end)) return STREAM_DUPLICATE;
    const verdict = frameSip(framing, bytes, start, end);
    this.#emit(packet, 'tcp', bytes, start, verdict === DONE ? start + framing.total : end);
    packet.truncated = verdict !== DONE;
    resetFraming(framing);
    this.#cut = 0;
    this.#look(this.#message, 0, 0);
    return TAKEN;
  }

  /** Puts a segment into the stream's window. False: nothing can be read yet. */
  #hold(packet: Packet, stream: Stream, sequence: number, bytes: Uint8Array, start: number, end: number): boolean {
    const window = stream.window ?? this.#open(packet, stream, stream.next);
    this.#note(window, packet);
    const at = (sequence - window.base) | 0;
    const skip = at < 0 ? -at : 0;
    const had = window.have;
    if (skip > 0 && start + skip >= end) return false;
    if (!window.put(at + skip, bytes, start + skip, end)) return this.#giveUp(stream, window, sequence, bytes, start, end);
    if (window.have > had) {
      stream.next = (window.base + window.have) | 0;
      this.#look(window.bytes, 0, window.have);
      return true;
    }
    if (window.held === 0) window.since = packet.time;
    window.held++;
    if (window.held < GAP_SEGMENTS && packet.time - window.since < GAP_TIME) return false;
    this.#skipGap(stream, window);
    return true;
  }

  /** What came lies too far ahead: all that waited is given up for it. */
  #giveUp(stream: Stream, window: Window, sequence: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.gaps++;
    if (stream.carries !== SIP) {
      this.#drop();
      return false;
    }
    this.#lose(stream);
    this.#close(stream, window);
    stream.next = (sequence + end - start) | 0;
    this.#look(bytes, start, end);
    return true;
  }

  /** Goes on behind the gap, where the next start line is. */
  #skipGap(stream: Stream, window: Window): void {
    this.gaps++;
    this.#cut = 0;
    if (stream.carries !== SIP) {
      this.#drop();
      return;
    }
    this.#lose(stream);
    window.held = 0;
    window.drop(window.pieces[0]!);
    stream.next = (window.base + window.have) | 0;
    this.#look(window.bytes, 0, window.have);
  }

  #look(bytes: Uint8Array, at: number, end: number): void {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }

  /** Reads on: DONE: `packet` holds a message; MORE: nothing more in what is there; BAD: go on. */
  #step(packet: Packet): number {
    const stream = this.#stream;
    if (stream.carries === SIP && !this.#becomesOther(packet, stream)) return this.#stepSip(packet, stream);
    if (stream.carries === HEP) return this.#stepHep(packet, stream);
    if (stream.carries === TPKT) return this.#stepTpkt(packet, stream);
    return stream.carries === UPGRADE ? this.#stepUpgrade(stream) : this.#stepWebSocket(packet, stream);
  }

  #stepSip(packet: Packet, stream: Stream): number {
    const { framing } = stream;
    const bytes = this.#bytes;
    if (framing.scanned === 0) this.#at = skipKeepAlive(bytes, this.#at, this.#end);
    if (this.#at === this.#end) return MORE;
    if (stream.lost && !this.#resync(stream)) return MORE;
    const verdict = frameSip(framing, bytes, this.#at, this.#end);
    if (verdict === MORE) return MORE;
    if (verdict === DONE) {
      this.#emit(packet, 'tcp', bytes, this.#at, this.#at + framing.total);
      this.#at += framing.total;
      stream.young = false;
      stream.junk = 0;
    } else if (stream.young) this.#drop();
    else {
      // Not looked for at the very place where there is none.
      this.#at++;
      this.#lose(stream);
    }
    resetFraming(framing);
    return verdict;
  }

  /** Goes to the next start line. False: there is none so far; the last line may become one. */
  #resync(stream: Stream): boolean {
    const found = findStartLine(this.#bytes, this.#at, this.#end);
    if (found >= 0) {
      this.#at = found;
      stream.lost = false;
      return true;
    }
    const from = this.#at;
    let line = this.#end;
    while (line > from && this.#end - line < 512 && this.#bytes[line - 1] !== 0x0a) line--;
    this.#at = mayBeSip(this.#bytes, line, this.#end) ? line : this.#end;
    stream.junk += this.#at - from;
    if (stream.junk > MAX_JUNK) this.#drop();
    return false;
  }

  /** What was followed from its SYN on shows only now that it is HEP or H.323. */
  #becomesOther(packet: Packet, stream: Stream): boolean {
    if (!stream.young || stream.lost) return false;
    if (isHepHead(this.#bytes, this.#at, this.#end)) stream.carries = HEP;
    else if (isTpktHead(packet, this.#bytes, this.#at, this.#end)) stream.carries = TPKT;
    return stream.carries !== SIP;
  }

  /** HEP packets follow each other, each with its length. */
  #stepHep(packet: Packet, stream: Stream): number {
    const length = hepLength(this.#bytes, this.#at, this.#end);
    if (length < 0) return this.#drop();
    if (length === 0 || this.#end - this.#at < length) return MORE;
    this.#emit(packet, 'tcp', this.#bytes, this.#at, this.#at + length);
    this.#at += length;
    this.isHep = true;
    stream.young = false;
    return DONE;
  }

  /** TPKTs follow each other, each with its length (RFC 1006 §6). */
  #stepTpkt(packet: Packet, stream: Stream): number {
    const length = frameTpkt(this.#bytes, this.#at, this.#end);
    if (length < 0) return this.#drop();
    if (length === 0 || this.#end - this.#at < length) return MORE;
    this.#at += length;
    stream.young = false;
    // The head alone keeps a connection alive.
    if (length === 4) return BAD;
    this.#emit(packet, 'tcp', this.#bytes, this.#at - length, this.#at);
    return DONE;
  }

  #stepUpgrade(stream: Stream): number {
    const verdict = readUpgrade(this.#header, this.#bytes, this.#at, this.#end);
    if (verdict === PARTIAL) return MORE;
    if (verdict === NONE) return this.#drop();
    this.#at = this.#header.end;
    stream.carries = WEBSOCKET;
    stream.young = false;
    return BAD;
  }

  #stepWebSocket(packet: Packet, stream: Stream): number {
    const { gathering } = stream;
    const verdict = gather(gathering, this.#header, this.#bytes, this.#at, this.#end);
    if (verdict === PARTIAL) return MORE;
    if (verdict === NONE) return this.#drop();
    const { payload } = gathering;
    const start = this.#at;
    this.#at += gathering.next;
    gathering.next = 0;
    gathering.payload = 0;
    if (payload === 0) return BAD;
    unmask(this.#header, this.#bytes, start, this.#at, this.#message);
    if (!gathering.packed) {
      this.#emit(packet, 'ws', this.#message, 0, payload);
      return DONE;
    }
    const message = this.#deflated.open(stream.past, this.#message, payload, MAX_MESSAGE);
    // What comes later refers to what could not be opened.
    if (message === undefined) return this.#drop();
    stream.past = this.#deflated.past;
    if (message.length === 0) return BAD;
    this.#emit(packet, 'ws', message, 0, message.length);
    return DONE;
  }

  #emit(packet: Packet, transport: 'tcp' | 'ws', bytes: Uint8Array, start: number, end: number): void {
    packet.transport = transport;
    packet.bytes = bytes;
    packet.start = start;
    packet.end = end;
    packet.truncated = false;
    packet.odd |= this.#stream.odd;
    this.isHep = false;
    this.#stream.odd = 0;
    if (bytes !== packet.frame) packet.frameEnd = packet.frameStart;
  }

  /** Puts away what was not read. True: a message that the capture cut short was given out. */
  #settle(packet: Packet): boolean {
    const stream = this.#stream;
    if (this.#end === 0) return false;
    if (this.#cut > 0) return this.#settleCut(packet, stream);
    const left = this.#end - this.#at;
    const { window } = stream;
    if (window !== undefined) {
      window.drop(this.#at);
      if (left === 0 && window.pieces.length === 0) this.#close(stream, window);
    } else if (left > 0) {
      const opened = this.#open(packet, stream, (stream.next - left) | 0);
      opened.put(0, this.#bytes, this.#at, this.#end);
      this.#note(opened, packet);
    }
    this.#look(this.#message, 0, 0);
    return false;
  }

  /** The rest of the segment was not captured: what begins a message is all there will be of it. */
  #settleCut(packet: Packet, stream: Stream): boolean {
    const from = this.#at;
    const begun = stream.carries === SIP && !stream.lost && from < this.#end && isStartLine(this.#bytes, from, this.#end);
    if (begun) {
      this.#emit(packet, 'tcp', this.#bytes, from, this.#end);
      packet.truncated = true;
    }
    stream.next = (stream.next + this.#cut) | 0;
    this.#cut = 0;
    if (stream.carries !== SIP) this.#drop();
    else this.#lose(stream);
    stream.young = false;
    if (stream.window !== undefined) this.#close(stream, stream.window);
    this.#look(this.#message, 0, 0);
    return begun;
  }

  /** A start line has to be looked for. */
  #lose(stream: Stream): void {
    if (!stream.lost) this.resyncs++;
    stream.lost = true;
    resetFraming(stream.framing);
  }

  /** The stream is no longer followed: it carries something else, or no end of it can be found. */
  #drop(): number {
    this.#clear(this.#stream);
    this.#table.remove(this.#slot);
    this.#look(this.#message, 0, 0);
    this.#cut = 0;
    return MORE;
  }

  #open(packet: Packet, stream: Stream, base: number): Window {
    const window = this.#windows.take();
    if (window.slot >= 0) this.#evict(window);
    window.begin(base);
    window.slot = this.#slot;
    window.generation = this.#table.generation(this.#slot);
    window.since = packet.time;
    noteEnds(window.origin, packet);
    stream.window = window;
    return window;
  }

  /** Takes a window from the stream that has it. */
  #evict(window: Window): void {
    const loser = this.#table.at(window.slot);
    if (loser.window !== window) return;
    this.evicted++;
    this.#clear(loser);
    this.#table.remove(window.slot);
  }

  #close(stream: Stream, window: Window): void {
    stream.window = undefined;
    this.#windows.release(window);
  }

  #note(window: Window, packet: Packet): void {
    this.#windows.touch(window);
    notePlace(window.origin, packet);
  }

  /** Begins with the next window that holds something behind a gap. */
  #nextFlush(packet: Packet): boolean {
    while (this.#flushing >= 0) {
      const window = this.#windows.all[this.#flushing];
      if (window === undefined) {
        this.#flushing = -1;
        return false;
      }
      if (window.slot < 0 || window.pieces.length === 0) {
        this.#flushing++;
        continue;
      }
      this.#recall(window, packet);
      this.#skipGap(this.#stream, window);
      return true;
    }
    return false;
  }

  #recall(window: Window, packet: Packet): void {
    this.#slot = window.slot;
    this.#stream = this.#table.at(window.slot);
    this.#cut = 0;
    packet.odd = 0;
    recall(window.origin, packet);
  }

  #clear(stream: Stream): void {
    if (stream.window !== undefined) this.#close(stream, stream.window);
    stream.carries = SIP;
    stream.next = 0;
    stream.lost = false;
    stream.young = true;
    stream.junk = 0;
    stream.odd = 0;
    resetFraming(stream.framing);
    stream.gathering.next = 0;
    stream.gathering.payload = 0;
    this.#deflated.forget(stream.past);
    stream.past = undefined;
  }
}

function makeStream(): Stream {
  return {
    carries: SIP,
    next: 0,
    lost: false,
    young: true,
    junk: 0,
    odd: 0,
    window: undefined,
    framing: createFraming(),
    gathering: { next: 0, payload: 0, packed: false },
    past: undefined,
  };
}

/** True if `[start, end)` begins with the header of a TLS record (RFC 8446 §5.1). */
function isTls(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 5 && bytes[start + 1] === 3 && bytes[start]! >= 20 && bytes[start]! <= 24 && bytes[start + 2]! <= 4;
}

/** A message of H.323 call signalling begins here; from its port on, the four bytes of the head may come alone. */
function isTpktHead(packet: Packet, bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== 3) return false;
  const length = frameTpkt(bytes, start, end);
  return length > 4 || (length === 0 && end - start >= 4 && isTpktPort(packet));
}

/** The port of H.225.0 call signalling at either end. */
function isTpktPort({ src, dst }: Packet): boolean {
  return portOf(src) === 1720 || portOf(dst) === 1720;
}
