/** Calls between phones of the background, made to be attacked, and what somebody in their path sees of them. */

import { Dialog } from '../../agents/dialog.ts';
import { Leg, type LiveCall } from '../../agents/leg.ts';
import { headerOf, type Message, readMessage, userOf } from '../../agents/message.ts';
import type { Phone } from '../../agents/phone.ts';
import type { Answer } from '../../agents/plan.ts';
import type { Lab } from '../../scenario.ts';
import { other, type SideName, type Stolen, sideOf } from './stolen.ts';

/** How the calls are to be. */
export interface Wanted {
  /** Seconds of talk until the caller hangs up. */
  readonly talk: number;
  readonly answer?: Answer;
  /** What is waited for; `talking` if absent. */
  readonly until?: 'ringing' | 'talking';
}

/** A call to be attacked. */
export class Victim {
  readonly callId: string;
  readonly caller: Phone;
  readonly called: Phone;
  /** Settles when it is over as the caller sees it; with its status. */
  readonly over: Promise<number>;
  readonly #tap: Tap;
  /** Finds the called side's Call-ID, if a B2BUA is between. */
  readonly #far: (() => string | undefined) | undefined;
  #farId: string | undefined;

  constructor(caller: Phone, called: Phone, leg: Leg, over: Promise<number>, tap: Tap, far: (() => string | undefined) | undefined) {
    this.caller = caller;
    this.called = called;
    this.callId = leg.callId;
    this.over = over;
    this.#tap = tap;
    this.#far = far;
  }

  /** Call-ID of this side's dialog; empty while the call has not reached it. */
  callIdOf(side: SideName): string {
    if (side === 'caller' || this.#far === undefined) return this.callId;
    this.#farId ??= this.#far();
    return this.#farId ?? '';
  }

  /** Status of the latest answer of the called side to its INVITE. */
  get answered(): number | undefined {
    return this.#tap.answers.get(this.callIdOf('called'))?.status;
  }

  #live(side: SideName): LiveCall | undefined {
    return this[side].live.get(this.callIdOf(side));
  }

  /** Whether this side is in the call. */
  talks(side: SideName): boolean {
    return this.#live(side)?.state === 'talking';
  }

  /** Whether this side has heard of the call and is in it, ringing or talking. */
  knows(side: SideName): boolean {
    return this.#live(side) !== undefined;
  }

  /** The end of the call itself, for what an attacker cannot see: whom its media go to. */
  leg(side: SideName): Leg | undefined {
    const live = this.#live(side);
    return live instanceof Leg ? live : undefined;
  }

  /** What the path shows now. @throws Error if one end is no longer in the call. */
  stolen(): Stolen {
    const [caller, called] = [this.#live('caller'), this.#live('called')];
    if (caller === undefined || called === undefined) throw new Error('the call is over');
    const { invites, answers } = this.#tap;
    return {
      callId: this.callId,
      caller: sideOf(caller),
      called: sideOf(called),
      invite: invites.get(this.callId),
      ringing: answers.get(called.callId),
    };
  }
}

/** An ear on the lines of phones: the latest INVITE and the latest answer to INVITE of each call. */
class Tap {
  readonly invites = new Map<string, Message>();
  readonly answers = new Map<string, Message>();

  listen(phone: Phone): void {
    const before = phone.agent.endpoint.witness;
    phone.agent.endpoint.witness = (payload, src, dst, callId) => {
      before?.(payload, src, dst, callId);
      const message = readMessage(payload);
      if (message?.method !== 'INVITE') return;
      const kept = message.status === 0 ? this.invites : this.answers;
      kept.set(headerOf(message, 'call-id'), message);
    };
  }
}

/**
 * Makes calls between phones, each phone in one of them as long as there are enough, and waits until they talk (or ring).
 * Gives those that came about. Phones behind the NAT take no part: nobody outside can reach them.
 */
export async function victims(lab: Lab, count: number, wanted: Wanted): Promise<Victim[]> {
  const reachable = lab.random.shuffle(lab.phones.filter(({ agent }) => agent.segment.name !== 'home'));
  const tap = new Tap();
  for (const phone of reachable) tap.listen(phone);
  const pairs = pairUp(reachable);
  const calls = Array.from({ length: count }, async (_, i) => {
    await lab.sleep(i * 40 + lab.random.integer(0, 30));
    const pair = pairs[i % pairs.length];
    return pair === undefined ? undefined : await connect(lab, pair, wanted, tap);
  });
  return (await Promise.all(calls)).filter((victim) => victim !== undefined);
}

/** Pairs of phones in different segments, whose media cross the router; each phone is in one. */
function pairUp(phones: readonly Phone[]): [Phone, Phone][] {
  const left = [...phones];
  const pairs: [Phone, Phone][] = [];
  for (let first = left.shift(); first !== undefined; first = left.shift()) {
    const { name } = first.agent.segment;
    const at = left.findIndex(({ agent }) => agent.segment.name !== name);
    const second = at < 0 ? undefined : left.splice(at, 1)[0];
    if (second !== undefined) pairs.push([first, second]);
  }
  return pairs;
}

/**
 * Makes one call. Each end knows only what reaches it (a call by plan knows both ends, and ends when one of them does): the called
 * phone follows its policy, the caller hangs up when he has talked enough.
 */
async function connect(lab: Lab, [caller, called]: readonly [Phone, Phone], wanted: Wanted, tap: Tap): Promise<Victim | undefined> {
  const { answer = { kind: 'answer', after: 0.3 }, until = 'talking' } = wanted;
  called.policy = { answer: () => answer };
  const leg = new Leg('caller', Dialog.towards(caller.agent, `sip:${called.account.user}@${called.account.domain}`));
  const bridged = lab.site.kind === 'b2bua' || lab.site.kind === 'asterisk';
  const victim = new Victim(caller, called, leg, talk(lab, leg, wanted.talk), tap, bridged ? newcomer(called, caller) : undefined);
  for (let waited = 0; waited < 10_000; waited += 10) {
    if (until === 'ringing' && victim.answered === 180) return victim;
    if (until === 'talking' && victim.talks('caller') && victim.talks('called')) return victim;
    await lab.sleep(10);
  }
  return undefined;
}

/** Finds the Call-ID under which a call of this caller, made from now on, reaches the called phone. */
function newcomer(called: Phone, caller: Phone): () => string | undefined {
  const before = new Set(called.live.keys());
  const fits = ({ callId, role, dialog }: LiveCall): boolean =>
    role === 'called' && !before.has(callId) && userOf(dialog.remote.uri) === caller.account.user;
  return () => [...called.live.values()].find(fits)?.callId;
}

/** The call as its caller lives it, with its record at the end. */
async function talk(lab: Lab, leg: Leg, seconds: number): Promise<number> {
  const start = lab.now();
  const status = await leg.invite();
  const answered = lab.now();
  if (status === 200) {
    leg.speak();
    if (await leg.wait(seconds * 1_000)) await leg.bye();
  }
  const { local, remote } = leg.dialog;
  const times = status === 200 ? { start, answer: answered, end: lab.now() } : { start, end: answered };
  lab.call({ callId: leg.callId, from: local.uri, to: remote.uri, ...times, status, media: status === 200 ? 'full' : 'none' });
  return status;
}

/** Waits until all calls are over, at most so many milliseconds. */
export async function finished(lab: Lab, calls: readonly Victim[], ms: number): Promise<void> {
  await Promise.race([Promise.all(calls.map(({ over }) => over)), lab.sleep(ms)]);
}

/** For each side, whether it is still in the call: e.g. `caller` alone after a BYE that only the called side got. */
export function left(victim: Victim, side: SideName): boolean {
  return !victim.talks(side) && victim.talks(other(side));
}
