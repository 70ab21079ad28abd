/** A telephone that takes calls, made of an actor: rings, answers, talks to wherever the latest description says, and hangs up when told. */
import { headerOf, type Message } from '../../agents/message.ts';
import type { Account, Lab, SegmentName } from '../../scenario.ts';
import { Actor, type At, type Endpoint, type Outlet } from './actor.ts';
import { enrol, mediaOf } from './dial.ts';
import { Voice } from './voice.ts';

/** How it behaves. */
export interface Manners extends At {
  /** Milliseconds of ringing; below zero: it never answers. */
  readonly rings: number;
  /** Longest time that it talks, in milliseconds; 0: it keeps silent. */
  readonly talks: number;
  /** Whether it registers the account first; true if absent. Its own address can always be called. */
  readonly enrols?: boolean;
  /** Lines of its own in its session descriptions. */
  readonly lines?: readonly string[];
  /** Transport that they name; `RTP/AVP` if absent. */
  readonly profile?: string;
}

/** A call as this telephone has it. */
interface Leg {
  readonly tag: string;
  readonly voice: Voice;
  readonly invite: Message;
  readonly from: Endpoint;
  over: boolean;
  answered: boolean;
}

/** Telephones of one kind of scenario, each with an account. */
export class Answerer {
  readonly actor: Actor;
  readonly account: Account;
  /** Session descriptions that were offered to it, the latest last. */
  readonly offers: string[] = [];
  /** Calls it has answered. */
  answered = 0;
  readonly #lab: Lab;
  readonly #outlet: Outlet;
  readonly #manners: Manners;
  readonly #legs = new Map<string, Leg>();

  private constructor(lab: Lab, outlet: Outlet, actor: Actor, account: Account, manners: Manners) {
    this.#lab = lab;
    this.#outlet = outlet;
    this.#manners = manners;
    this.actor = actor;
    this.account = account;
    actor.heard = (request, from) => {
      this.#take(request, from).catch(() => {});
    };
  }

  /** Opens one and, unless its manners say otherwise, registers it; throws if the registrar does not want it. */
  static async open(lab: Lab, outlet: Outlet, segment: SegmentName, account: Account, manners: Manners): Promise<Answerer> {
    const actor = await Actor.open(lab, outlet, segment, manners);
    const answerer = new Answerer(lab, outlet, actor, account, manners);
    const status = manners.enrols === false ? 200 : await enrol(actor, lab, account, 3_600);
    if (status !== 200) throw new Error(`${account.user} could not register: ${status}`);
    return answerer;
  }

  /** Whether it holds this call. */
  holds(callId: string): boolean {
    const leg = this.#legs.get(callId);
    return leg?.answered === true && !leg.over;
  }

  /** Where it takes the media of this call. */
  voiceOf(callId: string): Voice | undefined {
    return this.#legs.get(callId)?.voice;
  }

  /** Ends all calls silently. */
  close(): void {
    for (const leg of this.#legs.values()) {
      leg.over = true;
      leg.voice.close();
    }
    this.actor.close();
  }

  async #take(request: Message, from: Endpoint): Promise<void> {
    const callId = headerOf(request, 'call-id');
    const leg = this.#legs.get(callId);
    if (request.method === 'INVITE' && leg === undefined) return await this.#ring(request, from, callId);
    if (leg === undefined || request.method === 'ACK') return;
    if (request.method === 'INVITE' || request.method === 'UPDATE') return this.#renew(leg, request, from);
    if (request.method === 'BYE') {
      leg.over = true;
      this.actor.answer(request, from, 200, leg.tag);
    } else if (request.method === 'CANCEL') this.#cancelled(leg, request, from);
    else this.actor.answer(request, from, 200, leg.tag);
  }

  async #ring(invite: Message, from: Endpoint, callId: string): Promise<void> {
    const voice = await Voice.open(this.#lab, this.actor.segment, this.actor.address);
    const leg: Leg = { tag: this.actor.tag(), voice, invite, from, over: false, answered: false };
    if (this.#legs.has(callId)) return voice.close(); // a repetition came meanwhile
    this.#legs.set(callId, leg);
    this.offers.push(invite.body);
    this.actor.answer(invite, from, 180, leg.tag, [['Contact', this.actor.contact(this.account.user)]]);
    if (this.#manners.rings < 0) return;
    await this.#lab.sleep(this.#manners.rings);
    if (leg.over) return;
    leg.answered = true;
    this.answered++;
    leg.voice.target = mediaOf(invite.body);
    this.#accept(leg, invite, from);
    if (this.#manners.talks > 0) await leg.voice.talk(this.#lab, this.#outlet, callId, this.#manners.talks, () => leg.over);
  }

  #renew(leg: Leg, request: Message, from: Endpoint): void {
    if (!leg.answered) {
      this.actor.answer(request, from, 180, leg.tag);
      return;
    }
    leg.voice.target = mediaOf(request.body) ?? leg.voice.target;
    if (leg.over) this.actor.answer(request, from, 481, leg.tag);
    else this.#accept(leg, request, from);
  }

  #accept(leg: Leg, request: Message, from: Endpoint): void {
    const body = leg.voice.description(this.#lab, this.#manners.lines, this.#manners.profile);
    this.actor.answer(request, from, 200, leg.tag, [['Contact', this.actor.contact(this.account.user)]], body);
  }

  #cancelled(leg: Leg, request: Message, from: Endpoint): void {
    this.actor.answer(request, from, 200, leg.tag);
    if (leg.answered || leg.over) return;
    leg.over = true;
    this.actor.answer(leg.invite, leg.from, 487, leg.tag);
  }
}
