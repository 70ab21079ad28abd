/** A dialog (RFC 3261 §12) as one of its ends keeps it. */
import type { Agent } from './agent.ts';
import type { Endpoint, Peer, ServerTransaction } from './endpoint.ts';
import { cseqOf, type Draft, type Field, headerOf, headersOf, hostOf, type Message, parameterOf, uriOf } from './message.ts';

/** One of the two parties of a dialog. */
export interface Party {
  readonly uri: string;
  tag: string;
  /** The whole From or To value. */
  value: string;
  /** Of the last request that this party sent; 0: none yet. */
  cseq: number;
  /** URI of its Contact; empty while unknown. */
  contact: string;
}

/** State of a dialog, and its requests. */
export class Dialog {
  readonly agent: Agent;
  readonly callId: string;
  readonly local: Party;
  readonly remote: Party;
  /** Route values of this side's requests. */
  routes: string[] = [];
  endpoint: Endpoint;

  constructor(agent: Agent, callId: string, local: Party, remote: Party) {
    this.agent = agent;
    this.callId = callId;
    this.local = local;
    this.remote = remote;
    this.endpoint = agent.endpoint;
  }

  /** A dialog that this agent is about to open towards a URI. */
  static towards(agent: Agent, uri: string, from: { uri: string; name: string | undefined } = ownName(agent)): Dialog {
    const tag = agent.shape.tag(agent.random);
    const callId = agent.shape.callId(agent.random, agent.endpoint.address);
    const value = agent.party(from.uri, tag, from.name);
    const local: Party = { uri: from.uri, tag, value, cseq: Number(agent.shape.firstCseq(agent.random)) - 1, contact: agent.contactUri };
    return new Dialog(agent, callId, local, { uri, tag: '', value: agent.party(uri, '', undefined), cseq: 0, contact: uri });
  }

  /** The dialog that a request opens. */
  static from(agent: Agent, { request }: ServerTransaction): Dialog {
    const [to, from] = [headerOf(request, 'to'), headerOf(request, 'from')];
    const tag = agent.shape.tag(agent.random);
    const cseq = Number(agent.shape.firstCseq(agent.random)) - 1;
    const local: Party = { uri: uriOf(to), tag, value: `${to};tag=${tag}`, cseq, contact: agent.contactUri };
    const remote: Party = { uri: uriOf(from), tag: parameterOf(from, 'tag') ?? '', value: from, cseq: cseqOf(request), contact: '' };
    const dialog = new Dialog(agent, headerOf(request, 'call-id'), local, remote);
    dialog.routes = headersOf(request, 'record-route');
    dialog.meet(request);
    return dialog;
  }

  /** Takes over what a message of the other side says: its Contact, in an answer its tag and the route. */
  meet(message: Message): void {
    const contact = headerOf(message, 'contact');
    if (contact !== '' && contact !== '*') this.remote.contact = uriOf(contact);
    if (message.status === 0) {
      this.remote.cseq = Math.max(this.remote.cseq, cseqOf(message));
      return;
    }
    const to = headerOf(message, 'to');
    this.remote.value = to;
    this.remote.tag = parameterOf(to, 'tag') ?? '';
    if (this.routes.length === 0) this.routes = headersOf(message, 'record-route').reverse();
  }

  /** Starts anew towards another target (a 3xx was obeyed): same Call-ID, no route, no tag yet. */
  redirect(uri: string): void {
    this.remote.contact = uri;
    this.remote.value = this.agent.party(this.remote.uri, '', undefined);
    this.remote.tag = '';
    this.routes = [];
  }

  /** Where requests go to: the first route, else the other side; what is no IPv4 address goes to the proxy. */
  get nextHop(): Peer {
    if (this.remote.tag === '') return this.agent.setup.proxy;
    const first = this.routes[0];
    const hop = hostOf(first === undefined ? this.remote.contact : uriOf(first));
    return /^[\d.]+$/.test(hop.address) ? hop : this.agent.setup.proxy;
  }

  /** The next request of this side. */
  draft(method: string, more: readonly Field[] = [], body = ''): Draft {
    this.local.cseq++;
    return this.#draft(method, this.local.cseq, more, body);
  }

  /** The ACK of a 2xx to the INVITE of this number. */
  ack(cseq: number): Draft {
    return this.#draft('ACK', cseq, [], '');
  }

  #draft(method: string, cseq: number, more: readonly Field[], body: string): Draft {
    const { callId, routes } = this;
    const [from, to] = [this.local.value, this.remote.value];
    return this.agent.draft({ method, uri: this.remote.contact, from, to, callId, cseq, routes, more, body }, this.endpoint);
  }

  /** Sends a request of this method and waits for its final answer; undefined if none came. */
  ask(method: string, more: readonly Field[] = [], body = ''): Promise<Message | undefined> {
    const make = (credentials: readonly Field[]): Draft => this.draft(method, [...more, ...credentials], body);
    return this.agent.transact(make, this.nextHop, { endpoint: this.endpoint });
  }

  /** Contact field of this side. */
  get contact(): Field {
    return ['Contact', `<${this.local.contact}>`];
  }
}

function ownName(agent: Agent): { uri: string; name: string | undefined } {
  return { uri: agent.aor, name: agent.setup.displayName };
}
