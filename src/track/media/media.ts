/**
 * Media: which endpoints the session descriptions of calls promised, which RTP streams there are, and how the two meet. A
 * stream belongs to the promise of where it goes (RFC 3264), else to that of where it comes from (RFC 4961).
 */
import { ENDPOINT, text, word16, word32 } from '../../bytes.ts';
import { createDtmf, readTelephoneEvent } from '../../decode/rtp/dtmf.ts';
import { rtpHeader } from '../../decode/rtp/rtp.ts';
import { CLOCKS, CN, STATIC_CLOCK, STATIC_CODEC, TELEPHONE_EVENT } from '../../decode/sdp/codecs.ts';
import { UDPTL } from '../../decode/sdp/sdpview.ts';
import { DTLS, NOTHING, ZRTP } from '../../decode/sniff.ts';
import { Key, type Seed, Table, type TableStats } from '../../table.ts';
import { TimeoutQueue } from '../../timeouts.ts';
import type { MediaStream, Packet } from '../../types.ts';
import type { Calls } from '../calls/calls.ts';
import { CallMedia } from './callmedia.ts';
import { FarEnd } from './farend.ts';
import { MediaTotals } from './mediatotals.ts';
import { Neighbours } from './neighbours.ts';
import { DESCRIBED, DTLS_KEYS, LATCHED, type Promised, Promises, ZRTP_KEYS } from './promises.ts';
import {
  AFTER_END,
  advanceStream,
  beginStream,
  CHALLENGED,
  copyStream,
  DETOURED,
  DIGIT,
  DISORDERED,
  FLOODED,
  FOREIGN,
  INTRUDED,
  INTRUDES,
  JUMPED,
  LATE,
  makeStream,
  NO_WATCH,
  ORPHANED,
  PROMISED,
  resetStream,
  SSRC_CHANGED,
  STARTED,
  STREAM_ROW,
  type Stream,
  SYMMETRIC,
  UNPROMISED,
} from './streams.ts';
import { toldStream } from './toldstream.ts';

/** Most entries of each table of media (config `tables`). */
export interface MediaCapacities {
  readonly promises: number;
  readonly streams: number;
}

/** µs without a packet after which a stream is said to have ended, at the next look: one each such time. */
const IDLE = 30_000_000;
/** µs that streams and promises of a call are remembered when it is over: until its CDR is written and all streams were said to have ended. */
const AFTERLIFE = 70_000_000;
/** µs a payload that looks like RTP, and that nobody promised, is remembered until more of it comes. */
const DOUBT = 10_000_000;
/** µs that media on its way, and senders that hear late of a BYE, may take. */
const GRACE = 1_000_000;
/** µs within which two streams to one endpoint are there at the same time, and within which one follows another. */
const TOGETHER = 1_000_000;
const SUCCESSION = 5_000_000;
/** µs between the beginnings of the two legs of a B2BUA (see legs.ts). */
const LEGS = 2_000_000;
/** New streams of one endpoint within a second that make a flood worth a look. */
const SWARM = 128;
/** Sequence numbers left out at once beyond which a packet follows from none before: two seconds of sound. */
const LEAP = 100;
/** Packets out of any order at one endpoint within a second that make it worth a look. */
const MUDDLE = 16;
/** Packets that make a stream: of an endpoint nobody promised more, much else looks like RTP. */
const ENOUGH = 2;
const ENOUGH_UNPROMISED = 4;

/** First dynamic payload type (RFC 3551 §3), and the length of a telephone-event (RFC 4733 §2.3). */
const FIRST_DYNAMIC = 96;
const EVENT_BYTES = 4;

/** All media of all calls, and that of none. */
export class Media {
  readonly promises: Promises;
  readonly streams: Table<Stream>;
  readonly ofCalls: CallMedia;
  readonly totals = new MediaTotals();
  readonly neighbours: Neighbours;
  /** Slot of the stream of the last packet; with INTRUDED `intruder` goes on beside `rival`, with SSRC_CHANGED this one took the place of `rival`. */
  slot = -1;
  rival = -1;
  intruder = -1;
  /** Why the last packet was LATE: AFTER_END or ORPHANED; and µs since then. */
  lateKind = NO_WATCH;
  lateBy = 0;
  /** The key of the last DIGIT. */
  readonly dtmf = createDtmf();
  readonly #calls: Calls;
  readonly #farEnd: FarEnd;
  readonly #key = new Key(2 * ENDPOINT + 8);
  readonly #src = new Uint8Array(ENDPOINT);
  readonly #dst = new Uint8Array(ENDPOINT);
  readonly #idle: TimeoutQueue;

  constructor(capacities: MediaCapacities, seed: Seed, calls: Calls) {
    this.#calls = calls;
    this.promises = new Promises(capacities.promises, seed);
    this.ofCalls = new CallMedia(calls.table);
    this.streams = new Table<Stream>({
      name: 'streams',
      capacity: capacities.streams,
      ttl: 4 * 3_600_000_000,
      keyBytes: 2 * ENDPOINT + 8,
      rowBytes: STREAM_ROW,
      seed,
      make: makeStream,
      reset: (s) => {
        if (s.started && !s.counted) this.totals.count(s, 1);
        resetStream(s);
      },
    });
    this.neighbours = new Neighbours(seed);
    this.#farEnd = new FarEnd(this.streams);
    this.#idle = new TimeoutQueue(this.streams.capacity);
  }

  /** Sizes and evictions of its tables. */
  tables(): TableStats[] {
    return [this.promises.table.stats(), this.streams.stats(), this.neighbours.table.stats()];
  }

  /** Takes the RTP packet `packet.bytes[start, end)`, which `sniff` knew as such. Returns bits of what it showed (streams.ts). */
  rtp(packet: Packet, start: number, end: number, now: number): number {
    const { bytes: b, time } = packet;
    const key = this.#key.reset();
    key
      .add(packet.src, 0, ENDPOINT)
      .add(packet.dst, 0, ENDPOINT)
      .add(b, start + 8, start + 12);
    const slot = this.streams.put(key, now);
    const s = this.streams.at(slot);
    this.slot = slot;
    const type = b[start + 1]! & 0x7f;
    const sequence = word16(b, start + 2);
    const timestamp = word32(b, start + 4) | 0;
    const header = rtpHeader(b, start, end);
    const padding = (b[start]! & 0x20) !== 0 ? b[end - 1]! : 0;
    const length = end - start - header - padding;
    let shown = 0;
    const before = s.highest;
    const fresh =
      this.streams.fresh || (s.promise >= 0 && s.epoch !== this.promises.table.at(s.promise).epoch && this.#moved(slot, s, now));
    if (fresh) {
      shown = beginStream(s, sequence, timestamp, time, length) | this.#begin(slot, s, packet, start, now);
    } else {
      if (s.ended) this.#resume(slot, s, now);
      shown = advanceStream(s, sequence, timestamp, (b[start + 1]! & 0x80) !== 0, time, length);
    }
    const step = s.highest - before;
    if ((fresh || step < 0 || step > LEAP || (shown & JUMPED) !== 0) && s.promise >= 0 && s.promised !== UNPROMISED) {
      shown |= disordered(this.promises.table.at(s.promise), time);
    }
    if (type !== s.payloadType) shown |= this.#switched(s, slot, type, length, now);
    if (s.isEvent) shown |= this.#pressed(s, b, start + header, start + header + length, timestamp);
    if (time > s.watch) shown |= this.#watched(slot, s, time, now);
    if (s.promised !== PROMISED || !s.started) shown |= this.#settle(slot, s, packet, now);
    return shown;
  }

  /** Takes an RTCP compound: what it says of streams is kept with them. */
  rtcp(packet: Packet, start: number, end: number, now: number): void {
    this.#farEnd.take(packet, start, end, now);
  }

  /**
   * Takes what is neither SIP nor RTP: ZRTP and DTLS tell that keys are agreed on between two endpoints of a call, and where T.38 was promised
   * the payload is fax (UDPTL has no header that would tell it from anything else).
   */
  beside(kind: number, packet: Packet, now: number): void {
    if (kind === NOTHING && !this.promises.fax) return;
    const to = this.promises.find(packet.dst, now);
    if (to < 0) return;
    const p = this.promises.table.at(to);
    if (kind === ZRTP && p.encryption === 0) p.encryption = ZRTP_KEYS;
    else if (kind === DTLS && p.encryption === 0) p.encryption = DTLS_KEYS;
    else if (kind === NOTHING && p.protocol === UDPTL) this.totals.fax();
  }

  /** Endpoints of a stream, copied: 18 bytes each. */
  endpoints(slot: number, src: Uint8Array, dst: Uint8Array): void {
    const { rows } = this.streams;
    const row = this.streams.row(slot);
    for (let i = 0; i < ENDPOINT; i++) {
      src[i] = rows[row + i]!;
      dst[i] = rows[row + ENDPOINT + i]!;
    }
  }

  /** µs that both sides of a call sent media for after `since`: those of the side that sent for less time. */
  talkSince(call: number, generation: number, since: number): number {
    const { ofCalls, streams } = this;
    if (!ofCalls.holds(call, generation)) return 0;
    let caller = 0;
    let callee = 0;
    for (let n = 0; n < ofCalls.streamsKept(call); n++) {
      const slot = ofCalls.stream(call, n);
      if (streams.generation(slot) !== ofCalls.streamGeneration(call, n)) continue;
      const s = streams.at(slot);
      const time = s.started ? s.last - Math.max(since, s.first) : 0;
      if (s.side === 0) caller = Math.max(caller, time);
      else callee = Math.max(callee, time);
    }
    return Math.min(caller, callee);
  }

  /** Slot of the promised endpoint a stream comes from, -1: nobody named it. */
  sourceOf(slot: number, now: number): number {
    return this.#source(slot, now);
  }

  /** Call-ID of the call a stream belongs to, empty without one. */
  callIdOf(s: Stream, now: number): string {
    if (s.call < 0 || !this.#calls.table.alive(s.call, s.callGeneration, now)) return '';
    const id = this.#calls.table.keyAt(s.call);
    return text(id, 0, id.length);
  }

  /** What is told of the streams of a call (by slot and generation in the table of calls), in the order they began; at most 32. */
  streamsOf(call: number, generation: number): readonly MediaStream[] {
    const list: MediaStream[] = [];
    if (!this.ofCalls.holds(call, generation)) return list;
    for (let n = 0; n < this.ofCalls.streamsKept(call); n++) {
      const slot = this.ofCalls.stream(call, n);
      if (this.streams.generation(slot) !== this.ofCalls.streamGeneration(call, n)) continue;
      const s = this.streams.at(slot);
      if (s.started && s.call === call) list.push(toldStream(s, this.streams.rows, this.streams.row(slot)));
    }
    return list;
  }

  /** µs at which the next stream may have fallen silent. */
  get due(): number {
    return this.#idle.next;
  }

  /** Tells of each stream that fell silent by `now`, by its slot. */
  lapse(now: number, ended: (slot: number) => void): void {
    const idle = this.#idle;
    while (idle.take(now)) {
      const { slot, generation } = idle;
      // Alive when it fell due: after a silence, `now` may be far beyond.
      if (!this.streams.alive(slot, generation, Math.min(now, idle.due))) continue;
      const s = this.streams.at(slot);
      if (s.last + IDLE > now) idle.push(slot, generation, now + IDLE);
      else if (s.started && !s.ended) this.#end(slot, s, ended);
    }
  }

  /** The input has ended: so have all streams. */
  finish(ended: (slot: number) => void): void {
    this.streams.each(Number.NEGATIVE_INFINITY, (s, slot) => {
      if (s.started && !s.ended) this.#end(slot, s, ended);
    });
  }

  #end(slot: number, s: Stream, ended: (slot: number) => void): void {
    s.ended = true;
    this.totals.count(s, 1);
    s.counted = true;
    if (s.call < 0) this.streams.expireAt(slot, 0);
    ended(slot);
  }

  /** A call is over at `time`: its streams are expected to stop, and their places to become free. */
  over(call: number, time: number, now: number): void {
    const { ofCalls, streams, promises } = this;
    ofCalls.end(call, time);
    for (let n = 0; n < ofCalls.streamsKept(call); n++) {
      const slot = ofCalls.stream(call, n);
      if (streams.generation(slot) !== ofCalls.streamGeneration(call, n)) continue;
      watch(streams.at(slot), AFTER_END, time);
      streams.expireAt(slot, now + AFTERLIFE);
    }
    for (let n = 0; n < ofCalls.promisesKept(call); n++) {
      const slot = ofCalls.promise(call, n);
      if (promises.table.generation(slot) !== ofCalls.promiseGeneration(call, n)) continue;
      const p = promises.table.at(slot);
      if (p.call === call) promises.table.expireAt(slot, now + AFTERLIFE);
      else if (this.#isOtherLeg(call, p) && this.streams.alive(p.stream, p.streamGeneration, now)) {
        watch(streams.at(p.stream), AFTER_END, time);
      }
    }
  }

  /** A B2BUA that leaves the media alone names an endpoint to both sides: the media belong to its other leg, which goes on. */
  #isOtherLeg(call: number, { kind, stream, call: other, callGeneration }: Promised): boolean {
    if (kind !== DESCRIBED || stream < 0 || !this.ofCalls.holds(other, callGeneration) || this.ofCalls.ended(other) > 0) return false;
    const [one, two] = [this.#calls.table.at(call), this.#calls.table.at(other)];
    return one.joined > 0 && two.joined > 0 && Math.abs(one.start - two.start) <= LEGS;
  }

  /** An endpoint was replaced by another at `time`: what comes from it, comes from where nobody should be. */
  replaced(promise: number, time: number): void {
    const p = this.promises.table.at(promise);
    p.replaced = time;
    const old = this.promises.table.keyAt(promise);
    for (let n = 0; n < this.ofCalls.streamsKept(p.call); n++) {
      const slot = this.ofCalls.stream(p.call, n);
      if (this.streams.generation(slot) !== this.ofCalls.streamGeneration(p.call, n)) continue;
      if (this.#comesFrom(slot, old)) watch(this.streams.at(slot), ORPHANED, time);
    }
  }

  #comesFrom(slot: number, endpoint: Uint8Array): boolean {
    const { rows } = this.streams;
    const row = this.streams.row(slot);
    for (let i = 0; i < ENDPOINT; i++) if (rows[row + i] !== endpoint[i]) return false;
    return true;
  }

  #begin(slot: number, s: Stream, packet: Packet, start: number, now: number): number {
    const b = packet.bytes;
    s.ssrc = word32(b, start + 8) | 0;
    s.file = packet.where.file;
    s.frame = packet.frameNumber;
    const { rows } = this.streams;
    const row = this.streams.row(slot);
    for (let i = 0; i < ENDPOINT; i++) {
      rows[row + i] = packet.src[i]!;
      rows[row + ENDPOINT + i] = packet.dst[i]!;
    }
    this.#idle.push(slot, this.streams.generation(slot), now + IDLE);
    const shown = this.#join(slot, s, now);
    if (s.call < 0) this.streams.expireAt(slot, now + DOUBT);
    return shown;
  }

  /** Enough packets make it a stream; until it is sure where it belongs it is looked for now and then. */
  #settle(slot: number, s: Stream, packet: Packet, now: number): number {
    let shown = 0;
    const n = s.packets;
    if (n > 1 && (n & (n - 1)) === 0 && s.promised !== PROMISED) shown = this.#join(slot, s, now);
    if (!s.started && s.unique >= (s.call >= 0 || s.promised !== UNPROMISED ? ENOUGH : ENOUGH_UNPROMISED)) {
      s.started = true;
      shown |= STARTED;
      if (s.promised !== UNPROMISED) shown |= this.#cameIn(slot, s, packet, now);
    } else if (!s.started && s.call < 0) this.streams.expireAt(slot, Math.max(now, packet.time) + DOUBT);
    return shown;
  }

  /** Over which neighbour it came. A port that a NAT has given away may be anybody's: of these only the usual way is counted. */
  #cameIn(slot: number, s: Stream, packet: Packet, now: number): number {
    const from = this.#source(slot, now);
    const named = s.promised === PROMISED && from >= 0 && this.promises.table.at(from).kind !== LATCHED;
    return this.neighbours.began(packet, slot, this.streams.generation(slot), named, now) ? DETOURED : 0;
  }

  /** Finds the promise a stream belongs to. */
  #join(slot: number, s: Stream, now: number): number {
    const { table } = this.promises;
    this.endpoints(slot, this.#src, this.#dst);
    const from = this.promises.find(this.#src, now);
    const to = this.#current(this.promises.find(this.#dst, now), from);
    if (to < 0 && from < 0) return 0;
    const p = table.at(to >= 0 ? to : from);
    const known = s.promise >= 0 && s.epoch === p.epoch && to < 0;
    if (known) return 0;
    const opposite = from >= 0 ? table.at(from) : undefined;
    s.promise = to >= 0 ? to : from;
    s.epoch = p.epoch;
    s.promised = to < 0 ? UNPROMISED : p.kind === LATCHED ? SYMMETRIC : PROMISED;
    s.side = to >= 0 ? 1 - p.side : p.side;
    s.media = p.media;
    s.encryption = to >= 0 && opposite !== undefined && opposite.call === p.call && opposite.encryption === 0 ? 0 : p.encryption;
    // The encoding may have another meaning now.
    s.payloadType = -1;
    this.#enlist(slot, s, p);
    // Only between the very ends that the call named: a NAT gives ports of calls that are over to others.
    const ended = to >= 0 && opposite !== undefined && this.#agreed(from, p) ? this.#overSince(p) : 0;
    if (ended > 0) watch(s, AFTER_END, ended);
    if (opposite !== undefined && opposite.replaced > 0) watch(s, ORPHANED, opposite.replaced);
    return to < 0 ? 0 : this.#arrive(slot, s, to, from, now);
  }

  /**
   * A port of a NAT that was learned for one call says nothing of media from an endpoint that another call described: the NAT has given
   * the port away, or gives it to several phones at a time, by whom they talk to. -1 then, else the slot of that endpoint.
   */
  #current(to: number, from: number): number {
    if (to < 0 || from < 0) return to;
    const p = this.promises.table.at(to);
    const source = this.promises.table.at(from);
    return p.kind === LATCHED && source.kind !== LATCHED && !isSameCall(p, source) ? -1 : to;
  }

  #enlist(slot: number, s: Stream, p: Promised): void {
    if (!this.ofCalls.holds(p.call, p.callGeneration)) return;
    if (s.listed && s.call === p.call) return;
    s.call = p.call;
    s.callGeneration = p.callGeneration;
    s.listed = true;
    this.ofCalls.addStream(p.call, slot, this.streams.generation(slot));
  }

  /** A stream comes to a promised endpoint: is it the first, does it follow another, or does it come beside another? */
  #arrive(slot: number, s: Stream, to: number, from: number, now: number): number {
    const p = this.promises.table.at(to);
    p.streams++;
    let shown = newcomer(p, s.first);
    const before = p.stream >= 0 && p.stream !== slot && this.streams.alive(p.stream, p.streamGeneration, now) ? p.stream : -1;
    const own = from >= 0 && this.#agreed(from, p);
    if (before >= 0) {
      this.endpoints(before, this.#src, this.#dst);
      const since = s.last - this.streams.at(before).last;
      if (this.#comesFrom(slot, this.#src)) {
        this.rival = before;
        if (since < SUCCESSION && !p.bundle) shown |= SSRC_CHANGED;
      } else if (since < TOGETHER && p.kind !== LATCHED) {
        // A NAT lets nobody in who was not sent something, and may give one port to several phones that talk to different ends.
        // Only if the one before goes on are there two: else a NAT has chosen another port, or media has moved.
        // An endpoint that several calls named gets media from as many sources.
        if (p.calls <= 1) {
          if (!own) this.#suspect(before, slot, CHALLENGED);
          else if (!this.#agreedSource(this.#src, p, now)) this.#suspect(before, slot, INTRUDES);
        }
        if (!own) return shown;
      }
    }
    p.stream = slot;
    p.streamGeneration = this.streams.generation(slot);
    if (p.kind !== LATCHED && (from < 0 || this.#isStale(from, p))) this.#latch(slot, p, now);
    return shown;
  }

  /** µs since when the call of an endpoint is over, 0: it is not, or nobody knows. */
  #overSince({ call, callGeneration }: Promised): number {
    return this.ofCalls.holds(call, callGeneration) ? this.ofCalls.ended(call) : 0;
  }

  #suspect(slot: number, other: number, kind: number): void {
    const s = this.streams.at(slot);
    if (s.watchKind === AFTER_END || s.watchKind === ORPHANED) return;
    s.watchKind = kind;
    // Packets on their way from where a telephone was before it moved are no second stream.
    s.watch = s.last + TOGETHER;
    s.other = other;
    s.otherGeneration = this.streams.generation(other);
  }

  #agreedSource(endpoint: Uint8Array, p: Promised, now: number): boolean {
    const from = this.promises.find(endpoint, now);
    return from >= 0 && this.#agreed(from, p);
  }

  /** A port of a NAT that was learned for another call than that of `p`, which is over. */
  #isStale(from: number, p: Promised): boolean {
    const source = this.promises.table.at(from);
    if (source.kind !== LATCHED || isSameCall(source, p)) return false;
    return !this.ofCalls.holds(source.call, source.callGeneration) || this.ofCalls.ended(source.call) > 0;
  }

  /** True if media to `p` may be expected from that endpoint: the other side of the same call named it. */
  #agreed(from: number, p: Promised): boolean {
    const other = this.promises.table.at(from);
    return other.kind !== LATCHED && other.call === p.call && other.callGeneration === p.callGeneration && other.side !== p.side;
  }

  /** Remembers where media to `p` came from: there the answers will go (RFC 4961). */
  #latch(slot: number, p: Promised, now: number): void {
    if (p.call < 0) return;
    this.endpoints(slot, this.#src, this.#dst);
    const latched = this.promises.putEndpoint(this.#src, 0, now);
    const { call, callGeneration, side, section, media, protocol, encryption, direction, bundle, hop, told } = p;
    const q = this.promises.begin(latched, call, callGeneration, told);
    q.kind = LATCHED;
    q.side = 1 - side;
    q.section = section;
    q.media = media;
    q.protocol = protocol;
    q.encryption = encryption;
    q.direction = direction;
    q.bundle = bundle;
    q.hop = hop;
    q.told = told;
    q.formatCount = 0;
    this.ofCalls.addPromise(call, latched, this.promises.table.generation(latched));
  }

  /**
   * The promise of a stream is another one now. True: its endpoint has a new call, and the stream is a new one; its counts go on
   * in a slot of their own for the call that it belonged to.
   */
  #moved(slot: number, s: Stream, now: number): boolean {
    this.endpoints(slot, this.#src, this.#dst);
    const to = this.promises.find(this.#dst, now);
    const promise = to >= 0 ? to : this.promises.find(this.#src, now);
    const p = promise < 0 ? undefined : this.promises.table.at(promise);
    if (p === undefined || (p.call === s.call && p.callGeneration === s.callGeneration)) {
      s.promise = promise;
      s.epoch = p?.epoch ?? 0;
      return false;
    }
    if (s.started) this.#archive(slot, s, now);
    resetStream(s);
    return true;
  }

  #archive(slot: number, s: Stream, now: number): void {
    const archived = this.streams.put(this.#key.addNumber(s.epoch), now);
    if (archived === slot) return;
    copyStream(s, this.streams.at(archived));
    const { rows } = this.streams;
    rows.copyWithin(this.streams.row(archived), this.streams.row(slot), this.streams.row(slot) + STREAM_ROW);
    const generation = this.streams.generation(archived);
    if (s.listed) this.ofCalls.moveStream(s.call, slot, archived, generation);
    if (!s.ended) this.#idle.push(archived, generation, now + IDLE);
  }

  /** Another payload type than before: what it stands for, by where it goes, where it comes from, or RFC 3551. */
  #switched(s: Stream, slot: number, type: number, length: number, now: number): number {
    s.payloadType = type;
    const at = s.promise >= 0 ? this.#format(s, slot, type, now) : -1;
    const { rows } = this.promises.table;
    const codec = at >= 0 ? rows[at]! : STATIC_CODEC[type]!;
    const clock = at >= 0 ? rows[at + 1]! : STATIC_CLOCK[type]!;
    // Without a description, a dynamic type with payloads as long as an event is taken for one; that it is not encrypted is not known.
    s.isEvent = codec === TELEPHONE_EVENT || (s.promise < 0 && type >= FIRST_DYNAMIC && length === EVENT_BYTES);
    if (!s.isEvent && codec !== CN) {
      s.codec = codec;
      s.mainType = type;
      s.clock = CLOCKS[clock]!;
    }
    if (at >= 0 || codec === CN || s.promise < 0 || this.#formats(s, slot, now) === 0) return 0;
    return s.foreign++ === 0 ? FOREIGN : 0;
  }

  #format(s: Stream, slot: number, type: number, now: number): number {
    const at = this.promises.format(s.promise, type);
    if (at >= 0) return at;
    const from = this.#source(slot, now);
    return from < 0 ? -1 : this.promises.format(from, type);
  }

  /** How many payload types both ends named. */
  #formats(s: Stream, slot: number, now: number): number {
    const from = this.#source(slot, now);
    const there = this.promises.table.at(s.promise).formatCount;
    return there + (from < 0 ? 0 : this.promises.table.at(from).formatCount);
  }

  #source(slot: number, now: number): number {
    this.endpoints(slot, this.#src, this.#dst);
    return this.promises.find(this.#src, now);
  }

  /** A telephone-event: each once over its repetitions, told when its key is up (RFC 4733 §2.5.1). */
  #pressed(s: Stream, b: Uint8Array, start: number, end: number, timestamp: number): number {
    if (s.eventTime !== timestamp || s.digits === 0) {
      s.eventTime = timestamp;
      s.eventTold = false;
      s.digits++;
    }
    // Encrypted payloads have the header in clear, so that events can be counted but not read.
    if (s.encryption !== 0 || s.eventTold || !readTelephoneEvent(b, start, end, this.dtmf) || !this.dtmf.ended) return 0;
    s.eventTold = true;
    return DIGIT;
  }

  /** A stream that was said to have ended goes on after all. */
  #resume(slot: number, s: Stream, now: number): void {
    s.ended = false;
    s.counted = false;
    this.totals.count(s, -1);
    this.#idle.push(slot, this.streams.generation(slot), now + IDLE);
  }

  /** It began when somebody else had answered, after those who talked before were gone: what he says is not late. */
  #isAnother({ call, callGeneration, first }: Stream, now: number): boolean {
    if (call < 0 || !this.#calls.table.alive(call, callGeneration, now)) return false;
    const { again } = this.#calls.table.at(call);
    return again > 0 && first >= again;
  }

  /** The time has come that a stream was watched for. */
  #watched(slot: number, s: Stream, time: number, now: number): number {
    if (s.watchKind === CHALLENGED || s.watchKind === INTRUDES) {
      this.intruder = s.watchKind === INTRUDES ? slot : s.other;
      this.rival = s.watchKind === INTRUDES ? s.other : slot;
      s.watchKind = NO_WATCH;
      s.watch = Number.POSITIVE_INFINITY;
      return this.streams.alive(s.other, s.otherGeneration, now) ? INTRUDED : 0;
    }
    if (s.watchKind === AFTER_END && this.#isAnother(s, now)) {
      s.watchKind = NO_WATCH;
      s.watch = Number.POSITIVE_INFINITY;
      return 0;
    }
    this.lateKind = s.watchKind;
    this.lateBy = time - s.watchFrom;
    // Told again when it has gone on four times as long.
    s.watch = s.watchFrom + 4 * this.lateBy;
    return LATE;
  }
}

function isSameCall(a: Promised, b: Promised): boolean {
  return a.call === b.call && a.callGeneration === b.callGeneration;
}

/** Counts the streams that an endpoint gets within a second: a flood may have another SSRC in each packet. */
function newcomer(p: Promised, time: number): number {
  if (time - p.second >= TOGETHER) {
    p.second = time;
    p.newcomers = 1;
    return 0;
  }
  return ++p.newcomers % SWARM === 0 ? FLOODED : 0;
}

/**
 * Counts the packets to an endpoint that follow from no packet before: the first of a stream, one that jumps. One sender makes one now
 * and then; two that share a name, or one who writes numbers at random, make one with nearly each packet.
 */
function disordered(p: Promised, time: number): number {
  if (time - p.disorderSecond >= TOGETHER) {
    p.disorderSecond = time;
    p.disorder = 1;
    return 0;
  }
  return ++p.disorder % MUDDLE === 0 ? DISORDERED : 0;
}

/** From `time` and a little on, packets of this stream are worth a look. */
function watch(s: Stream, kind: number, time: number): void {
  s.watchKind = kind;
  s.watchFrom = time;
  s.watch = time + GRACE;
}
