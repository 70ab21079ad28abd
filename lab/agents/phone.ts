/** A phone: one account at one address, as a client of some maker. */
import type { Random } from '../random.ts';
import type { Account, Segment } from '../scenario.ts';
import { Agent, type Ground } from './agent.ts';
import { beCalled, type Policy } from './answering.ts';
import { Conversation } from './conversation.ts';
import { Dialog } from './dialog.ts';
import type { Peer, ServerTransaction, Witness } from './endpoint.ts';
import { Leg, type LiveCall } from './leg.ts';
import { type Draft, type Field, headerOf } from './message.ts';
import type { CallPlan } from './plan.ts';
import { type Played, play } from './play.ts';
import type { Shape } from './shape.ts';
import { Stretch } from './stretch.ts';

/** How a phone is made. */
export interface PhoneSetup {
  readonly lab: Ground;
  readonly segment: Segment;
  readonly account: Account;
  readonly shape: Shape;
  /** Absent: a fork of the lab's, by the account's name. */
  readonly random?: Random;
  /** Absent: a fresh address of the segment, and the port that its maker uses. */
  readonly address?: string;
  readonly port?: number;
  /** Absent: the site's proxy. */
  readonly proxy?: Peer;
  readonly displayName?: string;
  /** A SIP application gateway on the way: it writes this address for the phone's own in Via, Contact and SDP. */
  readonly gateway?: Peer;
  readonly policy?: Policy;
  /** Told of each payload that the phone sends. */
  readonly witness?: Witness;
}

/** How to register. */
export interface RegisterOptions {
  /** Seconds; absent: the maker's. */
  readonly expires?: number;
  readonly password?: string;
  /** Contact value instead of the phone's own, e.g. `*` (with `expires` 0) or another device's `<sip:...>`. */
  readonly contact?: string;
  /** Simulated time (microseconds since 1970) at which it takes place. */
  readonly at?: number;
}

/** Calls that a phone takes at a time, of those that nobody planned; it is busy to more. */
const LINES = 4;

/** A phone. Make it with `open`. */
export class Phone {
  readonly account: Account;
  readonly shape: Shape;
  readonly agent: Agent;
  /** What it does with calls that nobody planned. */
  policy: Policy;
  readonly #lab: Ground;
  #registration: Dialog;
  #probes: Dialog | undefined;
  /** Of what keeps its Call-ID: registrations, probes. */
  readonly #stretches = new Map<string, Stretch>();

  private constructor(setup: PhoneSetup, agent: Agent) {
    this.account = setup.account;
    this.shape = setup.shape;
    this.policy = setup.policy ?? { answer: () => (this.live.size > LINES ? { kind: 'busy', after: 0 } : { kind: 'answer', after: 3 }) };
    this.agent = agent;
    this.#lab = setup.lab;
    this.#registration = this.#registrar();
    agent.onNew = (transaction) => this.#asked(transaction);
    agent.onMoved = async (at) => {
      this.#registration = this.#registrar();
      await this.register(at === undefined ? {} : { at });
    };
  }

  /** Opens its socket. @throws Error if the port is taken. */
  static async open(setup: PhoneSetup): Promise<Phone> {
    const { lab, account } = setup;
    const { user, domain, password } = account;
    const random = setup.random ?? lab.random.fork(`phone ${user} ${setup.address ?? ''}`);
    const agent = await Agent.open({ ...setup, random, user, domain, password, proxy: setup.proxy ?? lab.site.proxy });
    return new Phone(setup, agent);
  }

  get address(): string {
    return this.agent.endpoint.address;
  }

  get port(): number {
    return this.agent.endpoint.port;
  }

  /** Calls that it takes part in, by Call-ID: what somebody in the path knows of them. */
  get live(): ReadonlyMap<string, LiveCall> {
    const found = new Map<string, LiveCall>();
    for (const session of this.agent.sessions.values()) if (session instanceof Leg) found.set(session.callId, session);
    return found;
  }

  /**
   * Registers: without credentials first, so that each registration has its 401. The final status; 408 if none came. Call-ID and
   * CSeq go on from registration to registration until `reboot`.
   */
  async register({ expires = this.shape.expires, password, contact, at }: RegisterOptions = {}): Promise<number> {
    const { agent, shape } = this;
    const dialog = this.#registration;
    this.#unit(dialog, at);
    const inContact = shape.expiresIn !== 'header' && contact === undefined ? `;expires=${expires}` : '';
    const header: Field[] = shape.expiresIn !== 'contact' || contact !== undefined ? [['Expires', String(expires)]] : [];
    const value = contact ?? `<${agent.contactUri}>${shape.contactParams}${inContact}`;
    const make = (credentials: readonly Field[]): Draft =>
      dialog.draft('REGISTER', [['Contact', value], ...header, ...credentials, ...agent.abilities()]);
    const final = await agent.transact(make, agent.setup.proxy, { password });
    return final?.status ?? 408;
  }

  /** Removes its binding. */
  unregister(at?: number): Promise<number> {
    return this.register({ expires: 0, ...(at === undefined ? {} : { at }) });
  }

  /** After a power cycle: a new Call-ID; some makers remove all bindings of the account first (`Contact: *`). */
  async reboot(options: RegisterOptions & { readonly clears?: boolean } = {}): Promise<number> {
    this.#stretches.delete(this.#registration.callId);
    this.#registration = this.#registrar();
    const { clears, at, ...rest } = options;
    const when = at === undefined ? {} : { at };
    if (!clears) return this.register({ ...rest, ...when });
    await this.register({ ...rest, ...when, expires: 0, contact: '*' });
    return this.register(rest);
  }

  /** Calls a user of the domain, a number or a URI; the call is played as planned. */
  call(to: string, plan: CallPlan): Promise<Played> {
    const uri = to.includes(':') ? to : `sip:${to}@${this.account.domain}`;
    const leg = new Leg('caller', Dialog.towards(this.agent, uri));
    return play(new Conversation(this.#lab, plan, leg));
  }

  /** Asks the proxy whether it is there (OPTIONS); the status, 408 if nobody answered. */
  async options(at?: number): Promise<number> {
    const { domain } = this.account;
    this.#probes ??= Dialog.towards(this.agent, `sip:${domain}`);
    const dialog = this.shape.probesShareCallId ? this.#probes : Dialog.towards(this.agent, `sip:${domain}`);
    this.#unit(dialog, at);
    return this.#ask(dialog, 'OPTIONS', [dialog.contact, ['Accept', 'application/sdp']]);
  }

  /** Keeps a NAT's binding alive with two line ends (RFC 5626 §3.5.1), which belong to no Call-ID. */
  keepAlive(): void {
    this.agent.endpoint.sendPayload(Buffer.from('\r\n\r\n'), this.agent.setup.proxy);
  }

  /** Sends a text (RFC 3428). */
  message(to: string, text: string, at?: number): Promise<number> {
    const dialog = Dialog.towards(this.agent, `sip:${to}@${this.account.domain}`);
    this.#unit(dialog, at);
    return this.#ask(dialog, 'MESSAGE', [['Content-Type', 'text/plain']], text);
  }

  /** Subscribes to an event package of a user, e.g. `message-summary` of its own; notifications are answered. */
  async subscribe(event: string, to = this.account.user, at?: number): Promise<number> {
    const dialog = Dialog.towards(this.agent, `sip:${to}@${this.account.domain}`);
    this.#unit(dialog, at);
    return this.#ask(dialog, 'SUBSCRIBE', [dialog.contact, ['Event', event], ['Expires', String(this.shape.expires)]]);
  }

  async #ask(dialog: Dialog, method: string, more: readonly Field[], body = ''): Promise<number> {
    return (await dialog.ask(method, more, body))?.status ?? 408;
  }

  /** Goes to another network: new address, new registration (the old binding stays until it expires), calls go on from there. */
  async move(segment: Segment): Promise<void> {
    const legs = [...this.agent.sessions.values()].filter((session) => session instanceof Leg);
    await this.agent.moveTo(segment);
    await this.agent.onMoved();
    for (const leg of legs) await leg.move();
  }

  /** Leaves at once: sockets and timers end, calls as well. */
  close(): void {
    this.agent.close();
  }

  #unit({ callId }: Dialog, at: number | undefined): void {
    if (at === undefined) return;
    const stretch = this.#stretches.get(callId) ?? new Stretch(this.#lab);
    if (callId === this.#registration.callId || callId === this.#probes?.callId) this.#stretches.set(callId, stretch);
    stretch.to(at, [callId]);
  }

  #registrar(): Dialog {
    const { agent } = this;
    const dialog = Dialog.towards(agent, agent.aor);
    dialog.remote.contact = `sip:${this.account.domain}`;
    return dialog;
  }

  #asked(transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (method === 'INVITE') void beCalled(this.agent, transaction, this.policy);
    else if (method === 'OPTIONS') this.agent.answer(transaction, 200, [...this.agent.abilities(), ['Accept', 'application/sdp']]);
    else if (method === 'NOTIFY') this.agent.answer(transaction, 200);
    else if (method === 'SUBSCRIBE') void this.#subscribed(transaction);
    else this.agent.refuse(transaction, method === 'MESSAGE' ? 200 : 405);
  }

  /** Another phone watches this one: its state is told once (RFC 6665 §4.2.1.2). */
  async #subscribed(transaction: ServerTransaction): Promise<void> {
    const { request } = transaction;
    const dialog = Dialog.from(this.agent, transaction);
    const expires = headerOf(request, 'expires') || '300';
    this.agent.answer(transaction, 200, [dialog.contact, ['Expires', expires]], '', dialog.local.tag);
    const state: Field = ['Subscription-State', `active;expires=${expires}`];
    await dialog.ask('NOTIFY', [['Event', headerOf(request, 'event')], state, dialog.contact]);
  }
}
