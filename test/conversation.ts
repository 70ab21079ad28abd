/** A tracker that listens to a conversation, for tests. */
import assert from 'node:assert/strict';
import { createMessage, parseSip } from '../src/decode/sip.ts';
import type { LoneChallenge } from '../src/track/loads/loneanswers.ts';
import type { Observation } from '../src/track/observation.ts';
import { type Capacities, Tracker } from '../src/track/tracker.ts';
import { type Place, packetOf } from './talk.ts';

/** Room for everything a test does. */
export const ROOMY: Capacities = {
  transactions: 4096,
  nonces: 4096,
  attempts: 4096,
  peers: 4096,
  relations: 4096,
  registrations: 4096,
  calls: 4096,
  promises: 64,
  streams: 64,
  dialogs: 4096,
  legs: 64,
  loads: 256,
};

/** A tracker that watches loads, and its clock: each message comes a millisecond after the last. */
export class Conversation {
  readonly message = createMessage();
  readonly tracker = new Tracker(ROOMY, { k0: 5, k1: 6 }, this.message, { calls: false, silence: false, loads: true });
  /** Challenges in lone answers that nothing followed: `user@host`. */
  readonly lone: string[] = [];
  now = 1_700_000_005_000_000;
  #n = 0;

  send(text: string, src: Place, dst: Place, transport: 'udp' | 'tcp' = 'udp'): Observation {
    this.now += 1000;
    this.#lapse();
    const packet = { ...packetOf(text, this.now, src, dst, ++this.#n), transport };
    assert.ok(parseSip(this.message, packet.bytes, 0, packet.end), 'the test speaks SIP');
    return this.tracker.observe(packet, this.message, this.now);
  }

  wait(seconds: number): void {
    this.now += seconds * 1e6;
    this.#lapse();
  }

  /** The input ends some seconds later. */
  finish(seconds: number): void {
    this.now += seconds * 1e6;
    this.tracker.finish(this.now, this.#lapses);
  }

  #lapse(): void {
    if (this.tracker.isDue(this.now)) this.tracker.lapse(this.now, this.#lapses);
  }

  readonly #lapses = {
    unanswered: () => undefined,
    abandoned: () => undefined,
    contacted: () => undefined,
    dialog: () => undefined,
    forged: () => undefined,
    stray: () => undefined,
    media: () => undefined,
    lone: ({ user, host }: LoneChallenge) => void this.lone.push(`${user}@${host}`),
  };
}
