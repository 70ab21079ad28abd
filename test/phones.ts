/** Two telephones that talk about a call, for tests of dialogs: what they say goes through a tracker, message by message. */
import { createMessage, parseSip } from '../src/decode/sip.ts';
import type { DialogState } from '../src/track/calls/dialogstate.ts';
import { VIOLATION_NAMES } from '../src/track/calls/violations.ts';
import type { Observation } from '../src/track/observation.ts';
import { type Capacities, type Lapses, Tracker } from '../src/track/tracker.ts';
import type { Call } from '../src/types.ts';
import { type Place, packetOf, request, response, type Wording } from './talk.ts';

/** Endpoint of the caller. */
export const ALICE = '192.0.2.9:5060';
/** Endpoint of the called. */
export const BOB = '198.51.100.1:5060';
/** Endpoint of someone who has no part in it. */
export const MALLORY = '203.0.113.66:5060';

const SMALL = 64;
const CAPACITIES: Capacities = {
  transactions: 1024,
  nonces: SMALL,
  attempts: SMALL,
  peers: SMALL,
  relations: SMALL,
  registrations: SMALL,
  calls: SMALL,
  dialogs: SMALL,
  legs: SMALL,
  promises: SMALL,
  streams: SMALL,
  loads: SMALL,
};

const CHANGES = ['started', 'confirmed', 'ended', 'unacknowledged'] as const;

/** A conversation and what track makes of it. */
export class Phones {
  readonly message = createMessage();
  readonly tracker: Tracker;
  /** What happened to dialogs, in order; lapses begin with `~`. */
  readonly happened: string[] = [];
  /** Codes of the evidence that time brought against messages from new places. */
  readonly forged: number[] = [];
  /** Slots of requests for calls that nobody knows, which nobody answered. */
  readonly strays: number[] = [];
  now = 1_000_000_000;
  #branch = 0;
  readonly #lapses: Lapses = {
    unanswered: () => {},
    abandoned: () => {},
    contacted: () => {},
    forged: (_, evidence) => this.forged.push(evidence),
    lone: () => {},
    stray: (slot) => this.strays.push(slot),
    media: () => {},
    dialog: (kind) => this.happened.push(`~${CHANGES[kind]!}`),
  };

  constructor(change: Partial<Capacities> = {}, wanted = true) {
    this.tracker = new Tracker({ ...CAPACITIES, ...change }, { k0: 1, k1: 2 }, this.message, { calls: wanted, silence: false });
  }

  /** Sends any text 10 ms after the last one. */
  send(text: string, src: Place, dst: Place): Observation {
    this.wait(0.01);
    const packet = packetOf(text, this.now, src, dst);
    if (!parseSip(this.message, packet.bytes, 0, packet.end)) throw new Error('not SIP');
    const o = this.tracker.observe(packet, this.message, this.now);
    const { changes, changed } = this.tracker.dialogs;
    for (let i = 0; i < changed; i++) this.happened.push(CHANGES[changes[i]!.kind]!);
    return o;
  }

  /** A request of the caller; a branch of its own unless one is given. */
  ask(method: string, w: Wording = {}, src: Place = ALICE, dst: Place = BOB): Observation {
    return this.send(request(method, { branch: `z9hG4bK-${++this.#branch}`, ...w }), src, dst);
  }

  /** A request of the called inside the dialog. */
  askBack(method: string, w: Wording = {}, src: Place = BOB, dst: Place = ALICE): Observation {
    return this.ask(method, { fromTag: 't1', toTag: 'f1', ...w }, src, dst);
  }

  /** An answer to the latest request, unless another branch is given; it goes from the called to the caller. */
  reply(status: number, method: string, w: Wording = {}, src: Place = BOB, dst: Place = ALICE): Observation {
    return this.send(response(status, method, { branch: `z9hG4bK-${this.#branch}`, ...w }), src, dst);
  }

  /** Branch of the latest request. */
  get branch(): string {
    return `z9hG4bK-${this.#branch}`;
  }

  /** A call from the first INVITE to the ACK. */
  establish(w: Wording = {}): Observation {
    this.ask('INVITE', w);
    this.reply(180, 'INVITE', w);
    this.reply(200, 'INVITE', w);
    return this.ask('ACK', { toTag: 't1', ...w });
  }

  wait(seconds: number): void {
    this.now += seconds * 1e6;
    if (this.tracker.isDue(this.now)) this.tracker.lapse(this.now, this.#lapses);
  }

  /** The input ends: all calls there were. */
  finish(): Call[] {
    this.tracker.finish(this.now, this.#lapses);
    return [...this.tracker.calls.over];
  }

  /** All calls, told at the end of the input. */
  calls(): Call[] {
    this.tracker.calls.finish();
    return [...this.tracker.calls.over];
  }

  /** All dialogs that are remembered. */
  dialogs(): DialogState[] {
    const all: DialogState[] = [];
    this.tracker.dialogs.table.each(this.now, (d) => all.push(d));
    return all;
  }
}

/** What is wrong with a message, and whether a party sent it: `bye-outside-dialog party`. */
export function verdict(o: Observation): string {
  return o.violation === 0 ? 'fine' : `${VIOLATION_NAMES[o.violation]!} ${o.fromParty ? 'party' : 'stranger'}`;
}
