/**
 * What signalling means for media: session descriptions promise endpoints (RFC 3264, early media included), answers and BYEs say
 * when a call is up and over, INFO brings digits.
 */

import { ACK, BYE, INVITE, type SipMessage } from '../../decode/message.ts';
import { addOddity, oddityCode } from '../../decode/oddities.ts';
import { readInfoDigit } from '../../decode/rtp/dtmf.ts';
import { type BodyPart, DTMF_BODY, DTMF_RELAY_BODY, NORTEL_BODY, SDP_BODY } from '../../decode/sdp/body.ts';
import { FIRST_RTP, LAST_RTP, type Sdp, type SdpMedia, UDPTL } from '../../decode/sdp/sdpview.ts';
import { hash, Key, type Seed } from '../../table.ts';
import type { Packet, Span } from '../../types.ts';
import type { Calls } from '../calls/calls.ts';
import type { Observation } from '../observation.ts';
import { DescribedKeys } from './keys.ts';
import type { Media } from './media.ts';
import { CANDIDATE, DESCRIBED } from './promises.ts';
import { DIGIT } from './streams.ts';

const DECREASE = oddityCode('sdp-version-decrease');
const KEY_CLEAR = oddityCode('sdp-key-clear');
const PRACK = 7;
const INFO = 11;
const UPDATE = 14;
/** Tags, origins and hops are compared by hash; a collision costs an Event. */
const NAMES: Seed = { k0: 0x736470, k1: 0x746167 };

/** Follows offers and answers. */
export class Agreements {
  readonly #media: Media;
  readonly #calls: Calls;
  readonly keys: DescribedKeys;
  readonly #key = new Key(256);

  constructor(media: Media, calls: Calls, seed: Seed) {
    this.#media = media;
    this.#calls = calls;
    this.keys = new DescribedKeys(seed);
  }

  /** Takes a message after the tracker has; `part` is what its body holds, `sdp` what it says if it is a description. */
  take(o: Observation, part: BodyPart, sdp: Sdp, now: number): number {
    const { message: m, packet } = o;
    if (!m.isRequest && m.status >= 200) this.#concluded(o, m, packet, now);
    if (part.kind === SDP_BODY) {
      if (sdp.present && negotiates(m)) this.#described(o, m, packet, sdp, now);
      return 0;
    }
    if (part.kind === 0 || o.retransmission) return 0;
    if (part.kind !== DTMF_BODY && part.kind !== DTMF_RELAY_BODY && part.kind !== NORTEL_BODY) return 0;
    const digit = m.isRequest && m.method === INFO && readInfoDigit(m.bytes, part.start, part.end, part.kind, this.#media.dtmf);
    return digit ? DIGIT : 0;
  }

  /** On each hop a description may have other keys, also where the message looks like a repetition. */
  #described(o: Observation, m: SipMessage, packet: Packet, sdp: Sdp, now: number): void {
    const hop = this.#hop(packet);
    this.#media.neighbours.learn(packet, now);
    o.rekeyed = this.keys.take(m, sdp, packet, hop, now);
    if (!o.retransmission) this.#promise(o, m, packet, sdp, hop, now);
  }

  /** A final answer: the call is up, or over. */
  #concluded(o: Observation, m: SipMessage, packet: Packet, now: number): void {
    if (m.status < 300 && (m.cseqMethod === INVITE || m.cseqMethod === UPDATE)) {
      const call = this.#callOf(o, m, now);
      if (call < 0) return;
      if (m.cseqMethod === INVITE) this.#media.ofCalls.answer(call, packet.time);
      if (o.transaction !== undefined && !o.transaction.initial) this.#accepted(call, o.transaction.ordinal, packet.time);
    } else if (m.cseqMethod === BYE && m.status < 300) {
      const call = this.#callOf(o, m, now);
      // Of several dialogs (forks) the last one ends the call.
      if (call >= 0 && this.#calls.table.at(call).ended > 0) this.#media.over(call, packet.time, now);
    }
  }

  /** Slot of the call of a message, its columns made ready; -1 if none is known. */
  #callOf(o: Observation, m: SipMessage, now: number): number {
    const t = o.transaction;
    const known = t !== undefined && t.call >= 0 && this.#calls.table.alive(t.call, t.callGeneration, now);
    const call = known ? t.call : this.#calls.find(m, now);
    if (call >= 0) this.#media.ofCalls.open(call);
    return call;
  }

  /** Each section that names where media can arrive is a promise of the side that sent the description. */
  #promise(o: Observation, m: SipMessage, packet: Packet, sdp: Sdp, hop: number, now: number): void {
    const call = this.#callOf(o, m, now);
    const asker = call < 0 ? 0 : this.#media.ofCalls.side(call, this.#number(m.bytes, m.from.tag));
    const side = m.isRequest ? asker : 1 - asker;
    const renewed = o.transaction !== undefined && !o.transaction.initial;
    if (call >= 0 && this.#decreased(m, sdp, call, side)) addOddity(m, DECREASE, sdp.origin.start, sdp.origin.end);
    for (let k = 0; k < sdp.mediaCount; k++) {
      const section = sdp.media[k]!;
      if (!carriesMedia(section)) continue;
      if (section.cryptos > 0 && packet.transport !== 'tls' && packet.transport !== 'wss')
        addOddity(m, KEY_CLEAR, section.span.start, section.span.end);
      if (this.#media.promises.usable(section)) {
        const slot = this.#media.promises.put(section, now);
        this.#fill(slot, DESCRIBED, section, k, sdp, call, side, hop, packet);
        if (renewed && call >= 0) this.#replace(slot, o, side, k, hop);
      }
      for (let c = 0; c < section.candidateCount; c++) {
        const slot = this.#media.promises.putEndpoint(section.candidates, c * 18, now);
        if (this.#media.promises.table.fresh || !this.#isOf(slot, call))
          this.#fill(slot, CANDIDATE, section, k, sdp, call, side, hop, packet);
      }
    }
  }

  #isOf(slot: number, call: number): boolean {
    const p = this.#media.promises.table.at(slot);
    return p.call === call && (call < 0 || p.callGeneration === this.#calls.table.generation(call));
  }

  #fill(
    slot: number,
    kind: number,
    section: SdpMedia,
    index: number,
    sdp: Sdp,
    call: number,
    side: number,
    hop: number,
    packet: Packet,
  ): void {
    const { promises, ofCalls } = this.#media;
    if (promises.table.fresh || !this.#isOf(slot, call)) {
      promises.begin(slot, call, call < 0 ? 0 : this.#calls.table.generation(call), packet.time);
      if (call >= 0) ofCalls.addPromise(call, slot, promises.table.generation(slot));
    }
    const p = promises.table.at(slot);
    p.side = side;
    p.kind = kind;
    p.section = index;
    p.bundle = sdp.bundle;
    p.hop = hop;
    p.told = packet.time;
    p.replaced = 0;
    p.leaving = 0;
    promises.describe(slot, section, sdp);
  }

  /**
   * A later description of a dialog takes media elsewhere: what the same side named before for that section holds no more. An offer does
   * so once it is accepted (RFC 3264 §8): until then, also while its answer is lost and sent again, media go on as before.
   */
  #replace(slot: number, { packet, message: m, transaction }: Observation, side: number, index: number, hop: number): void {
    const { promises, ofCalls } = this.#media;
    const { call } = promises.table.at(slot);
    const offer = transaction !== undefined && m.isRequest && (m.method === INVITE || m.method === UPDATE) ? transaction.ordinal : 0;
    for (let n = 0; n < ofCalls.promisesKept(call); n++) {
      const old = ofCalls.promise(call, n);
      if (old === slot || promises.table.generation(old) !== ofCalls.promiseGeneration(call, n)) continue;
      const p = promises.table.at(old);
      const same = p.kind === DESCRIBED && p.call === call && p.side === side && p.section === index && p.hop === hop;
      if (!same || p.replaced > 0) continue;
      if (offer === 0) this.#media.replaced(old, packet.time);
      else p.leaving = offer;
    }
  }

  /** An offer was accepted: what it puts others in the place of, holds no more. */
  #accepted(call: number, offer: number, time: number): void {
    const { promises, ofCalls } = this.#media;
    for (let n = 0; n < ofCalls.promisesKept(call); n++) {
      const old = ofCalls.promise(call, n);
      if (promises.table.generation(old) !== ofCalls.promiseGeneration(call, n)) continue;
      const p = promises.table.at(old);
      if (p.leaving !== offer || p.call !== call) continue;
      p.leaving = 0;
      this.#media.replaced(old, time);
    }
  }

  #decreased(m: SipMessage, sdp: Sdp, call: number, side: number): boolean {
    if (sdp.version < 0) return false;
    const key = this.#key.reset().add(m.bytes, sdp.sessionId.start, sdp.sessionId.end);
    if (sdp.originAddress.span.start >= 0) key.add(m.bytes, sdp.originAddress.span.start, sdp.originAddress.span.end);
    return this.#media.ofCalls.decreased(call, side, hash(NAMES, key), sdp.version);
  }

  #number(b: Uint8Array, span: Span): number {
    return span.start < 0 ? 0 : hash(NAMES, this.#key.reset().add(b, span.start, span.end));
  }

  /** A number for the two endpoints of a packet, whichever sent it. */
  #hop(packet: Packet): number {
    return hash(NAMES, this.#key.reset().add(packet.src, 0, 18)) ^ hash(NAMES, this.#key.reset().add(packet.dst, 0, 18));
  }
}

/** True for messages that can hold an offer or an answer (RFC 3261 §13.2.1, RFC 3262, RFC 3311, RFC 6337). */
function negotiates(m: SipMessage): boolean {
  const method = m.isRequest ? m.method : m.cseqMethod;
  if (!m.isRequest && (m.status <= 100 || m.status >= 300)) return false;
  return method === INVITE || method === UPDATE || method === PRACK || method === ACK;
}

function carriesMedia({ protocol }: SdpMedia): boolean {
  return (protocol >= FIRST_RTP && protocol <= LAST_RTP) || protocol === UDPTL;
}
