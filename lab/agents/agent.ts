/** What a phone and the trunk have in common: an address, an account, requests with digest authentication, sessions by Call-ID. */
import type { Random } from '../random.ts';
import type { Lab, Segment } from '../scenario.ts';
import { authorize, readChallenge } from './digest.ts';
import { Endpoint, type Peer, type ServerTransaction, type Witness } from './endpoint.ts';
import { answerTo, cseqOf, type Draft, type Field, headerOf, type Message, parameterOf } from './message.ts';
import type { Shape } from './shape.ts';

/** What agents need of the lab. */
export type Ground = Pick<Lab, 'random' | 'site' | 'now' | 'unit' | 'media' | 'segment'>;

/** How an agent is made. */
export interface AgentSetup {
  readonly lab: Ground;
  readonly segment: Segment;
  readonly shape: Shape;
  readonly random: Random;
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  /** Where it sends requests outside dialogs to. */
  readonly proxy: Peer;
  /** Own address and port; drawn (by the maker's habit) if absent. */
  readonly address?: string;
  readonly port?: number;
  readonly displayName?: string;
  /** A SIP application gateway on the way: it writes this address for the agent's own in Via, Contact and SDP. */
  readonly gateway?: Peer;
  readonly witness?: Witness;
}

/** A session that takes the messages of its Call-ID. */
export interface Session {
  readonly callId: string;
  /** Tag of this side. */
  readonly localTag: string;
  request(transaction: ServerTransaction): void;
  response(message: Message): void;
  /** The INVITE that is being answered was cancelled. */
  cancelled(): void;
  close(): void;
}

/** Parts of a request. */
export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  readonly routes?: readonly string[];
  readonly more?: readonly Field[];
  readonly body?: string;
}

/** An agent. `onNew` gets requests that belong to no session. */
export class Agent {
  readonly setup: AgentSetup;
  /** By Call-ID and own tag: a call from this agent to itself has two. */
  readonly sessions = new Map<string, Session>();
  readonly random: Random;
  readonly shape: Shape;
  readonly lab: Ground;
  onNew: (transaction: ServerTransaction) => void = (transaction) => this.refuse(transaction, 405);
  /** What is done after a move, before calls go on: a phone registers anew. */
  onMoved: (at?: number) => Promise<void> = () => Promise.resolve();
  segment: Segment;
  #endpoint: Endpoint | undefined;
  #old: Endpoint[] = [];
  readonly #contactUser: string;
  /** Sessions whose INVITE has not been answered for good, for CANCEL and for the same INVITE on another way. */
  readonly #opening = new Map<string, Session>();
  /** Challenges that were answered: how often each nonce has been used. */
  readonly #used = new Map<string, number>();

  private constructor(setup: AgentSetup) {
    this.setup = setup;
    this.random = setup.random;
    this.shape = setup.shape;
    this.lab = setup.lab;
    this.segment = setup.segment;
    this.#contactUser = setup.shape.contactUser === 'account' ? setup.user : setup.random.text(10);
  }

  static async open(setup: AgentSetup): Promise<Agent> {
    const agent = new Agent(setup);
    await agent.moveTo(setup.segment, setup.address, setup.port);
    return agent;
  }

  /** Sends from another address from now on; what still comes to the old one is answered. */
  async moveTo(segment: Segment, address = segment.address(), port = this.#port()): Promise<void> {
    const socket = await segment.socket(address, port);
    if (this.#endpoint) this.#old.push(this.#endpoint);
    this.segment = segment;
    this.#endpoint = new Endpoint(socket, this.shape, {
      request: (transaction) => this.#incoming(transaction),
      response: (message) => this.#response(message),
    });
    this.#endpoint.witness = this.setup.witness;
    const { gateway } = this.setup;
    if (gateway) this.#endpoint.mangle = translator(this.#endpoint, gateway);
  }

  #port(): number {
    return this.shape.listenPort === 5060 ? 5060 : this.random.integer(5062, 32000);
  }

  get endpoint(): Endpoint {
    if (!this.#endpoint) throw new Error('agent is not open');
    return this.#endpoint;
  }

  /** Own address of record. */
  get aor(): string {
    return `sip:${this.setup.user}@${this.setup.domain}`;
  }

  /** Contact URI of this device. */
  get contactUri(): string {
    const { address, port } = this.endpoint;
    return `sip:${this.#contactUser}@${address}:${port}${this.shape.uriParams}`;
  }

  /** From or To value: with the display name in the maker's way, and a tag if given. */
  party(uri: string, tag: string, name: string | undefined): string {
    const { displayName, bracketsWithoutName } = this.shape;
    const tagged = tag === '' ? '' : `;tag=${tag}`;
    if (name === undefined || displayName === 'none') return (bracketsWithoutName ? `<${uri}>` : uri) + tagged;
    return `${displayName === 'quoted' || name.includes(' ') ? `"${name}"` : name} <${uri}>${tagged}`;
  }

  /** A request in this maker's shape, with a fresh branch. */
  draft(parts: RequestParts, endpoint = this.endpoint): Draft {
    const { shape } = this;
    const agentIs: Field[] = shape.userAgent === '' ? [] : [['User-Agent', shape.userAgent]];
    const fields: Field[] = [
      ['Via', this.#via(endpoint)],
      ['Max-Forwards', String(shape.maxForwards)],
      ...(parts.routes ?? []).map((route): Field => ['Route', route]),
      ['From', parts.from],
      ['To', parts.to],
      ['Call-ID', parts.callId],
      ['CSeq', `${parts.cseq} ${parts.method}`],
      ...(parts.more ?? []),
      ...agentIs,
    ];
    return { start: `${parts.method} ${parts.uri} SIP/2.0`, fields, body: parts.body ?? '' };
  }

  #via(own: Peer): string {
    const branch = `branch=${this.shape.branch(this.random)}`;
    const rport = { before: `rport;${branch}`, after: `${branch};rport`, none: branch }[this.shape.rport];
    return `SIP/2.0/UDP ${own.address}:${own.port};${rport}`;
  }

  /** Methods and extensions that it says it knows; `timer`: session timers (RFC 4028 §7.1) whether its maker says so or not. */
  abilities(timer = false): Field[] {
    const { allow, allowEvents } = this.shape;
    const supported = timer && !this.shape.supported.includes('timer') ? `${this.shape.supported}, timer` : this.shape.supported;
    return [['Allow', allow], ['Supported', supported], ...(allowEvents === '' ? [] : [['Allow-Events', allowEvents] as const])];
  }

  /**
   * Sends what `make` builds; a 401 or 407 is answered once (again if the nonce was stale). The final answer, or undefined if none
   * came. `make` is called per attempt, with the credentials to add. `on` hears each provisional answer.
   */
  async transact(
    make: (credentials: readonly Field[]) => Draft,
    to: Peer,
    { on, password, endpoint = this.endpoint }: TransactOptions = {},
  ): Promise<Message | undefined> {
    let credentials: Field[] = [];
    for (let attempt = 0; ; attempt++) {
      const draft = make(credentials);
      const final = await once(endpoint, draft, to, on);
      if (final?.status !== 401 && final?.status !== 407) return final;
      const asked = this.#credentials(final, draft, password ?? this.setup.password);
      if (!asked || (attempt > 0 && !asked.stale)) return final;
      if (attempt > 2) return final;
      credentials = [asked.field];
    }
  }

  #credentials(challenged: Message, draft: Draft, password: string): { field: Field; stale: boolean } | undefined {
    const proxy = challenged.status === 407;
    const challenge = readChallenge(headerOf(challenged, proxy ? 'proxy-authenticate' : 'www-authenticate'));
    if (!challenge) return undefined;
    const [method = '', uri = ''] = draft.start.split(' ');
    const count = (this.#used.get(challenge.nonce) ?? 0) + 1;
    if (this.#used.size > 50) this.#used.clear();
    this.#used.set(challenge.nonce, count);
    const value = authorize(challenge, { user: this.setup.user, password, method, uri, count }, this.shape.digest, this.random);
    return { field: [proxy ? 'Proxy-Authorization' : 'Authorization', value], stale: challenge.stale };
  }

  /** Answers a request. `tag` is that of the session, if it has one. */
  answer(transaction: ServerTransaction, status: number, more: readonly Field[] = [], body = '', tag = this.shape.tag(this.random)): void {
    const { userAgent, agentIn } = this.shape;
    const agentIs: Field[] = userAgent === '' || agentIn === 'requests' ? [] : [['User-Agent', userAgent]];
    transaction.answer(answerTo(transaction.request, status, tag, [...more, ...agentIs], body));
  }

  /** Answers a request without a body. */
  refuse(transaction: ServerTransaction, status: number): void {
    if (transaction.request.method !== 'ACK') this.answer(transaction, status);
  }

  /** Takes the messages of this dialog; `opening` is the INVITE that the session has yet to answer. */
  enter(session: Session, opening?: Message): void {
    this.sessions.set(`${session.callId} ${session.localTag}`, session);
    if (opening) this.#opening.set(openingKey(opening), session);
  }

  leave(session: Session, opening?: Message): void {
    this.sessions.delete(`${session.callId} ${session.localTag}`);
    if (opening) this.#opening.delete(openingKey(opening));
  }

  #incoming(transaction: ServerTransaction): void {
    const { request } = transaction;
    const tag = parameterOf(headerOf(request, 'to'), 'tag');
    const opened = this.#opening.get(openingKey(request));
    const session = tag === undefined ? opened : this.sessions.get(`${headerOf(request, 'call-id')} ${tag}`);
    if (request.method === 'CANCEL') {
      this.refuse(transaction, opened ? 200 : 481);
      opened?.cancelled();
    } else if (session && tag !== undefined) session.request(transaction);
    else if (session && request.method === 'INVITE') this.refuse(transaction, 482);
    else if (tag !== undefined && request.method !== 'NOTIFY') this.refuse(transaction, 481);
    else this.onNew(transaction);
  }

  #response(message: Message): void {
    const tag = parameterOf(headerOf(message, 'from'), 'tag') ?? '';
    this.sessions.get(`${headerOf(message, 'call-id')} ${tag}`)?.response(message);
  }

  close(): void {
    for (const session of [...this.sessions.values()]) session.close();
    for (const endpoint of [...this.#old, this.endpoint]) endpoint.close();
    this.#old = [];
  }
}

/** INVITE and CANCEL of one attempt to call (RFC 3261 §8.2.2.2). */
function openingKey(request: Message): string {
  const from = parameterOf(headerOf(request, 'from'), 'tag') ?? '';
  return `${headerOf(request, 'call-id')} ${from} ${cseqOf(request)}`;
}

/** Options of a transaction: another password than the account's, another endpoint than the present one. */
export interface TransactOptions {
  readonly on?: (provisional: Message) => void;
  readonly password?: string | undefined;
  readonly endpoint?: Endpoint;
}

function once(endpoint: Endpoint, draft: Draft, to: Peer, on: TransactOptions['on']): Promise<Message | undefined> {
  return new Promise((resolve) => {
    endpoint.request(draft, to, (response) => {
      if (response && response.status < 200) on?.(response);
      else resolve(response);
    });
  });
}

/** What an application gateway does to a message: its own address for the agent's, and Content-Length counted anew. */
function translator(own: Peer, gateway: Peer): (payload: Buffer) => Buffer {
  return (payload) => {
    const text = payload.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    const swap = (part: string): string =>
      part.replaceAll(`${own.address}:${own.port}`, `${gateway.address}:${gateway.port}`).replaceAll(own.address, gateway.address);
    const body = text.slice(end + 4).replaceAll(own.address, gateway.address);
    const head = text
      .slice(0, end)
      .replace(/^(?:Via|v|Contact|m): .*$/gim, swap)
      .replace(/^(Content-Length|l): \d+/im, `$1: ${body.length}`);
    return Buffer.from(`${head}\r\n\r\n${body}`, 'latin1');
  };
}
