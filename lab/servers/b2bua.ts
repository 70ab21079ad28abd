/**
 * A back-to-back user agent (RFC 7092) behind the registrar: it ends each call on both sides, so that the two legs share
 * neither Call-ID nor tags nor, if it relays media, addresses.
 */
import { Endpoint, type Peer, type Receiver, type ServerTransaction } from '../agents/endpoint.ts';
import {
  answerTo,
  type Draft,
  type Field,
  headerOf,
  headersOf,
  hostOf,
  type Message,
  parameterOf,
  uriOf,
  userOf,
} from '../agents/message.ts';
import { readSdp } from '../agents/sdp.ts';
import type { Random } from '../random.ts';
import type { Segment } from '../scenario.ts';
import { openRelay, type Relay, type RelaySide, redirectSdp } from './media-relay.ts';

/** How the B2BUA is set up. */
export interface B2buaOptions {
  readonly segment: Pick<Segment, 'socket'>;
  readonly address: string;
  readonly port: number;
  /** The registrar, which sends it calls and routes what it sends. */
  readonly proxy: Peer;
  readonly domain: string;
  /** Text of its User-Agent. */
  readonly product: string;
  readonly random: Random;
  /** Its own media addresses stand in the descriptions of both legs; else descriptions pass unchanged. */
  readonly relaysMedia: boolean;
  /** Told of each bridged call: Call-IDs of its legs, and the media addresses (`ip:port`) that it opened for it. */
  readonly onBridge?: ((incoming: string, outgoing: string, media: readonly string[]) => void) | undefined;
}

/** One side of a call, as a dialog (RFC 3261 §12). */
interface Leg {
  readonly callId: string;
  /** From or To value of our side, with its tag. */
  readonly local: string;
  remote: string;
  /** Contact URI of the party. */
  target: string;
  routes: readonly string[];
  cseq: number;
  /** An INVITE of the party that we have answered and that waits for its ACK. */
  pending: ServerTransaction | undefined;
  readonly side: RelaySide | undefined;
}

interface Bridge {
  readonly a: Leg;
  readonly b: Leg;
  readonly relay: Relay | undefined;
  /** The INVITE of leg B, which a CANCEL must repeat. */
  invite: Draft | undefined;
  answered: boolean;
}

/** Header fields of requests inside a dialog that are passed on to the other leg. */
const PASSED = ['content-type', 'refer-to', 'referred-by', 'event', 'subscription-state', 'session-expires', 'min-se', 'reason'];
const ALLOW: Field = ['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY'];

/** The running B2BUA. */
export class B2bua implements Receiver {
  readonly endpoint: Endpoint;
  readonly #options: B2buaOptions;
  readonly #bridges = new Map<string, Bridge>();
  readonly #relays = new Set<Relay>();
  #stopped = false;

  private constructor(options: B2buaOptions, endpoint: (receiver: Receiver) => Endpoint) {
    this.#options = options;
    this.endpoint = endpoint(this);
  }

  /** Opens its socket. */
  static async start(options: B2buaOptions): Promise<B2bua> {
    const socket = await options.segment.socket(options.address, options.port);
    return new B2bua(options, (receiver) => new Endpoint(socket, { order: [], spell: (name) => name }, receiver));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.endpoint.close();
    for (const relay of this.#relays) this.#close(relay);
    this.#bridges.clear();
  }

  request(transaction: ServerTransaction): void {
    const { request } = transaction;
    const bridge = this.#bridges.get(headerOf(request, 'call-id'));
    const within = parameterOf(headerOf(request, 'to'), 'tag') !== undefined;
    if (request.method === 'ACK') this.#confirmed(bridge, request);
    else if (request.method === 'CANCEL') this.#cancel(bridge, transaction);
    else if (!within && request.method === 'INVITE') void this.#call(transaction);
    else if (!within) transaction.answer(answerTo(request, request.method === 'OPTIONS' ? 200 : 405, this.#tag(), [ALLOW]));
    else if (!bridge || !isOurs(bridge, request)) transaction.answer(answerTo(request, 481, this.#tag()));
    else if (request.method === 'BYE') this.#bye(bridge, transaction);
    else this.#passOn(bridge, transaction);
  }

  /** A 2xx repeated by the callee, or one of a second callee: the first is confirmed again, the other is hung up. */
  response(message: Message): void {
    const bridge = this.#bridges.get(headerOf(message, 'call-id'));
    if (message.method !== 'INVITE' || message.status < 200 || message.status > 299 || !bridge?.answered) return;
    const leg = legOf(bridge, message);
    const same = parameterOf(leg.remote, 'tag') === parameterOf(headerOf(message, 'to'), 'tag');
    const cseq = Number.parseInt(headerOf(message, 'cseq'), 10);
    if (same) this.#send(leg, this.#draft(leg, 'ACK', cseq));
    else this.#hangUp({ ...leg, cseq }, message);
  }

  async #call(transaction: ServerTransaction): Promise<void> {
    const { request } = transaction;
    if (this.#bridges.size >= 2 * MOST_CALLS) {
      transaction.answer(answerTo(request, 503, this.#tag()));
      return;
    }
    transaction.answer(answerTo(request, 100, ''));
    const { segment, address, random, relaysMedia, onBridge } = this.#options;
    const relay = relaysMedia && request.body !== '' ? await openRelay(segment, address, random).catch(() => undefined) : undefined;
    if (relay) this.#relays.add(relay);
    if (this.#stopped) {
      if (relay) this.#close(relay);
      return;
    }
    const bridge = this.#bridge(transaction, relay);
    this.#bridges.set(bridge.a.callId, bridge);
    this.#bridges.set(bridge.b.callId, bridge);
    const media = relay === undefined ? [] : [relay.a.port, relay.b.port].map((port) => `${address}:${port}`);
    onBridge?.(bridge.a.callId, bridge.b.callId, media);
    const { b } = bridge;
    const body = this.#described(request.body, bridge.a, b);
    b.cseq++;
    const { more, type } = { more: [this.#contact(userOf(uriOf(b.local)))], type: headerOf(request, 'content-type') };
    bridge.invite = this.#draft(b, 'INVITE', b.cseq, [...more, ALLOW, ...(body === '' ? [] : [['Content-Type', type] as const])], body);
    this.endpoint.request(bridge.invite, this.#options.proxy, (response) => this.#answered(bridge, transaction, response));
  }

  #bridge({ request }: ServerTransaction, relay: Relay | undefined): Bridge {
    const { domain, random, address } = this.#options;
    const [from, to] = [headerOf(request, 'from'), headerOf(request, 'to')];
    const leg = { cseq: random.integer(1, 30_000), pending: undefined };
    const a: Leg = {
      ...leg,
      callId: headerOf(request, 'call-id'),
      local: `${to};tag=${this.#tag()}`,
      remote: from,
      target: uriOf(headerOf(request, 'contact')),
      routes: headersOf(request, 'record-route'),
      side: relay?.a,
    };
    const uri = `sip:${userOf(request.uri)}@${domain}`;
    const b: Leg = {
      ...leg,
      callId: `${random.text(24, '0123456789abcdef')}@${address}`,
      local: `${from.replace(/;tag=[^;]*/, '')};tag=${this.#tag()}`,
      remote: `<${uri}>`,
      target: uri,
      routes: [],
      side: relay?.b,
    };
    return { a, b, relay, invite: undefined, answered: false };
  }

  /** An answer of the callee goes to the caller in our words. */
  #answered(bridge: Bridge, transaction: ServerTransaction, response: Message | undefined): void {
    const { a, b } = bridge;
    const status = response?.status ?? 408;
    const late = transaction.status >= 200;
    if (late && response && status >= 200 && status < 300) this.#hangUp(b, response);
    if (late || status === 100) return;
    const body = response && response.body !== '' ? this.#described(response.body, b, a) : '';
    const type: Field[] = body === '' ? [] : [['Content-Type', 'application/sdp']];
    const tag = parameterOf(a.local, 'tag') ?? '';
    if (response && status < 300) meet(b, response);
    if (status >= 200 && status < 300) {
      bridge.answered = true;
      a.pending = transaction;
      this.#send(b, this.#draft(b, 'ACK', b.cseq));
    }
    if (status >= 300) this.#forget(bridge);
    transaction.answer(answerTo(transaction.request, status, tag, [this.#contact(userOf(uriOf(a.local))), ALLOW, ...type], body));
  }

  /** Confirms an answer that nobody waits for any more, and ends that call. */
  #hangUp(leg: Leg, answer: Message): void {
    meet(leg, answer);
    this.#send(leg, this.#draft(leg, 'ACK', leg.cseq));
    this.#ask(leg, 'BYE', [], '', () => {});
  }

  #cancel(bridge: Bridge | undefined, transaction: ServerTransaction): void {
    const { request } = transaction;
    const invite = this.endpoint.cancelled(request);
    transaction.answer(answerTo(request, invite ? 200 : 481, this.#tag()));
    if (!bridge || !invite || invite.status >= 200) return;
    invite.answer(answerTo(invite.request, 487, parameterOf(bridge.a.local, 'tag') ?? ''));
    const draft = bridge.invite;
    this.#forget(bridge);
    if (!draft) return;
    const kept = draft.fields.filter(([name]) => ['Via', 'From', 'To', 'Call-ID', 'Max-Forwards', 'Route'].includes(name));
    const fields: Field[] = [...kept, ['CSeq', `${bridge.b.cseq} CANCEL`]];
    this.endpoint.request({ start: draft.start.replace('INVITE', 'CANCEL'), fields, body: '' }, this.#options.proxy, () => {});
  }

  #confirmed(bridge: Bridge | undefined, ack: Message): void {
    if (bridge) legOf(bridge, ack).pending?.confirmed();
  }

  #bye(bridge: Bridge, transaction: ServerTransaction): void {
    const leg = legOf(bridge, transaction.request);
    transaction.answer(answerTo(transaction.request, 200, ''));
    this.#forget(bridge);
    if (bridge.answered) this.#ask(otherOf(bridge, leg), 'BYE', [], '', () => {});
  }

  /** Any other request of a dialog goes to the other leg, its answer back. */
  #passOn(bridge: Bridge, transaction: ServerTransaction): void {
    const { request } = transaction;
    const leg = legOf(bridge, request);
    const other = otherOf(bridge, leg);
    if (request.method === 'INVITE') transaction.answer(answerTo(request, 100, ''));
    const contact = headerOf(request, 'contact');
    if (contact !== '') leg.target = uriOf(contact);
    const more = request.fields.filter(([name]) => PASSED.includes(name)).map(([name, value]): Field => [title(name), value]);
    const body = this.#described(request.body, leg, other);
    this.#ask(other, request.method, [this.#contact(userOf(uriOf(other.local))), ...more], body, (response) => {
      const status = response?.status ?? 408;
      if (status === 100 || transaction.status >= 200) return;
      const moved = response && status < 300 ? headerOf(response, 'contact') : '';
      if (moved !== '') other.target = uriOf(moved);
      const answer = response ? this.#described(response.body, other, leg) : '';
      const type: Field[] = answer === '' ? [] : [['Content-Type', headerOf(response!, 'content-type')]];
      if (request.method === 'INVITE' && status >= 200 && status < 300) {
        leg.pending = transaction;
        this.#send(other, this.#draft(other, 'ACK', other.cseq));
      }
      transaction.answer(answerTo(request, status, '', [this.#contact(userOf(uriOf(leg.local))), ...type], answer));
    });
  }

  /** The description of a party as the other one is to see it. */
  #described(body: string, from: Leg, to: Leg): string {
    const described = body === '' ? undefined : readSdp(body);
    if (!described || !from.side || !to.side) return body;
    // An address of 0.0.0.0 is the old way of hold: nothing to send to.
    from.side.remote = described.media.address === '0.0.0.0' ? undefined : described.media;
    return described.media.address === '0.0.0.0' ? body : redirectSdp(body, this.#options.address, to.side.port);
  }

  #ask(leg: Leg, method: string, more: readonly Field[], body: string, on: (response: Message | undefined) => void): void {
    leg.cseq++;
    this.endpoint.request(this.#draft(leg, method, leg.cseq, more, body), this.#hop(leg), on);
  }

  #send(leg: Leg, draft: Draft): void {
    this.endpoint.send(draft, this.#hop(leg));
  }

  /** Everything goes through the registrar, which is in the route. */
  #hop(leg: Leg): Peer {
    const [first] = leg.routes;
    return first === undefined ? this.#options.proxy : hostOf(uriOf(first));
  }

  #draft(leg: Leg, method: string, cseq: number, more: readonly Field[] = [], body = ''): Draft {
    const { address, port, product, random } = this.#options;
    const fields: Field[] = [
      ['Via', `SIP/2.0/UDP ${address}:${port};rport;branch=z9hG4bK${random.text(16)}`],
      ['Max-Forwards', '70'],
      ...leg.routes.map((route): Field => ['Route', route]),
      ['From', leg.local],
      ['To', leg.remote],
      ['Call-ID', leg.callId],
      ['CSeq', `${cseq} ${method}`],
      ['User-Agent', product],
      ...more,
    ];
    return { start: `${method} ${leg.target} SIP/2.0`, fields, body };
  }

  #contact(user: string): Field {
    return ['Contact', `<sip:${user}@${this.#options.address}:${this.#options.port}>`];
  }

  #tag(): string {
    return this.#options.random.text(10);
  }

  /** The relay stays open for the media that is still under way. */
  #forget(bridge: Bridge): void {
    const { relay, a, b } = bridge;
    if (relay) this.endpoint.later(LINGER, () => this.#close(relay));
    if (this.#bridges.get(a.callId) === bridge) this.#bridges.delete(a.callId);
    this.#bridges.delete(b.callId);
  }

  #close(relay: Relay): void {
    if (this.#relays.delete(relay)) relay.close();
  }
}

/** Calls at a time; more are refused, as a machine of its size would. */
const MOST_CALLS = 500;
/** Milliseconds for which the media of a call that ended is still passed on. */
const LINGER = 400;

function title(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function legOf(bridge: Bridge, message: Message): Leg {
  return headerOf(message, 'call-id') === bridge.a.callId ? bridge.a : bridge.b;
}

function otherOf(bridge: Bridge, leg: Leg): Leg {
  return leg === bridge.a ? bridge.b : bridge.a;
}

/** A request of a dialog names our tag and its party's (RFC 3261 §12.2.2). */
function isOurs(bridge: Bridge, request: Message): boolean {
  const leg = legOf(bridge, request);
  const tag = (value: string): string | undefined => parameterOf(value, 'tag');
  return tag(headerOf(request, 'to')) === tag(leg.local) && tag(headerOf(request, 'from')) === tag(leg.remote);
}

/** Takes over the tag, Contact and route that an answer tells. */
function meet(leg: Leg, response: Message): void {
  leg.remote = headerOf(response, 'to');
  const contact = headerOf(response, 'contact');
  if (contact !== '') leg.target = uriOf(contact);
  const routes = headersOf(response, 'record-route').reverse();
  if (routes.length > 0) leg.routes = routes;
}
