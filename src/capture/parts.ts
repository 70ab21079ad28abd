/**
 * Messages in parts: the fragments of SCTP user messages (RFC 9260 §6.9, RFC 8260 §2.2), put together by their numbers
 * whatever the order they came in. Bounded in messages, parts, bytes and time; of what stays incomplete the beginning is
 * given out at the end.
 */
import { type Key, type Seed, Table } from '../table.ts';
import type { Packet } from '../types.ts';
import { createOrigin, noteEnds, notePlace, type Origin, recall } from './origin.ts';

/** Messages in the making, their parts and bytes. */
const MAX_MESSAGES = 256;
const MAX_PARTS = 512;
const MAX_BYTES = 65_535;
/** µs a message may take from its first part seen. */
const LIFE = 30_000_000;
/** Bytes of a key: endpoints, tunnels, verification tag, flags, stream, message. */
const KEY_BYTES = 64;

/** One fragment. */
interface Part {
  /** TSN or FSN. */
  readonly number: number;
  readonly begins: boolean;
  readonly ends: boolean;
  readonly bytes: Uint8Array;
}

interface Message {
  /** In order of their numbers. */
  readonly parts: Part[];
  bytes: number;
  readonly origin: Origin;
}

/** All messages in the making of one run. */
export class Parts {
  /** The message made whole last. */
  readonly bytes: Buffer = Buffer.alloc(MAX_BYTES);
  /** Messages of which parts were not seen. */
  missing = 0;
  readonly #table: Table<Message>;
  #flushing = -1;

  constructor(seed: Seed) {
    this.#table = new Table<Message>({
      name: 'parts',
      capacity: MAX_MESSAGES,
      ttl: LIFE,
      keyBytes: KEY_BYTES,
      seed,
      make: () => ({ parts: [], bytes: 0, origin: createOrigin() }),
      reset: (message) => this.#giveUp(message),
    });
  }

  /** True if parts of that message wait. */
  knows(key: Key, time: number): boolean {
    const slot = this.#table.find(key, time);
    return slot >= 0 && this.#table.at(slot).parts.length > 0;
  }

  /** Takes a part of the message that `key` names. The length of the whole in `bytes`, or -1. */
  add(key: Key, packet: Packet, part: Part): number {
    let slot = this.#table.find(key, packet.time);
    if (slot < 0) slot = this.#table.put(key, packet.time);
    const message = this.#table.at(slot);
    const { parts } = message;
    if (parts.length === 0) noteEnds(message.origin, packet);
    notePlace(message.origin, packet);
    let at = parts.length;
    while (at > 0 && ((part.number - parts[at - 1]!.number) | 0) < 0) at--;
    if (at > 0 && parts[at - 1]!.number === part.number) return -1;
    if (parts.length === MAX_PARTS || message.bytes + part.bytes.length > MAX_BYTES) {
      this.#giveUp(message);
      return -1;
    }
    parts.splice(at, 0, { ...part, bytes: Uint8Array.from(part.bytes) });
    message.bytes += part.bytes.length;
    return this.#join(message, at);
  }

  /** The input has ended: `next` gives the beginnings of what is incomplete. */
  flush(): void {
    this.#flushing = 0;
  }

  /** Puts the next beginning into `bytes`, and where it was seen into `packet`. Its length; -1: there is none. */
  next(packet: Packet): number {
    let found: Message | undefined;
    // Also those whose time has passed.
    this.#table.each(0, (message, slot) => {
      if (found !== undefined || slot < this.#flushing || message.parts.length === 0) return;
      found = message;
      this.#flushing = slot + 1;
    });
    if (this.#flushing < 0 || found === undefined) return -1;
    recall(found.origin, packet);
    const first = found.parts.findIndex(({ begins }) => begins);
    const length = first < 0 ? 0 : this.#copy(found.parts, first, runEnd(found.parts, first));
    this.#giveUp(found);
    return length > 0 ? length : this.next(packet);
  }

  /** Looks whether the parts around `at` are a whole message. */
  #join(message: Message, at: number): number {
    const { parts } = message;
    let first = at;
    while (first > 0 && !parts[first]!.begins && parts[first - 1]!.number === ((parts[first]!.number - 1) | 0)) first--;
    if (!parts[first]!.begins) return -1;
    const end = runEnd(parts, first);
    if (end <= at || !parts[end - 1]!.ends) return -1;
    const length = this.#copy(parts, first, end);
    parts.splice(first, end - first);
    message.bytes -= length;
    return length;
  }

  #copy(parts: readonly Part[], first: number, end: number): number {
    let length = 0;
    for (let i = first; i < end; i++) {
      this.bytes.set(parts[i]!.bytes, length);
      length += parts[i]!.bytes.length;
    }
    return length;
  }

  #giveUp(message: Message): void {
    if (message.parts.length > 0) this.missing++;
    message.parts.length = 0;
    message.bytes = 0;
  }
}

/** Index behind the last part that follows on from `first`, or that ends the message. */
function runEnd(parts: readonly Part[], first: number): number {
  let end = first + 1;
  while (end < parts.length && !parts[end - 1]!.ends && parts[end]!.number === ((parts[end - 1]!.number + 1) | 0)) end++;
  return end;
}
